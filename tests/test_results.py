import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import Area, Expectation, Partnership, PartnershipStep, SuccessCriterion
from pupils.figures import Share, TwoScales, block
from pupils.models import Assessment, Place, TargetPupil
from pupils.results import Completion, as_json, blocks, completion, criteria, outcomes, place_facts
from pupils.scales import load_scale
from tests.factories import DataPointFactory, ProgrammeFactory, SchoolFactory, SpecialistTeacherFactory

pytestmark = pytest.mark.django_db


class Year:
    """A programme that is filled row by row."""

    def __init__(self, scale="nc-sublevels", expected_points=Decimal(3), points=("October", "March", "Summer")):
        self.programme = ProgrammeFactory(slug="a-year", scale=scale, expected_points=expected_points)
        self.scale = load_scale(scale)
        self.points = [
            DataPointFactory(programme=self.programme, name=name, due_on=dt.date(2026, 10 + place, 1))
            for place, name in enumerate(points)
        ]
        self.school = SchoolFactory()
        self.number = 0

    def expect(self, year_group, met, exceeded):
        Expectation.objects.create(
            programme=self.programme, year_group=year_group, met_from=met, exceeded_from=exceeded
        )

    def specialist(self, outcome=""):
        return SpecialistTeacherFactory(programme=self.programme, outcome=outcome)

    def partnership(self, status="active", specialist=None, subject="maths", area="", was_active=True):
        self.number += 1
        partnership = Partnership.objects.create(
            programme=self.programme,
            ref=f"P{self.number:02}",
            specialist=specialist or self.specialist(),
            partner_school=self.school,
            subject=subject,
            year_group=5,
            area=Area.objects.get_or_create(programme=self.programme, name=area)[0] if area else None,
            status=status,
        )
        if was_active:
            PartnershipStep.objects.create(partnership=partnership, status="active", on=self.programme.starts_on)
        return partnership

    def place(self, partnership, *given, pupil=None, year_group=5):
        """A place with a grade, a reason or None at each data point."""
        self.number += 1
        pupil = pupil or TargetPupil.objects.create(
            programme=self.programme, ref=f"C{self.number:02}", year_group=year_group
        )
        place = Place.objects.create(pupil=pupil, partnership=partnership)
        for point, cell in zip(self.points, given, strict=True):
            grade = self.scale.grades.filter(code=cell).first() if cell else None
            if cell:
                Assessment.objects.create(place=place, data_point=point, grade=grade, reason="" if grade else cell)
        return place


# The facts ---------------------------------------------------------------------------------------------------------


def test_the_facts_of_a_place_are_its_first_and_its_last_data_point_and_what_its_programme_asks():
    year = Year()
    year.expect(5, "3a", "4b")
    maths = year.partnership(area="Mid")
    place = year.place(maths, "3c", "absent", "4c")

    [facts] = place_facts(year.programme)

    assert (facts.place, facts.pupil, facts.partnership, facts.school) == (
        place.pk,
        place.pupil_id,
        maths.pk,
        year.school.pk,
    )
    assert (facts.subject, facts.year_group, facts.area) == ("maths", 5, "Mid")
    assert (facts.first.code, facts.first.points, facts.last.code, facts.last.points) == ("3c", 19, "4c", 25)
    assert (facts.first_reason, facts.last_reason) == ("", "")
    assert (facts.met, facts.exceeded, facts.above) == (True, False, True)


def test_a_year_group_without_expectation_has_no_share_that_meets_it():
    year = Year()
    year.expect(5, "3a", "4b")
    year.place(year.partnership(), "3c", None, "4c", year_group=2)

    [facts] = place_facts(year.programme)

    assert (facts.met, facts.exceeded, facts.above) == (None, None, True)


def test_on_a_scale_without_points_no_gain_is_expected():
    year = Year("ta-codes", expected_points=Decimal(3))
    year.expect(5, "EXS", "GDS")
    year.place(year.partnership(), "WTS", None, "GDS")
    year.place(year.partnership(), "WTS", None, None)

    found = as_json(year.programme)

    assert found["all"] == {
        "n": 1,
        "pupils": 1,
        "met": 1,
        "met_pct": 100,
        "exceeded": 1,
        "exceeded_pct": 100,
        "mean_points": None,
        "above_expected_rate": None,
        "above_expected_rate_pct": None,
    }


def test_nor_is_it_before_the_first_grade():
    year = Year("ta-codes", expected_points=Decimal(3))
    year.place(year.partnership(), None, None, None)

    assert as_json(year.programme)["all"]["above_expected_rate"] is None


def test_only_the_places_that_are_asked_for():
    year = Year()
    maths = year.partnership()
    kept = year.place(maths, "3c", None, "4c")
    year.place(maths, "3c", None, "4c")

    assert [facts.place for facts in place_facts(year.programme, Place.objects.filter(pk=kept.pk))] == [kept.pk]


def test_places_of_another_programme_are_not_counted():
    year = Year()
    year.place(year.partnership(), "3c", None, "4c")
    other = ProgrammeFactory()

    assert place_facts(other) == []
    assert place_facts(other, Place.objects.all()) == []


def test_with_one_data_point_there_is_no_result():
    year = Year(points=["October"])
    year.place(year.partnership(), "3c")

    [facts] = place_facts(year.programme)

    assert not facts.matched


def test_two_scales_are_an_error_and_the_command_says_so():
    year = Year()
    place = year.place(year.partnership(), "3c", None, "4c")
    other = load_scale("free-5").grades.get(code="3")
    Assessment.objects.filter(place=place, data_point=year.points[-1]).update(grade=other)

    with pytest.raises(TwoScales):
        as_json(year.programme)
    with pytest.raises(CommandError) as stopped:
        call_command("results", "a-year")

    assert str(stopped.value) == (
        f"There is no result: place {place.pk} has its first and its last grade on two scales."
    )


def test_many_places_take_as_many_queries_as_one():
    year = Year()
    year.expect(5, "3a", "4b")
    maths = year.partnership()

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            place_facts(year.programme)
        return len(caught)

    year.place(maths, "3c", None, "4c")
    one = queries()
    for _ in range(6):
        year.place(year.partnership(subject="writing"), "3c", "absent", "4a", year_group=6)

    assert (one, queries()) == (4, 4)


# Blocks ------------------------------------------------------------------------------------------------------------


def test_blocks_are_by_subject_and_by_the_pupils_own_year_group():
    year = Year()
    maths, writing = year.partnership(), year.partnership(subject="writing")
    both = year.place(maths, "3c", None, "4c", year_group=6).pupil
    year.place(writing, "3c", None, "4c", pupil=both)
    year.place(writing, "3c", None, None, year_group=5)

    found = blocks(place_facts(year.programme))

    assert {name: (b.places, b.n, b.pupils) for name, b in found.items()} == {
        "all": (3, 2, 1),
        "maths": (1, 1, 1),
        "writing": (2, 1, 1),
        "year 5": (1, 0, 0),
        "year 6": (2, 2, 1),
        "maths year 6": (1, 1, 1),
        "writing year 5": (1, 0, 0),
        "writing year 6": (1, 1, 1),
    }


# Completion --------------------------------------------------------------------------------------------------------


def test_a_specialist_teacher_with_one_folded_and_one_completed_partnership_has_completed():
    year = Year()
    both, folded, embedding = year.specialist(), year.specialist(), year.specialist()
    year.partnership("folded", both)
    year.partnership("completed", both)
    year.partnership("folded", folded)
    year.partnership("embedding", embedding)
    year.partnership("paused")

    partnerships, specialists = completion(year.programme)

    assert partnerships == Completion(5, 2, 2)
    assert specialists == Completion(4, 2)
    assert specialists.share == Share(2, 4)


def test_a_specialist_teacher_who_never_was_in_an_active_partnership_is_not_counted():
    year = Year()
    year.partnership("agreed", was_active=False)
    year.partnership("embedding", was_active=False)
    year.partnership("completed")
    year.specialist()

    partnerships, specialists = completion(year.programme)

    assert (partnerships.total, specialists) == (3, Completion(1, 1))


def test_a_programme_without_partnerships_has_no_percentage():
    found = as_json(Year().programme)

    assert found["partnerships"] == {"total": 0, "folded": 0, "completed": 0, "completed_pct": None}
    assert found["specialist_teachers"] == {"total": 0, "completed": 0, "completed_pct": None}


def test_outcomes_are_counted_by_name():
    year = Year()
    for outcome in ("leading teacher", "", "deputy headship", "leading teacher"):
        year.specialist(outcome)

    assert outcomes(year.programme) == {"deputy headship": 1, "leading teacher": 2}


# Success criteria --------------------------------------------------------------------------------------------------


NOBODY = Completion(0, 0)


def judged(year, measure, target, places=(), specialists=NOBODY):
    SuccessCriterion.objects.create(programme=year.programme, measure=measure, target_pct=target)
    [found] = criteria(year.programme, block(places), specialists)
    return found.verdict, found.actual, found.difference


@pytest.mark.parametrize(
    ("completed", "total", "verdict", "difference"),
    [
        (45, 50, "met", 0),  # exactly 90 %
        (44, 50, "not met", -2),
        (179, 199, "not met", 0),  # 89.95 %, printed as 90
        (180, 200, "met", 0),
        (50, 50, "met", 10),
    ],
)
def test_the_share_itself_is_judged_and_not_the_rounded_one(completed, total, verdict, difference):
    measure = SuccessCriterion.Measure.SPECIALIST_TEACHERS_COMPLETING

    found = judged(Year(), measure, 90, specialists=Completion(total, completed))

    assert found == (verdict, Share(completed, total), difference)


@pytest.mark.parametrize(("gains", "verdict"), [(["4c", "3b"], "met"), (["4c", "3b", "3b"], "not met")])
def test_half_of_the_places_above_the_expected_rate_meet_a_target_of_half(gains, verdict):
    year = Year()
    maths = year.partnership()
    for last in gains:
        year.place(maths, "3c", None, last)

    found = judged(year, SuccessCriterion.Measure.ABOVE_EXPECTED_RATE, 50, place_facts(year.programme))

    assert found[:2] == (verdict, Share(1, len(gains)))


def test_a_criterion_on_gains_does_not_apply_without_points():
    year = Year("ta-codes")
    year.place(year.partnership(), "WTS", None, "GDS")

    found = judged(year, SuccessCriterion.Measure.ABOVE_EXPECTED_RATE, 50, place_facts(year.programme))

    assert found == ("not applicable", Share(None, 1), None)


@pytest.mark.parametrize("measure", SuccessCriterion.Measure.values)
def test_before_there_are_figures_nothing_is_judged(measure):
    assert judged(Year(), measure, 50) == ("no data yet", None, None)


# The command -------------------------------------------------------------------------------------------------------


def test_a_programme_that_is_not_there():
    Year()

    with pytest.raises(CommandError) as stopped:
        call_command("results", "another-year")

    assert str(stopped.value) == "There is no programme 'another-year'. Programmes: a-year."


def test_the_command_prints_json_and_nothing_else():
    year, said = Year(), io.StringIO()
    year.place(year.partnership("completed"), "3c", None, "4c")

    call_command("results", "a-year", json=True, stdout=said)

    assert json.loads(said.getvalue()) == as_json(year.programme)
