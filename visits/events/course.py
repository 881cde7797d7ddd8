"""What a wish for a series comes to, meeting by meeting: shown before anything is written, and done as it was shown."""

import copy
import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import School
from programmes.calendar import calendar_of
from visits.events.arranging import ASKS_AGAIN, TOLD, value
from visits.events.audience import people_of
from visits.events.days import meetings
from visits.events.hosts import rota, who_runs_it
from visits.events.series import RUN_BY
from visits.models import Attendance, Event

# What may change for all meetings from a day on, and what a page calls it.
CALLED = {
    "kind": "kind",
    "name": "name",
    "starts_at": "time",
    "ends_at": "time",
    "takes": "half-days",
    "host": "host",
    "place": "place",
    "venue": "place",
    "link": "online address",
    "chair": "chair",
    "minute_taker": "minute taker",
    "audience": "audience",
    "funded_specialist_half_days": "funding",
    "funded_partner_half_days": "funding",
}
# What holds only together: with a part of it all of it is as wished, or as it was changed by hand.
TOGETHER = [
    {"starts_at", "ends_at"},
    {"kind", "takes", "funded_specialist_half_days", "funded_partner_half_days"},
]
OF_THE_HOST = {"host", "place", *RUN_BY}


@dataclass(frozen=True)
class Wish:
    """How a series shall go on from a day on: like an event, of which `changed` names what is to be different.

    Without a first day the meetings stay on their days, as far as `until` reaches. Where the hosts take turns `like`
    has no host, and at_host says that a meeting takes place at its host's.
    """

    from_on: dt.date
    like: Event
    changed: frozenset[str]
    rhythm: str
    until: dt.date
    first_on: dt.date | None = None
    rotates: bool = False
    at_host: bool = True
    order_of: Event | None = None

    @property
    def words(self):
        """What is to be different, as (what, how it will be), each once."""
        like = self.like
        turns = "The schools take turns" if self.rotates else None
        at_host = "At the host school" if self.rotates and self.at_host else None
        place = ", ".join(part for part in (like.venue, at_host or (like.place and like.place.name)) if part)
        said = {
            "kind": like.get_kind_display(),
            "name": like.name or "None: it is called after its kind",
            "time": like.hours,
            "half-days": like.get_takes_display(),
            "host": turns or (str(like.host) if like.host else "No school"),
            "place": place or "No school and no room",
            "online address": like.link or "None",
            "chair": like.chair or ("The host's head" if self.rotates else "Nobody yet"),
            "minute taker": like.minute_taker or ("One of the host's teachers" if self.rotates else "Nobody yet"),
            "audience": like.for_whom,
            "funding": f"{like.funded_specialist_half_days} for each specialist teacher, "
            f"{like.funded_partner_half_days} for each partner teacher",
        }
        return [(what.capitalize(), said[what]) for what in called(self.changed)]


@dataclass(frozen=True)
class Fate:
    """One meeting that goes on: how it is, how it will be, and what it keeps because someone changed it by hand."""

    event: Event
    new: Event
    changed: frozenset[str]
    kept: frozenset[str]
    gets_order: bool

    @property
    def changes(self):
        return bool(self.changed or self.gets_order)

    @property
    def is_told(self):
        return bool(self.changed & set(TOLD))

    @property
    def words(self):
        """time, place and running order"""
        return [*called(self.changed), *(["running order"] if self.gets_order else [])]

    @property
    def kept_words(self):
        return called(self.kept)


def called(names):
    return list(dict.fromkeys(word for name, word in CALLED.items() if name in names))


@dataclass(frozen=True)
class Course:
    """What becomes of a series: earlier meetings and those held stay, others go on, give way, or are new."""

    earlier: list[Event]
    held: list[Event]
    going_on: list[Fate]
    give_way: list[Event]
    new: list[tuple[dt.date, School | None]]

    @property
    def changing(self):
        return [fate for fate in self.going_on if fate.changes]

    @property
    def staying(self):
        return [fate for fate in self.going_on if not fate.changes and not fate.kept]

    @property
    def by_hand(self):
        return [fate for fate in self.going_on if fate.kept]

    @property
    def does_nothing(self):
        return not (self.changing or self.give_way or self.new)

    @property
    def told(self):
        """How many people were invited to a meeting that changes so that they must know, or gives way, or has more."""
        events = [fate.event for fate in self.going_on if fate.is_told or self.new] + self.give_way
        rows = Attendance.objects.filter(event__in=[event.pk for event in events], invited_at__isnull=False)
        return rows.aggregate(n=Count("person", distinct=True))["n"]

    @property
    def asks_again(self):
        return any(fate.changed & ASKS_AGAIN for fate in self.going_on)

    @property
    def digest(self):
        """Another one, as soon as anything changed that was shown."""
        shown = [(fate.event.pk, fate.event.sequence, sorted(fate.changed), fate.gets_order) for fate in self.going_on]
        shown += [(event.pk, event.sequence, event.answers, event.invited) for event in self.give_way]
        return hashlib.sha256(repr((shown, [(on, host and host.pk) for on, host in self.new])).encode()).hexdigest()[
            :16
        ]


def pattern(series, today) -> Event:
    """How the meetings to come are, as an event of no day: what goes from host to host is left open."""
    ahead = list(series.events.standing().filter(on__gte=today).with_places())
    regular = [event for event in ahead if not event.own] or ahead or list(series.events.with_places())[-1:]
    like = copy.copy(regular[0])
    like.pk = like.series = None
    like.at_host = like.place_id == like.host_id
    if series.rotates:
        like.place = None if like.at_host else like.place
        like.host = None
        for name in RUN_BY:
            if len({getattr(event, f"{name}_id") for event in regular}) > 1 or len(regular) == 1:
                setattr(like, name, None)
    return like


def course(series, wish, *, keep=frozenset(), also=frozenset()) -> Course:
    """What the wish comes to. Meetings in `keep` do not give way; those in `also` lose what was changed by hand."""
    standing = list(with_what_they_hold(series.events.standing()))
    later = [event for event in standing if event.on >= wish.from_on]
    held = [event for event in later if is_held(event)]
    open_ = [event for event in later if event not in held]
    days = days_from(series, wish, {event.on for event in open_})
    going_on = [event for event in open_ if event.on in days or event.pk in keep]
    give_way = [event for event in open_ if event not in going_on]
    new_days = [on for on in days if on not in {event.on for event in later}]
    hosts = hosts_from(series, wish, going_on, give_way, new_days, also)
    people = people_of(series.programme) if wish.rotates else []
    return Course(
        earlier=[event for event in standing if event.on < wish.from_on],
        held=held,
        going_on=[fate_of(event, wish, hosts.get(event.on), people, also) for event in going_on],
        give_way=give_way,
        new=[(on, hosts.get(on, None if wish.rotates else wish.like.host)) for on in new_days],
    )


def with_what_they_hold(events):
    def number(what, **condition):
        return Count(what, filter=Q(**condition) if condition else None, distinct=True)

    return events.annotate(
        invited=number("attendances", attendances__invited_at__isnull=False),
        answers=Count("attendances", filter=~Q(attendances__answer=""), distinct=True),
        present_now=number("attendances", attendances__present=True),
        by_hand=number("attendances", attendances__by_hand__gt=""),
        slots_now=number("slots"),
        actions_now=number("actions"),
    ).with_places()


def is_held(event):
    """It has taken place, or people are there."""
    now = timezone.localtime()
    begun = event.on < now.date() or (event.on == now.date() and event.starts_at <= now.time())
    return bool(event.register_closed_at or event.present_now or begun)


def holds(event):
    """Work that would be lost with it: more than invitations and answers."""
    return bool(event.own or event.slots_now or event.actions_now or event.minutes)


def leaves_a_trace(event):
    """It is cancelled, and not just taken out of the calendar."""
    return bool(holds(event) or event.invited or event.answers or event.by_hand)


def days_from(series, wish, there):
    calendar = calendar_of(series.programme.organisation_id)
    if wish.first_on:
        return meetings(wish.rhythm, wish.first_on, wish.until, calendar)
    further = meetings(series.rhythm, series.first_on, wish.until, calendar) if wish.until > series.until else []
    further = {on for on in further if on > series.until and on >= wish.from_on}
    return sorted({on for on in there if on <= wish.until} | further)


def hosts_from(series, wish, going_on, give_way, new_days, also):
    """Day -> host: of new meetings where hosts take turns, and of all that go on where they begin to."""
    if not wish.rotates:
        return {}
    turning = [] if series.rotates else [e for e in going_on if e.pk in also or not OF_THE_HOST & set(e.own)]
    days = sorted([*(event.on for event in turning), *new_days])
    return dict(zip(days, rota(wish.like.area, days, without=[*turning, *give_way]), strict=True))


def fate_of(event, wish, host, people, also):
    values = {name: getattr(wish.like, name) for name in wish.changed}
    if wish.rotates:
        host = host or event.host
        if "host" in values:
            values["host"] = host
        if "place" in values and wish.at_host:
            values["place"] = host
        for name, someone in zip(RUN_BY, who_runs_it(event.programme, host, people), strict=True):
            if name in values and values[name] is None:
                values[name] = someone
    new = copy.copy(event)
    for name, given in values.items():
        setattr(new, name, given)
    different = {name for name in values if value(new, name) != value(event, name)}
    own = set() if event.pk in also else set(event.own)
    for together in TOGETHER:
        if own & together:
            own |= together
    for name in different & own:
        setattr(new, name, getattr(event, name))
    new.own = [name for name in event.own if name in own or name not in wish.changed]
    return Fate(
        event,
        new,
        changed=frozenset(different - own),
        kept=frozenset(different & own),
        gets_order=wish.order_of is not None and not event.slots_now,
    )
