"""How a visit is drawn in the year planner: what it is, how it stands, and who has to act, in text and in shape."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.urls import reverse

from visits.models import Visit
from visits.words import standing_of

KINDS = {
    "F": "first visit",
    "L": "lesson study",
    "O": "observation",
    "R": "reciprocal visit",
    "Q": "shadowing, quality assurance",
    "H": "head-to-head",
    "S": "showcase",
}


class State(StrEnum):
    """In the order in which the key names them: what needs an act first."""

    MOVE = "move"
    RECORD = "record"
    AGAINST = "against"
    NONE = "none"
    WAIT = "wait"
    CONFIRMED = "confirmed"
    DONE = "done"


WORDS = {
    State.MOVE: "Must move",
    State.RECORD: "Record missing",
    State.AGAINST: "Against a rule",
    State.NONE: "No half-day yet",
    State.WAIT: "Waiting for a reply",
    State.CONFIRMED: "Confirmed",
    State.DONE: "Signed off",
}
BADGES = {State.MOVE: "\N{MULTIPLICATION SIGN}", State.RECORD: "!", State.AGAINST: "\N{NOT EQUAL TO}", State.WAIT: "?"}


@cache
def addresses() -> tuple[str, str]:
    """Where visits have their pages, and where half-days are chosen: asked once, not for each of two thousand."""
    return reverse("visits:list"), reverse("planner:half_day", args=["-"]).removesuffix("-/")


@dataclass(frozen=True)
class Chip:
    """One visit: `day` and `half` stand below its code, `words` say the whole of it in a sentence."""

    slug: str
    code: str
    state: State
    day: str
    half: str
    words: str
    is_round: bool
    visit: Visit | None
    may_move: bool = False
    may_choose: bool = True
    is_chosen: bool = False
    is_wide: bool = False

    @property
    def url(self) -> str:
        """Where a half-day is chosen; of one that is over, and for whoever chooses none, the page of the visit."""
        is_over = self.state in {State.DONE, State.RECORD} or (self.visit and self.visit.recorded_at)
        visit, half_day = addresses()
        if self.may_choose and not is_over:
            return f"{half_day}{self.slug}/"
        return f"{visit}{self.visit.pk}/" if self.visit else ""

    @property
    def badge(self):
        return BADGES.get(self.state, "")

    @property
    def styles(self) -> str:
        """The classes of its shape: two thousand chips make no choice in the template."""
        also = {"round": self.is_round, "wide": self.is_wide, "chosen": self.is_chosen}
        return " ".join(["ls-chip", f"ls-chip--{self.state}", *(f"ls-chip--{name}" for name in also if also[name])])


AGREED = {"proposed", "wait", "confirmed"}
STATES = {
    "move": State.MOVE,
    "record": State.RECORD,
    "rests": State.WAIT,
    "proposed": State.WAIT,
    "wait": State.WAIT,
    "today": State.CONFIRMED,
    "confirmed": State.CONFIRMED,
}


def state_of(asked, today, clash="", against="") -> tuple[State, str]:
    """How it stands, in the words of every other page. `clash` is why its half-day no longer holds, `against` the rule
    that it stands against."""
    visit = asked.visit
    if visit is None:
        return State.NONE, "No half-day yet"
    standing = standing_of(visit, today, clash)
    if standing.code == "done":
        return (State.DONE, "Signed off") if visit.signed_off_at else (State.WAIT, standing.words)
    if against and standing.code in AGREED:
        return State.AGAINST, f"Against a rule: {against}. {standing.words}"
    return STATES[standing.code], standing.words


def chip_of(asked, today, *, clash="", against="", wide=False, may_move=False, may_choose=True, chosen="") -> Chip:
    visit = asked.visit
    state, words = state_of(asked, today, clash, against)
    where = asked.partnership.partner_school
    if visit is None:
        day, half, when = "no", "day", ""
    else:
        day = f"{visit.on:%a} {visit.on.day}" if wide else f"{visit.on:%a}"
        half = "✓" if state == State.DONE else visit.half
        when = f", {visit.on:%A %-d %B}, {visit.get_half_display()}"
    return Chip(
        slug=asked.slug,
        code=asked.code,
        state=state,
        day=day,
        half=half,
        words=f"{asked.title}, {where}{when}: {words[0].lower()}{words[1:]}",
        is_round=asked.host != where or asked.kind == Visit.Kind.RECIPROCAL,
        visit=visit,
        may_move=may_move and visit is not None and visit.is_planned and visit.on >= today,
        may_choose=may_choose,
        is_chosen=asked.slug == chosen,
        is_wide=wide,
    )
