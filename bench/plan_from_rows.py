"""A year of 200 partnerships x 9 visits planned from rows: read, worked out and accepted, in a transaction undone."""

import datetime as dt
import random

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, School, User
from programmes.models import (
    Partnership,
    PartnerTeacher,
    Programme,
    SchoolClosure,
    SpecialistTeacher,
    TermDate,
    TimetableStep,
)
from programmes.models.week import HALF_DAYS
from visits.models import Plan
from visits.planning.proposing import propose
from visits.planning.reading import read
from visits.services.accepting import accept_plan
from visits.services.plans import order_plan

PARTNERSHIPS, VISITS, SPECIALISTS = 200, 9, 90
YEAR = 2040  # a year to come, so that nothing of it has passed
HALF_TERMS = [((9, 3), (10, 19)), ((10, 29), (12, 19)), ((1, 7), (2, 8)), ((2, 18), (3, 29)), ((4, 16), (5, 24))]
HALF_TERMS += [((6, 3), (7, 19))]


def from_rows(seconds):
    with transaction.atomic():
        programme, person = build()
        with CaptureQueriesContext(connection) as queries:
            read(programme, reader=person)
        reading, _ = seconds(lambda: read(programme, reader=person), 3)
        plan, _ = order_plan(person, programme)
        planning, _ = seconds(lambda: propose(Plan.objects.claim(plan.pk)))
        plan.refresh_from_db()
        accepting, check = seconds(lambda: accept_plan(person, plan))
        transaction.set_rollback(True)
    title = f"{PARTNERSHIPS} partnerships x {VISITS} visits from rows"
    return {
        f"{title}: read (s)": reading,
        f"{title}: queries to read": len(queries),
        f"{title}: read, planned and kept (s)": planning,
        f"{title}: placed": f"{len(check.new)} of {len(plan.result['visits'])}",
        f"{title}: gap to the best possible": sum(group["gap"] for group in plan.result["groups"]),
        f"{title}: accepted (s)": accepting,
    }


def build():
    """Schools with a trip each month, teachers released on four half-days, windows of four weeks."""
    rng = random.Random(1)
    organisation = Organisation.objects.create(name="Bench County", la_code="998")
    programme = Programme.objects.create(
        organisation=organisation,
        name="Bench",
        slug="bench-plan",
        starts_on=dt.date(YEAR, 9, 1),
        ends_on=dt.date(YEAR + 1, 8, 31),
        status=Programme.Status.ACTIVE,
        subjects=["maths"],
        year_groups=[5],
        scale="nc-sublevels",
    )
    for number, days in enumerate(HALF_TERMS):
        first, last = (dt.date(YEAR + (month < 9), month, day) for month, day in days)
        TermDate.objects.create(organisation=organisation, name=f"Half {number}", starts_on=first, ends_on=last)
    for order in range(VISITS):
        first = dt.date(YEAR, 9, 17) + dt.timedelta(weeks=4 * order)
        TimetableStep.objects.create(
            programme=programme,
            order=order + 1,
            type="visit",
            name="Reciprocal visit" if order == 4 else f"Lesson study {order + 1}",
            window_start=first,
            window_end=first + dt.timedelta(days=25),
            half_days=1,
            host="specialist school" if order == 4 else "partner school",
            funded_specialist_half_days=1,
            funded_partner_half_days=1,
            least_gap=7,
        )
    schools = School.objects.bulk_create(
        School(
            urn=f"{700000 + n}", la_code="998", la_name="Bench", name=f"Bench {n}", type="Community", phase="Primary"
        )
        for n in range(PARTNERSHIPS + SPECIALISTS)
    )
    people = User.objects.bulk_create(
        User(email=f"bench{n}@county.example", first_name="Robin", last_name=f"Bench{n}")
        for n in range(PARTNERSHIPS + SPECIALISTS + 1)
    )
    months = [dt.date(YEAR, 9, 20) + dt.timedelta(weeks=4 * n) for n in range(VISITS)]
    SchoolClosure.objects.bulk_create(
        SchoolClosure(school=school, kind="no-go", words="Trip", first_on=on, last_on=on + dt.timedelta(days=3))
        for school in schools
        for on in (month + dt.timedelta(days=rng.randrange(14)) for month in months)
    )
    specialists = SpecialistTeacher.objects.bulk_create(
        SpecialistTeacher(
            programme=programme,
            ref=f"S{n}",
            user=people[n],
            home_school=schools[n],
            release_half_days=rng.sample(list(HALF_DAYS), 6),
        )
        for n in range(SPECIALISTS)
    )
    partnerships = Partnership.objects.bulk_create(
        Partnership(
            programme=programme,
            ref=f"P{n}",
            specialist=specialists[n % SPECIALISTS],
            partner_school=schools[SPECIALISTS + n],
            subject="maths",
            year_group=5,
            status=Partnership.Status.ACTIVE,
        )
        for n in range(PARTNERSHIPS)
    )
    PartnerTeacher.objects.bulk_create(
        PartnerTeacher(
            partnership=partnership,
            user=people[SPECIALISTS + n],
            since=programme.starts_on,
            release_half_days=[*rng.sample(partnership.specialist.release_half_days, 3)],
        )
        for n, partnership in enumerate(partnerships)
    )
    return programme, people[-1]
