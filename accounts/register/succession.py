"""A school has closed and another one takes its place: what hangs on it moves, in one transaction.

Each app says what follows a school by appending to AFTER_SUCCESSION in its `AppConfig.ready`; a test states the list.
What has taken place, what is signed, and what belongs to a closed programme stays at the school where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Invitation, Membership, School, SchoolLink


class CannotSucceed(Exception):
    """The school stays where it is; the sentence says why."""


@dataclass(frozen=True)
class Following:
    """Rows of an organisation that follow a school to its successor."""

    what: str  # one and many: "visit to come,visits to come"
    rows: Callable[..., QuerySet]  # organisation -> all of its rows that would follow a school
    school: str  # the field that names it
    mend: Callable[..., None] | None = None  # (person, rows, successor) -> none is in the way at the successor

    def of(self, organisation, school):
        return self.rows(organisation).filter(**{self.school: school})

    def move(self, person, organisation, school, successor):
        if self.mend:
            self.mend(person, self.of(organisation, school), successor)
        self.of(organisation, school).update(**{self.school: successor})


def roles(organisation):
    return Membership.objects.not_over().filter(organisation=organisation, school__isnull=False)


def end_roles_held_twice(person, rows, successor):
    """Someone who has the role at the successor already keeps that one."""
    there = Membership.objects.not_over().filter(
        user=OuterRef("user"), role=OuterRef("role"), organisation=OuterRef("organisation"), school=successor
    )
    rows.filter(Exists(there)).update(ended_at=timezone.now())


def invitations(organisation):
    return Invitation.objects.open().filter(organisation=organisation, school__isnull=False)


def withdraw_invitations_made_twice(person, rows, successor):
    there = Invitation.objects.open().filter(
        email=OuterRef("email"), role=OuterRef("role"), organisation=OuterRef("organisation"), school=successor
    )
    rows.filter(Exists(there)).update(withdrawn_at=timezone.now())


AFTER_SUCCESSION = [
    Following("role of someone,roles of people", roles, "school", end_roles_held_twice),
    Following("open invitation", invitations, "school", withdraw_invitations_made_twice),
]


# What a succession brings about once all has moved, in its transaction: (person, organisation, school, successor).
ONCE_MOVED = []


def what_moves(organisation, school) -> list[tuple[str, int]]:
    """How many rows of what would follow the school, of those of which there are any."""
    counted = [(following.what, following.of(organisation, school).count()) for following in AFTER_SUCCESSION]
    return [(what, number) for what, number in counted if number]


def left_behind(organisation) -> QuerySet:
    """The closed schools on which something of the organisation hangs."""
    found = Q(pk__in=[])
    for following in AFTER_SUCCESSION:
        found |= Q(pk__in=following.rows(organisation).order_by().values(following.school))
    return School.objects.filter(found, status=School.Status.CLOSED).order_by("name", "urn")


def successors(school):
    """The schools that followed this one, as far as the register or a coordinator has said."""
    return School.objects.filter(predecessor_links__predecessor=school).order_by("name", "urn")


@transaction.atomic
def succeed(person, organisation, school, successor) -> list[tuple[str, int]]:
    """Everything of this organisation that hangs on the closed school hangs on its successor; what moved is returned.

    Of two who confirm at once one moves it all, and the other finds nothing left to move.
    """
    rows = {row.pk: row for row in School.objects.select_for_update().filter(pk__in=[school.pk, successor.pk])}
    school, successor = rows[school.pk], rows[successor.pk]
    if school == successor:
        raise CannotSucceed("A school cannot follow itself. Choose another one.")
    if school.status != School.Status.CLOSED:
        raise CannotSucceed(f"{school} is not closed, so nothing moves.")
    if successor.status == School.Status.CLOSED:
        raise CannotSucceed(f"{successor} has closed as well. Choose a school that is open.")
    moved = what_moves(organisation, school)
    if not moved:
        raise CannotSucceed(f"Nothing hangs on {school} any more: everything has moved already.")
    SchoolLink.objects.get_or_create(predecessor=school, successor=successor, defaults={"named_by": person})
    for following in AFTER_SUCCESSION:
        following.move(person, organisation, school, successor)
    for bring_about in ONCE_MOVED:
        bring_about(person, organisation, school, successor)
    audit.record(person, "schools.succeeded", school, about=f"by school {successor.pk}")
    return moved
