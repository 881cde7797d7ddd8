"""Days on which something takes place, for whoever looks for a free one."""

from collections import defaultdict

from visits.models import Event, Visit


def days_taken(programme) -> dict:
    """Day -> the schools of its visits, and of its events: those of the area, or None for every school."""
    found = defaultdict(set)
    visits = Visit.objects.filter(partnership__programme=programme, status=Visit.Status.PLANNED)
    for day, host, partner, home in visits.values_list(
        "on", "host", "partnership__partner_school", "partnership__specialist__home_school"
    ):
        found[day] |= {host, partner, home}
    schools = schools_of_areas(programme)
    for day, area in Event.objects.standing().filter(programme=programme).values_list("on", "area"):
        found[day] |= schools.get(area, set()) if area else {None}
    return found


def schools_of_areas(programme) -> dict[int, set[int]]:
    found = defaultdict(set)
    sides = programme.partnerships.exclude(area=None).values_list("area", "partner_school", "specialist__home_school")
    for area, *schools in sides:
        found[area] |= set(schools)
    return found
