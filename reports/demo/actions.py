"""The action plan of a running demo programme: some done, one overdue, some to come."""

import datetime as dt

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from programmes.models import ActionItem
from programmes.services import actions

# what, days from today, how one sees that it worked, whether it is done, a note
PLAN = [
    (
        "Ring every new headteacher",
        -60,
        "All rung before the first visits",
        True,
        "All rung; two ask for cover.",
    ),
    ("Collect the pupil perception questionnaires", -4, "One from each target pupil", False, "Half of them are in."),
    ("Book the venue for the moderation session", 5, "Venue and time stand in the calendar", False, ""),
    ("Bring the year so far to the steering group", 40, "The group has the figures a week before", False, ""),
]


def plan_actions(programme, today):
    staff = Membership.objects.live().filter(organisation=programme.organisation, role=Role.COORDINATOR)
    owner = staff.select_related("user").first().user
    for what, days, measure, done, note in PLAN:
        due_on = min(max(today + dt.timedelta(days), programme.starts_on), programme.ends_on)
        action = actions.keep_action(
            owner, ActionItem(programme=programme, what=what, owner=owner, due_on=due_on, success_measure=measure)
        )
        if note:
            actions.add_note(owner, action, note)
        if done:
            ActionItem.objects.filter(pk=action.pk).update(done_on=min(due_on, timezone.localdate()))
