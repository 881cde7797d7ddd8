"""What the pages of releases show: who can approve what, and why not."""

from collections import Counter, defaultdict
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from funding.figures import ZERO
from funding.models import FundingPlan, Release, ReleaseLine, Stage
from funding.overview import budget_of
from funding.reasons import addressed
from funding.services.paying import rejected_before
from funding.services.releasing import beyond_budget, who_else, why_not
from funding.showing import Part, missing_of, part_of, sums_of, tag_of
from funding.standing import PlanStanding, Standing, is_nothing, standing_of
from funding.stopped import rejected_of
from papers.templatetags.plain import listed, shortday
from programmes.models import DataReturn, Partnership

Condition = Stage.Condition
COLUMNS = [
    "Stage",
    "Due on",
    "Paid to",
    "URN",
    "Partnership",
    "Subject and year",
    "Side",
    "State",
    "Amount",
    "Half-days",
    "What is missing",
    "Approved on",
    "Paid on",
]


def of_stage(person: User, plan: FundingPlan, stage: Stage, only: str) -> dict:
    standing = standing_of(plan)
    rows = [row for row in standing.of(stage=stage) if not is_nothing(row)]
    sums = sums_of(rows)
    shown = [row for row in rows if only not in Part.values or part_of(row) == only]
    may = person.may("releases.approve")
    lines = [line_of(person, standing, row, may) for row in shown]
    rejected = rejected_of(stage.releases.filter(state=Release.State.APPROVED))
    for line in lines:
        line["rejection"] = rejected[line["row"].release.pk][-1] if line["row"].release.pk in rejected else None
    return {
        "stage": stage,
        "sums": sums,
        "total": sum((one.amount for one in sums), ZERO),
        "only": only if only in Part.values else "",
        "only_label": Part(only).label if only in Part.values else "",
        "lines": lines,
        "may_approve": may,
        "choice": [line for line in lines if line["can"]],
        "choice_total": sum((line["row"].amount for line in lines if line["can"]), ZERO),
    }


def line_of(person, standing: PlanStanding, row: Standing, may) -> dict:
    why = why_not(person, row) if may and row.release.is_open else ""
    barred = may and row.is_ready and bool(why)
    return {
        "row": row,
        "tag": tag_of(row),
        "can": may and not why and row.release.is_open and row.is_ready,
        "barred": f"{why} {who_else(standing, row, person)}" if barred else "",
    }


def check_of(person: User, plan: FundingPlan, pks) -> dict:
    """What stands before the button that approves: count, total, what is left, who entered, and what is left out."""
    standing = standing_of(plan)
    ready = [row for row in standing.rows if row.is_ready and not is_nothing(row)]
    chosen = [row for row in standing.rows if row.release.pk in set(pks)]
    rows = [row for row in chosen if not why_not(person, row)]
    refused = [(row, why_not(person, row), who_else(standing, row, person)) for row in chosen if row not in rows]
    total, budget = sum((row.amount for row in rows), ZERO), budget_of(plan, standing)
    rejected = rejected_of(Release.objects.filter(pk__in=[row.release.pk for row in rows]))
    return {
        "rows": rows,
        "number": len(rows),
        "total": total,
        "refused": refused,
        "ready": len(ready),
        "payees": len({row.school for row in rows}),
        "by_amount": by_amount(rows),
        "budget": budget,
        "left_after": budget.left - total,
        "free": budget.free,
        "beyond": beyond_budget(budget.left, total) if total > budget.left else "",
        "grades": grades_behind(rows),
        "lines": [
            (row, grades_of(row), submitted_of(row), rejected[row.release.pk]) for row in sorted(rows, key=place_of)
        ],
        "waivers": [(row, waiver) for row in rows for waiver in row.waivers],
        "paying": paying_for(plan, person),
        "settled": [row for row in rows if row.amount == ZERO],
    }


def place_of(row: Standing):
    return row.school.name, row.partnership.ref, row.side


def is_in(row: Standing) -> bool:
    """Whether the grades behind it were all handed in: not so where they were waived, or its partnership folded."""
    data = row.data_return
    return data is not None and data.is_complete and data.state == DataReturn.State.SUBMITTED


def grades_behind(rows) -> dict:
    """The returns that were handed in, who entered them and when; and by partnership what is said of the others."""
    handed_in = [row for row in rows if is_in(row)]
    submitted = [row.data_return.submitted_at for row in handed_in if row.data_return.submitted_at]
    asked = [row for row in rows if Condition.DATA in row.stage.conditions and not is_in(row)]
    asked.sort(key=place_of)
    return {
        "returns": len({row.data_return.pk for row in handed_in}),
        "first_submitted": min(submitted, default=None),
        "last_submitted": max(submitted, default=None),
        "on_one_day": len({timezone.localdate(moment) for moment in submitted}) == 1,
        "entered": len({teacher for row in handed_in for teacher in row.entered_by}),
        "others": list(
            dict.fromkeys(f"{row.partnership.ref}: {grades_of(row)}" for row in sorted(asked, key=place_of))
        ),
    }


def grades_of(row: Standing) -> str:
    """How many are in; and where they were not handed in, why it can be approved all the same."""
    if Condition.DATA not in row.stage.conditions:
        return ""
    data = row.data_return
    counts = f"{data.received} of {data.expected}" if data and data.expected else "no target pupils"
    if row.partnership.status == Partnership.Status.FOLDED:
        return f"{counts}, and none are asked for: the partnership has folded"
    if is_in(row):
        return counts
    waived = listed([str(waiver.by) for waiver in row.waivers if waiver.condition == Condition.DATA])
    return f"{counts}, not submitted" + (f"; condition waived by {waived}" if waived else "")


def submitted_of(row: Standing) -> str:
    """Who handed the grades in; what was loaded with the programme was handed in by nobody here."""
    data = row.data_return
    if data is None:
        return ""
    if row.partnership.status == Partnership.Status.FOLDED and not is_in(row):
        return "Nobody: it has folded"
    if data.state != DataReturn.State.SUBMITTED:
        return "Nobody yet"
    on = shortday(data.submitted_at)
    return f"{data.submitted_by}, {on}" if data.submitted_by else f"From a file that was loaded on {on}"


def by_amount(rows) -> dict[str, list[tuple[int, Decimal]]]:
    """By side how many releases there are of each amount."""
    found = defaultdict(list)
    counted = Counter((row.release.get_side_display(), row.amount) for row in rows)
    for (side, amount), number in sorted(counted.items()):
        found[side].append((number, amount))
    return dict(found)


def paying_for(plan: FundingPlan, person: User) -> str:
    """Who may authorise the payment of what this person approves."""
    people = User.objects.holding("payments.authorise", plan.programme.organisation).exclude(pk=person.pk)
    return listed([str(other) for other in people], "or")


def of_release(person: User, release: Release) -> dict:
    plan = release.stage.plan
    standing = standing_of(plan, [release.partnership_id])
    row = next((row for row in standing.rows if row.release.pk == release.pk), None)
    if row is None:  # voided: it stands for itself
        row = Standing(release, release.state, release.amount or ZERO, [])
    if not person.may("money.view"):
        row.missing = addressed(row.missing, row.school)
    waived = {waiver.condition for waiver in row.waivers}
    missing, nothing = {reason.condition for reason in row.missing}, is_nothing(row)
    why = why_not(person, row) if person.may("releases.approve") and release.is_open else ""
    return {
        "release": release,
        "row": row,
        "tag": tag_of(row),
        "programme": plan.programme,
        "conditions": [c for c in release.stage.conditions if c in missing and c not in waived],
        "why_not": why,
        "who_else": who_else(standing, row, person) if why and row.is_ready else "",
        "may_approve": person.may("releases.approve") and release.is_open and not why,
        "may_hold": person.may("releases.hold") and release.state in {"open", "approved"} and (row.hold or not nothing),
        "may_waive": person.may("releases.waive") and release.is_open and not nothing,
        "nothing": nothing,
        "may_take_back": person.may("releases.approve") and release.state == Release.State.APPROVED,
        "rejected": rejected_before(release) if release.is_fixed or release.is_open else [],
        "holds": release.holds.select_related("by", "ended_by"),
        "is_school": not person.may("money.view"),
        "may_record": person.may("money.record"),
    }


def table_of(rows) -> tuple[list, list]:
    return COLUMNS, [
        [
            row.stage.name,
            row.stage.due_on,
            row.school.name,
            row.school.urn,
            row.partnership.ref,
            row.partnership.label,
            row.release.get_side_display(),
            tag_of(row).text,
            row.amount,
            half_days_of(row),
            missing_of(row),
            row.release.approved_at and row.release.approved_at.date(),
            row.release.paid_on,
        ]
        for row in rows
    ]


def half_days_of(row: Standing):
    """What the release pays for in half-days, where that is known of all of it."""
    if any(line.kind == ReleaseLine.Kind.ADJUSTMENT for line in row.lines):
        return None
    return sum(line.half_days or 0 for line in row.lines) or None
