"""Dates, numbers and money as people say them; in force in every template."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache

from django import template
from django.core.paginator import Page
from django.utils import dateformat, timezone

register = template.Library()

LONG, LONG_LINES = 300, 8  # from when on a text is shown shortened
BEGINNING, BEGINNING_LINES = 240, 6
LONG_PART = re.compile(r"\S{60}(?=\S)")
WORD_CUT_OFF = re.compile(r"\s\S{0,40}\Z")
QUOTED = re.compile(r"\s*[\"“„«]([^\"“”„«»]*)[\"”“»]\s*")
MINUS = "\N{MINUS SIGN}"
CLOSING = "\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\"')"
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def said(day: dt.date | None, pattern: str) -> str:
    if not day:
        return ""
    if isinstance(day, dt.datetime):
        return dateformat.format(timezone.localtime(day) if timezone.is_aware(day) else day, pattern)
    return written(day, pattern)


@lru_cache(maxsize=10_000)
def written(day: dt.date, pattern: str) -> str:
    """A page of a county says the days of one school year thousands of times."""
    return dateformat.format(day, pattern)


@register.filter
def longday(day):
    """Tuesday 9 February"""
    return said(day, "l j F")


@register.filter
def from_iso(text):
    """The moment, or the day, of an ISO text, for the filters below."""
    if not text:
        return None
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


@register.filter
def longdate(day):
    """Tuesday 9 February 2027"""
    return said(day, "l j F Y")


@register.filter
def shortday(day):
    """Tue 9 Feb"""
    return said(day, "D j M")


@register.filter
def year_words(year_group):
    """Year 5; Reception, whose number is 0"""
    return "Reception" if str(year_group) == "0" else f"Year {year_group}"


@register.filter
def years_words(year_groups):
    """Years 5 and 6; Reception and Year 1"""
    if 0 in year_groups:
        return listed([year_words(year) for year in year_groups])
    return f"Year{'' if len(year_groups) == 1 else 's'} {listed(year_groups)}"


@register.filter
def year_number(year_group):
    """5, or Reception, in a column of year groups"""
    return "Reception" if str(year_group) == "0" else year_group


@register.filter
def clock(time):
    """4pm, 4:30pm, midday"""
    if time in (None, ""):
        return ""
    if (time.hour, time.minute) == (12, 0):
        return "midday"
    return f"{time:%-I}{f':{time:%M}' if time.minute else ''}{'am' if time.hour < 12 else 'pm'}"


@register.filter
def signed(number):
    """+4.0 or 0.0, and a real minus sign before what is less."""
    if number in (None, ""):
        return ""
    number = Decimal(str(number))
    sign = MINUS if number < 0 else "+" if number > 0 else ""
    return f"{sign}{abs(number):f}"


@register.filter
def of(part, whole):
    """93 of 161"""
    return f"{part:,} of {whole:,}"


@register.filter
def plural_count(number, word):
    """1 pupil, 3 pupils; an irregular word gives both: "child,children"."""
    one, _, many = word.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@register.filter
def money(amount):
    """£1,430.00"""
    if amount in (None, ""):
        return ""
    amount = Decimal(str(amount))
    return f"{MINUS if amount < 0 else ''}£{abs(amount):,.2f}"


@register.filter
def spell(number):
    """One to ten as a word, for sentences; any other number as it is."""
    return WORDS[number - 1] if 1 <= number <= len(WORDS) else f"{number:,}"


@register.filter
def pages(page: Page):
    """The numbers that the pagination shows, with gaps."""
    return page.paginator.get_elided_page_range(page.number)


@register.filter
def breakable(text):
    """The text with a place to break in each word of over 60 characters: laying out one without any takes seconds."""
    return LONG_PART.sub("\\g<0>\N{ZERO WIDTH SPACE}", text or "")


@register.filter
def unquoted(text):
    """Without the quotation marks that somebody typed around all of it, for where the page has marks of its own."""
    found = QUOTED.fullmatch(text or "")
    return found[1].strip() if found else text


@register.filter
def beginning(text):
    """How a long text begins, for where the whole is read on request; empty for one that is short anyway."""
    text = (text or "").strip()
    lines = text.split("\n")
    if len(text) <= LONG and len(lines) <= LONG_LINES:
        return ""
    start = "\n".join(lines[:BEGINNING_LINES])
    if len(start) > BEGINNING:
        start = WORD_CUT_OFF.sub("", start[: BEGINNING + 1])[:BEGINNING]
    return f"{start.rstrip()} …"


@register.filter
def within(text):
    """A sentence as a part of another one: its first letter is small, names of months keep theirs."""
    return f"{text[:1].lower()}{text[1:]}"


@register.filter
def sentence(text):
    """What somebody typed, with a full stop at its end where it has no mark of its own, as more follows."""
    text = (text or "").rstrip()
    return text if text.rstrip(CLOSING)[-1:] in ".!?…" else f"{text}."


@register.filter
def kilobytes(size):
    """64 kB, and 1.4 MB from a thousand of them on."""
    if not size:
        return ""
    kilo = -(-size // 1000)
    return f"{kilo} kB" if kilo < 1000 else f"{size / 1_000_000:.1f} MB"


@register.filter
def listed(items, word="and"):
    """Ann, Ben and Cy; with another word: Ann, Ben or Cy."""
    names = [str(item) for item in items]
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)
