"""What the letters to heads say of events: those for a school's teachers or its head, with their days and hours."""

from collections import defaultdict

from programmes.letters.facts import dated
from programmes.models import Partnership
from visits.models import Event, Group


def events_ahead(programme, rows) -> dict[int, list[dict]]:
    """Of each of these partner schools the planned events of the whole programme and of its areas. Two queries."""
    events = Event.objects.filter(
        programme=programme, status=Event.Status.PLANNED, audience__overlap=[Group.PARTNER, Group.HEAD]
    )
    events = list(events.select_related("area", "place"))
    areas = defaultdict(set)
    partnerships = Partnership.objects.filter(programme=programme, partner_school__in=[row.school_id for row in rows])
    for school, area in partnerships.values_list("partner_school", "area"):
        areas[school].add(area)
    return {
        row.pk: [
            words_of(meetings)
            for meetings in together(e for e in events if e.area_id in {None, row.area_id, *areas[row.school_id]})
        ]
        for row in rows
    }


def together(events) -> list[list[Event]]:
    """Meetings of one series that differ in nothing but their day, and every other event by itself."""
    found = defaultdict(list)
    for event in events:
        same = (event.series_id, event.title, event.hours, event.where, event.for_whom, event.step_id)
        found[same if event.series_id else event.pk].append(event)
    return list(found.values())


def words_of(meetings):
    days = sorted(event.on for event in meetings)
    first, number = meetings[0], len(meetings)
    times = f", {number} times" if number > 1 else ""
    return dated(
        days[0],
        days[-1],
        f"{first.title}, {first.hours}{times}",
        kind="event",
        where=first.where,
        who=first.for_whom,
        half_days=sum(event.funded_partner_half_days for event in meetings),
        step=first.step_id,
        days=days if number > 1 else (),
    )
