"""Approving, holding, waiving and taking back: the steps of a release on the organiser's side."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts import audit
from accounts.models import User
from funding import ledger
from funding.figures import ZERO
from funding.models import (
    Approval,
    FundingPlan,
    Hold,
    Recovery,
    Release,
    ReleaseLine,
    Stage,
    Waiver,
    WrongState,
)
from funding.standing import PlanStanding, Standing, is_nothing, standing_of
from papers.templatetags.plain import listed, money
from programmes.models import DataReturn, Partnership

State = Release.State
FOLDED = Partnership.Status.FOLDED
BY_HAND, AT_A_FOLD = "approval taken back", "approval taken back at the fold"
# What follows when an approval is taken back: (person, release).
AFTER_TAKING_APPROVAL_BACK = []


NOTHING = "It comes to nothing, so nothing of it is approved, waived or held."


@dataclass(frozen=True)
class Refusal:
    """Why one of the chosen releases cannot be approved now."""

    row: Standing
    words: str


class NotApproved(WrongState):
    """Nothing was approved; `refusals` say why, release by release."""

    def __init__(self, words, refusals=()):
        super().__init__(words)
        self.refusals = list(refusals)


@transaction.atomic
def make_releases(plan: FundingPlan) -> int:
    """Each partnership that was agreed has a release for each stage and side, as long as it has not folded. How many
    are new."""
    plan = FundingPlan.objects.select_for_update().get(pk=plan.pk)
    if not plan.is_in_force:
        return 0
    going = plan.programme.partnerships.ever_agreed().exclude(status=FOLDED)
    wanted = {
        (stage, partnership, side)
        for stage in plan.stages.values_list("pk", flat=True)
        for partnership in going.values_list("pk", flat=True)
        for side in ("specialist", "partner")
    }
    there = Release.objects.standing().filter(stage__plan=plan)
    wanted -= set(there.values_list("stage", "partnership", "side"))
    rows = [Release(stage_id=stage, partnership_id=row, side=side) for stage, row, side in sorted(wanted)]
    return len(Release.objects.bulk_create(rows))


def spent(plan: FundingPlan) -> Decimal:
    """What is approved, with finance or paid, less what was paid back."""
    fixed = Release.objects.fixed().filter(stage__plan=plan).aggregate(sum=Sum("amount"))["sum"] or ZERO
    back = plan.recoveries.filter(state=Recovery.State.RECOVERED).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return fixed - back


def why_not(person, row: Standing) -> str:
    """Why this person cannot approve this release now, or ""."""
    if row.release.is_fixed:
        release, at = row.release, timezone.localtime(row.release.approved_at)
        by = "you" if release.approved_by_id == person.pk else release.approved_by
        return f"It is already {row.label.lower()}. Approved by {by} on {at:%-d %B %Y} at {at:%H:%M}."
    if row.hold:
        return f"It is on hold: {row.hold.because}"
    if is_nothing(row):
        return NOTHING
    if row.word != "ready":
        return " ".join(reason.words for reason in row.missing) or f"It is not due until {row.stage.due_on:%-d %B %Y}."
    if person in row.entered_by:
        return "You entered or submitted the grades behind it, so somebody else approves it."
    if person in [waiver.by for waiver in row.waivers]:
        return "You waived one of its conditions, so somebody else approves it."
    if row.amount < ZERO:
        return "It comes to less than nothing: what was paid too much is more than this stage pays."
    return ""


@transaction.atomic
def approve(person, plan: FundingPlan, seen: dict[int, Decimal], key) -> Approval:
    """These releases are approved, with the amounts that were seen, all of them or none. NotApproved says why not.

    The same key again gives the first result. The data behind them cannot change while this runs: whoever opens a
    return again meanwhile comes after it, and the release keeps the version that it rests on.
    """
    plan = FundingPlan.objects.select_for_update().select_related("programme").get(pk=plan.pk)
    if before := Approval.objects.filter(key=key, by=person).first():
        return before
    if not seen:
        raise NotApproved("Choose at least one release.")
    rows = lock(plan, seen)
    refusals = [Refusal(row, words) for row in rows if (words := why_not(person, row))]
    refusals += [
        Refusal(row, f"It comes to {money(row.amount)} now, not {money(seen[row.release.pk])} as you saw.")
        for row in rows
        if not why_not(person, row) and row.amount != seen[row.release.pk]
    ]
    if refusals or len(rows) != len(seen):
        raise NotApproved("Nothing was approved: something has changed since you looked.", refusals)
    total = sum((row.amount for row in rows), ZERO)
    if (left := plan.budget - spent(plan)) < total:
        raise NotApproved(f"Nothing was approved: {beyond_budget(left, total)}")
    approval = Approval.objects.create(plan=plan, by=person, number=len(rows), total=total, key=key)
    for row in rows:
        fix(person, row, approval)
    releases = [row.release for row in rows]
    ledger.move(person, releases, None, State.APPROVED, "approved", f"approval {approval.pk}")
    audit.record_all(person, "release approved", [(release, "") for release in releases])
    return approval


def beyond_budget(left: Decimal, total: Decimal) -> str:
    """Why the budget does not reach for this total."""
    if left < ZERO:
        return f"the budget is overspent by {money(-left)} already, so nothing can be approved before it is raised."
    return f"only {money(left)} of the budget is left, and this comes to {money(total)}. Choose fewer, or raise it."


def lock(plan, pks) -> list[Standing]:
    """How these releases stand, with what they rest on locked in the order in which the returns are counted."""
    releases = Release.objects.filter(stage__plan=plan, pk__in=pks).order_by("pk")
    releases = list(releases.select_for_update(of=["self"]))
    partnerships = {release.partnership_id for release in releases}
    list(DataReturn.objects.filter(partnership__in=partnerships).select_for_update(of=["self"], no_key=True))
    standing = standing_of(plan, partnerships)
    return [row for row in standing.rows if row.release.pk in set(pks)]


def fix(person, row: Standing, approval):
    release, data = row.release, row.data_return
    fields = {
        "state": State.APPROVED,
        "school": row.school,
        "amount": row.amount,
        "approved_by": person,
        "approved_at": approval.at,
        "approval": approval,
        "data_return": data,
        "data_version": data.version if data else None,
        "evidence": evidence_of(row),
    }
    if not Release.objects.filter(pk=release.pk, state=State.OPEN).update(**fields):
        raise NotApproved("Somebody approved one of these a moment ago. Look again.")
    for name, value in fields.items():
        setattr(release, name, value)
    ReleaseLine.objects.bulk_create(
        ReleaseLine(
            release=release,
            kind=line.kind,
            words=line.words,
            half_days=line.half_days,
            amount=line.amount,
            item=line.item,
            record=line.record,
            source=line.source,
        )
        for line in row.lines
    )
    offsets = [line.source.removeprefix("recovery ") for line in row.lines if line.kind == ReleaseLine.Kind.OFFSET]
    Recovery.objects.filter(pk__in=offsets).update(
        state=Recovery.State.OFFSET, ended_by=person, ended_on=timezone.localdate()
    )
    if row.amount == ZERO:
        Release.objects.filter(pk=release.pk).update(state=State.PAID, paid_on=timezone.localdate())


def evidence_of(row: Standing) -> list[dict]:
    """What the release rests on, as it stood: conditions that held, and those that were waived."""
    met = [{"condition": str(m.condition), "words": m.words, "on": m.on and m.on.isoformat()} for m in row.met]
    return met + [
        {
            "condition": waiver.condition,
            "words": f"Waived: {waiver.get_reason_display().lower()}",
            "on": timezone.localdate(waiver.at).isoformat(),
            "by": waiver.by_id,
        }
        for waiver in row.waivers
    ]


@transaction.atomic
def take_approval_back(person, release: Release, *, follow=True, reason=BY_HAND) -> Release:
    """It is open again and worked out anew, as long as finance does not have it. Whoever takes several back together
    follows all of them at the end."""
    FundingPlan.objects.select_for_update().get(pk=release.stage.plan_id)
    release = Release.objects.select_related("stage").get(pk=release.pk)
    if release.state != State.APPROVED:
        raise WrongState(f"It is {release.get_state_display().lower()}: its approval cannot be taken back.")
    ledger.move(person, [release], State.APPROVED, None, reason, f"taken back {release.approval_id}")
    release.lines.update(is_alive=False)
    set_offsets_free(release)
    moved = Release.objects.filter(pk=release.pk, state=State.APPROVED)
    moved.update(
        state=State.OPEN,
        school=None,
        amount=None,
        approved_by=None,
        approved_at=None,
        approval=None,
        data_return=None,
        data_version=None,
        evidence=[],
    )
    audit.record(person, "release approval taken back", release)
    release.refresh_from_db()
    for function in AFTER_TAKING_APPROVAL_BACK if follow else ():
        function(person, release)
    return release


def set_offsets_free(release: Release):
    """What was taken off the release is owed again. What is asked back of the same side since then is ended for it:
    both are worked out together, as what follows."""
    rows = list(Recovery.objects.filter(offset_in=release, state=Recovery.State.OFFSET))
    since = Recovery.objects.filter(
        state__in=[Recovery.State.PROPOSED, Recovery.State.REQUESTED, Recovery.State.APPROVED]
    )
    for row in rows:
        since.filter(partnership=row.partnership_id, side=row.side).update(
            state=Recovery.State.DROPPED, because=TOGETHER, ended_on=timezone.localdate(), offset_in=None
        )
    Recovery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Recovery.State.APPROVED, ended_by=None, ended_on=None
    )


TOGETHER = "It was worked out anew, with what was set against a release whose approval was taken back."


@transaction.atomic
def hold(person, release: Release, because: str) -> Hold:
    """It is not approved or paid before somebody ends the hold."""
    release = locked(release)
    if release.state not in {State.OPEN, State.APPROVED}:
        raise WrongState(f"It is {release.get_state_display().lower()}: it cannot be held any more.")
    if release.holds.filter(ended_at=None).exists():
        raise WrongState("It is on hold already.")
    refuse_nothing(release)
    row = Hold.objects.create(release=release, because=because, by=person)
    audit.record(person, "release held", release)
    return row


@transaction.atomic
def end_hold(person, release: Release) -> Hold:
    release = locked(release)
    row = release.holds.filter(ended_at=None).first()
    if row is None:
        raise WrongState("It is not on hold any more.")
    row.ended_by, row.ended_at = person, timezone.now()
    row.save(update_fields=["ended_by", "ended_at"])
    audit.record(person, "release hold ended", release)
    return row


@transaction.atomic
def waive(person, release: Release, condition: str, reason: str, note="") -> Waiver:
    """The release need not meet this condition. Whoever waived it cannot approve it."""
    release = locked(release)
    if not release.is_open:
        raise WrongState(f"It is {release.get_state_display().lower()}: nothing is left to waive.")
    if condition not in release.stage.conditions:
        raise WrongState("This stage does not ask for that.")
    if release.waivers.filter(condition=condition).exists():
        raise WrongState("This condition is waived already.")
    refuse_nothing(release)
    row = Waiver.objects.create(release=release, condition=condition, reason=reason, note=note, by=person)
    audit.record(person, "release condition waived", release, about=condition)
    return row


@transaction.atomic
def take_waiver_back(person, waiver: Waiver):
    release = locked(waiver.release)
    if not release.is_open:
        raise WrongState(f"It is {release.get_state_display().lower()}: the waiver stays with it.")
    Waiver.objects.filter(pk=waiver.pk).delete()
    audit.record(person, "release waiver taken back", release, about=waiver.condition)


def refuse_nothing(release: Release):
    """WrongState where there is nothing that could be held or waived for."""
    standing = standing_of(release.stage.plan, [release.partnership_id])
    if any(is_nothing(row) for row in standing.rows if row.release.pk == release.pk):
        raise WrongState(NOTHING)


def locked(release: Release) -> Release:
    """The release as it stands, with nobody else moving it meanwhile."""
    rows = Release.objects.select_for_update(of=["self"]).select_related("stage__plan")
    return rows.get(pk=release.pk)


def approvers(plan: FundingPlan):
    """Whoever may approve releases of this plan, at present."""
    return User.objects.holding("releases.approve", plan.programme.organisation)


def who_else(standing: PlanStanding, row: Standing, person) -> str:
    """Who may approve it instead: "Martin Osei can." """
    others = [other for other in approvers(standing.facts.plan) if other != person and other not in row.barred]
    return f"{listed([str(other) for other in others])} can." if others else "Nobody else can yet."


def condition_label(condition) -> str:
    return Stage.Condition(condition).label
