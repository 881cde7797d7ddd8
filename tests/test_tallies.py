"""The database counts the same digits as the arithmetic of places does."""

import random

import pytest

from programmes.models import DataPoint, Expectation
from pupils import scales
from pupils.figures import TwoScales
from pupils.models import Assessment
from pupils.results import blocks, place_facts
from pupils.tallies import tallied_blocks
from tests.factories import (
    AssessmentFactory,
    DataPointFactory,
    PartnershipFactory,
    PlaceFactory,
    ProgrammeFactory,
    TargetPupilFactory,
)

pytestmark = pytest.mark.django_db


def a_programme(seed):
    """Subjects and years with gaps, missing grades with and without reasons, pupils with two places."""
    chance = random.Random(seed)
    scale_name = chance.choice(["nc-sublevels", "nc-sublevels", "ta-codes", "free-5"])
    scale = scales.load_scale(scale_name)
    expected = chance.choice([None, 3, "3.5"])
    programme = ProgrammeFactory(scale=scale_name, expected_points=expected)
    programme.refresh_from_db()
    points = [
        DataPointFactory(programme=programme, name=f"Point {n}", due_on=f"2026-1{n}-01")
        for n in range(chance.choice([0, 1, 2, 2, 3, 3]))
    ]
    points = list(DataPoint.objects.filter(pk__in=[point.pk for point in points]))
    grades = list(scale.grades.all())
    for year in chance.sample([3, 4, 5], chance.randint(0, 3)):
        met = chance.randrange(len(grades) - 1)
        Expectation.objects.create(
            programme=programme, year_group=year, met_from=grades[met].code, exceeded_from=grades[met + 1].code
        )
    pupils = [TargetPupilFactory(programme=programme, year_group=chance.choice([3, 4, 5])) for _ in range(12)]
    for subject in ("maths", "writing", "reading")[: chance.randint(1, 3)]:
        partnership = PartnershipFactory(programme=programme, subject=subject)
        for pupil in chance.sample(pupils, chance.randint(0, 12)):
            place = PlaceFactory(partnership=partnership, pupil=pupil)
            for point in points:
                grade = chance.choice([*chance.sample(grades, 4), None])
                if grade:
                    AssessmentFactory(place=place, data_point=point, grade=grade)
                elif chance.random() < 0.5:
                    AssessmentFactory(place=place, data_point=point, reason=chance.choice(Assessment.Reason.values))
    return programme


@pytest.mark.parametrize("seed", range(25))
def test_both_ways_give_the_same_blocks(seed):
    programme = a_programme(seed)

    assert tallied_blocks(programme) == blocks(place_facts(programme))


def test_a_gain_across_two_scales_is_an_error_both_ways():
    programme = ProgrammeFactory()
    first, last = (DataPointFactory(programme=programme, name=n, due_on=f"2026-1{n}-01") for n in (1, 2))
    place = PlaceFactory(partnership=PartnershipFactory(programme=programme))
    AssessmentFactory(place=place, data_point=first, grade=scales.load_scale("nc-sublevels").grades.first())
    AssessmentFactory(place=place, data_point=last, grade=scales.load_scale("free-5").grades.first())

    with pytest.raises(TwoScales) as counted:
        tallied_blocks(programme)
    with pytest.raises(TwoScales) as worked_out:
        blocks(place_facts(programme))

    assert str(counted.value) == str(worked_out.value)
