"""A planned visit whose half-day is gone must move, and every page says so, why, and who has to act."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from programmes.models import Partnership, SchoolClosure
from tests.factories import EventFactory, MembershipFactory, SchoolFactory
from tests.reading import text_of
from tests.term_dates import YEAR_2026, give_term_dates
from tests.years import MONDAY, TODAY, coordinator_of, partner_of, partnership_of, programme_of, stand
from visits.models import Away, Booking, Plan, Visit
from visits.planner.candidates import GONE, blockers
from visits.planner.words import cause
from visits.planning.reading import read
from visits.planning.what_took import what_took
from visits.words import standings_of

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


@pytest.fixture
def programme():
    return programme_of("Lesson study")


@pytest.fixture
def visit(programme):
    return stand(partnership_of(programme), 1, step=programme.timetable.get())


def close(school, days=1, kind="closed", words="boiler", **fields):
    on = MONDAY + dt.timedelta(days=days)
    return SchoolClosure.objects.create(
        school=school, **{"kind": kind, "words": words, "first_on": on, "last_on": on} | fields
    )


def goes_away(person, days=1, **fields):
    on = MONDAY + dt.timedelta(days=days)
    Away.objects.create(person=person, first_on=on, last_on=on, **fields)


def signed_in(client, partnership):
    """Its partner teacher, as whom the client looks."""
    (kofi,) = partnership.current_partner_teachers
    where = {"organisation": partnership.programme.organisation, "school": partnership.partner_school}
    MembershipFactory(user=kofi, role="partner", **where)
    client.force_login(kofi)
    return kofi


# One rule -------------------------------------------------------------------------------------------------------------


def trained(p):
    close(p.partner_school, kind="inset", words="")


def lets_nobody_go(p):
    close(p.partner_school, kind="no-go", words="trip", year_groups=[p.year_group])


def lets_others_go(p):
    close(p.partner_school, kind="no-go", words="trip", year_groups=[p.year_group % 6 + 1])


def closed_to_some_and_then_to_all(p):
    close(p.partner_school, kind="no-go", words="trip", year_groups=[p.year_group])
    close(p.specialist.home_school, words="snow")


def on_holiday(p):
    rows = [(name, first, last) for name, first, last in YEAR_2026 if "Spring term, first" not in name]
    first, last = dt.date(2027, 1, 4), MONDAY
    give_term_dates(p.programme.organisation, [*rows, ("Spring term, first half", first, last)], p.partner_school)


def at_an_event(p, takes):
    on = MONDAY + dt.timedelta(days=1)
    EventFactory(programme=p.programme, kind="launch", on=on, takes=takes, name="Launch")


CASES = [
    lambda p: None,
    lambda p: close(p.partner_school),
    lambda p: close(p.specialist.home_school),
    lambda p: close(p.partner_school, half="am"),
    lambda p: close(p.partner_school, half="pm"),
    lambda p: close(p.partner_school, days=2),
    trained,
    lets_nobody_go,
    lets_others_go,
    closed_to_some_and_then_to_all,
    on_holiday,
    lambda p: goes_away(p.specialist.user),
    lambda p: goes_away(p.current_partner_teachers[0], half="am"),
    lambda p: goes_away(p.current_partner_teachers[0], half="pm"),
]
LOST = [None, "is closed (boiler)", "is closed (boiler)", "is closed (boiler)", None, None, "has an INSET day"]
LOST += ["lets nobody go (trip)", None, "is closed (snow)", "is on holiday", "is away", "is away", None]


def as_the_planner_says(programme):
    """Visit -> why its half-day is gone, as the planner sees it when it may move."""
    plan = read(programme, moves=Plan.Moves.EVERYTHING, reader=coordinator_of(programme))
    found = {}
    for need in plan.problem.needs:
        against = [one for one in blockers(plan.problem, need, need.stands) if one.rule in GONE]
        if against and not need.is_locked:
            found[plan.asked[need.key].visit.pk] = cause(against[0], plan.names)
    return found


def test_what_took_a_half_day_is_the_same_for_the_planner_and_for_every_page(programme):
    step = programme.timetable.get()
    visits = []
    for case in CASES:
        partnership = partnership_of(programme)
        visits.append(stand(partnership, 1, step=step))
        case(partnership)

    took = what_took(visits, TODAY)

    assert took == as_the_planner_says(programme)
    said = [took.get(visit.pk) for visit in visits]
    assert [words and words.endswith(end) for words, end in zip(said, LOST, strict=True)] == [
        end and True for end in LOST
    ]


@pytest.mark.parametrize(("takes", "is_gone"), [("am", True), ("pm", False), ("day", True), ("", False)])
def test_an_event_takes_the_half_day_of_who_is_expected_there(programme, visit, takes, is_gone):
    at_an_event(visit.partnership, takes)

    took = what_took([visit], TODAY)

    assert took == as_the_planner_says(programme)
    who = min(visit.partnership.teachers, key=lambda user: user.pk)
    assert took == ({visit.pk: f"{who} is booked (Launch)"} if is_gone else {})


def test_the_school_to_which_both_go_counts_as_well(programme, visit):
    hall = SchoolFactory()
    Visit.objects.filter(pk=visit.pk).update(host=hall)
    close(hall)

    took = what_took(Visit.objects.with_people(), TODAY)

    assert took == as_the_planner_says(programme) == {visit.pk: f"{hall} is closed (boiler)"}


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "cancelled", "cancelled_because": "No cover"},
        {"status": "took place", "recorded_at": timezone.now()},
        {"on": TODAY},
        {"on": TODAY - dt.timedelta(days=1)},
    ],
)
def test_only_what_is_planned_and_to_come_can_lose_its_half_day(visit, fields):
    Visit.objects.filter(pk=visit.pk).update(**fields)
    visit.refresh_from_db()
    close(visit.partnership.partner_school, first_on=TODAY - dt.timedelta(days=1))

    assert what_took([visit], TODAY) == {}


def test_what_rests_waits_for_its_partnership(visit):
    Partnership.objects.filter(pk=visit.partnership_id).update(status="paused")
    close(visit.partnership.partner_school)

    assert what_took(Visit.objects.with_people(), TODAY) == {}


def test_who_has_left_keeps_nobody_from_a_visit(programme, visit):
    partner = partner_of(visit.partnership, until=TODAY)
    goes_away(partner)

    assert what_took(Visit.objects.with_people(), TODAY) == as_the_planner_says(programme) == {}


def test_many_visits_cost_as_many_queries_as_one(programme, visit, django_assert_max_num_queries):
    close(visit.partnership.partner_school)
    for _ in range(4):
        close(stand(partnership_of(programme), 1).partnership.partner_school)
    visits = list(Visit.objects.with_people())

    with django_assert_max_num_queries(5):
        took = what_took(visits, TODAY)

    assert took.keys() == {visit.pk for visit in visits}


# Every page -----------------------------------------------------------------------------------------------------------


def said(visit):
    school, (vera, kofi) = visit.partnership.partner_school, visit.partnership.teachers
    waits = f"Waiting for {vera}, {kofi} or the coordinator to choose another half-day"
    return f"Must move: {school} is closed (boiler). {waits}"


@pytest.mark.parametrize("is_locked", [False, True])
def test_the_planner_says_it_once_and_of_one_that_is_kept_where_it_is_too(client, programme, visit, is_locked):
    Visit.objects.filter(pk=visit.pk).update(is_locked=is_locked)
    close(visit.partnership.partner_school)
    client.force_login(coordinator_of(programme))

    context = client.get(reverse("planner:year")).context

    chips = [chip for group in context["groups"] for row in group.rows for cell in row.cells for chip in cell.chips]
    words = said(visit)
    where = visit.partnership.partner_school
    assert [(chip.state, chip.words) for chip in chips] == [
        ("move", f"Lesson study, {where}, Tuesday 19 January, morning: {words[0].lower()}{words[1:]}")
    ]


def test_the_pages_of_a_teacher_say_that_it_must_move_and_ask_for_another_half_day(client, visit):
    close(visit.partnership.partner_school)
    signed_in(client, visit.partnership)
    school = visit.partnership.partner_school

    pages = {
        name: text_of(client.get(reverse(name, args=args), {"month": "2027-01"}))
        for name, *args in [
            ("today",),
            ("visits:list",),
            ("visits:detail", visit.pk),
            ("visits:agenda",),
            ("visits:month",),
            ("visits:confirm_all",),
        ]
    }

    assert {name: text.count("ust move") for name, text in pages.items()} == dict.fromkeys(pages, 1) | {
        "today": 3,  # what is to do, its button, and the visits that come
        "visits:confirm_all": 2,
    }
    assert said(visit) in pages["visits:list"]
    assert f"{said(visit)}." in pages["visits:detail"]
    assert f"Must move: {school} is closed (boiler)" in pages["visits:agenda"]
    assert "Confirm" not in pages["visits:detail"]
    assert f"Must move: {school} is closed (boiler)" in pages["visits:confirm_all"]


def test_what_must_move_is_not_confirmed_and_the_answer_says_why(client, visit):
    kept = stand(visit.partnership, 2)
    close(visit.partnership.partner_school)
    kofi = signed_in(client, visit.partnership)

    alone = client.post(reverse("visits:confirm", args=[visit.pk]), {"seen": visit.sequence})
    rows = [f"{one.pk}:{one.sequence}" for one in (visit, kept)]
    together = client.post(reverse("visits:confirm_all"), {"visit": rows})

    school = visit.partnership.partner_school
    assert [str(message) for message in get_messages(alone.wsgi_request)] == [
        f"Nothing was confirmed: {school} is closed (boiler) then, so this visit must move.",
    ]
    assert [str(message) for message in get_messages(together.wsgi_request)][1:] == [
        f"Not confirmed: Tuesday 19 January, morning. {school} is closed (boiler) then, so this visit must move.",
        "Confirmed: 1 half-day.",
    ]
    assert together["Location"] == reverse("visits:confirm_all")
    confirmed = Booking.objects.exclude(confirmed_at=None)
    assert list(confirmed.values_list("visit", "person")) == [(kept.pk, kofi.pk)]


def test_where_another_time_is_proposed_whoever_answers_has_to_act(visit):
    vera, kofi = visit.partnership.teachers
    visit.proposed_times.create(on=MONDAY + dt.timedelta(days=2), half="pm", by=kofi)
    close(visit.partnership.partner_school)

    (standing,) = standings_of(Visit.objects.with_standing(), TODAY).values()

    assert standing.code == "move"
    assert standing.words == (
        f"Must move: {visit.partnership.partner_school} is closed (boiler). Waiting for {vera} to answer: {kofi} "
        "proposes Wednesday 20 January, afternoon"
    )
