"""The funding letter: what one school is told was released to it at one stage, and by what it is recognised."""

from collections import defaultdict
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from funding.figures import ZERO, financial_year, financial_year_words
from funding.models import FundingPlan, Side, Stage
from funding.models.papers import in_groups
from funding.printing.words import day, plan_facts
from funding.showing import Part, part_of
from funding.standing import Standing, standing_of


def released_by_school(plan: FundingPlan, stage: Stage) -> dict:
    """School -> its releases of this stage that are approved, with finance or paid, and not on hold."""
    found = defaultdict(list)
    for row in standing_of(plan).of(stage=stage):
        if is_released(row):
            found[row.school].append(row)
    return dict(found)


def is_released(row: Standing) -> bool:
    return bool(row.release.is_fixed and part_of(row) != Part.HELD and row.lines)


def amount_of(rows: list[Standing]):
    return sum((row.amount for row in rows), ZERO)


def letter_figures(plan: FundingPlan, stage: Stage, school, rows: list[Standing]) -> dict:
    """What the letter says of the money: while it is the same, there is no need of another letter."""
    return plan_facts(plan) | {
        "stage": stage.name,
        "due_on": day(stage.due_on),
        "financial_year": financial_year_words(financial_year(stage.due_on)),
        "school": school.name,
        "urn": school.urn,
        "amount": str(amount_of(rows)),
        "rows": [row_of(row, school) for row in rows],
    }


def row_of(row: Standing, school) -> dict:
    partnership = row.partnership
    other = partnership.partner_school if row.side == Side.SPECIALIST else partnership.specialist.home_school
    return {
        "partnership": partnership.ref,
        "label": partnership.label,
        "side": row.release.get_side_display(),
        "other": "" if other.pk == school.pk else other.name,
        "approved": f"{day(row.release.approved_at)} by {row.release.approved_by}",
        "amount": str(row.amount),
        "lines": [{"words": line.words, "amount": str(line.amount)} for line in row.lines],
    }


def proof_of(reference: str, code: str) -> dict:
    """By what whoever holds it finds out whether it is genuine."""
    shown = in_groups(code)
    page = f"{settings.PUBLIC_URL}{reverse('funding:check')}"
    return {
        "reference": reference,
        "code": shown,
        "check_page": page,
        "check_url": f"{page}?{urlencode({'reference': reference, 'code': shown})}",
    }
