"""What has changed up to a data point, as plain values for a report on a partnership, a school, an area or a programme.

The same as the pages of progress say, for whoever holds the role of the report in its place.
"""

from programmes.models import DataReturn, Partnership
from programmes.models.partnerships import RESTING
from pupils.figures import block
from pupils.models import Place
from reports.figures.school import scale_grades, scale_step
from reports.figures.words import (
    block_words,
    day_words,
    list_words,
    number_words,
    reading_words,
    reason_words,
    years_words,
)
from reports.groups import sections_of
from reports.progress.completeness import cell_of, total_of
from reports.progress.page import (
    Followed,
    baseline,
    expecting,
    moves,
    on_another_scale,
    partnerships_of,
    parts,
    stage_of,
)

OF_A_PUPIL = [
    *("label", "in_chart", "year", "grades", "first", "last", "reason", "matched"),
    *("gain", "change", "above", "met_first", "met", "exceeded", "target", "why"),
]


class Told(Followed):
    """The target pupils of whom a report tells. Who reads it knows them by name, where it names any."""

    def __init__(self, programme, places):
        self.look(programme, places)

    @property
    def known(self):
        return set()

    def called(self, place):
        return place.known.full_name


def progress_figures(programme, to, places, subject, named=False, by_groups=True) -> dict:
    """From the first data point to this one. `places` is a queryset; with `named` each of them stands in it by name."""
    told = Told(programme, places)
    facts = told.facts(to)
    final = told.points[-1]
    grades = scale_grades(programme)
    has_points = bool(grades) and all(grade["points"] is not None for grade in grades)
    beside = expecting(facts, programme, to == final) if has_points else facts
    everyone = block(beside)
    partnerships = list(
        Partnership.objects.filter(pk__in=told.places.values("partnership")).with_people().order_by("ref")
    )
    # A group of a few who stand there by name says nothing that their names do not.
    least = programme.hide_up_to if named else 0
    return {
        "subject": subject,
        "programme": programme.name,
        "year": programme.academic_year,
        "organiser": programme.organisation.name,
        "closed": programme.status == programme.Status.CLOSED,
        "names": named,
        "points": [point.name for point in told.points if point.due_on <= to.due_on],
        "first": told.first.name,
        "last": to.name,
        "first_due": told.first.due_on.isoformat(),
        "last_due": to.due_on.isoformat(),
        "last_day": day_words(to.due_on),
        "is_over": to.due_on < told.today,
        "end": final.name,
        "is_final": to == final,
        "expected": number_words(programme.expected_points) if has_points else None,
        "has_points": has_points,
        "scale": grades if named else [],
        "step": scale_step(programme),
        "scope": scope_words(facts),
        "partnerships": len(partnerships),
        "stage": stage_of(told, everyone, on_another_scale(facts)),
        "two_scales": on_another_scale(facts),
        "everyone": block_words("All target pupils", everyone),
        "moves": moves(facts),
        "baseline": baseline(facts),
        "missing_because": reason_words(everyone.first_reasons, everyone.final_reasons),
        "levels": [
            {"year": e.year_group, "met": e.met_from, "exceeded": e.exceeded_from}
            for e in programme.expectations.all()
            if e.year_group in {place.year_group for place in facts}
        ],
        "groups": pupils_words(told, facts, to, grades) if named else [],
        "sections": group_words(beside) if by_groups and everyone.n > least else [],
        **returns_words(told, to, partnerships),
        **reading_words(programme, facts, grades, [told.first, to]),
    }


def scope_words(facts) -> str:
    """Maths and writing, Years 4 and 5"""
    subjects = list_words(sorted({place.subject for place in facts})).capitalize()
    return ", ".join(filter(None, (subjects, years_words({place.year_group for place in facts}))))


def pupils_words(told, facts, to, grades) -> list[dict]:
    """The pupils of each partnership as the page of progress shows them, without where they lead to."""
    shown = sum(point.due_on <= to.due_on for point in told.points)
    made = []
    for part in parts(told, facts, partnerships_of(facts), to, grades):
        rows = [{name: row[name] for name in OF_A_PUPIL} for row in part["rows"]]
        for row in rows:
            row["grades"] = row["grades"][:shown]
            row["why"] = row["why"][:1].upper() + row["why"][1:]
        made.append(
            {
                "name": f"{part['partnership'].label}, with {part['partnership'].specialist}",
                "level": part["level"],
                "level_label": part["level_label"],
                "rows": rows,
            }
        )
    return made


def group_words(facts) -> list[dict]:
    """By subject, year group, area and group of pupils; a way of grouping that leaves all together says nothing."""
    return [
        {"title": section["title"], "rows": [block_words(row["name"], row["b"]) for row in section["rows"]]}
        for section in sections_of(facts)[1:]
        if len(section["rows"]) > 1
    ]


def returns_words(told, to, partnerships) -> dict:
    """Which grades are in at each data point, in counts; what is late, and who owes it; and what is due next."""
    given = {
        (row.partnership_id, row.data_point_id): row
        for row in DataReturn.objects.filter(partnership__in=partnerships, expected__gt=0)
    }
    returns, owing = [], []
    for point in told.points:
        asked = {"pk": point.pk, "name": point.name, "due": point.due_on, "past": point.due_on < told.today}
        cells = [(p, cell_of(given.get((p.pk, point.pk)), p, asked, set())) for p in partnerships]
        total = total_of([cell for _, cell in cells], asked)
        submitted = [cell["excused"] for _, cell in cells if cell and cell["in"] and not cell["rests"]]
        returns.append(
            {
                "point": point.name,
                "due": point.due_on.isoformat(),
                "day": day_words(point.due_on),
                "is_over": asked["past"],
                "owed": total["expected"] - total["in"],
                "excused": sum(submitted),
                **{name: total[name] for name in ("expected", "in", "typed", "complete", "partnerships")},
            }
        )
        owing += [owed_words(p, cell, point) for p, cell in cells if cell and cell["owes"]]
    coming = next((row for row in returns if not row["is_over"]), None)
    resting = [p for p in partnerships if p.status in RESTING]
    this = next(row for row in returns if row["point"] == to.name)
    return {"returns": returns, "this": this, "owing": owing, "next": coming, "resting": len(resting)}


def owed_words(partnership, cell, point) -> dict:
    return {
        "point": point.name,
        "day": day_words(point.due_on),
        "label": partnership.label,
        "ref": partnership.ref,
        "school": partnership.partner_school.name,
        "late": cell["late"],
        "typed": cell["typed"],
        "expected": cell["expected"],
        "teachers": list_words(str(person) for person in partnership.teachers),
    }


def places_of(**about):
    """Of programmes whose pupils are erased nobody is told of any more."""
    return Place.objects.filter(partnership__programme__erased_at=None, **about)
