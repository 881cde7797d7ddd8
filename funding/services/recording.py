"""What is paid beside the shares once somebody says that it was done, and the evidence that stages wait for."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts import audit
from funding.facts import Facts, facts_of
from funding.models import (
    Evidence,
    FundingPlan,
    ItemRecord,
    PlanItem,
    Recovery,
    Release,
    Side,
    Stage,
    VisitNotHeld,
    WrongState,
)
from funding.services.settling import settle
from funding.standing import PlanStanding, standing_of
from papers.templatetags.plain import listed
from programmes.models import Partnership
from visits.models import Visit


@transaction.atomic
def record(person, item, partnership, side, on) -> ItemRecord:
    """It was done, and the next open stage pays it. WrongState where none can, or where it is recorded already: a grant
    on sign-off once for each side, anything else once for each day."""
    FundingPlan.objects.select_for_update().get(pk=item.plan_id)
    there = ItemRecord.objects.filter(item=item, partnership=partnership, side=side, withdrawn_at=None)
    if item.kind == PlanItem.Kind.GRANT and (before := there.select_related("recorded_by").first()):
        raise WrongState(
            f"{item} is paid once: {before.recorded_by} recorded it for this side on "
            f"{timezone.localdate(before.recorded_at):%-d %B %Y}, for {before.on:%-d %B %Y}."
        )
    if there.filter(on=on).exists():
        raise WrongState("It is recorded for this day already.")
    row = ItemRecord.objects.create(item=item, partnership=partnership, side=side, on=on, recorded_by=person)
    if row.pk not in paying_stages(standing_of(item.plan, [partnership.pk])):
        raise WrongState(why_no_stage(partnership))
    audit.record(person, "funded item recorded", row)
    return row


def paying_stages(standing: PlanStanding) -> dict[int, Stage]:
    """Record -> the stage that pays it, or has paid it. One that is not there is paid by none."""
    return {
        getattr(line.record, "pk", line.record): stage
        for account in standing.accounts.values()
        for stage, lines in zip(standing.facts.stages, account.lines, strict=True)
        for line in lines
        if line.record
    }


def why_no_stage(partnership: Partnership) -> str:
    """Why no stage can pay what was done by this partnership."""
    status = partnership.get_status_display().lower()
    if partnership.is_not_agreed:
        return f"No stage can pay it: {partnership.ref} is {status}, and nothing is paid before it is agreed."
    if partnership.status == Partnership.Status.FOLDED:
        return f"No stage can pay it: {partnership.ref} has folded, and none of its releases is open."
    return f"No stage can pay it: each one of {partnership.ref} is approved or paid already. Add a stage to the plan."


@transaction.atomic
def withdraw(person, row: ItemRecord):
    """It was not done after all: as long as no release has paid it."""
    FundingPlan.objects.select_for_update().get(pk=row.item.plan_id)
    if row.lines.filter(is_alive=True).exists():
        raise WrongState("A release that is approved pays it already. Take that approval back first.")
    ItemRecord.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_by=person, withdrawn_at=timezone.now())
    audit.record(person, "funded item withdrawn", row)


def receive_evidence(person, stage: Stage, partnerships, on) -> list[Evidence]:
    """It is in for each of these; for one that has it already nothing changes."""
    found = []
    with transaction.atomic():
        for partnership in partnerships:
            row, is_new = Evidence.objects.get_or_create(
                stage=stage, partnership=partnership, defaults={"on": on, "by": person}
            )
            if is_new:
                audit.record(person, "evidence received", row)
                found.append(row)
    return found


@transaction.atomic
def take_evidence_back(person, row: Evidence):
    """It is not in after all: as long as no release that is approved rests on it."""
    FundingPlan.objects.select_for_update().get(pk=row.stage.plan_id)
    if Release.objects.fixed().filter(stage=row.stage_id, partnership=row.partnership_id).exists():
        raise WrongState("A release that is approved rests on it. Take that approval back first.")
    audit.record(person, "evidence taken back", row)
    row.delete()


@dataclass(frozen=True)
class Missed:
    """A required visit whose weeks are over, that did not take place and for which no half-day is booked."""

    item: PlanItem
    partnership: Partnership
    amounts: dict[str, Decimal]

    @property
    def key(self):
        return f"{self.item.pk}-{self.partnership.pk}"


RUNNING = {Partnership.Status.ACTIVE, Partnership.Status.COMPLETED, Partnership.Status.EMBEDDING}


def missed(plan: FundingPlan) -> list[Missed]:
    """Those that nobody has given up yet, in the order of the timetable."""
    facts = facts_of(plan)
    there = standing_visits(facts)
    marks = VisitNotHeld.objects.filter(item__plan=plan, withdrawn_at=None)
    marked = set(marks.values_list("partnership", "item"))
    items = [item for item in facts.items if is_over(item, facts.today)]
    return [
        Missed(item, partnership, {side: item.half_days(side) * plan.rate for side in Side.values})
        for item in sorted(items, key=lambda item: (item.step.window_end, item.pk))
        for partnership in facts.partnerships.values()
        if partnership.status in RUNNING
        and (partnership.pk, item.step_id) not in there
        and (partnership.pk, item.pk) not in marked
    ]


def is_over(item, today) -> bool:
    return bool(
        item.kind == PlanItem.Kind.REQUIRED
        and item.step_id
        and item.step.type == "visit"
        and item.step.window_end < today
    )


def standing_visits(facts: Facts) -> set:
    """(partnership, step) of each visit that took place, or has a half-day."""
    rows = Visit.objects.standing().filter(partnership__in=facts.partnerships)
    return set(rows.values_list("partnership", "step"))


def given_up(plan: FundingPlan) -> list[VisitNotHeld]:
    """All that ever were, the latest first."""
    rows = VisitNotHeld.objects.filter(item__plan=plan)
    return list(rows.select_related("item", "partnership__partner_school", "by"))


@transaction.atomic
def give_up(person, plan: FundingPlan, keys, because: str) -> list[Recovery]:
    """These visits will not take place: nobody is paid for them. What was paid already is taken from open stages, and
    what no open stage can take is worked out to be asked back: those recoveries. WrongState where one is not there."""
    plan = FundingPlan.objects.select_for_update().get(pk=plan.pk)
    offered = {one.key: one for one in missed(plan)}
    if gone := [key for key in keys if key not in offered]:
        raise WrongState(f"{len(gone)} of the visits you chose took place, or somebody has given them up already.")
    for one in (offered[key] for key in keys):
        row = VisitNotHeld.objects.create(item=one.item, partnership=one.partnership, because=because, by=person)
        audit.record(person, "visit not held", row)
    names = listed(list(dict.fromkeys(offered[key].item.name for key in keys)))
    why = f"{names} will not take place."
    return settle(plan, {offered[key].partnership.pk for key in keys}, why, person)


@transaction.atomic
def take_giving_up_back(person, row: VisitNotHeld):
    """It is to take place after all, and is paid as planned."""
    plan = FundingPlan.objects.select_for_update().get(pk=row.item.plan_id)
    if not VisitNotHeld.objects.filter(pk=row.pk, withdrawn_at=None).update(
        withdrawn_by=person, withdrawn_at=timezone.now()
    ):
        raise WrongState("It is taken back already.")
    audit.record(person, "visit to be held after all", row)
    settle(plan, [row.partnership_id], f"{row.item.name} is to take place after all.", person)
