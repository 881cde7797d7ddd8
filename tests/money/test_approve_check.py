"""The page before an approval, on which the second person relies: what it says of the grades is true of each."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse

from funding.models import Release, Waiver
from programmes.models import DataReturn
from programmes.services import life
from tests.money.funded import approve, hand_in, held, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def check(client, money, *releases):
    client.force_login(money.Tom)
    url = reverse("funding:approve", args=[money.programme.slug])
    return text_of(client.get(url, {"release": [release.pk for release in releases]}))


def waived(money, partnership, received):
    """The October release of its partner school, with so many grades in and the condition waived."""
    DataReturn.objects.filter(partnership=partnership, data_point=money.points[0]).update(assessed=received)
    release = release_of(partnership, money.stages[0], "partner")
    Waiver.objects.create(release=release, condition="data", reason="illness", by=money.Amira)
    return release


def test_grades_that_were_waived_are_not_said_to_be_submitted(client, money):
    release = waived(money, money.partnerships[0], 3)

    text = check(client, money, release)

    assert "complete and submitted" not in text.split("Waived conditions")[0]
    assert f"P001: 3 of 4, not submitted; condition waived by {money.Amira}" in text
    assert "with a file" not in text
    assert "A teacher was ill for long".lower() in text


def test_returns_that_are_in_are_counted_apart_from_those_that_are_not(client, money):
    first, second = money.partnerships
    hand_in(second, money.points[0], entered=[second.specialist.user])
    release = waived(money, first, 4)

    text = check(client, money, release, release_of(second, money.stages[0], "partner"))

    assert "1 return, complete and submitted on 16 October Entered and submitted by 1 teacher, none of them you" in text
    assert f"P001: 4 of 4, not submitted; condition waived by {money.Amira}" in text


def test_of_a_partnership_that_folded_it_says_that_no_grades_are_asked_for(client, money):
    first = money.partnerships[0]
    held(money, first, "Visit 1")
    life.move(money.Amira, first, "folded", on=dt.date(2027, 1, 26), reason="Staff change")
    release = Release.objects.get(partnership=first, state="open")

    text = check(client, money, release)

    assert "complete and submitted" not in text
    assert "P001: no target pupils, and none are asked for: the partnership has folded" in text


def test_of_each_release_it_says_who_submitted_the_grades_or_that_they_were_loaded_from_a_file(client, money):
    first, second = money.partnerships
    hand_in(second, money.points[0])
    DataReturn.objects.filter(partnership=second, data_point=money.points[0]).update(submitted_by=None)
    loaded, not_in = release_of(second, money.stages[0], "partner"), waived(money, first, 3)

    client.force_login(money.Tom)
    url = reverse("funding:approve", args=[money.programme.slug])
    html = client.get(url, {"release": [loaded.pk, not_in.pk]}).content.decode()

    cells = re.findall(r'data-label="Submitted by">(.*?)</td>', html)
    assert sorted(cells) == ["From a file that was loaded on Fri 16 Oct", "Nobody yet"]
    hand_in(second, money.points[0])
    html = client.get(url, {"release": [loaded.pk]}).content.decode()
    assert f'data-label="Submitted by">{second.specialist.user}, Fri 16 Oct</td>' in html


def test_what_was_submitted_before_a_partnership_folded_names_who_submitted_it(client, money):
    first = money.partnerships[0]
    hand_in(first, money.points[0], entered=[first.specialist.user])
    held(money, first, "Visit 1")
    life.move(money.Amira, first, "folded", on=dt.date(2027, 1, 26), reason="Staff change")
    own = DataReturn.objects.filter(partnership=first, data_point=money.points[0])
    own.update(expected=4, assessed=4, state="submitted")
    release = Release.objects.get(partnership=first, state="open")

    text = check(client, money, release)

    assert "Entered and submitted by 1 teacher" in text
    assert f"{first.specialist.user}, Fri 16 Oct" in text


def test_amounts_are_counted_by_side(client, money):
    releases = []
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
        releases += [release_of(partnership, money.stages[0], side) for side in ("specialist", "partner")]

    text = check(client, money, *releases)

    assert "Partner school: 2 at \u00a3118.75 Specialist teacher\u2019s school: 2 at \u00a3190.00" in text


def test_a_release_that_is_approved_is_said_to_be_so_in_order(client, money):
    hand_in(money.partnerships[0], money.points[0])
    release = release_of(money.partnerships[0], money.stages[0], "partner")
    approve(money.Martin, money.plan, [release])

    text = check(client, money, release)

    words = (
        f"It is already approved, waiting for finance to pay. Approved by {money.Martin} on 27 January 2027 at 09:00."
    )
    assert words in text
    releases = {"release": [release.pk], f"amount_{release.pk}": "118.75", "key": str(uuid.uuid4()), "approve": "yes"}
    client.force_login(money.Martin)
    again = client.post(reverse("funding:approve", args=[money.programme.slug]), releases)
    assert again.status_code == 409
    assert text_of(again).count("It is already approved") == 1
    assert "Approved by you on 27 January 2027 at 09:00." in text_of(again)
