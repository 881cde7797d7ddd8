"""The statement of a programme as one table: what all schools keep, how money stands by stage, area and year, the
budget, and what is approved and unpaid at 31 March."""

from django.utils import timezone

from funding.models import FundingPlan
from funding.overview import Budget, Group, Year, budget_of, by_area, by_school, by_year, together
from funding.showing import Part, Sum, sums_of
from funding.standing import PlanStanding

# "Amount" is what is kept in the end: of a school and an area the parts, less what was paid back and is owed,
# and with what its releases pay less for another area (below nothing: what those of others pay less for it).
SET_OFF = "Set off for another area"
COLUMNS = ["Part", "Line", "Of what", "Day", *Part.labels, "Paid back", "Still to be paid back", SET_OFF, "Amount"]


def table_of(plan: FundingPlan, standing: PlanStanding) -> tuple[list, list]:
    years = by_year(standing)
    rows = [whole("All schools", line, amount) for line, amount in together(standing).lines]
    rows += [
        split("By stage", stage.name, stage.due_on, sums_of(standing.of(stage=stage)))
        for stage in standing.facts.stages
    ]
    rows += [kept("By area", area.of, area) for area in by_area(standing)]
    rows += [kept("By school", f"{school.of.name} (URN {school.of.urn})", school) for school in by_school(standing)]
    rows += [split("By financial year", year.words, year.last_day, year.sums) for year in years]
    rows += [whole("By financial year", f"{year.words}, paid back", year.back) for year in years if year.back]
    rows += budget_rows(budget_of(plan, standing))
    return COLUMNS, rows + [row for year in years for row in unpaid_rows(year)]


def split(part, line, day, sums: list[Sum]) -> list:
    return [part, line, "", day, *(one.amount for one in sums), None, None, None, sum(one.amount for one in sums)]


def kept(part, line, group: Group) -> list:
    amounts = [one.amount for one in group.sums]
    return [part, line, "", None, *amounts, group.kept.paid_back, group.kept.owed, group.moved, group.entitled]


def whole(part, line, amount, of="", day=None) -> list:
    return [part, line, of, day, *[None for _ in Part], None, None, None, amount]


def budget_rows(budget: Budget) -> list[list]:
    back = [("Paid back by schools", budget.back), ("Approved or paid, less paid back", budget.spent)]
    lines = [
        ("Budget", budget.whole),
        ("Approved or paid", budget.approved),
        *(back if budget.back else []),
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
