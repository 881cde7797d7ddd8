"""A funding letter holds while what it names stays: how it is said, wherever it is read, that it does not."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from funding.models import FundingLetter
from funding.services import letters, releasing
from funding.tasks import make_letter
from tests.money.funded import approve, hand_in, release_of
from tests.money.lettered import check, content_of, head_of, issue, pay_more, signed, url_of
from tests.pdfs import pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_of_a_school_and_stage_two_letters_never_hold(lettered):
    (letter,) = issue(lettered, lettered.school)
    (newer,) = issue(lettered, lettered.school, anew=True)

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        FundingLetter.objects.filter(pk=letter.pk).update(superseded_at=None, superseded_by=None)
    assert list(FundingLetter.objects.in_force()) == [newer]


def test_a_reissue_supersedes_the_earlier_letter_wherever_it_is_read(client, lettered):
    (first,) = issue(lettered, lettered.school)
    pay_more(lettered)
    stale = text_of(signed(client, lettered.Ruth).get(url_of(lettered)))
    (second,) = issue(lettered, lettered.school)
    first.refresh_from_db()

    words = " ".join(pages(content_of(client, second)))
    office = text_of(client.get(url_of(lettered)))
    letter = text_of(client.get(first.get_absolute_url()))
    head = text_of(
        signed(client, head_of(lettered, lettered.school)).get(reverse("funding:school", args=[lettered.school.urn]))
    )
    assert "Says what is not true any more" in stale
    assert (first.superseded_by, second.amount) == (second, 125)
    assert f"This letter supersedes {first.reference} of 27 January 2027, over £118.75" in words
    assert f"{first.reference} , £118.75: superseded by {second.reference}" in office
    assert f"This letter is superseded. On Wednesday 27 January 2027 {second.reference} took its place." in letter
    assert f"Superseded by {second.reference} on 27 January 2027" in head


def test_a_letter_stays_genuine_while_something_else_of_the_school_is_approved(client, money):
    """One school with two partnerships: the letter names the first, and the second is approved later."""
    first, second = money.partnerships
    second.partner_school = first.partner_school
    second.save()
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.stage, money.school = money.stages[0], first.partner_school
    own, other = (release_of(row, money.stage, "partner") for row in money.partnerships)
    approve(money.Tom, money.plan, [own])
    (letter,) = issue(money, money.school)
    head = head_of(money, money.school)

    approve(money.Tom, money.plan, [other])

    office = text_of(signed(client, money.Ruth).get(url_of(money)))
    page = text_of(signed(client, head).get(letter.get_absolute_url()))
    assert letters.verdict_on(letter.reference, letter.code) == "genuine"
    assert "1 letter is due" in office
    assert "Holds More has been released since: another letter is due" in office
    assert "Holds More has been released since: another letter is due" in page
    (newer,) = issue(money, money.school)
    assert newer.amount == 2 * letter.amount
    assert letters.verdict_on(letter.reference, letter.code) == "superseded"
    releasing.take_approval_back(money.Tom, own)
    assert letters.verdict_on(newer.reference, newer.code) == "stale"


def test_a_letter_whose_money_has_changed_is_said_not_to_hold_on_every_page(client, lettered):
    (letter,) = issue(lettered, lettered.school)
    (other,) = issue(lettered, lettered.partnerships[1].partner_school)
    head = head_of(lettered, lettered.school)
    releasing.take_approval_back(lettered.Tom, lettered.release)

    stale = "Says what is not true any more"
    office = text_of(signed(client, lettered.Ruth).get(letter.get_absolute_url()))
    still = text_of(client.get(other.get_absolute_url()))
    own = text_of(signed(client, head).get(letter.get_absolute_url()))
    money = text_of(client.get(reverse("funding:school", args=[lettered.school.urn])))
    public = check(letter.reference, letter.code)

    assert stale in text_of(signed(client, lettered.Ruth).get(url_of(lettered)))
    assert all(stale in page for page in (office, own, money))
    assert "This letter does not hold any more." in own
    assert stale not in still
    assert "This letter does not hold any more" in text_of(public)
    for secret in (str(lettered.school), "118.75", "October", lettered.programme.title, "approv"):
        assert secret not in public.content.decode()
    assert "This letter is genuine" in text_of(check(other.reference, other.code))
    assert letters.verdict_on(letter.reference, "2" * 12) == "unknown"
    approve(lettered.Tom, lettered.plan, [release_of(lettered.partnerships[0], lettered.stage, "partner")])
    assert letters.verdict_on(letter.reference, letter.code) == "genuine"


def test_a_letter_is_superseded_only_once_the_new_one_is_there(lettered):
    (first,) = issue(lettered, lettered.school)

    (second,) = letters.issue(lettered.Ruth, lettered.plan, lettered.stage, {lettered.school.pk}, anew=True)
    meanwhile = letters.verdict_on(first.reference, first.code), letters.verdict_on(second.reference, second.code)
    again = letters.issue(lettered.Ruth, lettered.plan, lettered.stage, {lettered.school.pk}, anew=True)
    make_letter(second.pk)

    assert meanwhile == ("genuine", "unknown")
    assert again == []
    assert letters.verdict_on(first.reference, first.code) == "superseded"
    assert letters.verdict_on(second.reference, second.code) == "genuine"


def test_what_is_taken_back_is_told_in_a_letter_over_nothing(client, lettered):
    issue(lettered, lettered.school)
    releasing.take_approval_back(lettered.Tom, lettered.release)

    (letter,) = issue(lettered, lettered.school)

    words = " ".join(pages(content_of(signed(client, lettered.Ruth), letter)))
    assert "£0.00 is released to your school for the October stage" in words
    assert "You get another letter once it is approved." in words
