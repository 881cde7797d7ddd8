"""What the page of a plan says of a visit without a half-day, from rows: the same rules as where one is chosen."""

import pytest

from programmes.models import SchoolLimits
from tests.factories import SpecialistTeacherFactory
from tests.years import partner_of, partnership_of, programme_of, stand, step, worked_out
from visits.planning.pages import rows_of
from visits.year_planner.half_day import HalfDay

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


def said_of(plan):
    """Of each visit without a half-day: how many of its window's are kept by what, what would help it, and where."""
    lines = [line for row in rows_of(plan, plan.ordered_by) for line in row.lines if line.to == ""]
    return {
        line.title: ([(one.number, one.words) for one in line.why], line.cure, [way.words for way in line.ways])
        for line in lines
    }


def test_a_class_that_may_lose_no_more_is_named_by_a_plan_as_where_a_half_day_is_chosen():
    programme = programme_of("First visit", "Lesson study 1")
    first, second = programme.timetable.all()
    partnership = partnership_of(programme)
    school = partnership.partner_school
    SchoolLimits.objects.create(school=school, class_ceiling=1)
    partner = partner_of(partnership, release_half_days=["mon-am", "tue-am"])
    stand(partnership, 0, step=first)

    plan = worked_out(programme)

    why, cure, ways = said_of(plan)["Lesson study 1"]
    assert why == [(16, f"{partner} is not released"), (4, f"the class of {partner} may lose no more than 1 half-day")]
    assert cure.endswith(f"morning if the class of {partner} could lose more than 1 half-day.")
    assert ways == [f"how much {school} can spare"]
    assert HalfDay(plan.ordered_by, programme, f"{partnership.pk}-{second.pk}-1").causes == why


def test_what_visits_of_the_plan_itself_take_is_among_its_reasons():
    programme = programme_of("First visit", "Lesson study 1", "Lesson study 2")
    partnership = partnership_of(programme)
    SchoolLimits.objects.create(school=partnership.partner_school, class_ceiling=2)
    partner = partnership.current_partner_teachers[0]

    (why, cure, _), *others = said_of(worked_out(programme)).values()

    limit = f"the class of {partner} may lose no more than 2 half-days"
    assert (why, others) == ([(10, limit), (10, f"{partnership.specialist.home_school} is on holiday")], [])
    assert cure.endswith(f"morning if the class of {partner} could lose more than 2 half-days.")


def test_a_specialist_teacher_whose_only_half_day_is_taken_by_the_plan_is_named_as_booked():
    programme = programme_of()
    step(programme, 1, "First visit", 0, 0)
    specialist = SpecialistTeacherFactory(programme=programme, release_half_days=["mon-am"])
    partnership_of(programme, specialist)
    partnership_of(programme, specialist)

    (why, *_), *others = said_of(worked_out(programme)).values()

    person = specialist.user
    assert (why, others) == ([(1, f"{person} is booked (another visit)"), (1, f"{person} is not released")], [])
