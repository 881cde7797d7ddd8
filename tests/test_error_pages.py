"""What people meet when something is refused, not found or broken: our own pages, which say what to do."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from accounts.roles import Role
from tests.factories import MembershipFactory, UserFactory
from tests.world import person

pytestmark = pytest.mark.django_db


def broken(request):
    raise RuntimeError("a pupil called Ourside Family")


broken.login_required = False

urlpatterns = [path("broken/", broken), path("", include("lessonstudy.urls"))]


def office_person():
    return person("Ourside", Role.OFFICE)


def test_an_unknown_address_gives_our_own_page(client):
    client.force_login(UserFactory())

    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    assert "Lesson Study" in response.content.decode()


def test_a_page_of_another_role_is_refused_with_what_to_do(client):
    client.force_login(UserFactory())

    response = client.get(reverse("pupils:list"))

    assert response.status_code == 403
    assert "role" in response.content.decode()


def test_a_form_without_its_token_is_refused_and_says_what_to_do():
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("account_login"), {"login": "a@schools.example"})

    assert response.status_code == 403
    assert "again" in response.content.decode()


@pytest.mark.parametrize("demo", [True, False])
def test_a_bug_gives_our_own_page_and_tells_nothing(client, settings, demo):
    settings.ROOT_URLCONF = "tests.test_error_pages"
    settings.DEMO = settings.DEBUG = demo
    client.raise_request_exception = False

    response = client.get("/broken/")

    assert response.status_code == 500
    assert "Lesson Study" in response.content.decode()
    assert "Ourside" not in response.content.decode()


def test_the_demonstration_shows_our_own_page_for_an_unknown_address(client, settings):
    settings.DEMO = settings.DEBUG = True

    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "urlpatterns" not in response.content.decode()
    assert "URLconf" not in response.content.decode()


def test_every_page_forbids_what_it_does_not_need(client):
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]

    assert "default-src 'none'" in policy.split("; ")
    assert "unsafe" not in policy
    assert "data:" not in policy


def test_pages_about_people_are_kept_in_no_cache(client):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.CONSULTANT)
    client.force_login(user)

    response = client.get(reverse("today"))

    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


def test_only_the_page_of_the_qr_code_may_show_an_image_from_its_address(client):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.COORDINATOR)
    client.force_login(user)

    response = client.get(reverse("mfa_activate_totp"))

    assert "img-src 'self' data:" in response["Content-Security-Policy"]


def test_a_fragment_whose_session_has_ended_loads_the_sign_in_as_a_whole(client):
    response = client.get(reverse("reports:progress", args=[1]), headers={"HX-Request": "true"})

    assert isinstance(response, HttpResponse)
    assert (response.status_code, response["HX-Redirect"].partition("?")[0]) == (204, reverse("account_login"))


def test_health_answers_without_signing_in(client):
    response = client.get(reverse("health"))

    assert (response.status_code, response.json()) == (200, {"healthy": True})
