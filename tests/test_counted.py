"""Whatever is counted while a page is asked for says when that was."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from tests.reading import text_of
from tests.world import build_world

pytestmark = pytest.mark.django_db


def test_every_page_of_figures_says_when_they_were_counted(client):
    ours = build_world()[0]
    slug = ours.programme.slug
    pages = {
        Role.COORDINATOR: [
            reverse("today"),
            reverse("reports:roster"),
            *(reverse(f"reports:{name}", args=[slug]) for name in ("results", "completeness", "followed")),
            reverse("visits:ledger", args=[slug]),
            reverse("funding:programme", args=[slug]),
        ],
        Role.HEADTEACHER: [
            reverse("today"),
            reverse("reports:partnership_followed", args=[ours.partnership.pk]),
            reverse("visits:ledger_school"),
            reverse("funding:school", args=[ours.school.urn]),
        ],
    }
    unsaid = []
    with time_machine.travel(dt.datetime(2026, 11, 27, 9, 5, tzinfo=dt.UTC), tick=False):
        for role, urls in pages.items():
            client.force_login(ours.people[role])
            unsaid += [url for url in urls if "Counted on 27 November 2026 at 09:05" not in text_of(client.get(url))]

    assert unsaid == []
