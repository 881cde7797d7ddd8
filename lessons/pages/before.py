"""What the lessons before hand on to the plan of a lesson."""

from dataclasses import dataclass, field

from lessons.boxes import HANDED_ON
from lessons.models import Note

LABELS = dict(zip(HANDED_ON, ["Adjust", "Next time"], strict=True))


@dataclass
class Before:
    """`number` is the lesson whose discussion says what to change, `plan` the one whose plan can be taken over."""

    number: int = 0
    words: list[tuple] = field(default_factory=list)  # (label, text)
    plan: int = 0
    waits: list = field(default_factory=list)  # who has not agreed yet that these are the group's words

    @property
    def text(self):
        return "\n\n".join(text for _, text in self.words)


def before(lesson) -> Before:
    rows = Note.objects.filter(
        sheet__research_lesson__study=lesson.study_id,
        sheet__research_lesson__number__lt=lesson.number,
        field__regex=r"^(talk-(adjust|next)|stage-[0-9]+-name)$",
    ).exclude(text="")
    found, last = Before(), lesson_before(lesson)
    rows = rows.order_by("-sheet__research_lesson__number", "field")
    for name, text, number in rows.values_list("field", "text", "sheet__research_lesson__number"):
        if name in LABELS and number == last:
            found.number = number
            found.words.append((LABELS[name], text))
        elif name not in LABELS:
            found.plan = found.plan or number
    if found.words:
        found.waits = not_agreed(lesson.study, found.number)
    return found


def not_agreed(study, number) -> list:
    """The members who have not agreed to the discussion of this lesson, as its words stand now."""
    lesson = study.research_lessons.with_agreements().get(number=number)
    agreed = {agreement.person_id for agreement in lesson.agreements.all() if agreement.version >= lesson.talked}
    return [person for person in study.current_members if person.pk not in agreed]


def lesson_before(lesson):
    """The number of the last one before it that is not cancelled; none for the first."""
    rows = lesson.study.research_lessons.standing().filter(number__lt=lesson.number)
    return rows.order_by("-number").values_list("number", flat=True).first()
