from django.db import transaction
from django.db.models import F, Sum

from accounts import audit
from programmes.calendar import Calendar
from programmes.models import DataPoint, DataReturn, Programme
from programmes.services.in_use import InUse, delete_unused

# What follows when a programme gets a data point or loses one: functions of (programme). `pupils`, which this app does
# not know, appends its own.
AFTER_DATA_POINTS = []

# Those of Essex, by half term and week: what a new programme is offered.
USUAL = [("October", 1, 7), ("December", 2, 6), ("March", 4, 5), ("Summer", 6, 4)]


def call_each(programme):
    for function in AFTER_DATA_POINTS:
        function(programme)


@transaction.atomic
def save_data_point(person, point: DataPoint) -> DataPoint:
    """The data point is saved, and every partnership owes a return at it."""
    point.save()
    call_each(point.programme)
    audit.record(person, "data point saved", point)
    return point


@transaction.atomic
def delete_data_point(person, point: DataPoint):
    """The data point and its empty returns are gone; InUse where a grade, or the reason for none, has come in."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=point.programme_id)
    list(programme.partnerships.order_by("pk").select_for_update(of=["self"]).values_list("pk"))
    if received := received_at(point):
        what = "1 grade or reason is" if received == 1 else f"{received:,} grades and reasons are"
        raise InUse(f"“{point}” cannot be deleted: {what} in for it. Its name and its day may change.")
    about = point.pk
    delete_unused(point, f"“{point}”")
    call_each(programme)
    audit.record(person, "data point deleted", programme, about=f"data point {about}")


def received_at(point) -> int:
    """How many grades and reasons are in for a data point."""
    counts = DataReturn.objects.filter(data_point=point).aggregate(n=Sum(F("assessed") + F("excused")))
    return counts["n"] or 0


def grades_are_in(programme) -> bool:
    return DataReturn.objects.filter(data_point__programme=programme).filter(assessed__gt=0).exists()


def suggested(programme, calendar: Calendar) -> list[DataPoint]:
    """The usual four, each on the last school day of its week; none while the term dates are missing."""
    if not calendar.has_term_dates(programme.starts_on):
        return []
    found = []
    for name, half_term, week in USUAL:
        weeks = calendar.weeks(programme.starts_on, half_term)
        found.append(DataPoint(programme=programme, name=name, due_on=weeks[min(week, len(weeks)) - 1][-1]))
    return found


@transaction.atomic
def use_suggested(person, programme, calendar) -> list[DataPoint]:
    """The usual four are the programme's, where it has none yet. Asking twice gives the same four."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if not programme.data_points.exists():
        DataPoint.objects.bulk_create(suggested(programme, calendar))
        call_each(programme)
        audit.record(person, "data points suggested", programme)
    return list(programme.data_points.all())
