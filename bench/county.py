"""A generated county: partnerships with 9 visits of a timetable, 6 places and 4 data points each, and each role."""

import csv
import datetime as dt
import random
import tempfile
from pathlib import Path
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.adapters import EncryptedSecrets
from accounts.models import Membership, User
from accounts.roles import SECOND_FACTOR, Role
from programmes.models import AreaConsultant, TermDate, TimetableStep, academic_year
from pupils.loading import load_programme
from pupils.results import as_json
from visits.models import Booking, Visit

PUPILS, FRIDAY = 6, 4
HALF_TERMS = [(0, 8), (9, 7), (18, 6), (25, 5), (32, 6), (39, 7)]  # first week of the year, and how many
WINDOWS = [4, 9, 12, 18, 21, 25, 28, 32, 40]
GRADES = ["2b", "2a", "3c", "3b", "3a", "4c", "4b", "4a", "5c"]
POINTS = [("October", 10, 16), ("December", 12, 11), ("March", 3, 19), ("Summer", 6, 25)]


def build_county(partnerships):
    return County(build_programme(partnerships))


def build_programme(partnerships, number=0):
    """The programme of a county; of those beside the first, which has the people, each has a number."""
    starts_on, _ = academic_year(dt.date.today())  # noqa: DTZ011 (a day of this machine)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), starts_on, partnerships, number)
        programme = load_programme(folder).programme
    plan_visits(programme, starts_on)
    return programme


class County(SimpleNamespace):
    def __init__(self, programme):
        super().__init__(programme=programme, people={})
        partnership = programme.partnerships.with_people().first()
        self.partnership = partnership
        for role in (Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE, Role.CONSULTANT):
            self.add(role, None)
        self.add(Role.HEADTEACHER, partnership.partner_school)
        AreaConsultant.objects.create(area=programme.areas.first(), user=self.people[Role.CONSULTANT])
        self.people[Role.SPECIALIST] = partnership.specialist.user
        User.objects.update(is_active=True)

    def add(self, role, school):
        user = User.objects.create_user(f"{role}@county.example", first_name="Robin", last_name=role.label)
        Membership.objects.create(user=user, role=role, organisation=self.programme.organisation, school=school)
        if role in SECOND_FACTOR:
            secret = EncryptedSecrets().encrypt("JBSWY3DPEHPK3PXP")
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
        self.people[role] = user

    def results(self):
        return as_json(self.programme)

    def half_day(self):
        step = self.programme.timetable.last()
        return reverse("planner:half_day", args=[f"{self.partnership.pk}-{step.pk}-1"])

    def pages(self):
        people, slug = self.people, self.programme.slug
        yield "today, coordinator", people[Role.COORDINATOR], reverse("today")
        yield "today, consultant", people[Role.CONSULTANT], reverse("today")
        yield "today, headteacher", people[Role.HEADTEACHER], reverse("today")
        yield "today, specialist teacher", people[Role.SPECIALIST], reverse("today")
        yield "partnerships", people[Role.COORDINATOR], reverse("programmes:partnerships")
        yield "roster", people[Role.COORDINATOR], reverse("reports:roster")
        yield "roster, consultant", people[Role.CONSULTANT], reverse("reports:roster")
        yield "nudges to check", people[Role.COORDINATOR], reverse("reports:nudges")
        yield "a partnership", people[Role.COORDINATOR], self.partnership.get_absolute_url()
        yield "a programme", people[Role.COORDINATOR], reverse("programmes:detail", args=[slug])
        yield "year planner, all rows", people[Role.COORDINATOR], reverse("planner:year")
        yield "a half-day to choose", people[Role.COORDINATOR], self.half_day()
        yield "visits by month", people[Role.COORDINATOR], reverse("visits:month")
        yield "visits", people[Role.COORDINATOR], reverse("visits:list")
        yield "results", people[Role.COORDINATOR], reverse("reports:results", args=[slug])
        yield "results by school", people[Role.COORDINATOR], reverse("reports:results", args=[slug]) + "?by=school"
        yield "results, budget holder", people[Role.BUDGET_HOLDER], reverse("reports:results", args=[slug])
        yield "places behind the results", people[Role.COORDINATOR], reverse("reports:places", args=[slug])
        yield "reports, headteacher", people[Role.HEADTEACHER], reverse("reports:list")
        yield "pupils, headteacher", people[Role.HEADTEACHER], reverse("pupils:list")
        yield "people", people[Role.COORDINATOR], reverse("accounts:people")


def write(folder, starts_on, partnerships, number=0):
    rng, county = random.Random(1 + number), f"county{number or ''}"
    organiser = f'[organiser]\nkind = "network"\nname = "County {number}"\n' if number else ""
    authority = "" if number else 'local_authority = "199"\n'
    first = number * partnerships
    year = f"{starts_on.year}-{(starts_on.year + 1) % 100:02}"
    points = [(name, dt.date(starts_on.year + (month < 9), month, day)) for name, month, day in POINTS]
    tables = "\n".join(f'[[data_points]]\nname = "{name}"\ndue_on = {on}' for name, on in points)
    (folder / "programme.toml").write_text(
        f'name = "County"\nslug = "{county}"\n{authority}academic_year = "{year}"\nstatus = "active"\n'
        f'subjects = ["maths", "writing"]\nyear_groups = [4, 5, 6]\n{organiser}'
        f'[assessment]\nscale = "nc-sublevels"\nexpected_points = 3\n{tables}\n'
        '[[success_criteria]]\nmeasure = "above_expected_rate"\ntarget_pct = 50\n'
    )
    sheets = {
        "schools.csv": [
            [
                "URN",
                "LA (code)",
                "LA (name)",
                "EstablishmentNumber",
                "EstablishmentName",
                "TypeOfEstablishment (name)",
                "EstablishmentStatus (name)",
                "PhaseOfEducation (name)",
                "Postcode",
            ]
        ],
        "specialist_teachers.csv": [["ref", "first_name", "last_name", "email", "home_school_urn"]],
        "partnerships.csv": [
            [
                "ref",
                "specialist_teacher",
                "partner_school_urn",
                "partner_teacher_first_name",
                "partner_teacher_last_name",
                "partner_teacher_email",
                "subject",
                "year_group",
                "area",
                "status",
            ]
        ],
        "pupils.csv": [["pupil", "partnership", "first_name", "last_name", "year_group"]],
        "assessments.csv": [["pupil", "partnership", "subject", "data_point", "grade"]],
    }
    for n in range(1, partnerships + 1):
        home, partner = 700000 + first + n, 800000 + first + n
        for urn in (home, partner):
            sheets["schools.csv"].append(
                [urn, "199", "County", "", f"School {urn}", "Community school", "Open", "Primary", "ZZ1 1AA"]
            )
        sheets["specialist_teachers.csv"].append([f"S{n}", "Robin", f"Ash{n}", f"s{n}@{county}.example", home])
        subject, grade_year = rng.choice(["maths", "writing"]), rng.choice([4, 5, 6])
        sheets["partnerships.csv"].append(
            [
                f"P{n}",
                f"S{n}",
                partner,
                "Kim",
                f"Elm{n}",
                f"p{n}@{county}.example",
                subject,
                grade_year,
                f"Area {n % 8}",
                "active",
            ]
        )
        for m in range(PUPILS):
            ref, at = f"C{n}-{m}", rng.randrange(4)
            sheets["pupils.csv"].append([ref, f"P{n}", "Pip", f"Oak{n}{m}", grade_year])
            for name, _ in points:
                sheets["assessments.csv"].append([ref, f"P{n}", subject, name, GRADES[at]])
                at = min(len(GRADES) - 1, at + rng.randrange(3))
    for name, rows in sheets.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


def plan_visits(programme, starts_on):
    """Term dates, a timetable of nine windows, and both sides booked on a half-day in each."""
    terms = [(n, starts_on + dt.timedelta(weeks=first), weeks) for n, (first, weeks) in enumerate(HALF_TERMS)]
    TermDate.objects.bulk_create(
        TermDate(
            organisation=programme.organisation,
            name=f"Half term {n + 1}",
            starts_on=first + dt.timedelta(days=1),
            ends_on=first + dt.timedelta(days=7 * weeks - 4),
        )
        for n, first, weeks in terms
    )
    windows = [starts_on + dt.timedelta(weeks=week) for week in WINDOWS]
    steps = TimetableStep.objects.bulk_create(
        TimetableStep(
            programme=programme,
            order=n + 1,
            type="visit",
            name="First visit" if n == 0 else f"Lesson study {n}",
            window_start=first,
            window_end=first + dt.timedelta(days=18),
            half_days=1,
            host="partner school",
            funded_specialist_half_days=1,
            funded_partner_half_days=0,
        )
        for n, first in enumerate(windows)
    )
    visits = []
    for number, partnership in enumerate(programme.partnerships.with_people()):
        for step in steps:
            on = step.window_start + dt.timedelta(days=(8 - step.window_start.weekday() + number % 5) % 7)
            while on.weekday() > FRIDAY:
                on += dt.timedelta(days=1)
            visits.append(
                Visit(
                    partnership=partnership,
                    step=step,
                    kind=Visit.Kind.RESEARCH_LESSON,
                    on=on,
                    half="am",
                    host_id=partnership.partner_school_id,
                )
            )
    Visit.objects.bulk_create(visits)
    Booking.objects.bulk_create(
        Booking(visit=visit, person=person, on=visit.on, half=visit.half, school=school)
        for visit in visits
        for person, school in (
            (visit.partnership.specialist.user, visit.partnership.specialist.home_school),
            (visit.partnership.current_partner_teachers[0], visit.partnership.partner_school),
        )
    )
