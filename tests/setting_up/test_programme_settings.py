"""The settings of a programme that runs: what may still change, and what is asked about first."""

from django.urls import reverse

from programmes.models import Programme
from tests.factories import PartnershipFactory, SchoolFactory
from tests.typed_settings import SEPTEMBER


def settings_of(programme, **changed):
    given = {
        "name": programme.name,
        "subjects": ", ".join(programme.subjects),
        "year_groups": [str(year) for year in programme.year_groups],
        "funded": "yes" if programme.funded else "no",
    }
    return given | ({"other_authorities": "on"} if programme.other_authorities else {}) | changed


def test_what_a_partnership_is_about_cannot_be_taken_out(coordinator, ours):
    response = coordinator.post(
        reverse("programmes:settings", args=[ours.programme.slug]),
        settings_of(ours.programme, subjects="writing", year_groups=["6"]),
    )

    assert response.context["form"].errors == {
        "subjects": ["Maths cannot be taken out: 2 partnerships are about it."],
        "year_groups": ["Year 5 cannot be taken out: 2 partnerships are about it."],
    }


def test_schools_of_other_authorities_that_take_part_cannot_be_shut_out(coordinator, ours):
    guest = SchoolFactory(name="Ourside Guest School", la_code="999")
    PartnershipFactory(programme=ours.programme, partner_school=guest)

    response = coordinator.post(reverse("programmes:settings", args=[ours.programme.slug]), settings_of(ours.programme))

    errors = response.context["form"].errors
    assert errors == {"other_authorities": ["Schools of other authorities take part already: Ourside Guest School."]}


def test_a_change_that_matters_to_schools_is_asked_about_first(coordinator, ours):
    address = reverse("programmes:settings", args=[ours.programme.slug])
    given = settings_of(ours.programme, funded="no", name="Ourside renamed")

    asked = coordinator.post(address, given)
    before = Programme.objects.get(pk=ours.programme.pk).funded
    coordinator.post(address, given | {"sure": "Yes, change it"})

    ours.programme.refresh_from_db()
    assert "Release time will not be funded any more." in asked.content.decode()
    assert 'value="Ourside renamed"' in asked.content.decode()
    assert before
    assert (ours.programme.funded, ours.programme.name, ours.programme.status) == (False, "Ourside renamed", "active")


def test_the_year_of_a_programme_with_dates_stays(coordinator, ours):
    page = coordinator.get(reverse("programmes:settings", args=[ours.programme.slug]))
    coordinator.post(
        reverse("programmes:settings", args=[ours.programme.slug]), settings_of(ours.programme, year="2027-28")
    )

    ours.programme.refresh_from_db()
    assert "year" not in page.context["form"].fields
    assert ours.programme.starts_on == SEPTEMBER


def test_a_year_group_more_opens_the_expectations_again(coordinator, ours):
    programme = ours.programme
    Programme.objects.filter(pk=programme.pk).update(tasks_done=["areas", "assessment", "staff"])

    coordinator.post(
        reverse("programmes:settings", args=[programme.slug]),
        settings_of(programme, year_groups=["4", "5"], other_authorities="on"),
    )

    programme.refresh_from_db()
    assert programme.tasks_done == ["areas", "staff"]


def test_a_day_outside_the_year_or_term_cannot_be_the_review_of_the_agreement(coordinator, ours):
    address = reverse("programmes:staff", args=[ours.programme.slug])

    said = [
        coordinator.post(address, {"staff_funded": "4", "agreement_revisited_on": day}).context["form"].errors
        for day in ("1/9/2027", "15/2/2027")
    ]

    assert "outside the programme's year" in said[0]["agreement_revisited_on"][0]
    assert "is no school day" in said[1]["agreement_revisited_on"][0]
