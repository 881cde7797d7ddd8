"""Letters to the heads are made once, go out once, and nobody gets one twice unasked."""

import datetime as dt
import re

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.roles import Role
from jobs.models import Job
from programmes.models import HeadsLetter
from programmes.services.letters import order_letters, send_letters
from programmes.tasks import make_heads_letter
from tests.factories import (
    MembershipFactory,
)
from tests.heads_letters.reading import mails, make_all, send, text
from tests.together import at_once
from tests.world import build_world

pytestmark = pytest.mark.django_db


def test_making_twice_makes_one_and_a_change_makes_another(client, ours, coordinator):
    HeadsLetter.objects.all().delete()
    address = reverse("programmes:letters_make", args=[ours.programme.slug])
    count = ours.programme.partner_schools.filter(stage="joined").count()

    client.post(address)
    client.post(address)
    twice = HeadsLetter.objects.count()
    for letter in HeadsLetter.objects.all():
        make_heads_letter(letter.pk)
    same = client.post(address, follow=True)
    ours.listed_school.staff_funded = 7
    ours.listed_school.save()
    client.post(address)

    assert twice == count
    assert "Nothing has changed since these letters were made" in text(same)
    assert HeadsLetter.objects.count() == count + 1
    assert HeadsLetter.objects.filter(partner_school=ours.listed_school, state=Job.State.QUEUED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_make_one_letter_for_each_school():
    ours = build_world()[0]
    HeadsLetter.objects.all().delete()
    rows = list(ours.programme.partner_schools.filter(stage="joined"))

    ordered = at_once(*[lambda: order_letters(ours.people[Role.COORDINATOR], ours.programme, rows)] * 2)

    written = [letter.partner_school_id for letters in ordered for letter in letters]
    assert sorted(written) == sorted(row.pk for row in rows)


def test_the_worker_writes_the_file_and_says_that_it_is_ready(client, ours, coordinator):
    HeadsLetter.objects.all().delete()
    (letter,) = order_letters(coordinator, ours.programme, [ours.listed_school])

    make_heads_letter(letter.pk)

    letter.refresh_from_db()
    answer = client.get(reverse("programmes:letter_download", args=[letter.pk]))
    content = b"".join(answer.streaming_content)
    assert (letter.state, letter.size) == (Job.State.DONE, len(content))
    assert letter.pages == len(pypdfium2.PdfDocument(content))
    assert answer["Content-Disposition"] == (
        f'attachment; filename="heads-letter-{ours.programme.slug}-{ours.school.urn}.pdf"'
    )


def test_the_letter_goes_to_the_heads_who_can_sign_in_and_the_page_says_who_does_not_get_it(client, ours, coordinator):
    MembershipFactory(
        role=Role.HEADTEACHER,
        organisation=ours.organisation,
        school=ours.school,
        user__email="deputy@schools.example",
        deputy=True,
        ends_on=dt.date(2099, 7, 31),
    )
    MembershipFactory(
        role=Role.HEADTEACHER,
        organisation=ours.organisation,
        school=ours.school,
        user__email="asleep@schools.example",
        user__is_active=False,
    )
    make_all(coordinator, ours.programme)

    page = text(client.get(reverse("programmes:letters_send", args=[ours.programme.slug])))
    answer = send(client, ours.programme)

    expected = ["deputy@schools.example", "nextdoorheadteacher@schools.example", "oursideheadteacher@schools.example"]
    assert "Check before 3 letters go out" in page
    assert re.search("Ourside Waiting School</a></th> *<td[^>]*>No headteacher of this school can sign in.", page)
    assert "3 heads get a mail with a link to the letter." in text(answer)
    assert mails() == expected
    mail = OutgoingMail.objects.filter(to__email="oursideheadteacher@schools.example").get()
    letter = ours.listed_school.letters.order_by("-pk").first()
    assert letter.get_absolute_url() in mail.text
    assert mail.subject == "The year ahead for Ourside Partner School: Ourside programme 2026-27"
    assert (mail.calendar, mail.organisation, mail.by) == ("", ours.organisation, coordinator)


def test_nobody_gets_the_same_letter_twice_unless_it_is_asked_for(client, ours, coordinator):
    make_all(coordinator, ours.programme)
    send(client, ours.programme)
    once = mails()

    unasked = send(client, ours.programme)
    page = client.get(reverse("programmes:letters_send", args=[ours.programme.slug]), {"again": "yes"})
    asked_at = page.context["asked_at"]
    send(client, ours.programme, again="yes", asked_at=asked_at)
    again = mails()
    send(client, ours.programme, again="yes", asked_at=asked_at)

    assert "Nothing was sent: whoever can get a letter has it already." in text(unasked)
    assert once == ["nextdoorheadteacher@schools.example", "oursideheadteacher@schools.example"]
    assert again == sorted(once * 2)
    assert mails() == again


def test_a_letter_that_says_what_is_not_true_any_more_does_not_go_out(client, ours, coordinator):
    make_all(coordinator, ours.programme)
    ours.listed_school.staff_funded = 9
    ours.listed_school.save()

    page = text(client.get(reverse("programmes:letters_send", args=[ours.programme.slug])))
    send(client, ours.programme)

    assert "The letter says something else today: make it again." in page
    assert mails() == ["nextdoorheadteacher@schools.example"]


def test_one_letter_can_be_sent_alone(client, ours, coordinator):
    make_all(coordinator, ours.programme)

    send(client, ours.programme, school=ours.listed_school.pk)

    assert mails() == ["oursideheadteacher@schools.example"]


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_each_letter_once():
    ours = build_world()[0]
    coordinator = ours.people[Role.COORDINATOR]
    make_all(coordinator, ours.programme)
    rows = list(ours.programme.partner_schools.filter(stage="joined"))

    at_once(*[lambda: send_letters(coordinator, ours.programme, rows)] * 2)

    assert mails() == ["nextdoorheadteacher@schools.example", "oursideheadteacher@schools.example"]


def test_a_head_reaches_the_own_letter_once_it_was_sent(client, world):
    ours, next_door, _ = world
    HeadsLetter.objects.filter(pk=ours.letter.pk).update(sent_at=None)
    client.force_login(ours.people[Role.HEADTEACHER])
    addresses = [reverse("programmes:letter", args=[c.letter.pk]) for c in (ours, next_door)]

    unsent = [client.get(address).status_code for address in addresses]
    HeadsLetter.objects.filter(pk=ours.letter.pk).update(sent_at=timezone.now())
    sent = [client.get(address).status_code for address in addresses]

    assert unsent == [404, 404]
    assert sent == [200, 404]


def test_the_own_words_of_the_coordinator_stand_at_the_top(client, ours, coordinator):
    client.post(
        reverse("programmes:letters", args=[ours.programme.slug]),
        {"heads_letter_words": "Welcome to the second year.\r\n\r\nIt is <good>. New:\r\n- [two] visits\r\n- one form"},
    )

    page = text(client.get(reverse("programmes:letter_preview", args=[ours.listed_school.pk])))

    assert '<p class="govuk-body">Welcome to the second year.</p>' in page
    assert '<p class="govuk-body">It is &lt;good&gt;. New:</p>' in page
    assert '<ul class="govuk-list govuk-list--bullet plain"><li>[two] visits</li><li>one form</li></ul>' in page


def test_a_failed_letter_says_so_and_can_be_tried_again(client, ours, coordinator):
    HeadsLetter.objects.filter(pk=ours.letter.pk).update(state=Job.State.FAILED, failure="The disk is full.", file="")

    page = text(client.get(ours.letter.get_absolute_url()))
    answer = client.post(
        reverse("programmes:letters_make", args=[ours.programme.slug]), {"school": ours.listed_school.pk}
    )

    newest = ours.listed_school.letters.order_by("-pk").first()
    assert "The letter could not be made." in page
    assert "The disk is full." in page
    assert answer["Location"] == newest.get_absolute_url()
    assert newest.pk != ours.letter.pk
