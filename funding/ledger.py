"""Movements of money as signed amounts, and the proof that they say the same as the rows they come from."""

from collections import Counter

from django.db import transaction

from funding.figures import ZERO
from funding.models import FIXED, FundingPlan, LedgerCheck, LedgerEntry, Recovery, Release

Account = LedgerEntry.Account
WHERE = {  # the account on which a release in this state stands
    Release.State.APPROVED: Account.APPROVED,
    Release.State.AUTHORISED: Account.WITH_FINANCE,
    Release.State.PAID: Account.PAID,
}


def move(person, releases, before, after, reason, source):
    """The amounts of these releases leave the account of the state before and stand on that of the state after.

    `source` names the row that moved them, so that the same movement is never written twice.
    """
    rows = []
    for release in releases:
        for state, sign in ((before, -1), (after, 1)):
            if (account := WHERE.get(state)) and release.amount:
                rows.append(entry(person, release, account, sign * release.amount, reason, source))
    LedgerEntry.objects.bulk_create(rows)


def entry(person, release, account, amount, reason, source):
    return LedgerEntry(
        plan_id=release.stage.plan_id,
        stage_id=release.stage_id,
        partnership_id=release.partnership_id,
        side=release.side,
        school_id=release.school_id,
        account=account,
        amount=amount,
        reason=reason,
        release=release,
        source=f"release {release.pk}, {source}",
        by=person,
    )


def take_back(person, recovery: Recovery):
    """What a school has paid back leaves the account of what it was paid, at the stage in which it was paid."""
    LedgerEntry.objects.create(
        plan=recovery.plan,
        stage=recovery.stage,
        partnership=recovery.partnership,
        side=recovery.side,
        school=recovery.school,
        account=Account.PAID,
        amount=-recovery.amount,
        reason="paid back",
        recovery=recovery,
        source=f"recovery {recovery.pk}",
        by=person,
    )


def balances(plan: FundingPlan) -> Counter:
    """(school, stage, account) -> the sum of its entries, where it is not nothing."""
    found = Counter()
    for school, stage, account, amount in LedgerEntry.objects.filter(plan=plan).values_list(
        "school", "stage", "account", "amount"
    ):
        found[school, stage, account] += amount
    return Counter({key: amount for key, amount in found.items() if amount != ZERO})


def recomputed(plan: FundingPlan) -> Counter:
    """The same from nothing but the releases and the recoveries as they stand."""
    found = Counter()
    for release in Release.objects.filter(stage__plan=plan, state__in=FIXED):
        found[release.school_id, release.stage_id, str(WHERE[release.state])] += release.amount
    for recovery in plan.recoveries.filter(state=Recovery.State.RECOVERED):
        found[recovery.school_id, recovery.stage_id, str(Account.PAID)] -= recovery.amount
    return Counter({key: amount for key, amount in found.items() if amount != ZERO})


@transaction.atomic
def check_balances() -> LedgerCheck:
    """Every balance of every plan, worked out anew and compared. What differs is kept, for whoever is told."""
    number, differences = 0, []
    for plan in FundingPlan.objects.order_by("pk"):
        FundingPlan.objects.select_for_update().get(pk=plan.pk)  # nothing moves while both sides are read
        stands, should = balances(plan), recomputed(plan)
        for school, stage, account in sorted(stands.keys() | should.keys()):
            number += 1
            key = school, stage, account
            if stands[key] != should[key]:
                differences.append(
                    {
                        "plan": plan.pk,
                        "school": school,
                        "stage": stage,
                        "account": account,
                        "ledger": str(stands[key]),
                        "rows": str(should[key]),
                    }
                )
    return LedgerCheck.objects.create(balances=number, differences=differences)
