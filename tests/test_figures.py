from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pupils.figures import GradeValue, PlaceFacts, Share, TwoScales, block, mean, percent, split

# The domain's table: a whole level is 6 points, a sub-level 2.
POINTS = [7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41]
CODES = [level + step for level in "123456" for step in "cba"]
SUBLEVELS = {code: GradeValue(code, 1, place, POINTS[place]) for place, code in enumerate(CODES)}
CODES_WITHOUT_POINTS = {code: GradeValue(code, 2, place, None) for place, code in enumerate(["WTS", "EXS", "GDS"])}


def place(pk=1, first="3c", last="4c", **facts):
    """A place of a Year 5 programme with the thresholds 3a and 4b, and 3 points expected."""
    return PlaceFacts(
        **{
            "place": pk,
            "pupil": pk,
            "partnership": 1,
            "school": 1,
            "subject": "maths",
            "year_group": 5,
            "area": "Mid",
            "first": SUBLEVELS.get(first),
            "last": SUBLEVELS.get(last),
            "first_reason": "",
            "last_reason": "",
            "met_from": CODES.index("3a"),
            "exceeded_from": CODES.index("4b"),
            "expected_points": Decimal(3),
        }
        | facts
    )


# Rounding ----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_percentage_is_whole_and_rounded_half_up(pair):
    part, whole = pair

    assert percent(part, whole) == floor(Fraction(100 * part, whole) + Fraction(1, 2))


@pytest.mark.parametrize(
    ("part", "whole", "pct"), [(1, 8, 13), (1, 200, 1), (1, 201, 0), (5, 8, 63), (161, 161, 100), (0, 3, 0)]
)
def test_percentages_at_the_border(part, whole, pct):
    assert percent(part, whole) == pct


def test_there_is_no_percentage_of_nothing():
    assert percent(0, 0) is None
    assert Share(0, 0).pct is None
    assert Share(None, 12).pct is None


@given(st.lists(st.integers(-60, 60), min_size=1, max_size=300))
def test_a_mean_has_one_decimal_and_ties_go_away_from_zero(gains):
    exact = Fraction(sum(gains), len(gains))
    tenths = floor(abs(exact) * 10 + Fraction(1, 2))

    found = mean(gains)

    assert found == Decimal(tenths if exact > 0 else -tenths) / 10
    assert found.as_tuple().exponent == -1


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ([1] + [0] * 3, "0.3"),  # 0.25
        ([-1] + [0] * 3, "-0.3"),
        ([9] + [0] * 19, "0.5"),  # 0.45
        ([-9] + [0] * 19, "-0.5"),
        ([-1] + [0] * 24, "0.0"),  # -0.04 is no less than nothing
        ([4, 4], "4.0"),
    ],
)
def test_means_at_the_border(gains, words):
    assert str(mean(gains)) == words


def test_there_is_no_mean_of_nothing():
    assert mean([]) is None


# One place ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "gain", "above"),
    [("3c", "3b", 2, False), ("3c", "3a", 4, True), ("3c", "4c", 6, True), ("4c", "3c", -6, False)],
)
def test_a_gain_is_above_expectation_only_when_it_is_greater(first, last, gain, above):
    facts = place(first=first, last=last)

    assert (facts.gain, facts.above) == (gain, above)


def test_a_gain_that_equals_the_expected_one_is_not_above_it():
    assert place(first="3c", last="3a", expected_points=Decimal(4)).above is False
    assert place(first="3c", last="3a", expected_points=Decimal("3.5")).above is True


@pytest.mark.parametrize(
    ("last", "met", "exceeded"), [("3b", False, False), ("3a", True, False), ("4c", True, False), ("4b", True, True)]
)
def test_the_expectation_is_met_from_its_grade_on(last, met, exceeded):
    facts = place(last=last, first="3a")

    assert (facts.met, facts.exceeded, facts.met_first) == (met, exceeded, True)


def test_a_gain_across_two_scales_is_an_error_that_names_no_grade():
    facts = replace(place(pk=12), last=CODES_WITHOUT_POINTS["EXS"])

    with pytest.raises(TwoScales) as raised:
        block([facts])

    assert str(raised.value) == "place 12 has its first and its last grade on two scales"


def test_without_points_there_is_no_gain():
    facts = replace(place(), first=CODES_WITHOUT_POINTS["WTS"], last=CODES_WITHOUT_POINTS["GDS"])

    assert (facts.matched, facts.gain, facts.above) == (True, None, None)


# Blocks ------------------------------------------------------------------------------------------------------------

REASONS = st.sampled_from(["", "absent", "left"])
GRADES = st.sampled_from([None, *CODES])


@st.composite
def many_places(draw):
    return [
        place(
            pk=pk,
            first=draw(GRADES),
            last=draw(GRADES),
            first_reason=draw(REASONS),
            last_reason=draw(REASONS),
            pupil=draw(st.integers(1, 5)),
            subject=draw(st.sampled_from(["maths", "writing"])),
            met_from=draw(st.integers(0, 9)),
            exceeded_from=draw(st.integers(9, 17)),
        )
        for pk in range(draw(st.integers(1, 12)))
    ]


@given(many_places())
def test_a_block_counts_what_a_slow_reading_counts(places):
    n = met = met_first = exceeded = above = total = 0
    pupils, first_reasons, final_reasons = [], [], []
    for facts in places:
        if facts.last is None:
            final_reasons.append(facts.last_reason)
        elif facts.first is None:
            first_reasons.append(facts.first_reason)
        else:
            before, after = CODES.index(facts.first.code), CODES.index(facts.last.code)
            n += 1
            total += POINTS[after] - POINTS[before]
            above += POINTS[after] - POINTS[before] > 3
            met_first += before >= facts.met_from
            met += after >= facts.met_from
            exceeded += after >= facts.exceeded_from
            if facts.pupil not in pupils:
                pupils.append(facts.pupil)

    found = block(places)

    assert (found.places, found.n, found.pupils) == (len(places), n, len(pupils))
    assert found.n + found.missing_first + found.missing_final == found.places
    assert (found.first_reasons, found.final_reasons) == (Counter(first_reasons), Counter(final_reasons))
    assert found.missing_first == len(first_reasons)
    assert (found.met_first, found.met, found.exceeded, found.above) == (
        Share(met_first, n),
        Share(met, n),
        Share(exceeded, n),
        Share(above, n),
    )
    assert found.mean_points == (mean([total] + [0] * (n - 1)) if n else None)
    assert not found.hidden


@given(many_places())
def test_the_parts_of_a_split_add_up(places):
    parts = split(places, lambda facts: facts.subject)

    assert list(parts) == sorted({facts.subject for facts in places})
    whole = block(places)
    assert sum(b.n for b in parts.values()) == whole.n
    assert sum(b.met.of for b in parts.values()) == whole.met.of


def test_a_block_of_nobody_has_no_percentage_and_no_mean():
    found = block([])

    assert (found.places, found.n, found.met, found.met.pct, found.mean_points) == (0, 0, Share(0, 0), None, None)


def test_before_the_last_grades_are_in_nothing_is_counted_yet():
    found = block([place(last=None, last_reason="absent")])

    assert (found.n, found.missing_final, found.above) == (0, 1, Share(0, 0))


def test_a_question_that_does_not_apply_stays_so_before_there_are_grades():
    found = block([place(last=None, expected_points=None, met_from=None)])

    assert (found.above, found.met, found.met_first, found.exceeded) == (
        Share(None, 0),
        Share(None, 0),
        Share(None, 0),
        Share(0, 0),
    )


def test_a_question_that_one_matched_place_cannot_answer_is_not_answered_for_the_block():
    found = block([place(pk=1), place(pk=2, met_from=None), place(pk=3, expected_points=None)])

    assert (found.met, found.exceeded, found.above) == (Share(None, 3), Share(0, 3), Share(None, 3))


def test_a_place_without_a_match_does_not_take_an_answer_away():
    found = block([place(pk=1), place(pk=2, last=None, met_from=None)])

    assert found.met == Share(1, 1)
