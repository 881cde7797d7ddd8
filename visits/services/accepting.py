"""Accepting a plan: every rule is looked at again, and all of it is written in one transaction, or nothing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from jobs.work import CannotBeDone, progress_beside
from programmes.calendar import calendars_of
from programmes.models import Partnership, Programme
from visits.models import Booking, Plan, ProposedTime, Visit, VisitChange
from visits.planner import day_of, words_of_slot
from visits.planning.asked import Asked
from visits.planning.checking import Against, Refusal, What, broken
from visits.planning.proposing import read_for
from visits.planning.reading import settings_of
from visits.services.history import Changed, line_of
from visits.services.keeping import after_late_cover, hold_people
from visits.services.out import bookings_for
from visits.services.telling import finders_of, tell_people

HALVES = ("am", "pm")
FAR = dt.timedelta(days=36525)  # visits that change places wait a hundred years ago, where no other visit is
STEPS = 3  # the rules are looked at, the half-days are booked, those concerned are told


class Overtaken(Exception):
    """What has changed since the plan was made stands against it; nothing was written. `refusals` say what."""

    def __init__(self, refusals):
        super().__init__(f"{len(refusals)} reasons")
        self.refusals = refusals


class AlreadyAccepted(Exception):
    """The plan was accepted before."""


def write_plan(acceptance):
    """What the worker does once somebody has accepted a plan.

    That it is done is part of the transaction, mails and all: a worker that dies in it leaves nothing, and of two that
    have the same acceptance one writes.
    """
    person, plan = acceptance.asked_by, acceptance.plan
    if not Plan.objects.allowed(person, "plans.manage").filter(pk=plan.pk).exists():
        raise CannotBeDone("Whoever accepted it may not plan this programme any more.")
    try:
        with progress_beside(acceptance) as progress, transaction.atomic():
            accept_plan(person, plan, told=lambda done: progress(done, STEPS))
            acceptance.finish(done=STEPS, total=STEPS)
    except AlreadyAccepted as error:
        raise CannotBeDone("The plan was accepted already.") from error
    except Overtaken as overtaken:
        acceptance.mine().update(refusals=[asdict(refusal) for refusal in overtaken.refusals])
        raise CannotBeDone("The plan no longer holds, and nothing was written.") from overtaken


@dataclass(frozen=True)
class Step:
    """One visit that the plan gives a half-day, or another one."""

    asked: Asked
    slot: int

    @property
    def is_new(self):
        return self.asked.visit is None

    @property
    def on(self):
        return day_of(self.slot)

    @property
    def half(self):
        return HALVES[self.slot % 2]

    @property
    def words(self):
        return words_of_slot(self.slot)


@dataclass(frozen=True)
class Check:
    """What accepting a plan would write, and what stands against it by now."""

    steps: list[Step]
    refusals: list[Refusal]

    @property
    def new(self):
        return [step for step in self.steps if step.is_new]

    @property
    def moved(self):
        return [step for step in self.steps if not step.is_new]

    @property
    def people(self) -> set[int]:
        return {someone.pk for step in self.steps for someone in step.asked.people}

    @property
    def schools(self) -> set[int]:
        return {school.pk for step in self.steps for school in step.asked.partnership.schools}


def changes_of(plan) -> list[dict]:
    """Its visits whose half-day would be another one."""
    return [row for row in plan.result["visits"] if row["to"] is not None and row["to"] != row["stands"]]


def check_plan(plan, today=None) -> Check:
    """Every rule is looked at again, with the rows of this moment."""
    got = read_for(plan, plan.ordered_by, today)
    needs = {got.asked[need.key].slug: need for need in got.problem.needs}
    slots = {need.key: need.stands for need in got.problem.needs if need.stands is not None}
    steps, refusals = [], []
    for row in changes_of(plan):
        need = needs.get(row["slug"])
        if against := overtaken(need, row):
            refusals.append(Refusal(row["slug"], row["partnership"], row["to"], against))
            continue
        slots[need.key] = row["to"]
        steps.append(Step(got.asked[need.key], row["to"]))
    slugs = {key: asked.slug for key, asked in got.asked.items()}
    for key, found in broken(got.problem, slugs, slots, [step.asked.key for step in steps]).items():
        asked = got.asked[key]
        refusals += [Refusal(asked.slug, asked.partnership.pk, slots[key], against) for against in found]
    return Check(steps, refusals)


def overtaken(need, row) -> Against | None:
    if need is None:
        return Against(What.GONE)
    if need.stands != row["stands"]:
        return Against(What.CANCELLED) if need.stands is None else Against(What.CHOSEN, at=need.stands)
    return Against(What.SETTLED) if need.is_locked else None


@transaction.atomic
def accept_plan(person, plan, *, told: Callable[[int], object] = lambda done: None) -> Check:
    """All its half-days are booked, or nothing is written: with Overtaken what stands against it is said.

    `told` hears how many of the STEPS are done.

    Whoever accepts a plan of this programme waits for the programme's row, and nobody pauses or folds one of its
    partnerships meanwhile; so of two plans that do not go together the second finds what the first has written.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=plan.programme_id)
    plan = (
        Plan.objects.select_for_update(of=["self"], no_key=True)
        .select_related("programme__organisation", "ordered_by")
        .get(pk=plan.pk)
    )
    if plan.accepted_at:
        raise AlreadyAccepted(f"plan {plan.pk}")
    rows = changes_of(plan)
    concerned = Partnership.objects.filter(pk__in={row["partnership"] for row in rows}).order_by("pk")
    list(concerned.select_for_update(no_key=True).values_list("pk", flat=True))
    visits = Visit.objects.filter(pk__in=[row["visit"] for row in rows if row["visit"]]).order_by("pk")
    list(visits.select_for_update().values_list("pk", flat=True))
    told(0)
    check = check_plan(plan)
    if check.refusals:
        raise Overtaken(check.refusals)
    told(1)
    hold_people([someone for step in check.steps for someone in step.asked.people])
    try:
        with transaction.atomic():
            changes = write(person, plan.programme, check)
    except IntegrityError as error:
        raise Overtaken([Refusal("", plan.programme_id, 0, Against(What.RACED))]) from error
    told(2)
    after_late_cover(person, [change.line for change in changes])
    tell_people(person, changes)
    Plan.objects.filter(pk=plan.pk).update(accepted_by=person, accepted_at=timezone.now())
    audit.record(person, "plan accepted", plan, about=f"{len(check.new)} planned, {len(check.moved)} moved")
    return check


def write(person, programme, check) -> list[Changed]:
    """The visits with their people's half-days and a line of history each, in as many queries for one as for all."""
    settings, organisation = settings_of(programme), programme.organisation_id
    calendars = calendars_of([organisation])
    before = {step.asked.visit.pk: as_it_stood(step.asked) for step in check.moved}
    moved, earlier = Visit.objects.filter(pk__in=before), defaultdict(list)
    booked = Booking.objects.filter(visit__in=before)
    for booking in booked.select_related("person", "school").order_by("person_id"):
        earlier[booking.visit_id].append(booking)
    booked.delete()
    moved.update(on=F("on") - FAR)
    for step in check.moved:
        visit = step.asked.visit
        visit.partnership, visit.on, visit.half, visit.sequence = (
            step.asked.partnership,
            step.on,
            step.half,
            visit.sequence + 1,
        )
    Visit.objects.bulk_update([step.asked.visit for step in check.moved], ["on", "half", "sequence"])
    visits = [step.asked.visit or new_visit(step) for step in check.steps]
    Visit.objects.bulk_create([visit for visit in visits if visit.pk is None])
    bookings, changes = [], []
    for step, visit in zip(check.steps, visits, strict=True):
        bookings += bookings_for(visit, step.asked.people, person, earlier[visit.pk], settings.host_is_out)
        how = {"before": before.get(visit.pk), "booked": tuple(earlier[visit.pk])}
        still = {someone.pk for someone in step.asked.people}
        line = line_of(person, visit, still=still, calendar=calendars.of(organisation, visit.host_id), **how)
        changes.append(Changed(visit, line, **how))
    # In one order for everybody, so that two who book the same people at once do not wait for each other.
    bookings.sort(key=lambda booking: (booking.person_id, booking.on, booking.half))
    Booking.objects.bulk_create(bookings)
    VisitChange.objects.bulk_create([change.line for change in changes])
    open_proposals = ProposedTime.objects.filter(visit__in=before, answer="")
    open_proposals.update(answer=ProposedTime.Answer.OVERTAKEN, answered_by=person, answered_at=timezone.now())
    return changes


def as_it_stood(asked) -> Visit:
    visit = asked.visit
    return Visit(partnership=asked.partnership, on=visit.on, half=visit.half, host=visit.host, status=visit.status)


def new_visit(step) -> Visit:
    asked = step.asked
    return Visit(
        partnership=asked.partnership, step=asked.step, kind=asked.kind, host=asked.host, on=step.on, half=step.half
    )


def cover_finders(programme, check) -> set[int]:
    """Those who are told at the schools concerned who is out of class when."""
    found = finders_of(programme.organisation, check.schools)
    return {someone.pk for people in found.values() for someone in people}
