"""How each release stands, worked out from what is true now: nothing here is stored, so nothing is ever behind."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices

from funding.amounts import OF_SHARES, Line, SideAccount, account_of
from funding.facts import SIDES, Facts, facts_of, school_of
from funding.figures import ZERO
from funding.models import FundingPlan, Hold, Release, ReleaseLine, Stage
from funding.reasons import Met, Reason, check
from funding.stopped import Stop
from programmes.models import Partnership


class Word(TextChoices):
    """The states of a release, in the order in which it goes through them."""

    NOT_DUE = "not due", "Not due yet"
    AWAITING = "awaiting", "Waiting for what is missing"
    READY = "ready", "Ready to be approved"
    APPROVED = "approved", "Approved, waiting for finance to pay"
    AUTHORISED = "authorised", "With the finance system"
    PAID = "paid", "Paid"
    VOIDED = "voided", "Not paid any more"


@dataclass
class Standing:
    """One release with all that a page, a PDF or an approval asks of it."""

    release: Release
    word: str
    amount: Decimal
    lines: list[Line]
    missing: list[Reason] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)
    hold: Hold | None = None
    data_return: object = None
    stop: Stop | None = None  # of one that is approved: why it cannot be paid yet

    @property
    def stage(self) -> Stage:
        return self.release.stage

    @property
    def partnership(self) -> Partnership:
        return self.release.partnership

    @property
    def side(self):
        return self.release.side

    @property
    def school(self):
        return self.release.school if self.release.school_id else school_of(self.partnership, self.side)

    @property
    def waivers(self):
        return list(self.release.waivers.all())

    @property
    def is_of_parts(self) -> bool:
        """Whether its amount is more than one share of what is required."""
        return len(self.lines) > 1 or any(line.kind != ReleaseLine.Kind.SHARE for line in self.lines)

    @property
    def is_ready(self):
        """Whether it may be approved: a hold stops it, though nothing else is missing."""
        return self.word == Word.READY and self.hold is None

    @property
    def is_stopped(self) -> bool:
        """Whether it is approved, and cannot be paid before somebody has done something."""
        return self.word == Word.APPROVED and bool(self.stop and self.stop.kind)

    @property
    def label(self):
        return Word(self.word).label

    @property
    def entered_by(self) -> list:
        """Whoever entered grades of the data behind it or submitted it, each once: they cannot approve it."""
        row = self.data_return
        if row is None:
            return []
        people = [entry.user for entry in row.entries.all()] + [row.submitted_by]
        return list(dict.fromkeys(person for person in people if person))

    @property
    def barred(self) -> list:
        """Everybody who cannot approve it, because of the data or a waiver."""
        return list(dict.fromkeys([*self.entered_by, *(waiver.by for waiver in self.waivers)]))


@dataclass
class PlanStanding:
    """Every release of a plan, and the accounts they come from."""

    facts: Facts
    rows: list[Standing]
    accounts: dict[tuple, SideAccount]

    def of(self, *, stage=None, school=None, word=None) -> list[Standing]:
        return [
            row
            for row in self.rows
            if (stage is None or row.stage.pk == stage.pk)
            and (school is None or row.school.pk == school.pk)
            and (word is None or row.word == word)
        ]


def standing_of(plan: FundingPlan, partnerships=None, today=None) -> PlanStanding:
    """Of all partnerships, or of these (keys), in the same number of queries."""
    facts = facts_of(plan, partnerships, today)
    rows, accounts = [], {}
    for partnership in facts.partnerships.values():
        for side in SIDES:
            account = accounts[partnership.pk, side] = account_of(facts, partnership, side)
            releases = facts.releases_of(partnership, side)
            for release, lines, amount in zip(releases, account.lines, account.amounts, strict=True):
                if release is not None:
                    rows.append(row_of(facts, release, lines, amount))
    order = {stage.pk: number for number, stage in enumerate(facts.stages)}
    rows.sort(key=lambda row: (order[row.stage.pk], row.partnership.ref, row.side != SIDES[0]))
    return PlanStanding(facts, rows, accounts)


def row_of(facts, release, lines, amount) -> Standing:
    held = next((hold for hold in release.holds.all() if hold.ended_at is None), None)
    data = None
    if release.stage.data_point_id and "data" in release.stage.conditions:
        data = facts.returns.get((release.partnership_id, release.stage.data_point_id))
    if release.is_fixed:
        stop = facts.stops.get(release.pk)
        return Standing(release, release.state, release.amount, lines, hold=held, data_return=data, stop=stop)
    missing, met = check(facts, release)
    is_due = release.stage.due_on <= facts.today
    word = (Word.AWAITING if missing else Word.READY) if is_due else Word.NOT_DUE
    return Standing(release, word, amount, lines, missing, met, held, data)


def is_nothing(row: Standing) -> bool:
    """An open release that comes to nothing, as it has no line, or as earlier stages have paid its share: there is
    nothing to approve, and nothing in it that an approval would settle."""
    return row.release.is_open and row.amount == ZERO and all(line.kind in OF_SHARES for line in row.lines)
