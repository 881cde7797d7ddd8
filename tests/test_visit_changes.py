"""Planned visits are moved, swapped and confirmed, and other times proposed: what stands then, and who is told."""

import datetime as dt

import pytest

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.models import Partnership, Programme
from tests.factories import PartnershipFactory, UserFactory
from tests.together import at_once
from tests.world import build_world
from visits import services
from visits.models import Booking, NotOpenToVisits, ProposedTime, Visit, VisitChange, WrongState
from visits.words import standing_of

pytestmark = pytest.mark.usefixtures("one_day")

TODAY = dt.date(2027, 1, 27)
FEB = [dt.date(2027, 2, day) for day in range(1, 27)]


def day(number):
    return dt.date(2027, 2, number)


@pytest.fixture
def coordinator(ours):
    return ours.people[Role.COORDINATOR]


@pytest.fixture
def vera(ours):
    return ours.people[Role.SPECIALIST]


@pytest.fixture
def kofi(ours):
    return ours.people[Role.PARTNER]


def planned(partnership, on, half="am", by=None, **fields):
    """A visit that is booked for both teachers; nobody is told of it."""
    visit = Visit(partnership=partnership, kind="observation", on=on, half=half, host=partnership.partner_school)
    for name, value in fields.items():
        setattr(visit, name, value)
    return services.keep_visit(by, visit, partnership.teachers, changes=[])


def half_days(visit):
    return sorted(Booking.objects.filter(visit=visit).values_list("person", "on", "half"))


def of(visit, on, half):
    return sorted((person.pk, on, half) for person in visit.partnership.teachers)


def history(visit):
    return list(visit.changes.order_by("pk").values_list("what", "before_on", "after_on", "reason"))


def mails(kind):
    return list(OutgoingMail.objects.filter(kind=kind).order_by("to__email"))


def standing(visit):
    return standing_of(Visit.objects.with_standing().get(pk=visit.pk), TODAY)


def test_a_visit_that_is_moved_is_booked_anew_and_waits_for_the_others(ours, vera, kofi):
    visit = planned(ours.partnership, day(3), by=vera)
    services.confirm(kofi, [visit])
    confirmed = standing(visit)

    services.move_visit(vera, visit, day(4), "pm", "A school trip")

    visit.refresh_from_db()
    assert confirmed == ("confirmed", "Confirmed")
    assert (visit.on, visit.half, visit.sequence) == (day(4), "pm", 1)
    assert half_days(visit) == of(visit, day(4), "pm")
    assert standing(visit) == ("wait", f"Waiting for {kofi} to confirm")
    assert history(visit) == [
        ("planned", None, day(3), ""),
        ("confirmed", day(3), day(3), ""),
        ("moved", day(3), day(4), "A school trip"),
    ]


def test_a_move_onto_a_half_day_that_is_taken_writes_nothing_and_says_who_is_booked(ours, vera):
    visit, other = (
        planned(ours.partnership, day(3)),
        PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist),
    )
    there = planned(other, day(4))
    before = history(visit)

    with pytest.raises(services.Taken) as taken:
        services.move_visit(vera, visit, day(4), "am")

    visit.refresh_from_db()
    assert [(booking.person, booking.visit) for booking in taken.value.bookings] == [(vera, there)]
    assert (visit.on, visit.sequence, history(visit)) == (day(3), 0, before)
    assert half_days(visit) == of(visit, day(3), "am")


def test_of_two_who_saw_the_same_visit_the_second_is_told(ours, vera, coordinator):
    visit = planned(ours.partnership, day(3))
    services.move_visit(vera, visit, day(4), "am", seen=0)

    with pytest.raises(WrongState):
        services.move_visit(coordinator, visit, day(5), "am", seen=0)

    visit.refresh_from_db()
    assert visit.on == day(4)


@pytest.mark.parametrize("what", ["cancelled", "paused", "closed"])
def test_what_does_not_stand_is_not_moved(ours, vera, what):
    visit = planned(ours.partnership, day(3))
    if what == "cancelled":
        services.cancel_visit(vera, visit, "Snow", changes=[])
    elif what == "paused":
        Partnership.objects.filter(pk=visit.partnership_id).update(status="paused")
    else:
        Programme.objects.update(status=Programme.Status.CLOSED)

    with pytest.raises(WrongState if what == "cancelled" else NotOpenToVisits):
        services.move_visit(vera, visit, day(4), "am")
    with pytest.raises(WrongState):
        services.propose_time(vera, visit, day(4), "am")
    with pytest.raises(WrongState):
        services.swap_visits(vera, visit, ours.visit)

    visit.refresh_from_db()
    assert visit.on == day(3)


def test_who_has_left_the_partnership_is_not_taken_along(ours, vera, kofi):
    visit = planned(ours.partnership, day(3))
    new = UserFactory()
    ours.partnership.partner_teachers.update(until=day(1))
    ours.partnership.partner_teachers.create(user=new, since=day(1))

    services.move_visit(vera, visit, day(4), "am")

    assert set(visit.bookings.values_list("person", flat=True)) == {vera.pk, new.pk}


def test_two_visits_of_the_same_people_exchange_their_half_days_in_one_step(ours, vera, kofi):
    one, other = planned(ours.partnership, day(3), by=vera), planned(ours.partnership, day(10), "pm", by=vera)
    services.confirm(kofi, [one, other])

    services.swap_visits(kofi, one, other, "A trip", seen=(0, 0))

    one.refresh_from_db()
    other.refresh_from_db()
    assert [(v.on, v.half, v.sequence) for v in (one, other)] == [(day(10), "pm", 1), (day(3), "am", 1)]
    assert half_days(one) == of(one, day(10), "pm")
    assert half_days(other) == of(other, day(3), "am")
    assert standing(one).words == standing(other).words == f"Waiting for {vera} to confirm"
    assert history(one)[-1] == ("swapped", day(3), day(10), "A trip")
    assert history(other)[-1] == ("swapped", day(10), day(3), "A trip")


def test_visits_of_two_partnerships_swap_and_the_teacher_of_both_gets_one_mail(ours, vera, kofi, coordinator):
    second = PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist)
    one, other = planned(ours.partnership, day(3)), planned(second, day(3), "pm")

    services.swap_visits(coordinator, one, other)

    both = second.current_partner_teachers[0]
    told = {mail.to: mail.calendar_method for mail in mails("visits_changed")}
    assert told == {vera: "PUBLISH", kofi: "REQUEST", both: "REQUEST"}
    assert half_days(one) == of(one, day(3), "pm")
    assert half_days(other) == of(other, day(3), "am")


def test_a_swap_into_the_half_day_of_a_third_visit_changes_nothing(ours, vera, coordinator):
    second = PartnershipFactory(programme=ours.programme, partner_school=ours.school)
    one, other = planned(ours.partnership, day(3)), planned(second, day(4))
    third = PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist)
    there = planned(third, day(4))

    with pytest.raises(services.CannotMove) as told:
        services.swap_visits(coordinator, one, other)

    ((visit, bookings),) = told.value.problems
    assert (visit, [b.visit for b in bookings]) == (one, [there])
    assert Visit.objects.get(pk=one.pk).on == day(3)
    assert half_days(one) == of(one, day(3), "am")
    assert not mails("visits_changed")


def test_many_visits_move_together_into_each_others_places_or_not_at_all(ours, coordinator):
    week = dt.timedelta(weeks=1)
    visits = [planned(ours.partnership, dt.date(2027, 3, number)) for number in (1, 8, 15)]
    targets = [services.Target(visit, visit.on + week, "am", 0) for visit in visits]

    moved = services.move_many(coordinator, targets, "Inspection")
    stale = [services.Target(visit, visit.on, "am", 0) for visit in visits]
    with pytest.raises(WrongState):
        services.move_many(coordinator, stale)

    assert moved == 3
    assert [visit.on.day for visit in Visit.objects.filter(pk__in=[v.pk for v in visits])] == [8, 15, 22]
    assert [half_days(visit) for visit in visits] == [
        of(visit, dt.date(2027, 3, number), "am") for visit, number in zip(visits, (8, 15, 22), strict=True)
    ]
    assert len(mails("visits_changed")) == 2


def test_each_visit_that_has_no_room_is_listed_and_none_moves(ours, coordinator, vera):
    second = PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist)
    blocked = [planned(second, day(10)), planned(second, day(11))]
    visits = [planned(ours.partnership, day(number)) for number in (3, 4, 5)]
    targets = [services.Target(visit, visit.on + dt.timedelta(weeks=1), "am") for visit in visits]

    with pytest.raises(services.CannotMove) as told:
        services.move_many(coordinator, targets)

    problems = told.value.problems
    assert [(v.pk, [b.visit for b in bookings]) for v, bookings in problems] == [
        (visits[0].pk, [blocked[0]]),
        (visits[1].pk, [blocked[1]]),
    ]
    assert [half_days(visit) for visit in visits] == [
        of(v, day(n), "am") for v, n in zip(visits, (3, 4, 5), strict=True)
    ]


def test_a_half_day_is_confirmed_once_and_not_after_it_moved(ours, vera, kofi, coordinator):
    visit, stale = planned(ours.partnership, day(3)), None
    first, again = services.confirm(vera, [visit]), services.confirm(vera, [visit])
    stale = Visit.objects.get(pk=visit.pk)
    services.move_visit(coordinator, visit, day(4), "am")

    too_late = services.confirm(kofi, [stale])

    assert ([v.pk for v in first], again, too_late) == ([visit.pk], [], [])
    assert standing(visit).words == f"Waiting for {kofi} and {vera} to confirm"


def test_another_time_is_proposed_accepted_and_suits_both(ours, vera, kofi):
    visit = planned(ours.partnership, day(3), by=vera)
    proposal = services.propose_time(kofi, visit, day(11), "pm", "We have a trip")
    waiting = standing(visit)

    services.answer_proposal(vera, proposal, accept=True)

    visit.refresh_from_db()
    assert waiting == (
        "proposed",
        f"Waiting for {vera} to answer: {kofi} proposes Thursday 11 February, afternoon",
    )
    assert (visit.on, visit.half) == (day(11), "pm")
    assert standing(visit) == ("confirmed", "Confirmed")
    assert [row[:3] for row in history(visit)] == [
        ("planned", None, day(3)),
        ("proposed", day(3), day(11)),
        ("moved", day(3), day(11)),
    ]
    assert [(mail.to, "trip" in mail.text) for mail in mails("time_proposed")] == [(vera, True)]
    assert [mail.to for mail in mails("visits_changed")] == [kofi]


def test_a_proposed_time_is_declined_taken_back_or_overtaken(ours, vera, kofi, coordinator):
    visit = planned(ours.partnership, day(3))
    declined = services.propose_time(kofi, visit, day(11), "pm")
    with pytest.raises(WrongState):
        services.answer_proposal(kofi, declined, accept=True)
    services.answer_proposal(coordinator, declined, accept=False)
    taken_back = services.propose_time(kofi, visit, day(12), "pm")
    with pytest.raises(services.AlreadyProposed):
        services.propose_time(vera, visit, day(10), "pm")
    services.withdraw(kofi, taken_back)
    overtaken = services.propose_time(kofi, visit, day(10), "pm")
    services.move_visit(coordinator, visit, day(4), "am")
    with pytest.raises(WrongState):
        services.answer_proposal(vera, overtaken, accept=True)

    assert list(visit.proposed_times.order_by("pk").values_list("answer", flat=True)) == [
        "declined",
        "withdrawn",
        "overtaken",
    ]
    assert Visit.objects.get(pk=visit.pk).on == day(4)
    assert [mail.to for mail in mails("time_declined")] == [kofi]


def test_a_time_that_was_taken_meanwhile_stays_proposed(ours, vera, kofi):
    visit = planned(ours.partnership, day(3))
    proposal = services.propose_time(kofi, visit, day(11), "pm")
    second = PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist)
    planned(second, day(11), "pm")

    with pytest.raises(services.Taken):
        services.answer_proposal(vera, proposal, accept=True)
    with pytest.raises(services.Taken):
        services.propose_time(kofi, ours.visit, day(11), "pm")

    assert ProposedTime.objects.get(pk=proposal.pk).answer == ""
    assert half_days(visit) == of(visit, day(3), "am")


def test_a_change_within_two_school_days_counts_the_cover_by_side(ours, vera, coordinator):
    near = planned(ours.partnership, dt.date(2027, 1, 29))
    far = planned(ours.partnership, dt.date(2027, 2, 2))

    services.cancel_visit(coordinator, near, "Snow")
    services.move_visit(vera, far, day(5), "am")

    counted = VisitChange.objects.filter(what__in=["cancelled", "moved"]).order_by("pk")
    assert list(counted.values_list("late_specialist_half_days", "late_partner_half_days")) == [(1, 1), (0, 0)]


@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_who_book_the_same_half_day_at_once_one_has_it_and_the_others_are_told_where():
    ours = build_world()[0]
    vera = ours.people[Role.SPECIALIST]
    partnerships = [
        PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist, partner_school=ours.school)
        for _ in range(200)
    ]

    def booking(partnership):
        visit = Visit(partnership=partnership, kind="observation", on=day(3), half="am", host=ours.school)
        people = partnership.teachers
        return lambda: services.keep_visit(vera, visit, people)

    answers = at_once(*map(booking, partnerships), expecting=services.Taken)

    won = [answer for answer in answers if isinstance(answer, Visit)]
    told = [answer.bookings for answer in answers if isinstance(answer, services.Taken)]
    assert (len(won), len(told)) == (1, 199)
    assert {(b.person, b.visit_id, b.visit.host) for bookings in told for b in bookings} == {
        (vera, won[0].pk, ours.school)
    }
    assert Visit.objects.filter(on=day(3)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_swaps_and_moves_of_the_same_people_at_once_end_without_a_deadlock():
    ours = build_world()[0]
    vera, coordinator = ours.people[Role.SPECIALIST], ours.people[Role.COORDINATOR]
    second = PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist)
    one, other = planned(ours.partnership, day(1)), planned(second, day(2))
    told = (services.Taken, services.CannotMove, WrongState)

    for _ in range(4):
        one.refresh_from_db()
        other.refresh_from_db()
        a, b = Visit.objects.get(pk=one.pk), Visit.objects.get(pk=other.pk)
        at_once(
            lambda a=a, b=b: services.swap_visits(vera, a, b),
            lambda a=a, b=b: services.swap_visits(coordinator, b, a),
            lambda a=a, b=b: services.move_visit(vera, a, b.on, b.half),
            lambda a=a, b=b: services.move_visit(coordinator, b, a.on, a.half),
            lambda b=b: services.move_visit(coordinator, b, b.on + dt.timedelta(days=1), b.half),
            expecting=told,
        )

        for visit in (one, other):
            visit.refresh_from_db()
            assert half_days(visit) == of(visit, visit.on, visit.half)
    assert Booking.objects.filter(visit__in=[one, other]).count() == 4
