"""A plan from its order to its acceptance: in one transaction, or not at all."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from jobs.work import publish
from programmes.calendar import calendars_of
from programmes.models import Partnership, Programme
from visits.models import Away, Booking, Plan, ProposedTime, Visit, VisitChange
from visits.planner import day_of, words_of_slot
from visits.planning.asked import Asked
from visits.planning.checking import broken, sentence
from visits.planning.connected import connected
from visits.planning.proposing import read_for
from visits.planning.reading import settings_of
from visits.services.history import Changed, line_of
from visits.services.keeping import hold_people
from visits.services.out import bookings_for
from visits.services.telling import finders_of, tell_people

HALVES = ("am", "pm")
FAR = dt.timedelta(days=36525)  # visits that change places wait a hundred years ago, where no other visit is


class Overtaken(Exception):
    """What has changed since the plan was made stands against it; nothing was written. `sentences` say what."""

    def __init__(self, sentences):
        super().__init__(f"{len(sentences)} reasons")
        self.sentences = sentences


class AlreadyAccepted(Exception):
    """The plan was accepted before."""


@transaction.atomic
def order_plan(person, programme, *, partnerships=(), moves=Plan.Moves.NOTHING, asking=None) -> tuple[Plan, bool]:
    """A plan that is worked out in the background; or the one of this programme that is in hand, and False."""
    defaults = {
        "programme": programme,
        "ordered_by": person,
        "partnerships": sorted(partnerships),
        "moves": moves,
        "asking": asking or {},
    }
    plan, new = Plan.objects.filter(programme=programme).in_hand().get_or_create(defaults=defaults)
    if new:
        audit.record(person, "plan ordered", plan)
        publish(plan)
    return plan, new


@transaction.atomic
def replan_around(person, programme, away) -> tuple[Plan, bool]:
    """The days away are kept, and a plan is ordered in which as little as possible moves: of this teacher, and of
    those whose visits may have to make room."""
    days = {name: getattr(away, name) for name in ("person", "first_on", "last_on", "half")}
    away, new = Away.objects.get_or_create(**days, defaults={"entered_by": person})
    if new:
        audit.record(person, "days away entered", away)
    rows = programme.partnerships.open_to_visits().with_people()
    return order_plan(
        person,
        programme,
        partnerships=connected(rows, away.person_id),
        moves=Plan.Moves.WHAT_MUST,
        asking={"away": away.pk},
    )


def stop_plan(person, plan) -> bool:
    """No further group is begun; what is found by then stays. False where there is nothing to stop any more."""
    stopped = Plan.objects.filter(pk=plan.pk, stop_asked=False).in_hand().update(stop_asked=True)
    if stopped:
        audit.record(person, "plan stopped", plan)
    return bool(stopped)


# Accepting ------------------------------------------------------------------------------------------------------------


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
    sentences: list[str]

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
    steps, sentences = [], []
    for row in changes_of(plan):
        need = needs.get(row["slug"])
        if why := overtaken(need, row):
            sentences.append(sentence(got.names, need.key, row["to"], why) if need else gone(row))
            continue
        slots[need.key] = row["to"]
        steps.append(Step(got.asked[need.key], row["to"]))
    for key, whys in broken(got.problem, got.names, slots, [step.asked.key for step in steps]).items():
        sentences += [sentence(got.names, key, slots[key], why) for why in whys]
    return Check(steps, sentences)


def overtaken(need, row) -> str:
    if need is None:
        return "it is not planned any more"
    if need.stands != row["stands"]:
        if need.stands is None:
            return "it was cancelled after the plan was made"
        return f"somebody has chosen {words_of_slot(need.stands)} after the plan was made"
    return "it is locked, recorded or too near now" if need.is_locked else ""


def gone(row) -> str:
    partnership = Partnership.objects.filter(pk=row["partnership"]).first()
    if partnership is None:
        return f"One visit on {words_of_slot(row['to'])}: its partnership is there no more."
    return (
        f"A visit of {partnership.ref} on {words_of_slot(row['to'])}: the partnership is "
        f"{partnership.get_status_display().lower()}, or its timetable does not ask for the visit any more."
    )


@transaction.atomic
def accept_plan(person, plan) -> Check:
    """All its half-days are booked, or nothing is written: with Overtaken what stands against it is said.

    Whoever accepts a plan of this programme waits for the programme's row, and nobody pauses or folds one of its
    partnerships meanwhile; so of two plans that do not go together the second finds what the first has written.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=plan.programme_id)
    plan = (
        Plan.objects.select_for_update(of=["self"])
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
    check = check_plan(plan)
    if check.sentences:
        raise Overtaken(check.sentences)
    hold_people([someone for step in check.steps for someone in step.asked.people])
    try:
        with transaction.atomic():
            write(person, plan.programme, check)
    except IntegrityError as error:
        raise Overtaken(["Somebody was booked on one of these half-days a moment ago: look again."]) from error
    Plan.objects.filter(pk=plan.pk).update(accepted_by=person, accepted_at=timezone.now())
    audit.record(person, "plan accepted", plan, about=f"{len(check.new)} planned, {len(check.moved)} moved")
    return check


def write(person, programme, check):
    """The visits with their people's half-days and a line of history each, in as many queries for one as for all."""
    settings, organisation = settings_of(programme), programme.organisation_id
    calendars = calendars_of([organisation])
    before = {step.asked.visit.pk: as_it_stood(step.asked) for step in check.moved}
    moved = Visit.objects.filter(pk__in=before)
    Booking.objects.filter(visit__in=before).delete()
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
        bookings += bookings_for(visit, step.asked.people, person, step.asked.booked, settings.host_is_out)
        how = {"before": before.get(visit.pk), "booked": tuple(step.asked.booked)}
        still = {someone.pk for someone in step.asked.people}
        line = line_of(person, visit, still=still, calendar=calendars.of(organisation, visit.host_id), **how)
        changes.append(Changed(visit, line, **how))
    # In one order for everybody, so that two who book the same people at once do not wait for each other.
    bookings.sort(key=lambda booking: (booking.person_id, booking.on, booking.half))
    Booking.objects.bulk_create(bookings)
    VisitChange.objects.bulk_create([change.line for change in changes])
    open_proposals = ProposedTime.objects.filter(visit__in=before, answer="")
    open_proposals.update(answer=ProposedTime.Answer.OVERTAKEN, answered_by=person, answered_at=timezone.now())
    tell_people(person, changes)


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
