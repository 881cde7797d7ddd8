"""Meetings that come again: the days on which they stand, and the hosts that go round."""

import copy

from django.db import transaction

from accounts import audit
from programmes.calendar import calendar_of
from visits.events.arranging import CHOSEN, funded_otherwise
from visits.events.audience import people_of
from visits.events.days import meetings
from visits.events.hosts import rota, who_runs_it
from visits.models import Event, EventSeries

RUN_BY = ("chair", "minute_taker")


@transaction.atomic
def add_series(person, event, rhythm, until, *, rotates=False) -> EventSeries:
    """A meeting stands on each day of the rhythm; the first one is `event`."""
    days = days_of(event, rhythm, until)
    rotates = bool(rotates and event.area_id)
    series = EventSeries.objects.create(
        programme=event.programme, rhythm=rhythm, first_on=event.on, until=until, rotates=rotates
    )
    hosts = rota(event.area, days, event.host) if rotates else [event.host] * len(days)
    if rotates:
        # Whoever was chosen runs the first meeting; the others are run by their hosts.
        first = event if event.host_id else like_no_host(event)
        lay_out(series, first, days[:1], hosts[:1], at_host=event.place_id == event.host_id)
        lay_out(series, like_no_host(event), days[1:], hosts[1:], at_host=event.place_id == event.host_id)
    else:
        lay_out(series, event, days, hosts)
    audit.record(person, "events.series planned", series)
    funded_otherwise(person, [event], "was added")
    return series


def days_of(event, rhythm, until):
    """The days on which a series like this event would meet. The first day stands even where schools are closed."""
    days = meetings(rhythm, event.on, until, calendar_of(event.programme.organisation_id))
    return sorted({event.on, *days})


def like_no_host(event):
    """The event with nobody who runs it."""
    event = copy.copy(event)
    event.chair = event.minute_taker = None
    return event


def new_like(event, **fields) -> Event:
    """An event of its own that is like this one, and of which nothing has happened yet."""
    alike = {name: getattr(event, name) for name in ("programme", "series", *CHOSEN)}
    return Event(**alike | fields)


def lay_out(series, like, days, hosts, *, at_host=False) -> list[Event]:
    """One meeting on each day at its host's; where the series rotates the host runs it, unless `like` says who does."""
    people = people_of(series.programme) if series.rotates else []
    made = []
    for on, host in zip(days, hosts, strict=True):
        event = new_like(like, series=series, on=on)
        if series.rotates:
            event.host, event.place = host, host if at_host else like.place
            for name, someone in zip(RUN_BY, who_runs_it(series.programme, host, people), strict=True):
                setattr(event, name, getattr(like, name) or someone)
        event.save(force_insert=True)
        made.append(event)
    return made


def series_in(events):
    return EventSeries.objects.filter(pk__in=events.values("series")).select_related("programme")
