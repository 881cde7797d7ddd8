"""Nothing that is hidden follows from all that one reader gets at one time: tried against every other set of grades.

The reader of the protected table gets this year's, an earlier year's and the comparison of the two, which has no figure
of its own (test_results_by_group). A head of another school gets the own pupils and the row of all schools. Pupils are
few here, so that all grades that they could have instead can be tried, each question together with all others.
"""

import random
from functools import cache
from itertools import combinations_with_replacement, product
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pupils.figures import GradeValue, PlaceFacts, block, mean
from pupils.models import Place
from pupils.small_numbers import FEW_GRADES, SHARES, answered, beside_own, is_small
from reports.readers import sections_by
from reports.years import asked_of

QUESTIONS = (*SHARES, "points")


@cache
def scale_of(length, has_points):
    return [GradeValue(str(n), 1, n, 2 * n if has_points else None) for n in range(length)]


def a_place(number, cell, first, last, length):
    """The level begins in the middle of the scale, above it is the next grade; more than a step is expected."""
    return PlaceFacts(
        place=number,
        pupil=number,
        partnership=1,
        school=1,
        subject=cell[0],
        year_group=cell[1],
        area="",
        first=first,
        last=last,
        first_reason="",
        last_reason="",
        met_from=length // 2,
        exceeded_from=length // 2 + 1,
        expected_points=(1 if length <= FEW_GRADES else 3) if first.points is not None else None,
    )


def answers(place):
    return (*(int(getattr(place, question) or 0) for question in SHARES), place.gain or 0)


@cache
def ways(n, length, has_points):
    """All that n places of a cell can have come to: the count of each question and the sum of points, each once."""
    scale = scale_of(length, has_points)
    each = {answers(a_place(0, ("a", 1), first, last, length)) for first, last in product(scale, scale)}
    sums = {tuple(map(sum, zip(*chosen, strict=True))) for chosen in combinations_with_replacement(sorted(each), n)}
    found = sorted(sums) if n else [(0,) * len(QUESTIONS)]
    random.Random(0).shuffle(found)
    return found


class Printed:
    """What a reader sees of a block: the counts that are there, and the sums of points that give its mean."""

    def __init__(self, b, most):
        counts = enumerate(getattr(b, question).of for question in SHARES)
        self.counts = [(place, count) for place, count in counts if count is not None]
        self.points = None
        if b.mean_points is not None:
            sums = range(-most * b.n, most * b.n + 1)
            self.points = {points for points in sums if mean([points] + [0] * (b.n - 1)) == b.mean_points}

    def agrees(self, values):
        """Whether these counts would be printed as this block is."""
        for place, count in self.counts:
            if values[place] != count:
                return False
        return self.points is None or values[-1] in self.points


def is_hidden(b, question):
    """A mean that a short scale withholds beside counts that are printed hides nothing of its own."""
    if question != "points":
        return getattr(b, question).hidden
    return b.mean_hidden and any(getattr(b, share).hidden for share in SHARES)


def certain(facts, length, rows):
    """The hidden answers with one possible value. A row is (the places in `cells` of which it is the sum, block)."""
    has_points = facts[0].first.points is not None
    cells = cells_of(facts)
    printed = [(of, Printed(b, 2 * length)) for of, b in rows]
    alone = {of[0]: seen for of, seen in printed if len(of) == 1}
    numbers = [sum(cell == key(p) for p in facts) for cell in cells]
    possible = [list(filter(alone[at].agrees, ways(n, length, has_points))) for at, n in enumerate(numbers)]
    known = [
        (at, QUESTIONS.index(question))
        for at, (_, b) in enumerate(rows)
        for question in QUESTIONS
        if is_hidden(b, question)
    ]
    found = {answer: set() for answer in known}
    for at, place in known:
        while len(found[at, place]) < 2:
            other = rows[at][0], place, found[at, place]
            counts = next(fitting(possible, printed, other), None)
            if counts is None:
                break
            for row, question in known:
                found[row, question].add(total(counts, rows[row][0])[question])
    return [(at, QUESTIONS[place]) for (at, place), values in found.items() if len(values) < 2]


def fitting(possible, printed, other, counts=()):
    """The choices of one of the possible counts for each cell that all rows agree with, where the answer of `other`
    (the cells of a row, the question, the values found before) is a new one. A row is asked as soon as the last of its
    cells is chosen, so that what cannot fit is not taken further."""
    if len(counts) == len(possible):
        yield counts
        return
    asked = [(of, seen) for of, seen in printed if len(of) > 1 and max(of) == len(counts)]
    of_other, question, before = other
    for values in possible[len(counts)]:
        chosen = (*counts, values)
        if max(of_other) == len(counts) and total(chosen, of_other)[question] in before:
            continue
        if all(seen.agrees(total(chosen, of)) for of, seen in asked):
            yield from fitting(possible, printed, other, chosen)


def total(counts, of):
    return tuple(map(sum, zip(*(counts[place] for place in of), strict=True)))


def key(place):
    return place.subject, place.year_group


def cells_of(facts):
    return sorted({key(place) for place in facts})


def fits(asked, cell):
    return asked.get("subject", cell[0]) == cell[0] and asked.get("year", cell[1]) == cell[1]


def table_rows(facts, length, thresholds):
    """The table as the protected reader gets it."""
    reader = SimpleNamespace(
        facts=facts, exact=False, thresholds=thresholds, reach=Place.objects.none(), few_grades=length <= FEW_GRADES
    )
    cells = cells_of(facts)
    return [
        ([at for at, cell in enumerate(cells) if fits(asked_of(row), cell)], row["b"])
        for section in sections_by(reader, "")
        for row in section["rows"]
    ]


# Grades of the scale, pupils in a cell at most, subjects, year groups. What is tried grows with a power of these.
FEW = [(3, 3, 1, 2), (3, 2, 2, 2), (3, 2, 1, 3), (4, 2, 2, 1), (5, 1, 2, 2), (6, 1, 1, 3), (7, 1, 2, 2)]
MORE = [(3, 4, 1, 2), (3, 3, 2, 2), (3, 4, 1, 3), (4, 3, 2, 1), (5, 2, 2, 2), (6, 2, 1, 3), (7, 2, 2, 2)]


@st.composite
def programmes(draw, sizes):
    length, most, rows, columns = draw(st.sampled_from(sizes))
    scale = scale_of(length, draw(st.integers(0, 2)) > 0)
    facts = []
    for cell in product("abc"[:rows], range(1, columns + 1)):
        for _ in range(draw(st.integers(0, most))):
            first, last = draw(st.sampled_from(scale)), draw(st.sampled_from(scale))
            facts.append(a_place(len(facts), cell, first, last, length))
    facts = facts or [a_place(0, ("a", 1), scale[0], scale[1], length)]
    up_to = draw(st.integers(1, 2))
    return facts, length, (up_to, draw(st.integers(up_to, 4)))


def gives_nothing_away(facts, length, thresholds):
    assert certain(facts, length, table_rows(facts, length, thresholds)) == []


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(programmes(FEW))
def test_no_hidden_figure_follows_from_the_table(drawn):
    gives_nothing_away(*drawn)


@pytest.mark.soak
@settings(max_examples=1_500, suppress_health_check=[HealthCheck.too_slow])
@given(programmes(MORE))
def test_no_hidden_figure_of_very_many_programmes_follows_from_the_table(drawn):
    gives_nothing_away(*drawn)


def test_a_mean_on_few_grades_does_not_tell_who_met_the_level():
    """Found by trying: together they lost two points and one began at the level, so that none can have exceeded it."""
    a, b, _ = scale_of(3, True)
    facts = [a_place(0, ("a", 1), a, a, 3), a_place(1, ("a", 2), b, a, 3)]

    gives_nothing_away(facts, 3, (1, 1))
    assert [row for row in table_rows(facts, 3, (1, 1)) if row[1].n and not row[1].mean_hidden] == []


def test_a_block_that_hides_all_its_answers_hides_none_that_follows():
    """Found by trying: one answer of a block was hidden for the others' sake while the sums beside it told it."""
    a, b, _ = scale_of(3, False)
    cells = [("a", 1), *[("a", 2)] * 3, *[("b", 1)] * 2, *[("b", 2)] * 2]
    facts = [a_place(n, cell, a, b if n in (0, 7) else a, 3) for n, cell in enumerate(cells)]

    gives_nothing_away(facts, 3, (1, 1))


@st.composite
def schools(draw):
    """Pupils of the head's own school, and those of the others."""
    scale = scale_of(3, draw(st.booleans()))
    own, others = (
        [
            a_place(number, ("a", 1), draw(st.sampled_from(scale)), draw(st.sampled_from(scale)), 3)
            for number in range(draw(st.integers(least, 4)))
        ]
        for least in (0, 1)
    )
    up_to = draw(st.integers(1, 3))
    return own, others, (up_to, draw(st.integers(up_to, 4)))


@given(schools())
def test_a_head_who_takes_the_own_pupils_from_the_row_of_all_schools_is_left_with_no_small_number(drawn):
    own, others, thresholds = drawn
    rest = block(others)

    shown = beside_own(block(own + others), [rest], *thresholds)

    assert shown.hidden or not is_small(rest, *thresholds)
    if shown.hidden:
        # All that is printed of the others is how many they are: any grades are possible.
        possible = ways(rest.n, 3, others[0].first.points is not None)
        assert [q for n, q in enumerate(QUESTIONS) if answered(rest, q) and len({v[n] for v in possible}) < 2] == []
