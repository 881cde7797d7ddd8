"""The bar of a sum of money: its parts are told apart without their colours."""

import re
from decimal import Decimal
from itertools import combinations

import pytest
from django.template.loader import render_to_string

from funding.showing import LOOKS, Part, Sum, bar_of


def light(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, bright = sorted([light(one), light(other)])
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("one", "other"), list(combinations(Part, 2)))
def test_any_two_parts_differ_in_lightness_or_in_their_lines(one, other):
    one, other = LOOKS[one], LOOKS[other]

    assert one.lines != other.lines or contrast(one.fill, other.fill) >= 3
    assert all(contrast(look.edge, look.fill) >= 3 for look in (one, other) if look.edge)


@pytest.mark.parametrize(("width", "height"), [(800, 28), (132, 10)])
def test_lines_are_drawn_inside_their_part_however_narrow_it_is(width, height):
    amounts = [10000, 300, 1, 1, 2500]
    sums = [Sum(part, Decimal(amount), 1) for part, amount in zip(Part, amounts, strict=True)]

    bar = bar_of(sums, width, height)

    assert [bool(part["hatch"]) for part in bar["parts"]] == [bool(LOOKS[part].lines) for part in Part]
    for part in bar["parts"]:
        for x, y, wide, high in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", part["hatch"]):
            assert part["x"] <= int(x) < int(x) + int(wide) <= part["x"] + part["width"]
            assert 0 <= int(y) < int(y) + int(high) <= height


def test_the_list_beside_the_bar_shows_the_same_lines():
    sums = [Sum(Part.PAID, Decimal(50), 1), Sum(Part.HELD, Decimal(50), 1)]

    drawn = render_to_string("funding/_bar.html", {"bar": bar_of(sums), "sums": sums})

    bar, key = drawn.split("<ul")
    assert (bar.count("<path"), key.count("<path")) == (1, 1)
