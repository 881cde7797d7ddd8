"""The figures of a programme's money: by stage, school, area and financial year, and what is left of the budget."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from accounts.models import School, User
from funding.amounts import SideAccount
from funding.entitled import Kept, kept_of
from funding.facts import school_of
from funding.figures import ZERO, financial_year, financial_year_words
from funding.models import FundingPlan, Recovery, Stage
from funding.services.releasing import spent
from funding.showing import Part, Sum, bar_of, part_of, sums_of
from funding.standing import PlanStanding, Standing, Word, is_nothing
from papers.templatetags.plain import listed, money


@dataclass(frozen=True)
class StageSum:
    """One stage: the five parts of its money, and the bar that shows them."""

    stage: Stage
    sums: list[Sum]
    bar: dict

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.sums), ZERO)

    @property
    def number(self) -> int:
        return sum(one.number for one in self.sums)

    def number_of(self, part) -> int:
        return next(one.number for one in self.sums if one.part == part)


@dataclass(frozen=True)
class HeldBack:
    """What of one stage is held back, and for whom."""

    stage: Stage
    amount: Decimal
    number: int
    schools: list[str]  # each once; of many the first, and how many more there are


SHOWN = 8


def held_back(standing: PlanStanding) -> list[HeldBack]:
    found = []
    for stage in standing.facts.stages:
        rows = [row for row in standing.of(stage=stage) if part_of(row) == Part.HELD and not is_nothing(row)]
        names = list(dict.fromkeys(row.school.name for row in rows))
        if more := len(names[SHOWN:]):
            names[SHOWN:] = [f"{more} more"]
        if rows:
            found.append(HeldBack(stage, sum((row.amount for row in rows), ZERO), len(rows), names))
    return found


def heads(plan: FundingPlan, sums: list[Sum]) -> list[tuple[Sum, str]]:
    """Each part with whoever acts next on what is in it."""
    organisation = plan.programme.organisation
    acts = {}
    for part, action in ((Part.APPROVAL, "releases.approve"), (Part.FINANCE, "payments.authorise")):
        if any(one.number for one in sums if one.part == part):
            acts[part] = listed([str(person) for person in User.objects.holding(action, organisation)], "or")
    return [(one, acts.get(one.part, "")) for one in sums]


@dataclass(frozen=True)
class Budget:
    """What is promised to somebody already, what the rest of the year needs, and what stays free."""

    whole: Decimal
    spent: Decimal  # less what was paid back
    to_come: Decimal
    back: Decimal = ZERO  # paid back by schools

    @property
    def approved(self) -> Decimal:
        """What is approved, with finance or paid, as the releases say."""
        return self.spent + self.back

    @property
    def left(self) -> Decimal:
        return self.whole - self.spent

    @property
    def free(self) -> Decimal:
        return self.left - self.to_come

    @property
    def missing(self) -> Decimal:
        """What the year needs beyond the budget."""
        return max(-self.free, ZERO)


def budget_of(plan: FundingPlan, standing: PlanStanding) -> Budget:
    to_come = sum((row.amount for row in standing.rows if row.release.is_open), ZERO)
    return Budget(plan.budget, spent(plan), to_come, all_of(standing).kept.paid_back)


def together(standing: PlanStanding) -> Kept:
    """Of all schools of a plan, counted as each of their statements counts."""
    return all_of(standing).kept


def of_programme(plan: FundingPlan, standing: PlanStanding) -> dict:
    stages = []
    for stage in standing.facts.stages:
        sums = sums_of(standing.of(stage=stage))
        stages.append(StageSum(stage, sums, bar_of(sums, width=132, height=10)))
    whole = sums_of(standing.rows)
    due = [row for row in standing.rows if part_of(row) == Part.HELD and not is_nothing(row)]
    return {
        "stages": stages,
        "sums": whole,
        "heads": heads(plan, whole),
        "held_back": held_back(standing),
        "unpayable": unpayable(standing),
        "stopped": [row for row in standing.rows if row.is_stopped and part_of(row) != Part.HELD],
        "total": sum((one.amount for one in whole), ZERO),
        "bar": bar_of(whole),
        "together": together(standing).lines,
        "budget": budget_of(plan, standing),
        "waiting": len([row for row in standing.rows if row.is_ready and not is_nothing(row)]),
        "held": len(due),
        "years": (years := by_year(standing)),
        "has_back": any(year.back for year in years),
        "areas": by_area(standing),
        "all": all_of(standing),
    }


def unpayable(standing: PlanStanding) -> list[tuple[SideAccount, School]]:
    """The sides to which something is due that no stage is left to pay, with the school of each."""
    found = [account for account in standing.accounts.values() if account.unpayable]
    return [(account, school_of(account.partnership, account.side)) for account in found]


@dataclass
class Year:
    """One financial year, 1 April to 31 March.

    Each release is in one year: paid ones by the day of payment, approved ones by that of their approval, the others by
    their due day. `unpaid` are those approved by its last day that were not paid by then, whatever became of them
    later: the accruals of the year; of one that is not over those that are unpaid today.
    """

    year: int
    is_over: bool
    has_begun: bool
    rows: list[Standing] = field(default_factory=list)
    unpaid: list[Standing] = field(default_factory=list)
    back: Decimal = ZERO  # paid back by schools in it

    @property
    def words(self) -> str:
        return financial_year_words(self.year)

    @property
    def last_day(self) -> dt.date:
        return last_day_of(self.year)

    @property
    def sums(self) -> list[Sum]:
        return sums_of(self.rows)

    @property
    def paid(self) -> Decimal:
        return sum((row.amount for row in self.rows if row.word == Word.PAID), ZERO)

    @property
    def unpaid_total(self) -> Decimal:
        return sum((row.amount for row in self.unpaid), ZERO)

    @property
    def to_come(self) -> Decimal:
        return sum((row.amount for row in self.rows if not row.release.is_fixed), ZERO)


def last_day_of(year: int) -> dt.date:
    return dt.date(year + 1, 3, 31)


def day_of(row: Standing) -> dt.date:
    """By which a release belongs to a financial year."""
    release = row.release
    if row.word == Word.PAID:
        return release.paid_on
    return timezone.localdate(release.approved_at) if release.is_fixed else row.stage.due_on


def by_year(standing: PlanStanding) -> list[Year]:
    """From the first year in which something happened to the last in which something is due, none left out."""
    rows = [row for row in standing.rows if not is_nothing(row)]
    back = recovered(standing.facts.plan)
    days = [day_of(row) for row in rows] + [row.ended_on for row in back]
    days += [timezone.localdate(row.release.approved_at) for row in rows if row.release.is_fixed]
    if not days:
        return []
    this = financial_year(standing.facts.today)
    years = [
        Year(year, is_over=year < this, has_begun=year <= this)
        for year in range(financial_year(min(days)), financial_year(max(days)) + 1)
    ]
    for year in years:
        year.rows = [row for row in rows if financial_year(day_of(row)) == year.year]
        year.back = sum((row.amount for row in back if financial_year(row.ended_on) == year.year), ZERO)
        if year.has_begun:
            year.unpaid = [row for row in rows if row.amount and is_unpaid_on(row, year.last_day)]
    return years


def is_unpaid_on(row: Standing, day: dt.date) -> bool:
    """Whether it was approved by this day and not paid by then."""
    release = row.release
    if not release.is_fixed or timezone.localdate(release.approved_at) > day:
        return False
    return release.paid_on is None or release.paid_on > day


def recovered(plan: FundingPlan) -> list[Recovery]:
    return list(plan.recoveries.filter(state=Recovery.State.RECOVERED).select_related("school", "stage", "partnership"))


@dataclass
class Group:
    """The money of one school, one area, or all: how its releases stand, and what of it is kept."""

    of: object
    rows: list[Standing] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    moved: Decimal = ZERO  # what its releases pay less for another group; below nothing what others' pay less for it

    @property
    def entitled(self) -> Decimal:
        """The same whether what is asked back is paid back or set against a release of another group."""
        return self.kept.entitled + self.moved

    @property
    def moved_words(self) -> str:
        if not self.moved:
            return ""
        amount = money(abs(self.moved))
        return f"and {amount} set off here for another area" if self.moved > 0 else f"less {amount} set off elsewhere"

    @property
    def sums(self) -> list[Sum]:
        return sums_of(self.rows)

    @property
    def kept(self) -> Kept:
        return kept_of(self.rows, self.recoveries)


def all_of(standing: PlanStanding) -> Group:
    """What all groups come to together."""
    return Group("All schools", standing.rows, standing.facts.recoveries)


def by_school(standing: PlanStanding) -> list[Group]:
    return sorted(grouped(standing, lambda row: row.school), key=lambda one: (one.of.name, one.of.urn))


def by_area(standing: PlanStanding) -> list[Group]:
    found = {one.of: one for one in grouped(standing, area_of)}
    rows = {row.release.pk: row for row in standing.rows}
    for recovery in standing.facts.recoveries:
        if (row := rows.get(recovery.offset_in_id)) and area_of(row) != area_of(recovery):
            found[area_of(row)].moved += recovery.amount
            found[area_of(recovery)].moved -= recovery.amount
    return [found[name] for name in sorted(found)]


def area_of(row) -> str:
    return str(row.partnership.area or "No area")


def grouped(standing: PlanStanding, of) -> list[Group]:
    """Releases and recoveries alike stand with their school, and with the area of their partnership. What is set
    against a release is always one of the same school."""
    found = {}
    for row in standing.rows:
        if not is_nothing(row):
            found.setdefault(of(row), Group(of(row))).rows.append(row)
    for row in standing.facts.recoveries:
        found.setdefault(of(row), Group(of(row))).recoveries.append(row)
    return list(found.values())
