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
    return found


def lesson_before(lesson):
    """The number of the last one before it that is not cancelled; none for the first."""
    rows = lesson.study.research_lessons.standing().filter(number__lt=lesson.number)
    return rows.order_by("-number").values_list("number", flat=True).first()
