"""Each step of what is asked back names who takes the next, and can be gone back where nothing hangs on it yet."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from funding.models import Recovery
from funding.services import recovering
from funding.services.folding import money_after
from tests.money.funded import either, recovery_page, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2027, 1, 27)


def test_the_check_before_a_fold_says_whose_approval_is_taken_back(approved):
    first = approved.partnerships[0]

    said = money_after(first, dt.date(2027, 1, 26))

    words = f"£190.00 of the October stage, approved by {approved.Tom}, is worked out anew and approved again."
    assert words in said


def test_each_step_names_who_takes_the_next(client, folded):
    row = Recovery.objects.get(partnership=folded.first, side="partner")
    proposed = recovery_page(client, folded.Amira, row)
    client.force_login(folded.Amira)
    done = text_of(client.post(reverse("funding:recovery_ask", args=[row.pk]), follow=True))
    recovering.approve(folded.Martin, Recovery.objects.get(pk=row.pk))
    approved = recovery_page(client, folded.Amira, row)
    client.force_login(folded.Ruth)
    many = text_of(client.get(reverse("funding:recoveries", args=[folded.programme.slug])))

    assert f"{either(folded.Amira, folded.Ruth, folded.Una)} can ask for it" in proposed
    assert f"It is asked for. {either(folded.Tom, folded.Martin)} can approve it." in done
    words = f"Waiting for the school to pay it back. {either(folded.Ruth, folded.Una)} records it"
    assert words in approved
    assert words in many


def test_what_is_set_against_a_stage_can_be_paid_back_after_all(client, folded):
    first, second = folded.partnerships
    second.specialist.home_school = first.specialist.home_school
    second.specialist.save()
    recovering.set_against(folded.Ruth, folded.recovery, release_of(second, folded.stages[1], "specialist"))
    client.force_login(folded.Ruth)

    url = reverse("funding:recovery_take_off", args=[folded.recovery.pk])
    done, again = client.post(url, follow=True), client.post(url, follow=True)

    assert "No stage pays less for it any more: the school is to pay it back." in text_of(done)
    assert "Nothing has changed. It is not set against a stage." in text_of(again)
    folded.recovery.refresh_from_db()
    assert (folded.recovery.state, folded.recovery.offset_in) == ("approved", None)
