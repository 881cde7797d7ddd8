"""The statement of a programme as one table: what all schools keep, how money stands by stage, area and year, the
budget, and what is approved and unpaid at 31 March."""

from django.utils import timezone

from funding.models import FundingPlan
from funding.overview import Budget, Year, budget_of, by_area, by_year, together
from funding.showing import Part, Sum, sums_of
from funding.standing import PlanStanding

COLUMNS = ["Part", "Line", "Of what", "Day", *Part.labels, "Amount"]


def table_of(plan: FundingPlan, standing: PlanStanding) -> tuple[list, list]:
    years = by_year(standing)
    rows = [whole("All schools", line, amount) for line, amount in together(standing).lines]
    rows += [
        split("By stage", stage.name, stage.due_on, sums_of(standing.of(stage=stage)))
        for stage in standing.facts.stages
    ]
    rows += [split("By area", area, None, sums) for area, sums in by_area(standing)]
    rows += [split("By financial year", year.words, year.last_day, year.sums) for year in years]
    rows += [whole("By financial year", f"{year.words}, paid back", year.back) for year in years if year.back]
    rows += budget_rows(budget_of(plan, standing))
    return COLUMNS, rows + [row for year in years for row in unpaid_rows(year)]


def split(part, line, day, sums: list[Sum]) -> list:
    return [part, line, "", day, *(one.amount for one in sums), sum(one.amount for one in sums)]


def whole(part, line, amount, of="", day=None) -> list:
    return [part, line, of, day, *[None for _ in Part], amount]


def budget_rows(budget: Budget) -> list[list]:
    lines = [
        ("Budget", budget.whole),
        ("Approved or paid", budget.spent),
        ("Left", budget.left),
        ("Still to come, at most", budget.to_come),
        ("Stays free", budget.free),
    ]
    return [whole("Budget against actual", line, amount) for line, amount in lines]


def unpaid_rows(year: Year) -> list[list]:
    title = f"Approved and unpaid at 31 March {year.last_day.year}" + ("" if year.is_over else ", as it stands today")
    return [
        whole(
            title,
            f"{row.school.name} (URN {row.school.urn})",
            row.amount,
            f"{row.stage.name}, {row.partnership.ref}, {row.release.get_side_display()}",
            timezone.localdate(row.release.approved_at),
        )
        for row in year.unpaid
    ]
