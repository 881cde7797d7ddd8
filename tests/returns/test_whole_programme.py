"""A programme's year through the pages: teachers choose the pupils, the coordinator collects the grades, the teachers
submit them; the results are those of the folder that says the same."""

import datetime as dt
import json
import random

import pytest
import time_machine

from programmes.models import Programme
from pupils.results import as_json
from tests.folders import ESSEX, SCALES
from tests.returns.entered_year import Posts, WholeYear, Windows, Year


@pytest.mark.django_db
def test_essex_through_the_pages_gives_the_published_results(tmp_path):
    with time_machine.travel(dt.datetime(2009, 7, 20, 12, tzinfo=dt.UTC), tick=False):
        Year(ESSEX, tmp_path, Posts()).go_through()

    expected = json.loads((ESSEX / "expected.json").read_text())
    assert as_json(Programme.objects.get()) == expected


def give_what_they_were_made_to_give(tmp_path, seed, scale, hands):
    maker = WholeYear(tmp_path / "folder", random.Random(seed), f"year-{seed}", scale)
    made = maker.make()
    with time_machine.travel(dt.datetime(maker.end.year, 8, 20, 12, tzinfo=dt.UTC), tick=False):
        Year(made.path, tmp_path, hands).go_through()

    assert as_json(Programme.objects.get()) == made.expected
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "scale"), [*enumerate(sorted(SCALES), start=1)])
def test_a_made_year_through_the_pages_gives_what_it_was_made_to_give(tmp_path, seed, scale):
    give_what_they_were_made_to_give(tmp_path, seed, scale, Posts())


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_made_years_through_the_pages_give_what_they_were_made_to_give(tmp_path, seed):
    give_what_they_were_made_to_give(tmp_path, seed, None, Posts())


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_whole_small_programme_is_entered_in_windows(open_as, tmp_path):
    """Five partnerships, three data points, one fold: pasted lists, files down and up, each return checked and sent."""
    hands = Windows(open_as)
    made = give_what_they_were_made_to_give(tmp_path, 80, "nc-sublevels", hands)

    assert made.statuses == {"completed": 3, "embedding": 1, "folded": 1}
    assert [page.complaints for page in hands.pages.values() if page.complaints] == []
