"""What the pages say of a proposed partnership: who has agreed, for whom it waits, and what it asks of a school."""

from dataclasses import dataclass

from django.db.models import Count, Max, Min
from django.utils import timezone

from accounts.models import Invitation, Membership, School, User
from accounts.roles import Role
from papers.templatetags.plain import listed
from programmes.models import Acceptance, Objection, TimetableStep
from programmes.services.acceptances import PROPOSED, NotOpen, asked_of, mark, objecting
from programmes.services.agreements.words import about_partnership, half_days_of, release_time
from programmes.services.objections import window
from programmes.services.proposals import heads_of


@dataclass
class Side:
    """One school of a proposed partnership: who has agreed for it, or for whom it waits."""

    school: School
    acceptance: Acceptance | None
    heads: list[User]  # who can sign in and agree
    invitation: Invitation | None = None
    objects: bool = False
    objection: Objection | None = None  # where the reader may see it

    @property
    def name(self):
        """The head as far as known: who signs in, else whom the register names."""
        return listed(self.heads, "or") or self.school.head_name


def sides_of(partnership, inviting=False, seen=()) -> list[Side]:
    """Of a proposed partnership each school, and whether its head has agreed or can; of any other nothing.

    `seen` are the objections that the reader may see.
    """
    if partnership.status != PROPOSED:
        return []
    rows = partnership.acceptances.filter(taken_back_at=None).select_related("by")
    agreed = {row.school_id: row for row in rows}
    heads = [m for m in heads_of(partnership) if m.user.is_active]
    objections = objecting(partnership)
    invitations = open_invitations(partnership) if inviting else []
    return [
        Side(
            school,
            agreed.get(school.pk),
            heads_to_ask([m for m in heads if m.school_id == school.pk]),
            next((row for row in invitations if row.school_id == school.pk), None),
            school.pk in objections,
            next((row for row in seen if row.school_id == school.pk and row.answered_at is None), None),
        )
        for school in partnership.schools
    ]


def heads_to_ask(memberships: list[Membership]) -> list[User]:
    """The head, and the deputies only where no head can sign in."""
    own = [m.user for m in memberships if not m.deputy] or [m.user for m in memberships]
    return list(dict.fromkeys(own))


def open_invitations(partnership):
    rows = Invitation.objects.open().filter(
        organisation=partnership.programme.organisation_id, role=Role.HEADTEACHER, school__in=partnership.schools
    )
    return list(rows.order_by("invited_at"))


def may_agree(person, partnership) -> bool:
    """Whether the page where a head agrees has something to agree to."""
    try:
        return bool(asked_of(person, partnership))
    except NotOpen:
        return False


def agree_page(person, partnership) -> dict:
    """What the head reads before agreeing, or why there is nothing to agree to."""
    try:
        asked, why_not = asked_of(person, partnership), ""
    except NotOpen as error:
        asked, why_not = [], str(error)
    return {
        "asked": asked,
        "why_not": why_not,
        "read": mark(partnership),
        "sides": sides_of(partnership),
        "window": window(partnership),
        "asks": what_it_asks(partnership.programme, partnership),
    }


def what_it_asks(programme, partnership) -> dict:
    """From today on: how many visits in which days, and the half-days out of class with who pays for them."""
    today = timezone.localdate()
    needed = programme.timetable.filter(type=TimetableStep.Type.VISIT, required=True)
    visits = needed.filter(window_end__gte=today).aggregate(
        count=Count("pk"), first=Min("window_start"), last=Max("window_end")
    )
    left = [step for step in programme.timetable.all() if step.window_end >= today]
    release = release_time(half_days_of(programme.funded, left), about_partnership(partnership))
    return {
        "visits": visits["count"],
        "first": visits["first"] and max(visits["first"], today),
        "last": visits["last"],
        "gone": needed.filter(window_end__lt=today).count(),
        "release": [release] if isinstance(release, str) else release,
    }
