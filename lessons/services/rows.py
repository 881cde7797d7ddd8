"""Some boxes say more than words: who was there, who covered, what is to be done. Their rows follow the boxes."""

import datetime as dt
import re

from django.db.models import Q

from lessons.models import GapTask, Presence, RecordAction, Side, VisitRecord
from papers.sheets import Wrong, read_day
from pupils.models import Place
from visits.models import Booking

MOST_ACTIONS = 20
SOON = dt.timedelta(weeks=2)
FIELD = re.compile(
    r"section-[a-z0-9-]{1,60}"
    r"|action-([1-9]|1[0-9]|20)-(what|owner|due_on)"
    r"|gap-(specialist|partner)-(what|due_on)"
    r"|(presence|cover)-[1-9][0-9]{0,17}"
    r"|reached-(teachers|pupils|source)"
)


def follow_cells(record, notes, written):
    """Write anew the rows of the boxes that were written, from what all boxes say."""
    texts = {field: note.text.strip() for field, note in notes.items()}
    for number in sorted({field.split("-")[1] for field in written if field.startswith("action-")}, key=int):
        follow_action(record, texts, int(number))
    for side in {field.split("-")[1] for field in written if field.startswith("gap-")}:
        follow_gap_task(record, texts, side)
    for field in written:
        what, _, key = field.partition("-")
        if what == "presence":
            follow_presence(record, key, texts[field])
        elif what == "cover" and texts[field] in [*Booking.Cover.values, ""]:
            Booking.objects.filter(visit=record.visit_id, person=key).update(covered_by=texts[field])
    if any(field.startswith("reached-") for field in written):
        reached = {name: number_in(texts.get(f"reached-{name}", "")) for name in ("teachers", "pupils")}
        VisitRecord.objects.filter(pk=record.pk).update(**{f"reached_{name}": n for name, n in reached.items()})


def follow_action(record, texts, number):
    """The action of a number; none where its box is empty."""
    of_number = RecordAction.objects.filter(record=record, number=number)
    what = texts.get(f"action-{number}-what", "")
    if not what:
        of_number.delete()
        return
    owner = texts.get(f"action-{number}-owner", "")
    teachers = {str(person.pk): person for person in record.visit.partnership.teachers}
    RecordAction.objects.update_or_create(
        record=record,
        number=number,
        defaults={
            "what": what,
            "owner": teachers.get(owner),
            "due_on": read_due_day(record.visit, texts.get(f"action-{number}-due_on", ""))[0],
        },
    )


def follow_gap_task(record, texts, side):
    what = texts.get(f"gap-{side}-what", "")
    if not what:
        GapTask.objects.filter(record=record, side=side).delete()
        return
    due_on, _ = read_due_day(record.visit, texts.get(f"gap-{side}-due_on", ""))
    GapTask.objects.update_or_create(record=record, side=Side(side), defaults={"what": what, "due_on": due_on})


def follow_presence(record, place, said):
    if not Place.objects.filter(Q(pk=place, partnership=record.visit.partnership_id)).exists():
        return
    if said in {"present", "absent"}:
        Presence.objects.update_or_create(record=record, place_id=place, defaults={"is_present": said == "present"})
    else:
        Presence.objects.filter(record=record, place=place).delete()


def read_due_day(visit, text):
    """(day, "") of what somebody typed, or (None, why): what is typed stays as it is. ("" is no day, and no fault.)"""
    text = " ".join(text.split())
    if not text:
        return None, ""
    try:
        day = read_day(text)
    except Wrong:
        return None, f"No day can be read in “{text[:40]}”"
    return (day, "") if day >= visit.on else (None, f"“{text[:40]}” is before the day of the visit")


def why_not_read(visit, field, text):
    """The sentence for a box that asks for a day or a number and says something else; empty for any other."""
    if field.endswith("-due_on"):
        _, why = read_due_day(visit, text)
        example = visit.on + SOON
        return why and f"{why}. Write it as {example:%-d/%-m/%Y} or {example:%-d %B %Y}."
    if field in {"reached-teachers", "reached-pupils"} and text.strip() and number_in(text.strip()) is None:
        return f"“{text.strip()[:20]}” is not a number. Write it in digits."
    return ""


def number_in(text):
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else None
