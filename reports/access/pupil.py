"""Everything that is kept on one pupil, for the head of the pupil's school: the school owns the data."""

from collections import Counter

from django.db.models import QuerySet

from accounts.models import AuditEvent
from lessons.boxes import INTERVIEW, MET_WORDS, OF_PUPIL, OF_STAGE, VERBATIM
from lessons.models import CasePupil, Finding, Observation, Photo, Presence, PrivateNote, ResearchLesson, VisitRecord
from papers.templatetags.plain import year_number
from pupils.life.services import history
from pupils.models import ModeratedGrade, Place, ReturnRevision, TargetGrade, TargetPupil, VersionGrade
from pupils.services import as_known, with_grades
from reports.access.doings import LOOKED, in_words
from reports.access.redacting import children_around
from reports.access.sections import day, minute, section

ASKED = dict(INTERVIEW)
OF_THE_TALK = ("-by", "-at")  # who asked the pupil, and when
SAID = {
    "typifies": "What the pupil stands for",
    "grade": "Grade in the focus",
    "criterion": "Success criterion",
    "met": "Success criterion met",
    "evidence": "What shows it",
    "thoughts": "First thoughts",
    "predicted": "Predicted",
    "late": "Predicted, typed after the lesson",
    "happened": "Discussion: what happened",
    "progress": "Discussion: progress",
    "group": "Discussion: others of the group",
}


def pupil_file(pupil, reader) -> dict:
    """The figures of the file. Of other children it has neither names nor initials."""
    pupils = same_child(pupil, reader)
    places = list(
        Place.objects.allowed(reader, "pupils.everything")
        .filter(pupil__in=pupils)
        .select_related(
            "pupil", "former", "partnership__programme", "partnership__partner_school", "partnership__specialist__user"
        )
        .prefetch_related("partnership__partner_teachers__user")
        .order_by("partnership__programme__starts_on", "partnership__ref")
    )
    known = {one.pk: as_known([place for place in places if place.pupil_id == one.pk]) for one in pupils}
    children = children_around(pupils, [details for details in known.values() if details])
    cases = list(CasePupil.ever.filter(place__in=places).select_related("study__partnership__partner_school"))
    return {
        "kind": "Everything on one pupil",
        "subject": (known[pupil.pk] or pupil).full_name,
        "names_pupil": True,
        "sections": [
            details(pupils, known),
            partnerships(places),
            changes(places, children),
            grades(places),
            versions(places, children),
            typed(places, children),
            moderated(places),
            targets(places),
            presences(places),
            records(places, children),
            *(study(case, children) for case in cases),
            findings(cases, children),
            private_notes(cases),
            viewed(pupils),
        ],
    }


def same_child(pupil, reader):
    """The rows of this child in every programme that this head reaches: one UPN is one child."""
    rows = TargetPupil.objects.allowed(reader, "pupils.everything").select_related("programme")
    same = [pupil.pk]
    if pupil.upn_index:
        same += rows.filter(upn_index=pupil.upn_index).values_list("pk", flat=True)
    return list(rows.filter(pk__in=same).prefetch_related("places"))


def details(pupils, known):
    """Of who has come to another school what stood then: what is kept since, that school says."""
    facts = []
    for pupil in pupils:
        said = known[pupil.pk] or pupil
        number = "Kept, and shown only on the pupil\u2019s own page" if pupil.upn else "None is kept"
        facts += [
            ("Programme", pupil.programme.title),
            ("Reference", pupil.ref),
            ("Forename", said.first_name or "Not kept"),
            ("Surname", said.last_name or "Not kept"),
            ("Year group", year_number(said.year_group)),
            ("Sex", said.get_sex_display() or "Not recorded"),
            ("Pupil premium", said.get_pupil_premium_display()),
            ("SEN", said.get_sen_display()),
            ("English as an additional language", said.get_eal_display()),
            ("UPN", number if said is pupil else "The school at which the pupil is now keeps it"),
            ("Kept until", day(pupil.programme.pupils_kept_until)),
        ]
    return section("Details", facts=facts)


def partnerships(places):
    rows = [
        [
            place.partnership.label,
            place.partnership.partner_school,
            ", ".join(str(teacher) for teacher in place.partnership.teachers),
            place.class_name or "Not recorded",
            span(place),
        ]
        for place in places
    ]
    return section("Partnerships", head=["Partnership", "School", "Teachers", "Class", "When"], rows=rows)


def span(place):
    words = [f"from {day(place.since)}" if place.since else "from the beginning"]
    if place.until:
        words.append(f"until {day(place.last_on)}: {place.get_ended_because_display().lower()}")
    return " ".join(words)


def changes(places, children):
    """What happened to the places, with the reasons that somebody typed."""
    rows = [
        [
            day(row.on),
            row.place.partnership.label,
            told(row),
            children.redact(row.reason),
            row.by,
        ]
        for row in history(places).order_by("on", "pk")
    ]
    return section("What happened to the places", head=["From", "Partnership", "What", "Why", "Entered by"], rows=rows)


def told(row):
    """Class 5A, now 5B; The place ended: left the school."""
    what = row.get_what_display()
    if row.before and row.after:
        return f"{what}: {row.before}, now {row.after}"
    return f"{what}: {row.after or row.before}" if row.after or row.before else what


def grades(places):
    rows = [
        [
            place.partnership.label,
            point.name,
            given.grade.said_on(place.partnership.programme.scale)
            if given.grade
            else f"No grade: {given.get_reason_display().lower()}",
            day(given.assessed_on),
            "Yes" if given.moderated else "No",
            given.entered_by or "Not recorded",
        ]
        for place, points in with_grades(places)
        for point, given in points
        if given
    ]
    return section(
        "Grades", head=["Partnership", "Data point", "Grade", "Assessed", "Moderated", "Entered by"], rows=rows
    )


def targets(places):
    """Each target grade that was ever proposed, and what became of it."""
    rows = [
        [
            row.place.partnership.label,
            row.grade.said_on(row.place.partnership.programme.scale) if row.grade else "No target grade any more",
            f"{row.proposed_by}, {day(row.proposed_at)}",
            f"{row.agreed_by}, {day(row.agreed_at)}" if row.agreed_at else "Not agreed",
            f"{row.get_ended_how_display()}, {day(row.ended_at)}" if row.ended_at else "Stands",
        ]
        for row in TargetGrade.objects.filter(place__in=places).select_related(
            "grade__scale", "place__partnership__programme", "proposed_by", "agreed_by"
        )
    ]
    return section("Target grades", head=["Partnership", "Grade", "Proposed", "Agreed", "Now"], rows=rows)


def versions(places, children):
    """Every grade that was submitted for the pupil, also those that were corrected later."""
    found = VersionGrade.objects.filter(place__in=places).select_related(
        "grade__scale", "version__submitted_by", "version__data_return__data_point", "place__partnership__programme"
    )
    rows = [
        [
            row.version.data_return.data_point.name,
            row.version.number,
            minute(row.version.submitted_at),
            row.version.submitted_by or "Not recorded",
            row.grade.said_on(row.place.partnership.programme.scale)
            if row.grade
            else f"No grade: {row.get_reason_display().lower()}",
            children.redact(row.comment),
        ]
        for row in found.order_by("version__data_return__data_point__due_on", "version__number", "pk")
    ]
    return section(
        "Grades as they were submitted",
        lead="A correction makes a new version; the one before is kept.",
        head=["Data point", "Version", "Submitted", "By", "Grade", "Comment"],
        rows=rows,
    )


def moderated(places):
    """Every grade that was brought to a moderation session, and what was agreed there."""
    found = ModeratedGrade.objects.filter(place__in=places).select_related(
        "event", "data_point", "brought__scale", "agreed__scale", "by", "place__partnership__programme"
    )
    rows = [
        [
            day(row.event.on),
            row.data_point.name,
            row.brought.said_on(row.place.partnership.programme.scale),
            row.agreed.said_on(row.place.partnership.programme.scale) if row.agreed else "Not agreed",
            f"{row.by}, {day(row.at)}",
        ]
        for row in found.order_by("event__on", "pk")
    ]
    head = ["Session", "Data point", "Brought", "Agreed", "By"]
    return section("Grades at moderation sessions", head=head, rows=rows)


def typed(places, children):
    """Every text that teachers typed for the pupil's grades, also those that were never submitted."""
    fields = [f"{what}-{place.pk}" for place in places for what in ("grade", "comment")]
    found = ReturnRevision.objects.filter(field__in=fields).select_related("by", "sheet__data_return__data_point")
    rows = [
        [
            row.sheet.data_return.data_point.name,
            "Grade" if row.field.startswith("grade-") else "Comment",
            children.redact(row.text) or "Emptied",
            f"{row.by}, {minute(row.at)}",
        ]
        for row in found.order_by("at", "pk")
    ]
    return section("What was typed for the grades", head=["Data point", "What", "Text", "By"], rows=rows)


def presences(places):
    found = (
        Presence.objects.filter(place__in=places).select_related("record__visit__host").order_by("record__visit__on")
    )
    rows = [
        [day(row.record.visit.on), row.record.visit.get_kind_display(), row.record.visit.host, said(row.is_present)]
        for row in found
    ]
    return section("Present at visits", head=["Day", "Visit", "School", "Present"], rows=rows)


def said(yes):
    return "Yes" if yes else "No"


def records(places, children):
    """Of the records of visits only the boxes in which this pupil is named, by name or initials."""
    rows = VisitRecord.objects.filter(visit__partnership__in={place.partnership_id for place in places})
    rows = rows.select_related("visit", "sheet").prefetch_related("sheet__notes__written_by").order_by("visit__on")
    quotes = [
        (f"{record.visit.get_kind_display()}, {day(record.visit.on)}, by {note.written_by}", children.redact(note.text))
        for record in rows
        for note in record.sheet.notes.all()
        if children.mentions(note.text)
    ]
    lead = "Boxes in which this pupil is named. Other children are taken out."
    return section("Words in records of visits", lead=lead, quotes=quotes)


def study(case, children):
    """What stands about this letter in a study: it was written by its group, who alone read it otherwise."""
    lessons = QuerySet(ResearchLesson).filter(study=case.study).select_related("sheet")  # those taken out as well
    quotes = boxes_about(case, case.study.sheet, "The study", children)
    for lesson in lessons.order_by("number"):
        where = f"Lesson {lesson.number}" + (f", {day(lesson.on)}" if lesson.on else "")
        quotes += boxes_about(case, lesson.sheet, where, children)
    seen = (
        Observation.objects.filter(case_pupil=case).select_related("person", "lesson").order_by("lesson__number", "pk")
    )
    quotes += [
        (
            f"Lesson {row.lesson.number}, seen by {row.person}, {minute(row.at or row.arrived_at)}",
            children.redact(row.text),
        )
        for row in seen
    ]
    photos = Photo.objects.filter(case_pupil=case).select_related("person", "lesson").order_by("lesson__number", "pk")
    rows = [
        [f"Lesson {row.lesson.number}", day(row.at or row.arrived_at), row.person, children.redact(row.caption)]
        for row in photos
    ]
    return section(
        f"Lesson study of {case.study.partnership.label}: pupil {case.letter}",
        lead=f"In this study the pupil goes by the letter {case.letter}. Other letters are other children. Photos of "
        "work are listed; its group can hand them over.",
        head=["Photo", "Day", "Taken by", "What it shows"] if rows else [],
        rows=rows,
        quotes=quotes,
    )


def boxes_about(case, sheet, where, children):
    return [
        (f"{where}: {asked(note.field)} ({note.written_by})", said_in(note, children))
        for note in sheet.notes.select_related("written_by").order_by("pk")
        if not note.field.endswith((VERBATIM, *OF_THE_TALK))
        and (((found := OF_PUPIL.search(note.field)) and found[1] == case.letter) or children.mentions(note.text))
    ]


def said_in(note, children):
    return MET_WORDS.get(note.text, note.text) if note.field.startswith("met-") else children.redact(note.text)


def asked(field):
    """What a box asks, in words."""
    if field.startswith("interview-"):
        return f"Interview: {ASKED.get(field.split('-')[2], 'said').format(letter='the pupil')}"
    if OF_STAGE.match(field):
        return SAID.get(field.split("-")[0], "At a stage")
    words = [SAID[part] for part in field.split("-") if part in SAID]
    return words[-1] if words else "Words in which the pupil is named"


def findings(cases, children):
    rows = Finding.objects.filter(study__in={case.study_id for case in cases}).published().order_by("published_at")
    letters = {case.study_id: case.letter for case in cases}
    return section(
        "Findings of these studies",
        lead="What the group has shown to others. Children are letters in it.",
        head=["Headline", "Who can read it", "Since", "Letter"],
        rows=[
            [children.redact(row.headline), row.get_audience_display(), day(row.published_at), letters[row.study_id]]
            for row in rows
        ],
    )


def private_notes(cases):
    """They may speak of the pupil, and are their author's: whoever answers the request asks them."""
    notes = PrivateNote.objects.filter(lesson__study__in={case.study_id for case in cases}, shared_at=None)
    rows = [
        [note.author, f"Lesson {note.lesson.number}", day(note.lesson.on)]
        for note in notes.select_related("author", "lesson").order_by("lesson__number", "pk")
    ]
    return section(
        "Private notes to be looked at",
        lead="Teachers keep these for themselves, so they are not printed here. They may speak of this pupil: ask "
        "whoever wrote them, before you answer the request.",
        head=["Written by", "Of", "Day"] if rows else [],
        rows=rows,
        none="There are none.",
    )


def viewed(pupils):
    events = AuditEvent.objects.filter(model="pupils.targetpupil", row__in=[pupil.pk for pupil in pupils])
    found = Counter(
        (day(event.at), LOOKED.get(event.did) or in_words(event.did), role_of(event))
        for event in events.select_related("who").prefetch_related("who__memberships").order_by("at", "pk")
    )
    return section(
        "Who looked at the pupil\u2019s page",
        lead="Day by day. Lists and tables in which the pupil stands with others are recorded as well, by list, and "
        "are not in this table.",
        head=["Day", "What", "As", "Times"],
        rows=[[*what, number] for what, number in found.items()],
    )


def role_of(event):
    """As what the person works, or worked: the role and not the name."""
    if event.who is None:
        return "The system"
    on = event.at.date()
    roles = [m for m in event.who.memberships.all() if m.starts_on <= on and (m.ends_on is None or m.ends_on >= on)]
    return ", ".join(dict.fromkeys(m.get_role_display() for m in roles)) or "Without a role today"
