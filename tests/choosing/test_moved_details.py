"""Once a pupil is at another school, the school before keeps what stood then, and reads and changes no more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from pupils.models import FormerDetails, TargetPupil
from reports.access.pupil import pupil_file
from tests.choosing.lists import text
from tests.choosing.places import end, other_school, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("submitted")]

DETAILS = {"first_name": "Una", "last_name": "Byrne", "year_group": 5, "pupil_premium": "U", "sen": "N", "eal": "U"}


@pytest.fixture
def there(ours):
    return other_school(ours)


@pytest.fixture
def moved(choosing, ours, una, there):
    """Una was here, and now is at another school by the coordinator's hand; there she is called otherwise."""
    TargetPupil.objects.filter(pk=una.pupil_id).update(sen="K")
    end(choosing, una, because="moved")
    address = reverse("pupils:move_on", args=[ours.programme.slug, una.pupil_id])
    choosing.client.force_login(ours.people[Role.COORDINATOR])
    follows = f"{address}?partnership={there.pk}&since=24/11/2026"
    choosing.client.post(follows, {"reason": "Their office rang"})
    TargetPupil.objects.filter(pk=una.pupil_id).update(first_name="Viktoria", year_group=6, sen="E", eal="Y")
    choosing.client.force_login(ours.people[Role.PARTNER])
    return TargetPupil.objects.get(pk=una.pupil_id)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.SPECIALIST])
def test_the_former_school_changes_no_details_and_reads_no_number(client, ours, moved, una, role):
    client.force_login(ours.people[role])
    page = client.get(moved.get_absolute_url())
    address = reverse("pupils:change", args=[moved.pk])
    answers = [client.get(address).status_code, client.post(address, DETAILS | {"last_name": "Nolan"}).status_code]

    assert answers == [404, 404]
    assert "Change the details" not in text(page)
    assert TargetPupil.objects.get(pk=moved.pk).last_name == "Byrne"


def test_before_anybody_takes_the_pupil_over_it_is_so_too(choosing, una):
    end(choosing, una, because="moved")

    assert choosing.client.get(reverse("pupils:change", args=[una.pupil_id])).status_code == 404


@pytest.mark.parametrize("because", ["replaced", "other"])
def test_who_stays_at_the_school_is_still_changed_there(choosing, una, because):
    end(choosing, una, because=because)

    assert choosing.client.get(reverse("pupils:change", args=[una.pupil_id])).status_code == 200


@pytest.mark.parametrize("role", [Role.PARTNER, Role.HEADTEACHER])
def test_the_former_school_reads_what_stood_when_the_pupil_came_to_the_other(client, ours, moved, role):
    client.force_login(ours.people[role])
    pages = [text(client.get(url)) for url in (moved.get_absolute_url(), reverse("pupils:list"))]

    assert all("Una Byrne" in page for page in pages)
    assert not any("Viktoria" in page for page in pages)
    assert "Year 5. It is recorded" in pages[0]
    assert "SEN SEN support" in pages[0]
    assert "These details stood when the pupil came to another school" in pages[0]


def test_the_file_for_the_family_has_what_the_former_school_kept(ours, moved):
    said = str(pupil_file(moved, ours.people[Role.HEADTEACHER]))

    assert "'Una'" in said
    assert "Viktoria" not in said


def test_the_year_group_of_a_place_that_is_over_is_not_changed_there(choosing, moved, una):
    form = text(choosing.client.get(reverse("pupils:place_change", args=[una.pk])))
    step(choosing, una, "change", class_name="5B", year_group="3", since="", on="23/11/2026", reason="Wrong")

    una.refresh_from_db()
    assert "A number, or R for Reception" not in form
    assert una.class_name == "5B"
    assert TargetPupil.objects.get(pk=moved.pk).year_group == 6


def test_where_the_place_goes_on_after_all_the_pupil_is_followed_again(choosing, moved, una, there):
    there.places.all().delete()
    step(choosing, una, "back", reason="It was a mistake")

    assert "Viktoria" in text(choosing.client.get(moved.get_absolute_url()))
    assert not FormerDetails.objects.filter(place=una).exists()
