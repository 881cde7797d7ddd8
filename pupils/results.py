"""A programme's results: the facts of its places out of the database, and the published table made of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from programmes.models import DataPoint, Partnership, Programme, SuccessCriterion
from pupils.figures import Block, GradeValue, PlaceFacts, Share, TwoScales, block, percent, split
from pupils.models import Assessment, FrozenFigures, Grade, Place
from pupils.tallies import tallied_blocks


def place_facts(programme: Programme, places=None, to: DataPoint | None = None) -> list[PlaceFacts]:
    """The facts of the programme's places, or of those of them that `places` (a queryset) holds. Four queries.

    With fewer than two data points there is no gain, and no place is matched. `to` stands in for the last data point;
    before the last one nobody can have gained more, or no more, than is expected by then.
    """
    points = list(programme.data_points.all())
    first, last = (points[0], to or points[-1]) if len(points) > 1 else (None, None)
    is_final = to is None or to == points[-1]
    of_programme = Q(scale__name=programme.scale)
    in_use = Q(
        pk__in=Assessment.objects.filter(place__partnership__programme=programme, grade__isnull=False).values("grade")
    )
    grades, positions, has_points, scale = {}, {}, False, None
    for grade in Grade.objects.filter(of_programme | in_use).select_related("scale"):
        grades[grade.pk] = GradeValue(grade.code, grade.scale_id, grade.position, grade.points)
        if grade.scale.name == programme.scale:
            positions[grade.code] = grade.position
            has_points, scale = grade.scale.has_points, grade.scale_id
    expected_of = {
        e.year_group: (positions.get(e.met_from), positions.get(e.exceeded_from)) for e in programme.expectations.all()
    }

    def at(data_point, column):
        return Subquery(Assessment.objects.filter(place=OuterRef("pk"), data_point=data_point).values(column)[:1])

    rows = (Place.objects.all() if places is None else places).filter(partnership__programme=programme)
    rows = rows.order_by("partnership__ref", "pupil__ref").values_list(
        "pk",
        "pupil",
        "partnership",
        "partnership__partner_school",
        "partnership__subject",
        "pupil__year_group",
        "partnership__area__name",
        at(first, "grade"),
        at(last, "grade"),
        at(first, "reason"),
        at(last, "reason"),
        "pupil__sex",
        "pupil__pupil_premium",
        "pupil__sen",
        "pupil__eal",
    )
    return [
        PlaceFacts(
            place=pk,
            pupil=pupil,
            partnership=partnership,
            school=school,
            subject=subject,
            year_group=year_group,
            area=area or "",
            first=grades.get(first_grade),
            last=grades.get(last_grade),
            first_reason=first_reason or "",
            last_reason=last_reason or "",
            met_from=expected_of.get(year_group, (None, None))[0],
            exceeded_from=expected_of.get(year_group, (None, None))[1],
            expected_points=programme.expected_points if has_points and is_final else None,
            sex=sex,
            pupil_premium=pupil_premium,
            sen=sen,
            eal=eal,
            scale=scale,
        )
        for (
            pk, pupil, partnership, school, subject, year_group, area,
            first_grade, last_grade, first_reason, last_reason, sex, pupil_premium, sen, eal,
        ) in rows
    ]  # fmt: skip


DONE = {Partnership.Status.COMPLETED, Partnership.Status.EMBEDDING}


def blocks(facts: Iterable[PlaceFacts]) -> dict[str, Block]:
    """Every block of the published table by its name: all, each subject, `year N`, `<subject> year N`."""
    facts = list(facts)
    named = {
        **split(facts, lambda place: place.subject),
        **split(facts, lambda place: f"year {place.year_group}"),
        **split(facts, lambda place: f"{place.subject} year {place.year_group}"),
    }
    return {"all": block(facts)} | {name: named[name] for name in sorted(named)}


@dataclass(frozen=True, slots=True)
class Completion:
    """How many of all the partnerships, or of all specialist teachers ever active, completed the year."""

    total: int
    completed: int
    folded: int = 0

    @property
    def share(self) -> Share:
        return Share(self.completed, self.total)


def completion(programme: Programme) -> tuple[Completion, Completion]:
    """Of the partnerships, and of the specialist teachers who were ever in an active one."""
    partnerships = list(programme.partnerships.values_list("pk", "specialist", "status"))
    ever_active = set(programme.partnerships.ever_active().values_list("pk", flat=True))
    statuses = Counter(status for _, _, status in partnerships)
    active = {specialist for pk, specialist, _ in partnerships if pk in ever_active}
    done = {specialist for _, specialist, status in partnerships if status in DONE}
    return (
        Completion(len(partnerships), sum(statuses[s] for s in DONE), statuses[Partnership.Status.FOLDED]),
        Completion(len(active), len(active & done)),
    )


def outcomes(programme: Programme) -> dict[str, int]:
    """How many specialist teachers went on to what, by name of the outcome."""
    given = Counter(programme.specialists.exclude(outcome="").values_list("outcome", flat=True))
    return {name: given[name] for name in sorted(given)}


@dataclass(frozen=True, slots=True)
class Criterion:
    """A success criterion beside what came of it. `verdict`: met, not met, not shown, not applicable, no data yet."""

    measure: str
    label: str
    target_pct: int
    actual: Share | None
    verdict: str

    @property
    def difference(self) -> int | None:
        """Percentage points over the target; negative when short of it."""
        return None if self.actual is None or self.actual.pct is None else self.actual.pct - self.target_pct

    @property
    def short_by(self) -> int | None:
        return None if self.difference is None else max(0, -self.difference)


def criteria(programme: Programme, everyone: Block, specialists: Completion) -> list[Criterion]:
    """The programme's success criteria judged on these figures. The share itself is compared, not its rounded form."""
    measured = {
        SuccessCriterion.Measure.ABOVE_EXPECTED_RATE: everyone.above,
        SuccessCriterion.Measure.SPECIALIST_TEACHERS_COMPLETING: specialists.share,
        SuccessCriterion.Measure.POSITIVE_FEEDBACK: Share(0, 0),
    }
    judged = []
    for row in programme.success_criteria.all():
        actual = measured[row.measure]
        if actual.hidden:
            verdict = "not shown"
        elif actual.of is None:
            verdict = "not applicable"
        elif actual.n == 0:
            verdict, actual = "no data yet", None
        else:
            verdict = "met" if 100 * actual.of >= row.target_pct * actual.n else "not met"
        judged.append(Criterion(row.measure, row.get_measure_display(), row.target_pct, actual, verdict))
    return judged


def as_json(programme: Programme) -> dict:
    """The results in the format of `expected.json`, never suppressed: for the administrator. Of a programme whose pupil
    data is erased they are what was frozen then."""
    frozen = FrozenFigures.objects.filter(programme=programme).values_list("figures", flat=True).first()
    if frozen is None:
        return worked_out(programme)
    if "results" not in frozen:
        raise TwoScales(frozen["results_refused"])
    return frozen["results"]


def worked_out(programme: Programme) -> dict:
    """The same, from the grades as they stand."""
    named = tallied_blocks(programme)
    partnerships, specialists = completion(programme)
    everyone = named.pop("all")
    return {
        "all": block_as_json(everyone),
        "missing_first": everyone.missing_first,
        "missing_final": everyone.missing_final,
        **{name: block_as_json(b) for name, b in named.items()},
        "partnerships": {
            "total": partnerships.total,
            "folded": partnerships.folded,
            "completed": partnerships.completed,
            "completed_pct": percent(partnerships.completed, partnerships.total),
        },
        "specialist_teachers": {
            "total": specialists.total,
            "completed": specialists.completed,
            "completed_pct": percent(specialists.completed, specialists.total),
        },
        "outcomes": outcomes(programme),
    }


def block_as_json(b: Block) -> dict:
    return {
        "n": b.n,
        "pupils": b.pupils,
        "met": b.met.of,
        "met_pct": b.met.pct,
        "exceeded": b.exceeded.of,
        "exceeded_pct": b.exceeded.pct,
        "mean_points": None if b.mean_points is None else str(b.mean_points),
        "above_expected_rate": b.above.of,
        "above_expected_rate_pct": b.above.pct,
    }
