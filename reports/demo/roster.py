"""What makes the roster of the demonstration worth reading: most people can sign in, and a few things slip."""

import datetime as dt

from django.utils import timezone

from accounts.mail import NUDGE_RESTS
from accounts.models import Membership, OutgoingMail
from accounts.roles import Role
from programmes.models import Partnership, TimetableStep
from reports.demo.people import head_of, let_in
from reports.roster.facts import Facts
from reports.roster.nudges import send_nudges
from reports.roster.rows import rows_of

# Places among the running partnerships: one whose teachers and one whose head were never invited, and one that has
# found no half-day.
NOBODY, NO_HEAD, NO_VISIT = 6, 4, 9
MORE_HEADS = [
    "Ada Quill",
    "Rhys Amber",
    "Mona Field",
    "Otis Grant",
    "Vera Lodge",
    "Paul Denby",
    "Ruby Ellis",
    "Saul Horn",
]


def let_people_in(programme):
    """The teachers and heads of nearly every running partnership can sign in."""
    names = iter(MORE_HEADS)
    for place, partnership in enumerate(running(programme), 1):
        if place != NOBODY:
            for teacher in partnership.teachers:
                let_in(teacher)
        if place not in {NOBODY, NO_HEAD}:
            head_of(partnership.partner_school, programme.organisation, names)


def leave_a_visit_out(programme, today):
    """One partnership has no half-day for the visit of the timetable whose window opened last."""
    steps = programme.timetable.filter(type=TimetableStep.Type.VISIT, window_start__lte=today)
    for partnership in running(programme)[NO_VISIT - 1 : NO_VISIT]:
        partnership.visits.filter(step=steps.order_by("-window_start").first()).exclude(step=None).delete()


def running(programme):
    return list(programme.partnerships.filter(status=Partnership.Status.ACTIVE).with_people())


def nudge_lately(programme, today):
    """Two teachers were nudged before: one eight days ago, one yesterday, so that the next mail waits a little."""
    coordinator = Membership.objects.filter(organisation=programme.organisation, role=Role.COORDINATOR).first().user
    partnerships = programme.partnerships.with_people().select_related("programme__organisation")
    rows = rows_of(Facts(coordinator, programme.organisation, partnerships, today))
    nudges = {nudge.about: nudge for row in rows for nudge in row.nudges}
    for nudge, ago in zip(nudges.values(), (dt.timedelta(days=8), dt.timedelta(days=1)), strict=False):
        send_nudges(coordinator, [nudge])
        at = timezone.now() - ago
        OutgoingMail.objects.about(nudge.about).exclude(nudge_rests_until=None).update(
            state=OutgoingMail.State.DONE, queued_at=at, finished_at=at, nudge_rests_until=at + NUDGE_RESTS
        )
