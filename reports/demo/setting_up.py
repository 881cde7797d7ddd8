"""Term dates of the organisations, and a programme of the next year that somebody has begun to set up."""

import datetime as dt

from programmes.forms.term_dates import USUAL
from programmes.models import Area, Programme
from programmes.services.areas import save_area
from programmes.services.programmes import add_programme
from programmes.services.term_dates import fingerprint, of_year, save_term_dates
from programmes.term_dates import Given

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


def monday_from(day):
    """The first Monday from this day on."""
    return day + DAY * (-day.weekday() % 7)


def half_terms(year: dt.date) -> list[Given]:
    """Term dates such as authorities publish: holidays around the bank holidays, six half terms."""
    start, next_year = year.year, year.year + 1
    autumn, winter = monday_from(dt.date(start, 10, 23)), monday_from(dt.date(next_year, 2, 14))
    whitsun = monday_from(dt.date(next_year, 5, 25))
    friday = 4 * DAY
    days = [
        (monday_from(dt.date(start, 9, 2)), autumn - WEEK + friday),
        (autumn + WEEK, monday_from(dt.date(start, 12, 14)) + friday),
        (monday_from(dt.date(next_year, 1, 4)), winter - WEEK + friday),
        (winter + WEEK, monday_from(dt.date(next_year, 3, 22)) + friday),
        (monday_from(dt.date(next_year, 4, 12)), whitsun - WEEK + friday),
        (whitsun + WEEK, monday_from(dt.date(next_year, 7, 15)) + 2 * DAY),
    ]
    return [Given(n, name, *both) for n, (name, both) in enumerate(zip(USUAL, days, strict=True), 1)]


def enter_term_dates(programme, today):
    """Those of the programme's year and of the next, so that the programme can be copied at once."""
    organisation, year = programme.organisation, programme.starts_on
    for start in (year, year.replace(year=year.year + 1)):
        if not of_year(organisation, None, start).exists():
            save_term_dates(None, organisation, None, start, half_terms(start), seen=fingerprint([]))


def begin_the_next_year(programme, today):
    """A local authority has begun to set up a second programme: some of its tasks are done."""
    if not programme.organisation.la_code:
        return
    year = programme.starts_on.replace(year=programme.starts_on.year + 1)
    begun = add_programme(
        None,
        Programme(
            organisation=programme.organisation,
            name="Talking maths",
            starts_on=year,
            ends_on=year.replace(year=year.year + 1, month=8, day=31),
            subjects=["maths"],
            year_groups=[3, 4],
        ),
    )
    for name in ("Coast", "Inland"):
        save_area(None, Area(programme=begun, name=name))
