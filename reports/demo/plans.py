"""Planning in the demonstration: some visits lost their half-day, and a plan for them waits for the coordinator."""

import datetime as dt

from accounts.models import Membership
from accounts.roles import Role
from jobs.work import work_on
from visits import services
from visits.models import Plan, Visit
from visits.planning.proposing import propose
from visits.services.plans import order_plan

LOST = 6
TRIP = "The class is on a trip that day."


def let_a_plan_wait(programme, today):
    """A few visits of the coming weeks are cancelled, each of another partnership, and a plan proposes other days."""
    coordinator = Membership.objects.live().filter(organisation=programme.organisation_id, role=Role.COORDINATOR)
    person = coordinator.order_by("pk").first().user
    ahead = Visit.objects.filter(
        partnership__in=programme.partnerships.open_to_visits(),
        status=Visit.Status.PLANNED,
        on__gt=today + dt.timedelta(days=14),
    )
    lost = {}
    for visit in ahead.select_related("partnership__specialist"):
        if len(lost) < LOST:
            lost.setdefault(visit.partnership_id, visit)
    for visit in lost.values():
        services.cancel_visit(person, visit, TRIP)
    plan, _ = order_plan(person, programme, partnerships=lost)
    work_on(Plan, plan.pk, propose)
