"""Letters that say what is not true any more: whoever issues letters reads it on Today."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.roles import Role
from funding.models import Release
from funding.services import letters, planning, releasing
from funding.tasks import make_letter
from tests.factories import MembershipFactory
from tests.money.funded import approve, fold, hand_in, release_of
from tests.reading import today

pytestmark = pytest.mark.django_db
TITLE = "A funding letter says what is not true any more"
ONE = f"{TITLE} October stage: to"


@pytest.fixture
def issued(approved):
    """Each school has its letter for October."""
    cache.clear()
    approved.stage = approved.stages[0]
    schools = set(Release.objects.filter(stage=approved.stage).values_list("school", flat=True))
    for letter in letters.issue(approved.Ruth, approved.plan, approved.stage, schools):
        make_letter(letter.pk)
    return approved


def issue_anew(money, *schools):
    for letter in letters.issue(money.Ruth, money.plan, money.stage, [school.pk for school in schools]):
        make_letter(letter.pk)


def test_whoever_issues_letters_reads_that_one_says_what_is_not_true_any_more(client, issued):
    release, school = issued.releases[1], issued.partnerships[0].partner_school
    office = [issued.Amira, issued.Tom, issued.Ruth]
    head = MembershipFactory(organisation=issued.organisation, role=Role.HEADTEACHER, school=school).user

    before = [TITLE in today(client, person) for person in office]
    releasing.take_approval_back(issued.Tom, release)
    then = [TITLE in today(client, person) for person in office]
    text = today(client, issued.Ruth)
    link = reverse("funding:letters", args=[issued.programme.slug, issued.stage.pk])
    linked = f'href="{link}"' in client.get(reverse("today")).content.decode()
    of_head = TITLE in today(client, head)
    issue_anew(issued, school)
    after = [TITLE in today(client, person) for person in office]

    assert (before, then, linked) == ([False] * 3, [True] * 3, True)
    assert f"{ONE} {school}. Issue a new one." in text
    assert not of_head
    assert after == [False] * 3


def test_what_is_approved_again_as_it_was_leaves_the_letter_true(client, issued):
    releasing.take_approval_back(issued.Tom, issued.releases[1])
    approve(issued.Tom, issued.plan, [release_of(issued.partnerships[0], issued.stage, "partner")])

    assert ONE not in today(client, issued.Ruth)


def test_more_that_is_released_since_makes_no_letter_untrue(client, issued):
    hand_in(issued.partnerships[0], issued.points[1])
    approve(issued.Tom, issued.plan, [release_of(issued.partnerships[0], issued.stages[1], "partner")])

    assert ONE not in today(client, issued.Ruth)


def test_a_hold_an_end_of_the_partnership_and_another_name_are_told(client, issued):
    first, second = issued.partnerships
    releasing.hold(issued.Amira, issued.releases[3], "A question")
    held = today(client, issued.Ruth)
    fold(issued, first)
    folded = today(client, issued.Ruth)

    def other():
        type(issued.plan).objects.filter(pk=issued.plan.pk).update(funder="Another fund")

    planning.change(issued.Amira, issued.plan, other, "It has another name")
    named = today(client, issued.Ruth)

    assert f"{ONE} {second.partner_school}. Issue a new one." in held
    assert "3 funding letters say what is not true any more October stage: to" in folded
    assert "4 funding letters say what is not true any more October stage: to" in named
    assert "and 3 more. Issue new ones." in named
