"""Money in the demonstration: the plan is in force, and most of October is paid, but for one payment that finance
rejected. Some of what is ready waits for approval, one release is on hold, and how one school is paid waits for a
second person. The schools have their letters."""

import uuid
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from funding.models import FundingPlan, Payee
from funding.services import letters, paying, planning, releasing
from funding.standing import is_nothing, standing_of
from reports.demo.people import give

LEFT = 6  # releases that wait for approval, one of them on hold


def release_money(programme, today):
    """Only where release time is funded, and somebody may approve."""
    approving = User.objects.holding("releases.approve", programme.organisation)
    if not programme.funded or not approving or not programme.data_points.exists():
        return
    people = people_of(programme)
    plan = planning.draw_up(
        people["coordinator"],
        FundingPlan(
            programme=programme,
            funder="National Challenge",
            grant_ref="NC-2210",
            cost_centre="E44107",
            account_code="50120",
            budget=Decimal("24000.00"),
            rate=Decimal("95.00"),
        ),
    )
    plan.items.filter(name=planning.CASE_STUDY).update(specialist_amount=150, partner_amount=150)
    if planning.gaps(plan):
        return
    plan = planning.activate(people["coordinator"], plan)
    say_how_schools_are_paid(plan, people["finance"], people["second"])
    first, second, *_ = plan.stages.all()
    rows = ready(plan, first, people["budget"])
    if len(rows) > LEFT:
        releasing.hold(people["coordinator"], rows[-1].release, "The school waits for its new supplier number")
        pay(plan, rows[:-LEFT], people)
        change_how_one_is_paid(plan, rows[-LEFT].school, people["finance"], today)
        letters.issue(people["finance"], plan, first, {row.school.pk for row in rows[:-LEFT]})
    approve(plan, ready(plan, second, people["budget"])[::2], people["budget"])


def people_of(programme):
    organisation = programme.organisation
    domain = f"{organisation.name.split()[0].lower()}.example"
    give(Role.BUDGET_HOLDER, "Martin", "Osei", domain, organisation)
    give(Role.FINANCE, "Mei", "Tanaka", domain, organisation)
    return {
        "budget": User.objects.holding("releases.approve", organisation).get(last_name="Okafor"),
        "finance": User.objects.holding("payments.authorise", organisation).get(last_name="Adeyemi"),
        "second": User.objects.holding("payees.confirm", organisation).get(last_name="Tanaka"),
        "coordinator": User.objects.holding("money.record", organisation).first(),
    }


def say_how_schools_are_paid(plan, person, second):
    schools = {}
    for row in standing_of(plan).rows:
        schools[row.school.pk] = row.school
    for number, school in enumerate(sorted(schools.values(), key=lambda school: school.urn)):
        Payee.objects.create(
            organisation=plan.programme.organisation,
            school=school,
            name=school.name,
            route="journal" if number % 3 else "supplier",
            code=f"E5{number:04}" if number % 3 else f"S{70000 + 37 * number}",
            since=plan.programme.starts_on,
            entered_by=person,
            confirmed_by=second,
            confirmed_at=timezone.now(),
        )


def change_how_one_is_paid(plan, school, person, today):
    """It has joined a trust, and nobody has confirmed yet that the money goes there: nothing is paid to it before."""
    Payee.objects.create(
        organisation=plan.programme.organisation,
        school=school,
        name="Blackwater Learning Trust",
        is_trust=True,
        route="supplier",
        code="S71204",
        since=today,
        entered_by=person,
    )


def ready(plan, stage, person):
    rows = standing_of(plan).of(stage=stage)
    return [row for row in rows if not is_nothing(row) and not releasing.why_not(person, row)]


def approve(plan, rows, person):
    if not rows:
        return None
    return releasing.approve(person, plan, {row.release.pk: row.amount for row in rows}, uuid.uuid4())


def pay(plan, rows, people):
    """They are approved and paid, but for one payment that finance rejected."""
    approve(plan, rows, people["budget"])
    organisation = plan.programme.organisation
    choice = paying.choose(people["finance"], organisation)
    seen = {release.pk: group.payee.pk for group in choice.groups for release in group.releases}
    batch = paying.authorise(people["finance"], organisation, seen, uuid.uuid4())
    payments = list(batch.payments.order_by("number"))
    answers = [paying.Answered(row, True, timezone.localdate()) for row in payments[1:]]
    if len(payments) > 1:
        answers.append(paying.Answered(payments[0], False, timezone.localdate(), "The supplier number is not known"))
    paying.take_answers(people["finance"], batch, answers)
