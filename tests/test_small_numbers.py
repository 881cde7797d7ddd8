from collections import Counter
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pupils.figures import Block, Share
from pupils.small_numbers import QUESTIONS, SHARES, hide, is_small, protect


def a_block(n, mean=None, **counts):
    shares = {question: Share(counts.get(question), n) for question in SHARES}
    return Block(n + 2, n, n, 1, 1, Counter(left=1), Counter(absent=1), **shares, mean_points=mean)


# One block ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(1, 6))
def test_one_to_five_pupils_are_hidden_whatever_they_did(n):
    assert all(is_small(a_block(n, met=of)) for of in range(n + 1))


@pytest.mark.parametrize("n", range(6, 11))
@pytest.mark.parametrize("question", SHARES)
def test_six_to_ten_are_hidden_when_all_or_none_of_them_did_something(n, question):
    others = dict.fromkeys(SHARES, 3)

    assert [of for of in range(n + 1) if is_small(a_block(n, **others | {question: of}))] == [0, n]


def test_five_of_six_is_printed():
    assert not is_small(a_block(6, met=5, exceeded=3, met_first=1, above=4))


def test_from_eleven_on_all_and_none_are_printed():
    assert not is_small(a_block(11, met=11, exceeded=0, met_first=0, above=11))


def test_a_block_of_nobody_and_a_question_that_does_not_apply_tell_nothing():
    assert not is_small(a_block(0, met=0))
    assert not is_small(a_block(6))


def test_a_programme_may_hide_more():
    assert is_small(a_block(8, met=3), hide_up_to=8, hide_whole_up_to=20)
    assert is_small(a_block(20, met=20), hide_up_to=8, hide_whole_up_to=20)


def test_hiding_keeps_the_counts_of_places_only():
    found = hide(a_block(4, Decimal("1.5"), met=2, exceeded=1, above=1, met_first=0))

    gone = [Share(None, 4, hidden=True)] * 4
    assert found == Block(6, 4, 4, 1, 1, Counter(left=1), Counter(absent=1), *gone, mean_points=None, mean_hidden=True)


def test_what_does_not_apply_is_not_hidden():
    found = hide(a_block(4, met=2))

    assert (found.met, found.above, found.mean_hidden) == (Share(None, 4, hidden=True), Share(None, 4), False)


# Tables with totals ------------------------------------------------------------------------------------------------


def table(cells):
    """The blocks of a table by subject and year with its totals, and their cells. A cell is (n, met, exceeded)."""
    made_of = {"all": set(cells)}
    for subject, year in cells:
        for name in (subject, f"year {year}", f"{subject} year {year}"):
            made_of.setdefault(name, set())
    for name, of in made_of.items():
        for subject, year in cells:
            if name in ("all", subject, f"year {year}", f"{subject} year {year}"):
                of.add((subject, year))
    blocks = {}
    for name, of in made_of.items():
        n, met, exceeded = (sum(cells[cell][count] for cell in of) for count in range(3))
        blocks[name] = a_block(n, met=met, exceeded=exceeded)
    return blocks, made_of


def hidden_in(cells, *thresholds):
    shown = protect(*table(cells), *thresholds)
    return {name for name, b in shown.items() if b.hidden}


ESSEX = {
    ("maths", 4): (6, 5, 3),
    ("maths", 5): (15, 10, 5),
    ("maths", 6): (39, 24, 10),
    ("writing", 5): (42, 27, 15),
    ("writing", 6): (59, 27, 8),
}


def test_nothing_of_essex_is_hidden():
    assert hidden_in(ESSEX) == set()


def test_the_rest_of_a_total_is_hidden_with_the_smallest_of_the_others():
    cells = {("maths", 4): (3, 1, 1), ("maths", 5): (12, 7, 3), ("maths", 6): (30, 11, 8), ("maths", 7): (20, 11, 8)}

    # With one subject the year is the cell.
    assert hidden_in(cells) == {"maths year 4", "year 4", "maths year 5", "year 5"}


def test_in_a_table_of_two_ways_four_cells_are_hidden_and_the_totals_printed():
    cells = {(subject, year): (20, 9, 4) for subject in ("maths", "reading", "writing") for year in (4, 5, 6)}
    cells |= {("maths", 4): (3, 1, 1), ("maths", 5): (12, 7, 3), ("reading", 4): (14, 7, 3), ("reading", 5): (15, 7, 3)}

    assert hidden_in(cells) == {"maths year 4", "maths year 5", "reading year 4", "reading year 5"}


def test_two_hidden_cells_that_add_up_to_nobody_or_to_all_give_each_other_away():
    nobody = {("maths", 4): (3, 0, 0), ("maths", 5): (4, 0, 0), ("maths", 6): (30, 11, 8)}
    everybody = {("maths", 4): (3, 3, 1), ("maths", 5): (4, 4, 2), ("maths", 6): (30, 11, 8)}

    assert "maths year 6" in hidden_in(nobody)
    assert "maths year 6" in hidden_in(everybody)


def test_a_table_with_one_small_cell_only_is_hidden_whole():
    assert hidden_in({("maths", 4): (3, 1, 1)}) == {"all", "maths", "year 4", "maths year 4"}


def test_a_block_that_is_no_part_of_the_table_is_a_mistake():
    blocks, made_of = table(ESSEX)
    made_of["maths"] = {("maths", 4), ("writing", 5)}

    with pytest.raises(ValueError, match="neither a cell, a row, a column nor the total"):
        protect(blocks, made_of)


def test_a_question_that_some_cells_cannot_answer_does_not_stand_in_the_way():
    blocks, made_of = table(ESSEX | {("writing", 4): (3, 2, 1)})
    for name in ("all", "maths", "year 4", "maths year 4"):
        blocks[name] = a_block(blocks[name].n, exceeded=blocks[name].exceeded.of)

    shown = protect(blocks, made_of)

    assert {name for name, b in shown.items() if b.hidden} >= {"writing year 4", "maths year 4"}


def hidden_answers(shown):
    return {
        (name, question)
        for name, b in shown.items()
        for question in QUESTIONS
        if (b.mean_hidden if question == "points" else getattr(b, question).hidden)
    }


def test_a_hidden_mean_cannot_be_worked_out_from_the_printed_ones():
    _, made_of = table({("maths", 5): (2, 0, 0), ("writing", 5): (10, 0, 0)})
    means = {2: Decimal("4.0"), 10: Decimal("1.0"), 12: Decimal("1.5")}
    blocks = {name: a_block(n, means[n]) for name, n in {"maths": 2, "writing": 10, "all": 12, "year 5": 12}.items()}
    blocks |= {"maths year 5": blocks["maths"], "writing year 5": blocks["writing"]}

    shown = protect(blocks, made_of)

    assert {name for name, b in shown.items() if b.mean_hidden} == {
        "maths", "maths year 5", "writing", "writing year 5"
    }  # fmt: skip


def test_only_the_answers_that_would_tell_are_hidden_and_totals_last():
    cells = {("maths", 4): (12, 6, 0), ("maths", 5): (2, 1, 0), ("maths", 6): (10, 5, 1)}
    cells |= {("writing", 4): (14, 7, 0), ("writing", 5): (5, 2, 0)}
    blocks, made_of = table(cells)

    found = hidden_answers(protect(blocks, made_of))

    # Nobody of the seven of Year 5 exceeded: they are a small block too, and take another year with them.
    assert not {name for name, question in found if name in ("all", "maths", "writing") and question == "met"}
    assert ("all", "exceeded") not in found
    assert not {name for name, question in found if question == "above"}


def test_a_total_of_none_has_to_go_but_takes_no_other_answer_with_it():
    cells = {("maths", 4): (12, 6, 0), ("maths", 5): (2, 1, 0), ("maths", 6): (10, 5, 0)}
    cells |= {("writing", 4): (14, 7, 0), ("writing", 5): (5, 2, 0)}

    found = hidden_answers(protect(*table(cells)))

    assert ("all", "exceeded") in found
    assert ("all", "met") not in found


@st.composite
def small_tables(draw):
    """Subjects by years, with gaps, small enough to try every possible table in its place."""
    most, rows, columns = draw(st.sampled_from([(12, 2, 2), (6, 1, 4), (4, 2, 3), (4, 3, 2), (2, 3, 3)]))
    cells = {}
    for subject in "abc"[:rows]:
        for year in range(columns):
            if draw(st.integers(0, 7)):
                n = draw(st.integers(0, most))
                met = draw(st.integers(0, n))
                cells[subject, year] = (n, met, draw(st.integers(0, met)))
    up_to = draw(st.integers(1, 5))
    return cells or {("a", 0): (1, 1, 0)}, up_to, draw(st.integers(up_to, 10))


def is_gone(b, question):
    return getattr(b, question).hidden


def possible_values(cells, shown, made_of):
    """By hidden block and question: every value that fits what is printed, when every table is tried.

    Whoever exceeded the expectation has met it.
    """
    tables = {}
    for question, count in (("met", 1), ("exceeded", 2)):
        printed = [(made_of[name], getattr(b, question).of) for name, b in shown.items() if not is_gone(b, question)]
        ranges = [
            range(cells[cell][0] + 1) if is_gone(shown[f"{cell[0]} year {cell[1]}"], question) else [cells[cell][count]]
            for cell in cells
        ]
        tables[question] = [
            counts
            for counts in (dict(zip(cells, values, strict=True)) for values in product(*ranges))
            if all(sum(counts[cell] for cell in of) == total for of, total in printed)
        ]
    hidden = [(name, question) for name, b in shown.items() for question in tables if is_gone(b, question)]
    values = {key: set() for key in hidden}
    for met in tables["met"]:
        for exceeded in tables["exceeded"]:
            if all(exceeded[cell] <= met[cell] for cell in cells):
                for name, question in hidden:
                    counts = met if question == "met" else exceeded
                    values[name, question].add(sum(counts[cell] for cell in made_of[name]))
        if all(len(found) > 1 for found in values.values()):
            break
    return values


def gives_nothing_away(cells, up_to, whole_up_to):
    blocks, made_of = table(cells)

    shown = protect(blocks, made_of, up_to, whole_up_to)

    assert all(shown[name] == hide(b) for name, b in blocks.items() if is_small(b, up_to, whole_up_to))
    assert all(
        getattr(shown[name], question) == getattr(hide(b) if is_gone(shown[name], question) else b, question)
        for name, b in blocks.items()
        for question in ("met", "exceeded")
    )
    certain = [key for key, found in possible_values(cells, shown, made_of).items() if len(found) < 2]
    assert certain == []


@settings(max_examples=150)
@given(small_tables())
def test_no_hidden_count_can_be_worked_out_from_what_is_printed(drawn):
    gives_nothing_away(*drawn)


@pytest.mark.soak
@settings(max_examples=3_000)
@given(small_tables())
def test_no_hidden_count_of_very_many_tables_can_be_worked_out(drawn):
    gives_nothing_away(*drawn)


def test_those_who_exceeded_have_met_and_do_not_tell_on_the_others():
    # Found by trying: each count alone could be another, but not both at once.
    cells = {
        ("a", 0): (8, 6, 3),
        ("a", 1): (3, 3, 0),
        ("b", 0): (4, 1, 1),
        ("b", 1): (7, 3, 3),
        ("c", 1): (11, 9, 7),
    }

    gives_nothing_away(cells, 4, 8)
