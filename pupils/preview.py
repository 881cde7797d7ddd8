"""What other expectations would make of every figure: at each data point that grades have reached, and by group."""

from dataclasses import replace

from programmes.models import Programme
from pupils.figures import PlaceFacts, Share, set_apart, split
from pupils.models import Assessment, Grade, TargetPupil
from pupils.results import blocks, place_facts

QUESTIONS = ("met_first", "met", "exceeded", "above")
# Beside subjects and year groups: what a figure is grouped by, and what its values are called.
GROUPS = [
    ("area", {"": "No area"}),
    ("sex", {"F": "Girls", "M": "Boys", "": "Sex not recorded"}),
    ("pupil_premium", {"Y": "Pupil premium", "N": "Not pupil premium", "U": "Pupil premium not known"}),
    ("sen", {"N": "No SEN"} | dict(TargetPupil.Sen.choices[1:])),
    ("eal", {"Y": "EAL", "N": "Not EAL", "U": "EAL not known"}),
]


def preview(programme: Programme, expected_points, levels: dict) -> list[dict]:
    """A table for each data point that grades have reached, the latest first: each share as it stands, and would be.

    Means do not change. Before the last data point a gain is beside what is expected by then: who has it already.
    """
    points = list(programme.data_points.all())
    positions = dict(Grade.objects.filter(scale__name=programme.scale).values_list("code", "position"))
    expected = (programme.expected_points, expected_points)
    graded = Assessment.objects.filter(data_point__programme=programme, grade__isnull=False)
    reached = set(graded.order_by().values_list("data_point", flat=True))
    tables = []
    for to in [point for point in reversed(points[1:]) if point.pk in reached]:
        now = [replace(place, expected_points=expected[0]) for place in set_apart(place_facts(programme, None, to))[0]]
        then = [expecting(place, positions, expected[1], levels) for place in now]
        if any(place.matched for place in now):
            before, after = named_blocks(now), named_blocks(then)
            rows = [{"name": name, "n": b.n, "shares": shares(b, after[name])} for name, b in before.items()]
            tables.append(
                {"title": f"From {points[0]} to {to}", "by": None if to == points[-1] else points[-1], "rows": rows}
            )
    if points and points[0].pk in reached:
        now = [place for place in place_facts(programme) if place.first is not None]
        then = [expecting(place, positions, expected[1], levels) for place in now]
        pair = (share_of(now), share_of(then))
        rows = [{"name": "All target pupils", "n": len(now), "shares": [pair]}]
        tables.append({"title": f"With a grade for {points[0]}", "by": None, "rows": rows})
    return tables


def shares(before, after):
    return [(getattr(before, question), getattr(after, question)) for question in QUESTIONS]


def share_of(facts) -> Share:
    """How many are at or above the level with their first grade; none where no level is set for one of them."""
    answers = [place.met_first for place in facts]
    return Share(None if None in answers else sum(answers), len(answers))


def named_blocks(facts) -> dict:
    found = {name.capitalize() if name != "all" else "All target pupils": b for name, b in blocks(facts).items()}
    for fact, called in GROUPS:
        parts = split(facts, lambda place, fact=fact: getattr(place, fact))
        if len(parts) > 1:
            found |= {called.get(value, value): b for value, b in parts.items()}
    return found


def expecting(place: PlaceFacts, positions, expected_points, levels) -> PlaceFacts:
    met, exceeded = levels.get(place.year_group, (None, None))
    return replace(
        place,
        met_from=positions.get(met),
        exceeded_from=positions.get(exceeded),
        expected_points=expected_points,
    )
