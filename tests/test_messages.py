"""Messages sent: what became of each mail, sending again, every kind in words, and what one may switch off."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.mail import KINDS, post
from accounts.models import AuditEvent, OutgoingMail
from reports.mails import DIGEST, NUDGE
from reports.roster.nudges import send_nudges
from tests.factories import UserFactory
from tests.reading import text_of
from tests.rosters import NOW, coordinator_of, late, partnership, rows, scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def at(client, today):
    """A mail that is waiting, one that was handed over, one that could not be delivered; and one of another place."""
    at = scene()
    at.p = partnership(at, "Fenwick Green", "Umar Mbeki", "Nia Holt")
    late(at, at.p)
    send_nudges(at.coordinator, rows(at)[0].nudges)
    at.nudge = OutgoingMail.objects.get()
    context = {"monday": NOW.date(), "parts": [], "things": 0, "dates": 2}
    at.sent = post(DIGEST, UserFactory(first_name="Hari", last_name="Crane"), context, organisation=at.organisation)
    OutgoingMail.objects.filter(pk=at.sent.pk).update(
        state="done", finished_at=timezone.now(), text="Words\nas they were"
    )
    OutgoingMail.objects.filter(pk=at.nudge.pk).update(state="failed", attempt=1, failure="No such address.")
    at.waiting = post(DIGEST, UserFactory(first_name="Ned", last_name="Lamb"), context, organisation=at.organisation)
    other = scene("Elsewhere")
    at.theirs = post(DIGEST, UserFactory(last_name="Stranger"), context, organisation=other.organisation)
    post(DIGEST, UserFactory(last_name="Between"), context, organisation=None)
    client.force_login(at.coordinator)
    return at


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Lamb", "Crane", "Holt"]),
        ("?q=nia", ["Holt"]),
        ("?q=nobody", []),
        ("?q=%00", ["Lamb", "Crane", "Holt"]),
        ("?kind=weekly_digest", ["Lamb", "Crane"]),
        ("?kind=nonsense&state=nonsense", ["Lamb", "Crane", "Holt"]),
        ("?state=waiting", ["Lamb"]),
        ("?state=sent", ["Crane"]),
        ("?state=failed&kind=roster_nudge", ["Holt"]),
    ],
)
def test_the_list_shows_the_organisations_mails_and_filters_them(client, at, query, names):
    page = client.get(reverse("accounts:mails") + query)

    assert sorted(mail.to.last_name for mail in page.context["object_list"]) == sorted(names)
    assert "Stranger" not in text_of(page)
    assert "Between" not in text_of(page)


def test_what_became_of_each_is_said_in_words(client, at):
    OutgoingMail.objects.filter(pk=at.waiting.pk).update(failure="The mail server could not be reached.")

    text = text_of(client.get(reverse("accounts:mails")))

    assert "Handed to the mail server on 27 January, 09:00" in text
    assert "Could not be delivered" in text
    assert "Waiting: The mail server could not be reached. Tried again at 09:00" in text
    assert "1 could not be delivered" in text


def test_the_page_of_a_mail_shows_its_words_as_they_were(client, at):
    text = text_of(client.get(at.sent.get_absolute_url()))
    failed = text_of(client.get(at.nudge.get_absolute_url()))

    assert "The mail as it was Words as they were" in text
    assert "Send again" not in text
    assert "No such address." in failed
    assert KINDS["roster_nudge"].when in failed.replace("&quot;", '"')
    assert client.get(at.theirs.get_absolute_url()).status_code == 404


def test_a_mail_that_failed_is_sent_again_to_the_address_that_the_person_has_now(client, at):
    at.nudge.to.email = "nia.new@schools.example"
    at.nudge.to.save()
    told = text_of(client.get(at.nudge.get_absolute_url()))

    client.post(reverse("accounts:mail_again", args=[at.nudge.pk]))

    at.nudge.refresh_from_db()
    assert "It goes to the address that Nia Holt has now: nia.new@schools.example." in told
    assert (at.nudge.state, at.nudge.attempt, at.nudge.failure) == ("queued", 0, "")
    assert at.nudge.address == "nia.new@schools.example"
    assert AuditEvent.objects.get(did="mail sent again").row == at.nudge.pk


def test_a_nudge_that_is_sent_again_rests_from_then_on(client, at, today):
    today.shift(dt.timedelta(days=4))
    client.force_login(at.coordinator)

    client.post(reverse("accounts:mail_again", args=[at.nudge.pk]))
    _, left_out = send_nudges(at.coordinator, rows(at)[0].nudges)

    assert [str(nudge.person) for nudge in left_out] == ["Nia Holt"]
    assert OutgoingMail.objects.filter(kind=NUDGE.key).count() == 1


def test_a_nudge_is_not_sent_again_beside_a_newer_one(client, at):
    send_nudges(at.coordinator, rows(at)[0].nudges)

    page = client.post(reverse("accounts:mail_again", args=[at.nudge.pk]), follow=True)

    at.nudge.refresh_from_db()
    assert at.nudge.state == "failed"
    assert "was nudged about this in the meantime" in text_of(page)


@pytest.mark.parametrize("name", ["sent", "waiting"])
def test_what_is_sent_or_waiting_is_not_sent_again(client, at, name):
    letter = getattr(at, name)
    before = OutgoingMail.objects.values().get(pk=letter.pk)

    page = client.post(reverse("accounts:mail_again", args=[letter.pk]), follow=True)

    assert OutgoingMail.objects.values().get(pk=letter.pk) == before
    assert "This mail is on its way or was sent already" in text_of(page)


def test_every_kind_of_mail_is_listed_in_words(client, at):
    text = text_of(client.get(reverse("accounts:mail_kinds")))

    assert all(kind.title in text and kind.who in text for kind in KINDS.values())
    assert "Invitation" in text
    assert "Sign-in code" in text
    assert f"{len(KINDS) + 8} kinds of mail, and no others." in text


def test_every_kind_has_a_template_with_a_friendly_end():
    from django.template.loader import get_template

    for kind in KINDS.values():
        end = get_template(kind.template).template.source.strip().splitlines()[-1]
        assert end == "Lesson Study" or "_footer.txt" in end, kind.key


def test_every_mail_greets_its_reader_by_the_whole_name():
    from django.template.loader import get_template

    for kind in KINDS.values():
        greeting = get_template(kind.template).template.source.strip().splitlines()[1]
        assert greeting == "Dear {{ to.first_name }} {{ to.last_name }},", kind.key


def test_a_person_switches_the_digest_off_and_on(client, at):
    person = coordinator_of(at.organisation, "Ruth", "Away")
    person.unwanted_mail = ["of.a.kind.that.is.gone"]
    person.save()
    client.force_login(person)
    url = reverse("accounts:mail_preferences")

    kept = []
    for wanted in ({}, {"wanted": "weekly_digest"}, {"wanted": "roster_nudge"}):
        client.post(url, wanted)
        person.refresh_from_db()
        kept.append(person.unwanted_mail)

    assert DIGEST.key in kept[0]
    assert DIGEST.key not in kept[1]
    assert kept[2] == kept[1]
    assert all("of.a.kind.that.is.gone" in each for each in kept)
    assert "Choose from the mails that are offered here." in text_of(client.get(reverse("accounts:account")))
