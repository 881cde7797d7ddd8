"""Until when pupil data is kept: the day of each programme, who changes it within which bounds, where it stands."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import KeepingChange, Programme
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2027, 1, 27, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(NOON, tick=False):
        yield


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def keep(client, programme, until, because="The evaluation ends then"):
    page = reverse("programmes:keeping", args=[programme.slug])
    return text(client.post(page, {"until": until, "because": because}, follow=True))


def a_programme(ends_on, **fields):
    return ProgrammeFactory(starts_on=ends_on - dt.timedelta(days=364), ends_on=ends_on, **fields)


def test_pupil_data_is_kept_for_twelve_months_after_the_year_unless_another_day_is_set():
    usual, leap = a_programme(dt.date(2025, 8, 31)), a_programme(dt.date(2024, 2, 29))
    longer = a_programme(dt.date(2025, 8, 31), kept_until=dt.date(2027, 8, 31))

    kept = [programme.pupils_kept_until for programme in (usual, leap, longer)]

    assert kept == [dt.date(2026, 8, 31), dt.date(2025, 2, 28), dt.date(2027, 8, 31)]
    assert [programme.is_past_its_date for programme in (usual, leap, longer)] == [True, True, False]


def test_those_past_their_date_are_found_and_a_draft_or_an_erased_one_is_none():
    active = {"status": Programme.Status.ACTIVE}
    past = [
        a_programme(dt.date(2026, 1, 26), **active),
        a_programme(dt.date(2026, 8, 31), kept_until=dt.date(2027, 1, 26), **active),
    ]
    a_programme(dt.date(2026, 1, 27), **active)
    a_programme(dt.date(2024, 8, 31), kept_until=dt.date(2027, 1, 27), **active)
    a_programme(dt.date(2024, 8, 31), erased_at=NOON, **active)
    a_programme(dt.date(2024, 8, 31), status=Programme.Status.DRAFT)

    found = Programme.objects.past_their_date(NOON.date())

    assert set(found) == set(past)
    assert all(programme.is_past_its_date for programme in found)


def test_the_coordinator_changes_the_day_with_a_reason_and_the_history_is_kept(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    page = keep(client, ours.programme, "31/12/2028")

    change = KeepingChange.objects.get()
    assert (change.before, change.after) == (dt.date(2028, 8, 31), dt.date(2028, 12, 31))
    assert "The pupil data is kept until 31 December 2028." in page
    assert "The evaluation ends then" in page
    assert AuditEvent.objects.filter(did="keeping changed", row=ours.programme.pk).count() == 1


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("1/9/2030", "Pupil data is kept for 3 years after the programme\u2019s year at most"),
        ("1/8/2027", "The programme still runs on that day"),
        ("31/8/2028", "It is kept until this day already"),
        ("soon", "day"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_with_what_to_do(client, ours, until, said):
    client.force_login(ours.people[Role.COORDINATOR])

    page = keep(client, ours.programme, until)

    assert said in page
    assert not KeepingChange.objects.exists()


def test_a_day_is_not_changed_without_a_reason(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    assert "Say why." in keep(client, ours.programme, "31/12/2028", because=" ")
    assert not KeepingChange.objects.exists()


def test_of_a_closed_programme_it_can_be_put_off_but_not_into_the_past(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    old = {"starts_on": dt.date(2024, 9, 1), "ends_on": dt.date(2025, 8, 31), "status": Programme.Status.CLOSED}
    Programme.objects.filter(pk=ours.programme.pk).update(**old)

    assert "That is past" in keep(client, ours.programme, "1/1/2027")
    assert "kept until 1 March 2027" in keep(client, ours.programme, "1/3/2027")


def test_once_no_day_is_left_the_page_says_so(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    old = {"starts_on": dt.date(2008, 9, 1), "ends_on": dt.date(2009, 8, 31)}
    Programme.objects.filter(pk=ours.programme.pk).update(**old)

    page = text(client.get(reverse("programmes:keeping", args=[ours.programme.slug])))

    assert "kept until 31 August 2010. That day is past." in page
    assert "the day cannot be moved any more" in page


def test_the_day_stands_on_every_page_of_a_pupil(client, ours):
    client.force_login(ours.people[Role.PARTNER])
    pages = [
        reverse("pupils:list"),
        *(reverse(f"pupils:{name}", args=[ours.pupil.pk]) for name in ("detail", "change")),
    ]
    pages += [
        reverse("pupils:choose", args=[ours.partnership.pk]),
        reverse("pupils:return", args=[ours.data_return.pk]),
        reverse("reports:partnership_followed", args=[ours.partnership.pk]),
    ]
    pages += [ours.programme.get_absolute_url(), reverse("reports:handover", args=[ours.partnership.pk])]

    without = [url for url in pages if "ept until 31 August 2028" not in text(client.get(url))]

    assert without == []
