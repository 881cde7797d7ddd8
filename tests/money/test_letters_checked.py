"""Whoever holds a funding letter checks it without an account, and learns nothing else."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.money.lettered import check, issue
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_whoever_holds_a_letter_checks_it_without_an_account_however_it_is_typed(lettered):
    (letter,) = issue(lettered, lettered.school)
    link = letter.figures["check_url"].removeprefix(settings.PUBLIC_URL)

    assert "This letter is genuine" in text_of(Client().get(link))
    for reference, code in [
        (letter.reference, letter.code),
        (letter.reference.lower(), letter.code.lower()),
        (f" {letter.reference} ", f"{letter.code[:6]} {letter.code[6:]}"),
        (letter.reference.replace("-", "\N{EN DASH}"), letter.code_in_groups),
    ]:
        assert "This letter is genuine" in text_of(check(reference, code))
    issue(lettered, lettered.school, anew=True)
    assert "This letter is superseded" in text_of(check(letter.reference, letter.code))


def test_an_unknown_reference_and_a_wrong_code_get_the_same_words_by_the_same_steps(lettered):
    (letter,) = issue(lettered, lettered.school)
    tried = [("FL999-0001", letter.code), (letter.reference, "2" * 12), (letter.reference, "0" * 12)]
    tried += [("FL999-0001", "0" * 12), ("x", "y")]

    answers, steps = [], []
    for reference, code in tried:
        with CaptureQueriesContext(connection) as asked:
            page = text_of(check(reference, code))
        answers.append(re.search("This letter is .*? character by character", page)[0])
        steps.append([re.sub("'.*?'", "", query["sql"]) for query in asked if "fundingletter" in query["sql"]])

    assert len(set(answers)) == 1
    assert "This letter is unknown" in answers[0]
    assert all(step == steps[0] and len(step) == 1 for step in steps)


def test_the_check_reveals_nothing_of_the_letter(lettered):
    (letter,) = issue(lettered, lettered.school)

    page = check(letter.reference, letter.code).content.decode()

    for secret in (str(lettered.school), "118.75", "October", lettered.programme.title, "P001", str(lettered.Ruth)):
        assert secret not in page


def test_an_empty_form_is_answered_in_words_and_too_many_tries_are_refused(lettered):
    (letter,) = issue(lettered, lettered.school)
    client = Client()

    empty = check("", "", client)
    answers = [check(letter.reference, "2" * 12, client).status_code for _ in range(30)]

    assert (empty.status_code, "Enter the reference of the letter." in text_of(empty)) == (422, True)
    assert set(answers[:29]) == {200}
    assert answers[29] == 429
    assert check(letter.reference, letter.code, client).status_code == 429  # nor the right one
    assert client.get(reverse("funding:check")).status_code == 200
