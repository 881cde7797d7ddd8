"""The funding-release report of a stage: every school and amount, what each rests on, and why the others wait."""

from funding.figures import ZERO, financial_year, financial_year_words
from funding.models import FundingPlan, Stage
from funding.overview import budget_of, recovered
from funding.printing.words import (
    budget_facts,
    by_kind,
    by_school,
    day,
    plan_facts,
    recovered_facts,
    row_facts,
    sums_facts,
)
from funding.services.releasing import approvers
from funding.showing import Part, part_of, sums_of
from funding.standing import is_nothing, standing_of
from funding.stopped import rejected_of
from papers.templatetags.plain import listed


def stage_figures(plan: FundingPlan, stage: Stage) -> dict:
    standing = standing_of(plan)
    rows = by_school([row for row in standing.of(stage=stage) if not is_nothing(row)])
    approving = listed([str(person) for person in approvers(plan)], "or")
    fixed = [row for row in rows if row.release.is_fixed and part_of(row) != Part.HELD]
    others = [row for row in rows if row not in fixed]
    on_hold = [row for row in rows if row.release.is_fixed and part_of(row) == Part.HELD]
    rejected = rejected_of(stage.releases.all())
    about = plan_facts(plan) | recovered_facts([row for row in recovered(plan) if row.stage_id == stage.pk])
    return about | {
        "stage": stage.name,
        "due_on": day(stage.due_on),
        "is_due": stage.due_on <= standing.facts.today,
        "financial_year": financial_year_words(financial_year(stage.due_on)),
        "share": stage.share_words,
        "conditions": stage.conditions_in_words,
        "sums": sums_facts(sums_of(rows)),
        "schools": len({row.school.pk for row in rows}),
        "budget": budget_facts(budget_of(plan, standing)),
        "released": [with_rejections(row_facts(row, approving), rejected[row.release.pk]) for row in fixed],
        "released_total": str(total_of(fixed)),
        "on_hold": len(on_hold),
        "on_hold_total": str(total_of(on_hold)),
        "waiting": [with_rejections(row_facts(row, approving), rejected[row.release.pk]) for row in others],
        "waiting_total": str(total_of(others)),
        "kinds": by_kind(rows),
        "waivers": [
            waiver
            | {"school": row.school.name, "partnership": row.partnership.ref, "side": row.release.get_side_display()}
            for row, waiver in ((row, waiver) for row in rows for waiver in row_facts(row, approving)["waivers"])
        ],
    }


def with_rejections(facts: dict, payments) -> dict:
    """What finance rejected of it before, with the reason."""
    words = [f"Rejected {day(row.answered_at)}: {row.reference}. {row.because}" for row in payments]
    return facts | {"rejected": words}


def total_of(rows):
    return sum((row.amount for row in rows), ZERO)
