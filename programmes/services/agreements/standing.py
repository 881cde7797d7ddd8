"""How agreements stand: who has signed, who has not and since when, and who could not even sign in to do so."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from accounts.models import Invitation, Membership, School, User
from accounts.roles import Role
from programmes.models import Agreement, Signature

A_PARTNER_TEACHER = "a partner teacher"


class Standing(NamedTuple):
    """Of one partnership's current agreement. `waiting` are words: "Nia Holt (partner teacher)"."""

    signed: int
    required: int
    waiting: list[str]
    since: dt.datetime | None
    agreement: Agreement

    @property
    def is_complete(self):
        return self.agreement.completed_at is not None


@dataclass
class Signer:
    """One capacity of an agreement, as everyone on it sees it."""

    signature: Signature
    capacity: str
    school: School
    school_name: str
    people: list[User]  # who may sign now: the teacher, or the heads and deputies of the school
    deputies: list[User]
    name: str  # whoever signed, else whoever is to sign; "" when nobody is known
    membership: Membership | None = None  # of a teacher who cannot sign in yet
    invitation: Invitation | None = None  # the open one, once `find_invitations` has looked
    as_deputy: bool = False  # whether the person whose turn it is signs for the headteacher

    @property
    def signed(self):
        return self.signature.is_signed

    @property
    def can_sign_in(self):
        return bool(self.people)

    @property
    def who(self):
        """Nia Holt (partner teacher); the headteacher of Alder School."""
        return f"{self.name} ({lowered(self.capacity)})" if self.name else f"the headteacher of {self.school_name}"

    @property
    def as_what(self):
        """As specialist teacher; as headteacher of Alder School; as deputy for the headteacher of Alder School."""
        if not self.signature.is_of_a_head:
            return lowered(self.capacity)
        return f"{'deputy for the ' if self.as_deputy else ''}headteacher of {self.school_name}"


def standing(partnerships) -> dict[int, Standing]:
    """How the current agreement of each partnership stands, by its id; those without one are missing. Four queries,
    however many there are."""
    rows = Agreement.objects.current().filter(partnership__in=[p.pk for p in partnerships]).with_signatures()
    return standing_of(list(rows))


def standing_of(agreements) -> dict[int, Standing]:
    """The same of agreements that are read already, with their signatures."""
    signers = signers_of(agreements)
    found = {}
    for agreement in agreements:
        rows = signers[agreement.pk]
        waiting = [signer for signer in rows if not signer.signed]
        vacant = vacant_since(agreement)
        without = vacant and all(row.capacity != Signature.Capacity.PARTNER for row in agreement.signatures.all())
        found[agreement.partnership_id] = Standing(
            signed=len(rows) - len(waiting),
            required=len(rows) + bool(without),
            waiting=[*([A_PARTNER_TEACHER] if vacant else []), *(signer.who for signer in waiting)],
            since=min([signer.signature.asked_at for signer in waiting] + ([vacant] if vacant else []), default=None),
            agreement=agreement,
        )
    return found


def vacant_since(agreement):
    """Since when an agreement that is not complete waits for a partner teacher, who is to be named first; else None."""
    if agreement.is_complete or not agreement.is_current or agreement.partnership.current_partner_teachers:
        return None
    left = max((row.until for row in agreement.partnership.partner_teachers.all() if row.until), default=None)
    if left is None:
        return agreement.made_at
    return max(agreement.made_at, timezone.make_aware(dt.datetime.combine(left, dt.time.min)))


def signers_of(agreements) -> dict[int, list[Signer]]:
    """Everyone on each agreement, by its id, in the order in which they stand there. One query for all."""
    live = defaultdict(list)
    rows = [(agreement, signature) for agreement in agreements for signature in agreement.signatures.all()]
    waiting = [(agreement, signature) for agreement, signature in rows if not signature.is_signed]
    if waiting:
        memberships = Membership.objects.live().filter(
            role__in=[Role.HEADTEACHER, Role.SPECIALIST, Role.PARTNER],
            organisation__in={agreement.partnership.programme.organisation_id for agreement, _ in waiting},
        )
        heads = memberships.filter(role=Role.HEADTEACHER, school__in={row.school_id for _, row in waiting})
        teachers = memberships.exclude(role=Role.HEADTEACHER).filter(
            user__in={row.person_id for _, row in waiting if row.person_id}
        )
        for m in (heads | teachers).select_related("user").order_by("deputy", "starts_on", "pk"):
            live[m.organisation_id, m.role, m.school_id if m.role == Role.HEADTEACHER else m.user_id].append(m)
    found = {agreement.pk: [] for agreement in agreements}
    for agreement, signature in rows:
        found[agreement.pk].append(signer_of(agreement, signature, live))
    return found


def find_invitations(agreement, signers):
    """Puts on whoever cannot sign in the invitation that waits for them, the newest where there are several."""
    rows = Invitation.objects.open().filter(organisation=agreement.partnership.programme.organisation_id)
    of_people, of_heads = {}, {}
    for row in rows.filter(role__in=[Role.HEADTEACHER, Role.SPECIALIST, Role.PARTNER]).order_by("invited_at"):
        if row.role == Role.HEADTEACHER:
            of_heads[row.school_id] = row
        else:
            of_people[row.email, row.role] = row
    for signer in signers:
        if signer.signed or signer.can_sign_in:
            continue
        if signer.signature.is_of_a_head:
            signer.invitation = of_heads.get(signer.school.pk)
        else:
            signer.invitation = of_people.get((signer.signature.person.email, role_of(signer.signature)))


def role_of(signature):
    return Role.SPECIALIST if signature.capacity == Signature.Capacity.SPECIALIST else Role.PARTNER


def signer_of(agreement, signature, live):
    sections, organisation = agreement.sections, agreement.partnership.programme.organisation_id
    of_home = signature.capacity in {Signature.Capacity.SPECIALIST, Signature.Capacity.HEAD_OF_HOME_SCHOOL}
    signer = Signer(
        signature=signature,
        capacity="Headteacher"
        if signature.is_of_a_head and sections["own_school"]
        else signature.get_capacity_display(),
        school=signature.school,
        school_name=sections["home_school" if of_home else "partner_school"],
        people=[],
        deputies=[],
        name=signature.typed_name,
    )
    if signature.is_signed:
        return signer
    if signature.is_of_a_head:
        heads = live[organisation, Role.HEADTEACHER, signature.school_id]
        signer.people = list(dict.fromkeys(m.user for m in heads if m.user.is_active))
        signer.deputies = [m.user for m in heads if m.deputy and m.user.is_active]
        signer.name = " or ".join(dict.fromkeys(str(m.user) for m in heads)) or signature.school.head_name
        signer.membership = next((m for m in heads if not m.user.is_active), None)
        return signer
    own = live[organisation, role_of(signature), signature.person_id]
    memberships = [m for m in own if m.school_id in {None, signature.school_id}]
    signer.name = str(signature.person)
    signer.membership = next(iter(memberships), None)
    signer.people = [signature.person] if memberships and signature.person.is_active else []
    return signer


def lowered(words):
    return words[:1].lower() + words[1:]
