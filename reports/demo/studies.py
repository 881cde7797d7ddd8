"""A lesson study of a demo programme: one lesson held and talked about, one today, one to come."""

import datetime as dt
import uuid

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from lessons import services
from lessons.models import LessonGuest, Observation
from lessons.services import Cell
from programmes.models import Partnership

TEXTS = {
    "question": "to edit their own sentences for meaning, rather than only for spelling",
    "technique": "Editing aloud with a partner who says the sentence back.",
    "known": "Last year pupils in Year 5 changed spellings and little else when they were asked to edit.",
    "typifies-A": "Has many ideas; sentences run together.",
    "typifies-B": "Accurate and brief; seldom risks a change.",
    "typifies-C": "Says far more than she writes.",
    "class-size": "28",
}
PLAN = {
    "intention": "find a sentence that does not sound right, say why, and mend it",
    "criteria": "I can read my sentence aloud and say what I would change.",
    "criterion-A": "Splits or joins two run-on sentences and says why.",
    "criterion-B": "Adds one detail that changes the picture, without asking first.",
    "criterion-C": "Writes down, word for word, one sentence improved aloud.",
}
STAGES = [
    ("Hear the muddle", 8, "Reads a muddled paragraph about a harbour aloud. Asks what we can picture."),
    ("Watch one mended", 12, "Thinks aloud while mending two sentences on the board."),
    ("Edit with a partner", 20, "Pairs read aloud. The listener says the sentence back. The writer mends."),
    ("Edit alone", 12, "Pupils edit their second paragraph. No help for five minutes."),
]
PREDICTED = [
    ("Calls out ideas at once.", "Listens. Will not offer an answer.", "Says what she pictures, in detail."),
    ("Suggests “and then” to join everything.", "Copies the model.", "Talks the change through. Board stays empty."),
    (
        "Reads too fast for the partner.",
        "Taps politely. Changes little.",
        "Improves it aloud, forgets it in writing.",
    ),
    ("Will not read again without a partner.", "Waits to be told to start.", "Two lines at most."),
]
SEEN = [
    (0, "A", 2, "words", "It's like a film but all squashed."),
    (0, "B", 3, "action", "Follows the text with a pencil, nods. Does not speak."),
    (0, "C", 5, "action", "Tells her partner about gulls and ropes for a whole minute."),
    (1, "A", 12, "words", "Because. Put because."),
    (1, "B", 13, "action", "Copies half, stops, changes “went” to “drifted”. Nobody asked."),
    (1, "C", 17, "words", "I know it, I just can't catch it."),
    (2, "A", 24, "action", "Partner stops at the second “and”. A reads again and puts a full stop."),
    (2, "A", 29, "words", "I ran out of breath so it needs a stop."),
    (2, "B", 27, "action", "Says the sentence back three times. Leads for the first time."),
    (2, "C", 26, "action", "Hears her sentence said back and writes it word for word."),
    (3, "A", 45, "action", "Mouths the words. Puts one stop in."),
    (3, "B", 44, "action", "Starts at once, with a finger under each line."),
    (3, "C", 47, "action", "Whispers each sentence, then writes. Four lines."),
]
END = {
    "met-A": "partly",
    "evidence-A": "Mended two run-ons and said why for one.",
    "met-B": "yes",
    "evidence-B": "Added “creaking” by herself.",
    "met-C": "yes",
    "evidence-C": "Wrote all of the sentence that was said back.",
}
INTERVIEWS = {
    "interview-A-by": "",
    "interview-A-at": "11:10",
    "interview-A-enjoyed": "When my partner said it back and it sounded daft.",
    "interview-A-enjoyed-verbatim": "yes",
    "interview-A-can": "I can hear where it needs a stop. Before I just put and.",
    "interview-A-can-verbatim": "yes",
    "interview-A-worked": "The partner. Not the board.",
    "interview-A-worked-verbatim": "yes",
    "interview-A-change": "Would like to read to two different people.",
    "interview-C-by": "",
    "interview-C-at": "11:20",
    "interview-C-enjoyed": "Talking about the gulls.",
    "interview-C-can": "I wrote the whole one. I never catch the whole one.",
    "interview-C-can-verbatim": "yes",
    "interview-C-worked": "Hearing it twice gave her time to write it.",
}
TALK = {
    "talk-A-happened": "We thought A would read too fast. He did, until his partner stopped him: then he heard it.",
    "talk-A-progress": "Two run-ons mended with the partner, one alone. Enough for one lesson.",
    "talk-A-group": "The others who run sentences together did the same as soon as somebody said theirs back.",
    "talk-B-happened": "We expected her to wait. She changed a word before anyone asked, and led her pair.",
    "talk-B-progress": "More than we hoped for.",
    "talk-B-group": "Careful writers may need permission more than help.",
    "talk-C-happened": "She wrote down word for word what was said back to her. Alone she whispered it first.",
    "talk-C-progress": "Four lines where we predicted two.",
    "talk-C-group": "Those who say more than they write need to hear it a second time.",
    "talk-technique": "Saying back moved all three. The model on the board moved none of them.",
    "talk-surprises": "How quiet the room was while they mended.",
    "talk-adjust": "Shorten the model to five minutes. Give the pairs the time that this frees.",
    "talk-next": "End with each pupil saying their own sentence back in a whisper before they write alone.",
}
FRIDAY = 4
PATTERNS = ["All three heard the muddle before they could point to it.", "", "Hearing it said back moved all three."]


def study_lessons(programme, today):
    """The study of the first partnership that has three target pupils."""
    for partnership in Partnership.objects.filter(programme=programme, status="active").with_people():
        places = list(partnership.places.order_by("pk")[:3])
        if len(places) == 3 and partnership.current_partner_teachers:
            begin(partnership, places, today)
            return


def begin(partnership, places, today):
    teacher, observer = partnership.current_partner_teachers[0], partnership.specialist.user
    study = services.start_study(observer, partnership, 3, TEXTS, places, uuid.uuid4())
    first, second, _ = study.research_lessons.order_by("number")
    held_on = on_a_weekday(today - dt.timedelta(days=21))
    for lesson, on in ((first, held_on), (second, today)):
        services.plan_lesson(
            observer,
            lesson,
            None,
            on,
            dt.time(10),
            [
                (teacher, "teaches"),
                (observer, "observes"),
                (teacher, "chairs"),
                (observer, "records"),
            ],
            [(observer, one) for one in study.case_pupils.all()],
        )
        write_plan(observer, lesson)
    began = timezone.make_aware(dt.datetime.combine(held_on, dt.time(10)))
    hold(teacher, observer, first, began)
    talk(teacher, observer, first, began)
    invite_guest(observer, second, partnership, today)


def on_a_weekday(day):
    """The day, or the Friday before a weekend."""
    return day - dt.timedelta(days=max(0, day.weekday() - FRIDAY))


def write_plan(person, lesson):
    words = dict(PLAN)
    for stage, (name, minutes, teacher), predicted in zip(lesson.stages.all(), STAGES, PREDICTED, strict=True):
        words |= {
            f"stage-{stage.pk}-name": name,
            f"stage-{stage.pk}-minutes": str(minutes),
            f"stage-{stage.pk}-teacher": teacher,
        }
        words |= {f"predicted-{stage.pk}-{letter}": text for letter, text in zip("ABC", predicted, strict=True)}
    write(person, lesson, words)


def write(person, lesson, words):
    cells = [Cell(field, text, 0, seq) for seq, (field, text) in enumerate(words.items(), start=1)]
    services.write_cells(person, lesson.sheet, cells, uuid.uuid4())


def hold(teacher, observer, lesson, at):
    """The lesson as it was three weeks ago, with what was seen in it."""
    lesson.sheet.notes.update(written_at=at - dt.timedelta(days=2))
    type(lesson).objects.filter(pk=lesson.pk).update(
        started_at=at, started_by=teacher, ended_at=at + dt.timedelta(minutes=55)
    )
    type(lesson.sheet).objects.filter(pk=lesson.sheet_id).update(locked=["predicted-"])
    stages, pupils = list(lesson.stages.all()), {one.letter: one for one in lesson.study.case_pupils.all()}
    Observation.objects.bulk_create(
        Observation(
            lesson=lesson,
            person=observer,
            stage=stage,
            kind=Observation.Kind.STAGE,
            at=at + dt.timedelta(minutes=minute),
            arrived_at=at + dt.timedelta(minutes=minute),
        )
        for stage, minute in zip(stages, (0, 9, 21, 42), strict=True)
    )
    Observation.objects.bulk_create(
        Observation(
            lesson=lesson,
            person=observer,
            case_pupil=pupils[letter],
            stage=stages[place],
            kind=kind,
            text=text,
            at=at + dt.timedelta(minutes=minute),
            arrived_at=at + dt.timedelta(minutes=minute),
        )
        for place, letter, minute, kind, text in SEEN
    )
    write(
        observer,
        lesson,
        END
        | interviews_with(observer)
        | {f"stage-{stage.pk}-pattern": text for stage, text in zip(stages, PATTERNS, strict=False) if text},
    )


def interviews_with(person):
    return {field: str(person) if field.endswith("-by") else text for field, text in INTERVIEWS.items()}


def talk(teacher, observer, lesson, at):
    """They talked about it on the day after, and both agree that this is what they said."""
    learned = {
        f"talk-learned-{teacher.pk}": "To wait. Three seconds more, and they hear it themselves.",
        f"talk-learned-{observer.pk}": "I watch the pen too much and the mouth too little.",
    }
    write(observer, lesson, TALK | learned)
    later = at + dt.timedelta(hours=20)
    lesson.sheet.notes.filter(field__startswith="talk-").update(written_at=later)
    for person in (teacher, observer):
        services.agree(person, lesson, services.fresh(lesson.sheet).version)
    lesson.agreements.update(at=later + dt.timedelta(hours=1))


def invite_guest(person, lesson, partnership, today):
    """A colleague of the school watches the lesson of today."""
    guests = Membership.objects.live().filter(role=Role.GUEST, school=partnership.partner_school)
    for membership in guests.select_related("user"):
        LessonGuest.objects.get_or_create(
            lesson=lesson,
            person=membership.user,
            defaults={"invited_by": person, "until": today + dt.timedelta(days=7)},
        )
