"""Lists of every kind are read as they were written, or it is said in words why not; no cell stops the others."""

import csv
import datetime as dt
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pupils.choosing import columns, dates, lines
from pupils.choosing.reading import NotRead, read_file, read_pasted

LETTERS = st.characters(categories=["L"], max_codepoint=0x24F)
NAMES = st.text(LETTERS, min_size=1, max_size=12)
CELLS = st.text(max_size=25)
CALLED = {field: names.split("; ") for field, names in columns.ALIASES.items() if field != "full_name"}
MANY = settings(max_examples=150, deadline=None)
SOAK = settings(max_examples=3000, deadline=None)


@st.composite
def tables(draw):
    """Rows of what is right, and how somebody wrote them down."""
    pupils = draw(
        st.lists(st.tuples(NAMES, NAMES, st.integers(0, 13), st.sampled_from("YNU")), min_size=1, max_size=12)
    )
    order = draw(st.permutations(["first_name", "last_name", "year_group", "pupil_premium"]))
    header = [draw(st.sampled_from(CALLED[field])) for field in order]
    above = draw(st.integers(0, 4))
    pad = draw(st.sampled_from(["", " ", "   "]))
    fields = ("first_name", "last_name", "year_group", "pupil_premium")
    rows = [[f"{pad}{row[fields.index(field)]}{pad}" for field in order] for row in pupils]
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=draw(st.sampled_from(",;\t")),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\r\n", "\n"])),
    )
    writer.writerows([[f"Class list {n}"] for n in range(above)])
    writer.writerow([f"{pad}{name}{pad}" for name in header])
    writer.writerows(rows)
    return pupils, out.getvalue()


def values_of(content):
    fields = [column["field"] for column in content["columns"]]
    read = [lines.read(row, fields, dates.DAY_FIRST) for row in content["rows"]]
    names = ("first_name", "last_name", "year_group", "pupil_premium")
    return [tuple(line.values.get(name) for name in names) for line in read]


def as_written(table, codec):
    pupils, text = table
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return
    assert values_of(read_file(io.BytesIO(data), "list.csv")) == pupils
    assert values_of(read_pasted(text)) == pupils


CODECS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


@MANY
@given(tables(), CODECS)
def test_a_list_is_read_as_it_was_written(table, codec):
    as_written(table, codec)


@pytest.mark.soak
@SOAK
@given(tables(), CODECS)
def test_many_lists_are_read_as_they_were_written(table, codec):
    as_written(table, codec)


def said_in_words(text):
    try:
        content = read_pasted(text)
    except NotRead as why:
        return str(why).endswith((".", "”"))
    json.dumps(content)
    fields = [column["field"] for column in content["columns"]]
    for row in content["rows"]:
        line = lines.read(row, fields, content["dates"] or dates.DAY_FIRST)
        assert line.values.keys() | line.wrong.keys() == set(lines.SHOWN)
        assert all(what and mend for what, mend in line.wrong.values())
        assert line.initials
    return True


ANYTHING = st.lists(st.lists(CELLS, max_size=8), max_size=8)


@st.composite
def pastes(draw):
    """Cells of anything under names of columns that are known, or under none."""
    header = draw(st.lists(st.sampled_from([name for names in CALLED.values() for name in names]), max_size=8))
    separator = draw(st.sampled_from(",;\t"))
    return "\n".join(separator.join(row) for row in [header, *draw(ANYTHING)])


@MANY
@given(pastes())
def test_whatever_is_pasted_is_answered_in_words(text):
    assert said_in_words(text)


@pytest.mark.soak
@SOAK
@given(pastes() | st.text())
def test_whatever_many_paste_is_answered_in_words(text):
    assert said_in_words(text)


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
WRITTEN = {
    dates.DAY_FIRST: ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d"],
    dates.MONTH_FIRST: ["%m/%d/%Y", "%m-%d-%Y"],
}


@MANY
@given(st.lists(DAYS, min_size=1, max_size=8), st.data())
def test_days_are_read_as_they_were_written(days, data):
    how = data.draw(st.sampled_from([*WRITTEN[dates.DAY_FIRST], *WRITTEN[dates.MONTH_FIRST]]))
    texts = [f"{day:{how}}" for day in days]

    order = dates.order_of(texts)
    read = []
    for text in texts:
        try:
            read.append(dates.read(text, order))
        except lines.Wrong as wrong:
            read.append(str(wrong))

    is_known = how in WRITTEN[dates.DAY_FIRST] or order == dates.MONTH_FIRST
    swapped = [day for day in days if day.day <= 12]
    assert read == days if is_known else len(swapped) == len(days)  # nothing in it tells which way round it is
