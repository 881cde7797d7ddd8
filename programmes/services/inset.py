"""The INSET days of a programme's schools side by side: which of them leave room to visit the others."""

from collections import defaultdict

from django.utils import timezone

from programmes import inset
from programmes.calendar import calendars_of, days_between
from programmes.models import Partnership, SchoolClosure, academic_year
from programmes.school_year import first_days_after_breaks
from programmes.services.school_calendars import schools_of

Kind = SchoolClosure.Kind

# What takes place: (programme) -> {day: schools' keys}; None is every school. Apps to the right append theirs.
OCCUPIED = []


def years_of(programme, schools) -> dict[int, inset.Year]:
    """The year of each school, after two queries."""
    first, last = academic_year(programme.starts_on)
    days = calendars_of([programme.organisation_id], [school.pk for school in schools])
    rows = defaultdict(list)
    for row in SchoolClosure.objects.filter(school__in=[school.pk for school in schools]).between(first, last):
        rows[row.school_id].append(row)
    return {
        school.pk: year_of(school, days.of(programme.organisation_id, school.pk), rows[school.pk], first)
        for school in schools
    }


def year_of(school, calendar, rows, first) -> inset.Year:
    """Half a day that is closed makes it no day for a visit; a no-go of some year groups leaves the others."""
    days = defaultdict(set)
    unseen = {}
    for row in rows:
        span = set(days_between(row.first_on, row.last_on))
        days[row.kind] |= span
        if row.kind == Kind.NO_GO and not row.year_groups:
            unseen |= dict.fromkeys(span, row.words)
    school_days = frozenset(calendar.school_days_of_year(first))
    breaks = first_days_after_breaks(calendar, first)
    return inset.Year(
        school.name,
        school_days,
        frozenset(day for start, end in breaks for day in days_between(start, end)),
        frozenset(days[Kind.INSET] & school_days),
        frozenset(days[Kind.CLOSED]),
        unseen,
    )


def others_of(programme) -> tuple[dict, dict]:
    """For each school those on the other side of its partnerships, and those of its areas."""
    partners, areas, in_area = defaultdict(set), defaultdict(set), defaultdict(set)
    rows = Partnership.objects.filter(programme=programme).exclude(status=Partnership.Status.FOLDED)
    for home, partner, area in rows.values_list("specialist__home_school", "partner_school", "area"):
        for one, other in ((home, partner), (partner, home)):
            if one != other:
                partners[one].add(other)
            if area:
                areas[one].add(area)
                in_area[area].add(one)
    near = {one: set().union(*(in_area[area] for area in found)) - {one} for one, found in areas.items()}
    return partners, near


def taken_days(programme):
    """Whether something takes place on a day at, or with teachers of, one of these schools."""
    found = defaultdict(set)
    for function in OCCUPIED:
        for day, schools in function(programme).items():
            found[day] |= schools
    return lambda day, schools: bool(found[day] & {None, *schools}) if day in found else False


def page_of(programme, shown, by_area=False) -> dict:
    """For each of the shown schools its INSET days with a verdict, and days that would be better; and common days."""
    schools = list(schools_of(programme).order_by("name", "urn"))
    years, today = years_of(programme, schools), timezone.localdate()
    others = others_of(programme)[1 if by_area else 0]
    trains, is_taken = inset.training(years.values()), taken_days(programme)
    kind = "school of the area,schools of the area" if by_area else inset.PARTNERS
    rows = []
    for school in schools:
        if school.pk not in shown:
            continue
        near = sorted((pk for pk in others.get(school.pk, ()) if pk in years), key=lambda pk: years[pk].name)
        own, beside = years[school.pk], [years[pk] for pk in near]
        found = inset.verdicts(own, beside, kind)
        good = sum(verdict.is_good for verdict in found)
        better = []
        if not good:
            free_of = {school.pk, *near}
            better = inset.proposed(own, beside, today, trains, lambda day, of=free_of: is_taken(day, of))
        lines = max(len(found), 1) + (not good)
        rows.append(
            {
                "school": school,
                "others": len(beside),
                "verdicts": found,
                "good": good,
                "proposed": better,
                "lines": lines,
            }
        )
    return {"rows": rows, "common": inset.common(years.values()), "total": len(schools)}
