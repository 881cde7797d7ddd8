"""Term dates for tests: those of a real year, and years that nobody has thought of."""

import datetime as dt

from hypothesis import strategies as st

from programmes.models import TermDate

NAMES = [f"{term} term, {half} half" for term in ("Autumn", "Spring", "Summer") for half in ("first", "second")]
DAY = dt.timedelta(days=1)


def six(*days):
    return [(name, dt.date(*first), dt.date(*last)) for name, (first, last) in zip(NAMES, days, strict=True)]


ESSEX_2008 = six(
    ((2008, 9, 3), (2008, 10, 24)),
    ((2008, 11, 3), (2008, 12, 19)),
    ((2009, 1, 5), (2009, 2, 13)),
    ((2009, 2, 23), (2009, 4, 3)),
    ((2009, 4, 20), (2009, 5, 22)),
    ((2009, 6, 1), (2009, 7, 22)),
)
YEAR_2026 = six(
    ((2026, 9, 2), (2026, 10, 23)),
    ((2026, 11, 2), (2026, 12, 18)),
    ((2027, 1, 4), (2027, 2, 12)),
    ((2027, 2, 22), (2027, 3, 25)),
    ((2027, 4, 12), (2027, 5, 28)),
    ((2027, 6, 7), (2027, 7, 21)),
)
YEAR_2027 = six(
    ((2027, 9, 1), (2027, 10, 22)),
    ((2027, 11, 1), (2027, 12, 17)),
    ((2028, 1, 5), (2028, 2, 11)),
    ((2028, 2, 21), (2028, 3, 31)),
    ((2028, 4, 18), (2028, 5, 26)),
    ((2028, 6, 5), (2028, 7, 20)),
)


def give_term_dates(organisation, rows=YEAR_2026, school=None):
    for name, starts_on, ends_on in rows:
        TermDate.objects.create(
            organisation=organisation, school=school, name=name, starts_on=starts_on, ends_on=ends_on
        )


@st.composite
def calendars(draw):
    """The first day of an academic year, and six half terms in it, each of at least a week, with breaks between."""
    year = draw(st.integers(2010, 2035))
    start = dt.date(year, 9, 1)
    lengths = [draw(st.integers(7, 58)) for _ in NAMES]
    room = (dt.date(year + 1, 8, 31) - start).days - sum(lengths) - 1
    rows, day = [], start
    for name, length in zip(NAMES, lengths, strict=True):
        gap = draw(st.integers(0, max(0, min(room, 25))))
        room -= gap
        first, last = day + gap * DAY, day + (gap + length - 1) * DAY
        rows.append((name, first, last))
        day = last + DAY
    return start, rows


def lines(rows, pattern="{name}, {first:%-d %B %Y}, {last:%-d %B %Y}"):
    return "\n".join(pattern.format(name=name, first=first, last=last) for name, first, last in rows)


def hidden(response):
    """What the page that shows the dates would send, were its button pressed."""
    form = response.context["form"]
    return {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
