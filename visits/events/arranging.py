"""Events are added, changed and cancelled, and whoever was invited is told in the same transaction."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from programmes.models import Partnership
from visits.events import invitations
from visits.models import Event, WrongState
from visits.used import used_otherwise

CHOSEN = [
    "area",
    "step",
    "kind",
    "name",
    "on",
    "starts_at",
    "ends_at",
    "takes",
    "host",
    "place",
    "venue",
    "link",
    "chair",
    "minute_taker",
    "audience",
    "funded_specialist_half_days",
    "funded_partner_half_days",
]
# What the invited are told of, in words. A new day or hour asks everybody again.
TOLD = {
    "on": "the day",
    "starts_at": "the time",
    "ends_at": "the time",
    "place": "the place",
    "venue": "the place",
    "link": "the address of the online meeting",
    "name": "the name",
}
ASKS_AGAIN = {"on", "starts_at", "ends_at"}
FUNDS = {"step", "area", "on", "takes"}  # on which it hangs who is paid how many half-days


@transaction.atomic
def add_event(person, event) -> Event:
    """The event stands. Nobody is invited yet."""
    event.save()
    audit.record(person, "events.planned", event)
    funded_otherwise(person, [event], "was added")
    return event


@transaction.atomic
def change_event(person, event, seen) -> int:
    """The event is as given, and everyone who was invited knows; how many were told."""
    funding = Event.objects.get(pk=event.pk)
    what, asks_again = write_change(person, event, seen, by_hand=True)
    if any(value(funding, name) != value(event, name) for name in FUNDS):
        funded_otherwise(person, [funding, event], "was changed")
    return invitations.tell_of_change(person, event, what, asks_again=asks_again) if what else 0


def write_change(person, event, seen, *, by_hand) -> tuple[list[str], bool]:
    """In the caller's transaction the event is as given; what its invited must be told, and whether to ask them again.

    `seen` is the sequence that the person saw: whoever changed the event since then is not overwritten.
    """
    before = Event.objects.select_for_update().get(pk=event.pk)
    if before.sequence != seen or not before.is_planned:
        raise WrongState(f"event {event.pk} was changed meanwhile")
    changed = {name for name in CHOSEN if value(before, name) != value(event, name)}
    if by_hand and before.series_id:
        event.own = sorted({*before.own, *changed})
    if not changed and event.own == before.own:
        return [], False
    event.sequence = before.sequence + 1
    event.save(update_fields=[*changed, "sequence", "own"])
    audit.record(person, "events.changed", event)
    what = list(dict.fromkeys(words for name, words in TOLD.items() if name in changed))
    if event.is_past:
        return [], False
    asks_again = bool(changed & ASKS_AGAIN)
    if asks_again:
        event.attendances.exclude(answer="").update(answer="", answered_at=None)
    return what, asks_again


def value(event, name):
    return sorted(event.audience) if name == "audience" else getattr(event, event._meta.get_field(name).attname)


@transaction.atomic
def cancel_event(person, event, reason) -> int:
    """The event does not take place, its reason is kept, and everyone who was invited knows; how many were told."""
    event.move_to_cancelled(reason)
    audit.record(person, "events.cancelled", event)
    funded_otherwise(person, [event], "was cancelled")
    return 0 if event.is_past else invitations.tell_of_cancellation(person, event)


def funded_otherwise(person, events, what):
    """What follows where one of these events is of a step of the timetable, by which half-days are funded."""
    funding = [event for event in events if event.step_id]
    if not funding:
        return
    everyone = Partnership.objects.filter(programme=funding[0].programme_id).values_list("pk", flat=True)
    used_otherwise(person, everyone, f"{day_of(funding[0])} {what}.")


def day_of(event) -> str:
    return f"{event.get_kind_display()}, {event.on:%-d %B %Y},"


@transaction.atomic
def keep_minutes(person, event, text, seen) -> bool:
    """The minutes are this text. False when someone else has written since version `seen`: nothing is overwritten."""
    kept = Event.objects.filter(pk=event.pk, minutes_version=seen).update(
        minutes=text, minutes_version=F("minutes_version") + 1, minutes_by=person, minutes_at=timezone.now()
    )
    if kept:
        audit.record(person, "events.minutes", event)
    return bool(kept)
