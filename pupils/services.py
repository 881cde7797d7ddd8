from django.db import transaction
from django.db.models import Count, Q

from accounts import audit
from programmes.models import DataPoint, DataReturn, Partnership, Programme
from pupils.models import Assessment, FrozenFigures, Place, TargetPupil
from pupils.upn import upn_index


@transaction.atomic
def count_returns(programme: Programme, partnerships=None) -> int:
    """Make the counts of the programme's returns true, a row for each partnership and data point. How many changed.

    A return whose counts change after it was submitted gets the next version. Once the pupils are erased the counts
    stand: money hangs on them.
    """
    if FrozenFigures.objects.filter(programme=programme).exists():
        return 0
    rows = programme.partnerships.all() if partnerships is None else partnerships
    # Whoever counts second sees what the first has written.
    locked = list(rows.order_by("pk").select_for_update(of=["self"]).values_list("pk", flat=True))
    expected = dict(
        Place.objects.filter(partnership__in=locked).order_by().values_list("partnership").annotate(Count("pk"))
    )
    received = {
        (row["place__partnership"], row["data_point"]): (row["assessed"], row["excused"])
        for row in Assessment.objects.filter(place__partnership__in=locked)
        .order_by()
        .values("place__partnership", "data_point")
        .annotate(
            assessed=Count("pk", filter=Q(grade__isnull=False)), excused=Count("pk", filter=Q(grade__isnull=True))
        )
    }
    standing = {
        (row.partnership_id, row.data_point_id): row
        for row in DataReturn.objects.select_for_update().filter(partnership__in=locked)
    }
    new, changed = [], []
    points = list(programme.data_points.values_list("pk", flat=True))
    for partnership in locked:
        for point in points:
            assessed, excused = received.get((partnership, point), (0, 0))
            counts = {"expected": expected.get(partnership, 0), "assessed": assessed, "excused": excused}
            row = standing.get((partnership, point))
            if row is None:
                new.append(DataReturn(partnership_id=partnership, data_point_id=point, **counts))
            elif any(getattr(row, name) != value for name, value in counts.items()):
                for name, value in counts.items():
                    setattr(row, name, value)
                row.version += row.state == DataReturn.State.SUBMITTED
                changed.append(row)
    DataReturn.objects.bulk_create(new)
    DataReturn.objects.bulk_update(changed, ["expected", "assessed", "excused", "version"])
    return len(new) + len(changed)


def excuse_missing_grades(person, partnership, on):
    """Each grade that a folded partnership lacks gets the reason why it will never come."""
    points = list(partnership.programme.data_points.values_list("pk", flat=True))
    places = list(partnership.places.values_list("pk", flat=True))
    given = set(Assessment.objects.filter(place__in=places).values_list("place", "data_point"))
    Assessment.objects.bulk_create(
        Assessment(place_id=place, data_point_id=point, reason=Assessment.Reason.ENDED)
        for place in places
        for point in points
        if (place, point) not in given
    )
    count_returns(partnership.programme, Partnership.objects.filter(pk=partnership.pk))


def ask_for_grades_again(person, partnership, on):
    """The partnership has not ended after all, so that is no reason any more for a grade that lacks."""
    Assessment.objects.filter(place__partnership=partnership, reason=Assessment.Reason.ENDED).delete()
    count_returns(partnership.programme, Partnership.objects.filter(pk=partnership.pk))


@transaction.atomic
def save_pupil(person, pupil: TargetPupil) -> TargetPupil:
    """Keep what was entered about a pupil; the number is found again by its hash."""
    pupil.upn_index = upn_index(pupil.upn)
    pupil.save()
    audit.record(person, "pupils.changed", pupil)
    return pupil


def is_taken(upn, pupil) -> bool:
    """Whether another pupil of the programme has this number."""
    others = TargetPupil.objects.filter(programme=pupil.programme_id, upn_index=upn_index(upn))
    return bool(upn) and others.exclude(pk=pupil.pk).exists()


def with_grades(places) -> list[tuple[Place, list[tuple]]]:
    """Each place with its data points in order and what was given at each: (data point, assessment or None)."""
    places = list(places)
    given = {
        (row.place_id, row.data_point_id): row
        for row in Assessment.objects.filter(place__in=places).select_related("grade")
    }
    points = {}
    for point in DataPoint.objects.filter(programme__in={place.partnership.programme_id for place in places}):
        points.setdefault(point.programme_id, []).append(point)
    return [
        (place, [(point, given.get((place.pk, point.pk))) for point in points.get(place.partnership.programme_id, [])])
        for place in places
    ]


def show_grades(places):
    """Puts on each place its first grade and the latest one so far, each as (data point, grade); None without any."""
    for place, given in with_grades(places):
        grades = [(point, row.grade) for point, row in given if row and row.grade]
        place.first_grade = grades[0] if grades else None
        place.latest_grade = grades[-1] if len(grades) > 1 else None
