"""A usual lesson: three case pupils, eight stages, which Pat teaches and Sara observes; held, if asked for."""

import datetime as dt

from accounts.roles import Role
from lessons.models import Note, Observation
from tests.factories import PlaceFactory
from tests.notebook import a_lesson, a_study, write_boxes
from tests.world import build_world

DOINGS = ["reading", "listening", "drawing", "telling", "writing", "editing", "sharing", "ending"]
STAGES = [f"Stage of {word}" for word in DOINGS]
BEGAN = dt.datetime(2026, 11, 10, 10, 2, tzinfo=dt.UTC)  # our time in winter
FORENAMES = ["Aurelie", "Bartholomew", "Clementine", "Dashiell", "Esperanza", "Fenella"]


def a_usual_lesson(pupils=3, stages=STAGES, **fields):
    """Our corner with `ours.pat`, `ours.sara`, `ours.notebook` (a study) and `ours.usual` (its lesson)."""
    ours, ours.next_door, ours.elsewhere = build_world()
    ours.sara, ours.pat = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    places = [
        PlaceFactory(partnership=ours.partnership, pupil__first_name=name, pupil__last_name=f"{name}son")
        for name in FORENAMES[:pupils]
    ]
    ours.notebook = a_study(ours.partnership, [ours.pat, ours.sara], places)
    write_boxes(
        ours.notebook.sheet, ours.pat, question="to edit for meaning", technique="Editing aloud", known="Little"
    )
    ours.usual = a_lesson(ours.notebook, stages=stages, on=dt.date(2026, 11, 10), at=dt.time(10), **fields)
    write(ours.usual.sheet, ours.pat, {"intention": "mend a sentence", "criteria": "I can say what I would change"})
    return ours


def held(ours):
    """The lesson took place: two notes of Sara's about A, one of them typed after it; B was judged."""
    lesson = ours.usual
    lesson.started_at, lesson.started_by = BEGAN, ours.pat
    lesson.ended_at = BEGAN + dt.timedelta(minutes=50)
    lesson.save()
    a, first = lesson.study.case_pupils.get(letter="A"), lesson.stages.first()
    note = {"lesson": lesson, "person": ours.sara, "case_pupil": a}
    Observation.objects.create(**note, stage=first, at=minute(4), kind="words", text="Put because", grouping="pair")
    Observation.objects.create(**note, stage=first, at=minute(70), kind="action", text="Looks round")
    Observation.objects.create(**note, at=minute(1), kind="action", text="Comes in humming")
    Observation.objects.create(
        lesson=lesson, person=ours.pat, stage=first, at=minute(6), kind="teacher", text="Waits for all", from_paper=True
    )
    write(lesson.sheet, ours.pat, {"met-B": "partly", "evidence-B": "Two stops put in", "thoughts": "Say it back"})
    return lesson


def minute(number):
    return BEGAN + dt.timedelta(minutes=number)


def write(sheet, person, texts):
    for field, text in texts.items():
        Note.objects.create(sheet=sheet, field=field, text=text, version=1, written_by=person, written_at=BEGAN)
