"""How far the partnerships of a programme are at each data point, in counts."""

from django.db.models import Count, Q

from programmes.models import DataReturn, Partnership
from programmes.models.returns import LACKING
from pupils.models import Assessment

ACTION = "returns.collect"


def points_of(programme, person):
    """Each data point with how many partnerships owe grades there, have them typed, and have submitted all of them.

    `again` of those that owe have submitted: a pupil came, or came back, since.
    """
    open_ = Q(state=DataReturn.State.OPEN)
    rows = (
        DataReturn.objects.allowed(person, ACTION)
        .filter(partnership__programme=programme, partnership__in=asked_of(programme, person), expected__gt=0)
        .order_by("data_point__due_on")
        .values("data_point")
        .annotate(
            partnerships=Count("pk"),
            owed=Count("pk", filter=LACKING),
            again=Count("pk", filter=~open_ & LACKING),
            typed=Count("pk", filter=open_ & ~LACKING),
            submitted=Count("pk", filter=~open_ & ~LACKING),
        )
    )
    found = {row["data_point"]: row for row in rows}
    for point, number, moderated in moderated_at(programme, person):
        if point in found:
            found[point] |= {"grades": number, "moderated": moderated}
    return [(point, found.get(point.pk)) for point in programme.data_points.all()]


def moderated_at(programme, person):
    """Of the submitted grades of each data point, how many there are and how many were moderated."""
    rows = Assessment.objects.filter(
        place__partnership__in=asked_of(programme, person), grade__isnull=False, data_point__programme=programme
    )
    counted = rows.order_by().values("data_point").annotate(n=Count("pk"), agreed=Count("pk", filter=Q(moderated=True)))
    return counted.values_list("data_point", "n", "agreed")


def asked_of(programme, person):
    return Partnership.objects.allowed(person, ACTION).filter(programme=programme).open_to_entries().ever_agreed()
