"""What a first user ran into: each sentence is where they looked for it."""

import datetime as dt

import pytest
import time_machine
from django.contrib.messages.storage.fallback import FallbackStorage
from django.urls import reverse

from accounts.models import School
from accounts.roles import Role
from programmes.calendar import calendar_of
from programmes.placing import moved_window
from programmes.views.telling import tell_proposed
from reports.models import SavedView
from tests.factories import (
    EventFactory,
    OrganisationFactory,
    PartnershipFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
)
from tests.term_dates import give_term_dates
from tests.world import build_world


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ours(client, db):
    ours = build_world()[0]
    client.force_login(ours.people[Role.COORDINATOR])
    return ours


def words(answer):
    return " ".join(answer.content.decode().split())


def test_the_change_of_an_event_that_was_cancelled_meanwhile_leads_to_the_event(client, ours):
    event = EventFactory(programme=ours.programme, status="cancelled", cancelled_because="Snow")
    address = reverse("events:change", args=[event.pk])

    opened, sent = client.get(address, follow=True), client.post(address, {"name": "Other"}, follow=True)
    client.force_login(ours.people[Role.SPECIALIST])
    teacher = client.get(address)

    for answer in (opened, sent):
        assert answer.redirect_chain == [(event.get_absolute_url(), 302)]
        assert "This event was cancelled, so nothing of it is changed" in words(answer)
    assert teacher.status_code == 403


def test_the_register_knows_the_name_of_the_head_who_is_invited(client, ours):
    School.objects.filter(pk=ours.school.pk).update(head_first_name="Ines", head_last_name="Marlow")
    address = reverse("accounts:invite")

    head = client.get(address, {"role": "headteacher", "urn": ours.school.urn}).context["form"].initial
    office = client.get(address, {"role": "office", "urn": ours.school.urn}).context["form"].initial

    assert (head["first_name"], head["last_name"]) == ("Ines", "Marlow")
    assert (office["first_name"], office["last_name"]) == ("", "")


def test_a_view_cannot_take_the_name_of_one_that_is_there_for_everybody(client, ours):
    before = SavedView.objects.count()

    refused = client.post(reverse("reports:view_save"), {"name": "by  school"})

    assert "The roster comes with a view “by school” already. Give yours another name." in words(refused)
    assert SavedView.objects.count() == before


def test_heads_who_are_not_told_are_a_warning_with_a_way_to_invite_each(rf, ours):
    request = rf.get("/")
    request.session, request._messages = {}, []
    request._messages = FallbackStorage(request)

    tell_proposed(request, "1 partnership is proposed.", [fresh_pair(ours)], "/back/")

    done, warning = list(request._messages)
    assert (done.level_tag, str(done)) == ("success", "1 partnership is proposed.")
    assert warning.level_tag == "warning"
    assert str(warning).startswith("2 heads cannot sign in yet and are not told. Invite the head of <a class=")
    assert [f"{name} &amp; Co</a>" in str(warning) for name in ("Ash", "Beech")] == [True, True]
    assert str(warning).count("role=headteacher&amp;urn=") == 2


def fresh_pair(ours):
    """A pair of two schools whose heads nobody has invited."""
    home, partner = SchoolFactory(name="Ash & Co"), SchoolFactory(name="Beech & Co")
    teacher = SpecialistTeacherFactory(programme=ours.programme, home_school=home)
    return PartnershipFactory(programme=ours.programme, specialist=teacher, partner_school=partner)


@pytest.mark.django_db
def test_a_window_that_is_cut_in_the_new_year_says_so():
    organisation = OrganisationFactory()
    long, short = [
        [
            ("Autumn 1", dt.date(year, 9, 1), dt.date(year, 10, end)),
            ("Autumn 2", dt.date(year, 11, 2), dt.date(year, 12, 17)),
            ("Spring 1", dt.date(year + 1, 1, 5), dt.date(year + 1, 2, 11)),
            ("Spring 2", dt.date(year + 1, 2, 21), dt.date(year + 1, 3, 25)),
            ("Summer 1", dt.date(year + 1, 4, 12), dt.date(year + 1, 5, 26)),
            ("Summer 2", dt.date(year + 1, 6, 6), dt.date(year + 1, 7, 20)),
        ]
        for year, end in ((2026, 23), (2027, 8))
    ]
    give_term_dates(organisation, long)
    give_term_dates(organisation, short)
    calendar, year = calendar_of(organisation.pk), dt.date(2027, 9, 1)

    cut = moved_window(dt.date(2026, 10, 5), dt.date(2026, 10, 16), calendar, calendar, year)
    whole = moved_window(dt.date(2026, 9, 7), dt.date(2026, 9, 18), calendar, calendar, year)

    assert cut.note == "Autumn 1 has 6 weeks: the window is cut to fit."
    assert whole.note == ""
