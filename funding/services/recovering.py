"""Money that was paid and not used: worked out, asked back by one person and approved by another, paid back or set
against a later stage."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts import audit
from funding import ledger
from funding.amounts import OF_SHARES
from funding.facts import SIDES, used_by
from funding.figures import PENNY, ZERO
from funding.models import FundingPlan, Recovery, Release, WrongState
from funding.services.releasing import make_releases, take_approval_back
from funding.standing import PlanStanding, standing_of
from papers.templatetags.plain import money
from programmes.models import Partnership

State = Recovery.State
LIVE = [State.PROPOSED, State.REQUESTED, State.APPROVED]
FOLDED = Recovery.Reason.FOLDED


def too_much(standing: PlanStanding, partnership, side) -> Decimal:
    """What this side was paid beyond what it is owed by now, less what is asked back already."""
    account = standing.accounts[partnership.pk, side]
    asked = Recovery.objects.filter(partnership=partnership, side=side, state__in=LIVE)
    back = sum(asked.values_list("amount", flat=True), ZERO)
    return -account.left_over - back


@transaction.atomic
def propose(plan: FundingPlan, partnership: Partnership, reason: str) -> list[Recovery]:
    """For each side that was paid more than it is owed a recovery is worked out; one that is asked for already and
    comes to something else by now is dropped for it. What is only approved counts as paid."""
    plan = FundingPlan.objects.select_for_update().get(pk=plan.pk)
    standing = standing_of(plan, [partnership.pk])
    found = []
    for side in SIDES:
        if (partnership.pk, side) not in standing.accounts:
            continue
        live = Recovery.objects.filter(partnership=partnership, side=side, state__in=LIVE).first()
        amount = too_much(standing, partnership, side) + (live.amount if live else ZERO)
        if live and live.amount != amount:
            step(live, LIVE, state=State.DROPPED, because=ANEW, ended_on=timezone.localdate(), offset_in=None)
        if amount > ZERO and (live is None or live.state == State.DROPPED):
            found.append(work_out(standing, partnership, side, reason, amount))
    return found


ANEW = "It was worked out anew: what was paid has changed."


def work_out(standing: PlanStanding, partnership, side, reason, amount) -> Recovery:
    plan = standing.facts.plan
    paid = [row for row in standing.rows if row.side == side and row.release.is_fixed]
    shares = sum((line.amount for row in paid for line in row.lines if line.kind in OF_SHARES), ZERO)
    return Recovery.objects.create(
        plan=plan,
        partnership=partnership,
        side=side,
        school=paid[-1].release.school,
        stage=paid[-1].stage,
        reason=reason,
        amount=amount,
        half_days_paid=(shares / plan.rate).quantize(Decimal("0.01")),
        half_days_used=used_by([partnership.pk])[partnership.pk, side],
    )


@dataclass(frozen=True)
class Worked:
    """How what is asked back was worked out, in half-days, so that the sum can be checked."""

    paid: Decimal
    visits: int
    events: int
    rate: Decimal
    amount: Decimal

    @property
    def too_many(self) -> Decimal:
        return self.paid - self.visits - self.events

    @property
    def is_whole(self) -> bool:
        """Whether the half-days alone make the amount: not so where the rate has changed, or part of it is back."""
        return abs(self.too_many * self.rate - self.amount) <= self.rate * Decimal("0.005") + PENNY


def worked_of(recovery: Recovery) -> Worked | None:
    """Of a partnership that has folded; of others what was paid is not counted against visits alone."""
    has_folded = recovery.partnership.status == Partnership.Status.FOLDED
    if recovery.half_days_paid is None or recovery.reason != Recovery.Reason.FOLDED or not has_folded:
        return None
    facts = standing_of(recovery.plan, [recovery.partnership_id]).facts
    events = sum(
        number
        for (partnership, side, _), number in facts.event_half_days.items()
        if (partnership, side) == (recovery.partnership_id, recovery.side)
    )
    paid, visits = recovery.half_days_paid, recovery.half_days_used
    return Worked(paid, visits, events, recovery.plan.rate, recovery.amount)


def step(recovery: Recovery, before, **fields) -> Recovery:
    """One step in one UPDATE: of two people pressing the button, one wins."""
    if not Recovery.objects.filter(pk=recovery.pk, state__in=before).update(**fields):
        recovery.refresh_from_db()
        raise WrongState(f"It is already “{recovery.get_state_display().lower()}”.")
    recovery.refresh_from_db()
    return recovery


def request(person, recovery: Recovery) -> Recovery:
    """It is asked for, as long as it still comes to that: else it is worked out anew, and nobody is asked."""
    look_again(recovery)
    if recovery.state == State.DROPPED:
        raise WrongState(ANEW)
    return ask(person, recovery)


def look_again(recovery: Recovery):
    """What nobody has asked for yet is worked out anew where something else is owed by now."""
    if recovery.state == State.PROPOSED:
        propose(recovery.plan, recovery.partnership, recovery.reason)
        recovery.refresh_from_db()


@transaction.atomic
def ask(person, recovery: Recovery) -> Recovery:
    step(recovery, [State.PROPOSED], state=State.REQUESTED, requested_by=person, requested_at=timezone.now())
    audit.record(person, "recovery requested", recovery)
    return recovery


@transaction.atomic
def approve(person, recovery: Recovery) -> Recovery:
    if recovery.requested_by_id == person.pk:
        raise WrongState("You asked for it, so somebody else approves it.")
    step(recovery, [State.REQUESTED], state=State.APPROVED, approved_by=person, approved_at=timezone.now())
    audit.record(person, "recovery approved", recovery)
    return recovery


@transaction.atomic
def drop(person, recovery: Recovery, because: str) -> Recovery:
    """It is not asked for, or not any more: with a reason."""
    fields = {"state": State.DROPPED, "because": because, "ended_by": person, "ended_on": timezone.localdate()}
    step(recovery, LIVE, offset_in=None, **fields)
    audit.record(person, "recovery dropped", recovery)
    return recovery


@transaction.atomic
def receive(person, recovery: Recovery, on) -> Recovery:
    """The school has paid it back."""
    if Recovery.objects.select_for_update().get(pk=recovery.pk).offset_in_id:  # perhaps since the page was opened
        raise WrongState("It is set against a later stage. Take that back first.")
    step(recovery, [State.APPROVED], state=State.RECOVERED, ended_by=person, ended_on=on)
    ledger.take_back(person, recovery)
    audit.record(person, "recovery received", recovery)
    return recovery


@transaction.atomic
def set_against(person, recovery: Recovery, release: Release) -> Recovery:
    """The next stage of the same school pays so much less. WrongState where it would pay less than nothing."""
    FundingPlan.objects.select_for_update().get(pk=recovery.plan_id)
    standing = standing_of(recovery.plan, [release.partnership_id])
    row = next((row for row in standing.rows if row.release.pk == release.pk), None)
    if row is None or row.school != recovery.school or not row.release.is_open:
        raise WrongState("Choose a release of this school that is not approved yet.")
    if row.amount < recovery.amount:
        raise WrongState(f"{release} comes to {money(row.amount)}, which is less than {money(recovery.amount)}.")
    step(recovery, [State.APPROVED], offset_in=release)
    audit.record(person, "recovery set against a release", recovery, about=str(release.pk))
    return recovery


def follow_fold(person, partnership, on):
    """Of `programmes.services.life.AFTER_FOLD`: what is open is not paid any more but for what was used, and what
    was paid ahead is worked out to be asked back."""
    plan = FundingPlan.objects.in_force().filter(programme=partnership.programme).first()
    if plan is None:
        return
    FundingPlan.objects.select_for_update().get(pk=plan.pk)
    end_money(person or plan.activated_by, plan, partnership)


def end_money(person, plan, partnership):
    """Of a partnership that has folded: approvals that finance does not have are taken back, what is open is not paid
    any more but for what was used, and what was paid ahead is worked out to be asked back."""
    for release in Release.objects.filter(partnership=partnership, state=Release.State.APPROVED).order_by("pk"):
        take_approval_back(person, release)
    standing = standing_of(plan, [partnership.pk])
    dead = [row.release.pk for row in standing.rows if row.release.is_open and not row.lines]
    Release.objects.filter(pk__in=dead, state=Release.State.OPEN).update(
        state=Release.State.VOIDED,
        voided_by=person,
        voided_at=timezone.now(),
        voided_because="The partnership has folded.",
    )
    propose(plan, partnership, Recovery.Reason.FOLDED)


def after_rejection(person, releases):
    """What finance rejected of a partnership that has folded meanwhile is not paid again without being looked at."""
    for release in releases:
        partnership = release.partnership
        if partnership.status == Partnership.Status.FOLDED:
            end_money(person, release.stage.plan, partnership)


GOES_ON = "The partnership goes on after all."


def follow_taking_back(person, partnership, on):
    """Of `AFTER_TAKING_BACK`: its stages are open again, and nothing is asked back for the fold any more."""
    if plan := FundingPlan.objects.in_force().filter(programme=partnership.programme).first():
        go_on(person, plan, partnership, Recovery.Reason.NOT_HELD)


def go_on(person, plan, partnership, reason):
    """Of a partnership whose fold is taken back: what is asked back for it is not asked for any more, approved or not,
    and a stage that it was set against pays in full. What came back already its next open stage makes good. What was
    paid too much without the fold as well is asked back for this reason."""
    FundingPlan.objects.select_for_update().get(pk=plan.pk)
    make_releases(plan)
    for recovery in partnership.recoveries.filter(state__in=LIVE, reason=FOLDED).order_by("pk").select_for_update():
        drop(person, recovery, GOES_ON)
    propose(plan, partnership, reason)


def after_approval_taken_back(person, release):
    """Of `releasing.AFTER_TAKING_APPROVAL_BACK`: it is not set against the release again where the partnership from
    which it is asked back goes on meanwhile."""
    rows = Recovery.objects.going_on().filter(offset_in=release, state=State.APPROVED, reason=FOLDED)
    for row in rows.select_related("plan", "partnership"):
        go_on(person, row.plan, row.partnership, Recovery.Reason.MISTAKE)


def follow_agreeing(person, partnership, on):
    """Of `AFTER_AGREEING`: it has its releases from now on."""
    if plan := FundingPlan.objects.in_force().filter(programme=partnership.programme).first():
        make_releases(plan)
