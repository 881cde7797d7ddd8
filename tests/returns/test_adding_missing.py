"""Submitted grades that are opened for a pupil who came since: whoever changes others besides says why."""

import pytest
from django.urls import reverse

from programmes.models import DataReturn
from pupils.returns.counting import count_returns
from tests.factories import PlaceFactory, TargetPupilFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MISSING = "1 pupil came, or came back, after these grades were submitted."


@pytest.fixture
def una(client, at):
    """Una came after December was submitted; the grades are open for hers, which is typed."""
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)
    pupil = TargetPupilFactory(programme=at.programme, ref="C099", first_name="Una", last_name="Byrne")
    una = PlaceFactory(partnership=at.partnership, pupil=pupil)
    count_returns(at.programme)
    client.force_login(at.hannah)
    client.post(address("return_correct", at.december), {"reason": MISSING})
    autosave(client, at.hannah, at.december, cell("grade", una, "3b"))
    return una


def send(client, at, **more):
    version = client.get(address("return_check", at.december)).context["sheet_version"]
    return client.post(address("return_check", at.december), {"version": version} | more, follow=True)


def latest(at):
    return at.december.versions.last()


def test_what_is_missing_is_added_without_another_reason(client, at, una):
    page = text_of(client.get(address("return_check", at.december)))
    send(client, at)

    assert "a reason is needed" not in page
    assert (latest(at).number, latest(at).changed_because) == (2, "")
    assert at.december.versions.first().opened_for_missing


def test_another_grade_is_changed_only_with_a_reason_that_stays(client, at, una):
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "2c", base=1))

    page = text_of(client.get(address("return_check", at.december)))
    refused = send(client, at)
    state = DataReturn.objects.get(pk=at.december.pk).state
    done = text_of(send(client, at, reason="KB was marked on the wrong page."))

    assert "Why did you change the grade of Kayla Brand?" in page
    assert refused.status_code == 422
    assert "Say why the grade of Kayla Brand changed, or put back what was submitted." in text_of(refused)
    assert state == "open"
    assert (latest(at).number, latest(at).changed_because) == (2, "KB was marked on the wrong page.")
    assert "Why others than the missing ones: KB was marked on the wrong page." in done


def test_a_reason_with_a_name_is_asked_about(client, at, una):
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "2c", base=1))

    asked = send(client, at, reason="Kayla was marked on the wrong page.")

    assert "“Kayla” is the name of a target pupil." in text_of(asked)
    assert latest(at).number == 1


def test_a_change_that_was_put_back_needs_none(client, at, una):
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "2c", base=1))
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "3a", base=2))

    send(client, at)

    assert latest(at).number == 2


def test_a_correction_has_its_reason_already(client, at, una):
    send(client, at)
    client.post(address("return_correct", at.december), {"reason": "KB was marked on the wrong page."})
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "2c", base=1))

    send(client, at)

    assert not at.december.versions.get(number=2).opened_for_missing
    assert latest(at).number == 3


def test_every_return_that_is_complete_has_its_button_in_the_list(client, at):
    for row in (at.march, at.summer):
        enter(client, at.hannah, row, at.places, DECEMBER)

    page = text_of(client.get(reverse("pupils:returns")))

    assert page.count("Enter grades for December") == 1
    assert page.count("Check and submit for March") == 1
    assert page.count("Check and submit for Summer") == 1


def test_the_page_asks_why_the_grades_are_opened_and_not_what_is_wrong_with_them(client, at, una):
    send(client, at)
    PlaceFactory(partnership=at.partnership, pupil=TargetPupilFactory(programme=at.programme, ref="C098"))
    count_returns(at.programme)

    missing = text_of(client.get(address("return_correct", at.december)))
    check = address("return_check", at.december)
    client.post(address("return_correct", at.december), {"reason": MISSING})
    links = client.get(check).content.decode()

    assert "Why are they opened again?" in missing
    assert "What has to be corrected" not in missing
    assert links.count(">Enter<span") == 1
