"""How the money of each partnership stands, in a few words: for lists that have no room and no need for amounts."""

from dataclasses import dataclass

from funding.facts import SIDES, Facts, facts_of
from funding.models import FundingPlan, Release, Stage
from funding.reasons import check
from funding.showing import Part
from funding.stopped import NO_PAYEE, REJECTED, UNCONFIRMED

Condition = Stage.Condition
WAITS_FOR = {
    Condition.AGREEMENT: "waits for signatures",
    Condition.DATA: "waits for grades",
    Condition.VISITS: "waits for visit records",
    Condition.EVIDENCE: "waits for evidence",
    "pause": "waits while paused",
}
LABELS = {
    Part.HELD: "Waits for what is missing",
    Part.APPROVAL: "Waits for approval",
    Part.FINANCE: "Waits for finance",
    Part.PAID: "Paid as far as it is due",
    Part.LATER: "Nothing due yet",
}
OF_STATE = {
    Release.State.APPROVED: (Part.FINANCE, "approved, finance pays"),
    Release.State.AUTHORISED: (Part.FINANCE, "sent to finance"),
    Release.State.PAID: (Part.PAID, "paid"),
}
OF_STOP = {  # approved, and somebody has to act before finance can pay
    REJECTED: "payment rejected, finance looks at the payee",
    NO_PAYEE: "approved, finance enters the payee",
    UNCONFIRMED: "approved, a second person confirms the payee",
}
URGENCY = [Part.HELD, Part.APPROVAL, Part.FINANCE, Part.PAID]


@dataclass(frozen=True)
class Brief:
    """Of the stages that are due the one in which somebody has to act first; else the last that was paid, or the next
    to come."""

    stage: Stage
    part: str
    words: str

    @property
    def is_held(self):
        """Whether somebody has to act before it goes its way."""
        return self.part == Part.HELD or self.words in OF_STOP.values()


def briefs_of(plan: FundingPlan, partnerships=None, today=None) -> dict[int, Brief]:
    """By partnership, of those that get money. Reads what conditions hang on and no amounts, so it costs little."""
    facts = facts_of(plan, partnerships, today, sums=False)
    paid_sides = [side for side in SIDES if any(item.worth(side, plan.rate) for item in facts.items)]
    found = {}
    for partnership in facts.partnerships.values():
        releases = [row for side in paid_sides for row in facts.releases_of(partnership, side) if row is not None]
        if releases:
            found[partnership.pk] = brief_of(facts, releases)
    return found


def brief_of(facts: Facts, releases) -> Brief:
    due = [row for row in releases if row.is_fixed or row.stage.due_on <= facts.today]
    if not due:
        following = min(releases, key=lambda row: row.stage.due_on).stage
        return Brief(following, Part.LATER, f"due {following.due_on:%-d %b}")
    said = [(row.stage, *standing_in_words(facts, row)) for row in due]
    for part in URGENCY[:-1]:
        if own := [(stage, words) for stage, found, words in said if found == part]:
            stage, words = min(own, key=lambda one: (one[1] not in OF_STOP.values(), one[0].due_on))
            return Brief(stage, part, words)
    stage, part, words = max(said, key=lambda one: one[0].due_on)
    return Brief(stage, part, words)


def standing_in_words(facts: Facts, release: Release) -> tuple[str, str]:
    is_held = any(hold.ended_at is None for hold in release.holds.all())
    if is_held and release.state in {Release.State.OPEN, Release.State.APPROVED}:
        return Part.HELD, "is on hold"
    if (stop := facts.stops.get(release.pk)) and stop.kind:
        return Part.FINANCE, OF_STOP[stop.kind]
    if release.is_fixed:
        return OF_STATE[release.state]
    missing, _ = check(facts, release)
    if missing:
        return Part.HELD, WAITS_FOR[missing[0].condition]
    return Part.APPROVAL, "waits for approval"
