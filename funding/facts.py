"""All that the money of a programme hangs on, read in the same number of queries for one partnership and for all."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Prefetch, Q
from django.utils import timezone

from accounts.models import School
from funding.event_days import read_events
from funding.models import (
    Evidence,
    FundingPlan,
    Hold,
    ItemRecord,
    PlanItem,
    Recovery,
    Release,
    ReleaseLine,
    Side,
    Stage,
    VisitNotHeld,
    Waiver,
)
from funding.stopped import Stop, stops_of
from funding.untrue import read_untrue
from programmes.models import (
    Agreement,
    DataReturn,
    DataReturnEntry,
    PartnerSchool,
    Partnership,
    PartnershipStep,
    Signature,
)
from programmes.models.partnerships import partner_teachers
from visits.ledger.figures import Side as LedgerSide
from visits.ledger.reading import lines_of
from visits.models import Attendance, Booking, Event, Visit, VisitChange

SIDES = [Side.SPECIALIST, Side.PARTNER]
OF_LEDGER = {LedgerSide.SPECIALIST: Side.SPECIALIST, LedgerSide.PARTNER: Side.PARTNER}


@dataclass(frozen=True)
class Extra:
    """Something that is paid beside the shares, once: in the first open stage that is due on its day or later."""

    kind: str
    words: str
    on: dt.date
    half_days: int | None
    amount: object
    source: str
    item: PlanItem | None = None
    record: ItemRecord | None = None


@dataclass
class Facts:
    """`today` and all rows of one plan. Maps by partnership, or by (partnership, side)."""

    plan: FundingPlan
    today: dt.date
    partnerships: dict[int, Partnership]
    stages: list[Stage]
    items: list[PlanItem]
    releases: dict[tuple, Release]
    paid_for: dict[int, list[ReleaseLine]]
    returns: dict[tuple, DataReturn]
    agreements: dict[int, Agreement]
    visits: dict[int, list[Visit]]
    evidence: dict[tuple, Evidence]
    offsets: dict[int, list[Recovery]]
    recoveries: list[Recovery] = field(default_factory=list)  # of all partnerships of the plan
    paused: dict[int, dt.date] = field(default_factory=dict)  # since when
    returned: dict[tuple, Decimal] = field(default_factory=Counter)
    not_held: set[tuple] = field(default_factory=set)
    stops: dict[int, Stop] = field(default_factory=dict)  # by release, of those that are approved
    used: dict[tuple, int] = field(default_factory=Counter)
    untrue: dict[tuple, list[ReleaseLine]] = field(default_factory=lambda: defaultdict(list))
    event_half_days: dict[tuple, int] = field(default_factory=dict)
    paid_with: dict[tuple, str] = field(default_factory=dict)  # the partnership that is paid for an event instead
    extras: dict[tuple, list[Extra]] = field(default_factory=lambda: defaultdict(list))

    def releases_of(self, partnership, side):
        """That of each stage; None where none is there yet."""
        return [self.releases.get((stage.pk, partnership.pk, side)) for stage in self.stages]


def facts_of(plan: FundingPlan, partnerships=None, today=None, sums=True) -> Facts:
    """Of these partnerships of its programme, or of all that were ever agreed. Without `sums` what amounts hang on is
    not read: enough to tell what is missing.

    What one partnership is paid for an event hangs on the others of the same teacher, so all are looked at for that.
    """
    programme = plan.programme
    everyone = Partnership.objects.filter(programme=programme).ever_agreed().order_by("ref")
    everyone = everyone.select_related("area", "partner_school", "specialist__home_school", "specialist__user")
    everyone = list(everyone.prefetch_related(partner_teachers()))
    wanted = {row.pk for row in everyone}
    if partnerships is not None:
        wanted &= set(partnerships)
    rows = {row.pk: row for row in everyone if row.pk in wanted}
    for row in rows.values():
        row.programme = programme
    stages = list(plan.stages.select_related("data_point"))
    for stage in stages:
        stage.plan = plan
    items = list(plan.items.select_related("step", "stage"))
    asked = {condition for stage in stages for condition in stage.conditions}
    marks = list(VisitNotHeld.objects.filter(item__plan=plan, partnership__in=wanted, withdrawn_at=None))
    recoveries = recoveries_of(plan) if sums else []
    beyond = any(item.kind == PlanItem.Kind.OPTIONAL and item.step_id for item in items)
    has_folded = any(row.status == Partnership.Status.FOLDED for row in rows.values())
    facts = Facts(
        plan=plan,
        today=today or timezone.localdate(),
        partnerships=rows,
        stages=stages,
        items=items,
        releases=releases_of(stages, rows),
        paid_for=lines_by_release(plan, wanted) if sums else {},
        returns=returns_of(wanted),
        agreements=agreements_of(wanted) if Stage.Condition.AGREEMENT in asked else {},
        visits=visits_of(wanted) if beyond or marks or Stage.Condition.VISITS in asked else {},
        evidence=evidence_of(stages) if Stage.Condition.EVIDENCE in asked else {},
        offsets=offsets_of(recoveries),
        recoveries=recoveries,
        returned=returned_of(recoveries),
        paused=paused_of(rows),
    )
    facts.not_held = {(mark.partnership_id, mark.item_id) for mark in marks} - held_of(facts)
    approved = [row for row in facts.releases.values() if row.state == Release.State.APPROVED]
    facts.stops = stops_of(programme.organisation, approved, facts.today)
    if not sums:
        return facts
    if has_folded:
        facts.used = used_by(rows)
    read_events(facts, everyone)
    read_extras(facts)
    read_untrue(facts)
    return facts


def releases_of(stages, partnerships) -> dict:
    rows = Release.objects.standing().filter(stage__in=stages, partnership__in=partnerships)
    rows = rows.select_related("school", "approved_by", "payment__batch", "payment__payee").prefetch_related(
        Prefetch("waivers", Waiver.objects.select_related("by")), Prefetch("holds", Hold.objects.select_related("by"))
    )
    by_stage = {stage.pk: stage for stage in stages}
    found = {}
    for row in rows:
        row.stage, row.partnership = by_stage[row.stage_id], partnerships[row.partnership_id]
        found[row.stage_id, row.partnership_id, row.side] = row
    return found


def lines_by_release(plan, partnerships) -> dict:
    rows = ReleaseLine.objects.filter(release__stage__plan=plan, release__partnership__in=partnerships, is_alive=True)
    found = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.release_id].append(row)
    return found


def returns_of(partnerships) -> dict:
    rows = DataReturn.objects.filter(partnership__in=partnerships).select_related("submitted_by")
    entries = Prefetch("entries", DataReturnEntry.objects.select_related("user"))
    return {(row.partnership_id, row.data_point_id): row for row in rows.prefetch_related(entries)}


def evidence_of(stages) -> dict:
    return {(row.stage_id, row.partnership_id): row for row in Evidence.objects.filter(stage__in=stages)}


def agreements_of(partnerships) -> dict:
    """That which holds, with its signatures."""
    rows = Agreement.objects.filter(partnership__in=partnerships, superseded_at=None).defer("sections")
    signatures = Signature.objects.select_related("person", "school")
    found = {row.partnership_id: row for row in rows}
    for row in found.values():
        row.asked = []
    by_pk = {row.pk: row for row in found.values()}
    for signature in signatures.filter(agreement__in=by_pk).order_by("pk"):
        by_pk[signature.agreement_id].asked.append(signature)
    return found


def visits_of(partnerships) -> dict:
    """Those that stand, by partnership."""
    found = defaultdict(list)
    for row in Visit.objects.standing().filter(partnership__in=partnerships).select_related("host").order_by("on"):
        found[row.partnership_id].append(row)
    return found


def recoveries_of(plan) -> list[Recovery]:
    rows = plan.recoveries.exclude(state=Recovery.State.DROPPED)
    return list(rows.select_related("school", "stage", "partnership__area"))


def offsets_of(recoveries) -> dict:
    """Those that are set against a release which is still open, by that release."""
    found = defaultdict(list)
    for row in recoveries:
        if row.state == Recovery.State.APPROVED and row.offset_in_id:
            found[row.offset_in_id].append(row)
    return found


def paused_of(partnerships) -> dict:
    """Since when each of those that are paused now is."""
    keys = [pk for pk, row in partnerships.items() if row.status == Partnership.Status.PAUSED]
    steps = PartnershipStep.objects.filter(partnership__in=keys, status=Partnership.Status.PAUSED)
    return dict(steps.order_by("on", "at", "pk").values_list("partnership", "on")) if keys else {}


def returned_of(recoveries) -> Counter:
    """What each side has given back of what it was paid: in money, or by a later release that paid so much less."""
    found = Counter()
    for row in recoveries:
        if row.state in {Recovery.State.RECOVERED, Recovery.State.OFFSET}:
            found[row.partnership_id, row.side] += row.amount
    return found


def held_of(facts) -> set:
    """(partnership, item) of each visit that took place."""
    by_step = {item.step_id: item.pk for item in facts.items if item.step_id}
    return {
        (partnership, by_step.get(visit.step_id))
        for partnership, visits in facts.visits.items()
        for visit in visits
        if visit.status == Visit.Status.TOOK_PLACE
    }


def used_by(partnerships) -> Counter:
    """The half-days of visits that each side used, where the timetable funds them, from the ledger of visits."""
    found = Counter()
    for line in lines_of(Partnership.objects.filter(pk__in=partnerships)):
        found[line.partnership.pk, OF_LEDGER[line.side]] = line.account.used - line.account.unfunded
    return found


# What is paid beside the shares -----------------------------------------------------------------------------------


def read_extras(facts):
    read_visits_beyond(facts)
    read_records(facts)
    if facts.plan.pays_late_cover:
        read_late_cover(facts)
    if facts.plan.pays_host_cover:
        read_host_cover(facts)
    read_staff(facts)


def read_visits_beyond(facts):
    """Steps of the timetable that are not required are paid once the visit is recorded."""
    items = {item.step_id: item for item in facts.items if item.kind == PlanItem.Kind.OPTIONAL and item.step_id}
    for partnership, visits in facts.visits.items():
        for visit in visits:
            item = items.get(visit.step_id)
            if item is None or visit.recorded_at is None:
                continue
            for side in SIDES:
                if half_days := item.half_days(side):
                    facts.extras[partnership, side].append(
                        Extra(
                            ReleaseLine.Kind.OPTIONAL,
                            f"{item.name}, {visit.on:%-d %B %Y}",
                            timezone.localdate(visit.recorded_at),
                            half_days,
                            half_days * facts.plan.rate,
                            f"visit {visit.pk} {side}",
                            item,
                        )
                    )


def read_records(facts):
    """What the coordinator has recorded: optional items without a step, and grants on sign-off."""
    items = {item.pk: item for item in facts.items}
    rows = ItemRecord.objects.filter(item__in=items, partnership__in=facts.partnerships, withdrawn_at=None)
    kinds = {PlanItem.Kind.GRANT: ReleaseLine.Kind.GRANT}
    for row in rows:
        item = items[row.item_id]
        facts.extras[row.partnership_id, row.side].append(
            Extra(
                kinds.get(item.kind, ReleaseLine.Kind.OPTIONAL),
                f"{item.name}, {'signed off ' * (item.kind == PlanItem.Kind.GRANT)}{row.on:%-d %B %Y}",
                timezone.localdate(row.recorded_at),
                item.half_days(row.side) or None,
                item.worth(row.side, facts.plan.rate),
                f"record {row.pk}",
                item,
                row,
            )
        )


def read_late_cover(facts):
    """Of a host whose side the step does not fund only where the plan pays the host's cover."""
    rows = VisitChange.objects.filter(visit__partnership__in=facts.partnerships)
    rows = rows.filter(Q(late_specialist_half_days__gt=0) | Q(late_partner_half_days__gt=0)).order_by("at", "pk")
    which = "late_{}_half_days" if facts.plan.pays_host_cover else "late_{}"
    for row in rows.annotate(partnership=F("visit__partnership")).with_late():
        for side in SIDES:
            half_days = getattr(row, which.format(side))
            if half_days:
                facts.extras[row.partnership, side].append(
                    Extra(
                        ReleaseLine.Kind.LATE_COVER,
                        f"Cover given up late for {row.before_on:%-d %B %Y}"
                        if row.before_on
                        else "Cover given up late",
                        timezone.localdate(row.at),
                        half_days,
                        half_days * facts.plan.rate,
                        f"change {row.pk} {side}",
                    )
                )


def read_host_cover(facts):
    """Half-days that the host's teacher was out of class for a visit whose step funds the other side alone."""
    rows = Booking.objects.filter(
        visit__partnership__in=facts.partnerships, visit__status=Visit.Status.TOOK_PLACE, is_out=True
    )
    rows = rows.filter(visit__host=F("school")).exclude(visit__recorded_at=None).select_related("visit__step")
    for row in rows.order_by("on", "pk"):
        visit, partnership = row.visit, facts.partnerships[row.visit.partnership_id]
        side = Side.SPECIALIST if row.person_id == partnership.specialist.user_id else Side.PARTNER
        step = visit.step
        funded = step and (
            step.funded_specialist_half_days if side == Side.SPECIALIST else step.funded_partner_half_days
        )
        if not funded:
            facts.extras[partnership.pk, side].append(
                Extra(
                    ReleaseLine.Kind.OPTIONAL,
                    f"Cover of the host, {row.on:%-d %B %Y}",
                    timezone.localdate(visit.recorded_at),
                    1,
                    facts.plan.rate,
                    f"booking {row.pk}",
                )
            )


def read_staff(facts):
    """Training of a partner school's staff: each person present, as many as the programme funds there, with the first
    partnership of the school."""
    items = {item.step_id: item for item in facts.items if item.kind == PlanItem.Kind.STAFF and item.step_id}
    if not items:
        return
    covered = {
        row.school_id: row.staff_covered
        for row in PartnerSchool.objects.filter(programme=facts.plan.programme).select_related("programme")
    }
    first = {}
    for partnership in Partnership.objects.filter(programme=facts.plan.programme).ever_agreed().order_by("ref"):
        if partnership.status != Partnership.Status.FOLDED:
            first.setdefault(partnership.partner_school_id, partnership.pk)
    rows = Attendance.objects.filter(
        event__in=Event.objects.standing().filter(step__in=items, register_closed_at__isnull=False),
        present=True,
        school__in=first,
    )
    counted = Counter()
    for row in rows.select_related("event").order_by("event__on", "event", "pk"):
        item, partnership = items[row.event.step_id], first[row.school_id]
        most = covered.get(row.school_id, facts.plan.programme.staff_funded)
        half_days = item.half_days(Side.PARTNER)
        if partnership not in facts.partnerships or not half_days:
            continue
        counted[row.event_id, row.school_id] += 1
        if most is not None and counted[row.event_id, row.school_id] > most:
            continue
        facts.extras[partnership, Side.PARTNER].append(
            Extra(
                ReleaseLine.Kind.STAFF,
                f"{item.name}, {row.event.on:%-d %B %Y}, one of the staff",
                timezone.localdate(row.event.register_closed_at),
                half_days,
                half_days * facts.plan.rate,
                f"attendance {row.pk}",
                item,
            )
        )


def school_of(partnership: Partnership, side) -> School:
    return partnership.specialist.home_school if side == Side.SPECIALIST else partnership.partner_school
