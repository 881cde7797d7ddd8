"""Approving, holding and waiving through the pages: who can, and what is refused in words."""

import pytest
from django.urls import reverse

from funding.models import Approval, Release
from funding.services import releasing
from programmes.models import DataReturn
from tests.money.funded import as_, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def approve_url(money):
    return reverse("funding:approve", args=[money.programme.slug])


def sent_by(page):
    """What the form of a check page sends when its button is pressed."""
    rows = page.context["rows"]
    return {
        "key": str(page.context["key"]),
        "release": [row.release.pk for row in rows],
        **{f"amount_{row.release.pk}": str(row.amount) for row in rows},
        "approve": "yes",
    }


def test_the_check_says_what_is_approved_what_is_left_and_who_pays(client, handed_in):
    page = as_(client, handed_in.Tom).get(approve_url(handed_in), {"release": [row.pk for row in handed_in.releases]})

    text = text_of(page)
    assert "Check before you approve 4 releases, £617.50" in text
    assert "£100,000.00 now, £99,382.50 after this" in text
    assert (
        "2 returns, complete and submitted on 16 October Entered and submitted by 2 teachers, none of them you" in text
    )
    assert "You cannot authorise the payment of what you approve" in text


def test_what_was_checked_is_approved_once_however_often_the_form_is_sent(client, handed_in):
    page = as_(client, handed_in.Tom).get(approve_url(handed_in), {"release": [row.pk for row in handed_in.releases]})
    form = sent_by(page)

    first = client.post(approve_url(handed_in), form)
    second = client.post(approve_url(handed_in), form)

    assert first.url == second.url == Approval.objects.get().get_absolute_url()
    assert "4 releases approved, £617.50" in text_of(client.get(first.url))
    assert set(Release.objects.filter(stage=handed_in.stages[0]).values_list("state", flat=True)) == {"approved"}


def test_grades_that_change_before_the_button_leave_everything_as_it_was(client, handed_in):
    page = as_(client, handed_in.Tom).get(approve_url(handed_in), {"release": [row.pk for row in handed_in.releases]})
    DataReturn.objects.filter(partnership=handed_in.partnerships[1], data_point=handed_in.points[0]).update(
        state="open"
    )

    refused = client.post(approve_url(handed_in), sent_by(page))

    text = text_of(refused)
    assert refused.status_code == 409
    assert "Nothing was approved: something has changed since you looked." in text
    assert "All grades for October are there, but nobody has submitted them." in text
    assert "Check before you approve 2 releases, £308.75" in text
    assert not Approval.objects.exists()


def test_who_entered_the_data_is_told_before_the_click_who_can(client, handed_in):
    data = DataReturn.objects.get(partnership=handed_in.partnerships[0], data_point=handed_in.points[0])
    data.entries.create(user=handed_in.Tom, grades=2)

    stage = text_of(
        as_(client, handed_in.Tom).get(
            reverse("funding:stage", args=[handed_in.programme.slug, handed_in.stages[0].pk])
        )
    )
    check = text_of(client.get(approve_url(handed_in), {"release": [row.pk for row in handed_in.releases]}))

    words = "You entered or submitted the grades behind it, so somebody else approves it."
    assert stage.count(f"{words} Martin {handed_in.Martin.last_name} can.") == 2
    assert "2 releases of what you chose are left out" in check
    assert f"Martin {handed_in.Martin.last_name} can." in check


def test_a_hold_and_a_waiver_stand_on_the_page_of_the_release(client, money):
    release = release_of(money.partnerships[0], money.stages[0], "partner")
    as_(client, money.Amira)

    client.post(reverse("funding:hold", args=[release.pk]), {"because": "New supplier number"})
    client.post(
        reverse("funding:waive", args=[release.pk]), {"condition": "data", "reason": "illness", "note": "In November"}
    )

    text = text_of(client.get(release.get_absolute_url()))
    assert "On hold from 27 January 2027" in text
    assert "Waived: The grades of the data point are complete and submitted. A teacher was ill for long: In Nov" in text
    client.post(reverse("funding:end_hold", args=[release.pk]))
    ended = text_of(client.get(release.get_absolute_url()))
    said = f"{money.Amira} put it on hold on 27 January 2027: “New supplier number”."
    assert f"{said} {money.Amira} ended that on 27 January 2027." in ended


@pytest.mark.parametrize("name", ["hold", "waive"])
def test_what_is_missing_in_a_form_of_a_release_stands_at_the_top_too(client, money, name):
    release = release_of(money.partnerships[0], money.stages[0], "partner")

    page = as_(client, money.Amira).post(reverse(f"funding:{name}", args=[release.pk]), {})

    assert page.status_code == 422
    assert "<title>Error: " in page.content.decode()
    assert "There is a problem" in text_of(page)


def test_a_head_reads_who_can_end_a_hold(client, handed_in, head):
    first = handed_in.partnerships[0]
    releasing.hold(handed_in.Amira, release_of(first, handed_in.stages[0], "partner"), "Wait a day")

    text = text_of(as_(client, head).get(reverse("funding:school", args=[first.partner_school.urn])))

    assert f"by {handed_in.Amira}: Wait a day. The coordinator or a budget holder can end it. You can ask them." in text


def test_a_budget_that_does_not_reach_is_said_before_the_button_and_there_is_none(client, handed_in):
    type(handed_in.plan).objects.filter(pk=handed_in.plan.pk).update(budget=200)
    as_(client, handed_in.Tom)

    page = client.get(approve_url(handed_in), {"release": [release.pk for release in handed_in.releases]})

    said = "nly £200.00 of the budget is left, and this comes to £617.50. Choose fewer, or raise it."
    assert f"O{said}" in text_of(page)
    assert "which is £2,270.00 more than the budget has" in text_of(page)
    assert 'name="approve"' not in page.content.decode()
    refused = client.post(approve_url(handed_in), sent_by(page))
    assert (refused.status_code, f"Nothing was approved: o{said}" in text_of(refused)) == (409, True)
    assert not Approval.objects.exists()
