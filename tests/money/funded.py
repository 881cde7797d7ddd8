"""Programmes with money: the Essex plan of 2009-10, with as many partnerships as a test asks for."""

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from funding.models import FundingPlan, Payee, Recovery, Release
from funding.services import paying, planning, recovering, releasing
from funding.standing import standing_of
from papers.templatetags.plain import listed
from programmes.models import DataReturn, TimetableStep
from programmes.services import life
from tests.factories import (
    BookingFactory,
    DataPointFactory,
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    VisitFactory,
)
from tests.reading import text_of
from tests.signing_in import with_factor

RATE = Decimal("95.00")
POINTS = [
    ("October", dt.date(2026, 10, 16)),
    ("December", dt.date(2026, 12, 11)),
    ("March", dt.date(2027, 3, 12)),
    ("Summer", dt.date(2027, 7, 2)),
]
WHY = "The bank account of the school is closed"  # finance rejects a payment
IN_TIME = dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC)  # October and December are due


def timetable(programme):
    """Six visits that pay the specialist teacher's school, three the partner school, two moderation half-days both."""
    rows = [("visit", f"Visit {number}", 1, 0, True) for number in range(1, 7)]
    rows += [("visit", f"Reciprocal visit {number}", 0, 1, True) for number in range(1, 4)]
    rows += [("event", f"Moderation {number}", 1, 1, True) for number in (1, 2)]
    rows += [("visit", "Reciprocal visit beyond three", 0, 1, False)]
    for order, (kind, name, specialist, partner, required) in enumerate(rows, 1):
        TimetableStep.objects.create(
            programme=programme,
            order=order,
            type=kind,
            name=name,
            window_start=dt.date(2026, 9, 14) + dt.timedelta(days=14 * order),
            window_end=dt.date(2026, 9, 25) + dt.timedelta(days=14 * order),
            half_days=1,
            funded_specialist_half_days=specialist,
            funded_partner_half_days=partner,
            required=required,
        )


def funded_programme(partnerships=2, budget="100000.00", activate=True, **fields):
    """A programme with its plan in force, its people, and releases; the data of nobody is in yet."""
    programme = ProgrammeFactory(**fields)
    people = {
        name: with_factor(MembershipFactory(organisation=programme.organisation, role=role, user__first_name=name).user)
        for name, role in (
            ("Amira", Role.COORDINATOR),
            ("Tom", Role.BUDGET_HOLDER),
            ("Martin", Role.BUDGET_HOLDER),
            ("Ruth", Role.FINANCE),
            ("Una", Role.FINANCE),
        )
    }
    timetable(programme)
    points = [DataPointFactory(programme=programme, name=name, due_on=on) for name, on in POINTS]
    rows = [PartnershipFactory(programme=programme, ref=f"P{number:03}") for number in range(1, partnerships + 1)]
    for row in rows:
        for point in points:
            DataReturn.objects.create(partnership=row, data_point=point, expected=4)
    plan = planning.draw_up(
        people["Amira"],
        FundingPlan(
            programme=programme,
            funder="National Challenge",
            grant_ref="NC-7",
            cost_centre="E4410",
            account_code="5012",
            budget=Decimal(budget),
            rate=RATE,
        ),
    )
    plan.items.filter(name="Case study").update(specialist_amount=150, partner_amount=150)
    if activate:
        plan = planning.activate(people["Amira"], plan)
    return SimpleNamespace(
        programme=programme,
        organisation=programme.organisation,
        plan=plan,
        points=points,
        stages=list(plan.stages.all()),
        partnerships=rows,
        people=people,
        **people,
    )


def hand_in(partnership, point, by=None, entered=()):
    """The grades of a data point are complete and submitted by a teacher, entered by these."""
    by = by or partnership.specialist.user
    row = DataReturn.objects.get(partnership=partnership, data_point=point)
    row.assessed, row.state, row.submitted_by = row.expected, "submitted", by
    row.submitted_at = dt.datetime.combine(point.due_on, dt.time(16), dt.UTC)
    row.save()
    for person in entered:
        row.entries.create(user=person, grades=row.expected)
    return row


def teachers_of(partnership):
    """As a reason names them."""
    return f"The two teachers, {partnership.specialist.user} or {partnership.partner_teachers.get().user},"


def either(*people) -> str:
    """As pages name whoever may act, by surname."""
    return listed([str(p) for p in sorted(people, key=lambda p: (p.last_name, p.first_name, p.pk))], "or")


def release_of(partnership, stage, side) -> Release:
    return Release.objects.standing().get(partnership=partnership, stage=stage, side=side)


def approve(person, plan, releases, amounts=None):
    """As from a page that shows what is true now."""
    now = {row.release.pk: row.amount for row in standing_of(plan).rows}
    seen = {release.pk: (amounts or now)[release.pk] for release in releases}
    return releasing.approve(person, plan, seen, uuid.uuid4())


def payees(money):
    """Every school can be paid: the first by journal, the others as suppliers. Ruth entered it and Una confirmed it."""
    schools = {}
    for row in money.partnerships:
        schools |= {
            row.partner_school_id: row.partner_school,
            row.specialist.home_school_id: row.specialist.home_school,
        }
    for number, school in enumerate(schools.values()):
        Payee.objects.create(
            organisation=money.organisation,
            school=school,
            name=school.name,
            route="supplier" if number else "journal",
            code=f"V{number:05}",
            since=dt.date(2026, 9, 1),
            entered_by=money.Ruth,
            confirmed_by=money.Una,
            confirmed_at=timezone.now(),
        )


def authorise(money, person=None, key=None):
    person = person or money.Ruth
    choice = paying.choose(person, money.organisation)
    seen = {release.pk: group.payee.pk for group in choice.groups for release in group.releases}
    return paying.authorise(person, money.organisation, seen, key or uuid.uuid4())


def held(money, partnership, *steps):
    """Visits of these steps took place, with the visiting teacher out of class."""
    for name in steps:
        step = money.programme.timetable.get(name=name)
        person, school = partnership.specialist.user, partnership.specialist.home_school
        visit = VisitFactory(
            partnership=partnership,
            step=step,
            on=step.window_start,
            status="took place",
            host=partnership.partner_school,
        )
        BookingFactory(visit=visit, person=person, school=school, on=visit.on, half=visit.half)


def planned(partnership, step, on):
    """A visit of this step, with the specialist teacher out of class; nobody has said whether it took place."""
    visit = VisitFactory(partnership=partnership, step=step, on=on, host=partnership.partner_school)
    person, school = partnership.specialist.user, partnership.specialist.home_school
    BookingFactory(visit=visit, person=person, school=school, on=visit.on, half=visit.half)
    return visit


def fold(money, partnership):
    life.move(money.Amira, partnership, "folded", on=dt.date(2027, 1, 26), reason="Staff change")


def recoveries(partnership, side="specialist"):
    rows = Recovery.objects.filter(partnership=partnership, side=side).order_by("pk")
    return [(row.state, row.reason, row.amount) for row in rows]


def ask(money, recovery):
    """Amira asks for it, and Tom approves it."""
    recovering.request(money.Amira, recovery)
    recovering.approve(money.Tom, recovery)


def as_(client, person):
    client.force_login(person)
    return client


def recovery_page(client, person, row):
    return text_of(as_(client, person).get(reverse("funding:recovery", args=[row.pk])))
