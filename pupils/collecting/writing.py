"""The grades of a file become drafts: typed by the coordinator, to be submitted by a teacher of each partnership."""

import uuid
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from accounts import audit
from programmes.models import DataReturn, Programme
from pupils.collecting.reading import Reading
from pupils.models import Assessment, ReturnNote, ReturnRevision, ReturnSheet, ReturnsUpload
from pupils.returns.counting import count_returns
from pupils.returns.submitting import NotOpen, open_again
from pupils.returns.writing import why_closed


class Overtaken(Exception):
    """Somebody typed or submitted what the file would change, since it was read."""


@transaction.atomic
def keep_drafts(person, programme: Programme, reading: Reading) -> ReturnsUpload:
    """The drafts stand in the returns of their partnerships; submitted ones that lacked a grade are open again for it.

    All or nothing; raises Overtaken.
    """
    wanted, stood = defaultdict(dict), {}
    for draft in reading.drafts:
        wanted[draft.data_return.pk] |= draft.texts
        stood |= {(draft.data_return.pk, name): draft.stood for name in draft.texts if name.startswith("grade-")}
    ReturnSheet.objects.bulk_create(
        [ReturnSheet(data_return_id=pk) for pk in wanted], ignore_conflicts=True, unique_fields=["data_return"]
    )
    sheets = ReturnSheet.objects.filter(data_return__in=wanted).order_by("pk")
    sheets = sheets.select_for_update(of=["self"], no_key=True)
    held = list(sheets)
    if reading.opening:
        open_for_missing(person, reading)
        held = list(sheets.all())
    rows = DataReturn.objects.filter(pk__in=wanted).select_related("partnership__programme")
    if any(why_closed(row) for row in rows):
        raise Overtaken
    now, client = timezone.now(), uuid.uuid4()
    notes = {(note.sheet_id, note.field): note for note in ReturnNote.objects.filter(sheet__in=held)}
    new, changed, revisions = [], [], []
    for sheet in held:
        sheet.version += 1
        for name, text in wanted[sheet.data_return_id].items():
            note = notes.get((sheet.pk, name)) or ReturnNote(sheet=sheet, field=name)
            if (note.version, note.text) != stood.get((sheet.data_return_id, name), (note.version, note.text)):
                raise Overtaken
            base, note.text, note.version, note.in_sheet = note.version, text, note.version + 1, sheet.version
            note.written_by, note.written_at = person, now
            (changed if note.pk else new).append(note)
            revisions.append(
                ReturnRevision(
                    sheet=sheet,
                    field=name,
                    client=client,
                    seq=len(revisions) + 1,
                    base=base,
                    made=note.version,
                    text=text,
                    by=person,
                    at=now,
                )
            )
    ReturnNote.objects.bulk_create(new)
    ReturnNote.objects.bulk_update(changed, ["text", "version", "in_sheet", "written_by", "written_at"])
    ReturnRevision.objects.bulk_create(revisions)
    ReturnSheet.objects.bulk_update(held, ["version"])
    partnerships = {row.partnership_id for row in rows}
    count_returns(programme, programme.partnerships.filter(pk__in=partnerships))
    upload = ReturnsUpload.objects.create(
        programme=programme, by=person, at=now, client=client, grades=len(reading.drafts), returns=len(wanted)
    )
    audit.record(person, "returns.uploaded", upload)
    return upload


def open_for_missing(person, reading):
    """Submitted returns are opened for pupils who came since, unless their grade has come in meanwhile."""
    drafts = dict(reading.by_return)
    for row in sorted(reading.opening, key=lambda row: (row.partnership_id, row.pk)):
        places = [draft.place for draft in drafts.get(row, [])]
        if Assessment.objects.filter(place__in=places, data_point=row.data_point_id).exists():
            raise Overtaken
        if not places or DataReturn.objects.filter(pk=row.pk, state=DataReturn.State.OPEN).exists():
            continue
        try:
            open_again(person, row, came_since(len(places)), came=len(places))
        except NotOpen as error:
            raise Overtaken from error


def came_since(number):
    who, grade = ("1 pupil", "The grade") if number == 1 else (f"{number} pupils", "The grades")
    return f"{who} came, or came back, after these grades were submitted. {grade} came with a file."
