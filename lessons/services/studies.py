"""A study is begun with its lessons; who belongs to it, whom it watches and to whom it is shown."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, User
from accounts.roles import Role
from desks.services import Cell, write_cells
from desks.services import held as held_sheet
from lessons.boxes import OF_STUDY
from lessons.models import (
    CasePupil,
    LessonPart,
    NoteRevision,
    ResearchLesson,
    Sheet,
    Stage,
    Study,
    StudyMember,
    StudyReader,
)
from lessons.models.studies import FEWEST, LETTERS, MOST_LESSONS, MOST_MEMBERS
from lessons.words import why_closed
from programmes.models import AreaConsultant, SpecialistTeacher
from pupils.models import Assessment
from visits.models import Visit

FIRST_STAGES = 4
USUAL = 3


class Refused(Exception):
    """A step that is not open; the message says why, for whoever asked."""


class Closed(Exception):
    """Nothing in the study changes any more; the message says why, for whoever asked. `study` is the one."""

    def __init__(self, study, why):
        super().__init__(why)
        self.study = study


def spread_out(places) -> list:
    """Three of the places: from the lower end, the middle and the upper end of their latest grades, in this order."""
    if len(places) <= USUAL:
        return places
    graded = Assessment.objects.filter(place__in=places, grade__isnull=False)
    grades = dict(graded.order_by("data_point__due_on").values_list("place", "grade__position"))
    rows = sorted(places, key=lambda place: grades.get(place.pk, 0))
    return [rows[0], rows[len(rows) // 2], rows[-1]]


@transaction.atomic
def start_study(person, partnership, lessons, texts, places, client) -> Study:
    """A study of the partnership's teachers, with that many lessons on the half-days that are planned for them.

    `texts` are boxes of the study; `client` names the form: sent twice, it starts one.
    """
    sent = NoteRevision.objects.filter(client=client, sheet__study__isnull=False).select_related("sheet__study").first()
    if sent is not None:
        return sent.sheet.study
    programme = partnership.programme
    sheet = Sheet.objects.create(programme=programme)
    study = Study.objects.create(partnership=partnership, sheet=sheet, lessons_planned=lessons, begun_by=person)
    people = [person, *(one for one in partnership.teachers if one != person)][:MOST_MEMBERS]
    StudyMember.objects.bulk_create(StudyMember(study=study, person=one, added_by=person) for one in people)
    CasePupil.objects.bulk_create(
        CasePupil(study=study, letter=letter, place=place) for letter, place in zip(LETTERS, places, strict=False)
    )
    add_lessons(study, range(1, lessons + 1))
    known = [(field, text) for field, text in texts.items() if OF_STUDY.fullmatch(field)]
    write_cells(person, sheet, [Cell(field, text, 0, seq) for seq, (field, text) in enumerate(known, 1)], client)
    audit.record(person, "studies.started", study)
    return study


def add_lessons(study, numbers):
    """Lessons with these numbers, each on the next half-day that is planned for one and holds none yet."""
    partnership = study.partnership
    visits = Visit.objects.filter(partnership=partnership, kind=Visit.Kind.RESEARCH_LESSON, research_lesson=None)
    to_come = visits.filter(status=Visit.Status.PLANNED, on__gte=timezone.localdate())
    free = list(to_come.order_by("on", "half", "pk"))
    taught_by = partnership.current_partner_teachers or [partnership.specialist.user]
    for number in numbers:
        lesson, is_new = lesson_with_number(study, number, visit=free.pop(0) if free else None)
        parts = [(taught_by[0], LessonPart.Part.TEACHES)]
        parts += [
            (member.person, LessonPart.Part.OBSERVES)
            for member in study.members.filter(until=None).select_related("person")
            if member.person != taught_by[0]
        ]
        LessonPart.objects.bulk_create(LessonPart(lesson=lesson, person=one, part=part) for one, part in parts)
        if is_new:
            Stage.objects.bulk_create(Stage(lesson=lesson, position=place) for place in range(1, FIRST_STAGES + 1))


def lesson_with_number(study, number, visit):
    """(a new lesson, True), or (the one that was taken out, with whatever came for it since, False)."""
    lesson = ResearchLesson.ever.filter(study=study, number=number).first()
    if lesson is None:
        sheet = Sheet.objects.create(programme=study.partnership.programme)
        return ResearchLesson.objects.create(study=study, number=number, sheet=sheet, visit=visit), True
    lesson.taken_out_at, lesson.visit = None, visit
    lesson.save(update_fields=["taken_out_at", "visit"])
    return lesson, False


@transaction.atomic
def add_lesson(person, study) -> ResearchLesson:
    """One more lesson, at the end. Of two who add one at once both have: a study has four at most."""
    study = held_open(study)
    last = study.research_lessons.aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_LESSONS:
        raise Refused(f"A study has at most {MOST_LESSONS} research lessons.")
    add_lessons(study, [last + 1])
    Study.objects.filter(pk=study.pk).update(lessons_planned=last + 1)
    audit.record(person, "studies.lesson added", study)
    return study.research_lessons.get(number=last + 1)


@transaction.atomic
def take_last_lesson_out(person, study) -> bool:
    """The last lesson is not needed. One in which something is written or seen stays: it can be cancelled.

    What a device kept of it without a network comes later, so its row stays too.
    """
    study = held_open(study)
    last = study.research_lessons.select_related("sheet").order_by("number").last()
    if last is None or last.number <= FEWEST:
        raise Refused(f"A study has at least {FEWEST} research lessons.")
    held_sheet(last.sheet)
    if not is_untouched(last):
        raise Refused(f"Something is written in lesson {last.number}, so it stays. It can be cancelled on its sheet.")
    ResearchLesson.objects.filter(pk=last.pk).update(
        taken_out_at=timezone.now(), visit=None, on=None, at=None, cancelled_at=None, cancelled_because=""
    )
    last.parts.all().delete()
    last.watches.all().delete()
    Study.objects.filter(pk=study.pk).update(lessons_planned=last.number - 1)
    audit.record(person, "studies.lesson taken out", study)
    return True


def is_untouched(lesson):
    kept = [lesson.observations, lesson.photos, lesson.private_notes, lesson.guests, lesson.agreements]
    has_words = lesson.sheet.revisions.exists() or lesson.sheet.notes.exists()
    return not (lesson.is_started or has_words or any(rows.exists() for rows in kept))


def kept_still(study):
    """The study as it stands: nobody writes or keeps anything in it or in its lessons until the transaction ends."""
    row = held(study)
    sheets = Sheet.objects.filter(Q(study=row) | Q(research_lesson__study=row)).order_by("pk")
    list(sheets.select_for_update(of=["self"], no_key=True))
    return row


def held(study):
    """The study as it stands now, held until the transaction ends."""
    return Study.objects.select_for_update(no_key=True).get(pk=study.pk)


def held_open(study):
    """The study, held, while something in it may change. Raises Closed."""
    return while_open(held(study))


def while_open(study):
    if why := why_closed(study):
        raise Closed(study, f"{why} Nothing was changed.")
    return study


def why_closed_now(study) -> str:
    """Why nothing in the study changes, as it stands by now; empty while it does."""
    return why_closed(Study.objects.select_related("partnership__programme").get(pk=study.pk))


@transaction.atomic
def add_member(person, study, someone) -> bool:
    """Someone writes the study too. Added twice they are in it once."""
    study = held_open(study)
    current = study.members.filter(until=None)
    if current.filter(person=someone).exists():
        return False
    if current.count() >= MOST_MEMBERS:
        raise Refused(f"A study has at most {MOST_MEMBERS} members. Invite others to observe, or as readers.")
    StudyMember.objects.create(study=study, person=someone, added_by=person)
    audit.record(person, "studies.member added", study)
    return True


@transaction.atomic
def end_member(person, study, someone) -> bool:
    """Someone writes the study no more. What they wrote stays. One member is left at least."""
    study = held_open(study)
    current = study.members.filter(until=None)
    if not current.exclude(person=someone).exists():
        raise Refused("A study needs a member. Add somebody else first, or finish the study.")
    ended = current.filter(person=someone).update(until=timezone.localdate())
    if ended:
        audit.record(person, "studies.member left", study)
    return bool(ended)


def let_studies_follow(person, partnership, left, joined, on):
    """Whoever leaves the partnership leaves its studies, and whoever joins it joins those that go on."""
    rows = Study.objects.filter(partnership=partnership)
    if left and left not in partnership.teachers:
        StudyMember.objects.filter(study__in=rows, person=left, until=None).update(until=timezone.localdate())
    if joined:
        for study in rows.filter(finished_at=None):
            current = study.members.filter(until=None)
            if not current.filter(person=joined).exists() and current.count() < MOST_MEMBERS:
                StudyMember.objects.create(study=study, person=joined, added_by=person or joined)


@transaction.atomic
def add_reader(person, study, someone, until) -> bool:
    """The group shows its study to someone until a day, again where an earlier day is over. Shown twice they read it
    once."""
    today = timezone.localdate()
    shown = StudyReader.objects.filter(study=held_open(study), person=someone, ended_at=None)
    if shown.filter(until__gte=today).exists():
        return False
    if not shown.update(until=until, added_by=person):
        StudyReader.objects.create(study=study, person=someone, added_by=person, until=until)
    audit.record(person, "studies.reader added", study)
    return True


@transaction.atomic
def end_reader(person, reader) -> bool:
    ended = StudyReader.objects.filter(pk=reader.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=person)
    if ended:
        audit.record(person, "studies.reader ended", reader.study)
    return bool(ended)


@transaction.atomic
def finish_study(person, study) -> bool:
    """The group has found out what it wanted to, or ends: nothing in it changes while it is finished."""
    kept_still(study)
    done = Study.objects.filter(pk=study.pk, finished_at=None).update(finished_at=timezone.now(), finished_by=person)
    if done:
        audit.record(person, "studies.finished", study)
    return bool(done)


@transaction.atomic
def go_on_with_study(person, study) -> bool:
    done = Study.objects.filter(pk=study.pk, finished_at__isnull=False).update(finished_at=None, finished_by=None)
    if done:
        audit.record(person, "studies.taken up again", study)
    return bool(done)


# Who may be asked in --------------------------------------------------------------------------------------------------


def may_be_members(study):
    """Teachers of its two schools, and consultants who support the partnership as outside advisers, not in it yet."""
    people = User.objects.filter(pk__in=teachers_there(study).union(consultants_of(study)))
    return in_order(people.exclude(pk__in=study.members.filter(until=None).values("person")))


def may_be_readers(study):
    """Whom a group may show its study: heads and teachers of its schools, its consultants, and coordinators."""
    partnership = study.partnership
    rows = live_there(study)
    others = rows.filter(role=Role.HEADTEACHER, school__in=partnership.schools) | rows.filter(role=Role.COORDINATOR)
    people = User.objects.filter(
        pk__in=teachers_there(study).union(consultants_of(study), others.values_list("user", flat=True))
    )
    there = study.members.filter(until=None).values("person")
    shown = study.readers.filter(ended_at=None, until__gte=timezone.localdate()).values("person")
    return in_order(people.exclude(pk__in=there).exclude(pk__in=shown))


def live_there(study):
    return Membership.objects.live().filter(organisation=study.partnership.programme.organisation_id)


def teachers_there(study):
    """Partner and specialist teachers of either school."""
    partnership, rows = study.partnership, live_there(study)
    specialists = SpecialistTeacher.objects.filter(
        programme=partnership.programme_id, home_school__in=partnership.schools
    )
    found = rows.filter(role=Role.PARTNER, school__in=partnership.schools)
    found |= rows.filter(role=Role.SPECIALIST, user__in=specialists.values("user"))
    return found.order_by().values_list("user", flat=True)


def consultants_of(study):
    """Those of its area, and the one who looks after its specialist teacher."""
    partnership = study.partnership
    of_area = AreaConsultant.objects.filter(area=partnership.area_id).values("user")
    rows = live_there(study).filter(role=Role.CONSULTANT)
    found = rows.filter(user__in=of_area) | rows.filter(user=partnership.specialist.consultant_id)
    return found.order_by().values_list("user", flat=True)


def in_order(people):
    return people.filter(is_active=True).order_by("last_name", "first_name", "pk")


def study_left_by(person, **of) -> Study | None:
    """The study, if the person was a member of it and is none any more."""
    left = StudyMember.objects.filter(person=person).exclude(until=None).values("study")
    return Study.objects.filter(pk__in=left, **of).with_people().first()


def described(people) -> dict[int, str]:
    """Each with what they are there, so that two of one name are told apart."""
    roles = defaultdict(list)
    rows = Membership.objects.live().filter(user__in=people).select_related("organisation", "school")
    for membership in rows.order_by("pk"):
        roles[membership.user_id].append(f"{membership.role_label}, {membership.place_label}")
    return {person.pk: f"{person} ({'; '.join(roles[person.pk])})" for person in people}


def usual_number(partnership) -> int:
    """As many lessons as the partnership has half-days for, between two and four; three where none is planned."""
    visits = Visit.objects.filter(partnership=partnership, kind=Visit.Kind.RESEARCH_LESSON).standing().count()
    return max(FEWEST, min(visits, MOST_LESSONS)) if visits else USUAL


def may_hold(lesson):
    """The half-days of the partnership that may hold the lesson: its own, and those to come that hold none."""
    rows = Visit.objects.filter(partnership=lesson.study.partnership_id).standing().select_related("host")
    free = rows.filter(research_lesson=None, status=Visit.Status.PLANNED, on__gte=timezone.localdate())
    free |= rows.filter(research_lesson=lesson)
    return free.order_by("on", "half", "pk")
