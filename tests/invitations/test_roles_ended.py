"""The people of an organisation: found on their page, and a role that ends."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from tests.factories import (
    MembershipFactory,
    UserFactory,
)
from tests.inviting import head_of, text

pytestmark = pytest.mark.django_db


def test_ending_a_role_ends_it_once_and_not_ones_own(client, amira, essex):
    other = MembershipFactory(role=Role.FINANCE, organisation=essex)
    own = amira.memberships.get()

    ended = client.post(reverse("accounts:end", args=[other.pk]), follow=True)
    again = client.post(reverse("accounts:end", args=[other.pk]), follow=True)
    mine = client.post(reverse("accounts:end", args=[own.pk]), follow=True)

    assert f"{other.user} is no longer finance officer at Essex." in text(ended)
    assert "no longer" not in text(again)
    assert "You cannot end this role." in text(mine)
    assert list(Membership.objects.live()) == [own]


def test_a_head_ends_deputies_and_the_office_and_nobody_else(client, essex, school):
    head = head_of(school, essex)
    deputy = head_of(school, essex, deputy=True, ends_on=dt.date(2027, 3, 31))
    office = MembershipFactory(role=Role.OFFICE, organisation=essex, school=school)
    teacher = MembershipFactory(role=Role.PARTNER, organisation=essex, school=school)

    def ended_by(user, *memberships):
        client.force_login(user)
        for membership in memberships:
            client.post(reverse("accounts:end", args=[membership.pk]))
        return set(Membership.objects.filter(ended_at=timezone.now()))

    assert ended_by(deputy.user, head, deputy, teacher) == set()
    assert ended_by(head.user, head, deputy, office, teacher) == {deputy, office}


def test_people_are_found_by_name_address_and_school(client, amira, essex, school):
    for first, last, place in (("Tom", "Adeyemi", school), ("Dele", "Marsh", None)):
        role = Role.PARTNER if place else Role.SPECIALIST
        user = UserFactory(first_name=first, last_name=last, email=f"{first.lower()}@x.example")
        MembershipFactory(user=user, role=role, organisation=essex, school=place)

    def found(query):
        return [str(m.user) for m in client.get(reverse("accounts:people") + query).context["object_list"]]

    assert found("?q=adey") == found("?q=jaywell+tom") == found("?q=TOM@x") == ["Tom Adeyemi"]
    assert found("?q=nobody%00here") == found("?who=new") == []
    assert len(found("")) == 3
