"""Events of a demo programme: a launch, training, twilights with the host going round, a moderation, a series."""

import datetime as dt
import random

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from programmes.calendar import calendar_of
from programmes.models import ActionItem
from visits.events import arranging, hosts, presets, running_order, series
from visits.events.audience import audience
from visits.models import Attendance, Event, EventSeries

PRESENT, ANSWERS = 0.86, ["accepted", "accepted", "accepted", "declined", ""]


def hold_events(programme, today):
    """The events of the year as they would stand on `today`: past ones with a register, near ones with answers."""
    rng = random.Random(programme.slug)
    calendar = calendar_of(programme.organisation_id)
    coordinator = Membership.objects.filter(organisation=programme.organisation_id, role=Role.COORDINATOR).first().user
    near = school_day(calendar, today + dt.timedelta(days=6))
    made = [
        arranging.add_event(None, event)
        for event in [
            of_timetable(programme, "Launch day", school_day(calendar, programme.starts_on + dt.timedelta(days=23))),
            plain(
                programme,
                Event.Kind.TRAINING,
                near + dt.timedelta(days=-42),
                calendar,
                name="Training: writing together",
            ),
            *twilights(programme, calendar, near),
            plain(programme, Event.Kind.MODERATION, today - dt.timedelta(days=9), calendar, name="Moderation 1"),
        ]
        if programme.starts_on <= event.on <= programme.ends_on
    ]
    meeting = plain(programme, Event.Kind.NETWORK, near + dt.timedelta(days=-30), calendar, name="Network online")
    meeting.venue, meeting.link, meeting.chair = "", "https://meet.example/lesson-study", coordinator
    if programme.starts_on <= meeting.on < programme.ends_on - dt.timedelta(days=30):
        until = school_day(calendar, programme.ends_on - dt.timedelta(days=38))
        row = series.add_series(None, meeting, EventSeries.Rhythm.FORTNIGHTLY, max(until, meeting.on))
        made += row.events.all()
    for event in made:
        if event.on < today:
            was_held(event, coordinator, rng, open_register=event.kind == Event.Kind.MODERATION)
        elif event.on <= today + dt.timedelta(days=15):
            was_answered(event, rng)


def school_day(calendar, on):
    return calendar.nearest_school_day(on) or on


def plain(programme, kind, on, calendar, **fields):
    return Event(
        programme=programme,
        on=school_day(calendar, on),
        venue="Council training centre",
        **presets.of_kind(kind) | fields,
    )


def of_timetable(programme, name, on):
    step = programme.timetable.filter(name=name).first()
    usual = presets.of_step(step) if step else presets.of_kind(Event.Kind.LAUNCH)
    return Event(programme=programme, venue="Council training centre", **usual | {"on": on})


def twilights(programme, calendar, near):
    """For each area one in the last term and one soon, at the schools whose turn it is."""
    for number, area in enumerate(programme.areas.all()):
        days = [school_day(calendar, near + dt.timedelta(days=days + number)) for days in (-56, 0)]
        for on, host in zip(days, hosts.rota(area, days), strict=True):
            chair, minute_taker = hosts.who_runs_it(programme, host)
            yield Event(
                programme=programme,
                area=area,
                on=on,
                host=host,
                place=host,
                venue="The hall",
                chair=chair,
                minute_taker=minute_taker,
                **presets.of_kind(Event.Kind.TWILIGHT),
            )


def was_held(event, person, rng, *, open_register):
    """Most came. One register waits to be closed; there something was agreed as well."""
    at = timezone.make_aware(dt.datetime.combine(event.on, event.ends_at))
    Attendance.objects.bulk_create(
        Attendance(
            event=event,
            person=one.person,
            role=one.role,
            school=one.school,
            invited_at=at - dt.timedelta(days=21),
            answer="accepted",
            answered_at=at - dt.timedelta(days=14),
            present=rng.random() < PRESENT or None if open_register else rng.random() < PRESENT,
            recorded_by=person,
            recorded_at=at,
        )
        for one in audience(event)
    )
    if open_register:
        text = "We read pieces of writing from every school together.\n\nThe grades are agreed at the next session."
        arranging.keep_minutes(person, event, text, 0)
        first = audience(event)[0]
        action = ActionItem(
            programme=event.programme,
            what="Send the three open pieces of writing to the coordinator",
            owner=first.person,
            due_on=event.on + dt.timedelta(days=7),
            made_by=person,
        )
        action.save()
        event.actions.add(action)
    else:
        Event.objects.filter(pk=event.pk).update(register_closed_at=at)


def was_answered(event, rng):
    sent = timezone.now() - dt.timedelta(days=5)
    invited = [one for one in audience(event) if one.can_sign_in]
    said = ["accepted" if one.person == event.chair else rng.choice(ANSWERS) for one in invited]
    Attendance.objects.bulk_create(
        Attendance(
            event=event,
            person=one.person,
            role=one.role,
            school=one.school,
            invited_at=sent,
            told_sequence=event.sequence,
            answer=answer,
            answered_at=sent if answer else None,
        )
        for one, answer in zip(invited, said, strict=True)
    )
    if event.kind == Event.Kind.TWILIGHT:
        running_order.add_slot_for_each_school(None, event)
