"""The pictures of Today: visits by month, and progress, which comes once the page is there."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.factories import VisitFactory
from tests.reading import text_of
from tests.world import build_world
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ours():
    """Our coordinator's programme; of its visits only those that a test makes are there."""
    corner = build_world()[0]
    Visit.objects.filter(partnership__programme=corner.programme).delete()
    corner.programme.timetable.update(half_days=0)
    return corner


def visit(ours, on, *, signed=False, **fields):
    made = VisitFactory(partnership=ours.partnership, on=on, **fields)
    if signed:
        Visit.objects.filter(pk=made.pk).update(
            recorded_at=timezone.now(), signed_off_at=timezone.now(), status=Visit.Status.TOOK_PLACE
        )
    return made


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CONSULTANT])
def test_visits_by_month_say_what_is_recorded_what_is_missing_and_what_is_to_come(client, ours, role):
    for day in (2, 3):
        visit(ours, dt.date(2026, 11, day), signed=True)
    visit(ours, dt.date(2026, 11, 4))
    Visit.objects.filter(pk=visit(ours, dt.date(2026, 11, 6)).pk).update(recorded_at=timezone.now())
    visit(ours, dt.date(2026, 11, 5), status=Visit.Status.CANCELLED, cancelled_because="Snow")
    visit(ours, dt.date(2026, 11, 30))
    visit(ours, dt.date(2027, 1, 12))
    client.force_login(ours.people[role])

    page = text_of(client.get(reverse("today")))

    assert "Signed off: 2 Recorded, not signed by both: 1 Without a record: 1 To come: 2 No half-day yet: 0" in page
    assert "Nov 2026 2 of 5 signed off, 1 recorded, not signed by both, 1 to come, 1 without a record" in page
    assert "Jan 2027 1 of 1 have a half-day" in page
    assert "Counted on 27 November 2026 at " in page


def test_a_visit_of_the_timetable_without_a_half_day_counts_where_its_window_ends(client, ours):
    step = ours.programme.timetable.filter(type="visit", required=True).first()
    step.half_days, step.window_start, step.window_end = 2, dt.date(2027, 2, 1), dt.date(2027, 3, 5)
    step.save()
    made = visit(ours, dt.date(2027, 3, 2))
    Visit.objects.filter(pk=made.pk).update(step=step)
    others = [p for p in ours.programme.partnerships.all() if p != ours.partnership and p.status == "active"]
    client.force_login(ours.people[Role.COORDINATOR])

    page = text_of(client.get(reverse("today")))

    assert f"No half-day yet: {1 + 2 * len(others)}" in page
    assert f"Mar 2027 1 of {2 + 2 * len(others)} have a half-day" in page


def test_progress_comes_once_the_page_is_there_and_names_nobody(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    url = reverse("reports:followed_brief", args=[ours.programme.slug])

    today = client.get(reverse("today")).content.decode()
    brief = client.get(url, headers={"HX-Request": "true"})
    whole = text_of(client.get(reverse("reports:followed", args=[ours.programme.slug])))

    assert f'hx-get="{url}"' in today
    said = re.findall(r'<(p|ul) class="ls-(?:lead|sums)[^>]*>(.*?)</\1>', brief.content.decode(), re.DOTALL)
    said = [" ".join(re.sub(r"<[^>]*>", " ", words).split()) for _, words in said]
    assert len(said) == 2
    assert all(words in whole for words in said)
    assert ours.place.pupil.ref not in brief.content.decode()
    assert client.get(url).url == reverse("reports:followed", args=[ours.programme.slug])
