"""Days in somebody's list: which way round they are written, guessed from all of them, and shown before it counts."""

import datetime as dt
import re

from papers.sheets import Wrong, quote, read_day

DAY_FIRST, MONTH_FIRST = "day", "month"
ORDERS = {DAY_FIRST: "day, month, year", MONTH_FIRST: "month, day, year"}
IN_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{2}|\d{4})(?: 00:00(?::00)?)?", re.ASCII)
YEARS = (1990, 2060)  # in which a pupil may have joined
SERIAL = re.compile(r"[34]\d{4}|5[0-4]\d{3}", re.ASCII)  # days since 1900 as Excel counts them: 1982 to 2050


def order_of(texts) -> str:
    """Day first, unless some day can only be written month first and none only day first."""
    pairs = [(int(found[1]), int(found[2])) for text in texts if (found := IN_NUMBERS.fullmatch(text))]
    only_month_first = any(second > 12 >= first for first, second in pairs)
    only_day_first = any(first > 12 >= second for first, second in pairs)
    return MONTH_FIRST if only_month_first and not only_day_first else DAY_FIRST


def read(text: str, order: str) -> dt.date:
    """The day that is meant, or Wrong."""
    on = read_any(" ".join(text.split()), order)
    if not YEARS[0] <= on.year <= YEARS[1]:
        raise Wrong(f"{quote(text)} is in a year that cannot be meant.", "Correct the year, or leave the cell blank.")
    return on


def read_any(text, order):
    if SERIAL.fullmatch(text):
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
    if found := IN_NUMBERS.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        day, month = (second, first) if order == MONTH_FIRST else (first, second)
        try:
            return dt.date(year + 2000 if year < 100 else year, month, day)
        except ValueError:
            raise Wrong(
                f"{quote(text)} is no day when it is read as {ORDERS[order]}.",
                "Write the month as a word, such as 7 October 2026.",
            ) from None
    return read_day(text)
