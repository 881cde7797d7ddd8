"""The pages on which visits are confirmed, moved, swapped and other times proposed, as people use them."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.factories import PartnershipFactory
from tests.world import build_world
from visits import services
from visits.models import Booking, ProposedTime, Visit

pytestmark = pytest.mark.usefixtures("one_day")


@pytest.fixture
def ours(db):
    world = build_world()[0]
    world.visit.bookings.all().delete()
    world.visit.proposed_times.all().delete()
    return world


@pytest.fixture
def as_role(client, ours):
    def sign_in(role):
        client.force_login(ours.people[role])
        return ours.people[role]

    return sign_in


def planned(partnership, on, half="am", by=None):
    visit = Visit(partnership=partnership, kind="observation", on=on, half=half, host=partnership.partner_school)
    return services.keep_visit(by, visit, partnership.teachers, changes=[])


def feb(day):
    return dt.date(2027, 2, day)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def post(client, name, visit, **form):
    return client.post(reverse(f"visits:{name}", args=[visit.pk]), form, follow=True)


def test_a_move_onto_a_half_day_that_was_taken_keeps_the_choice_and_says_who_is_booked_where(client, ours, as_role):
    vera = as_role(Role.SPECIALIST)
    visit = planned(ours.partnership, feb(3))
    second = PartnershipFactory(programme=ours.programme, specialist=ours.specialist)
    planned(second, feb(10), "pm")

    answer = post(client, "move", visit, on="10/2/2027", half="pm", reason="A trip", seen=0)

    sentence = f"{vera} is booked on Wednesday 10 February, afternoon: observation at {second.partner_school}."
    assert sentence in text(answer)
    assert 'value="10/2/2027"' in answer.content.decode()
    assert 'value="A trip"' in answer.content.decode()
    assert Visit.objects.get(pk=visit.pk).on == feb(3)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"on": "3/2/2027", "half": "am"}, "The visit is on this half-day already. Choose another one."),
        ({"on": "13/2/2027"}, "13 February 2027 is a Saturday. Give a weekday."),
        ({"on": "1/9/2027"}, "This day is outside the programme's year"),
        ({"on": "26/3/2027"}, "Friday 26 March is no school day at Ourside Partner School. Choose another day."),
        ({"on": "", "half": ""}, "Choose the morning or the afternoon."),
        ({"seen": 7}, "Someone else changed this visit a moment ago, so nothing was saved."),
    ],
)
def test_a_move_that_cannot_be_is_refused_with_its_reason(client, ours, as_role, typed, sentence):
    as_role(Role.SPECIALIST)
    visit = planned(ours.partnership, feb(3))

    answer = post(client, "move", visit, **({"on": "10/2/2027", "half": "pm", "seen": 0} | typed))

    assert sentence in text(answer)
    assert Visit.objects.get(pk=visit.pk).on == feb(3)


def test_a_late_change_is_told_before_the_button_and_in_the_history(client, ours, as_role):
    as_role(Role.SPECIALIST)
    near, far = planned(ours.partnership, dt.date(2027, 1, 29)), planned(ours.partnership, feb(3))
    late = "The visit is at most two school days away"

    asked = {name: late in text(client.get(reverse(f"visits:{name}", args=[near.pk]))) for name in ("move", "cancel")}
    not_late = late in text(client.get(reverse("visits:move", args=[far.pk])))
    page = post(client, "cancel", near, reason="Snow")

    assert (asked, not_late) == ({"move": True, "cancel": True}, False)
    assert "It came within two school days: 2 half-days of cover counted." in text(page)


def test_a_teacher_confirms_proposes_and_the_other_accepts(client, ours, as_role):
    vera = as_role(Role.SPECIALIST)
    visit = planned(ours.partnership, feb(3))
    confirmed = post(client, "confirm", visit, seen=0)
    kofi = as_role(Role.PARTNER)
    proposed = post(client, "propose", visit, on="10/2/2027", half="pm", reason="Swimming", seen=0)
    as_role(Role.SPECIALIST)
    today = text(client.get(reverse("today")))
    proposal = ProposedTime.objects.get(visit=visit)

    accepted = client.post(reverse("visits:answer", args=[proposal.pk]), {"answer": "accept"}, follow=True)
    again = client.post(reverse("visits:answer", args=[proposal.pk]), {"answer": "accept"}, follow=True)

    assert "Confirmed: the half-day suits you." in text(confirmed)
    assert f"Waiting for {kofi} to confirm." in text(confirmed)
    assert "Wednesday 10 February, afternoon is proposed." in text(proposed)
    assert f"Waiting for {vera} to answer: {kofi} proposes Wednesday 10 February, afternoon" in text(proposed)
    assert f"Answer: {kofi} proposes Wednesday 10 February, afternoon" in today
    assert "Accepted: the visit is now on Wednesday 10 February, afternoon." in text(accepted)
    assert "Booked for Wednesday 10 February, afternoon, at Ourside Partner School. Confirmed." in text(accepted)
    assert "This proposal is answered or taken back already" in text(again)


def test_all_half_days_are_confirmed_together_but_not_one_that_moved(client, ours, as_role):
    kofi = as_role(Role.PARTNER)
    visits = [planned(ours.partnership, feb(day)) for day in (3, 4, 5)]
    today = text(client.get(reverse("today")))
    page = client.get(reverse("visits:confirm_all"))
    services.move_visit(ours.people[Role.SPECIALIST], visits[2], feb(12), "am")

    ticked = [f"{visit.pk}:0" for visit in visits]
    answer = client.post(reverse("visits:confirm_all"), {"visit": ticked}, follow=True)

    assert "Confirm 3 half-days" in today
    assert "3 half-days wait for you to confirm" in text(page)
    assert "Confirmed: 2 half-days." in text(answer)
    assert "Not confirmed: Friday 12 February, morning. This visit was changed a moment ago: look at it again." in text(
        answer
    )
    unconfirmed = Booking.objects.filter(person=kofi, confirmed_at=None)
    assert list(unconfirmed.values_list("visit", flat=True)) == [visits[2].pk]


def test_a_swap_is_checked_before_it_is_done(client, ours, as_role):
    as_role(Role.SPECIALIST)
    one, other = planned(ours.partnership, feb(3)), planned(ours.partnership, dt.date(2027, 6, 9), "pm")
    address = reverse("visits:swap", args=[one.pk])

    offered = text(client.get(address))
    check = text(client.get(address, {"other": other.pk}))
    stale = post(client, "swap", one, other=other.pk, seen="0:5")
    done = post(client, "swap", one, other=other.pk, seen="0:0", reason="A trip")

    assert "Wednesday 9 June, afternoon: observation at Ourside Partner School" in offered
    assert "Check before you swap" in check
    assert "Someone else changed this visit a moment ago" in text(stale)
    assert "Swapped: this visit is now on Wednesday 9 June, afternoon." in text(done)
    assert "Swapped with another visit by Ourside OursideSpecialist" in text(done)


def test_many_visits_move_after_a_page_that_names_what_is_in_the_way(client, ours, as_role):
    as_role(Role.COORDINATOR)
    visits = [planned(ours.partnership, feb(day)) for day in (3, 4)]
    second = PartnershipFactory(programme=ours.programme, specialist=ours.specialist)
    planned(second, feb(11))
    address, keys = reverse("visits:move_many"), [visit.pk for visit in visits]

    nothing = text(client.post(address, {"weeks": 1}))
    blocked = text(client.post(address, {"visit": keys, "weeks": 1}, follow=True))
    refused = client.post(address, {"visit": keys, "weeks": 1, "seen": [f"{pk}:0" for pk in keys]})
    moved = client.post(
        address, {"visit": keys, "weeks": 3, "reason": "Trip", "seen": [f"{pk}:0" for pk in keys]}, follow=True
    )

    assert "Tick at least one visit." in nothing
    assert "1 of 2 can move" in blocked
    assert f"is booked on Thursday 11 February, morning: observation at {second.partner_school}" in blocked
    assert refused.status_code == 200
    assert "Moved: 2 visits." in text(moved)
    days = Booking.objects.filter(visit__in=keys, person=ours.specialist.user).order_by("on")
    assert list(days.values_list("on", flat=True)) == [feb(24), feb(25)]


def test_what_is_chosen_to_move_is_kept_and_no_address_holds_the_reason(client, ours, as_role):
    as_role(Role.COORDINATOR)
    visits = [planned(ours.partnership, feb(day)) for day in (3, 4)]
    chosen = {"visit": [visit.pk for visit in visits], "weeks": 3, "reason": "Trip"}
    address = f"{reverse('visits:move_many')}?programme={ours.programme.pk}"

    too_long = client.post(address, chosen | {"reason": "x" * 20_000})
    check = client.post(address, chosen)["Location"]
    client.post(address, chosen | {"weeks": 4})  # in another tab
    checked = [client.get(check) for _ in range(2)]
    back = client.get(f"{check}&choose=1")
    seen = [f"{visit.pk}:0" for visit in visits]
    moved = client.post(check, chosen | {"seen": seen, "sure": checked[0].context["sure"] or ""})
    after = client.get(check, follow=True)

    assert check.startswith(f"{address}&check=")
    assert len(check) < len(address) + 20
    for page in (too_long, back):
        assert [page.content.decode().count(f'value="{visit.pk}" checked') for visit in visits] == [1, 1]
        assert '<option value="3" selected>' in page.content.decode()
    assert "Keep it to 200 characters." in text(too_long)
    assert 'value="Trip"' in back.content.decode()
    assert ["Check before you move 2 visits" in text(page) for page in checked] == [True, True]
    assert 'method="get"' not in checked[0].content.decode()
    assert moved["Location"] == reverse("visits:list")
    assert "What you had chosen was moved already" in text(after)
    moved_to = Visit.objects.filter(pk__in=chosen["visit"]).order_by("on").values_list("on", flat=True)
    assert list(moved_to) == [feb(24), feb(25)]


def test_someone_who_has_left_the_partnership_changes_nothing(client, ours, as_role):
    as_role(Role.PARTNER)
    visit = planned(ours.partnership, feb(3))
    proposal = services.propose_time(ours.people[Role.SPECIALIST], visit, feb(10), "pm")
    ours.partnership.partner_teachers.update(until=dt.date(2027, 1, 26))

    answers = [
        post(client, "confirm", visit, seen=0).status_code,
        post(client, "move", visit, on="11/2/2027", half="am").status_code,
        post(client, "swap", visit).status_code,
        client.post(reverse("visits:answer", args=[proposal.pk]), {"answer": "accept"}).status_code,
    ]

    assert answers == [404] * 4
    assert Visit.objects.get(pk=visit.pk).on == feb(3)


def test_what_is_paused_closed_or_cancelled_is_not_moved_on_its_page(client, ours, as_role):
    vera = as_role(Role.SPECIALIST)
    visit = planned(ours.partnership, feb(3))
    cancelled = planned(ours.partnership, feb(4))
    services.cancel_visit(vera, cancelled, "Snow", changes=[])
    form = {"on": "11/2/2027", "half": "am", "seen": 0}

    gone = post(client, "move", cancelled, **form)
    type(ours.partnership).objects.filter(pk=ours.partnership.pk).update(status="paused")
    paused = post(client, "move", visit, **form)
    type(ours.programme).objects.update(status="closed")
    closed = post(client, "move", visit, **form)

    assert (gone.status_code, closed.status_code) == (404, 404)
    assert "This partnership is paused: its visits rest as they are" in text(paused)
