"""The arithmetic of results: places in, blocks out. Whole numbers and Decimal only, never a binary float.

The unit is a place, one pupil in one subject. A place counts in a result when both its first and its last data point
have a grade (it is matched). Percentages are whole, half up; means have one decimal, ties away from zero.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")
TWO_SCALES = "two scales"


class TwoScales(ValueError):
    """A gain across two scales is undefined."""


@dataclass(frozen=True, slots=True)
class GradeValue:
    """A grade as arithmetic needs it: its place in the order of its scale, and its points where the scale has them."""

    code: str
    scale: int
    position: int
    points: int | None


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """One place with what its programme asks of it. `met_from` and `exceeded_from` are positions on the scale.

    A reason says why a grade is missing: one of Assessment.Reason, or "" where nothing was given. `scale` is that of
    the programme, where it is known: what is expected means nothing for a grade on another one.
    """

    place: int
    pupil: int
    partnership: int
    school: int
    subject: str
    year_group: int
    area: str
    first: GradeValue | None
    last: GradeValue | None
    first_reason: str
    last_reason: str
    met_from: int | None
    exceeded_from: int | None
    expected_points: Decimal | None
    sex: str = ""
    pupil_premium: str = "U"
    sen: str = "N"
    eal: str = "U"
    scale: int | None = None

    @property
    def band(self) -> str:
        """Where the place stood against what is expected of its year at the first data point; "" where none can say."""
        if self.met_first is None:
            return ""
        if not self.met_first:
            return "below"
        return "above" if self._reaches(self.first, self.exceeded_from) else "at"

    @property
    def matched(self) -> bool:
        return self.first is not None and self.last is not None

    @property
    def gain(self) -> int | None:
        """Points from the first to the last data point; None where one is missing or the scale has no points."""
        if not self.matched:
            return None
        if self.first.scale != self.last.scale:
            raise TwoScales(two_scales_words(self.place))
        if self.is_off(self.first):
            raise TwoScales(off_scale_words(self.place))
        if self.first.points is None or self.last.points is None:
            return None
        return self.last.points - self.first.points

    @property
    def above(self) -> bool | None:
        """Whether the gain is strictly greater than expected; None where either is not defined."""
        if self.expected_points is None or self.gain is None:
            return None
        return self.gain > self.expected_points

    @property
    def met_first(self) -> bool | None:
        return self._reaches(self.first, self.met_from)

    @property
    def met(self) -> bool | None:
        return self._reaches(self.last, self.met_from)

    @property
    def exceeded(self) -> bool | None:
        return self._reaches(self.last, self.exceeded_from)

    def is_off(self, grade: GradeValue | None) -> bool:
        """Whether the grade is on another scale than that of the programme."""
        return grade is not None and self.scale is not None and grade.scale != self.scale

    def _reaches(self, grade, from_position):
        if grade is None or from_position is None or self.is_off(grade):
            return None
        return grade.position >= from_position


def two_scales_words(place: int) -> str:
    return f"place {place} has its first and its last grade on two scales"


def off_scale_words(place: int) -> str:
    return f"place {place} has its grades on another scale than its programme"


def percent(part: int, whole: int) -> int | None:
    """Whole per cent, half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def mean(values: list[int]) -> Decimal | None:
    """One decimal, ties away from zero, and never -0.0; None of nothing."""
    return mean_of(sum(values), len(values)) if values else None


def mean_of(total: int, n: int) -> Decimal:
    return (Decimal(total) / n).quantize(TENTH, ROUND_HALF_UP) + 0


@dataclass(frozen=True, slots=True)
class Share:
    """`of` counted places out of `n`. `of` is None where the answer is hidden, or where the question does not apply."""

    of: int | None
    n: int
    hidden: bool = False

    @property
    def pct(self) -> int | None:
        return None if self.of is None else percent(self.of, self.n)


@dataclass(frozen=True, slots=True)
class Block:
    """What is known of a set of places. `n` counts the matched ones, `pupils` the different pupils among them."""

    places: int
    n: int
    pupils: int
    missing_first: int
    missing_final: int
    first_reasons: Counter
    final_reasons: Counter
    met_first: Share
    met: Share
    exceeded: Share
    above: Share
    mean_points: Decimal | None
    mean_hidden: bool = False

    @property
    def hidden(self) -> bool:
        """Whether any of its answers is hidden."""
        shares = (self.met_first, self.met, self.exceeded, self.above)
        return self.mean_hidden or any(share.hidden for share in shares)

    @property
    def missing(self) -> int:
        return self.missing_first + self.missing_final


def block(facts: Iterable[PlaceFacts]) -> Block:
    """The block of these places. A question that one of its places cannot answer is not answered for the block.

    Where no place is matched yet, what the question asks for (`limit`) says whether it can be answered at all.
    """
    facts = list(facts)
    matched = [place for place in facts if place.matched]
    n = len(matched)

    def share(answer: str, limit: str) -> Share:
        answers = [getattr(place, answer) for place in matched]
        applies = None not in (answers or [getattr(place, limit) for place in facts])
        return Share(sum(answers) if applies else None, n)

    gains = [place.gain for place in matched]
    without_last = [place for place in facts if place.last is None]
    without_first = [place for place in facts if place.last is not None and place.first is None]
    return Block(
        places=len(facts),
        n=n,
        pupils=len({place.pupil for place in matched}),
        missing_first=len(without_first),
        missing_final=len(without_last),
        first_reasons=Counter(place.first_reason for place in without_first),
        final_reasons=Counter(place.last_reason for place in without_last),
        met_first=share("met_first", "met_from"),
        met=share("met", "met_from"),
        exceeded=share("exceeded", "exceeded_from"),
        above=share("above", "expected_points"),
        mean_points=None if None in gains else mean(gains),
    )


def set_apart(facts: Iterable[PlaceFacts]) -> tuple[list[PlaceFacts], int]:
    """The facts for pages and reports, where no grade counts that is on another scale than that of the programme, and
    how many places that leaves out.

    Such a grade is taken out, with TWO_SCALES as the reason. Where the scale of the programme is not known, the last
    grade is taken out of a place with grades on two scales.
    """
    made, found = [], 0
    for place in facts:
        before = place
        if place.is_off(place.first):
            place = replace(place, first=None, first_reason=TWO_SCALES)
        if place.is_off(place.last):
            place = replace(place, last=None, last_reason=TWO_SCALES)
        if place.matched and place.first.scale != place.last.scale:
            place = replace(place, last=None, last_reason=TWO_SCALES)
        made.append(place)
        found += place is not before
    return made, found


def split(facts: Iterable[PlaceFacts], key: Callable[[PlaceFacts], object]) -> dict:
    """The block of each group, in the order of the keys; a group only where it has a place."""
    groups = {}
    for place in facts:
        groups.setdefault(key(place), []).append(place)
    return {name: block(groups[name]) for name in sorted(groups)}
