"""The calendars of a demo programme: what its schools have entered, how much they can spare, and teachers' weeks."""

import datetime as dt
import random

from programmes.calendar import calendars_of
from programmes.models import PartnerTeacher, SchoolClosure, SpecialistTeacher
from programmes.models.week import HALF_DAYS, in_week_order
from programmes.services.closures import keep_closures, keep_limits
from programmes.services.school_calendars import schools_of
from programmes.services.weeks import keep_week
from visits.away.keeping import keep_away
from visits.models import Away, Visit

Kind = SchoolClosure.Kind
MAY = 5
TRIPS = ["Year {} trip to the museum", "Year {} farm visit", "Year {} swimming gala", "Year {} author visit"]


def keep_calendars(programme, today):
    """INSET days, tests and trips of nearly every school, around the visits that are planned; limits of every third.

    One school has entered a trip on a day with a visit to come, so that somebody has to move it.
    """
    rng = random.Random(f"calendars of {programme.slug}")
    days = calendars_of([programme.organisation_id])
    schools = list(schools_of(programme).order_by("urn"))
    taken = taken_days(programme, schools)
    closures = []
    for place, school in enumerate(schools):
        if place % 9 == 7:
            continue  # has not entered anything yet
        calendar = days.of(programme.organisation_id, school.pk)
        closures += of_school(rng, programme, school, calendar, taken[school.pk])
        if place % 3 == 0:
            keep_limits(None, school, rng.choice([16, 20, 24]), rng.choice([2, 3, 4]))
    if in_the_way := trip_on_a_visit(programme, today, {closure.school_id for closure in closures}):
        closures.append(in_the_way)
    keep_closures(None, closures)


def keep_weeks(programme, today):
    """The usual week of nearly every teacher, and two who are away for some days to come."""
    rng = random.Random(f"weeks of {programme.slug}")
    partners = PartnerTeacher.objects.filter(partnership__programme=programme).of_open_programmes()
    specialists = SpecialistTeacher.objects.filter(programme=programme)
    rows = [*specialists.order_by("ref"), *partners.select_related("partnership").order_by("pk")]
    said = {}
    for place, row in enumerate(rows):
        if place % 8 == 5:
            continue  # has not said yet
        codes = rng.sample(list(HALF_DAYS), 7)
        if isinstance(row, PartnerTeacher):  # the two have talked, so that most visits find a half-day
            theirs = said.get(row.partnership.specialist_id, [])
            codes.sort(key=lambda code: code not in theirs)
        release = row.release_half_days or in_week_order(codes[:5])
        row.release_half_days, row.preferred_half_days = release, release[:1]
        if isinstance(row, SpecialistTeacher):
            said[row.pk] = release
        row.ppa = row.ppa or next((code for code in codes[5:] if code not in release), "")
        fields = ["release_half_days", "preferred_half_days", "ppa"]
        if isinstance(row, PartnerTeacher):
            row.teaches = in_week_order({*release[:3], *codes[:3], *rng.sample(list(HALF_DAYS), 3)} - {row.ppa})
            fields.append("teaches")
        keep_week(None, row, fields)
    for row, weeks in zip(rows[::-7][:2], (4, 9), strict=False):
        first = today + dt.timedelta(weeks=weeks, days=-today.weekday())
        keep_away(None, Away(person=row.user, first_on=first, last_on=first + dt.timedelta(days=4)))


def taken_days(programme, schools):
    """On which days each school has a visit, or a teacher on one."""
    taken = {school.pk: set() for school in schools}
    for visit in Visit.objects.filter(partnership__programme=programme).standing().with_people():
        for school in {visit.host_id, *(booking.school_id for booking in visit.bookings.all())} & taken.keys():
            taken[school].add(visit.on)
    return taken


def of_school(rng, programme, school, calendar, taken):
    """Five INSET days, where there is room for them, a week of tests and two trips, none of them on a taken day."""
    half_terms = calendar.half_terms(programme.starts_on)
    usual = [half_terms[0].weeks[0][0], half_terms[1].weeks[0][0], half_terms[4].weeks[0][0]]
    usual += [half_terms[2].weeks[-1][-1], *rng.sample(calendar.school_days_of_year(programme.starts_on), 12)]
    free = [day for day in dict.fromkeys(usual) if day not in taken]
    inset = free[:5]
    found = [
        SchoolClosure(school=school, kind=Kind.INSET, first_on=day, last_on=day, words=words)
        for day, words in zip(inset, ["Safeguarding", "Phonics", "Assessment", "Maths talk", ""], strict=False)
    ]
    tests = [day for day in calendar.school_days_of_year(programme.starts_on) if day.month == MAY][4:8]
    if tests and not set(tests) & (taken | set(inset)):
        given = {"first_on": tests[0], "last_on": tests[-1], "words": "KS2 tests", "year_groups": [6]}
        found.append(SchoolClosure(school=school, kind=Kind.NO_GO, **given))
    rest = [day for day in free[5:] if not tests or not tests[0] <= day <= tests[-1]]
    for day, half in zip(rest[:2], ["am", ""], strict=False):
        group = rng.choice(programme.year_groups)
        given = {"words": rng.choice(TRIPS).format(group), "year_groups": [group], "half": half}
        found.append(SchoolClosure(school=school, kind=Kind.NO_GO, first_on=day, last_on=day, **given))
    return found


def trip_on_a_visit(programme, today, schools):
    """A trip of the class on the day of the last research lesson to come at one of these schools."""
    ahead = Visit.objects.filter(partnership__programme=programme, host__in=schools, status=Visit.Status.PLANNED)
    visit = ahead.filter(on__gt=today, kind=Visit.Kind.RESEARCH_LESSON).order_by("on", "half", "pk").last()
    if visit is None:
        return None
    given = {"first_on": visit.on, "last_on": visit.on, "words": "Trip to the coast"}
    return SchoolClosure(school_id=visit.host_id, kind=Kind.NO_GO, year_groups=[visit.partnership.year_group], **given)
