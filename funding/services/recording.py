"""What is paid beside the shares once somebody says that it was done, and the evidence that stages wait for."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from funding.models import Evidence, FundingPlan, ItemRecord, WrongState


@transaction.atomic
def record(person, item, partnership, side, on) -> ItemRecord:
    """It was done, and the next open stage pays it. WrongState where it is recorded for that day already."""
    FundingPlan.objects.select_for_update().get(pk=item.plan_id)
    there = ItemRecord.objects.filter(item=item, partnership=partnership, side=side, on=on, withdrawn_at=None)
    if there.exists():
        raise WrongState("It is recorded for this day already.")
    row = ItemRecord.objects.create(item=item, partnership=partnership, side=side, on=on, recorded_by=person)
    audit.record(person, "funded item recorded", row)
    return row


@transaction.atomic
def withdraw(person, row: ItemRecord):
    """It was not done after all: as long as no release has paid it."""
    FundingPlan.objects.select_for_update().get(pk=row.item.plan_id)
    if row.lines.filter(is_alive=True).exists():
        raise WrongState("A release that is approved pays it already. Take that approval back first.")
    ItemRecord.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_by=person, withdrawn_at=timezone.now())
    audit.record(person, "funded item withdrawn", row)


def receive_evidence(person, stage, partnership, on) -> Evidence:
    try:
        with transaction.atomic():
            row = Evidence.objects.create(stage=stage, partnership=partnership, on=on, by=person)
    except IntegrityError:
        raise WrongState("It is in already.") from None
    audit.record(person, "evidence received", row)
    return row
