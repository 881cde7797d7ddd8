"""What the pages of a record show, as plain values for one reader: the editor's boxes, and the record to be read."""

from dataclasses import dataclass

from django.utils import timezone

from desks.boxes import Box
from lessons.models import Side
from lessons.models.records import people_of, sides_of
from lessons.sections import sections_of
from lessons.services.rows import MOST_ACTIONS, read_due_day, why_not_read
from papers.templatetags.plain import longdate, longday
from programmes.models.programmes import academic_year
from pupils.models import Place
from visits.models import Booking, Visit

PRESENCE = [("present", "There"), ("absent", "Absent")]
NOT_SAID = "Not said"
SOURCES = "For example: staff meeting of 12 May, planning with Year 4."


@dataclass
class Head:
    """Where and when, and who was out of class: what is known before anybody writes."""

    visit: Visit
    teachers: list
    out: list  # (booking, school's name)
    next_visit: Visit | None
    is_last: bool


def head_of(visit):
    later = Visit.objects.filter(partnership=visit.partnership_id).standing()
    later = later.filter(on__gte=visit.on).exclude(pk=visit.pk).select_related("host").order_by("on", "half", "pk")
    following = next((row for row in later if (row.on, row.half) > (visit.on, visit.half)), None)
    bookings = visit.bookings.select_related("person", "school").order_by("person__last_name", "person__first_name")
    return Head(
        visit=visit,
        teachers=visit.partnership.teachers,
        out=[booking for booking in bookings if booking.is_out],
        next_visit=following,
        is_last=following is None,
    )


def pupils_for(person, partnership):
    """(place, words) of the target pupils as this person may see them: by name for their teachers and their own head,
    by reference and initials for coordinator and consultant. None, where they are left out."""
    for action, words in (("pupils.view", by_name), ("pupils.reference", by_reference)):
        if person.may(action):
            rows = Place.objects.allowed(person, action).filter(partnership=partnership)
            rows = rows.select_related("pupil", "former")
            if rows := list(rows.order_by("pupil__ref")):
                return [(place, words(place)) for place in rows]
    return None


def by_name(place):
    return place.known.full_name


def by_reference(place):
    pupil = place.pupil
    return f"{pupil.ref}, {pupil.initials}" if pupil.initials else pupil.ref


# The editor ---------------------------------------------------------------------------------------------------------


@dataclass
class Editor:
    head: Head
    record: object
    covers: list
    presences: list
    sections: list
    actions: list  # each a list of three boxes
    gap_tasks: list  # (whose, boxes)
    reached: list

    @property
    def boxes(self):
        rows = [box for action in self.actions for box in action] + [box for _, two in self.gap_tasks for box in two]
        return [*self.covers, *self.presences, *self.sections, *rows, *self.reached]


def editor_of(person, visit, record):
    notes = {note.field: note for note in record.sheet.notes.all()} if record else {}
    head = head_of(visit)

    def box(name, label, **more):
        note = notes.get(name)
        text, version = (note.text, note.version) if note else ("", 0)
        return Box(name, label, text=text, version=version, error=why_not_read(visit, name, text), **more)

    written = [name for name, note in notes.items() if note.text]
    people = [(str(one.pk), str(one)) for one in head.teachers]
    numbers = [int(name.split("-")[1]) for name in written if name.startswith("action-")]
    shown = range(1, min(max(numbers, default=0) + 1, MOST_ACTIONS) + 1)
    covers = [("", "Not said yet"), *Booking.Cover.choices]
    return Editor(
        head=head,
        record=record,
        covers=[
            prefilled(
                box(f"cover-{row.person_id}", f"Who covered for {row.person}", kind="choice", choices=covers), row
            )
            for row in head.out
        ],
        presences=[
            box(f"presence-{place.pk}", words, kind="radios", choices=PRESENCE)
            for place, words in pupils_for(person, visit.partnership) or []
        ],
        sections=[box(row.field, row.title, hint=row.hint, lines=row.lines) for row in sections_of(visit, written)],
        actions=[
            [
                box(f"action-{n}-what", f"Action {n}", lines=2),
                box(f"action-{n}-owner", "Who does it", kind="choice", choices=[("", "Choose"), *people]),
                box(f"action-{n}-due_on", "By when", kind="line"),
            ]
            for n in shown
        ],
        gap_tasks=[
            (
                whose(visit, side),
                [
                    box(f"gap-{side}-what", f"What {whose(visit, side)} does", lines=2),
                    box(f"gap-{side}-due_on", "By when", kind="line"),
                ],
            )
            for side in Side
        ],
        reached=[
            box("reached-teachers", "How many other teachers", kind="line"),
            box("reached-pupils", "How many other pupils", kind="line"),
            box("reached-source", "How do you know?", hint=SOURCES, lines=2),
        ]
        if head.is_last or any(name.startswith("reached-") for name in written)
        else [],
    )


def whose(visit, side):
    return " and ".join(str(one) for one in people_of(visit, side)) or Side(side).label.lower()


def prefilled(box, booking):
    """What the half-day says already of who covered, until somebody says otherwise here."""
    box.text = box.text or booking.covered_by
    return box


# To be read ---------------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """A record as one reader sees it. `pupils` is None for whoever may not see them."""

    head: Head
    record: object
    parts: list  # (title, text)
    pupils: list | None  # (words, "There" | "Absent" | "Not said")
    actions: list  # (task, by when)
    gap_tasks: list  # (whose, task or None, by when)
    reached: list  # (label, text)
    signatures: list
    corrections: list
    replies: list
    earlier_replies: list
    kept: list  # for its teachers: texts that arrived and did not become part of it, with whose they are

    @property
    def visit(self):
        return self.head.visit

    @property
    def not_said(self):
        """Of whom nobody has said who covered for them."""
        return [booking.person for booking in self.head.out if not booking.covered_by]

    @property
    def pupils_not_said(self):
        """The target pupils, as the reader sees them, of whom nobody has said whether they were there."""
        return [words for words, there in self.pupils or [] if there == NOT_SAID]

    @property
    def pupils_by_presence(self):
        """(There, the pupils who were), and so on, of what is said of any."""
        by = {
            said: [words for words, there in self.pupils or [] if there == said]
            for said in ("There", "Absent", NOT_SAID)
        }
        return [(said, who) for said, who in by.items() if who]

    @property
    def state(self):
        """How it stands, in words that say who has to act."""
        if self.record.is_signed_off:
            return "Signed off by both teachers"
        if self.visit.status == Visit.Status.CANCELLED:
            return "The visit was cancelled, so nothing is signed"
        if self.record.is_draft:
            return f"Being written by {' or '.join(str(one) for one in self.head.teachers)}"
        return f"Waiting for {' or '.join(str(one) for one in self.record.waits_for)} to sign"


def reading_of(person, record):
    pupils = pupils_for(person, record.visit.partnership)
    return as_read(record, pupils, with_kept=bool(sides_of(record.visit, person)))


def as_read(record, pupils, with_kept=False):
    """What the record says to whoever sees these `pupils` (place, words); None where they are left out."""
    visit = record.visit
    notes = {field: text.strip() for field, text in record.sheet.texts.items()}
    sections = sections_of(visit, [name for name, text in notes.items() if text])
    presences = {row.place_id: row.is_present for row in record.presences.all()}
    said = {True: "There", False: "Absent", None: NOT_SAID}
    tasks = {task.side: task for task in record.gap_tasks.select_related("done_by")}
    reached = [
        ("Other teachers", notes.get("reached-teachers")),
        ("Other pupils", notes.get("reached-pupils")),
        ("Source", notes.get("reached-source")),
    ]
    return Reading(
        head=head_of(visit),
        record=record,
        parts=[(row.title, notes[row.field]) for row in sections if notes.get(row.field)],
        pupils=pupils and [(words, said[presences.get(place.pk)]) for place, words in pupils],
        actions=[
            (task, by_when(visit, task, notes.get(f"action-{task.number}-due_on")) or "no day is named yet")
            for task in record.actions.select_related("owner", "done_by")
        ],
        gap_tasks=[
            (whose(visit, side), tasks.get(side), by_when(visit, tasks.get(side), notes.get(f"gap-{side}-due_on")))
            for side in Side
        ],
        reached=[(label, text) for label, text in reached if text],
        signatures=list(record.signatures.all()),
        corrections=list(record.corrections.select_related("by")),
        replies=record.newest_replies,
        earlier_replies=[reply for reply in record.replies.all() if reply not in record.newest_replies],
        kept=kept_apart(record, sections) if with_kept else [],
    )


def by_when(visit, task, typed):
    """The day in words, with its year where that is not this academic year; or why what was typed is none."""
    if task and task.due_on:
        first, last = academic_year(timezone.localdate())
        return f"by {longday(task.due_on) if first <= task.due_on <= last else longdate(task.due_on)}"
    _, why = read_due_day(visit, typed or "")
    return f"{why[:1].lower()}{why[1:]}"


def kept_apart(record, sections):
    """(title, revision), the newest first: of whoever was overtaken, came after the signature, or has left."""
    titles = {section.field: section.title for section in sections}
    rows = record.sheet.revisions.filter(made=None).exclude(text="").select_related("by").order_by("-pk")[:50]
    return [(titles.get(row.field, row.field.replace("-", " ").capitalize()), row) for row in rows]


def acts_for(person, record):
    """What this reader can do here."""
    teaches = bool(sides_of(record.visit, person)) and person.may("records.write")
    is_open = not record.is_signed_off and record.visit.status != Visit.Status.CANCELLED
    to_sign = teaches and any(side not in record.signed_sides for side in sides_of(record.visit, person))
    signed_off = record.is_signed_off
    return {
        "may_sign": to_sign and is_open,
        "may_change": teaches and is_open,
        "may_correct": teaches and signed_off,
        "may_do": tasks_of(person, record) if teaches and not record.is_draft else [],
        "may_reply": signed_off and may_reply(person, record),
        "may_follow_up": signed_off and person.may("records.follow_up"),
        "own_reply": next((reply for reply in record.newest_replies if reply.by_id == person.pk), None),
    }


def tasks_of(person, record):
    """The actions and gap tasks of which this person says whether they are done."""
    tasks = [*record.actions.select_related("owner"), *record.gap_tasks.all()]
    return [task for task in tasks if person in task.doers]


def may_reply(person, record):
    return (
        person.may("records.answer")
        and type(record).objects.allowed(person, "records.answer").filter(pk=record.pk).exists()
    )
