"""Academic years in addresses: 2026-27."""

import datetime as dt

from programmes.models import academic_year


def written(day: dt.date) -> str:
    """The academic year of a day as people write it: 2026-27."""
    first, last = academic_year(day)
    return f"{first.year}-{last.year % 100:02}"


def year_written(text: str) -> dt.date:
    """The first day of the academic year that is written like 2026-27. Raises ValueError."""
    start, _, end = text.partition("-")
    if len(start) != 4 or len(end) != 2 or (int(start) + 1) % 100 != int(end):
        raise ValueError(text)
    return dt.date(int(start), 9, 1)


class YearConverter:
    regex = "20[0-9]{2}-[0-9]{2}"

    def to_python(self, value):
        return year_written(value)

    def to_url(self, year):
        return written(year)
