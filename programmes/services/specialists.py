"""How a specialist teacher comes into a programme, stands in it and leaves it."""

import re

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.roles import Role
from accounts.services import place
from programmes.models import ConflictOfInterest, Nomination, Programme, SpecialistStep, SpecialistTeacher

Status = SpecialistTeacher.Status

# Where a specialist teacher may go, and from where. Someone who withdrew may be recruited again, and someone who
# completed too early goes on.
STEPS = {
    Status.NOMINATED: set(),
    Status.RECRUITED: {Status.NOMINATED, Status.WITHDRAWN},
    Status.TRAINED: {Status.RECRUITED},
    Status.ACTIVE: {Status.RECRUITED, Status.TRAINED, Status.COMPLETED},
    Status.WITHDRAWN: {Status.NOMINATED, Status.RECRUITED, Status.TRAINED, Status.ACTIVE},
    Status.COMPLETED: {Status.ACTIVE},
}
MOVED_MEANWHILE = (
    "Someone else moved this specialist teacher a moment ago, and nothing of yours was saved. See how it stands now."
)
GENERATED_REF = re.compile(r"S0*([0-9]{1,6})")

OUTCOMES = [
    "Deputy headship",
    "Assistant headship",
    "Headship",
    "Leading teacher",
    "Specialist leader of education",
    "Subject leader",
    "Works for the authority",
    "Stays a specialist teacher",
]


class WrongStep(Exception):
    """The step is not open; the sentence says why to the person who would take it."""


class AlreadyThere(Exception):
    """Someone has added this person to the programme in the meantime."""


class BuddyTaken(Exception):
    """One of the two has found another working buddy in the meantime."""


def next_steps(specialist) -> list[str]:
    return [status for status in Status if specialist.status in STEPS[status]]


@transaction.atomic
def add_specialist(person, programme, *, email, first_name, last_name, on, **fields) -> SpecialistTeacher:
    """Someone put forward for a programme: the person with the role, and the first line of the history.

    They cannot sign in until invited. Raises OwnInvitation for the own address of whoever adds, and AlreadyThere.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)  # two at once would give one reference twice
    user = place(person, email, first_name, last_name, Role.SPECIALIST, programme.organisation)
    if programme.specialists.filter(user=user).exists():
        raise AlreadyThere
    specialist = SpecialistTeacher(
        programme=programme, ref=next_ref(programme), user=user, status=Status.NOMINATED, **fields
    )
    specialist.save()
    SpecialistStep.objects.create(specialist=specialist, status=Status.NOMINATED, on=on, by=person)
    audit.record(person, "specialist added", specialist)
    return specialist


def next_ref(programme):
    """S13 after S12, whatever else stands there."""
    refs = programme.specialists.values_list("ref", flat=True)
    numbers = [int(found[1]) for ref in refs if (found := GENERATED_REF.fullmatch(ref))]
    return f"S{max(numbers, default=0) + 1:02}"


def make_room(programme):
    """Nobody stands with more partnerships than they can take: whoever was given more takes that many."""
    rows = programme.specialists.with_taken().filter(taken__gt=F("partnerships_wanted"))
    for row in rows:
        SpecialistTeacher.objects.filter(pk=row.pk).update(partnerships_wanted=row.taken)


def why_not_moved(specialist, status, on, last) -> str:
    """Why this step is not open to someone whose `last` step that was; empty when it is."""
    status, before = Status(status), Status(specialist.status)
    if before == status:
        return f"{specialist} is {status.label.lower()} already."
    if before not in STEPS[status]:
        return f"Someone who is {before.label.lower()} cannot become {status.label.lower()}."
    if last and on < last.on:
        return f"{last.get_status_display()} since {last.on:%-d %B %Y}: give that day or a later one."
    return ""


@transaction.atomic
def move_specialist(person, specialist, status, *, on, reason="") -> SpecialistTeacher:
    """One dated step along the table, or WrongStep: of two who move someone at once, one wins."""
    status, before = Status(status), Status(specialist.status)
    if on > timezone.localdate():
        raise WrongStep("This day is still to come. Record the step on or after it.")
    if sentence := why_not_moved(specialist, status, on, specialist.steps.order_by("on").last()):
        raise WrongStep(sentence)
    if status == Status.WITHDRAWN and not reason:
        raise WrongStep("Say why they withdraw.")
    if not SpecialistTeacher.objects.filter(pk=specialist.pk, status=before).update(status=status):
        raise WrongStep(MOVED_MEANWHILE)
    specialist.refresh_from_db(fields=["status"])
    SpecialistStep.objects.create(specialist=specialist, status=status, on=on, reason=reason, by=person)
    audit.record(person, "specialist moved", specialist, about=f"{before} to {status}")
    return specialist


@transaction.atomic
def change_specialist(person, specialist, fields, buddy) -> SpecialistTeacher:
    """These fields of the row are kept, and the two are working buddies of each other, or nobody's.

    Raises BuddyTaken when the other one has a working buddy already.
    """
    both = [pk for pk in (specialist.pk, specialist.buddy_id, buddy and buddy.pk) if pk]
    rows = {row.pk: row for row in SpecialistTeacher.objects.select_for_update().filter(pk__in=both).order_by("pk")}
    if buddy and rows[buddy.pk].buddy_id not in {None, specialist.pk}:
        raise BuddyTaken
    SpecialistTeacher.objects.filter(buddy=specialist).exclude(pk=buddy and buddy.pk).update(buddy=None)
    specialist.buddy = buddy
    specialist.save(update_fields=[*fields, "buddy"])
    if buddy:
        SpecialistTeacher.objects.filter(pk=buddy.pk).update(buddy=specialist)
    audit.record(person, "specialist changed", specialist)
    return specialist


@transaction.atomic
def keep_nomination(person, nomination) -> Nomination:
    nomination.save()
    audit.record(person, "nomination kept", nomination.specialist)
    return nomination


@transaction.atomic
def declare_conflict(person, conflict) -> ConflictOfInterest:
    """From now on the two are not suggested as a pair."""
    conflict.save()
    audit.record(person, "conflict declared", conflict.specialist)
    return conflict


@transaction.atomic
def withdraw_conflict(person, conflict):
    audit.record(person, "conflict withdrawn", conflict.specialist)
    conflict.delete()
