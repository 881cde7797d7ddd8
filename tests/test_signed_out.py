"""Whoever sends a form after their session has ended reads that nothing was saved, and has their words back."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from programmes.models import PartnerSchool

MINUTES = 'First line, "quoted" <b>\r\n\r\nSecond line'


def boxes(answer):
    """The read-only boxes of the page, by their labels."""
    page = answer.content.decode()
    labels = dict(re.findall(r'for="(typed-[0-9]+)">([^<]*)</label>', page))
    texts = re.findall(r'<textarea[^>]*id="(typed-[0-9]+)"[^>]* readonly>\n([^<]*)</textarea>', page)
    return {html.unescape(labels[key]): html.unescape(text) for key, text in texts}


def next_of(answer):
    (address,) = re.findall(r'href="/sign-in/\?next=([^"]*)"', answer.content.decode())
    return address


def test_a_form_sent_without_a_session_gives_back_what_was_typed(client, ours, caplog):
    address = reverse("accounts:invite")
    typed = {
        "first_name": "Nell",
        "note": MINUTES,
        "rows-0-words": "one",
        "rows-1-words": "two",
        "subjects": ["a", "b"],
    }
    unseen = {
        "csrfmiddlewaretoken": "s3cret",
        "password1": "s3cret",
        "reset_token": "s3cret",
        "rows-TOTAL_FORMS": "2",
        "seen": "77",
        "next": "/somewhere/",
        "submit": "Save",
        "empty": " ",
    }

    answer = client.post(address, typed | unseen, headers={"Referer": f"http://testserver{address}?role=finance#x"})

    assert answer.status_code == 403
    assert answer["Cache-Control"] == "no-store, private"
    assert "Nothing was saved" in answer.content.decode()
    assert boxes(answer) == {
        "First name": "Nell",
        "Note": MINUTES,
        "Words, row 1": "one",
        "Words, row 2": "two",
        "Subjects": "a\nb",
    }
    assert "s3cret" not in answer.content.decode()
    assert "<form" not in answer.content.decode()
    assert next_of(answer) == "%2Fpeople%2Finvite%2F%3Frole%3Dfinance"
    assert "Nell" not in caplog.text


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/people/", "//elsewhere.example/x", "javascript:x"])
def test_the_way_back_leads_to_our_own_pages_only(client, db, referer):
    answer = client.post(reverse("accounts:invite"), {"first_name": "Nell"}, headers={"Referer": referer})

    assert next_of(answer) == "%2Fpeople%2Finvite%2F"


def test_an_address_that_only_takes_forms_gives_the_words_back_too(client, ours):
    school = PartnerSchool.objects.get(pk=ours.listed_school.pk)

    answer = client.post(reverse("programmes:contact_add", args=[school.pk]), {"note": "Rang the head."})

    assert (answer.status_code, boxes(answer)) == (403, {"Note": "Rang the head."})
    assert not school.contacts.filter(note="Rang the head.").exists()


def test_a_file_is_to_be_chosen_again(client, db):
    answer = client.post(reverse("accounts:register"), {"file": SimpleUploadedFile("a.csv", b"x")})

    assert (answer.status_code, boxes(answer)) == (403, {})
    assert "Files have to be chosen again: File." in answer.content.decode()


def test_what_htmx_sends_loads_the_sign_in_as_before(client, db):
    answer = client.post(reverse("accounts:invite"), {"first_name": "Nell"}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"].partition("?")[0]) == (204, reverse("account_login"))


def test_a_password_typed_on_a_page_of_the_sign_in_is_not_given_back(client, db):
    answer = client.post(reverse("account_change_password"), {"password1": "s3cret", "note": "n"})

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("account_login"))


def test_a_form_of_a_foreign_page_is_shown_to_nobody(ours):
    answer = Client(enforce_csrf_checks=True).post(reverse("accounts:invite"), {"note": "Foreign words"})

    assert answer.status_code == 403
    assert "Foreign words" not in answer.content.decode()


def test_whoever_is_signed_in_sends_as_before(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    answer = client.post(reverse("accounts:invite"), {"first_name": "Nell"})

    assert (answer.status_code, answer.context["form"]["first_name"].value()) == (200, "Nell")
