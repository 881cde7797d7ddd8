"""The interviews of the case pupils after a lesson, as one reader sees them."""

from dataclasses import dataclass

from desks.boxes import Box, boxes_from
from lessons.boxes import INTERVIEW, VERBATIM
from lessons.models import CasePupil, Note, ResearchLesson
from lessons.pages.sheet import why_not_read
from lessons.pages.studies import Reader, initials_of, reader_of

PROMPTS = "|".join(name for name, _ in INTERVIEW)
MOST_MINUTES = 5


@dataclass
class Answer:
    """What a pupil said to one prompt, and whether it stands there in the pupil's own words."""

    words: Box
    verbatim: Box

    @property
    def is_verbatim(self):
        return bool(self.verbatim.text)


@dataclass
class Interview:
    case_pupil: CasePupil
    initials: str  # empty for whoever may not see them
    answers: list[Answer]
    by: Box
    at: Box

    @property
    def letter(self):
        return self.case_pupil.letter

    @property
    def is_held(self):
        return any(answer.words.text.strip() for answer in self.answers)

    @property
    def boxes(self):
        return [box for answer in self.answers for box in (answer.words, answer.verbatim)] + [self.by, self.at]


@dataclass
class InterviewsPage:
    lesson: ResearchLesson
    me: Reader
    interviews: list[Interview]

    @property
    def boxes(self):
        return [box for interview in self.interviews for box in interview.boxes]


def interviews_page(person, lesson) -> InterviewsPage:
    study = lesson.study
    notes = {note.field: note for note in lesson.sheet.notes.filter(field__startswith="interview-")}
    marks = initials_of(person, study.partnership)
    names = [str(one) for one in people_there(lesson)]
    return InterviewsPage(
        lesson=lesson,
        me=reader_of(person, study),
        interviews=[
            interview_of(one, notes, marks.get(one.place_id, ""), names)
            for one in study.case_pupils.select_related("place")
        ],
    )


def interview_of(case_pupil, notes, initials="", names=()) -> Interview:
    letter = case_pupil.letter
    box, start = boxes_from(notes), f"interview-{letter}-"
    by = box(f"{start}by", f"Who talked with {letter}", kind="choice")
    by.choices = [("", "Not said")] + [(name, name) for name in dict.fromkeys([*names, by.text]) if name]
    at = box(f"{start}at", "When", kind="line")
    at.error = why_not_read(at.field, at.text)
    return Interview(
        case_pupil=case_pupil,
        initials=initials,
        answers=[
            Answer(
                box(f"{start}{name}", prompt.format(letter=letter), lines=2),
                box(f"{start}{name}{VERBATIM}", f"Word for word as {letter} said it", kind="tick"),
            )
            for name, prompt in INTERVIEW
        ],
        by=by,
        at=at,
    )


def people_there(lesson):
    """Who may have talked with a pupil: the members, and the guests of the lesson."""
    return [*lesson.study.current_members, *(guest.person for guest in lesson.guests.select_related("person"))]


def interviews_held(lesson) -> str:
    """ ", 1 of 3": how many of the case pupils somebody has talked with."""
    pattern = rf"^interview-[A-F]-({PROMPTS})$"
    rows = Note.objects.filter(sheet=lesson.sheet_id, field__regex=pattern).exclude(text="")
    pupils = lesson.study.case_pupils.values_list("letter", flat=True)
    held = {field.split("-")[1] for field in rows.values_list("field", flat=True)}
    return f", {len(held & set(pupils))} of {len(pupils)}" if pupils else ""
