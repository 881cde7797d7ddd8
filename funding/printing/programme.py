"""The statement of a programme on paper: by stage, area and financial year, budget against actual, and what is approved
and unpaid at 31 March."""

from funding.models import FundingPlan
from funding.overview import Group, Year, all_of, budget_of, by_area, by_year, recovered, together
from funding.printing.words import budget_facts, by_school, day, plan_facts, recovered_facts, sums_facts
from funding.showing import sums_of
from funding.standing import is_nothing, standing_of


def programme_figures(plan: FundingPlan) -> dict:
    standing = standing_of(plan)
    rows = [row for row in standing.rows if not is_nothing(row)]
    years, schools = by_year(standing), together(standing)
    about = plan_facts(plan) | recovered_facts(recovered(plan))
    return about | {
        "entitled": str(schools.entitled),
        "together": [{"line": line, "amount": str(amount)} for line, amount in schools.lines],
        "sums": sums_facts(sums_of(rows)),
        "schools": len({row.school.pk for row in rows}),
        "budget": budget_facts(budget_of(plan, standing)),
        "stages": [
            {"line": stage.name, "sub": f"due {day(stage.due_on)}"} | sums_facts(sums_of(standing.of(stage=stage)))
            for stage in standing.facts.stages
        ],
        "areas": [{"line": area.of} | group_facts(area) for area in by_area(standing)],
        "all": group_facts(all_of(standing)),
        "years": [year_facts(year) for year in years],
        "has_back": any(year.back for year in years),
    }


def group_facts(group: Group) -> dict:
    """With what was paid back and is owed only where anybody did or does."""
    kept = group.kept
    return sums_facts(group.sums) | {
        "entitled": str(group.entitled),
        "sub": group.moved_words,
        "paid_back": str(kept.paid_back) if kept.paid_back else "",
        "owed": str(kept.owed) if kept.owed else "",
    }


def year_facts(year: Year) -> dict:
    return {
        "words": year.words,
        "is_over": year.is_over,
        "has_begun": year.has_begun,
        "last_day": day(year.last_day),
        "paid": str(year.paid),
        "back": str(year.back),
        "unpaid_total": str(year.unpaid_total),
        "to_come": str(year.to_come),
        "unpaid": [
            {
                "school": row.school.name,
                "urn": row.school.urn,
                "partnership": row.partnership.ref,
                "side": row.release.get_side_display(),
                "stage": row.stage.name,
                "approved": day(row.release.approved_at),
                "paid": day(row.release.paid_on),
                "amount": str(row.amount),
            }
            for row in by_school(year.unpaid)
        ],
    }
