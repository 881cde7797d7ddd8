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
        row.pk: [words_of(event) for event in events if event.area_id in {None, row.area_id, *areas[row.school_id]}]
        for row in rows
    }


def words_of(event):
    return dated(
        event.on,
        event.on,
        f"{event.title}, {event.hours}",
        kind="event",
        where=event.where,
        who=event.for_whom,
        half_days=event.funded_partner_half_days,
        step=event.step_id,
    )
