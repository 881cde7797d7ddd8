"""Mails are rows: written with what they are about, sent by the worker, never twice in three days as a nudge."""

import datetime as dt
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts import mail
from accounts.mail import MailKind, NudgedLately, nudge, post, post_all
from accounts.models import OutgoingMail
from accounts.tasks import send_mail
from tests.factories import MembershipFactory, OrganisationFactory, PartnershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(tmp_path, settings):
    """A kind of mail that exists for one test."""
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    (tmp_path / "hello.txt").write_text("Hello {{ to.first_name }}\n\nIt is about {{ what }}.\n")
    yield MailKind("hello", "Hello", "Never", "Nobody", "hello.txt")
    del mail.KINDS["hello"]


class Refusing(EmailBackend):
    error = None

    def send_messages(self, messages):
        raise self.error


def refuse(settings, monkeypatch, error):
    settings.EMAIL_BACKEND = "tests.test_mail.Refusing"
    monkeypatch.setattr(Refusing, "error", error)


def test_a_mail_is_written_in_plain_text_and_sent_once(kind):
    person = UserFactory(first_name="D'Arcy & Co")
    letter = post(kind, person, {"what": "<x> & 'y'"}, about=person)

    send_mail(letter.pk)
    send_mail(letter.pk)

    letter.refresh_from_db()
    (sent,) = outbox.outbox
    assert (sent.subject, sent.body) == ("Hello D'Arcy & Co", "It is about <x> & 'y'.\n")
    assert (letter.state, letter.attempt, sent.to) == ("done", 1, [person.email])
    assert sent.extra_headers["Message-ID"] == letter.message_id


def test_a_calendar_file_comes_as_one(kind):
    letter = post(kind, UserFactory(), {}, calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", method="REQUEST")

    send_mail(letter.pk)

    part = outbox.outbox[0].message().get_payload()[1]
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"


def test_whoever_cannot_sign_in_or_wants_none_gets_none(kind, settings):
    optional = MailKind("hello", "Hello", "Never", "Nobody", "hello.txt", optional=True)
    asleep, weary, awake = UserFactory(is_active=False), UserFactory(unwanted_mail=["hello"]), UserFactory()

    written = post_all(optional, [(someone, {}) for someone in (asleep, weary, awake)])

    assert [letter.to for letter in written] == [awake]
    assert post(kind, weary, {}).to == weary
    assert post(kind, asleep, {}) is None


def test_nobody_is_nudged_twice_in_three_days_about_one_thing(kind):
    person, one, other = UserFactory(), PartnershipFactory(), PartnershipFactory()
    asked = {"organisation": OrganisationFactory(), "by": UserFactory()}
    start = dt.datetime(2027, 1, 25, 9, tzinfo=dt.UTC)

    with time_machine.travel(start, tick=False):
        first = nudge(kind, person, {}, about=one, **asked)
        nudge(kind, person, {}, about=other, **asked)
    with time_machine.travel(start + dt.timedelta(days=2, hours=23), tick=False), pytest.raises(NudgedLately) as told:
        nudge(kind, person, {}, about=one, **asked)
    with time_machine.travel(start + dt.timedelta(days=3), tick=False):
        nudge(kind, person, {}, about=one, **asked)

    assert told.value.mail == first
    assert OutgoingMail.objects.about(one).count() == 2


def test_a_nudge_that_could_not_be_sent_may_be_sent_again(kind):
    person, about, asked = UserFactory(), PartnershipFactory(), {"organisation": None, "by": None}
    first = nudge(kind, person, {}, about=about, **asked)
    OutgoingMail.objects.filter(pk=first.pk).update(state="failed")

    assert nudge(kind, person, {}, about=about, **asked)


@pytest.mark.parametrize(
    "error",
    [
        SMTPServerDisconnected("gone"),
        ConnectionRefusedError(),
        SMTPRecipientsRefused({"x@schools.example": (450, b"busy")}),
        SMTPDataError(451, b"try later"),
    ],
)
def test_trouble_is_put_off(kind, settings, monkeypatch, error):
    letter = post(kind, UserFactory(), {})
    refuse(settings, monkeypatch, error)

    send_mail(letter.pk)

    letter.refresh_from_db()
    assert letter.state == "queued"
    assert letter.failure
    assert letter.due_at > timezone.now()


NO_SUCH_ADDRESS = "The mail server does not take this address. Correct it, then send again."
NOT_TAKEN = "The mail server refused this mail, though not because of its address. The administrator is told."


@pytest.mark.parametrize(
    ("error", "is_of_the_address", "sentence"),
    [
        (SMTPRecipientsRefused({"x@schools.example": (550, b"no such user")}), True, NO_SUCH_ADDRESS),
        (SMTPSenderRefused(553, b"not yours to send from", "no-reply@localhost"), False, NOT_TAKEN),
        (SMTPDataError(554, b"listed as a sender of spam"), False, NOT_TAKEN),
    ],
)
def test_a_refused_address_is_the_coordinators_news_and_a_refused_sender_the_administrators(
    kind, settings, monkeypatch, error, is_of_the_address, sentence
):
    letter = post(kind, UserFactory(), {})
    refuse(settings, monkeypatch, error)

    send_mail(letter.pk)

    letter.refresh_from_db()
    assert (letter.state, letter.refused, letter.failure) == ("failed", is_of_the_address, sentence)


def test_after_four_attempts_it_says_that_it_could_not_be_sent(kind, settings, monkeypatch):
    letter = post(kind, UserFactory(), {})
    refuse(settings, monkeypatch, ConnectionRefusedError())

    for _ in range(4):
        OutgoingMail.objects.update(due_at=timezone.now())
        send_mail(letter.pk)

    letter.refresh_from_db()
    assert (letter.state, letter.attempt, letter.refused) == ("failed", 4, False)
    assert letter.failure == "The mail server could not be reached in 4 attempts."


def test_coordinators_see_the_mails_of_their_own_organisation(kind):
    ours, theirs = MembershipFactory(), MembershipFactory()
    letter = post(kind, UserFactory(), {}, organisation=ours.organisation)

    assert list(OutgoingMail.objects.allowed(ours.user, "mail.view")) == [letter]
    assert list(OutgoingMail.objects.allowed(theirs.user, "mail.view")) == []
