"""Events on Today: what is near, which answers the reader owes, and which registers wait for the reader."""

import datetime as dt

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from accounts.roles import GRANTS
from reports.dashboards.rows import FORTNIGHT, mine
from reports.dashboards.to_do import day_of
from visits.models import Attendance, Event

SOON = dt.timedelta(days=3)
MOST = 12


def event_items(user, acting, today):
    """A line for each answer that the reader owes, and for the registers that nobody has closed."""
    if acting.role not in GRANTS["events.view"]:
        return []
    return answers_owed(user, acting, today) + registers_to_close(user, acting, today)


def answers_owed(user, acting, today):
    """One line for each event, and one for all meetings of a series."""
    events = mine(Event, user, acting, "events.view").standing().filter(on__gte=today)
    rows = Attendance.objects.filter(
        person=user, invited_at__isnull=False, answer="", present__isnull=True, event__in=events.values("pk")
    )
    rows = rows.select_related("event__area", "event__place").order_by("event__on", "event__starts_at", "pk")
    owed = {}
    for row in rows:
        owed.setdefault(row.event.series_id or -row.event_id, []).append(row.event)
    return [line_of(events, today) for events in list(owed.values())[:10]]


def line_of(events, today):
    first, several = events[0], len(events) > 1
    which = f"{len(events)} meetings of {first.title}" if several else first.title
    return {
        "title": f"Say whether you come to {which}",
        "text": f"{'Next: ' if several else ''}{first.when}{f', {first.where}' if first.where else ''}.",
        "url": reverse("events:series", args=[first.series_id]) if several else first.get_absolute_url(),
        "when": "It is today" if first.on == today else "",
        "act": "Answer",
        "late": first.on - today <= SOON,
    }


def registers_to_close(user, acting, today):
    """Those that the reader keeps in this role; one line for all of them."""
    rows = Event.objects.allowed(user, "events.record").without_register(today)
    if user.memberships_granting("events.record") != [acting]:
        rows = rows.filter(Event.objects.all().narrower["events.record"][acting.role](acting))
    rows = list(rows.select_related("area").order_by("on", "pk")[:20])
    if not rows:
        return []
    one = rows[0]
    title = f"Close the register of {one.title}" if len(rows) == 1 else f"Close the registers of {len(rows)} events"
    return [
        {
            "title": title,
            "text": f"It took place on {one.on:%A} {day_of(one.on, today)}."
            if len(rows) == 1
            else f"The oldest is {one.title}, {day_of(one.on, today)}.",
            "url": reverse("events:attendance", args=[one.pk])
            if len(rows) == 1
            else f"{reverse('events:list')}?when=register",
            "act": "Close it" if len(rows) == 1 else "See the events",
            "late": (today - one.on).days > 2,
        }
    ]


def coming_events(user, acting, today):
    """The events of the next two weeks with how many have answered, for whoever invites; None for other roles."""
    if acting.role not in GRANTS["events.view"]:
        return None
    counts = acting.role in GRANTS["attendance.view"]
    declined = Exists(Attendance.objects.filter(event=OuterRef("pk"), person=user, answer=Attendance.Answer.DECLINED))
    rows = mine(Event, user, acting, "events.view").standing().filter(on__gte=today, on__lte=today + FORTNIGHT)
    rows = rows.with_places().annotate(declined=declined)
    if counts:
        asked = Q(attendances__invited_at__isnull=False)
        said = Count("attendances", filter=asked & ~Q(attendances__answer=""))
        rows = rows.annotate(asked=Count("attendances", filter=asked), said=said)
    return {
        "rows": list(rows.order_by("on", "starts_at", "pk")[:MOST]),
        "counts": counts,
    }
