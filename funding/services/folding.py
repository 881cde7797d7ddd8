"""What a fold would make of the money of a partnership: tried and rolled back, so that it is what will happen."""

from django.db import transaction

from funding.figures import ZERO
from funding.models import FundingPlan, Recovery, Release
from funding.services.planning import OnlyLooking
from funding.services.recovering import end_money
from funding.standing import standing_of
from papers.templatetags.plain import listed, money
from programmes.models import Partnership


def money_after(partnership: Partnership, on) -> list[str]:
    """Of `programmes.services.life.TOLD_BEFORE_FOLD`: what is paid, what is not paid any more, what is asked back."""
    plan = FundingPlan.objects.in_force().filter(programme=partnership.programme).first()
    if plan is None:
        return []
    found = []
    try:
        with transaction.atomic():
            Partnership.objects.filter(pk=partnership.pk).update(status=Partnership.Status.FOLDED, ended_on=on)
            before = set(Release.objects.standing().filter(partnership=partnership).values_list("pk", flat=True))
            end_money(plan.activated_by, plan, Partnership.objects.get(pk=partnership.pk))
            found = told(plan, partnership, before)
            raise OnlyLooking
    except OnlyLooking:
        return found


def told(plan, partnership, before) -> list[str]:
    rows = standing_of(plan, [partnership.pk]).rows
    fixed = [row for row in rows if row.release.is_fixed]
    left = [row for row in rows if row.release.is_open and row.lines]
    gone = Release.objects.filter(pk__in=before, state=Release.State.VOIDED).select_related("stage")
    back = partnership.recoveries.filter(state=Recovery.State.PROPOSED).select_related("school").order_by("side")
    sentences = [f"{money(sum((row.amount for row in fixed), ZERO))} is paid or with finance for it."]
    if gone:
        stages = listed(list(dict.fromkeys(row.stage.name for row in gone.order_by("stage__due_on", "pk"))))
        sentences.append(f"No money is paid any more for {stages}, but for the half-days that were used.")
    sentences += [f"{row.school} still gets {money(row.amount)} at the {row.stage} stage." for row in left]
    sentences += [f"{money(row.amount)} is asked back from {row.school}, once somebody asks for it." for row in back]
    return sentences if fixed or left or back or gone else []
