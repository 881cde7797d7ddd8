"""Records of a demo programme's past visits: most are signed and answered, some wait for somebody."""

import datetime as dt
import uuid

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from desks.models import WHOLE
from lessons import services
from lessons.models import (
    GapTask,
    HeadReply,
    Note,
    NoteRevision,
    Presence,
    RecordAction,
    RecordSignature,
    Sheet,
    Side,
    VisitRecord,
)
from lessons.services import Cell
from visits.models import Visit

WORDS = {
    Visit.Kind.FIRST: {
        "section-expectations": "We plan together and either of us may challenge anything. Planning time is Thursday.",
        "section-barriers": "Three of the four stop as soon as a page is empty.",
        "section-focus": "Talking a sentence through before it is written.",
    },
    Visit.Kind.RESEARCH_LESSON: {
        "section-lesson": "A told the whole story to her partner and wrote two lines of it. B waited to be asked.",
        "section-barriers": "The word bank on the wall is too far away to be read.",
        "section-focus": "Shorter steps between talking and writing.",
    },
    Visit.Kind.OBSERVATION: {
        "section-pupils": "C read his first line aloud three times and then changed it by himself.",
        "section-focus": "Reading one's own words aloud.",
    },
    Visit.Kind.RECIPROCAL: {
        "section-classes": "Year 3 and Year 6, writing. In both, children rehearse in pairs before they write.",
        "section-climate": "Displays show drafts beside finished work.",
    },
}
GAP = {
    Side.SPECIALIST: "Bring three opening sentences that work without pictures",
    Side.PARTNER: "Try talk partners for ten minutes on two days, and note what A and B say",
}


def write_records(programme, today):
    """Every visit that took place has its record; one waits for its second signature, one head disagrees."""
    visits = Visit.objects.filter(partnership__programme=programme, status=Visit.Status.TOOK_PLACE, recorded_at=None)
    visits = list(
        visits.with_people().select_related("step").prefetch_related("partnership__places").order_by("on", "half", "pk")
    )
    if not visits:
        return
    *visits, last = visits
    sheets = Sheet.objects.bulk_create(Sheet(programme=programme, version=1) for _ in visits)
    records = VisitRecord.objects.bulk_create(
        VisitRecord(visit=visit, sheet=sheet, written_by=visit.partnership.teachers[-1], begun_at=written_at(visit))
        for visit, sheet in zip(visits, sheets, strict=True)
    )
    notes = [note for record in records for note in notes_of(record)]
    Note.objects.bulk_create(notes)
    NoteRevision.objects.bulk_create(revision_of(note) for note in notes)
    GapTask.objects.bulk_create(task for record in records for task in tasks_of(record))
    RecordAction.objects.bulk_create(action_of(record, today) for record in records[-6:])
    Presence.objects.bulk_create(row for record in records for row in presences_of(record))
    RecordSignature.objects.bulk_create(row for record in records for row in signatures_of(record))
    VisitRecord.objects.filter(pk__in=[record.pk for record in records]).update(status=VisitRecord.Status.SIGNED_OFF)
    Sheet.objects.filter(pk__in=[sheet.pk for sheet in sheets]).update(locked=WHOLE)
    for visit in visits:
        visit.recorded_at = visit.signed_off_at = written_at(visit)
    Visit.objects.bulk_update(visits, ["recorded_at", "signed_off_at"], batch_size=500)
    HeadReply.objects.bulk_create(replies_to(records, programme))
    leave_one_half_signed(last)


def written_at(visit):
    """The evening of its day."""
    return timezone.make_aware(dt.datetime.combine(visit.on, dt.time(17, 20)))


def notes_of(record):
    words = WORDS.get(record.visit.kind, WORDS[Visit.Kind.OBSERVATION])
    words = words | {f"gap-{side}-what": text for side, text in GAP.items()}
    of_all = {
        "sheet": record.sheet,
        "version": 1,
        "in_sheet": 1,
        "written_by": record.written_by,
        "written_at": record.begun_at,
    }
    return [Note(field=field, text=text, **of_all) for field, text in words.items()]


def revision_of(note):
    return NoteRevision(
        sheet=note.sheet,
        field=note.field,
        client=uuid.uuid4(),
        seq=1,
        base=0,
        made=1,
        text=note.text,
        by=note.written_by,
        at=note.written_at,
    )


def presences_of(record):
    """Everybody was there, but for one pupil now and then."""
    places = record.visit.partnership.places.all()
    return [
        Presence(record=record, place=place, is_present=(record.pk + number) % 7 > 0)
        for number, place in enumerate(places)
    ]


def tasks_of(record):
    """Each side's, done by it some days later."""
    done_at = min(record.begun_at + dt.timedelta(days=6), timezone.now())
    people = signers_of(record)
    return [
        GapTask(record=record, side=side, what=text, done_at=done_at, done_by=people[side])
        for side, text in GAP.items()
    ]


def action_of(record, today):
    return RecordAction(
        record=record,
        number=1,
        what="Send each other the plan of the next lesson",
        owner=record.written_by,
        due_on=today + dt.timedelta(days=4),
    )


def signers_of(record):
    partnership = record.visit.partnership
    return {Side.SPECIALIST: partnership.specialist.user, Side.PARTNER: partnership.teachers[-1]}


def signatures_of(record):
    return [
        RecordSignature(record=record, side=side, person=person, version=1, at=record.begun_at)
        for side, person in signers_of(record).items()
    ]


def replies_to(records, programme):
    """Heads have answered all but the newest records; one does not agree."""
    heads = Membership.objects.live().filter(role=Role.HEADTEACHER, organisation=programme.organisation)
    by_school = {membership.school_id: membership.user for membership in heads.select_related("user")}
    answered = [record for record in records[:-3] if record.visit.host_id in by_school]
    for number, record in enumerate(answered):
        disagrees = number == len(answered) - 1
        yield HeadReply(
            record=record,
            by=by_school[record.visit.host_id],
            is_accurate=not disagrees,
            comment="Our own deputy covered the class, not a supply teacher." if disagrees else "",
            at=record.begun_at + dt.timedelta(days=2),
        )


def leave_one_half_signed(visit):
    """The partner teacher has written and signed; the specialist teacher has still to."""
    writer = visit.partnership.teachers[-1]
    words = WORDS.get(visit.kind, WORDS[Visit.Kind.OBSERVATION]) | {"gap-partner-what": GAP[Side.PARTNER]}
    cells = [Cell(field, text, 0, seq) for seq, (field, text) in enumerate(words.items(), start=1)]
    services.write_record(writer, visit, cells, uuid.uuid4())
    services.sign(writer, visit.record, visit.record.sheet.version)
