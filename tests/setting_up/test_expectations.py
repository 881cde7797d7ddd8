"""The scale of a programme and what is expected on it."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Expectation, Programme
from pupils.expectations import ScaleInUse, save_assessment
from pupils.models import Assessment


def test_the_scale_stays_once_grades_are_in(coordinator, ours):
    slug = ours.programme.slug

    first = coordinator.post(reverse("pupils:assessment", args=[slug]), {"scale": "app"})
    second = coordinator.post(
        reverse("pupils:expectations", args=[slug, "app"]), {"expected_points": "3", "sure": "Yes, change it"}
    )

    sentence = "The scale cannot change: 4 grades are in on the one that stands"
    assert first.context["form"].errors["scale"][0].startswith(sentence)
    assert second.context["form"].errors["__all__"][0].startswith(sentence)
    ours.programme.refresh_from_db()
    assert ours.programme.scale == "nc-sublevels"
    with pytest.raises(ScaleInUse):
        save_assessment(ours.people[Role.COORDINATOR], ours.programme, "app", None, {})


def test_other_expectations_are_asked_about_once_grades_are_in(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    given = {"expected_points": "4", "met_5": "3b", "exceeded_5": "4c"}

    asked = coordinator.post(address, given)
    before = Programme.objects.get(pk=ours.programme.pk).expected_points
    coordinator.post(address, given | {"sure": "Yes, change it"})

    ours.programme.refresh_from_db()
    assert "4 grades are in. All results of the programme are worked out anew" in asked.content.decode()
    assert before == 3
    assert ours.programme.expected_points == 4
    assert Expectation.objects.get(programme=ours.programme).met_from == "3b"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"met_5": "4b", "exceeded_5": "3a"}, {"exceeded_5": ["Year 5: 3a is below 4b. Swap or correct them."]}),
        ({"met_5": "4b"}, {"exceeded_5": ["Year 5: give both grades, or neither."]}),
        (
            {"expected_points": "lots"},
            {"expected_points": ["Enter the expected points as a number from 0 to 999, such as 3."]},
        ),
    ],
)
def test_expectations_that_cannot_be_are_refused(coordinator, ours, given, errors):
    response = coordinator.post(reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"]), given)

    assert response.context["form"].errors == errors


def test_a_scale_without_points_asks_for_none_and_proposes_its_own_levels(coordinator, ours):
    Assessment.objects.all().delete()
    slug = ours.programme.slug

    chosen = coordinator.post(reverse("pupils:assessment", args=[slug]), {"scale": "ta-codes"})
    page = coordinator.get(chosen.url)
    form = page.context["form"]
    coordinator.post(chosen.url, {name: form[name].value() for name in form.fields})

    ours.programme.refresh_from_db()
    assert "expected_points" not in form.fields
    assert "This scale has no points" in page.content.decode()
    assert (ours.programme.scale, ours.programme.expected_points) == ("ta-codes", None)
    assert list(ours.programme.expectations.values_list("year_group", "met_from", "exceeded_from")) == [
        (5, "EXS", "GDS")
    ]


@pytest.mark.parametrize("highest", ["", "1", "101", "five"])
def test_a_scale_of_ones_own_needs_its_highest_number(coordinator, ours, highest):
    response = coordinator.post(
        reverse("pupils:assessment", args=[ours.programme.slug]), {"scale": "free", "highest": highest}
    )

    assert list(response.context["form"].errors) == ["highest"]


def test_a_number_for_ones_own_scale_does_not_hold_up_another_scale(coordinator, ours):
    response = coordinator.post(
        reverse("pupils:assessment", args=[ours.programme.slug]), {"scale": "nc-sublevels", "highest": "1"}
    )

    assert response.status_code == 302


def test_a_scale_that_is_none_is_not_found(coordinator, ours):
    for scale in ("levels", "free-1", "..%2Fapp"):
        assert coordinator.get(f"/programmes/{ours.programme.slug}/set-up/assessment/{scale}/").status_code == 404
