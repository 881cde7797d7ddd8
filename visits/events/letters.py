"""What the letters to heads say of events: those for a school's teachers or its head, with their days and hours."""

from collections import defaultdict

from programmes.beginning import is_left
from programmes.letters.facts import dated
from visits.models import Event, Group


def events_ahead(programme, asked) -> dict[int, list[dict]]:
    """For each of these schools the planned events to which its teachers or its head go, of the whole programme and of
    its areas, that were not over when its year began. One query."""
    events = Event.objects.filter(
        programme=programme,
        status=Event.Status.PLANNED,
        audience__overlap=[Group.PARTNER, Group.HEAD, Group.SPECIALIST],
    )
    events = list(events.select_related("area", "place"))
    return {
        school.row.pk: [words_of(meetings, school) for meetings in together(e for e in events if is_for(e, school))]
        for school in asked
    }


def is_for(event, school) -> bool:
    """An event for specialist teachers alone is for the school that releases one."""
    if not is_left(event.on, school.since):
        return False
    own = {None, school.row.area_id, *(p.area_id for p in school.own)}
    if event.area_id in own and {Group.PARTNER, Group.HEAD} & {*event.audience}:
        return True
    homes = [p for p in (*school.own, *school.away) if school.is_home_of(p)]
    return bool(homes) and Group.SPECIALIST in event.audience and event.area_id in {None, *(p.area_id for p in homes)}


def together(events) -> list[list[Event]]:
    """Meetings of one series that differ in nothing but their day, and every other event by itself."""
    found = defaultdict(list)
    for event in events:
        same = (event.series_id, event.title, event.hours, event.where, event.for_whom, event.step_id)
        found[same if event.series_id else event.pk].append(event)
    return list(found.values())


def words_of(meetings, school):
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
        half_days=sum(half_days_of(event, school) for event in meetings),
        step=first.step_id,
        days=days if number > 1 else (),
    )


def half_days_of(event, school):
    specialist = event.funded_specialist_half_days if Group.SPECIALIST in event.audience else 0
    return school.half_days(event.on, specialist, event.funded_partner_half_days, together=True)
