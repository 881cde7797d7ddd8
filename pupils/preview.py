"""What other expectations would make of every figure of the results table."""

from dataclasses import replace

from programmes.models import Programme
from pupils.figures import PlaceFacts, set_apart
from pupils.models import Grade
from pupils.results import blocks, place_facts

QUESTIONS = ("met_first", "met", "exceeded", "above")


def preview(programme: Programme, expected_points, levels: dict) -> list[dict]:
    """A row for each block of the table: each share as it stands and as it would be. Means do not change."""
    facts, _ = set_apart(place_facts(programme))
    positions = dict(Grade.objects.filter(scale__name=programme.scale).values_list("code", "position"))
    now = blocks(facts)
    then = blocks(expecting(place, positions, expected_points, levels) for place in facts)
    return [
        {
            "name": name.capitalize() if name != "all" else "All target pupils",
            "n": b.n,
            "shares": [(getattr(b, question), getattr(then[name], question)) for question in QUESTIONS],
        }
        for name, b in now.items()
    ]


def expecting(place: PlaceFacts, positions, expected_points, levels) -> PlaceFacts:
    met, exceeded = levels.get(place.year_group, (None, None))
    return replace(
        place,
        met_from=positions.get(met),
        exceeded_from=positions.get(exceeded),
        expected_points=expected_points,
    )
