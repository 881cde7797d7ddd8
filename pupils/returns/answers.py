"""What a text in a grade's box means: a grade of the scale, a reason why there is none, or neither."""

from dataclasses import dataclass

from programmes.models import Programme
from pupils import scales
from pupils.models import Assessment, Grade

Reason = Assessment.Reason
# Those that a teacher gives. That a partnership has ended is no answer of theirs.
REASONS = (Reason.ABSENT, Reason.LEFT, Reason.NOT_ENROLLED, Reason.NOT_REQUIRED)
SPELLINGS = {
    **{scales.plain(spelling): reason for reason in REASONS for spelling in (reason.value, reason.label)},
    **dict.fromkeys(["a", "ab", "abs", "away"], Reason.ABSENT),
    **dict.fromkeys(["moved", "gone"], Reason.LEFT),
    **dict.fromkeys(["notenrolled", "notyetenrolled", "notonroll"], Reason.NOT_ENROLLED),
    **dict.fromkeys(["n/r", "notneeded"], Reason.NOT_REQUIRED),
}


@dataclass(frozen=True)
class Answer:
    """`text` as it was typed. With a grade or a reason it is in; without either it is empty, or not understood."""

    text: str = ""
    grade: Grade | None = None
    reason: str = ""

    @property
    def is_in(self):
        return self.grade is not None or bool(self.reason)

    @property
    def is_unclear(self):
        return bool(self.text.strip()) and not self.is_in

    @property
    def words(self):
        """The grade's code, or the reason in words."""
        return self.grade.code if self.grade else Reason(self.reason).label if self.reason else ""


def grades_of(programme: Programme) -> dict[str, Grade]:
    """The grades of the programme's scale by code, from the lowest to the highest."""
    rows = Grade.objects.filter(scale__name=programme.scale).select_related("scale").order_by("position")
    return {grade.code: grade for grade in rows}


def answer_of(text: str, scale: str, grades: dict[str, Grade]) -> Answer:
    """What was typed, understood whatever its case and spacing. A grade comes before a reason of the same spelling."""
    if grade := grades.get(scales.find(scale, text)):
        return Answer(text, grade=grade)
    reason = SPELLINGS.get(scales.plain(scales.unwrapped(text).lstrip("-\N{EN DASH}")), "")
    return Answer(text, reason=reason)


BLANKS = {"na", "n/a", "nil", "none", "-", "--", "---", "\N{EN DASH}", "\N{EM DASH}"}


def is_blank(text: str) -> bool:
    """Whether a cell of a spreadsheet says that there is nothing in it."""
    return not text.strip() or scales.unwrapped(text).casefold() in BLANKS


def is_on(scale: str, row: Assessment) -> bool:
    """Whether what was submitted is no grade of another scale than the one of this name."""
    return row.grade is None or row.grade.scale.name == scale


def said_of(row: Assessment, scale: str) -> str:
    """What was submitted in words, a grade of another scale than the one of this name with its own beside it."""
    return row.grade.said_on(scale) if row.grade else answer_from(row).words


def former_scales(programme: Programme) -> list[str]:
    """On which the programme assessed before, the latest first."""
    rows = programme.expectation_changes.filter(before__has_key="scale").values_list("before__scale", flat=True)
    return [name for name in dict.fromkeys(rows) if name != programme.scale]


def former_words(text: str, former: list[str]) -> str:
    """That the text is a grade of a scale of before, as a sentence; empty where it is none."""
    name = next((name for name in former if scales.find(name, text)), None)
    title = name and scales.description(name)["title"]
    return f"“{text.strip()}” is a grade of {title}, on which this programme assesses no more." if name else ""


def answer_from(assessment: Assessment) -> Answer:
    """What was submitted, as it would be typed."""
    given = Answer(grade=assessment.grade, reason=assessment.reason)
    return Answer(given.words, assessment.grade, assessment.reason)


def excused(reason: str) -> Answer:
    """No grade is asked for: of a place that has not begun yet, or has ended."""
    return Answer("", reason=reason)
