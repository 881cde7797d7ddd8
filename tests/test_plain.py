import datetime as dt
from decimal import Decimal

import pytest
from django.core.paginator import Paginator

from papers.templatetags import plain

DAY = dt.date(2027, 2, 9)
MINUS = plain.MINUS


def test_a_day_is_said_as_people_say_it():
    assert plain.longday(DAY) == "Tuesday 9 February"
    assert plain.longdate(DAY) == "Tuesday 9 February 2027"
    assert plain.shortday(DAY) == "Tue 9 Feb"


def test_a_moment_is_said_in_local_time():
    moment = dt.datetime(2027, 6, 30, 23, 30, tzinfo=dt.UTC)

    assert plain.longday(moment) == "Thursday 1 July"


@pytest.mark.parametrize("filter_", [plain.longday, plain.longdate, plain.shortday, plain.signed, plain.money])
def test_nothing_is_said_of_nothing(filter_):
    assert filter_(None) == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (Decimal("4.0"), "+4.0"),
        (Decimal("-1.2"), MINUS + "1.2"),
        (Decimal("0.0"), "0.0"),
        (Decimal("-0.0"), "0.0"),
        (3, "+3"),
        (-2, MINUS + "2"),
        ("4.35", "+4.35"),
    ],
)
def test_a_difference_carries_its_sign(number, words):
    assert plain.signed(number) == words


def test_a_part_names_its_whole():
    assert plain.of(93, 161) == "93 of 161"
    assert plain.of(1200, 1431) == "1,200 of 1,431"


@pytest.mark.parametrize(
    ("number", "word", "words"),
    [
        (1, "pupil", "1 pupil"),
        (3, "pupil", "3 pupils"),
        (0, "pupil", "0 pupils"),
        (2, "child,children", "2 children"),
        (1, "child,children", "1 child"),
    ],
)
def test_a_count_agrees_with_its_word(number, word, words):
    assert plain.plural_count(number, word) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [(Decimal("1430"), "£1,430.00"), (Decimal("118.75"), "£118.75"), (Decimal("-5"), MINUS + "£5.00"), (0, "£0.00")],
)
def test_money_is_to_the_penny(amount, words):
    assert plain.money(amount) == words


def test_one_to_ten_are_words():
    assert [plain.spell(number) for number in (0, 1, 10, 11)] == ["0", "one", "ten", "11"]


def test_many_pages_are_shown_with_gaps():
    page = Paginator(range(500), 10).page(25)

    assert list(plain.pages(page)) == [1, 2, "…", 22, 23, 24, 25, 26, 27, 28, "…", 49, 50]


@pytest.mark.parametrize(("size", "words"), [(0, ""), (1, "1 kB"), (64_210, "65 kB"), (1_440_000, "1.4 MB")])
def test_a_file_says_how_large_it_is(size, words):
    assert plain.kilobytes(size) == words


def test_a_day_and_a_moment_are_read_from_iso_texts():
    texts = ["2026-11-10", "2026-11-10T10:02:00+00:00", "", None]

    assert [plain.longdate(plain.from_iso(text)) for text in texts] == ["Tuesday 10 November 2026"] * 2 + ["", ""]


def test_a_long_text_begins_with_whole_words_and_a_short_one_is_not_cut():
    words, lines, unbroken = "Taps twice. " * 40, "Taps\n" * 20, "x" * 400

    assert plain.beginning("Taps twice. " * 25 + "\n") == ""  # 300 characters
    assert plain.beginning("Taps\n" * 8) == ""
    assert plain.beginning(words) == ("Taps twice. " * 20).rstrip() + " …"
    assert plain.beginning(lines) == "Taps\n" * 5 + "Taps …"
    assert plain.beginning(unbroken) == "x" * 240 + " …"
    assert plain.beginning(None) == ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('"I know it"', "I know it"),
        (" “I know it, I just can't” ", "I know it, I just can't"),
        ('"Yes" and then "no"', '"Yes" and then "no"'),
        ("It's mine", "It's mine"),
        ("'Tis", "'Tis"),
        ("", ""),
        (None, None),
    ],
)
def test_quotation_marks_around_all_of_it_are_not_shown_twice(typed, shown):
    assert plain.unquoted(typed) == shown


def test_within_a_sentence_a_month_keeps_its_capital():
    assert plain.within("Last on 20 November") == "last on 20 November"
    assert plain.within("") == ""


def test_the_year_group_before_year_1_is_called_reception():
    assert [plain.year_words(year) for year in (0, 5, "0")] == ["Reception", "Year 5", "Reception"]
    assert [plain.years_words(years) for years in ([5], [5, 6])] == ["Year 5", "Years 5 and 6"]
    assert plain.years_words([0, 1]) == "Reception and Year 1"
    assert (plain.year_number(0), plain.year_number(5)) == ("Reception", 5)
