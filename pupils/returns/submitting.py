"""A return is submitted whole and locked, and opened again with a reason: each version is kept."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.mail import post_all
from desks.models import WHOLE
from desks.services import held
from programmes.models import DataReturn, Partnership
from pupils.mails import GRADES_OPENED
from pupils.models import Assessment, ReturnNote, ReturnVersion, VersionGrade
from pupils.returns.answers import answer_from, answer_of, is_on
from pupils.returns.counting import count_returns
from pupils.returns.standing import Row, Standing
from pupils.returns.writing import fill, sheet_for, why_closed

DECLARATION = (
    "These grades are the judgement of the teachers of this partnership, made from what the pupils have done, and each "
    "was checked against the pupil it stands beside."
)


class NotAsSeen(Exception):
    """Somebody has typed since the page was read."""


class NotComplete(Exception):
    """Some place has neither a grade on the scale of the programme nor a reason."""


class NotOpen(Exception):
    """The return takes no submission, or is open already; the sentence says why."""


class NoReason(Exception):
    """It was opened for what is missing, and something else was changed, without saying why."""


def changed_besides(standing) -> list[Row]:
    """Where a return was opened for what is missing alone, those whose grade or reason was changed besides."""
    opened = standing.data_return.versions.last()
    if opened is None or not opened.opened_for_missing:
        return []
    places = [line.place for line in standing.rows]
    given = Assessment.objects.filter(place__in=places, data_point=standing.point).select_related("grade")
    stood = {row.place_id: row for row in given if not row.is_automatic}
    return [
        line for line in standing.rows if (row := stood.get(line.place.pk)) and not line.kept and differs(line, row)
    ]


def differs(line, row) -> bool:
    return (line.answer.grade, line.answer.reason) != (row.grade, row.reason)


@transaction.atomic
def submit(person, data_return: DataReturn, seen: int, because="") -> ReturnVersion:
    """The return as the person saw it (version `seen` of its sheet) is submitted, counted and locked.

    `because` says why other grades than the missing ones were changed, where it was opened for those alone.
    Raises NotAsSeen, NotComplete, NotOpen or NoReason, nothing changed.
    """
    sheet, row = hold(data_return)
    if why := why_closed(row):
        raise NotOpen(why)
    if sheet.version != seen:
        raise NotAsSeen
    standing = Standing(row)
    if not standing.is_complete:
        raise NotComplete
    besides = changed_besides(standing)
    if besides and not because:
        raise NoReason
    now = timezone.now()
    number = row.versions.count() + 1
    version = row.versions.create(
        number=number,
        submitted_by=person,
        submitted_at=now,
        declaration=DECLARATION,
        changed_because=because if besides else "",
    )
    write_assessments(person, standing, now)
    VersionGrade.objects.bulk_create(
        VersionGrade(
            version=version,
            place=line.place,
            grade=line.kept.grade if line.kept else line.answer.grade,
            reason=line.answer.reason,
            moderated=line.kept.moderated if line.kept else line.is_moderated,
            comment=line.comment.text,
        )
        for line in standing.rows
    )
    row.state, row.submitted_by, row.submitted_at = DataReturn.State.SUBMITTED, person, now
    row.version += number > 1
    row.save(update_fields=["state", "submitted_by", "submitted_at", "version"])
    lock(sheet, WHOLE)
    count_returns(standing.programme, Partnership.objects.filter(pk=row.partnership_id))
    audit.record(person, "returns.submitted", row, about=str(version))
    return version


def write_assessments(person, standing, now):
    """What each place has at this data point from now on."""
    at = standing.point
    rows = {
        row.place_id: row
        for row in Assessment.objects.filter(place__in=[r.place for r in standing.rows], data_point=at)
    }
    writers = {note.field: note for note in standing.sheet.notes.select_related("written_by")}
    for line in standing.rows:
        if line.kept:
            continue
        row = rows.get(line.place.pk) or Assessment(place=line.place, data_point=at)
        said = (line.answer.grade, line.answer.reason, line.is_moderated)
        if row.pk and said == (row.grade, row.reason, row.moderated):
            continue
        note = writers.get(line.grade.field)
        row.grade, row.reason, row.moderated = said
        row.is_automatic = bool(line.excuse) and not line.grade.text.strip()
        row.entered_by = note.written_by if note else person
        row.assessed_on = timezone.localdate(note.written_at if note else now)
        row.save()


@transaction.atomic
def open_again(person, data_return: DataReturn, reason: str, came=0, *, for_missing=False):
    """The return is open for a correction; what was submitted stays as a version that says who opened it, and why.

    `for_missing` where nothing is wrong with it but that pupils came since; `came` is how many, where their grades
    came with a file. Raises NotOpen where it is open already, or takes nothing any more.
    """
    sheet, row = hold(data_return)
    if row.state != DataReturn.State.SUBMITTED:
        raise NotOpen(why_closed(row) or "These grades are open already.")
    row.state = DataReturn.State.OPEN
    if why := why_closed(row):
        raise NotOpen(why)
    version = row.versions.last()
    if version is None or version.opened_at:
        version = from_file(row, version.number + 1 if version else 1)
    version.opened_by, version.opened_at, version.opened_because = person, timezone.now(), reason
    version.opened_for_missing = for_missing or came > 0
    version.save()
    row.submitted_by = row.submitted_at = None
    row.save(update_fields=["state", "submitted_by", "submitted_at"])
    lock(sheet, [])
    fill_from_assessments(person, row, sheet)
    count_returns(row.partnership.programme, Partnership.objects.filter(pk=row.partnership_id))
    audit.record(person, "returns.opened", row, about=str(version))
    teachers = row.partnership.teachers
    if person not in teachers:
        letters = [(teacher, {"row": row, "came": came}) for teacher in teachers]
        organisation = row.partnership.programme.organisation
        post_all(GRADES_OPENED, letters, about=row.partnership, organisation=organisation, by=person)


def hold(data_return):
    """The sheet, the partnership and the return, held in this order as whoever types holds them."""
    sheet = held(sheet_for(data_return))
    Partnership.objects.select_for_update(of=["self"], no_key=True).get(pk=data_return.partnership_id)
    rows = DataReturn.objects.select_for_update(of=["self"], no_key=True)
    row = rows.select_related("data_point", "partnership__programme", "submitted_by").get(pk=data_return.pk)
    row.sheet = sheet
    return sheet, row


def lock(sheet, locked):
    sheet.locked, sheet.version = locked, sheet.version + 1
    sheet.save(update_fields=["locked", "version"])


def from_file(row, number) -> ReturnVersion:
    """What came with a file, as a version that nobody submitted here."""
    version = row.versions.create(number=number, submitted_at=row.submitted_at or timezone.now())
    given = Assessment.objects.filter(place__partnership=row.partnership_id, data_point=row.data_point_id)
    VersionGrade.objects.bulk_create(
        VersionGrade(version=version, place_id=a.place_id, grade_id=a.grade_id, reason=a.reason, moderated=a.moderated)
        for a in given
    )
    return version


def fill_from_assessments(person, row, sheet):
    """A box says what was submitted last, also where a file has brought another grade since, or a session a mark."""
    standing = Standing(row)
    given = Assessment.objects.filter(place__partnership=row.partnership_id, data_point=row.data_point_id)
    texts = {}
    for a in given.select_related("grade__scale"):
        counts = is_on(standing.programme.scale, a)
        texts[f"grade-{a.place_id}"] = "" if a.is_automatic or not counts else answer_from(a).text
        texts[f"moderated-{a.place_id}"] = "yes" if a.moderated and counts else ""
    changed = []
    for note in ReturnNote.objects.filter(sheet=sheet, field__in=texts):
        typed = answer_of(note.text, standing.programme.scale, standing.grades).words or note.text
        if typed != texts[note.field]:
            note.text, note.version, note.in_sheet = texts[note.field], note.version + 1, sheet.version
            note.written_by, note.written_at = person, timezone.now()
            changed.append(note)
    ReturnNote.objects.bulk_update(changed, ["text", "version", "in_sheet", "written_by", "written_at"])
    ReturnNote.objects.filter(sheet=sheet, field__startswith="agreed-").delete()
    fill(person, row, sheet)
