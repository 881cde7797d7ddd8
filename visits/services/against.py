"""Which planned visits stand against a teacher's usual week, or take more than a school can spare."""

from django.utils import timezone

from programmes.models import Programme
from visits.models import Plan, Visit
from visits.planner import Rule
from visits.planning.agreed import against_of
from visits.planning.checking import What
from visits.planning.reading import read
from visits.services.displaced import said


def visits_against_week(reader, person):
    """The visits to come that stand against the usual week of this person."""
    rules = {Rule.PPA, Rule.NOT_RELEASED, Rule.CLASS}
    programmes = Programme.objects.filter(partnerships__visits__people=person)
    return among(reader, programmes, lambda need, one: one.what in rules and one.owner == person.pk)


def visits_against_limits(reader, school):
    """The visits to come that take more than this school can spare."""
    programmes = Programme.objects.filter(partnerships__visits__bookings__school=school)

    def is_over(need, one):
        if one.what == What.CEILING:
            return (one.owner, school.pk) in need.out
        return one.what == Rule.COVER and one.owner == school.pk

    return among(reader, programmes, is_over)


def among(reader, programmes, matters) -> list[tuple[str, str]]:
    """Those for which what stands against them `matters`: said as words and address, the first one first."""
    today, found = timezone.localdate(), []
    open_ones = programmes.exclude(status=Programme.Status.CLOSED).distinct().prefetch_related("timetable")
    for programme in open_ones.select_related("organisation"):
        plan = read(programme, moves=Plan.Moves.EVERYTHING, reader=reader, today=today)
        for need, asked, against in against_of(plan, today):
            if any(matters(need, one) for one in against):
                found.append(asked.visit.pk)
    rows = Visit.objects.allowed(reader, "visits.view").filter(pk__in=found)
    return [said(visit) for visit in rows.order_by("on", "half", "pk")]
