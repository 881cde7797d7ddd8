"""The programme assesses on another scale: what is typed in open returns is set aside, and comes back with its scale.

A grade that is set aside stands as a box of its own in the sheet, by the name of its scale. Nobody can type in it.
"""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from programmes.models import DataReturn, Programme
from pupils import scales
from pupils.models import Assessment, ExpectationChange, Place, ReturnNote, ReturnRevision, ReturnSheet
from pupils.models.scales import on_other_scale
from pupils.returns.answers import answer_from

ASIDE = re.compile(r"on-(?P<scale>[a-z0-9-]+)-grade-(?P<place>[1-9][0-9]*)")
MOVED = ("grade", "moderated")


def typed_on(programme: Programme, scale: str) -> int:
    """How many grades of this scale are typed in open returns."""
    notes = ReturnNote.objects.filter(
        sheet__data_return__partnership__programme=programme,
        sheet__data_return__state=DataReturn.State.OPEN,
        field__startswith="grade-",
    )
    return sum(scales.find(scale, text) is not None for text in notes.values_list("text", flat=True))


def set_aside_on(notes: dict) -> dict[int, tuple[str, str]]:
    """place -> (scale, grade) that was typed for it last on another scale, out of the notes of a sheet by name."""
    found = {}
    for name, note in notes.items():
        match = ASIDE.fullmatch(name)
        if match and note.text:
            found.setdefault(int(match["place"]), []).append((note.written_at, match["scale"], note.text))
    return {place: max(rows)[1:] for place, rows in found.items()}


def on_scale(scale: str, code: str) -> str:
    return on_other_scale(code, scales.description(scale)["title"])


def rescale_returns(person, programme: Programme, before: str, now: str):
    """In returns that are not submitted the grades of the scale `before` are set aside, and those of `now` are back.

    Each box of a grade has a new version, so that what somebody types into a page of before meets it. To be called
    within the transaction in which the programme gets its scale.
    """
    returns = DataReturn.objects.filter(partnership__programme=programme, expected__gt=0)
    returns = returns.exclude(state=DataReturn.State.SUBMITTED)
    ReturnSheet.objects.bulk_create(
        [ReturnSheet(data_return=row) for row in returns], ignore_conflicts=True, unique_fields=["data_return"]
    )
    sheets = ReturnSheet.objects.filter(data_return__partnership__programme=programme).order_by("pk")
    held = {sheet.data_return_id: sheet for sheet in sheets.select_for_update(of=["self"], no_key=True)}
    # Read once they are held: whoever typed or submitted meanwhile is done.
    rows = [row for row in returns.all() if row.pk in held and not held[row.pk].locked]
    notes, places = defaultdict(dict), defaultdict(list)
    for note in ReturnNote.objects.filter(sheet__in=[held[row.pk] for row in rows]):
        notes[note.sheet_id][note.field] = note
    for place, partnership in Place.objects.filter(partnership__programme=programme).values_list("pk", "partnership"):
        places[partnership].append(place)
    submitted = Assessment.objects.filter(place__partnership__programme=programme, grade__scale__name=now)
    given = {(a.place_id, a.data_point_id): a for a in submitted.select_related("grade")}
    written = []
    for row in rows:
        sheet = held[row.pk]
        sheet.version += 1
        for place in places[row.partnership_id]:
            boxes = Boxes(person, sheet, notes[sheet.pk], place, timezone.now())
            boxes.rescale(before, now, given.get((place, row.data_point_id)))
            written += boxes.written.values()
    ReturnNote.objects.bulk_create([note for note in written if note.pk is None])
    ReturnNote.objects.bulk_update(
        [note for note in written if note.pk], ["text", "version", "in_sheet", "written_by", "written_at"]
    )
    ReturnSheet.objects.bulk_update([held[row.pk] for row in rows], ["version"])


def did_rescale(data_return, outcome) -> str:
    """What somebody did to a box whose text is none that they wrote: they changed the scale."""
    made = ReturnRevision.objects.filter(sheet__data_return=data_return, field=outcome.field, made=outcome.version)
    if outcome.by is None or made.exists():
        return ""
    changes = ExpectationChange.objects.filter(programme=data_return.partnership.programme_id, by=outcome.by)
    return "changed the scale of the programme" if any(change.is_of_scale for change in changes) else ""


@dataclass
class Boxes:
    """Those of one place in a return: `written` are to be kept, by name."""

    person: object
    sheet: ReturnSheet
    notes: dict[str, ReturnNote]
    place: int
    at: dt.datetime
    written: dict[str, ReturnNote] = field(default_factory=dict)

    def text(self, what):
        note = self.notes.get(f"{what}-{self.place}")
        return note.text if note else ""

    def put(self, what, text, like=None, by=None):
        """The text stands in the box, by whom and since when it stood in the box `like`; else from now on, by `by`."""
        name, like = f"{what}-{self.place}", self.notes.get(f"{like}-{self.place}")
        note = self.notes.setdefault(name, ReturnNote(sheet=self.sheet, field=name))
        note.written_by_id, note.written_at = (
            (like.written_by_id, like.written_at) if like else (by or self.person.pk, self.at)
        )
        note.text, note.version, note.in_sheet = text, note.version + 1, self.sheet.version
        self.written[name] = note

    def move(self, from_, to):
        self.put(to, self.text(from_), like=from_)
        self.put(from_, "")

    def rescale(self, before, now, submitted: Assessment | None):
        typed = self.text("grade")
        if typed.strip() and scales.find(before, typed) is None:
            return self.put("grade", typed, like="grade")  # a reason, or no grade: it stands on any scale
        if typed:
            for what in MOVED:
                self.move(what, f"on-{before}-{what}")
            self.put("sure", "")  # it is about one code, and is asked anew
            self.put("agreed", "")
        if self.text(f"on-{now}-grade"):
            for what in MOVED:
                self.move(f"on-{now}-{what}", what)
        elif submitted is not None:
            self.put("grade", answer_from(submitted).text, by=submitted.entered_by_id)
            self.put("moderated", "yes" if submitted.moderated else "", by=submitted.entered_by_id)
        else:
            self.put("grade", "", like="grade")
        return None
