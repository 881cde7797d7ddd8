from django.db import transaction

from accounts import audit
from programmes.models import DataPoint, Partnership, Programme
from pupils.models import Assessment, Place, TargetPupil
from pupils.returns.counting import count_returns
from pupils.upn import upn_index


def excuse_missing_grades(person, partnership, on):
    """Each grade that a folded partnership lacks gets the reason why it will never come."""
    places = list(partnership.places.all())
    given = set(Assessment.objects.filter(place__in=places).values_list("place", "data_point"))
    Assessment.objects.bulk_create(
        Assessment(
            place=place,
            data_point=point,
            reason=place.excused_on(point.due_on) or Assessment.Reason.ENDED,
            is_automatic=bool(place.excused_on(point.due_on)),
        )
        for place in places
        for point in partnership.programme.data_points.all()
        if (place.pk, point.pk) not in given
    )
    count_returns(partnership.programme, Partnership.objects.filter(pk=partnership.pk))


def ask_for_grades(person, partnership, on):
    """It is agreed, so its grades are asked for from now on."""
    count_returns(partnership.programme, Partnership.objects.filter(pk=partnership.pk))


def ask_for_grades_again(person, partnership, on):
    """The partnership has not ended after all, so that is no reason any more for a grade that lacks."""
    Assessment.objects.filter(place__partnership=partnership, reason=Assessment.Reason.ENDED).delete()
    ask_for_grades(person, partnership, on)


@transaction.atomic
def save_pupil(person, pupil: TargetPupil) -> TargetPupil:
    """Keep what was entered about a pupil; the number is found again by its hash."""
    pupil.programme = Programme.objects.select_for_update(of=["self"], no_key=True).get(pk=pupil.programme_id)
    pupil.cut_names()
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
        for row in Assessment.objects.filter(place__in=places).select_related("grade__scale")
    }
    points = {}
    for point in DataPoint.objects.filter(programme__in={place.partnership.programme_id for place in places}):
        points.setdefault(point.programme_id, []).append(point)
    return [
        (place, [(point, given.get((place.pk, point.pk))) for point in points.get(place.partnership.programme_id, [])])
        for place in places
    ]


def with_excuses(place, given, comments):
    """With each data point also why no grade is asked for there, or "", and the comment beside its grade."""
    return [
        (point, row, excuse_words(place, place.excused_on(point.due_on)), comments.get((place.pk, point.pk), ""))
        for point, row in given
    ]


def excuse_words(place, why):
    """Why no grade is asked for: of a pupil who has moved within the programme not that they have left."""
    if why == Assessment.Reason.LEFT and place.ended_because == Place.Ended.MOVED:
        return Place.Ended.MOVED.label
    return Assessment.Reason(why).label if why else ""


def show_grades(places):
    """Puts on each place its first grade and the latest one so far, each as (data point, grade in words); None without
    any."""
    for place, given in with_grades(places):
        scale = place.partnership.programme.scale
        grades = [(point, row.grade.said_on(scale)) for point, row in given if row and row.grade]
        place.first_grade = grades[0] if grades else None
        place.latest_grade = grades[-1] if grades else None


def as_known(places):
    """Where the pupil is at no school of these places any more, what stood when they came to another; None else."""
    if not all(place.is_gone for place in places):
        return None
    former = [place.known for place in places if place.known != place.pupil]
    return max(former, key=lambda details: details.at, default=None)
