"""What an event of a kind is usually like, so that the form starts filled in."""

import datetime as dt

from programmes.models import TimetableStep
from visits.models import Event, Group

SPECIALISTS, TEACHERS = [Group.SPECIALIST], [Group.SPECIALIST, Group.PARTNER]
EVERYONE = list(Group)
USUALLY = {
    Event.Kind.TRAINING: (Event.Takes.DAY, "09:00", "15:30", SPECIALISTS),
    Event.Kind.LAUNCH: (Event.Takes.DAY, "09:30", "15:30", EVERYONE),
    Event.Kind.TWILIGHT: (Event.Takes.NOTHING, "16:00", "18:00", TEACHERS),
    Event.Kind.MODERATION: (Event.Takes.AFTERNOON, "13:00", "15:30", TEACHERS),
    Event.Kind.NETWORK: (Event.Takes.NOTHING, "16:00", "17:30", TEACHERS),
    Event.Kind.INSET: (Event.Takes.DAY, "09:00", "15:30", EVERYONE),
    Event.Kind.SHOWCASE: (Event.Takes.AFTERNOON, "13:00", "15:30", EVERYONE),
    Event.Kind.FEEDBACK: (Event.Takes.AFTERNOON, "13:00", "15:30", TEACHERS),
}
HOURS = {
    Event.Takes.NOTHING: ("16:00", "18:00"),
    Event.Takes.AFTERNOON: ("13:00", "15:30"),
    Event.Takes.DAY: ("09:00", "15:30"),
}
SAID = {
    "specialist teachers": Group.SPECIALIST,
    "partner teachers": Group.PARTNER,
    "heads": Group.HEAD,
    "headteachers": Group.HEAD,
    "consultants": Group.CONSULTANT,
}
KIND_IN_NAME = [
    ("twilight", Event.Kind.TWILIGHT),
    ("moderation", Event.Kind.MODERATION),
    ("launch", Event.Kind.LAUNCH),
    ("inset", Event.Kind.INSET),
    ("showcase", Event.Kind.SHOWCASE),
    ("feedback", Event.Kind.FEEDBACK),
    ("network", Event.Kind.NETWORK),
    ("training", Event.Kind.TRAINING),
]


def of_kind(kind) -> dict:
    takes, starts_at, ends_at, audience = USUALLY[Event.Kind(kind)]
    return {
        "kind": Event.Kind(kind),
        "takes": takes,
        "starts_at": dt.time.fromisoformat(starts_at),
        "ends_at": dt.time.fromisoformat(ends_at),
        "audience": audience,
    }


def of_step(step) -> dict:
    """As the programme's timetable has it: the name, how much of the day, for whom, and what is funded."""
    kind = kind_of(step.name)
    takes = {0: Event.Takes.NOTHING, 1: Event.Takes.AFTERNOON}.get(step.half_days, Event.Takes.DAY)
    if kind == Event.Kind.TWILIGHT and step.half_days:
        kind = Event.Kind.MODERATION if "moderation" in step.name.lower() else Event.Kind.NETWORK
    said = [part.strip().lower() for part in step.audience.split(";")]
    starts_at, ends_at = HOURS[takes]
    return of_kind(kind) | {
        "step": step,
        "name": step.name,
        "on": step.window_start if step.window_start == step.window_end else None,
        "takes": takes,
        "starts_at": dt.time.fromisoformat(starts_at),
        "ends_at": dt.time.fromisoformat(ends_at),
        "audience": [SAID[part] for part in said if part in SAID] or of_kind(kind)["audience"],
        "funded_specialist_half_days": min(step.funded_specialist_half_days, Event.HALF_DAYS[takes]),
        "funded_partner_half_days": min(step.funded_partner_half_days, Event.HALF_DAYS[takes]),
    }


def kind_of(name):
    return next((kind for word, kind in KIND_IN_NAME if word in name.lower()), Event.Kind.NETWORK)


def steps_without_event(programmes):
    """The events of running programmes' timetables for which none stands in the calendar yet."""
    steps = TimetableStep.objects.filter(programme__in=programmes, type=TimetableStep.Type.EVENT)
    placed = Event.objects.standing().filter(step__isnull=False).values("step")
    return steps.exclude(pk__in=placed).select_related("programme").order_by("window_start", "order")
