"""The scale of a programme and what is expected on it."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from accounts import audit
from programmes.models import Expectation, Programme, SuccessCriterion
from programmes.services.programmes import mark_done
from programmes.setting_up import Gap
from pupils import scales
from pupils.models import Assessment, ExpectationChange
from pupils.returns.counting import count_returns
from pupils.returns.rescaling import rescale_returns, typed_on


class ScaleInUse(Exception):
    """Grades are in on the scale that stands, and nobody has said why it changes."""


def grades_in(programme) -> int:
    return Assessment.objects.filter(place__partnership__programme=programme, grade__isnull=False).count()


def grades_by_scale(programme) -> list[tuple[str, int]]:
    """On which scales, by title, how many grades are in; the scale of most of them first."""
    rows = Assessment.objects.filter(place__partnership__programme=programme, grade__isnull=False)
    rows = (
        rows.order_by().values_list("grade__scale__name").annotate(n=Count("pk")).order_by("-n", "grade__scale__name")
    )
    return [(scales.description(name)["title"], n) for name, n in rows]


def former(programme, scale: str) -> dict:
    """What was expected on this scale when the programme assessed on it last, as the change kept it; else {}."""
    before = programme.expectation_changes.order_by("-at", "-pk").values_list("before", flat=True)
    return next((row for row in before if row.get("scale") == scale), {}) if programme.scale != scale else {}


def asks_first(programme, scale: str) -> bool:
    """Whether a change is looked at first, and needs a reason: grades are in, or typed on the scale that goes."""
    return bool(grades_in(programme) or (scale != programme.scale and typed_on(programme, programme.scale)))


def standing(programme, scale: str) -> dict[int, tuple[str, str]]:
    """What is expected of each year group: as it stands, else as the scale proposes."""
    proposed = scales.expectations(scale, programme.year_groups)
    rows = programme.expectations.all() if programme.scale == scale else ()
    levels = {int(year): tuple(level) for year, level in former(programme, scale).get("levels", {}).items()}
    known = {year: level for year, level in levels.items() if year in programme.year_groups}
    return proposed | known | {row.year_group: (row.met_from, row.exceeded_from) for row in rows}


def counts_above_the_rate(programme) -> bool:
    """Whether a success criterion asks how many gained more than expected."""
    return programme.success_criteria.filter(measure=SuccessCriterion.Measure.ABOVE_EXPECTED_RATE).exists()


def without_a_rate(programme) -> list[Gap]:
    """A success criterion that counts on expected progress where none is set, or none can be."""
    has_points = scales.description(programme.scale)["has_points"]
    if (has_points and programme.expected_points is not None) or not counts_above_the_rate(programme):
        return []
    criterion = f"“{SuccessCriterion.Measure.ABOVE_EXPECTED_RATE.label}” is a success criterion, but"
    out = ("take the criterion out", reverse("programmes:criteria", args=[programme.slug]))
    if has_points:
        set_it = reverse("pupils:expectations", args=[programme.slug, programme.scale])
        return [Gap(f"{criterion} no expected progress is set.", (("Set the expected progress", set_it), out))]
    choose = reverse("pupils:assessment", args=[programme.slug])
    return [Gap(f"{criterion} the scale has no points to count it by.", (("Choose a scale with points", choose), out))]


def expected_now(programme) -> dict:
    """What a change is told from and to."""
    points = programme.expected_points
    return {
        "scale": programme.scale,
        "expected_points": None if points is None else f"{points.normalize():f}",
        "levels": {str(e.year_group): [e.met_from, e.exceeded_from] for e in programme.expectations.all()},
    }


@transaction.atomic
def save_assessment(person, programme, scale: str, expected_points: Decimal | None, levels: dict, reason=""):
    """Scale, expected progress and levels (year group -> met from, exceeded from) are these now. Or ScaleInUse.

    Once grades are in, a change is kept with who made it and why. On another scale no grade counts that was given
    before: what is submitted stays, what is typed in open returns is set aside until the scale comes back.
    """
    row = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    asked, before = asks_first(row, scale), expected_now(row)
    if row.scale != scale:
        if asked and not reason:
            raise ScaleInUse
        row.expectations.all().delete()
    scales.load_scale(scale)
    programme.scale, programme.expected_points = scale, expected_points
    programme.save(update_fields=["scale", "expected_points"])
    programme.expectations.filter(year_group__in=set(programme.year_groups) - set(levels)).delete()
    for year_group, (met_from, exceeded_from) in levels.items():
        Expectation.objects.update_or_create(
            programme=programme,
            year_group=year_group,
            defaults={"met_from": met_from, "exceeded_from": exceeded_from},
        )
    after = expected_now(Programme.objects.get(pk=programme.pk))
    if row.scale != scale:
        rescale_returns(person, programme, row.scale, scale)
        count_returns(programme)
    if asked and before != after:
        ExpectationChange.objects.create(programme=programme, by=person, reason=reason, before=before, after=after)
    mark_done(person, programme, "assessment")
    audit.record(person, "programme changed", programme, about="assessment" if row.scale == scale else "scale")
