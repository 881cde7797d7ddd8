"""Visits and events by day, of everyone within reach or of one person or school: a month as a grid, or a list."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone

from accounts.filters import FilterForm
from accounts.models import School, User
from papers.templatetags.plain import clock
from programmes.calendar import bank_holidays, calendar_of, days_between
from programmes.models import SchoolClosure
from visits.feeds.services import may_have_own, schools_of
from visits.models import Booking, Event, Half, Visit
from visits.planning.what_took import what_took

DAY = dt.timedelta(days=1)
WEEKS = 6  # of an agenda at a time
HALVES = dict(Half.choices)


class Whose(FilterForm):
    """Whose visits: one person's, one school's, or everyone's within reach."""

    person = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Everyone")
    school = forms.ModelChoiceField(School.objects.none(), required=False, empty_label="All schools")

    def __init__(self, *args, visits, **kwargs):
        super().__init__(*args, **kwargs)
        booked = visits.order_by().values("pk")
        people = User.objects.filter(pk__in=Booking.objects.filter(visit__in=booked).values("person"))
        self.fields["person"].queryset = people.order_by("last_name", "first_name")
        partnerships = visits.order_by()
        schools = School.objects.filter(pk__in=partnerships.values("partnership__partner_school"))
        schools |= School.objects.filter(pk__in=partnerships.values("partnership__specialist__home_school"))
        self.fields["school"].queryset = schools.order_by("name")

    def asked(self, name):
        return self.cleaned_data.get(name) if self.is_valid() else None


@dataclass(frozen=True)
class Entry:
    """A visit or an event on one day."""

    order: tuple
    time: str
    title: str
    where: str
    who: str
    url: str
    standing: str = ""
    took: str = ""  # what took the half-day of a visit
    is_event: bool = False


@dataclass(frozen=True)
class Day:
    on: dt.date
    entries: list[Entry]
    closed: str
    is_today: bool


class Agenda:
    """What is within the reader's reach between two days."""

    def __init__(self, reader, query):
        self.reader, self.query, self.today = reader, query, timezone.localdate()
        self.visits = Visit.objects.allowed(reader, "visits.view").standing()
        self.whose = Whose(query or None, visits=self.visits)
        self.whose.is_valid()
        self.person, self.school = self.whose.asked("person"), self.whose.asked("school")

    def days(self, first, last, with_people=False) -> list[Day]:
        """Every day from the first to the last with what is on it."""
        entries = self.entries(first, last, with_people)
        return [
            Day(on, sorted(entries[on], key=lambda entry: entry.order), self.closed(on), on == self.today)
            for on in days_between(first, last)
        ]

    def entries(self, first, last, with_people) -> dict[dt.date, list[Entry]]:
        found = defaultdict(list)
        rows = self.visits.filter(on__range=(first, last)).with_places()
        if self.person:
            rows = rows.filter(pk__in=Booking.objects.filter(person=self.person).values("visit"))
        if self.school:
            of_school = Visit.objects.filter(partnership__partner_school=self.school)
            of_school |= Visit.objects.filter(partnership__specialist__home_school=self.school)
            rows = rows.filter(pk__in=of_school.values("pk"))
        took = what_took(rows, self.today)
        people = who_is_booked(rows) if with_people else {}
        for visit in rows:
            found[visit.on].append(
                Entry(
                    (visit.half, "", visit.pk),
                    HALVES[visit.half],
                    visit.get_kind_display(),
                    str(visit.host),
                    ", ".join(people.get(visit.pk, ())),
                    visit.get_absolute_url(),
                    "Rests" if visit.is_resting else "Must move" if visit.pk in took else "",
                    took.get(visit.pk, ""),
                )
            )
        if not self.whose.is_narrowing:
            for event in self.events(first, last):
                half = "am" if event.starts_at < dt.time(12) else "pm"
                time = f"{clock(event.starts_at)} to {clock(event.ends_at)}"
                order = (half, str(event.starts_at), event.pk)
                found[event.on].append(
                    Entry(order, time, event.title, event.where, "", event.get_absolute_url(), is_event=True)
                )
        return found

    def events(self, first, last):
        if not self.reader.may("events.view"):
            return []
        events = Event.objects.allowed(self.reader, "events.view").standing().with_places()
        return events.filter(on__range=(first, last))

    @cached_property
    def calendar(self):
        """Of the reader's organisation, or of the school that was asked for."""
        places = [m.organisation_id for m in self.reader.memberships_granting("visits.view") if m.organisation_id]
        return calendar_of(places[0], self.school.pk if self.school else None) if places else None

    @cached_property
    def closures(self) -> list[SchoolClosure]:
        return list(SchoolClosure.objects.filter(school=self.school)) if self.school else []

    def closed(self, on) -> str:
        """What makes the day no school day, in a word or two."""
        if on in bank_holidays(on.year):
            return "Bank holiday"
        for closure in self.closures:
            if closure.first_on <= on <= closure.last_on:
                return str(closure) + (f", {closure.get_half_display().lower()}" if closure.half else "")
        return "" if self.calendar is None or self.calendar.is_term_time(on) else "Holiday"

    # The two ways to show it ------------------------------------------------------------------------------------

    def month(self) -> dict:
        first = first_of(self.query.get("month", "")) or self.today.replace(day=1)
        following = (first + 32 * DAY).replace(day=1)
        monday, last = first - first.weekday() * DAY, following - DAY
        days = self.days(monday, last + (6 - last.weekday()) * DAY)
        weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
        # Weekends have a column only where something is on one.
        wide = 7 if any(day.entries for week in weeks for day in week[5:]) else 5
        return {
            "first": first,
            # On a phone a week has no row where none of its days has anything to show.
            "weeks": [(week[:wide], not any(is_shown(day, first) for day in week[:wide])) for week in weeks],
            "columns": [day.on for day in days[:wide]],
            "number": sum(len(day.entries) for day in days if day.on.month == first.month),
            "earlier": (first - DAY).replace(day=1),
            "later": following,
            "name": "month",
        } | self.frame()

    def agenda(self) -> dict:
        first = day_of(self.query.get("from", "")) or self.today
        first -= first.weekday() * DAY
        days = self.days(first, first + 7 * WEEKS * DAY - DAY, with_people=True)
        return {
            "first": first,
            "last": first + 7 * WEEKS * DAY - DAY,
            "days": [day for day in days if day.entries],
            "number": sum(len(day.entries) for day in days),
            "earlier": first - 7 * WEEKS * DAY,
            "later": first + 7 * WEEKS * DAY,
            "name": "agenda",
        } | self.frame()

    def frame(self):
        said = {"person": self.person and self.person.pk, "school": self.school and self.school.pk}
        kept = urlencode({name: value for name, value in said.items() if value})
        return {
            "whose": self.whose,
            "person": self.person,
            "school": self.school,
            "today": self.today,
            "kept": f"&{kept}" if kept else "",
            "list_url": reverse("visits:list"),
            "may_feed": may_have_own(self.reader) or bool(schools_of(self.reader)),
            "month_url": reverse("visits:month") + (f"?{kept}" if kept else ""),
            "agenda_url": reverse("visits:agenda") + (f"?{kept}" if kept else ""),
        }


def who_is_booked(visits) -> dict[int, list[str]]:
    """Visit -> the names of whoever is booked."""
    found = defaultdict(list)
    rows = Booking.objects.filter(visit__among=[visit.pk for visit in visits]).order_by("pk")
    for visit, *name in rows.values_list("visit", "person__first_name", "person__last_name"):
        found[visit].append(" ".join(name).strip())
    return found


def is_shown(day, first) -> bool:
    return day.on.month == first.month and bool(day.entries or day.closed or day.is_today)


def first_of(text) -> dt.date | None:
    """The first day of a month that is written 2027-02."""
    return day_of(f"{text}-01")


def day_of(text) -> dt.date | None:
    try:
        on = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return on if 2000 <= on.year <= 2100 else None
