"""Before a fold its check says what it means for the money; after it the sum that is asked back can be checked."""

import datetime as dt

import pytest
from django.urls import reverse

from funding.models import Recovery, Release
from funding.services import releasing
from funding.services.folding import money_after
from programmes.models import Partnership
from tests.money.funded import approve, fold, hand_in, release_of
from tests.money.test_stage_report import figures_of, words_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 1, 26)


def test_the_check_before_a_fold_says_what_it_means_for_the_money_and_changes_nothing(client, paid):
    first = paid.partnerships[0]
    states = list(Release.objects.order_by("pk").values_list("pk", "state"))
    client.force_login(paid.Amira)
    last = first.steps.last()

    sent = {"on": "26/1/2027", "reason": "Staff change", "note": "", "seen": last.pk if last else ""}
    page = client.post(reverse("programmes:move", args=[first.pk, "folded"]), sent)

    text = text_of(page)
    assert "£308.75 is paid or with finance for it." in text
    assert "No money is paid any more for December, March and Summer" in text
    assert f"£95.00 is asked back from {first.specialist.home_school}, once somebody asks for it." in text
    assert f"£118.75 is asked back from {first.partner_school}, once somebody asks for it." in text
    assert list(Release.objects.order_by("pk").values_list("pk", "state")) == states
    assert not Recovery.objects.exists()
    assert Partnership.objects.get(pk=first.pk).status != "folded"


def test_what_was_said_is_what_happens(paid):
    first = paid.partnerships[0]
    said = money_after(first, DAY)

    fold(paid, first)

    for row in Recovery.objects.all():
        assert f"£{row.amount} is asked back from {row.school}, once somebody asks for it." in said


def test_the_sum_that_is_asked_back_can_be_checked(client, paid):
    fold(paid, paid.partnerships[0])
    row = Recovery.objects.get(side="specialist")
    client.force_login(paid.Amira)

    text = text_of(client.get(reverse("funding:recovery", args=[row.pk])))

    assert "2 paid, 1 used, by the release ledger of visits, and 0 at events, by their registers" in text
    assert "2 less 1 less 0 is 1: at £95.00 for a half-day, £95.00" in text


def test_the_report_of_a_stage_says_what_is_approved_and_on_hold(october):
    second = october.partnerships[1]
    hand_in(second, october.points[0])
    release = release_of(second, october.stages[0], "specialist")
    approve(october.Tom, october.plan, [release])
    releasing.hold(october.Martin, release, "New supplier number")

    words = words_of(figures_of(october))

    assert "£190.00 in 1 more release is approved and on hold: the budget counts it as approved." in words
    assert "what was approved before stays at the rate of its day" in words
