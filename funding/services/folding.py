"""What a fold would make of the money of a partnership: tried and rolled back, so that it is what will happen. And
what becomes of it when the fold is taken back."""

from collections import Counter

from django.db import transaction

from funding.figures import ZERO
from funding.models import FundingPlan, Recovery, Release, ReleaseLine, Stage
from funding.services.planning import OnlyLooking
from funding.services.recovering import FOLDED, end_money
from funding.services.settling import LIVE, siblings
from funding.standing import standing_of
from papers.templatetags.plain import listed, money
from programmes.models import Partnership


def money_after(partnership: Partnership, on) -> list[str]:
    """Of `programmes.services.life.TOLD_BEFORE_FOLD`: what is paid, what is not paid any more, what is asked back."""
    plan = FundingPlan.objects.in_force().filter(programme=partnership.programme).first()
    if plan is None:
        return []
    found, due = [], due_to(plan, siblings(partnership))
    try:
        with transaction.atomic():
            Partnership.objects.filter(pk=partnership.pk).update(status=Partnership.Status.FOLDED, ended_on=on)
            before = set(Release.objects.standing().filter(partnership=partnership).values_list("pk", flat=True))
            approved = approved_words(partnership)
            end_money(plan.activated_by, plan, Partnership.objects.get(pk=partnership.pk))
            found = [*told(plan, partnership, before), *approved, *moved(plan, due, "from then on")]
            raise OnlyLooking
    except OnlyLooking:
        return found


def approved_words(partnership) -> list[str]:
    """Whose approvals are taken back by the fold: finance does not have them yet."""
    rows = partnership.releases.filter(state=Release.State.APPROVED).select_related("stage", "approved_by")
    return [
        f"{money(row.amount)} of the {row.stage} stage, approved by {row.approved_by}, is worked out anew and approved "
        "again."
        for row in rows.order_by("stage__due_on", "side")
    ]


def due_to(plan: FundingPlan, partnerships) -> dict:
    """What each of these is due over the year, by its ref."""
    if not partnerships:
        return {}
    due = Counter()
    for account in standing_of(plan, partnerships).accounts.values():
        due[account.partnership.ref] += account.required
    return due


def moved(plan: FundingPlan, before: dict, since: str) -> list[str]:
    """What the other partnerships of the same teachers are due more or less: an event is paid with one of them."""
    keys = Partnership.objects.filter(programme=plan.programme_id, ref__in=before).values_list("pk", flat=True)
    changes = {ref: due - before[ref] for ref, due in due_to(plan, set(keys)).items() if due != before[ref]}
    return [
        f"{money(abs(change))} {'more' if change > ZERO else 'less'} is due to {ref}, where the same teacher is: "
        f"half-days at events are paid {'there' if change > ZERO else 'here'} {since}."
        for ref, change in sorted(changes.items())
    ]


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


def money_taken_back(partnership: Partnership) -> list[str]:
    """Of `programmes.services.life.TOLD_BEFORE_TAKING_BACK`: what is paid again, what is not asked back any more, and
    where what came back already is made good."""
    plan = FundingPlan.objects.in_force().filter(programme=partnership.programme).first()
    if plan is None:
        return []
    releases = partnership.releases.select_related("stage").order_by("stage__due_on", "pk")
    alive = {(row.stage_id, row.side) for row in releases if row.state != Release.State.VOIDED}
    gone = dict.fromkeys(row.stage.name for row in releases if (row.stage_id, row.side) not in alive)
    sentences = [f"Money is paid again for {listed(list(gone))}, once nothing is missing."] if gone else []
    own = with_names(partnership.recoveries.filter(reason=FOLDED))
    sentences += [not_asked(row) for row in own.filter(state__in=LIVE)]
    sentences += [made_good(row, next_open(plan, row)) for row in own.given_back()]
    return sentences + moved_back(plan, partnership)


def moved_back(plan: FundingPlan, partnership: Partnership) -> list[str]:
    """Tried and rolled back, so that it is what will happen."""
    due, found = due_to(plan, siblings(partnership)), []
    try:
        with transaction.atomic():
            Partnership.objects.filter(pk=partnership.pk).update(status=Partnership.Status.ACTIVE, ended_on=None)
            found = moved(plan, due, "again")
            raise OnlyLooking
    except OnlyLooking:
        return found


def with_names(recoveries):
    rows = recoveries.select_related("plan", "school", "partnership", "offset_in__stage", "offset_in__partnership")
    return rows.order_by("pk")


def not_asked(recovery: Recovery) -> str:
    is_proposed, school = recovery.state == Recovery.State.PROPOSED, recovery.school
    asked = f"paid to {school} and not used" if is_proposed else f"asked back from {school}"
    sentence = f"{money(recovery.amount)}, {asked}, is not asked for any more."
    if release := recovery.offset_in:
        sentence += f" The {release.stage} stage of {release.partnership.ref} pays so much more again."
    return sentence


def next_open(plan: FundingPlan, recovery: Recovery) -> Stage | None:
    """The first stage that pays this side something still."""
    fixed = Release.objects.fixed().filter(partnership=recovery.partnership_id, side=recovery.side)
    return plan.stages.exclude(pk__in=fixed.values("stage")).first()


def why_owed(recovery: Recovery) -> str:
    """Why what a school has given back is owed after all."""
    goes_on = recovery.partnership.status != Partnership.Status.FOLDED
    return "The fold was taken back." if recovery.reason == FOLDED and goes_on else "It was used after all."


def made_good(recovery: Recovery, stage: Stage | None) -> str:
    """By which stage that is paid again."""
    if release := recovery.offset_in:
        came = f"taken off the {release.stage} stage of {release.partnership.ref} for {recovery.school}"
    else:
        came = f"paid back by {recovery.school}"
    if stage is None:
        return f"{money(recovery.amount)}, {came}, has no open stage that makes it good: add one to the funding plan."
    good = f"the {stage} stage of {recovery.partnership.ref} pays so much more"
    return f"{money(recovery.amount)}, {came}, is made good: {good}."


def to_make_good(plan: FundingPlan) -> list[tuple[Recovery, Stage | None]]:
    """What was given back and is owed after all, each with the open stage that makes it good, or None where there is
    none. What is not due any more for another reason is not told."""
    recoveries = list(with_names(plan.recoveries.given_back()))
    if not recoveries:
        return []
    standing = standing_of(plan, {row.partnership_id for row in recoveries})
    found = []
    for recovery in recoveries:
        side = recovery.partnership_id, recovery.side
        rows = [row for row in standing.rows if row.release.is_open and (row.partnership.pk, row.side) == side]
        stage = next((row.stage for row in rows if any(map(pays_more, row.lines))), None)
        account = standing.accounts.get(side)
        if stage or (account and account.left_over > ZERO):
            found.append((recovery, stage))
    return found


def pays_more(line) -> bool:
    return line.kind == ReleaseLine.Kind.ADJUSTMENT and line.amount > ZERO
