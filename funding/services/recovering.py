"""Money that was paid and not used: worked out, asked back by one person and approved by another, paid back or set
against a later stage."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from funding import ledger
from funding.models import FundingPlan, Recovery, Release, WrongState
from funding.services.releasing import AT_A_FOLD, make_releases, take_approval_back
from funding.services.settling import LIVE, settle, siblings, step
from funding.standing import standing_of
from papers.templatetags.plain import money
from programmes.models import Partnership

State = Recovery.State
FOLDED = Recovery.Reason.FOLDED


def request(person, recovery: Recovery) -> Recovery:
    """It is asked for, as long as it still comes to that: else it is worked out anew, and nobody is asked."""
    look_again(recovery)
    if recovery.state == State.DROPPED:
        raise WrongState(recovery.because)
    return ask(person, recovery)


def look_again(recovery: Recovery):
    """What nobody has asked for yet is worked out anew where something else is owed by now."""
    if recovery.state == State.PROPOSED:
        settle(recovery.plan, [recovery.partnership_id])
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
def drop(person, recovery: Recovery, because: str, *, is_kept=True) -> Recovery:
    """It is not asked for, or not any more: with a reason. What the school keeps is not worked out again."""
    fields = {"state": State.DROPPED, "because": because, "ended_by": person, "ended_on": timezone.localdate()}
    step(recovery, LIVE, offset_in=None, is_kept=is_kept, **fields)
    audit.record(person, "recovery dropped", recovery)
    return recovery


@transaction.atomic
def receive(person, recovery: Recovery, on) -> Recovery:
    """The school has paid it back."""
    FundingPlan.objects.select_for_update().get(pk=recovery.plan_id)
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


@transaction.atomic
def take_off_stage(person, recovery: Recovery) -> Recovery:
    """The school pays it back after all: no stage pays so much less, as long as that one is not approved."""
    FundingPlan.objects.select_for_update().get(pk=recovery.plan_id)
    if Recovery.objects.select_for_update().get(pk=recovery.pk).offset_in_id is None:
        raise WrongState("It is not set against a stage.")
    step(recovery, [State.APPROVED], offset_in=None)
    audit.record(person, "recovery not set against a release any more", recovery)
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
    any more but for what was used, and what was paid ahead is worked out to be asked back. What it got for a teacher
    who was at an event another partnership of that teacher gets."""
    rows = Release.objects.filter(partnership=partnership, state=Release.State.APPROVED).order_by("pk")
    taken = [take_approval_back(person, release, follow=False, reason=AT_A_FOLD) for release in rows]
    for release in taken:
        after_approval_taken_back(person, release)
    settle(plan, {partnership.pk} | siblings(partnership), f"{partnership.ref} has folded.", person)


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
        go_on(person, plan, partnership)


def go_on(person, plan, partnership):
    """Of a partnership whose fold is taken back: what is asked back for it is not asked for any more, approved or not,
    and a stage that it was set against pays in full. What came back already its next open stage makes good. What was
    paid too much without the fold as well is asked back for another reason."""
    FundingPlan.objects.select_for_update().get(pk=plan.pk)
    make_releases(plan)
    for recovery in partnership.recoveries.filter(state__in=LIVE, reason=FOLDED).order_by("pk").select_for_update():
        drop(person, recovery, GOES_ON, is_kept=False)
    partnership.recoveries.filter(reason=FOLDED, is_kept=True).update(is_kept=False)
    settle(plan, {partnership.pk} | siblings(partnership), f"The fold of {partnership.ref} was taken back.", person)


def after_approval_taken_back(person, release):
    """Of `releasing.AFTER_TAKING_APPROVAL_BACK`: what was set against the release is asked back again, but for what is
    not owed any more, and not where the partnership from which it is asked back goes on meanwhile."""
    rows = list(Recovery.objects.filter(offset_in=release, state=State.APPROVED).select_related("plan", "partnership"))
    for row in rows:
        if row.reason == FOLDED and row.partnership.status != Partnership.Status.FOLDED:
            go_on(person, row.plan, row.partnership)
    settle(release.stage.plan, {release.partnership_id, *(row.partnership_id for row in rows)}, TAKEN_BACK, person)


TAKEN_BACK = "An approval was taken back."


def follow_agreeing(person, partnership, on):
    """Of `AFTER_AGREEING`: it has its releases from now on."""
    if plan := FundingPlan.objects.in_force().filter(programme=partnership.programme).first():
        make_releases(plan)
