"""A lesson study as its group keeps it: question, case pupils, and a research lesson with stages and predictions."""

import datetime as dt
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.roles import Role
from lessons.models import (
    CasePupil,
    LessonGuest,
    LessonPart,
    LessonWatch,
    Note,
    Observation,
    Photo,
    PrivateNote,
    ResearchLesson,
    Sheet,
    Stage,
    Study,
    StudyExport,
    StudyMember,
    StudyReader,
)
from tests.factories import UserFactory

FAR = dt.date(2100, 1, 1)


def write_boxes(sheet, writer, **texts):
    """Boxes as if typed: "stage_3_name" is stage-3-name."""
    Note.objects.bulk_create(
        Note(sheet=sheet, field=name.replace("_", "-"), text=text, version=1, in_sheet=1, written_by=writer)
        for name, text in texts.items()
    )
    Sheet.objects.filter(pk=sheet.pk).update(version=1)
    sheet.refresh_from_db()


def a_study(partnership, members, places):
    """Of these members; the pupils go by A, B, C in the order given."""
    programme = partnership.programme
    study = Study.objects.create(
        partnership=partnership, sheet=Sheet.objects.create(programme=programme), begun_by=members[0]
    )
    for person in members:
        StudyMember.objects.create(study=study, person=person, since=dt.date(2026, 9, 1), added_by=members[0])
    for letter, place in zip("ABCDEF", places, strict=False):
        CasePupil.objects.create(study=study, letter=letter, place=place)
    return study


def a_lesson(study, stages=("Modelled write", "Edit with a partner"), **fields):
    """The first research lesson of the study, which one member teaches and the other observes, watching pupil A."""
    teacher, observer = [member.person for member in study.members.all()][:2]
    sheet = Sheet.objects.create(programme=study.partnership.programme)
    given = {"study": study, "number": 1, "on": timezone.localdate(), "sheet": sheet}
    lesson = ResearchLesson.objects.create(**given | fields)
    LessonPart.objects.create(lesson=lesson, person=teacher, part="teaches")
    LessonPart.objects.create(lesson=lesson, person=observer, part="observes")
    texts = {}
    for position, name in enumerate(stages, start=1):
        stage = Stage.objects.create(lesson=lesson, position=position)
        texts[f"stage_{stage.pk}_name"] = name
        for pupil in study.case_pupils.all():
            texts[f"predicted_{stage.pk}_{pupil.letter}"] = f"{pupil.letter} in {name.lower()}"
    write_boxes(sheet, teacher, **texts)
    if pupil := study.case_pupils.first():
        LessonWatch.objects.create(lesson=lesson, person=observer, case_pupil=pupil)
    return lesson


def lesson_of_corner(corner, partnership, people, place):
    """A lesson that ended yesterday, with a guest who may look until tomorrow, an observation and a photo."""
    study = a_study(partnership, [people[Role.PARTNER], people[Role.SPECIALIST]], [place])
    words = f"{corner} notebook"  # what only the group may read, and of the sheet its guest
    write_boxes(study.sheet, people[Role.PARTNER], question=words, technique=words, known=words, typifies_A=words)
    StudyReader.objects.create(
        study=study, person=UserFactory(last_name=f"{corner}Reader"), added_by=people[Role.PARTNER], until=FAR
    )
    start = timezone.now() - dt.timedelta(days=1)
    StudyExport.objects.create(
        study=study,
        ordered_by=people[Role.PARTNER],
        kind=StudyExport.Kind.BUNDLE,
        state=StudyExport.State.DONE,
        file=ContentFile(b"PK", "study.zip"),
    )
    lesson = a_lesson(
        study,
        stages=[f"{corner} stage"],
        on=timezone.localdate(start),
        started_at=start,
        started_by=people[Role.PARTNER],
        ended_at=start + dt.timedelta(minutes=50),
    )
    write_boxes(lesson.sheet, people[Role.PARTNER], criterion_A=words, intention=words)
    words = f"{corner} discussing"  # what no guest reads either
    after = {
        "talk_adjust": words,
        "talk_A_happened": words,
        "interview_A_can": words,
        "interview_A_can_verbatim": "yes",
    }
    write_boxes(lesson.sheet, people[Role.PARTNER], **after)
    own = Sheet.objects.create(programme=partnership.programme)
    write_boxes(own, people[Role.PARTNER], private=f"{corner} private")
    PrivateNote.objects.create(lesson=lesson, author=people[Role.PARTNER], sheet=own)
    until = timezone.localdate() + dt.timedelta(days=1)
    LessonGuest.objects.create(lesson=lesson, person=people[Role.GUEST], invited_by=people[Role.PARTNER], until=until)
    seen = {"lesson": lesson, "person": people[Role.SPECIALIST], "case_pupil": study.case_pupils.get()}
    seen |= {"stage": lesson.stages.get(), "at": start + dt.timedelta(minutes=5)}
    Observation.objects.create(**seen, text=f"{corner} observation", kind="words", grouping="pair")
    file = default_storage.save(f"photos/{uuid.uuid4().hex}.jpg", ContentFile(b"\xff\xd8\xff jpeg"))
    Photo.objects.create(**seen, file=file, width=40, height=30, caption=f"{corner} caption")
    return lesson
