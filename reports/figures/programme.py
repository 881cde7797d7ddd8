from django.db.models import Count, F, Q, Sum

from papers.charts import bar
from papers.templatetags.plain import year_words
from programmes.models import DataReturn, Partnership, Programme
from pupils.figures import set_apart, split
from pupils.results import blocks, completion, criteria, outcomes, place_facts
from reports.figures.reach import reach_words
from reports.figures.school import scale_grades, scale_step
from reports.figures.words import (
    block_words,
    day_words,
    ends_of,
    list_words,
    number_words,
    point_words,
    reading_words,
    reason_words,
    share_words,
    years_words,
)


def programme_figures(programme: Programme) -> dict:
    """The published table with success criteria and completeness, without a pupil's name: for the coordinator."""
    facts, two_scales = set_apart(place_facts(programme))
    named = blocks(facts)
    everyone = named["all"]
    partnerships, specialists = completion(programme)
    points = list(programme.data_points.all())
    grades = scale_grades(programme)
    return {
        "programme": programme.name,
        "year": programme.academic_year,
        "organiser": programme.organisation.name,
        "closed": programme.status == Programme.Status.CLOSED,
        **point_words(programme, points),
        "expected": number_words(programme.expected_points),
        "has_points": bool(grades) and all(grade["points"] is not None for grade in grades),
        "step": scale_step(programme),
        "scope": f"{list_words(programme.subjects)}, {years_words(programme.year_groups)}",
        "levels": [
            {"year": e.year_group, "met": e.met_from, "exceeded": e.exceeded_from} for e in programme.expectations.all()
        ],
        "everyone": block_words("All target pupils", everyone),
        "missing_because": reason_words(everyone.first_reasons, everyone.final_reasons),
        "sections": sections(facts),
        "criteria": [criterion_words(criterion) for criterion in criteria(programme, everyone, specialists)],
        "partnerships": {
            "total": partnerships.total,
            "completed": share_words(partnerships.share),
            "folded": partnerships.folded,
            "others": partnerships.total - partnerships.completed - partnerships.folded,
            "specialists": share_words(specialists.share),
        },
        "folded": [
            {
                "ref": p.ref,
                "label": p.label,
                "school": p.partner_school.name,
                "on": day_words(p.ended_on),
                "reason": p.reason,
            }
            for p in programme.partnerships.ever_agreed().filter(status=Partnership.Status.FOLDED).with_people()
        ],
        "outcomes": [{"outcome": name, "n": n} for name, n in outcomes(programme).items()],
        "returns": returns_words(programme),
        "reach": reach_words(programme),
        "two_scales": two_scales,
        **reading_words(programme, facts, grades, ends_of(points)),
    }


def criterion_words(criterion) -> dict:
    return {
        "measure": criterion.measure,
        "label": criterion.label,
        "target": criterion.target_pct,
        "actual": share_words(criterion.actual) if criterion.actual else None,
        "verdict": criterion.verdict,
        "difference": criterion.difference,
        "bar": bar(criterion.actual.pct, criterion.target_pct) if criterion.difference is not None else None,
    }


def sections(facts):
    """The table in parts: by subject, by year group, by both, by area. A part of one row would repeat the total."""
    parts = [
        ("By subject", split(facts, lambda place: place.subject), lambda key: key.capitalize()),
        ("By year group", split(facts, lambda place: place.year_group), year_words),
        (
            "By subject and year group",
            split(facts, lambda place: (place.subject, place.year_group)),
            lambda key: f"{key[0].capitalize()}, {year_words(key[1])}",
        ),
        ("By area", split([p for p in facts if p.area], lambda place: place.area), str),
    ]
    return [
        {"title": title, "rows": [block_words(name(key), b) for key, b in found.items()]}
        for title, found, name in parts
        if len(found) > 1
    ]


def returns_words(programme):
    """For each data point how many of the partnerships have every grade in, and how many grades that is. What is typed
    in a return that is not submitted is not in."""
    is_open = Q(state=DataReturn.State.OPEN)
    submitted = ~is_open
    rows = (
        DataReturn.objects.filter(partnership__programme=programme, expected__gt=0)
        .values("data_point__name", "data_point__due_on")
        .annotate(
            partnerships=Count("pk"),
            complete=Count("pk", filter=Q(expected=F("assessed") + F("excused")) & submitted),
            expected=Sum("expected"),
            grades=Sum("assessed", filter=submitted, default=0),
            reasons=Sum("excused", filter=submitted, default=0),
            typed=Sum("assessed", filter=is_open, default=0),
        )
        .order_by("data_point__due_on")
    )
    return [
        {
            "point": row["data_point__name"],
            "due": row["data_point__due_on"].isoformat(),
            "day": day_words(row["data_point__due_on"]),
            "partnerships": row["partnerships"],
            "complete": row["complete"],
            "grades": row["grades"],
            "reasons": row["reasons"],
            "typed": row["typed"],
            "owed": row["expected"] - row["grades"] - row["reasons"],
        }
        for row in rows
    ]
