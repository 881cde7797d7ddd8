"""Folders of running programmes, in the format that load_programme reads, dated around a day; seeded."""

import csv
import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from programmes.models import academic_year
from pupils.scales import description
from pupils.upn import check_letter

FIRST_NAMES = [
    "Ada",
    "Ben",
    "Cara",
    "Dev",
    "Ella",
    "Finn",
    "Gita",
    "Hari",
    "Isla",
    "Jude",
    "Kofi",
    "Lena",
    "Mina",
    "Noor",
    "Omar",
    "Pia",
    "Quinn",
    "Ravi",
    "Seth",
    "Tess",
    "Uma",
    "Vik",
]
LAST_NAMES = [
    "Ashe",
    "Byrne",
    "Crane",
    "Drew",
    "Eaves",
    "Frost",
    "Gale",
    "Hurst",
    "Ivory",
    "Joyce",
    "Kaur",
    "Lamb",
    "Marsh",
    "Nolan",
    "Oakes",
    "Patel",
    "Reed",
    "Shaw",
]
SCHOOLS = Path(settings.BASE_DIR) / "data" / "essex-2008-09" / "schools.csv"


@dataclass(frozen=True)
class Plan:
    """What a demo programme is like. `data_points` are (name, month, day) within the academic year."""

    name: str
    short: str
    organiser: str
    subjects: tuple
    year_groups: tuple
    scale: str
    expected_points: str
    grades: tuple  # the grades pupils start from, low to high
    data_points: tuple
    partner_schools: tuple
    home_schools: tuple
    areas: tuple
    seed: int

    def slug(self, starts_on, ends_on):
        return f"{self.short}-{starts_on.year}-{ends_on.year % 100:02}"


ESSEX = Plan(
    name="Essex lesson study",
    short="essex",
    organiser='local_authority = "881"',
    subjects=("maths", "writing"),
    year_groups=(4, 5, 6),
    scale="nc-sublevels",
    expected_points="expected_points = 3",
    grades=("2b", "2a", "3c", "3b", "3a"),
    data_points=(("October", 10, 16), ("December", 12, 11), ("March", 3, 19), ("Summer", 6, 25)),
    partner_schools=tuple(range(900051, 900063)),
    home_schools=tuple(range(900001, 900011)),
    areas=("Mid", "North East", "South", "West"),
    seed=2026,
)
TRUST = Plan(
    name="Reading together",
    short="saltmarsh-reading",
    organiser='[organiser]\nkind = "trust"\nname = "Saltmarsh Learning Trust"',
    subjects=("reading",),
    year_groups=(3, 4),
    scale="ta-codes",
    expected_points="",
    grades=("PK5", "PK6", "WTS"),
    data_points=(("Autumn", 11, 6), ("Spring", 2, 26), ("Summer", 6, 18)),
    partner_schools=tuple(range(900070, 900074)),
    home_schools=tuple(range(900020, 900023)),
    areas=(),
    seed=7,
)


def write_folder(plan: Plan, folder: Path, today: dt.date):
    """Write the files of the programme as they would stand on `today`."""
    rng = random.Random(plan.seed)
    starts_on, ends_on = academic_year(today)
    points = [(name, weekday(in_year(starts_on, month, day))) for name, month, day in plan.data_points]
    (folder / "programme.toml").write_text(toml(plan, starts_on, ends_on, points), encoding="utf-8")
    (folder / "schools.csv").write_bytes(SCHOOLS.read_bytes())
    people = names(rng)
    specialists = []
    for number, school in enumerate(plan.home_schools, 1):
        first, last = next(people)
        email = f"{first}.{last}@{plan.short}.schools.example".lower()
        subject = plan.subjects[number % len(plan.subjects)]
        specialists.append([f"S{number:02}", first, last, email, school, subject, "5;6", starts_on.year, ""])
    partnerships, pupils, assessments = [], [], []
    for number, school in enumerate(plan.partner_schools, 1):
        ref, sst = f"P{number:02}", specialists[(number - 1) % len(specialists)]
        first, last = next(people)
        subject, year = sst[5], rng.choice(plan.year_groups)
        area = plan.areas[(number - 1) % len(plan.areas)] if plan.areas else ""
        paused = number == len(plan.partner_schools)
        email = f"{first}.{last}@{school}.schools.example".lower()
        status = "paused" if paused else "active"
        partnerships.append([ref, sst[0], school, first, last, email, subject, year, area, status, "", ""])
        for place in range(1, rng.randint(4, 6) + 1):
            pupil, (first, last) = f"C{number:02}{place}", next(people)
            upn = number_of(school, today.year, 10 * number + place)
            pupils.append(
                [
                    pupil,
                    upn,
                    ref,
                    first,
                    last,
                    year,
                    rng.choice("FM"),
                    rng.choice("NNYU"),
                    rng.choice("NNNK"),
                    rng.choice("NNY"),
                ]
            )
            given = grades(plan, rng, points, today, late=number in {3, 8} and place > 3)
            assessments += [[pupil, ref, subject, *row] for row in given]
    write(
        folder / "specialist_teachers.csv",
        "ref,first_name,last_name,email,home_school_urn,subjects,year_groups,joined,outcome",
        specialists,
    )
    write(
        folder / "partnerships.csv",
        "ref,specialist_teacher,partner_school_urn,partner_teacher_first_name,partner_teacher_last_name,"
        "partner_teacher_email,subject,year_group,area,status,ended_on,reason",
        partnerships,
    )
    write(
        folder / "pupils.csv", "pupil,upn,partnership,first_name,last_name,year_group,sex,pupil_premium,sen,eal", pupils
    )
    write(
        folder / "assessments.csv",
        "pupil,partnership,subject,data_point,assessed_on,grade,not_assessed_reason",
        assessments,
    )
    write(
        folder / "timetable.csv",
        "order,type,name,window_start,window_end,half_days,host,audience,funded_specialist_half_days,"
        "funded_partner_half_days,required,records",
        list(timetable(starts_on)),
    )


def toml(plan, starts_on, ends_on, points):
    organiser, table = (plan.organiser, "") if "[" not in plan.organiser else ("", plan.organiser)
    tables = "\n".join(f'[[data_points]]\nname = "{name}"\ndue_on = {on.isoformat()}' for name, on in points)
    year = f"{starts_on.year}-{ends_on.year % 100:02}"
    return f"""name = "{plan.name} {year}"
slug = "{plan.slug(starts_on, ends_on)}"
{organiser}
academic_year = "{year}"
status = "active"
subjects = [{", ".join(f'"{subject}"' for subject in plan.subjects)}]
year_groups = {list(plan.year_groups)}
{table}
[assessment]
scale = "{plan.scale}"
{plan.expected_points}
{tables}
[[success_criteria]]
measure = "above_expected_rate"
target_pct = 50
[[success_criteria]]
measure = "specialist_teachers_completing"
target_pct = 90
[[success_criteria]]
measure = "positive_feedback"
target_pct = 90
"""


def in_year(starts_on, month, day):
    return dt.date(starts_on.year + (month < 9), month, day)


def weekday(on):
    """The day itself, or the Friday before it."""
    return on - dt.timedelta(days=max(0, on.weekday() - 4))


def names(rng):
    pairs = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    rng.shuffle(pairs)
    return iter(pairs)


def number_of(school, year, serial):
    """A pupil number of LA 199, which is no real LA."""
    digits = f"199{school % 10000:04}{year % 100:02}{serial:03}"
    return check_letter(digits) + digits


def grades(plan, rng, points, today, late):
    """What was given by `today`: each data point that is past, and of one partnership's pupils not the latest."""
    codes = [grade["code"] for grade in description(plan.scale)["grades"]]
    at = codes.index(rng.choice(plan.grades))
    past = [(name, on) for name, on in points if on < today]
    for place, (name, on) in enumerate(past):
        if late and place == len(past) - 1:
            continue
        if rng.random() < 0.03:
            yield [name, (on - dt.timedelta(days=3)).isoformat(), "", "absent"]
        else:
            yield [name, (on - dt.timedelta(days=3)).isoformat(), codes[at], ""]
        at = min(len(codes) - 1, at + rng.choice((0, 1, 1, 2)) if plan.expected_points else at + rng.choice((0, 0, 1)))


WINDOWS = [  # type, name, first month and day, last month and day, half-days for the specialist and the partner teacher
    ("event", "Launch day", 9, 24, 9, 24, 2, 2),
    ("visit", "First visit", 10, 5, 10, 16, 1, 0),
    ("visit", "Research lesson 1", 11, 2, 11, 27, 1, 0),
    ("event", "Cluster twilight: moderation", 11, 30, 12, 11, 0, 0),
    ("visit", "Observation", 1, 11, 1, 29, 1, 0),
    ("visit", "Research lesson 2", 2, 1, 2, 12, 1, 0),
    ("visit", "Research lesson 3", 3, 1, 3, 19, 1, 0),
    ("visit", "Reciprocal visit", 4, 26, 5, 14, 0, 1),
    ("visit", "Research lesson 4", 5, 17, 6, 18, 1, 0),
]


def timetable(starts_on):
    for order, (kind, name, m1, d1, m2, d2, specialist, partner) in enumerate(WINDOWS, 1):
        first, last = in_year(starts_on, m1, d1), in_year(starts_on, m2, d2)
        host = "authority" if kind == "event" else "specialist school" if partner == 1 else "partner school"
        yield [
            order,
            kind,
            name,
            first.isoformat(),
            last.isoformat(),
            max(specialist, partner),
            host,
            "",
            specialist,
            partner,
            "yes",
            "",
        ]


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(header.split(","))
        out.writerows(rows)
