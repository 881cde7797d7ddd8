"""Choosing a half-day for one visit: by form, at once by two, and when things changed meanwhile."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from programmes.models import Partnership, SchoolClosure, SchoolLimits
from tests.factories import MembershipFactory
from tests.reading import text_of
from tests.together import at_once
from tests.years import MONDAY, TODAY, coordinator_of, partner_of, partnership_of, programme_of, release, stand
from visits import services
from visits.models import Booking, Plan, PlannerSettings, Visit, VisitChange
from visits.planner.choosing import choices
from visits.planning.reading import read
from visits.year_planner.half_day import HalfDay

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


@pytest.fixture
def programme():
    return programme_of("First visit", "Lesson study 1")


def address(partnership, step):
    return reverse("planner:half_day", args=[f"{partnership.pk}-{step.pk}-1"])


def as_coordinator(client, programme):
    client.force_login(coordinator_of(programme))
    return client


def test_free_half_days_are_offered_best_first_and_the_others_are_each_explained(client, programme):
    partnership = partnership_of(programme)
    step = programme.timetable.first()
    release(partnership.specialist, "tue-am", "thu-am", ppa="fri-pm")
    partner_of(partnership, ppa="thu-am")

    page = as_coordinator(client, programme).get(address(partnership, step)).context["page"]

    assert [free.value for free in page.free] == ["2027-01-26-am", "2027-01-19-am"]
    assert page.number == 20
    specialist, partner = partnership.specialist, partnership.current_partner_teachers[0]
    assert page.causes == [
        (14, f"{specialist} is not released"),
        (2, f"{partner} has PPA"),
        (2, f"{specialist} has PPA"),
    ]
    assert sum(number for number, _ in page.causes) == page.ruled_out_number == 18
    words = [place.words for _, halves in page.weeks for _, places in halves for place in places]
    assert words.count(f"{partner} has PPA") == 2
    assert words.count("Free, best") == 1


def test_a_visit_without_a_half_day_gets_the_chosen_one(client, programme):
    partnership = partnership_of(programme)
    step = programme.timetable.first()

    answer = as_coordinator(client, programme).post(
        address(partnership, step), {"half_day": "2027-01-20-pm", "seen": ""}
    )

    visit = Visit.objects.get()
    assert answer.status_code == 302
    assert (visit.step, visit.kind, visit.on, visit.half, visit.host) == (
        step,
        "first visit",
        dt.date(2027, 1, 20),
        "pm",
        partnership.partner_school,
    )
    assert set(visit.people.all()) == set(partnership.teachers)


def test_a_visit_moves_and_its_history_says_from_where(client, programme):
    partnership = partnership_of(programme)
    step = programme.timetable.first()
    visit = stand(partnership, 0, step=step)

    as_coordinator(client, programme).post(address(partnership, step), {"half_day": "2027-01-21-am", "seen": "0"})

    (change,) = VisitChange.objects.filter(visit=visit)
    assert (change.what, change.before_on, change.after_on) == ("moved", MONDAY, dt.date(2027, 1, 21))
    assert set(Booking.objects.values_list("on", flat=True)) == {dt.date(2027, 1, 21)}


def test_a_half_day_that_was_taken_a_second_ago_is_refused_and_says_by_what(client, programme):
    specialist = partnership_of(programme).specialist
    mine, other = Partnership.objects.get(), partnership_of(programme, specialist=specialist)
    step = programme.timetable.first()
    stand(other, 1, step=step)

    answer = as_coordinator(client, programme).post(address(mine, step), {"half_day": "2027-01-19-am", "seen": ""})

    assert Visit.objects.filter(partnership=mine).count() == 0
    assert answer.context["error"] == (
        f"Tuesday 19 January, morning is not free any more: {specialist} is booked "
        f"(First visit at {other.partner_school}). Nothing was changed. Choose another half-day."
    )


def test_a_closure_that_was_entered_meanwhile_is_seen(client, programme):
    partnership = partnership_of(programme)
    step = programme.timetable.first()
    on = dt.date(2027, 1, 19)
    SchoolClosure.objects.create(
        school=partnership.partner_school, kind="closed", first_on=on, last_on=on, words="flood"
    )

    answer = as_coordinator(client, programme).post(
        address(partnership, step), {"half_day": "2027-01-19-am", "seen": ""}
    )

    assert f"{partnership.partner_school} is closed (flood)" in answer.context["error"]
    assert not Visit.objects.exists()


@pytest.mark.parametrize("value", ["", "2027-13-01-am", "tomorrow", "2027-01-19", "2027-01-19-xx"])
def test_nonsense_is_refused_in_a_sentence(client, programme, value):
    partnership = partnership_of(programme)

    answer = as_coordinator(client, programme).post(
        address(partnership, programme.timetable.first()), {"half_day": value, "seen": ""}
    )

    assert answer.context["error"] == "Choose one of the half-days that are free."


def test_a_visit_that_somebody_else_moved_is_shown_as_it_stands_now(client, programme):
    partnership = partnership_of(programme)
    step = programme.timetable.first()
    visit = stand(partnership, 0, step=step)
    Visit.objects.filter(pk=visit.pk).update(sequence=4)

    answer = as_coordinator(client, programme).post(
        address(partnership, step), {"half_day": "2027-01-21-am", "seen": "3"}
    )

    assert answer.context["error"].startswith("Someone else changed this visit")
    assert answer.context["seen"] == 4
    visit.refresh_from_db()
    assert visit.on == MONDAY


def test_a_week_on_which_the_visit_was_dropped_picks_its_best_half_day(client, programme):
    partnership = partnership_of(programme)
    step = programme.timetable.first()
    release(partnership.specialist, "wed-pm")
    browser = as_coordinator(client, programme)

    second = browser.get(address(partnership, step), {"week": "2027-01-25"}).context
    outside = browser.get(address(partnership, step), {"week": "2027-03-01"}).context

    assert second["picked"] == "2027-01-27-pm"
    assert outside["week_words"] == ("No half-day of the week of Monday 1 March is free for this visit. These are:")


def test_where_nothing_is_free_the_smallest_thing_to_relax_is_named(client, programme):
    partnership = partnership_of(programme)
    release(partnership.specialist, "mon-am")
    partner_of(partnership, release_half_days=["tue-am"])

    page = as_coordinator(client, programme).get(address(partnership, programme.timetable.first())).context["page"]

    assert page.free == []
    partner = partnership.current_partner_teachers[0]
    assert page.nearly == (f"{partner} were released on Monday mornings", "Monday 25 January, morning")


def test_a_teacher_chooses_for_the_own_visit_and_a_stranger_finds_nothing(client, programme):
    mine, other = partnership_of(programme), partnership_of(programme)
    step = programme.timetable.first()
    MembershipFactory(user=mine.specialist.user, role="specialist", organisation=programme.organisation)
    client.force_login(mine.specialist.user)

    assert client.get(address(mine, step)).status_code == 200
    assert client.get(address(other, step)).status_code == 404
    assert client.get(reverse("planner:half_day", args=["nonsense"])).status_code == 404
    assert client.get(reverse("planner:half_day", args=["v999999"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_one_teacher_the_same_half_day_one_wins_and_the_other_is_told(programme, client):
    specialist = partnership_of(programme).specialist
    mine, other = Partnership.objects.get(), partnership_of(programme, specialist=specialist)
    step, coordinator = programme.timetable.first(), coordinator_of(programme)
    said = []

    def book(partnership):
        browser = Client()
        browser.force_login(coordinator)
        answer = browser.post(address(partnership, step), {"half_day": "2027-01-20-am", "seen": ""})
        said.append(answer.context["error"] if answer.status_code == 200 else "kept")
        connection.close()

    at_once(lambda: book(mine), lambda: book(other))

    assert sorted(said)[-1] == "kept"
    assert len(said) == 2
    assert str(specialist) in sorted(said)[0]
    assert Visit.objects.count() == 1


def test_a_visit_besides_the_timetable_is_looked_for_around_its_day(client, programme):
    partnership = partnership_of(programme)
    visit = stand(partnership, 60, kind="shadowing")

    page = as_coordinator(client, programme).get(reverse("planner:half_day", args=[f"v{visit.pk}"])).context["page"]

    assert (page.need.first, page.need.last) == (visit.on - dt.timedelta(weeks=3), visit.on + dt.timedelta(weeks=3))
    assert page.free


def test_the_planner_leaves_a_visit_that_is_kept_where_it_is_and_a_hand_moves_it(client, programme):
    partnership = partnership_of(programme)
    step = programme.timetable.first()
    visit = stand(partnership, 0, step=step)
    browser = as_coordinator(client, programme)

    browser.post(reverse("visits:lock", args=[visit.pk]), {"lock": "yes"})
    found = read(programme, moves=Plan.Moves.EVERYTHING, today=TODAY)
    browser.post(address(partnership, step), {"half_day": "2027-01-21-am", "seen": "0"})

    assert [need.is_locked for need in found.problem.needs if need.stands is not None] == [True]
    visit.refresh_from_db()
    assert (visit.is_locked, visit.on) == (True, dt.date(2027, 1, 21))


def test_a_number_that_could_be_raised_is_the_smallest_thing_to_relax(client, programme):
    partnership = partnership_of(programme)
    SchoolLimits.objects.create(school=partnership.specialist.home_school, class_ceiling=1)
    stand(partnership, 14, step=programme.timetable.last())

    page = as_coordinator(client, programme).get(address(partnership, programme.timetable.first())).context["page"]

    assert page.free == []
    specialist = partnership.specialist
    assert page.nearly[0] == f"the class of {specialist} could lose more than 1 half-day"
    assert page.causes == [(20, f"the class of {specialist} may lose no more than 1 half-day")]


def test_where_the_present_half_day_is_the_best_the_page_says_so_and_chooses_no_other_one(client, programme):
    partnership = partnership_of(programme)
    release(partnership.specialist, "tue-am", "wed-am", preferred_half_days=["tue-am"])
    visit = stand(partnership, 1, step=programme.timetable.first())
    address = reverse("planner:half_day", args=[visit.planner_slug])

    best = as_coordinator(client, programme).get(address)
    PlannerSettings.objects.create(programme=programme, changes=0)
    services.move_visit(None, visit, MONDAY + dt.timedelta(days=2), "am")
    worse = client.get(address)

    shown = [[one.number for one in page.context["page"].free] for page in (best, worse)]
    assert shown == [[1, 2, 3], [1, 2, 3]]
    assert [page.context["picked"] for page in (best, worse)] == ["", "2027-01-26-am"]
    assert ["best half-day already" in text_of(page) for page in (best, worse)] == [True, False]
    assert [place.words for _, halves in best.context["page"].weeks for _, places in halves for place in places].count(
        "Free, best"
    ) == 0


def test_the_teachers_can_be_asked_first_while_no_other_time_is_proposed(client, programme):
    partnership = partnership_of(programme)
    visit = stand(partnership, 1, step=programme.timetable.first())
    way = reverse("visits:propose", args=[visit.pk])
    address = reverse("planner:half_day", args=[visit.planner_slug])

    before = as_coordinator(client, programme).get(address)
    services.propose_time(partnership.specialist.user, visit, MONDAY + dt.timedelta(days=2), "am")
    after = client.get(address)

    assert [f'href="{way}"' in page.content.decode() for page in (before, after)] == [True, False]
    assert client.get(way).status_code == 200


def test_a_visit_is_looked_at_with_all_that_may_be_in_its_way_and_nothing_else(programme):
    """The page reads the partnerships around it alone, and says what it would say of the whole programme."""
    ours = partnership_of(programme)
    same_specialist = partnership_of(programme, specialist=ours.specialist)
    same_school = partnership_of(programme, partner_school=ours.partner_school)
    same_partner, elsewhere = partnership_of(programme), partnership_of(programme)
    partner_of(same_partner, user=ours.current_partner_teachers[0])
    first, second = programme.timetable.all()
    for number, partnership in enumerate([ours, same_specialist, same_school, same_partner, elsewhere]):
        release(partnership.specialist, "tue-am", "wed-am", "thu-am")
        stand(partnership, number, step=first)
    SchoolLimits.objects.create(school=ours.partner_school, cover_capacity=1)
    whole = read(programme, moves=Plan.Moves.EVERYTHING)

    for partnership in (ours, same_specialist, same_school, same_partner):
        for step in (first, second):
            page = HalfDay(coordinator_of(programme), programme, f"{partnership.pk}-{step.pk}-1")
            asked = next(one for one in whole.asked.values() if one.slug == page.slug)
            need = next(need for need in whole.problem.needs if need.key == asked.key)
            expected = choices(whole.problem, need)
            assert elsewhere not in {one.partnership for one in page.read.asked.values()}
            assert [one.slot for one in page.choices.free] == [one.slot for one in expected.free]
            assert [one.cost for one in page.choices.free] == [one.cost for one in expected.free]
            assert {slot: why.rule for slot, why in page.choices.ruled_out.items()} == {
                slot: why.rule for slot, why in expected.ruled_out.items()
            }
