"""Drawing a funding plan up, putting it in force, and changing it in a running year."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts import audit
from accounts.models import School, User
from funding.figures import ZERO
from funding.models import FundingPlan, PlanChange, PlanItem, Stage, WrongState
from funding.overview import Budget, budget_of, by_school
from funding.services.releasing import make_releases, spent
from funding.services.settling import settle
from funding.standing import PlanStanding, Standing, Word, is_nothing, standing_of
from papers.templatetags.plain import listed, money

# The plan of Essex 2009-10: a quarter at each of the four data points, released once the data is received.
ESSEX_SHARES = [Decimal(25)] * 4
CASE_STUDY = "Case study"


@transaction.atomic
def draw_up(person, plan: FundingPlan) -> FundingPlan:
    """A new plan, with what the timetable funds as its items and a stage for each data point, in equal shares."""
    plan.save()
    copy_items(plan)
    points = list(plan.programme.data_points.all())
    shares = equal_shares(len(points))
    Stage.objects.bulk_create(
        Stage(plan=plan, name=point.name, due_on=point.due_on, data_point=point, share=share, conditions=["data"])
        for point, share in zip(points, shares, strict=True)
    )
    PlanItem.objects.get_or_create(plan=plan, name=CASE_STUDY, step=None, defaults={"kind": PlanItem.Kind.OPTIONAL})
    audit.record(person, "funding plan drawn up", plan)
    return plan


def nothing_to_begin_with(programme) -> dict[str, str]:
    """What a new plan of this programme would begin without, by the page on which it is given: in words."""
    found = {}
    if not programme.data_points.exists():
        found["data_points"] = (
            "The programme has no data points, so the plan would begin without a stage. The usual four can be chosen: "
            "October, December, March and Summer."
        )
    funded = Q(funded_specialist_half_days__gt=0) | Q(funded_partner_half_days__gt=0)
    if not programme.timetable.filter(funded).exists():
        found["timetable"] = (
            "No step of its timetable pays a half-day, so the plan would begin without a required item. The timetable "
            "\u201cEssex two-way 2009-10\u201d can be chosen, with its six visits, three in return, and moderation."
        )
    return found


def equal_shares(number) -> list[Decimal]:
    """Percentages with three decimals that add up to 100."""
    if not number:
        return []
    each = (Decimal(100) / number).quantize(Decimal("0.001"))
    return [*[each] * (number - 1), 100 - each * (number - 1)]


def copy_items(plan: FundingPlan) -> int:
    """Each step of the timetable that funds a half-day is an item of the plan. How many are new."""
    there = set(plan.items.filter(step__isnull=False).values_list("step", flat=True))
    steps = [
        step
        for step in plan.programme.timetable.all()
        if step.pk not in there and (step.funded_specialist_half_days or step.funded_partner_half_days)
    ]
    PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan,
            step=step,
            name=step.name,
            kind=PlanItem.Kind.REQUIRED if step.required else PlanItem.Kind.OPTIONAL,
            specialist_half_days=step.funded_specialist_half_days,
            partner_half_days=step.funded_partner_half_days,
        )
        for step in steps
    )
    return len(steps)


def people_for(plan: FundingPlan) -> tuple[list[User], list[User]]:
    """Who may approve releases and who may authorise payments, at present."""
    organisation = plan.programme.organisation
    return (
        list(User.objects.holding("releases.approve", organisation)),
        list(User.objects.holding("payments.authorise", organisation)),
    )


def gaps(plan: FundingPlan) -> list[str]:
    """What stands in the way of putting the plan in force, each with what to do."""
    found, stages, items = [], list(plan.stages.all()), list(plan.items.all())
    approving, paying = people_for(plan)
    if not stages:
        found.append("The plan has no stage. Add the days on which money goes out.")
    shares = sum((stage.share for stage in stages), Decimal(0))
    named = {item.stage_id for item in items if item.stage_id}
    required = [item for item in items if item.kind == PlanItem.Kind.REQUIRED]
    in_shares = [item for item in required if item.stage_id is None]
    if stages and in_shares and shares != 100:
        found.append(f"The shares of the stages add up to {shares.normalize():f}%. Make them 100%.")
    if stages and not in_shares and shares:
        found.append("Every required item is named by a stage, so no share is left: set the shares to 0%.")
    for stage in stages:
        if not stage.share and stage.pk not in named:
            found.append(f"{stage} has neither a share nor an item. Give it one, or take the stage out.")
        first, last = plan.programme.starts_on, plan.programme.ends_on
        if not first <= stage.due_on <= last:
            found.append(
                f"{stage} is due on {stage.due_on:%-d %B %Y}, outside the year of the programme "
                f"({first:%-d %B %Y} to {last:%-d %B %Y}). Change the day."
            )
    if not any(item.worth(side, plan.rate) for item in required for side in ("specialist", "partner")):
        found.append("No required item pays anything. Say how many half-days are funded.")
    if len(approving) < 2:
        there = f"only {approving[0]} can" if approving else "nobody can"
        found.append(f"Two people must be able to approve, and {there}. Invite another budget holder.")
    if not [person for person in paying if person not in approving]:
        found.append("A finance officer is needed who approves nothing. Invite one.")
    return found


@transaction.atomic
def activate(person, plan: FundingPlan) -> FundingPlan:
    """The plan is in force, and every partnership has its releases. WrongState says what is missing."""
    plan = FundingPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.is_in_force:
        return plan
    if found := gaps(plan):
        raise WrongState(found[0])
    FundingPlan.objects.filter(pk=plan.pk, status=FundingPlan.Status.DRAFT).update(
        status=FundingPlan.Status.ACTIVE, activated_by=person, activated_at=timezone.now()
    )
    plan.refresh_from_db()
    make_releases(plan)
    audit.record(person, "funding plan put in force", plan)
    return plan


# A change in a running year ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StageDifference:
    """What a change makes of one stage, of all schools or of one: its money, and which releases wait."""

    stage: Stage
    was_due: dt.date | None  # where it is moved to another day
    before: Decimal
    after: Decimal
    waits: int  # releases that would wait for something and do not now
    goes: int  # releases that wait now and would not
    ready: int  # releases that could be approved at once and cannot now

    @property
    def is_other(self) -> bool:
        return bool(self.before != self.after or self.waits or self.goes or self.ready)


@dataclass(frozen=True)
class Difference:
    """What a change makes of the money of one school, over the year and by stage."""

    school: School
    before: Decimal
    after: Decimal
    stages: list[StageDifference]

    @property
    def more(self) -> Decimal:
        return self.after - self.before

    @property
    def others(self) -> list[StageDifference]:
        return [one for one in self.stages if one.is_other]


@dataclass(frozen=True)
class Preview:
    """What a change would make of every school and stage, and whether the budget reaches for it."""

    schools: list[Difference]
    stages: list[StageDifference]
    budget: Budget

    @property
    def changed(self) -> list[Difference]:
        return [row for row in self.schools if row.more or row.others]

    @property
    def before(self) -> Decimal:
        """Of the schools for which it changes something, together."""
        return sum((row.before for row in self.changed), ZERO)

    @property
    def after(self) -> Decimal:
        return sum((row.after for row in self.changed), ZERO)

    @property
    def more(self) -> Decimal:
        return self.after - self.before

    @property
    def is_seen_by_stage(self) -> bool:
        return any(one.is_other or one.was_due for one in self.stages)


class OnlyLooking(Exception):
    """Rolls a change back once its figures are known."""


def entitled_by_school(standing: PlanStanding) -> dict[School, Decimal]:
    """What the statement of each school says now."""
    return {one.of: one.kept.entitled for one in by_school(standing)}


def preview(plan: FundingPlan, change) -> Preview:
    """What `change`, a function that writes it, would make of every school's money, without anything being kept.

    WrongState where the plan could not be in force like that.
    """
    before = standing_of(FundingPlan.objects.get(pk=plan.pk))
    try:
        with transaction.atomic():
            change()
            changed = FundingPlan.objects.get(pk=plan.pk)
            if found := gaps(changed) or too_small(changed, before.facts.plan.budget):
                raise WrongState(found[0])
            follow_change(changed)
            after = standing_of(changed)
            budget = budget_of(changed, after)
            raise OnlyLooking
    except OnlyLooking:
        pass
    owed, then = entitled_by_school(before), entitled_by_school(after)
    schools = sorted(owed.keys() | then.keys(), key=lambda school: (school.name, school.pk))
    return Preview(
        [Difference(s, owed.get(s, ZERO), then.get(s, ZERO), by_stage(before, after, s)) for s in schools],
        by_stage(before, after),
        budget,
    )


def by_stage(before: PlanStanding, after: PlanStanding, school=None) -> list[StageDifference]:
    days = {stage.pk: stage.due_on for stage in before.facts.stages}
    found = []
    for stage in after.facts.stages:
        now, then = before.of(stage=stage, school=school), after.of(stage=stage, school=school)
        day = days.get(stage.pk, stage.due_on)
        found.append(
            StageDifference(
                stage,
                day if day != stage.due_on else None,
                sum((row.amount for row in now), ZERO),
                sum((row.amount for row in then), ZERO),
                len(waiting(then) - waiting(now)),
                len(waiting(now) - waiting(then)),
                len(those(then, Word.READY) - those(now, Word.READY)),
            )
        )
    return found


def waiting(rows: list[Standing]) -> set[tuple]:
    return those(rows, Word.AWAITING)


def those(rows: list[Standing], word) -> set[tuple]:
    return {(row.partnership.pk, row.side) for row in rows if row.word == word and not is_nothing(row)}


def too_small(plan: FundingPlan, before: Decimal) -> list[str]:
    """Why a budget cannot be cut to this: what is approved or paid stays."""
    if plan.budget >= before or plan.budget >= (used := spent(plan)):
        return []
    return [f"{money(used)} is approved or paid already, so the budget cannot be cut to {money(plan.budget)}."]


def facts_now(plan: FundingPlan) -> dict:
    """What a change is told from and to."""
    names = ["funder", "grant_ref", "cost_centre", "account_code", "budget", "rate"]
    plan = FundingPlan.objects.get(pk=plan.pk)
    return {
        **{name: str(getattr(plan, name)) for name in names},
        "pays_late_cover": plan.pays_late_cover,
        "pays_host_cover": plan.pays_host_cover,
        "stages": {
            str(stage.pk): [
                stage.name,
                stage.due_on.isoformat(),
                f"{stage.share.normalize():f}",
                stage.conditions,
                str(stage.data_point or ""),
                stage.evidence,
            ]
            for stage in plan.stages.select_related("data_point")
        },
        "items": {
            str(item.pk): [
                item.name,
                item.kind,
                item.specialist_half_days,
                item.partner_half_days,
                str(item.specialist_amount),
                str(item.partner_amount),
                str(item.stage or ""),
            ]
            for item in plan.items.select_related("stage")
        },
    }


ANY = object()


def last_change(plan: FundingPlan) -> int:
    """The key of the last change of this plan, or 0."""
    return plan.changes.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def change(person, plan: FundingPlan, write, reason="", since=ANY) -> PlanChange | None:
    """`write` is done. `since` is the last change that whoever asks for it has seen: WrongState where there is a later
    one. Of a plan in force what it was and is are kept with the reason, and what is paid by now stays: the difference
    goes into the stages that are open, or is worked out to be asked back. WrongState where the plan could not be in
    force like that."""
    plan = FundingPlan.objects.select_for_update().get(pk=plan.pk)
    if since is not ANY and last_change(plan) != since:
        raise WrongState("Somebody changed the plan a moment ago, and nothing of yours was saved. Look again.")
    if not plan.is_in_force:
        write()
        audit.record(person, "funding plan changed", plan)
        return None
    before, owed, budget = facts_now(plan), entitled_by_school(standing_of(plan)), plan.budget
    write()
    plan.refresh_from_db()
    if found := gaps(plan) + too_small(plan, budget):
        raise WrongState(listed(found))
    after = facts_now(plan)
    if before == after:
        return None
    follow_change(plan, person)
    difference = sum(entitled_by_school(standing_of(plan)).values(), ZERO) - sum(owed.values(), ZERO)
    row = PlanChange.objects.create(
        plan=plan, by=person, reason=reason, before=before, after=after, difference=difference
    )
    audit.record(person, "funding plan changed", plan)
    return row


def follow_change(plan: FundingPlan, person=None):
    """A stage that is new has its releases, and what is asked back or still to be paid is what the plan says now."""
    make_releases(plan)
    settle(plan, why="The funding plan was changed.", person=person)
