"""Copying a programme to the next year in the browser: what is asked, what is offered, what is said beforehand."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Partnership, Programme
from programmes.services import life, timetables
from programmes.services.copying import Carry
from tests.copies import in_term
from tests.factories import PartnershipFactory
from tests.reading import text_of
from tests.term_dates import YEAR_2027, give_term_dates, hidden, lines
from tests.timetables import template_called
from tests.world import build_world

Status = Partnership.Status


@pytest.fixture
def ours(db):
    ours = build_world()[0]
    timetables.place_template(ours.people[Role.COORDINATOR], ours.programme, template_called("Essex 2008-09"))
    return ours


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


def test_from_the_programme_to_the_draft_in_six_actions_with_the_term_dates_to_enter(coordinator, ours):
    address = reverse("programmes:copy", args=[ours.programme.slug])

    ask = coordinator.get(address)  # 1: “Copy to another year”
    (year, enter), *_ = ask.context["without_dates"]
    coordinator.get(enter)  # 2: “Enter those of 2027-28”
    look = coordinator.post(
        enter, {"way": "paste", "pasted": lines(YEAR_2027), "next": address}
    )  # 3: pasted, looked at
    back = coordinator.post(enter, hidden(look) | {"save": "", "next": address})  # 4: “Save the term dates”
    coordinator.get(back.url)
    look = coordinator.post(
        back.url, {"name": "Ourside again", "year": year, "carry": "embedding", "look": ""}
    )  # 5: “Look at the copy”
    done = coordinator.post(address, hidden(look) | {"copy": ""})  # 6: “Make the copy”
    again = coordinator.post(address, hidden(look) | {"copy": ""}, follow=True)

    copy = Programme.objects.get(copied_from=ours.programme)
    assert back.url == address
    assert done.url == reverse("programmes:set_up", args=[copy.slug])
    assert "had been made already" in again.content.decode()
    assert copy.partnerships.count() == ours.programme.partnerships.count() == 2
    assert all(in_term(s.window_start, YEAR_2027) for s in copy.timetable.all())
    assert "Ourside again 2027-28" in again.content.decode()


def test_a_year_without_term_dates_is_asked_for_and_the_choices_are_still_there(coordinator, ours):
    address = reverse("programmes:copy", args=[ours.programme.slug])
    row = f"carry_{ours.partnership.pk}"

    response = coordinator.post(
        address, {"name": "Next", "year": "2027-28", "carry": "embedding", row: "completed", "look": ""}
    )

    form = response.context["form"]
    assert form.errors == {"year": ["Enter the term dates of 2027-28 first: every date is placed on them."]}
    assert (form["name"].value(), form[row].value()) == ("Next", "completed")
    assert not Programme.objects.filter(copied_from=ours.programme).exists()


def test_what_a_partnership_cannot_become_is_refused(coordinator, ours):
    give_term_dates(ours.organisation, YEAR_2027)
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=Status.PROPOSED)
    address = reverse("programmes:copy", args=[ours.programme.slug])
    row = f"carry_{ours.partnership.pk}"
    given = {"name": "Next", "year": "2027-28", "carry": "completed"}

    crafted = coordinator.post(address, given | {row: "completed", "copy": ""})
    for_all = coordinator.post(address, given | {"look": ""})

    assert crafted.context["form"].errors[row] == [f"{ours.partnership.ref}: choose from what is offered."]
    assert for_all.context["form"].choices[ours.partnership.pk] == Carry.LEFT
    assert not Programme.objects.filter(copied_from=ours.programme).exists()


def test_a_closed_programme_can_be_copied_and_keeps_its_partnerships_as_they_are(coordinator, ours):
    give_term_dates(ours.organisation, YEAR_2027)
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)
    address = reverse("programmes:copy", args=[ours.programme.slug])

    coordinator.post(address, {"name": "Next", "year": "2027-28", "carry": "embedding", "copy": ""})

    copy = Programme.objects.get(copied_from=ours.programme)
    assert {p.status for p in copy.partnerships.all()} == {Status.EMBEDDING}
    assert {p.status for p in ours.programme.partnerships.all()} == {Status.ACTIVE}


@pytest.fixture
def stopped(ours):
    """One of the two partnerships paused, the other folded, each with its day and its reason."""
    give_term_dates(ours.organisation, YEAR_2027)
    paused, folded = ours.programme.partnerships.order_by("pk")
    with time_machine.travel(dt.datetime(2027, 3, 8, 12, tzinfo=dt.UTC), tick=False):
        life.move(None, paused, Status.PAUSED, on=dt.date(2027, 3, 1), reason="Illness or long absence")
        life.move(None, folded, Status.FOLDED, on=dt.date(2027, 3, 8), reason="Staff change")
        yield paused, folded


def test_one_that_is_paused_or_has_folded_stays_behind_unless_it_is_chosen_itself(client, ours, stopped):
    active = PartnershipFactory(programme=ours.programme, ref="GOES", specialist=ours.partnership.specialist)
    paused, folded = stopped
    client.force_login(ours.people[Role.COORDINATOR])
    address = reverse("programmes:copy", args=[ours.programme.slug])
    given = {"name": "Next", "year": "2027-28", "carry": "embedding", f"carry_{active.pk}": ""}

    ask = text_of(client.get(address))
    look = client.post(address, given | {"look": ""})
    by_itself = client.post(
        address, given | {f"carry_{paused.pk}": "embedding", f"carry_{folded.pk}": "again", "look": ""}
    )

    assert "Since Monday 1 March 2027: Illness or long absence" in ask
    assert "On Monday 8 March 2027: Staff change" in ask
    assert "Those that are paused or have folded stay behind, unless you say otherwise of one of them below." in ask
    assert look.context["form"].choices == {
        active.pk: Carry.EMBEDDING,
        paused.pk: Carry.LEFT,
        folded.pk: Carry.LEFT,
    }
    assert f"{paused.ref}, {paused.partner_school} (paused now)" in text_of(look)
    assert by_itself.context["form"].choices == {
        active.pk: Carry.EMBEDDING,
        paused.pk: Carry.EMBEDDING,
        folded.pk: Carry.AGAIN,
    }
    assert f"{folded.ref}, {folded.partner_school} (has folded)" in text_of(by_itself)


def test_where_all_are_paused_or_folded_nothing_is_asked_for_all_of_them(client, ours, stopped):
    client.force_login(ours.people[Role.COORDINATOR])
    address = reverse("programmes:copy", args=[ours.programme.slug])

    form = client.get(address).context["form"]
    client.post(address, {"name": "Next", "year": "2027-28", "copy": ""})

    assert "carry" not in form.fields
    assert not Programme.objects.get(copied_from=ours.programme).partnerships.exists()


def test_what_a_copy_does_while_the_old_year_goes_on_is_said_before_it_is_made(client, ours):
    give_term_dates(ours.organisation, YEAR_2027)
    address = reverse("programmes:copy", args=[ours.programme.slug])
    given = {"name": "Next", "year": "2027-28", "look": ""}
    said = {}

    for day in ((2027, 5, 26), (2027, 9, 1)):
        with time_machine.travel(dt.datetime(*day, 12, tzinfo=dt.UTC), tick=False):
            client.force_login(ours.people[Role.COORDINATOR])
            for carry in ("embedding", "completed"):
                said[day[1], carry] = client.post(address, given | {"carry": carry}).context["early"]

    draft = "It goes on as it is. The copy stays a draft that nobody at the schools sees, until you start it."
    assert said == {
        (5, "embedding"): [draft],
        (5, "completed"): [
            draft,
            "2 partnerships of it are marked as completed today, Wednesday 26 May 2027, and no visit can be planned "
            "there any more.",
        ],
        (9, "embedding"): [],
        (9, "completed"): [],
    }
