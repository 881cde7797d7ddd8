"""What several papers of money say in the same way. Figures are plain values, as JSON keeps them."""

from collections import defaultdict
from decimal import Decimal

from django.utils import timezone
from django.utils.dateparse import parse_date

from funding.figures import ZERO
from funding.models import FundingPlan, Release, ReleaseLine
from funding.of_school import next_step
from funding.overview import Budget
from funding.showing import bar_of, tag_of
from funding.standing import Standing, Word


def day(moment) -> str:
    """16 October 2026, of a day or of a moment."""
    if moment is None:
        return ""
    return f"{timezone.localdate(moment) if hasattr(moment, 'hour') else moment:%-d %B %Y}"


def iso_day(text) -> str:
    """The same of what the evidence of a release keeps as text."""
    return day(parse_date(text)) if text else ""


def plan_facts(plan: FundingPlan) -> dict:
    return {
        "programme": plan.programme.title,
        "organiser": plan.programme.organisation.name,
        "funder": plan.funder,
        "grant_ref": plan.grant_ref,
        "cost_centre": plan.cost_centre,
        "account_code": plan.account_code,
        "rate": str(plan.rate),
    }


def sums_facts(sums) -> dict:
    """The five parts of a sum, the whole, and the bar that shows them."""
    total = sum((one.amount for one in sums), ZERO)
    parts = [
        {"label": one.label, "amount": str(one.amount), "number": one.number, "swatch": one.swatch} for one in sums
    ]
    return {"parts": parts, "total": str(total), "number": sum(one.number for one in sums), "bar": bar_of(sums)}


def budget_facts(budget: Budget) -> dict:
    """With what schools have paid back only where any has."""
    names = ["whole", "spent", "left", "to_come", "free", *(["approved", "back"] if budget.back else [])]
    return {name: str(getattr(budget, name)) for name in names}


def recovered_facts(recoveries) -> dict:
    """What schools have paid back, one by one, and in all."""
    rows = [
        {
            "school": row.school.name,
            "partnership": row.partnership.ref,
            "reason": row.get_reason_display(),
            "on": day(row.ended_on),
            "amount": str(row.amount),
        }
        for row in recoveries
    ]
    return {"recovered": rows, "recovered_total": str(sum((row.amount for row in recoveries), ZERO))}


def reasons_of(row: Standing, approving: str) -> list[str]:
    """Why it waits, sentence by sentence: the words of the page "Why has our money not been released?"."""
    sentences = [reason.sentence for reason in row.missing] if row.word == Word.AWAITING else []
    if row.word == Word.NOT_DUE:
        sentences = [f"Not due until {day(row.stage.due_on)}."]
    return [*sentences, *([step] if (step := next_step(row, approving)) else [])]


def rests_on(row: Standing) -> list[dict]:
    """The conditions that were met, with the evidence and its day: of a release that is approved as it was then."""
    if row.release.is_fixed:
        found = [(one["words"], iso_day(one.get("on"))) for one in row.release.evidence]
    else:
        found = [(met.words, day(met.on)) for met in row.met]
    return [{"words": words, "on": on} for words, on in found if not words.startswith("Waived: ")]


def waivers_of(row: Standing) -> list[dict]:
    return [
        {
            "condition": waiver.get_condition_display(),
            "reason": waiver.get_reason_display() + (f": {waiver.note}" if waiver.note else ""),
            "by": str(waiver.by),
            "on": day(waiver.at),
        }
        for waiver in row.waivers
    ]


def steps_of(release: Release) -> list[str]:
    """What was done with it: approved, sent to finance, paid."""
    steps = []
    if release.is_fixed:
        steps.append(f"Approved {day(release.approved_at)} by {release.approved_by}")
    if release.payment:
        steps.append(f"Sent to finance {day(release.payment.batch.authorised_at)}: {release.payment.reference}")
    if release.paid_on and release.amount:
        steps.append(f"Paid {day(release.paid_on)}")
    return steps


def row_facts(row: Standing, approving: str) -> dict:
    return {
        "school": row.school.name,
        "urn": row.school.urn,
        "partnership": row.partnership.ref,
        "label": row.partnership.label,
        "side": row.release.get_side_display(),
        "tag": tag_of(row).text,
        "amount": str(row.amount),
        "reasons": reasons_of(row, approving),
        "rests_on": rests_on(row),
        "steps": steps_of(row.release),
        "waivers": waivers_of(row),
    }


def by_school(rows: list[Standing]) -> list[Standing]:
    return sorted(rows, key=lambda row: (row.school.name, row.school.urn, row.partnership.ref, row.side))


def by_kind(rows: list[Standing]) -> list[dict]:
    """What the amounts are for, kind by kind: together all of it."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        for line in row.lines:
            found[ReleaseLine.Kind(line.kind).label] += line.amount
    order = list(ReleaseLine.Kind.labels)
    return [{"label": label, "amount": str(found[label])} for label in sorted(found, key=order.index) if found[label]]
