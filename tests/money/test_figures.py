"""The arithmetic of money, against figures worked out in another way."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from funding.figures import adjustments, financial_year, planned_by_stage, pounds, split

PENCE = st.integers(0, 10**9).map(lambda pence: Decimal(pence) / 100)
SHARES = st.lists(st.integers(0, 100_000).map(lambda n: Decimal(n) / 1000), min_size=1, max_size=8).filter(sum)


@given(PENCE, SHARES)
def test_parts_are_whole_pence_and_add_up_however_the_shares_divide(amount, shares):
    parts = split(amount, shares)

    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        exact = Fraction(amount) * Fraction(share) / Fraction(sum(shares))
        assert part == pounds(part)
        assert part >= 0
        assert abs(Fraction(part) - exact) < Fraction(1, 100)


@given(SHARES.filter(lambda shares: len(shares) > 1), st.data())
def test_named_items_and_shares_add_up_to_what_is_required(shares, data):
    named = [data.draw(st.integers(0, 50_000).map(lambda n: Decimal(n) / 100)) for _ in shares]
    required = sum(named) + data.draw(PENCE)

    assert sum(planned_by_stage(required, shares, named)) == required


@given(st.lists(st.tuples(PENCE, st.none() | PENCE), min_size=1, max_size=6))
def test_what_is_fixed_and_what_is_open_come_to_what_is_planned(stages):
    planned, fixed = [plan for plan, _ in stages], [paid for _, paid in stages]

    changes, left = adjustments(planned, fixed)

    paid = [
        was if was is not None else plan + change for plan, was, change in zip(planned, fixed, changes, strict=True)
    ]
    assert sum(paid) + left == sum(planned)
    assert all(amount >= 0 for amount in paid)
    assert left <= 0 or None not in fixed  # what is owed never stays over while a stage is open


def test_the_financial_year_begins_in_april():
    assert [financial_year(dt.date(2027, 3, 31)), financial_year(dt.date(2027, 4, 1))] == [2026, 2027]
