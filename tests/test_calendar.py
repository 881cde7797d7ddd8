"""The arithmetic of school days, against a second way of working it out, for calendars nobody has thought of."""

import datetime as dt

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.calendar import Calendar, bank_holidays, calendar_of, calendars_of
from programmes.models import TermDate, academic_year
from tests.factories import OrganisationFactory, SchoolFactory
from tests.term_dates import ESSEX_2008, calendars

ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2005, 2045))
DAY = dt.timedelta(days=1)


def open_by_the_book(day, term_dates):
    """A school day, worked out from the rows themselves, day by day."""
    year = [row for row in term_dates if academic_year(row[1]) == academic_year(day)]
    in_term = not year or any(row[1] <= day <= row[2] for row in year)
    return in_term and day.strftime("%a") not in {"Sat", "Sun"} and day not in ENGLAND


def walked(first, last):
    day = first
    while day <= last:
        yield day
        day += DAY


@given(calendars(), st.data())
def test_school_days_are_those_of_the_book(made, data):
    year, term_dates = made
    calendar = Calendar(term_dates)
    first = data.draw(st.dates(year - 60 * DAY, year + 400 * DAY))
    last = data.draw(st.dates(first, first + 300 * DAY))

    found = calendar.school_days(first, last)

    assert found == [day for day in walked(first, last) if open_by_the_book(day, term_dates)]
    assert calendar.number_of_school_days(first, last) == len(found)


@given(calendars(), st.data())
def test_days_late_count_the_school_days_that_have_begun(made, data):
    year, term_dates = made
    calendar = Calendar(term_dates)
    due = data.draw(st.dates(year, year + 360 * DAY))
    today = data.draw(st.dates(due - 30 * DAY, due + 200 * DAY))

    late = calendar.school_days_late(due, today)

    assert late == sum(open_by_the_book(day, term_dates) for day in walked(due + DAY, today))


@given(calendars(), st.data())
def test_the_next_and_the_last_school_day_have_none_between(made, data):
    year, term_dates = made
    calendar = Calendar(term_dates)
    day = data.draw(st.dates(year, year + 364 * DAY))

    after, before = calendar.next_school_day(day), calendar.previous_school_day(day)

    assert open_by_the_book(after, term_dates)
    assert not [d for d in walked(day + DAY, after - DAY) if open_by_the_book(d, term_dates)]
    assert open_by_the_book(before, term_dates)
    assert not [d for d in walked(before + DAY, day - DAY) if open_by_the_book(d, term_dates)]


@given(calendars())
def test_the_weeks_of_the_half_terms_are_all_school_days_of_the_year_once_and_in_order(made):
    year, term_dates = made
    calendar = Calendar(term_dates)

    days = [day for n in range(1, 7) for week in calendar.weeks(year, n) for day in week]

    assert days == [day for day in walked(*academic_year(year)) if open_by_the_book(day, term_dates)]
    for n in range(1, 7):
        assert all(week[-1] - week[0] < 5 * DAY for week in calendar.weeks(year, n))


@given(calendars())
def test_a_school_day_has_one_position_and_another_day_none(made):
    year, term_dates = made
    calendar = Calendar(term_dates)

    for day in walked(*academic_year(year)):
        position = calendar.position(day)
        assert (position is not None) == open_by_the_book(day, term_dates)
        if position is not None:
            assert day in calendar.weeks(year, position.half_term)[position.week - 1]
            assert position.weekday == day.weekday()


def test_a_year_without_term_dates_counts_weekdays_that_are_no_bank_holiday():
    calendar = Calendar()
    christmas = calendar.school_days(dt.date(2026, 12, 21), dt.date(2027, 1, 4))

    assert [day.day for day in christmas] == [21, 22, 23, 24, 29, 30, 31, 4]
    assert not calendar.has_term_dates(dt.date(2026, 12, 21))
    assert calendar.is_term_time(dt.date(2026, 8, 1))


def test_essex_2008_had_the_weeks_that_its_timetable_speaks_of():
    calendar = Calendar(ESSEX_2008)

    weeks = [len(calendar.weeks(dt.date(2008, 9, 1), n)) for n in range(1, 7)]
    days = calendar.number_of_school_days(dt.date(2008, 9, 1), dt.date(2009, 8, 31))

    assert weeks == [8, 7, 6, 6, 5, 8]
    assert days == 195
    assert not calendar.is_school_day(dt.date(2009, 5, 4))  # the May bank holiday lies in term


def test_a_school_is_closed_on_its_own_days_too():
    inset = dt.date(2008, 9, 3)
    calendar = Calendar(ESSEX_2008, closed_on=[inset])

    assert calendar.next_school_day(dt.date(2008, 9, 1)) == dt.date(2008, 9, 4)
    assert calendar.is_term_time(inset)
    assert not calendar.is_school_day(inset)


def test_bank_holidays_are_those_of_england():
    assert dt.date(2027, 8, 30) in bank_holidays(2027)
    assert dt.date(2027, 8, 2) not in bank_holidays(2027)  # Scotland's


@pytest.mark.django_db
def test_a_schools_own_dates_of_a_year_replace_the_organisations_in_that_year_alone():
    organisation, school = OrganisationFactory(), SchoolFactory()
    for year in (2026, 2027):
        TermDate.objects.create(
            organisation=organisation, name="Autumn", starts_on=dt.date(year, 9, 2), ends_on=dt.date(year, 10, 22)
        )
    TermDate.objects.create(
        organisation=organisation,
        school=school,
        name="Autumn",
        starts_on=dt.date(2026, 9, 7),
        ends_on=dt.date(2026, 10, 16),
    )

    own, others = calendar_of(organisation.pk, school.pk), calendar_of(organisation.pk)

    assert [h.starts_on for h in own.half_terms(dt.date(2026, 9, 1))] == [dt.date(2026, 9, 7)]
    assert [h.starts_on for h in own.half_terms(dt.date(2027, 9, 1))] == [dt.date(2027, 9, 2)]
    assert [h.starts_on for h in others.half_terms(dt.date(2026, 9, 1))] == [dt.date(2026, 9, 2)]


@pytest.mark.django_db
def test_the_calendars_of_many_schools_take_one_query(django_assert_num_queries):
    organisation, other = OrganisationFactory(), OrganisationFactory()
    schools = SchoolFactory.create_batch(30)
    for owner, school in [(organisation, None), (other, None), *((organisation, school) for school in schools)]:
        TermDate.objects.create(
            organisation=owner,
            school=school,
            name="Autumn",
            starts_on=dt.date(2026, 9, 2),
            ends_on=dt.date(2026, 10, 22),
        )

    with django_assert_num_queries(1):
        found = calendars_of([organisation.pk, other.pk])
        late = [
            found.of(organisation.pk, school.pk).school_days_late(dt.date(2026, 10, 1), dt.date(2026, 10, 9))
            for school in schools
        ]

    assert late == [6] * 30
