"""Folders made from a seed give what they were made to give."""

import pytest

from accounts.models import User
from programmes.models import (
    DataReturn,
    Partnership,
)
from tests.folders import (
    make_folder,
)
from tests.loads import database, load, results

MADE = range(1, 13)
MADE_IN_SOAK = range(100, 400)


def load_made(folder, seed):
    made = make_folder(folder, seed)

    said = load(made.path)
    before = database()
    again = load(made.path)

    counts, statuses = made.counts, made.statuses
    order = [status for status in Partnership.Status.values if status in statuses]
    words = {name: f"{n} {name}" if n != 1 else f"1 {name[:-1]}" for name, n in counts.items()}
    words["partnerships"] += f" ({', '.join(f'{statuses[status]} {status}' for status in order)})"
    if counts["places"] == counts["pupils"]:
        del words["places"]
    assert said[1] == ", ".join(words.values())
    assert results(made.slug) == made.expected
    assert "Nothing has changed." in again
    assert database() == before
    rows = DataReturn.objects.select_related("partnership", "data_point")
    assert {
        (row.partnership.ref, row.data_point.name): (row.expected, row.assessed, row.excused, row.state == "submitted")
        for row in rows
    } == made.returns
    assert not User.objects.filter(is_active=True).exists()
    assert [line for line in said if any(word in line for word in made.private)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("seed", MADE)
def test_a_made_folder_gives_what_it_was_made_to_give(tmp_path, seed):
    load_made(tmp_path, seed)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("seed", MADE_IN_SOAK)
def test_many_made_folders_give_what_they_were_made_to_give(tmp_path, seed):
    load_made(tmp_path, seed)


def test_the_made_folders_of_an_ordinary_run_cover_every_scale_and_trait(tmp_path):
    made = [make_folder(tmp_path / str(seed), seed) for seed in MADE]

    assert {folder.scale for folder in made} == {"nc-sublevels", "app", "ta-codes", "scaled-score", "free-5"}
    assert any(folder.counts["places"] > folder.counts["pupils"] for folder in made)
    assert {status for folder in made for status in folder.statuses} >= {"completed", "embedding", "folded", "active"}
    assert any(folder.expected["missing_first"] for folder in made)
    assert any(folder.expected["all"]["mean_points"] is None for folder in made)
    organisers = {"[organiser]" in (folder.path / "programme.toml").read_text() for folder in made}
    assert organisers == {True, False}
