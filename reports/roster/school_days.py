"""Days on which schools are open, counted: the unit in which the roster says how late something is."""

import datetime as dt
from bisect import bisect_right

import holidays

from programmes.models import TermDate, academic_year


class SchoolDays:
    """The school days of an organisation's schools between two days.

    Weekdays that are no bank holiday in England; in a year whose half terms are known, those within one.
    """

    def __init__(self, organisation, first, last):
        closed = holidays.country_holidays("GB", subdiv="ENG", years=range(first.year, last.year + 1))
        terms = {}
        for term in TermDate.objects.filter(organisation=organisation, school=None):
            terms.setdefault(academic_year(term.starts_on), []).append((term.starts_on, term.ends_on))
        everyday = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
        self.days = [day for day in everyday if day.weekday() < 5 and day not in closed and is_in_term(day, terms)]

    def between(self, since, until) -> int:
        """How many school days have passed since a day, which is not counted itself, up to another, which is."""
        return max(0, bisect_right(self.days, until) - bisect_right(self.days, since))

    def before(self, day, number):
        """The school day from which on so many school days have passed at a day."""
        at = bisect_right(self.days, day) - 1 - number
        return self.days[max(0, at)] if self.days else day


def is_in_term(day, terms):
    known = terms.get(academic_year(day))
    return known is None or any(first <= day <= last for first, last in known)
