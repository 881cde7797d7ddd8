"""Whom a person may invite and nobody has invited: loaded people, and heads of schools that work in partnerships."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.giving import givers, gives
from accounts.inviting import write_all
from accounts.models import Invitation, Membership, Organisation, School
from accounts.roles import TEACHERS, Role
from papers.templatetags.plain import listed, longday
from programmes.models import Partnership, Programme
from programmes.services.earlier import of_earlier_programmes

ACTION = "people.invite"
Status = Partnership.Status
WORKING = [Status.PROPOSED, Status.AGREED, Status.ACTIVE, Status.EMBEDDING]
KINDS = {
    "heads": ("head", "heads"),
    "teachers": ("teacher", "teachers"),
    "consultants": ("consultant", "consultants"),
    "others": ("other", "others"),
    "earlier": ("person of earlier programmes", "people of earlier programmes"),
}
KIND_OF = {Role.HEADTEACHER: "heads", Role.CONSULTANT: "consultants"} | dict.fromkeys(TEACHERS, "teachers")


@dataclass
class Waiting:
    """Somebody whom the person may invite: with an address, or the head of a school, whose address is to be typed."""

    key: str
    role: Role
    role_label: str
    organisation: Organisation | None
    school: School | None
    first_name: str
    last_name: str
    email: str
    ends_on: object = None
    to_type: bool = False
    is_of_earlier: bool = False
    to_correct: int | None = None  # whose name and address the person may correct
    expired: list[Invitation] = field(default_factory=list)

    def __str__(self):
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def kind(self):
        return "earlier" if self.is_of_earlier else KIND_OF.get(self.role, "others")

    @property
    def place(self):
        return self.school or self.organisation

    @property
    def expired_on(self):
        return max((row.expires_at for row in self.expired), default=None)

    def invitation_to(self, first_name, last_name, email):
        """A new one, or the expired one to this very role and address: there is never more than one that is open."""
        to = (email, self.role, self.organisation and self.organisation.pk, self.school and self.school.pk)
        same = (row for row in self.expired if (row.email, row.role, row.organisation_id, row.school_id) == to)
        row = next(same, None) or Invitation(
            email=email, role=self.role, organisation=self.organisation, school=self.school
        )
        row.first_name, row.last_name, row.ends_on = first_name, last_name, self.ends_on
        return row


class Overtaken(Exception):
    """Somebody of those asked for waits no more, and nobody was invited."""


def who_waits(person) -> list[Waiting]:
    """Everyone to invite: heads by school, then teachers, consultants, others, and who only took part earlier.

    As many queries for one as for all.
    """
    roles = set().union(*map(gives, person.memberships_granting(ACTION)))
    rows = Membership.objects.allowed(person, ACTION).live().filter(user__is_active=False, role__in=roles)
    rows = rows.marked_for(person).select_related("user", "organisation", "school").order_by("starts_on", "pk")
    of_user = defaultdict(list)
    for m in rows:
        if givers(person, m.role, m.organisation, m.school):
            of_user[m.user].append(m)
    places = {
        place: found for place, found in working_schools(person).items() if givers(person, Role.HEADTEACHER, *found)
    }
    headed = set(heads_at(places).values_list("organisation", "school"))
    places = {place: found for place, found in places.items() if place not in headed}
    invited = open_invitations([user.email for user in of_user], places)
    earlier = of_earlier_programmes(of_user)
    waiting = [found for user, rows in of_user.items() if (found := loaded(user, rows, invited, user.pk in earlier))]
    waiting += [found for place, at in places.items() if (found := head(*at, invited))]
    return sorted(waiting, key=in_order)


def in_order(waiting):
    where = waiting.school.name if waiting.kind == "heads" else ""
    return list(KINDS).index(waiting.kind), where, waiting.last_name, waiting.first_name, waiting.key


def working_schools(person) -> dict:
    """(organisation, school), by ids: both sides of the partnerships that are under way in programmes that run."""
    rows = Partnership.objects.allowed(person, ACTION).filter(
        status__in=WORKING, programme__status=Programme.Status.ACTIVE
    )
    rows = rows.select_related("programme__organisation", "specialist__home_school", "partner_school")
    return {
        (row.programme.organisation_id, school.pk): (row.programme.organisation, school)
        for row in rows
        for school in row.schools
    }


def heads_at(places):
    """Heads and deputies there, whether they can sign in or are only loaded: these have a row of their own."""
    return Membership.objects.live().filter(
        role=Role.HEADTEACHER,
        organisation__in={organisation for organisation, _ in places},
        school__in={school for _, school in places},
    )


def open_invitations(emails, places):
    rows = Invitation.objects.open().filter(
        Q(email__in=emails) | Q(role=Role.HEADTEACHER, school__in={school for _, school in places})
    )
    return list(rows.select_related("invited_by").order_by("invited_at", "pk"))


def loaded(user, memberships, invited, is_of_earlier) -> Waiting | None:
    """Somebody with a role who cannot sign in; one invitation opens every role, so there is one for each person."""
    organisations = {m.organisation_id for m in memberships}
    own = [row for row in invited if row.email == user.email and row.organisation_id in organisations]
    if any(row.state == "open" for row in own):
        return None
    asked = {(row.role, row.organisation_id, row.school_id) for row in own}
    m = next((m for m in memberships if (m.role, m.organisation_id, m.school_id) in asked), memberships[0])
    return Waiting(
        key=f"person-{user.pk}",
        role=m.role,
        role_label=listed(dict.fromkeys(m.role_label for m in memberships)),
        organisation=m.organisation,
        school=m.school,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        ends_on=m.ends_on,
        is_of_earlier=is_of_earlier,
        to_correct=user.pk if m.may_be_corrected else None,
        expired=own,
    )


def head(organisation, school, invited) -> Waiting | None:
    """The head of a school where none has a role: as an expired invitation has it, or else the register."""
    own = [
        row
        for row in invited
        if (row.role, row.organisation_id, row.school_id) == (Role.HEADTEACHER, organisation.pk, school.pk)
    ]
    if any(row.state == "open" for row in own):
        return None
    last = next((row for row in reversed(own) if row.ends_on is None), None)
    return Waiting(
        key=f"school-{organisation.pk}-{school.pk}",
        role=Role.HEADTEACHER,
        role_label=Role.HEADTEACHER.label,
        organisation=organisation,
        school=school,
        first_name=last.first_name if last else school.head_first_name,
        last_name=last.last_name if last else school.head_last_name,
        email=last.email if last else "",
        to_type=True,
        expired=own,
    )


def invite(person, asked) -> uuid.UUID:
    """Everyone of `asked` is invited, by key with the names and the address; or Overtaken, and nobody.

    Of two who invite for one organisation one waits for the other, and is told.
    """
    try:
        with transaction.atomic():
            hold(person)
            waiting = {found.key: found for found in who_waits(person)}
            if not asked.keys() <= waiting.keys():
                raise Overtaken
            invitations = [waiting[key].invitation_to(**who) for key, who in asked.items()]
            again = {row.pk for row in invitations}
            left = [row for key in asked for row in waiting[key].expired if row.pk not in again]
            Invitation.objects.filter(pk__in=[row.pk for row in left]).update(withdrawn_at=timezone.now())
            audit.record_all(person, "withdrew invitation", [(row, "") for row in left])
            return write_all(person, invitations)
    except IntegrityError as error:
        raise Overtaken from error


def hold(person):
    rows = Organisation.objects.allowed(person, ACTION).select_for_update(no_key=True)
    list(rows.order_by("pk"))


def why_not(person, keys) -> list[tuple[str, str]]:
    """Of keys that wait no more: (name, sentence) of each that the person may see."""
    users, places = set(), set()
    for key in keys:
        kind, *numbers = key.split("-")
        if all(number.isdecimal() and len(number) < 19 for number in numbers):
            if kind == "person" and len(numbers) == 1:
                users.add(int(numbers[0]))
            elif kind == "school" and len(numbers) == 2:
                places.add((int(numbers[0]), int(numbers[1])))
    rows = Membership.objects.allowed(person, ACTION).filter(user__in=users).select_related("user")
    people = {m.user: m.organisation_id for m in rows.order_by("user__last_name", "user__first_name", "pk")}
    known = {place: at for place, at in working_schools(person).items() if place in places} if places else {}
    invited = [row for row in open_invitations([user.email for user in people], known) if row.state == "open"]
    headed = set(heads_at(known).filter(user__is_active=True).values_list("organisation", "school"))
    found = []
    for user, organisation in people.items():
        own = [row for row in invited if (row.email, row.organisation_id) == (user.email, organisation)]
        found.append((str(user), sentence(person, user.is_active, own)))
    for (organisation, school), at in known.items():
        own = [row for row in invited if (row.organisation_id, row.school_id) == (organisation, school)]
        own = [row for row in own if row.role == Role.HEADTEACHER]
        found.append((f"Headteacher of {at[1]}", sentence(person, (organisation, school) in headed, own)))
    return found


def sentence(person, can_sign_in, invited):
    if can_sign_in:
        return "Can sign in now."
    if not invited:
        return "Does not wait for an invitation any more."
    row = invited[-1]
    by = "you" if row.invited_by_id == person.pk else row.invited_by
    return f"Has been invited by {by} on {longday(row.invited_at)}."
