"""A plan from its order until somebody accepts it: what the worker is told to do."""

from django.db import transaction

from accounts import audit
from jobs.work import publish
from visits.models import Away, Plan, PlanAcceptance
from visits.planning.connected import connected


@transaction.atomic
def order_plan(person, programme, *, partnerships=(), moves=Plan.Moves.NOTHING, asking=None) -> tuple[Plan, bool]:
    """A plan that is worked out in the background; or the one of this programme that is in hand, and False."""
    defaults = {
        "programme": programme,
        "ordered_by": person,
        "partnerships": sorted(partnerships),
        "moves": moves,
        "asking": asking or {},
    }
    plan, new = Plan.objects.filter(programme=programme).in_hand().get_or_create(defaults=defaults)
    if new:
        audit.record(person, "plan ordered", plan)
        publish(plan)
    return plan, new


@transaction.atomic
def replan_around(person, programme, away) -> tuple[Plan, bool]:
    """The days away are kept, and a plan is ordered in which as little as possible moves: of this teacher, and of
    those whose visits may have to make room."""
    days = {name: getattr(away, name) for name in ("person", "first_on", "last_on", "half")}
    away, new = Away.objects.get_or_create(**days, defaults={"entered_by": person})
    if new:
        audit.record(person, "days away entered", away)
    rows = programme.partnerships.open_to_visits().with_people()
    return order_plan(
        person,
        programme,
        partnerships=connected(rows, away.person_id),
        moves=Plan.Moves.WHAT_MUST,
        asking={"away": away.pk},
    )


def stop_plan(person, plan) -> bool:
    """No further group is begun; what is found by then stays. False where there is nothing to stop any more."""
    stopped = Plan.objects.filter(pk=plan.pk, stop_asked=False).in_hand().update(stop_asked=True)
    if stopped:
        audit.record(person, "plan stopped", plan)
    return bool(stopped)


@transaction.atomic
def order_acceptance(person, plan) -> tuple[PlanAcceptance | None, bool]:
    """The worker writes the plan; or somebody's acceptance that is in hand, and False; None where it is accepted."""
    if Plan.objects.exclude(accepted_at=None).filter(pk=plan.pk).exists():
        return None, False
    defaults = {"plan": plan, "asked_by": person}
    acceptance, new = PlanAcceptance.objects.filter(plan=plan).in_hand().get_or_create(defaults=defaults)
    if new:
        audit.record(person, "plan acceptance ordered", plan)
        publish(acceptance)
    return acceptance, new
