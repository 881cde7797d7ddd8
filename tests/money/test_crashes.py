"""Nothing is paid twice and nothing is lost, at whichever statement the program dies."""

from collections import Counter

import pytest
from django.db import transaction

from tests.money.crashing import Run

pytestmark = pytest.mark.django_db


def years(seeds) -> Counter:
    counts = Counter()
    for seed in seeds:
        with transaction.atomic():
            counts += Run(seed).go()
            counts["years"] += 1
            transaction.set_rollback(True)
    return counts


def test_a_share_of_the_years_in_which_the_program_dies():
    counts = years(range(12))

    assert counts["years"] == 12
    assert min(counts[what] for what in ("died in the middle", "answer never came", "pressed again")) > 10


@pytest.mark.soak
def test_five_hundred_years_in_which_the_program_dies():
    counts = years(range(1000, 1500))

    print(dict(counts) | {"double payments": 0, "missing payments": 0})  # each year asserts it
    assert counts["years"] == 500
