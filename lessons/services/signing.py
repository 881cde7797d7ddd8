"""Both sides sign the record as they see it; with the first signature the visit is recorded, with both it is fixed."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.mail import post_all
from accounts.models import Membership, User
from accounts.roles import Role
from desks.models import WHOLE
from desks.services import held as held_sheet
from lessons.mails import RECORD_SIGNED, RECORD_WAITS
from lessons.models import RecordSignature, Sheet, Side, VisitRecord
from lessons.models.records import people_of, sides_of
from lessons.services.naming import NamesStand, digest_of, names_in_record
from lessons.services.rows import MOST_ACTIONS, why_not_read
from visits.services import visit_record_reopened, visit_recorded, visit_signed_off


class NotAsSeen(Exception):
    """The record was changed after the person had read it, or both sides have signed."""


class NotReady(Exception):
    """Something is lacking that a record needs: `sentences` name it."""

    def __init__(self, lacking):
        super().__init__(f"{len(lacking)} lacking")
        self.lacking = lacking


def what_is_lacking(record) -> list[tuple[str, str]]:
    """(field, sentence) of what has to be there before anyone signs."""
    texts = {field: text.strip() for field, text in record.sheet.texts.items()}
    if not any(text for field, text in texts.items() if field.startswith("section-")):
        return [("", "Nothing is written yet. Write in a few words what this half-day was about.")]
    lacking = []
    actions = {action.number: action for action in record.actions.all()}
    for number in range(1, MOST_ACTIONS + 1):
        lacking += lacking_of_action(record.visit, texts, number, actions.get(number))
    for field, text in texts.items():
        if not field.startswith("action-") and (why := why_not_read(record.visit, field, text)):
            lacking.append((field, why))
    return lacking


def lacking_of_action(visit, texts, number, action):
    owner, due_on = texts.get(f"action-{number}-owner"), f"action-{number}-due_on"
    if action is None:
        if owner or texts.get(due_on):
            yield f"action-{number}-what", f"Action {number}: say what is to be done, or empty its other boxes."
        return
    if action.owner is None:
        yield f"action-{number}-owner", f"Action {number}: choose who does it."
    if action.due_on is None and not texts.get(due_on):
        yield due_on, f"Action {number}: say by when."
    if why := why_not_read(visit, due_on, texts.get(due_on, "")):
        yield due_on, f"Action {number}: {why}"


@transaction.atomic
def sign(person, record, version, names_looked_at="") -> VisitRecord:
    """The sides of this person stand behind that version. Signed twice it is signed once.

    Where it may name a pupil, `names_looked_at` is the digest of the words that the person has looked at.

    With the first signature the visit counts as recorded and as having taken place.
    """
    record = held(record)
    signed = set(record.signatures.values_list("side", flat=True))
    missing = [side for side in sides_of(record.visit, person) if side not in signed]
    if not missing:
        return record
    if record.sheet.version != version:
        raise NotAsSeen(f"record {record.pk} is at version {record.sheet.version}")
    if lacking := what_is_lacking(record):
        raise NotReady(lacking)
    if digest_of(names_in_record(record)) != names_looked_at:
        raise NamesStand(f"record {record.pk}")
    now = timezone.now()
    RecordSignature.objects.bulk_create(
        RecordSignature(record=record, side=side, person=person, version=version, at=now) for side in missing
    )
    done = len(signed) + len(missing) == len(Side)
    record.status = VisitRecord.Status.SIGNED_OFF if done else VisitRecord.Status.PART_SIGNED
    record.save(update_fields=["status"])
    Sheet.objects.filter(pk=record.sheet_id).update(locked=WHOLE)
    visit_recorded(person, record.visit, now)
    if done:
        visit_signed_off(record.visit, now)
    audit.record(person, "records.signed", record)
    tell(person, record, done)
    return record


def held(record):
    """The record with its sheet as they stand now: nothing is written or signed until the transaction ends.

    The sheet comes first, as it does for whoever writes: two who took them in two orders would wait for each other.
    """
    sheet = held_sheet(record.sheet)
    row = VisitRecord.objects.select_for_update(no_key=True).get(pk=record.pk)
    row.sheet = sheet
    return row


def tell(person, record, done):
    """The host school's heads that the record is there to be read, or the other side that it waits for them."""
    visit = record.visit
    if done:
        people = heads_of_host(visit)
    else:
        people = [one for side in Side if side not in record.signed_sides for one in people_of(visit, side)]
    context = {"visit": visit, "record": record}
    organisation = visit.partnership.programme.organisation
    kind = RECORD_SIGNED if done else RECORD_WAITS
    letters = [(someone, context) for someone in dict.fromkeys(people) if someone != person]
    post_all(kind, letters, about=record, organisation=organisation, by=person)


def heads_of_host(visit):
    heads = Membership.objects.live().filter(
        role=Role.HEADTEACHER, school=visit.host_id, organisation=visit.partnership.programme.organisation_id
    )
    return list(User.objects.filter(pk__in=heads.values("user")).order_by("pk"))


@transaction.atomic
def reopen(person, record) -> bool:
    """Before both have signed, either may change the record again: the signature that is there is taken away, and with
    it what it said, that the visit took place."""
    record = held(record)
    if record.status != VisitRecord.Status.PART_SIGNED:
        return False
    record.signatures.all().delete()
    record.status = VisitRecord.Status.DRAFT
    record.save(update_fields=["status"])
    Sheet.objects.filter(pk=record.sheet_id).update(locked=[])
    visit_record_reopened(person, record.visit)
    audit.record(person, "records.reopened", record)
    return True
