"""The figures of a programme's money: by stage, school, area and financial year, and what is left of the budget."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from funding.figures import ZERO, financial_year, financial_year_words
from funding.models import FundingPlan, Stage
from funding.services.releasing import spent
from funding.showing import Part, Sum, bar_of, part_of, sums_of
from funding.standing import PlanStanding, Standing, Word, is_nothing


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
class Budget:
    """What is promised to somebody already, what the rest of the year needs, and what stays free."""

    whole: Decimal
    spent: Decimal
    to_come: Decimal

    @property
    def left(self) -> Decimal:
        return self.whole - self.spent

    @property
    def free(self) -> Decimal:
        return self.left - self.to_come


def budget_of(plan: FundingPlan, standing: PlanStanding) -> Budget:
    to_come = sum((row.amount for row in standing.rows if row.release.is_open), ZERO)
    return Budget(plan.budget, spent(plan), to_come)


def of_programme(plan: FundingPlan, standing: PlanStanding) -> dict:
    stages = []
    for stage in standing.facts.stages:
        sums = sums_of(standing.of(stage=stage))
        stages.append(StageSum(stage, sums, bar_of(sums)))
    whole = sums_of(standing.rows)
    due = [row for row in standing.rows if part_of(row) == Part.HELD and not is_nothing(row)]
    return {
        "stages": stages,
        "sums": whole,
        "total": sum((one.amount for one in whole), ZERO),
        "bar": bar_of(whole),
        "budget": budget_of(plan, standing),
        "waiting": len([row for row in standing.rows if row.is_ready and not is_nothing(row)]),
        "held": len(due),
        "years": by_year(standing),
        "areas": by_area(standing),
    }


def by_area(standing: PlanStanding) -> list[tuple[str, list[Sum]]]:
    found = defaultdict(list)
    for row in standing.rows:
        found[str(row.partnership.area or "No area")].append(row)
    return [(area, sums_of(rows)) for area, rows in sorted(found.items())]


@dataclass
class Year:
    """One financial year, 1 April to 31 March."""

    year: int
    paid: Decimal = ZERO
    unpaid: Decimal = ZERO  # due in it, approved or with finance, and not paid by its end
    to_come: Decimal = ZERO

    @property
    def words(self):
        return financial_year_words(self.year)


def by_year(standing: PlanStanding) -> list[Year]:
    """Paid by the day of payment; what is approved and unpaid by the day of its approval; the rest by its due day."""
    found: dict[int, Year] = {}

    def of(day) -> Year:
        year = financial_year(day)
        return found.setdefault(year, Year(year))

    for row in standing.rows:
        release = row.release
        if row.word == Word.PAID:
            of(release.paid_on).paid += row.amount
        elif release.is_fixed:
            of(release.approved_at).unpaid += row.amount
        elif not is_nothing(row):
            of(row.stage.due_on).to_come += row.amount
    return [found[year] for year in sorted(found)]


@dataclass
class SchoolSum:
    school: object
    rows: list[Standing]

    @property
    def sums(self):
        return sums_of(self.rows)

    @property
    def total(self):
        return sum((one.amount for one in self.sums), ZERO)


def by_school(standing: PlanStanding) -> list[SchoolSum]:
    found = {}
    for row in standing.rows:
        if not is_nothing(row):
            found.setdefault(row.school, SchoolSum(row.school, [])).rows.append(row)
    return sorted(found.values(), key=lambda one: (one.school.name, one.school.urn))
