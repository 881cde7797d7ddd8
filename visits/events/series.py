"""Meetings that come again: how a series is laid out, and how it goes on differently from a day on."""

import copy
import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from accounts import audit
from programmes.calendar import calendar_of
from visits.events.arranging import cancel_event, change_event
from visits.events.days import meetings
from visits.events.hosts import rota, who_runs_it
from visits.models import Event, EventSeries, WrongState


@dataclass(frozen=True)
class Wish:
    """How a series shall go on: the rhythm, the first day of it, the hours, and until when."""

    rhythm: str
    first_on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    until: dt.date


@dataclass(frozen=True)
class Course:
    """What a wish does to a series: which meetings stay before it, go on, or give way, and which days are new.

    `touched` are those later meetings that somebody has changed by hand, was invited to, or has left something in.
    """

    earlier: list
    go_on: list
    give_way: list
    new_days: list
    touched: list

    @property
    def digest(self):
        """Another one, as soon as anything changed that was shown."""
        shown = [(event.pk, event.sequence, event.answers, event.traces) for event in self.go_on + self.give_way]
        return hashlib.sha256(repr((shown, self.new_days)).encode()).hexdigest()[:16]


@transaction.atomic
def add_series(person, event, rhythm, until, *, rotates=False) -> EventSeries:
    """A meeting stands on each day of the rhythm; the first one is `event`."""
    days = days_of(event, rhythm, until)
    series = EventSeries.objects.create(programme=event.programme, rhythm=rhythm, until=until, rotates=rotates)
    lay_out(series, event, days)
    audit.record(person, "events.series planned", series)
    return series


def days_of(event, rhythm, until):
    """The days on which a series like this event would meet. The first day stands even where schools are closed."""
    days = meetings(rhythm, event.on, until, calendar_of(event.programme.organisation_id))
    return sorted({event.on, *days})


def lay_out(series, like, days, first_host=True):
    """One event on each day, with the hosts in turn where the series rotates."""
    rotates = series.rotates and like.area_id
    hosts = rota(like.area, days, like.host if first_host else None) if rotates else [like.host] * len(days)
    made = {}
    for number, (on, host) in enumerate(zip(days, hosts, strict=True)):
        event = copy.copy(like)
        event.pk, event.uid, event.series, event.on, event.sequence = None, uuid.uuid4(), series, on, 0
        event.minutes, event.minutes_version, event.register_closed_at = "", 0, None
        event.minutes_by = event.minutes_at = None
        event.changed_by_hand, event.status = False, Event.Status.PLANNED
        event._state = copy.copy(like._state)  # noqa: SLF001 (a copy is a new row)
        event._state.adding = True  # noqa: SLF001 (as above)
        if rotates and (number or not first_host or like.host_id is None):
            at_host = like.place_id == like.host_id
            event.host, event.place = host, host if at_host else like.place
            if host not in made:
                made[host] = who_runs_it(like.programme, host)
            event.chair, event.minute_taker = made[host]
        event.save(force_insert=True)


def series_in(events):
    return EventSeries.objects.filter(pk__in=events.values("series")).select_related("programme")


def course(series, from_on, wish) -> Course:
    """What the wish would do, from a day on. The same day goes on; every other later meeting gives way."""
    standing = series.events.standing().annotate(
        answers=Count("attendances", filter=~Q(attendances__answer=""), distinct=True),
        traces=Count("attendances", distinct=True) + Count("slots", distinct=True) + Count("actions", distinct=True),
    )
    standing = list(standing.select_related("programme", "area", "host", "place").order_by("on", "pk"))
    later = [event for event in standing if event.on >= from_on]
    days = meetings(wish.rhythm, wish.first_on, wish.until, calendar_of(series.programme.organisation_id))
    return Course(
        earlier=[event for event in standing if event.on < from_on],
        go_on=[event for event in later if event.on in days],
        give_way=[event for event in later if event.on not in days],
        new_days=[on for on in days if on not in {event.on for event in later}],
        touched=[event for event in later if is_touched(event)],
    )


def is_touched(event):
    return bool(event.changed_by_hand or event.traces or event.minutes)


@transaction.atomic
def change_series(person, series, from_on, wish, *, keep, seen) -> Course:
    """From a day on the series goes as wished. What was before stays, and so do the meetings in `keep`.

    `seen` is the digest of what the person was shown: whatever changed since then is shown first.
    """
    series = EventSeries.objects.select_for_update().select_related("programme").get(pk=series.pk)
    found = course(series, from_on, wish)
    if found.digest != seen:
        raise WrongState(f"series {series.pk} was changed meanwhile")
    like = (found.earlier or found.go_on or found.give_way)[-1]
    kept = {event.on for event in found.touched if event.pk in keep}
    reason = f"From {from_on:%-d %B %Y} on we meet in another rhythm: {EventSeries.Rhythm(wish.rhythm).label.lower()}."
    for event in found.give_way:
        if event.on in kept:
            continue
        if is_touched(event):
            cancel_event(person, event, reason)
        else:
            event.delete()
    for event in found.go_on:
        if event.on not in kept:
            event.starts_at, event.ends_at = wish.starts_at, wish.ends_at
            change_event(person, event, event.sequence, by_hand=False)
    series.rhythm, series.until = wish.rhythm, wish.until
    series.save(update_fields=["rhythm", "until"])
    like.starts_at, like.ends_at = wish.starts_at, wish.ends_at
    lay_out(series, like, [on for on in found.new_days if on not in kept], first_host=False)
    audit.record(person, "events.series changed", series)
    return found
