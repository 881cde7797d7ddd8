"""What another scale or other expectations would make of every figure: at each data point reached, and by group."""

from dataclasses import replace

from papers.templatetags.plain import plural_count
from programmes.models import DataReturn, Programme
from pupils import scales
from pupils.figures import PlaceFacts, Share, set_apart, split
from pupils.models import Assessment, Grade, Scale, TargetGrade, TargetPupil
from pupils.results import blocks, place_facts
from pupils.returns.rescaling import typed_on

QUESTIONS = ("met_first", "met", "exceeded", "above")
# Beside subjects and year groups: what a figure is grouped by, and what its values are called.
GROUPS = [
    ("area", {"": "No area"}),
    ("sex", {"F": "Girls", "M": "Boys", "": "Sex not recorded"}),
    ("pupil_premium", {"Y": "Pupil premium", "N": "Not pupil premium", "U": "Pupil premium not known"}),
    ("sen", {"N": "No SEN"} | dict(TargetPupil.Sen.choices[1:])),
    ("eal", {"Y": "EAL", "N": "Not EAL", "U": "EAL not known"}),
]


def preview(programme: Programme, scale: str, expected_points, levels: dict) -> list[dict]:
    """A table for each data point that grades have reached, the latest first: each figure as it stands, and would be.

    Before the last data point a gain is beside what is expected by then: who has it already. On another scale a place
    counts only with grades on that one; on the same scale numbers and means do not change.
    """
    points = list(programme.data_points.all())
    change = Change(programme, scale, expected_points, levels)
    graded = Assessment.objects.filter(data_point__programme=programme, grade__isnull=False)
    reached = set(graded.order_by().values_list("data_point", flat=True))
    tables = []
    for to in [point for point in reversed(points[1:]) if point.pk in reached]:
        now, then = change.both(place_facts(programme, None, to))
        if any(place.matched for place in (*now, *then)):
            before, after = named_blocks(now), named_blocks(then)
            rows = [change.row(name, b.n, after[name].n, shares(b, after[name])) for name, b in before.items()]
            for row, b in zip(rows, before.values(), strict=True):
                row["means"] = (b.mean_points, after[row["name"]].mean_points) if change.is_rescaled else None
            rows = [row for row in rows if row["n"] or row["then"]]  # of nobody no figure changes
            tables.append(
                {"title": f"From {points[0]} to {to}", "by": None if to == points[-1] else points[-1], "rows": rows}
            )
    if points and points[0].pk in reached:
        now, then = ([p for p in side if p.first is not None] for side in change.both(place_facts(programme)))
        rows = [change.row("All target pupils", len(now), len(then), [(share_of(now), share_of(then))])]
        tables.append({"title": f"With a grade for {points[0]}", "by": None, "rows": rows})
    return tables


def what_moves(tables) -> dict:
    """How many of the figures shown would change, of how many; and whether one of them is not applicable."""
    pairs = [pair for table in tables for row in table["rows"] for pair in figures_of(row)]
    told = [pair for pair in pairs if pair != (None, None)]
    return {
        "of": len(told),
        "changed": sum(now != then for now, then in told),
        "has_none": any(None in pair for pair in pairs),
    }


def figures_of(row) -> list[tuple]:
    """Each figure of a row as it stands and would be, None where it is not applicable."""
    counted = [] if row["then"] is None else [(row["n"], row["then"])]
    means = (
        [tuple(m if n else "none" for m, n in zip(row["means"], counted[0], strict=True))] if row.get("means") else []
    )
    return [*counted, *(tuple(None if s.of is None else s for s in shares) for shares in row["shares"]), *means]


class Change:
    """Places as they count now, and as they would: on this scale, with these levels and expected points."""

    def __init__(self, programme, scale, expected_points, levels):
        self.expected = (programme.expected_points, expected_points)
        self.is_rescaled, self.levels = scale != programme.scale, levels
        # A scale that nobody has used yet is not loaded: its file has the order, and no place is on it.
        order = {grade["code"]: position for position, grade in enumerate(scales.description(scale)["grades"])}
        self.positions = order | dict(Grade.objects.filter(scale__name=scale).values_list("code", "position"))
        self.scale = Scale.objects.filter(name=scale).values_list("pk", flat=True).first() or 0

    def both(self, facts) -> tuple[list[PlaceFacts], list[PlaceFacts]]:
        now = [replace(place, expected_points=self.expected[0]) for place in facts]
        then = [replace(expecting(p, self.positions, self.expected[1], self.levels), scale=self.scale) for p in facts]
        return set_apart(now)[0], set_apart(then)[0]

    def row(self, name, n, then, shares):
        return {"name": name, "n": n, "then": then if self.is_rescaled else None, "shares": shares}


def rescaling_words(programme: Programme, scale: str) -> list[str]:
    """What becomes of grades, returns and target grades once the programme assesses on this scale, in numbers."""
    old, new = (scales.description(name)["title"] for name in (programme.scale, scale))
    first = programme.data_points.first()
    begun = Assessment.objects.filter(place__partnership__programme=programme, data_point=first)
    out, back = (begun.filter(grade__scale__name=name).count() for name in (programme.scale, scale))
    words = []
    if out:
        words.append(
            f"{plural_count(out, 'place')} with the first grade on {old} {'drops' if out == 1 else 'drop'} out of "
            "every figure of progress, as a gain across two scales is no number. "
            f"{'It counts' if out == 1 else 'They count'} again once the first grade and the others are given anew on "
            f"{new}, by a correction of what was submitted."
        )
    if back:
        words.append(
            f"{plural_count(back, 'place')} with the first grade on {new} {'counts' if back == 1 else 'count'} again."
        )
    returns = DataReturn.objects.filter(
        partnership__programme=programme, state=DataReturn.State.SUBMITTED, assessed__gt=0
    )
    if submitted := returns.count():
        words.append(
            f"{plural_count(submitted, 'submitted return')} {'stays' if submitted == 1 else 'stay'} submitted and as "
            "complete as before, so no money waits for this."
        )
    if typed := typed_on(programme, programme.scale):
        words.append(
            f"{plural_count(typed, 'grade')} typed in returns that are still open {'is' if typed == 1 else 'are'} kept "
            f"and shown as given on {old}. {'It has' if typed == 1 else 'They have'} to be given anew on {new} before "
            "the return can be submitted."
        )
    targets = TargetGrade.objects.filter(place__partnership__programme=programme, ended_at=None)
    if aimed := targets.filter(agreed_at__isnull=False, grade__scale__name=programme.scale).count():
        words.append(
            f"{plural_count(aimed, 'target grade')} agreed on {old} {'stays' if aimed == 1 else 'stay'} in the history "
            f"and {'counts' if aimed == 1 else 'count'} no more."
        )
    return words


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
