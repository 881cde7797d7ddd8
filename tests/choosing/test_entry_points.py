"""Where teachers meet that target pupils are still to be chosen: Today, the list of pupils, the partnership."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.choosing.lists import text
from tests.factories import PartnershipFactory

pytestmark = pytest.mark.django_db


def test_a_partnership_without_pupils_leads_to_choosing_them(client, choosing, ours):
    teacher = ours.people[Role.PARTNER]
    fields = {"programme": ours.programme, "partner_school": ours.school, "partner_teacher": teacher}
    lacking = PartnershipFactory(subject="writing", year_group=4, status="active", **fields)
    PartnershipFactory(subject="reading", status="folded", ended_on=dt.date(2026, 11, 1), **fields)
    address = reverse("pupils:choose", args=[lacking.pk])

    pages = [client.get(page) for page in (reverse("today"), reverse("pupils:list"), lacking.get_absolute_url())]

    assert [f'href="{address}"' in page.content.decode() for page in pages] == [True] * 3
    today, pupils, _ = map(text, pages)
    assert today.count("Choose the target pupils") == 1
    assert "Choose the target pupils: Writing, Year 4" in today
    assert "October grades were due on 16 October" in today
    assert "1 partnership has no target pupils yet" in pupils


def test_a_head_is_not_asked_to_choose(client, choosing, ours):
    PartnershipFactory(programme=ours.programme, partner_school=ours.school, status="active")
    client.force_login(ours.people[Role.HEADTEACHER])

    pages = [text(client.get(reverse(name))) for name in ("today", "pupils:list")]

    assert ["Choose the target pupils" in page for page in pages] == [False, False]
