"""What is typed into a return is kept, counted, and put down to who typed it."""

import re
from functools import partial

from django.db import transaction
from django.db.models import Count

from desks.models import WHOLE
from desks.services import Outcome, State, held, keep_apart, write_cells
from programmes.models import DataReturn, DataReturnEntry, Partnership, Programme
from pupils.models import Assessment, Place, ReturnNote, ReturnSheet, ReturnsUpload
from pupils.returns.answers import answer_from, is_on
from pupils.returns.counting import count_returns
from pupils.returns.marks import follow_grades, forget

GONE = "The pupil data of this programme has been erased, so nothing is kept of it any more."
FIELD = re.compile(r"(?:grade|moderated|comment|sure)-([1-9][0-9]{0,9})")
TICKS = re.compile(r"(?:moderated|sure)-[1-9][0-9]{0,9}")


def sheet_for(data_return) -> ReturnSheet:
    """The return's sheet, begun where there is none."""
    is_open = data_return.state == DataReturn.State.OPEN
    sheet, _ = ReturnSheet.objects.get_or_create(data_return=data_return, defaults={"locked": [] if is_open else WHOLE})
    return sheet


def sheet_of(data_return) -> ReturnSheet | None:
    return ReturnSheet.objects.filter(data_return=data_return).first()


@transaction.atomic
def write_grades(person, data_return, cells, client) -> list[Outcome]:
    """Keep what was typed. Of a return that takes nothing any more it is kept beside it."""
    if has_gone(data_return):
        return [Outcome(cell.field, State.APART, 0, why=GONE) for cell in cells]
    sheet = held(sheet_for(data_return))
    fill(person, data_return, sheet)
    stood, sent = sheet.texts, {cell.field for cell in cells}
    forget(sheet, sent)
    return write_cells(
        person,
        sheet,
        cells,
        client,
        follow=partial(follow, person, data_return, stood, sent),
        closed=lambda: why_closed(DataReturn.objects.select_related("partnership__programme").get(pk=data_return.pk)),
        without_place=partial(without_place, data_return),
    )


@transaction.atomic
def keep_beside(person, data_return, cells, client):
    """Nothing is kept any more once the pupils are erased."""
    if not has_gone(data_return):
        keep_apart(person, sheet_for(data_return), cells, client)


def has_gone(data_return) -> bool:
    """Whether what is known of its pupils has been erased: nothing about them is kept any more."""
    return Programme.objects.filter(pk=data_return.partnership.programme_id).exclude(erased_at=None).exists()


def fill(person, data_return, sheet):
    """A box that nobody has typed in says what was submitted, or came with a file, as a page shows it.

    It has the version 0 from which that page begins, and no revision: nobody has typed it. A grade of another scale
    than that of the programme stands in no box.
    """
    there = set(sheet.notes.values_list("field", flat=True))
    rows = Assessment.objects.filter(
        data_point=data_return.data_point_id, place__partnership=data_return.partnership_id, is_automatic=False
    ).select_related("grade__scale", "entered_by")
    scale, texts = data_return.partnership.programme.scale, {}
    for row in rows:
        if not is_on(scale, row):
            continue
        texts[f"grade-{row.place_id}"] = (row, answer_from(row).text)
        if row.moderated:
            texts[f"moderated-{row.place_id}"] = (row, "yes")
    ReturnNote.objects.bulk_create(
        (
            ReturnNote(sheet=sheet, field=name, text=text, written_by=row.entered_by or person)
            for name, (row, text) in texts.items()
            if name not in there
        ),
        ignore_conflicts=True,
    )


def without_place(data_return, names):
    """Those of the boxes that are about no place of this partnership."""
    asked = {name: int(FIELD.fullmatch(name)[1]) for name in names}
    own = Place.objects.filter(partnership=data_return.partnership_id, pk__in=asked.values())
    own = set(own.values_list("pk", flat=True))
    return {name for name, place in asked.items() if place not in own}


def why_closed(data_return) -> str:
    """Why nothing can be typed into the return; empty where it can."""
    partnership = data_return.partnership
    if partnership.programme.status == Programme.Status.CLOSED:
        return "The programme is closed, so its grades stay as they are."
    if data_return.state == DataReturn.State.CLOSED or partnership.status == Partnership.Status.FOLDED:
        return "The partnership has folded, so no grades are asked for any more."
    if partnership.is_not_agreed:
        return "The partnership is not agreed yet, so no grades are asked for."
    if partnership.status == Partnership.Status.PAUSED:
        return "The partnership is paused, and nothing is entered until it goes on."
    if data_return.state == DataReturn.State.SUBMITTED:
        by = f" by {data_return.submitted_by}" if data_return.submitted_by else ""
        return f"These grades have been submitted{by}. To change one, choose “Correct a grade” on their page."
    return ""


def once_opened(row) -> DataReturn:
    """The return as it would be if it were open: whether anything else keeps it closed."""
    return DataReturn(partnership=row.partnership, data_point=row.data_point)


def follow(person, data_return, stood, sent, notes, written):
    """The marks, the counts and the people who entered, once grades or marks have changed."""
    partnership, sheet = data_return.partnership, notes[written[0]].sheet
    follow_grades(person, partnership.programme, sheet, notes, written, stood, sent)
    if not any(name.startswith("grade-") for name in written):
        return
    count_returns(partnership.programme, Partnership.objects.filter(pk=partnership.pk))
    keep_entries(data_return, sheet)


def keep_entries(data_return, sheet):
    """A line for each person who typed grades that became current: how many of the places they did it for."""
    typed = sheet.revisions.filter(field__startswith="grade-", made__isnull=False).exclude(text="")
    typed = typed.exclude(client__in=ReturnsUpload.objects.values("client"))
    counted = dict(typed.order_by().values_list("by").annotate(Count("field", distinct=True)))
    for user, grades in counted.items():
        DataReturnEntry.objects.update_or_create(data_return=data_return, user_id=user, defaults={"grades": grades})
