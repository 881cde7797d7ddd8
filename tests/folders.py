"""Programme folders made from a seed, and what must come out of them.

The expected results are worked out here by other means than the product's: nothing of it is imported.
"""

import csv
import datetime as dt
import io
import random
import shutil
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path

ESSEX = Path(__file__).parent.parent / "data" / "essex-2008-09"
TOML = "programme.toml"
SCHOOLS = "schools.csv"
SPECIALISTS = "specialist_teachers.csv"
PARTNERSHIPS = "partnerships.csv"
PUPILS = "pupils.csv"
ASSESSMENTS = "assessments.csv"
TIMETABLE = "timetable.csv"
TABLES = [SCHOOLS, SPECIALISTS, PARTNERSHIPS, PUPILS, ASSESSMENTS]
REASONS = ["absent", "left", "not enrolled yet", "not required", "partnership ended"]
STATUSES = ["completed"] * 6 + ["embedding", "folded", "folded", "active", "paused", "agreed", "proposed", "enquiry"]
ENDED = {"completed", "embedding", "folded"}
WERE_ACTIVE = {"active", "paused", "completed", "embedding", "folded"}
SUBJECTS = ["maths", "writing", "reading", "Speaking and listening"]
FORENAMES = ["Ned", "Una", "Leo", "Zoë", "André", "Siân", "Mary Ann", "Noël", "Bea", "D'Arcy"]
SURNAMES = ["Patel", "Byrne", "Mbeki", "O'Dowd", "Müller", "Quayle", "de la Tour", "Smith-Jones"]
OUTCOMES = ["", "", "", "deputy headship", "leading teacher", "school move"]
PERSON = ["first_name", "last_name", "email"]
EXTRA_COLUMNS = ["Ethnicity", "Notes", "Religion", "Home address"]

# Scales: the grades from low to high, each with its points or None.
LEVELS = """1c 7 1b 9 1a 11 2c 13 2b 15 2a 17 3c 19 3b 21 3a 23 4c 25 4b 27 4a 29 5c 31 5b 33 5a 35 6c 37 6b 39 6a 41"""
LEVELS = [(code, int(points)) for code, points in zip(LEVELS.split()[::2], LEVELS.split()[1::2], strict=True)]
STEPS = {"c": "low", "b": "secure", "a": "high"}
SCALES = {
    "nc-sublevels": LEVELS,
    "app": [(f"{code[0]} {STEPS[code[1]]}", points) for code, points in LEVELS],
    "ta-codes": [(code, None) for code in ["EM", "PK1", "PK2", "PK3", "PK4", "PK5", "PK6", "WTS", "EXS", "GDS"]],
    "scaled-score": [(str(score), score) for score in range(80, 121)],
    "free-5": [(str(n), n) for n in range(1, 6)],
}
DEFAULTS = {
    "nc-sublevels": {3: ("2a", "3b"), 4: ("3b", "4c"), 5: ("3a", "4b"), 6: ("4c", "5c")},
    "app": {3: ("2 high", "3 secure"), 4: ("3 secure", "4 low"), 5: ("3 high", "4 secure"), 6: ("4 low", "5 low")},
    "ta-codes": dict.fromkeys(range(14), ("EXS", "GDS")),
    "scaled-score": dict.fromkeys(range(14), ("100", "110")),
    "free-5": {},
}
EXPECTED_POINTS = {
    "nc-sublevels": [3, 4, 3.5],
    "app": [3, 4],
    "ta-codes": [None, 3],
    "scaled-score": [0, 5],
    "free-5": [None, 1],
}
SPELLINGS = {
    "nc-sublevels": [str.upper, lambda grade: f"{grade[0]} {grade[1]}", str],
    "app": [str.upper, lambda grade: " ".join(reversed(grade.split())), lambda grade: grade.replace(" ", "-")],
    "ta-codes": [str.lower, str],
}


class Copy:
    """A copy of a folder to be changed cell by cell. Rows are numbered as a spreadsheet does: the header is 1."""

    def __init__(self, source: Path, path: Path):
        self.path = Path(shutil.copytree(source, path))

    def rows(self, name):
        data = (self.path / name).read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("cp1252")
        return list(csv.reader(io.StringIO(text)))

    def write(self, name, rows, encoding="utf-8", **dialect):
        text = io.StringIO(newline="")
        csv.writer(text, **dialect).writerows(rows)
        (self.path / name).write_bytes(text.getvalue().encode(encoding))

    def cell(self, name, row, column, value):
        rows = self.rows(name)
        rows[row - 1][rows[0].index(column)] = value
        self.write(name, rows)

    def value(self, name, row, column):
        rows = self.rows(name)
        return rows[row - 1][rows[0].index(column)]

    def column(self, name, column, value):
        """The same in every row."""
        rows = self.rows(name)
        place = rows[0].index(column)
        self.write(name, [rows[0], *([*row[:place], value, *row[place + 1 :]] for row in rows[1:])])

    def drop(self, name, column):
        rows = self.rows(name)
        place = rows[0].index(column)
        self.write(name, [row[:place] + row[place + 1 :] for row in rows])

    def rename(self, name, column, header):
        rows = self.rows(name)
        rows[0][rows[0].index(column)] = header
        self.write(name, rows)

    def add(self, name, like, **cells):
        """A further row, like that of another number but for these cells."""
        rows = self.rows(name)
        row = dict(zip(rows[0], rows[like - 1], strict=True)) | cells
        self.write(name, [*rows, [row[column] for column in rows[0]]])

    def remove(self, name, wanted):
        """Without the rows for which `wanted`, asked with a dict, is not true."""
        rows = self.rows(name)
        self.write(name, [rows[0], *(row for row in rows[1:] if wanted(dict(zip(rows[0], row, strict=True))))])

    def text(self, name, old, new, encoding="utf-8"):
        file = self.path / name
        before = file.read_bytes().decode(encoding)
        if old not in before:
            raise ValueError(f"{name} has no {old}")
        file.write_bytes(before.replace(old, new, 1).encode(encoding))


@dataclass
class Made:
    """A folder that was written, and what a load of it must give."""

    path: Path
    slug: str
    scale: str
    expected: dict
    counts: dict
    statuses: dict
    returns: dict = field(default_factory=dict)
    private: set = field(default_factory=set)


def make_folder(path: Path, seed: int, scale: str | None = None) -> Made:
    """A folder whose every trait hangs on the seed."""
    return Maker(path, random.Random(seed), f"made-{seed}", scale).make()


class Maker:
    def __init__(self, path, rng, slug, scale):
        self.path, self.rng, self.slug = path, rng, slug
        self.scale = scale or rng.choice(sorted(SCALES))
        self.grades = [code for code, _ in SCALES[self.scale]]
        self.start = dt.date(rng.randint(2003, 2026), 9, 1)
        self.end = dt.date(self.start.year + 1, 8, 31)
        self.subjects = rng.sample(SUBJECTS, rng.randint(1, 3))
        self.years = sorted(rng.sample(range(2, 7), rng.randint(1, 3)))
        self.organiser = rng.choice(["881", "199", ("trust", "Saltmarsh Trust"), ("network", "Kaizen network")])
        self.takes_others = not isinstance(self.organiser, str) or rng.random() < 0.4
        names = rng.sample(["October", "Christmas", "February", "March", "Easter", "Summer"], rng.randint(2, 5))
        days = sorted(rng.sample(range(30, 330), len(names)))
        self.points = [(name, self.start + dt.timedelta(days=day)) for name, day in zip(names, days, strict=True)]
        self.expected_points = rng.choice(EXPECTED_POINTS[self.scale])
        self.expectations = dict(DEFAULTS[self.scale])
        self.own_expectations = {}
        for year in self.years:
            if rng.random() < 0.4:
                met = rng.randrange(len(self.grades))
                pair = (self.grades[met], self.grades[rng.randrange(met, len(self.grades))])
                self.own_expectations[year] = self.expectations[year] = pair

    def make(self) -> Made:
        self.path.mkdir(parents=True, exist_ok=True)
        self.make_schools()
        self.make_partnerships()
        self.make_pupils()
        self.write()
        statuses = [p["status"] for p in self.partnerships]
        return Made(
            path=self.path,
            slug=self.slug,
            scale=self.scale,
            expected=self.expected(),
            counts={
                "schools": len(self.schools),
                "specialist teachers": len(self.specialists),
                "partnerships": len(self.partnerships),
                "pupils": len({row["pupil"] for row in self.pupil_rows}),
                "places": len(self.pupil_rows),
                "assessments": len(self.assessment_rows),
            },
            statuses={status: statuses.count(status) for status in statuses},
            returns=self.returns(),
            private={
                cell
                for row in self.pupil_rows
                for column in ("upn", "first_name", "last_name")
                for cell in (row[column], row[column].replace(" ", "").upper())
                if len(cell) > 1
            },
        )

    # What there is -------------------------------------------------------------------------------------------------

    def make_schools(self):
        rng, own = self.rng, self.organiser if isinstance(self.organiser, str) else "881"
        self.schools, self.can_be_partners = [], []
        for n in range(rng.randint(8, 14)):
            kind = rng.choice(["open"] * 5 + ["closing", "closed", "closes later", "other", "secondary", "proposed"])
            if n < 3:
                kind = "open"
            status, closed = "Open", ""
            if kind == "closing":
                status = "Open, but proposed to close"
            elif kind == "proposed":
                status = "Proposed to open"
            elif kind.startswith("close"):
                later = kind == "closes later"
                closed = (self.end + dt.timedelta(days=40) if later else self.start - dt.timedelta(days=40)).strftime(
                    "%d-%m-%Y"
                )
                status = "Closed"
            code = "882" if kind == "other" else own
            school = {
                "URN": str(900001 + n),
                "LA (code)": code,
                "LA (name)": f"Authority {code}",
                "EstablishmentNumber": rng.choice(["", f"{n:04}"]),
                "EstablishmentName": f"St Zoë's School {n}",
                "TypeOfEstablishment (name)": "Foundation school",
                "EstablishmentStatus (name)": status,
                "OpenDate": rng.choice(["", "01-01-1800", "01-09-1970"]),
                "CloseDate": closed,
                "PhaseOfEducation (name)": "Secondary" if kind == "secondary" else "Primary",
                "Postcode": "ZZ1 1AA",
                "PercentageFSM": rng.choice(["", "4.3", "17"]),
            }
            self.schools.append(school)
            if kind not in {"closed", "proposed", "secondary"} and (kind != "other" or self.takes_others):
                self.can_be_partners.append(school["URN"])

    def make_partnerships(self):
        rng = self.rng
        self.specialists = [
            {
                "ref": f"S{n:02}",
                "first_name": rng.choice(FORENAMES),
                "last_name": rng.choice(SURNAMES),
                "email": rng.choice([f"sst{n}@schools.example", f"SST{n}@Schools.example"]),
                "home_school_urn": rng.choice(self.schools)["URN"],
                "subjects": ";".join(self.subjects),
                "year_groups": ";".join(map(str, self.years)),
                "joined": rng.choice(["", "pilot"]),
                "outcome": rng.choice(OUTCOMES),
            }
            for n in range(rng.randint(2, 6))
        ]
        self.partnerships = []
        for n in range(len(self.specialists) + rng.randint(0, 3)):
            status = rng.choice(STATUSES) if n else "completed"
            ended = (rng.random() < 0.7 and status in ENDED) or status == "folded"
            self.partnerships.append(
                {
                    "ref": f"P{n:02}",
                    # The first specialist teacher has two partnerships wherever there are more of these.
                    "specialist_teacher": self.specialists[n % len(self.specialists)]["ref"],
                    "partner_school_urn": rng.choice(self.can_be_partners),
                    "partner_teacher_first_name": rng.choice(FORENAMES),
                    "partner_teacher_last_name": rng.choice(SURNAMES),
                    "partner_teacher_email": f"partner{n}@schools.example",
                    "subject": rng.choice([str, str.upper])(rng.choice(self.subjects)),
                    "year_group": str(rng.choice(self.years)),
                    "area": rng.choice(["", "Mid", "North East"]),
                    "status": status,
                    "ended_on": self.end.isoformat() if ended else "",
                    "reason": "the head left; no cover" if status == "folded" else "",
                }
            )
        for before, partnership in zip(self.partnerships, self.partnerships[1:], strict=False):
            if rng.random() < 0.2:  # one partner teacher in two partnerships
                partnership |= {column: before[column] for column in before if column.startswith("partner_")}
            elif rng.random() < 0.2:  # a specialist teacher is another one's partner teacher
                person = rng.choice(self.specialists)
                partnership |= {f"partner_teacher_{column}": person[column] for column in PERSON}

    def make_pupils(self):
        rng = self.rng
        self.pupil_rows, self.places = [], []
        number = 0
        for partnership in self.partnerships:
            for _ in range(rng.randint(0, 6)):
                number += 1
                pupil = {
                    "pupil": f"C{number:03}",
                    "upn": self.upn(number),
                    "first_name": rng.choice([*FORENAMES, "Q", ""]),
                    "last_name": rng.choice([*SURNAMES, "X", ""]),
                    "year_group": rng.choice([partnership["year_group"], str(rng.choice(self.years))]),
                    "sex": rng.choice("FM "),
                    "pupil_premium": rng.choice("YNU "),
                    "sen": rng.choice("NKE "),
                    "eal": rng.choice("YNU "),
                }
                self.add_place(pupil, partnership)
                others = [p for p in self.partnerships if p["subject"].lower() != partnership["subject"].lower()]
                if others and rng.random() < 0.3:
                    self.add_place(pupil, rng.choice(others))
        self.assessment_rows = [
            {
                "pupil": place["pupil"],
                "partnership": place["partnership"],
                "subject": place["subject"],
                "data_point": rng.choice([str, str.upper])(name),
                "assessed_on": rng.choice(["", self.day(due)]),
                "grade": self.spelt(place["grades"][name]) if place["grades"][name] in self.grades else "",
                "not_assessed_reason": place["grades"][name] if place["grades"][name] in REASONS else "",
            }
            for place in self.places
            for name, due in self.points
            if place["grades"][name]
        ]
        rng.shuffle(self.assessment_rows)

    def add_place(self, pupil, partnership):
        """A row of the pupil in the partnership, and a grade, a reason or nothing at each data point."""
        rng = self.rng
        self.pupil_rows.append({"partnership": partnership["ref"]} | pupil)
        position = rng.randrange(len(self.grades))
        grades = {}
        for name, _ in self.points:
            position = min(max(position + rng.choice([-1, 0, 0, 1, 1, 2]), 0), len(self.grades) - 1)
            luck = rng.random()
            grades[name] = rng.choice(REASONS) if luck < 0.1 else "" if luck < 0.13 else self.grades[position]
        subject = next(s for s in self.subjects if s.lower() == partnership["subject"].lower())
        self.places.append(
            {
                "pupil": pupil["pupil"],
                "partnership": partnership["ref"],
                "subject": subject,
                "year": int(pupil["year_group"]),
                "grades": grades,
                "first": grades[self.points[0][0]] if grades[self.points[0][0]] in self.grades else None,
                "last": grades[self.points[-1][0]] if grades[self.points[-1][0]] in self.grades else None,
            }
        )

    def upn(self, number):
        """None, a permanent or a temporary one of LA 199."""
        kind = self.rng.choice(["", "permanent", "permanent", "temporary"])
        if not kind:
            return ""
        letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
        body = f"199{self.rng.randrange(10**5):05}{number:03}" + (
            self.rng.choice(letters) if kind == "temporary" else str(self.rng.randrange(10))
        )
        total = 0
        for place in range(12):
            character = body[place]
            total += (place + 2) * (letters.find(character) if character in letters else int(character))
        upn = letters[total - total // 23 * 23] + body
        return self.rng.choice([upn, upn.lower(), f"{upn[:4]} {upn[4:]}"])

    def day(self, day):
        return day.strftime(self.rng.choice(["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"]))

    def spelt(self, grade):
        return self.rng.choice(SPELLINGS.get(self.scale, [str]))(grade)

    # As files ------------------------------------------------------------------------------------------------------

    def write(self):
        (self.path / "programme.toml").write_text(self.toml(), encoding="utf-8", newline="\r\n")
        self.write_csv("schools.csv", self.schools)
        self.write_csv("specialist_teachers.csv", self.specialists)
        self.write_csv("partnerships.csv", self.partnerships)
        self.write_csv("pupils.csv", self.pupil_rows or [dict.fromkeys(["pupil", "partnership", "year_group"], "")])
        names = {"first_name": "Forename", "year_group": "NC Year", "upn": "Unique Pupil Number"}
        if self.rng.random() < 0.4 and self.pupil_rows:
            self.write_csv("pupils.csv", [{names.get(k, k): v for k, v in row.items()} for row in self.pupil_rows])
        columns = ["pupil", "partnership", "subject", "data_point", "grade", "not_assessed_reason", "assessed_on"]
        self.write_csv("assessments.csv", self.assessment_rows or [dict.fromkeys(columns, "")])
        if self.rng.random() < 0.5:
            step = {"order": "1", "type": "event", "name": "Launch", "half_days": "2", "required": "yes"}
            self.write_csv(
                "timetable.csv", [step | {"window_start": self.day(self.start), "window_end": self.day(self.end)}]
            )

    def write_csv(self, name, rows):
        rng, columns = self.rng, list(rows[0])
        extra = rng.sample(EXTRA_COLUMNS, rng.randint(0, 2))
        rows = [row | dict.fromkeys(extra, "Bea Müller") for row in rows]
        order = [*columns, *extra]
        rng.shuffle(order)
        text = io.StringIO(newline="")
        writer = csv.writer(
            text,
            delimiter=rng.choice(",,;\t"),
            lineterminator=rng.choice(["\n", "\r\n"]),
            quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        )
        headers = [rng.choice([str, str.upper, lambda name: name.replace("_", " ")])(column) for column in order]
        writer.writerow(headers)
        for row in rows:
            writer.writerow([rng.choice([str, lambda cell: f" {cell} "])(row[column]) for column in order])
            if rng.random() < 0.05:
                writer.writerow([""] * len(order))
        encoding = rng.choice(["utf-8", "utf-8-sig", "cp1252"])
        (self.path / name).write_bytes(text.getvalue().encode(encoding))

    def toml(self):
        lines = [
            'name = "A made programme: fünf"',
            f'slug = "{self.slug}"',
            f'academic_year = "{self.start.year}-{(self.start.year + 1) % 100:02}"',
            f'status = "{self.rng.choice(["draft", "active", "closed"])}"',
            f"subjects = {list(self.subjects)}".replace("'", '"'),
            f"year_groups = {self.years}",
        ]
        own = isinstance(self.organiser, str)
        if own:
            lines.append(f'local_authority = "{self.organiser}"')
        if own and self.takes_others:
            lines.append("other_authorities = true")
        if not own:
            lines += ["[organiser]", f'kind = "{self.organiser[0]}"', f'name = "{self.organiser[1]}"']
        lines += ["[assessment]", f'scale = "{self.scale}"']
        if self.expected_points is not None:
            lines.append(f"expected_points = {self.expected_points}")
        if self.own_expectations:
            lines.append("[assessment.expectations]")
            lines += [f'{year} = ["{met}", "{more}"]' for year, (met, more) in self.own_expectations.items()]
        for name, due in self.points:
            lines += ["[[data_points]]", f'name = "{name}"', f"due_on = {due.isoformat()}"]
        return "\n".join(lines) + "\n"

    # What must come out --------------------------------------------------------------------------------------------

    def expected(self):
        named = {"all": self.places}
        for place in self.places:
            for name in (place["subject"], f"year {place['year']}", f"{place['subject']} year {place['year']}"):
                named.setdefault(name, []).append(place)
        done, active = set(), set()
        for partnership in self.partnerships:
            if partnership["status"] in {"completed", "embedding"}:
                done.add(partnership["specialist_teacher"])
            if partnership["status"] in WERE_ACTIVE:
                active.add(partnership["specialist_teacher"])
        completed = [p for p in self.partnerships if p["status"] in {"completed", "embedding"}]
        outcomes = {}
        for row in self.specialists:
            if row["outcome"]:
                outcomes[row["outcome"]] = outcomes.get(row["outcome"], 0) + 1
        return {
            **{name: self.figures(places) for name, places in named.items()},
            "missing_final": sum(1 for place in self.places if not place["last"]),
            "missing_first": sum(1 for place in self.places if place["last"] and not place["first"]),
            "partnerships": {
                "total": len(self.partnerships),
                "folded": sum(1 for p in self.partnerships if p["status"] == "folded"),
                "completed": len(completed),
                "completed_pct": whole_percent(len(completed), len(self.partnerships)),
            },
            "specialist_teachers": {
                "total": len(active),
                "completed": len(done),
                "completed_pct": whole_percent(len(done), len(active)),
            },
            "outcomes": outcomes,
        }

    def figures(self, places):
        points = dict(SCALES[self.scale])
        both = [place for place in places if place["first"] and place["last"]]
        years = {place["year"] for place in both or places}
        met = exceeded = above = mean = None
        if all(year in self.expectations for year in years):
            met = exceeded = 0
            for place in both:
                lower, upper = self.expectations[place["year"]]
                rank = self.grades.index(place["last"])
                met += rank >= self.grades.index(lower)
                exceeded += rank >= self.grades.index(upper)
        if self.scale != "ta-codes":
            gains = [points[place["last"]] - points[place["first"]] for place in both]
            mean = one_decimal(sum(gains), len(gains))
            if self.expected_points is not None:
                above = len([gain for gain in gains if gain > self.expected_points])
        return {
            "n": len(both),
            "pupils": len({place["pupil"] for place in both}),
            "met": met,
            "met_pct": whole_percent(met, len(both)),
            "exceeded": exceeded,
            "exceeded_pct": whole_percent(exceeded, len(both)),
            "mean_points": mean,
            "above_expected_rate": above,
            "above_expected_rate_pct": whole_percent(above, len(both)),
        }

    def returns(self):
        """(pupils expected, assessed, excused, whether submitted) by partnership and data point."""
        found = {}
        for partnership in self.partnerships:
            places = [place for place in self.places if place["partnership"] == partnership["ref"]]
            for name, _ in self.points:
                given = [place["grades"][name] for place in places]
                assessed = sum(1 for cell in given if cell in self.grades)
                excused = sum(1 for cell in given if cell in REASONS)
                never_came = partnership["status"] == "folded" and "partnership ended" in given
                submitted = 0 < len(places) == assessed + excused and not never_came
                found[partnership["ref"], name] = (len(places), assessed, excused, submitted)
        return found


def whole_percent(part, whole):
    """Half up: 0.5 more, then down."""
    return None if part is None or whole == 0 else floor(Fraction(100 * part, whole) + Fraction(1, 2))


def one_decimal(total, n):
    """Text; ties go away from zero."""
    if n == 0:
        return None
    tenths = floor(abs(Fraction(total, n)) * 10 + Fraction(1, 2))
    sign = "-" if total < 0 and tenths else ""
    return f"{sign}{tenths // 10}.{tenths % 10}"
