"""How a visit is drawn in the year planner: what it is, how it stands, and who has to act, in text and in shape."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.urls import reverse

from papers.templatetags.plain import listed, longday
from visits.models import Half, Visit

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
    NONE = "none"
    WAIT = "wait"
    CONFIRMED = "confirmed"
    DONE = "done"


WORDS = {
    State.MOVE: "Must move",
    State.RECORD: "Record missing",
    State.NONE: "No half-day yet",
    State.WAIT: "Waiting for a reply",
    State.CONFIRMED: "Confirmed",
    State.DONE: "Signed off",
}
BADGES = {State.MOVE: "\N{MULTIPLICATION SIGN}", State.RECORD: "!", State.WAIT: "?"}


@cache
def addresses() -> tuple[str, str]:
    """Where visits have their pages, and where half-days are chosen: asked once, not for each of two thousand."""
    return reverse("visits:list"), reverse("planner:half_day", args=["-"]).removesuffix("-/")


@dataclass(frozen=True)
class Chip:
    """One visit: `lines` are what stands below its code, `words` the whole of it in a sentence."""

    slug: str
    code: str
    state: State
    lines: tuple[str, ...]
    words: str
    is_round: bool
    visit: Visit | None
    may_move: bool = False
    is_chosen: bool = False

    @property
    def url(self) -> str:
        """Where a half-day is chosen; of one that is over its own page."""
        is_over = self.state in {State.DONE, State.RECORD} or (self.visit and self.visit.recorded_at)
        visit, half_day = addresses()
        return f"{visit}{self.visit.pk}/" if is_over else f"{half_day}{self.slug}/"

    @property
    def badge(self):
        return BADGES.get(self.state, "")


def state_of(asked, today, clash="", proposed=None) -> tuple[State, str]:
    """How it stands, and the words that say who has to act. `clash` is why its half-day no longer holds."""
    visit = asked.visit
    if visit is None:
        return State.NONE, "no half-day yet"
    if visit.signed_off_at:
        return State.DONE, "signed off"
    if visit.recorded_at:
        return State.WAIT, "recorded, waiting for both signatures"
    if visit.on < today or visit.status == Visit.Status.TOOK_PLACE:
        return State.RECORD, "record missing"
    if clash:
        return State.MOVE, f"must move: {clash}"
    if proposed is not None:
        when = f"{longday(proposed.on)}, {Half(proposed.half).label}"
        return State.WAIT, f"{proposed.by} proposes {when}"
    teachers = {someone.pk for someone in asked.partnership.teachers}
    waiting = [b.person for b in asked.booked if b.confirmed_at is None and b.person_id in teachers]
    if waiting:
        return State.WAIT, f"waiting for {listed(waiting)} to confirm"
    return State.CONFIRMED, "confirmed"


def chip_of(asked, today, *, clash="", proposed=None, wide=False, may_move=False, chosen="") -> Chip:
    visit = asked.visit
    state, words = state_of(asked, today, clash, proposed)
    where = asked.partnership.partner_school
    if visit is None:
        lines, when = ("no", "day"), ""
    else:
        day = f"{visit.on:%a} {visit.on.day}" if wide else f"{visit.on:%a}"
        lines = (day, "✓" if state == State.DONE else visit.half)
        when = f", {visit.on:%A %-d %B}, {visit.get_half_display()}"
    return Chip(
        slug=asked.slug,
        code=asked.code,
        state=state,
        lines=lines,
        words=f"{asked.title}, {where}{when}: {words}",
        is_round=asked.host != where or asked.kind == Visit.Kind.RECIPROCAL,
        visit=visit,
        may_move=may_move and visit is not None and visit.is_planned and visit.on >= today,
        is_chosen=asked.slug == chosen,
    )
