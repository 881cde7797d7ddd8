"""Never lost: two people type into one sheet while everything goes wrong, and every character is there afterwards."""

import pytest

from lessons import services
from tests.studies.writing import address, with_group
from tests.torture import lost, torture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize(
    ("edits", "seed"), [(100, 1), *(pytest.param(2000, seed, marks=pytest.mark.soak) for seed in (2, 3))]
)
def test_not_a_character_is_lost(chromium, client, edits, seed):
    ours = with_group()

    counts, tokens, left = torture(
        chromium,
        client,
        [ours.pat, ours.sara],
        address("sheet", ours.first),
        edits,
        seed,
        at_half=lambda: services.start_lesson(ours.pat, ours.first),
    )

    gone = lost(ours.first, tokens)
    print(
        f"\nedits {counts.edits}, characters {counts.characters}, faults {sum(counts.faults.values())} "
        f"{counts.faults}, lost characters {sum(map(len, gone))}, conflicts {counts.made}, shown {counts.shown}"
    )
    assert (counts.edits, gone) == (edits, [])
    assert counts.shown == counts.made
    canaries = [*tokens, ours.place.pupil.first_name, ours.pat.last_name]
    assert [canary for text in left for canary in canaries if canary in text] == []
