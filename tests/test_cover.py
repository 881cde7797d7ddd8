"""Who is out of class: the page of the office and the head, and the mail of each Friday."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import OutgoingMail
from accounts.roles import Role
from tests.together import at_once
from tests.world import build_world
from visits import services
from visits.cover.weekly import order_cover_mails
from visits.models import CoverRun, Visit
from visits.tasks import write_cover_mails

FRIDAY = dt.date(2027, 1, 29)


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 29, 12, tzinfo=dt.UTC), tick=False):
        yield


def planned(partnership, on, half="am"):
    visit = Visit(partnership=partnership, kind="observation", on=on, half=half, host=partnership.partner_school)
    return services.keep_visit(None, visit, partnership.teachers, changes=[])


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.django_db
def test_the_page_has_the_teachers_of_the_own_school_week_by_week(client):
    ours = build_world()[0]
    planned(ours.partnership, dt.date(2027, 2, 3), "pm")
    client.force_login(ours.people[Role.OFFICE])

    page = text(client.get(reverse("visits:cover")))
    later = text(client.get(reverse("visits:cover"), {"from": "2027-03-10"}))
    odd = client.get(reverse("visits:cover"), {"from": "soon"})

    assert "1 half-day from Monday 25 January to Friday 5 March" in page
    assert "Wednesday 3 February Afternoon Ourside OursidePartner Here, with a visitor" in page
    assert "Specialist" not in page
    assert "Week of Monday 1 February" in page
    assert "Nobody is out of class for a visit from Monday 8 March to Friday 16 April." in later
    assert odd.status_code == 200


@pytest.mark.django_db
def test_on_friday_the_office_gets_the_next_two_weeks_once():
    ours = build_world()[0]
    for day in (1, 12, 15):
        planned(ours.partnership, dt.date(2027, 2, day))
    services.cancel_visit(None, planned(ours.partnership, dt.date(2027, 2, 2)), "Snow", changes=[])

    run, again = order_cover_mails(FRIDAY), order_cover_mails(FRIDAY)
    write_cover_mails(run.pk)
    write_cover_mails(run.pk)

    (mail,) = OutgoingMail.objects.filter(kind="cover_week")
    assert (run, mail.to) == (again, ours.people[Role.OFFICE])
    assert mail.subject == "Out of class from Monday 1 February: 2 half-days, Ourside Partner School"
    assert [line for line in mail.text.splitlines() if line.startswith(("- ", "Week"))] == [
        "Week of Monday 1 February",
        "- Monday 1 February 2027, morning: Ourside OursidePartner",
        "Week of Monday 8 February",
        "- Friday 12 February 2027, morning: Ourside OursidePartner",
    ]
    assert CoverRun.objects.get().state == "done"


@pytest.mark.django_db
def test_a_fortnight_in_which_nobody_is_out_brings_no_mail():
    ours = build_world()[0]
    planned(ours.partnership, dt.date(2027, 2, 15))

    write_cover_mails(order_cover_mails(FRIDAY).pk)

    assert not OutgoingMail.objects.filter(kind="cover_week").exists()


@pytest.mark.django_db(transaction=True)
def test_asked_for_by_two_at_once_it_is_one_run():
    runs = at_once(*[lambda: order_cover_mails(FRIDAY)] * 2)

    assert len({run.pk for run in runs}) == CoverRun.objects.count() == 1
