"""Approvals that somebody has taken back since: whose they were, by whom they ended, and why. The ledger has all."""

import datetime as dt
from dataclasses import dataclass

from funding.models import Approval, LedgerEntry, Release
from funding.services.releasing import AT_A_FOLD, BY_HAND


@dataclass(frozen=True)
class TakenBack:
    """One release that was approved, and is not any more."""

    entry: LedgerEntry
    approval: Approval

    @property
    def release(self) -> Release:
        return self.entry.release

    @property
    def amount(self):
        return -self.entry.amount

    @property
    def because(self) -> str:
        """By whom, and why."""
        if self.entry.reason == AT_A_FOLD:
            return f"{self.entry.partnership.ref} has folded, entered by {self.entry.by}"
        return f"{self.entry.by} took it back"


def taken_back(entries) -> list[TakenBack]:
    """Of these entries of the ledger (a queryset) each approval that ended, the latest first; two queries."""
    rows = entries.filter(reason__in=[BY_HAND, AT_A_FOLD], amount__lt=0).order_by("-at", "-pk")
    rows = list(rows.select_related("release", "stage", "partnership", "school", "plan__programme", "by"))
    keys = {row.pk: int(row.source.rpartition(" ")[2]) for row in rows}
    approvals = Approval.objects.select_related("by").in_bulk(set(keys.values())) if rows else {}
    return [TakenBack(row, approvals[keys[row.pk]]) for row in rows]


def ended_since(person, entries, since: dt.datetime) -> list[TakenBack]:
    """What this person has approved, and somebody else has ended after this moment."""
    rows = entries.filter(at__gt=since).exclude(by=person)
    return [one for one in taken_back(rows) if one.approval.by_id == person.pk]
