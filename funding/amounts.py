"""What each stage comes to for one side of a partnership: shares of the required items, adjustments, and what is beside
them. What was approved stays; what changed since is paid or taken in the stages that are open."""

from dataclasses import dataclass, field
from decimal import Decimal

from funding.facts import Facts
from funding.figures import ZERO, adjustments, planned_by_stage, pounds
from funding.models import PlanItem, Release, ReleaseLine
from papers.templatetags.plain import money
from programmes.models import Partnership

Kind = ReleaseLine.Kind
OF_SHARES = {Kind.SHARE, Kind.ADJUSTMENT}


@dataclass(frozen=True)
class Line:
    """One line of what a release pays, as it is kept once it is approved."""

    kind: str
    words: str
    amount: Decimal
    half_days: int | Decimal | None = None
    source: str = ""
    item: PlanItem | None = None
    record: object = None


@dataclass
class SideAccount:
    """The money of one side of a partnership. `lines` by stage; of a fixed stage those that were approved."""

    partnership: Partnership
    side: str
    required: Decimal  # what its required items come to by now
    planned: list[Decimal]  # the same by stage
    lines: list[list[Line]] = field(default_factory=list)
    left_over: Decimal = ZERO  # what no open stage can pay, or (below nothing) take back
    unplaced: Decimal = ZERO  # extras that no release pays and no stage is left for

    @property
    def unpayable(self) -> Decimal:
        """What is due to this side and can be paid by no stage, as all of them are paid."""
        return max(self.left_over, ZERO) + self.unplaced

    @property
    def amounts(self) -> list[Decimal]:
        return [sum((line.amount for line in lines), ZERO) for lines in self.lines]


def account_of(facts: Facts, partnership: Partnership, side) -> SideAccount:
    releases = facts.releases_of(partnership, side)
    has_folded = partnership.status == Partnership.Status.FOLDED
    half_days, required = required_of(facts, partnership, side)
    planned = planned_of(facts, partnership, side, required)
    fixed = [paid_of_shares(facts, release) if release and release.is_fixed else None for release in releases]
    if has_folded:
        planned = planned_when_folded(required, fixed, can_pay(releases, has_folded))
    untrue = sum((line.amount for line in facts.untrue.get((partnership.pk, side), ())), ZERO)
    changes, left_over = adjustments(planned, fixed, facts.returned.get((partnership.pk, side), ZERO) - untrue)
    account = SideAccount(partnership, side, required, planned, left_over=left_over)
    for stage, release, plan, change in zip(facts.stages, releases, planned, changes, strict=True):
        if release and release.is_fixed:
            account.lines.append([kept(line) for line in facts.paid_for[release.pk]])
            continue
        lines = []
        if plan:
            part = half_days * stage.share / 100
            words = words_of_used(facts, account) if has_folded else words_of_share(facts, stage, half_days)
            is_known = part and not has_folded and not any(item.stage_id for item in facts.items)
            lines.append(Line(Kind.SHARE, words, plan, tidy(part) if is_known else None))
        if change:
            less = "less" if change > 0 else "more"
            here = "Made good here" if change > 0 else "Taken off here"
            words = f"{here}: earlier stages paid {less} than is due for them as things stand now"
            lines.append(Line(Kind.ADJUSTMENT, words, change))
        account.lines.append(lines)
    place_extras(facts, account, releases)
    take_offsets(facts, account, releases)
    return account


def required_of(facts, partnership, side) -> tuple[int, Decimal]:
    """Half-days and pounds of the required items: of a partnership that has folded, what was used."""
    half_days, amount = 0, ZERO
    for item in facts.items:
        if item.kind == PlanItem.Kind.REQUIRED:
            own = half_days_of(facts, partnership, side, item)
            half_days += own
            amount += own * facts.plan.rate or fixed_amount(facts, partnership, side, item)
    if partnership.status == Partnership.Status.FOLDED:
        half_days += facts.used[partnership.pk, side]
        amount += facts.used[partnership.pk, side] * facts.plan.rate
    return half_days, amount


def half_days_of(facts, partnership, side, item) -> int:
    """Of one required item: of an event what its register says, of a visit what the plan says unless it is given up."""
    if (partnership.pk, item.pk) in facts.not_held:
        return 0
    known = facts.event_half_days.get((partnership.pk, side, item.pk))
    if partnership.status == Partnership.Status.FOLDED:
        return known or 0  # visits are counted as they were used; an event whose register is open was not
    return item.half_days(side) if known is None else known


def fixed_amount(facts, partnership, side, item) -> Decimal:
    if item.half_days(side) or partnership.status == Partnership.Status.FOLDED:
        return ZERO
    return item.worth(side, facts.plan.rate)


def planned_of(facts, partnership, side, required) -> list[Decimal]:
    named = []
    for stage in facts.stages:
        own = [item for item in facts.items if item.stage_id == stage.pk]
        half_days = sum(half_days_of(facts, partnership, side, item) for item in own)
        amounts = sum((fixed_amount(facts, partnership, side, item) for item in own), ZERO)
        named.append(half_days * facts.plan.rate + amounts)
    return planned_by_stage(required, [stage.share for stage in facts.stages], named)


def can_pay(releases, has_folded) -> list[bool]:
    """Whether each stage is open. One without a release gets it, but not of a partnership that has folded."""
    return [not has_folded if release is None else not release.is_fixed for release in releases]


def planned_when_folded(required, fixed, open_ones) -> list[Decimal]:
    """What was used is due at once: what is paid of it stays, and the first open stage pays the rest."""
    planned, left = [], required
    for number, paid in enumerate(fixed):
        is_last_chance = paid is None and all(other is not None for other in fixed[:number])
        part = min(left, paid) if paid is not None else left if is_last_chance and open_ones[number] else ZERO
        planned.append(part)
        left -= part
    if left and None in fixed:
        planned[open_ones.index(True) if True in open_ones else fixed.index(None)] += left
    return planned


def paid_of_shares(facts, release: Release) -> Decimal:
    return sum((line.amount for line in facts.paid_for[release.pk] if line.kind in OF_SHARES), ZERO)


def words_of_used(facts, account) -> str:
    """Of a partnership that has folded: which half-days were used, and what was paid for them before."""
    visits = facts.used[account.partnership.pk, account.side]
    half_days, _ = required_of(facts, account.partnership, account.side)
    paid = sum((sum((line.amount for line in lines if line.kind in OF_SHARES), ZERO) for lines in account.lines), ZERO)
    words = f"Half-days used before the partnership folded: {visits} for visits and {half_days - visits} at events"
    words += f", at {money(facts.plan.rate)}"
    return f"{words}, less {money(paid)} paid before" if paid else words


def words_of_share(facts, stage, half_days) -> str:
    share = f"{stage.share.normalize():f}%"
    number = "1 half-day" if half_days == 1 else f"{half_days} half-days"
    return f"{share} of {number} at \u00a3{facts.plan.rate}" if stage.share else "Items of this stage"


def tidy(half_days: Decimal | None) -> int | Decimal | None:
    """2 and 1.25: whole ones without decimals."""
    if half_days is None:
        return None
    part = pounds(half_days)
    return int(part) if part == int(part) else part.normalize()


def kept(line: ReleaseLine) -> Line:
    return Line(line.kind, line.words, line.amount, tidy(line.half_days), line.source, line.item_id, line.record_id)


def place_extras(facts, account, releases):
    """Each extra that no release pays yet goes into the first open stage on its day or after it, else the last one.

    Of a partnership that has folded a stage is opened for what happened by itself; what somebody records is refused.
    """
    paid = {line.source for release in releases if release for line in facts.paid_for[release.pk] if line.source}
    has_folded = account.partnership.status == Partnership.Status.FOLDED
    open_ones = [number for number, is_open in enumerate(can_pay(releases, has_folded)) if is_open]
    made_open = [number for number, release in enumerate(releases) if has_folded and release is None]
    for extra in facts.extras[account.partnership.pk, account.side]:
        places = open_ones or ([] if extra.record else made_open)
        if extra.source in paid:
            continue
        if not places:
            account.unplaced += ZERO if has_folded else extra.amount
            continue
        later = [number for number in places if facts.stages[number].due_on >= extra.on]
        number = later[0] if later else places[-1]
        account.lines[number].append(
            Line(extra.kind, extra.words, extra.amount, extra.half_days, extra.source, extra.item, extra.record)
        )


def take_offsets(facts, account, releases):
    for number, release in enumerate(releases):
        if release is None or release.is_fixed:
            continue
        for recovery in facts.offsets.get(release.pk, ()):
            words = f"Paid too much before: {recovery.get_reason_display().lower()}"
            account.lines[number].append(Line(Kind.OFFSET, words, -recovery.amount, source=f"recovery {recovery.pk}"))
