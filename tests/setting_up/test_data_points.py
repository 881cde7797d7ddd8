"""The data points of a programme: on days that can be, and kept once grades are in."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import DataPoint, DataReturn
from programmes.services import data_points
from pupils.models import Assessment
from pupils.returns.counting import count_returns


def test_a_data_point_with_grades_is_not_deleted_and_one_without_is(coordinator, ours):
    slug = ours.programme.slug
    with_grades = ours.programme.data_points.first()
    coordinator.post(reverse("programmes:data_points", args=[slug]), {"name": "Extra", "due_on": "29/1/2027"})
    extra = DataPoint.objects.get(name="Extra")
    owed = DataReturn.objects.filter(data_point=extra).count()

    refused = coordinator.post(reverse("programmes:data_point_delete", args=[slug, with_grades.pk]), follow=True)
    coordinator.post(reverse("programmes:data_point_delete", args=[slug, extra.pk]))

    assert owed == ours.programme.partnerships.count()
    assert "“October” cannot be deleted: 2 grades and reasons are in for it." in refused.content.decode()
    assert list(ours.programme.data_points.values_list("name", flat=True)) == ["October", "Summer"]
    assert not DataReturn.objects.filter(data_point=extra.pk).exists()


def test_the_database_keeps_a_data_point_whose_grades_nobody_counted(ours):
    DataReturn.objects.all().delete()
    point = ours.programme.data_points.first()

    with pytest.raises(data_points.InUse, match="“October” cannot be deleted: it is used by 2 assessments"):
        data_points.delete_data_point(ours.people[Role.COORDINATOR], point)

    assert Assessment.objects.filter(data_point=point).count() == 2


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        ("1/9/2027", "Wednesday 1 September 2027 is outside the programme's year"),
        ("26/10/2026", "Monday 26 October 2026 is no school day. The nearest is Friday 23 October 2026."),
        ("16/10/2026", "Two data points cannot be due on one day."),
        ("16/10/26", "“16/10/26” has a year of two digits."),
    ],
)
def test_a_data_point_that_cannot_be_is_refused(coordinator, ours, due_on, sentence):
    response = coordinator.post(
        reverse("programmes:data_points", args=[ours.programme.slug]), {"name": "Extra", "due_on": due_on}
    )

    assert next(e for errors in response.context["form"].errors.values() for e in errors).startswith(sentence)
    assert 'value="Extra"' in response.content.decode()
    assert not DataPoint.objects.filter(name="Extra").exists()


def test_what_follows_a_change_of_data_points_is_this():
    assert [count_returns] == data_points.AFTER_DATA_POINTS
