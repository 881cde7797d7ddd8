"""Words arrive for the boxes of a sheet: each text is kept, and becomes the current one unless somebody was first."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

NO_PLACE = (
    "The stage or the pupil that this is about is not in it any more, so this did not go into it. Your words are kept "
    "beside it."
)


class State(StrEnum):
    SAVED = "saved"
    CONFLICT = "conflict"  # somebody else's text is the current one; this one is kept beside it
    FIXED = "fixed"  # the box is locked, or is none of the sheet; this text is kept, and is not what stands in it
    APART = "apart"  # nothing goes into the sheet any more; this text is kept beside it


@dataclass(frozen=True)
class Cell:
    """A text for a box: `base` is the version from which it was written, `seq` its number among those of a client."""

    field: str
    text: str
    base: int
    seq: int


@dataclass(frozen=True)
class Outcome:
    field: str
    state: State
    version: int
    theirs: str = ""
    by: object = None
    at: object = None
    why: str = ""  # the sentence for a text that is kept beside the sheet, where it has one of its own


@transaction.atomic
def write_cells(person, sheet, cells, client, follow=None, closed=None, without_place=None) -> list[Outcome]:
    """Keep every text, and let those become current that nobody has overtaken. Sent twice it is once.

    `follow(notes, written)` writes what else rests on the boxes, given all of them by name and the names of those that
    changed. `closed()` says why nothing goes into the sheet any more, and `without_place(names)` for which of these
    boxes it has no place: both are asked once nobody else writes, and such words are kept beside it.
    """
    begun, sheet = sheet, held(sheet)
    if closed and (why := closed()):
        keep_beside(person, sheet, cells, client)
        return [Outcome(cell.field, State.APART, 0, why=why) for cell in cells]
    placeless = without_place([cell.field for cell in cells]) if without_place else set()
    notes = {note.field: note for note in sheet.notes.select_related("written_by")}
    now, written, outcomes = timezone.now(), [], []
    for cell in cells:
        if cell.field in placeless:
            keep_beside(person, sheet, [cell], client)
            outcomes.append(Outcome(cell.field, State.FIXED, 0, why=NO_PLACE))
            continue
        note = notes.get(cell.field) or sheet.notes.model(sheet=sheet, field=cell.field, written_by=person)
        before = note.version
        outcomes.append(write_cell(person, sheet, note, cell, client, now))
        if note.version != before:
            notes[cell.field] = note
            written.append(cell.field)
    if written:
        sheet.version += 1
        sheet.save(update_fields=["version"])
        if follow:
            follow(notes, written)
    begun.version = sheet.version
    return outcomes


def held(sheet):
    """The sheet as it stands now, held until the transaction ends."""
    return type(sheet).objects.select_for_update(no_key=True).get(pk=sheet.pk)


def fresh(sheet):
    """The sheet as it stands now."""
    return type(sheet).objects.get(pk=sheet.pk)


def write_cell(person, sheet, note, cell, client, now) -> Outcome:
    sent = sending(sheet, client, cell.seq)
    is_again = sent is not None and (sent.field, sent.text, sent.sheet_id) == (cell.field, cell.text, sheet.pk)
    if is_again and sent.made:  # which others may have written over since
        return Outcome(note.field, State.SAVED, sent.made)
    if sent is not None and not is_again:  # a page that the browser has kept: other words under the number of the first
        client = uuid.uuid4()
    state = state_of(sheet, note, cell, client, may_be_made=not is_again)
    if not is_again and cell.text != note.text:
        made = note.version + 1 if state is None else None
        keep(person, sheet, cell, client, now, made)
    if state is None:
        note.text, note.version, note.in_sheet = cell.text, note.version + 1, sheet.version + 1
        note.written_by, note.written_at = person, now
        note.save()
    return outcome_of(state or State.SAVED, note)


def state_of(sheet, note, cell, client, may_be_made):
    """What becomes of the text as it comes; None where it becomes the current one."""
    if cell.text == note.text:
        return State.SAVED
    if sheet.is_locked(cell.field):
        return State.FIXED
    last = current_revision(note)
    own = last is not None and last.client == client
    if own and last.seq > cell.seq:  # overtaken on its way by what the same person typed after it
        return State.SAVED
    if note.version != cell.base and not own:
        return State.CONFLICT
    return None if may_be_made else State.CONFLICT


def sending(sheet, client, seq):
    """What came under this number of the client, to any sheet of the kind."""
    return sheet.revisions.model.objects.filter(client=client, seq=seq).first()


def current_revision(note):
    return note.sheet.revisions.filter(field=note.field, made=note.version).first()


def keep(person, sheet, cell, client, now, made=None):
    sheet.revisions.create(
        field=cell.field,
        client=client,
        seq=cell.seq,
        base=cell.base,
        made=made,
        text=cell.text,
        by=person,
        at=now,
    )


def outcome_of(state, note):
    if state == State.SAVED:
        return Outcome(note.field, state, note.version)
    by = note.written_by if note.version else None
    return Outcome(note.field, state, note.version, theirs=note.text, by=by, at=note.written_at)


@transaction.atomic
def keep_apart(person, sheet, cells, client):
    """Words that are no part of the sheet, of someone who has left it or of what is over: they are kept beside it."""
    keep_beside(person, held(sheet), cells, client)


def keep_beside(person, sheet, cells, client):
    now = timezone.now()
    for cell in cells:
        last = sheet.revisions.filter(client=client, field=cell.field).order_by("pk").last()
        if last is not None and last.text == cell.text:  # it left with its page, and comes again from the device
            continue
        sent = sending(sheet, client, cell.seq)
        if sent is None or (sent.field, sent.text) != (cell.field, cell.text):
            keep(person, sheet, cell, client if sent is None else uuid.uuid4(), now)


def changed(sheet, cells) -> list[Cell]:
    """Of the boxes of a form those that say something else than in the version from which its writer began."""
    notes = {note.field: note for note in sheet.notes.all()} if sheet else {}
    older = {
        (cell.field, cell.base)
        for cell in cells
        if cell.base and (cell.field not in notes or notes[cell.field].version != cell.base)
    }
    began = {}
    if sheet and older:
        rows = sheet.revisions.filter(field__in={field for field, _ in older})
        rows = rows.filter(made__in={base for _, base in older})
        began = {(field, made): text for field, made, text in rows.values_list("field", "made", "text")}
    for cell in cells:
        note = notes.get(cell.field)
        if note is not None and note.version == cell.base:
            began[cell.field, cell.base] = note.text
    return [cell for cell in cells if cell.text != began.get((cell.field, cell.base), "")]


def news(sheet, since) -> list:
    """The boxes that were written after that version of the sheet, as they stand."""
    if sheet is None or sheet.version <= since:
        return []
    return list(sheet.notes.filter(in_sheet__gt=since).select_related("written_by").order_by("pk"))
