"""What a school owes or is still to get is worked out again whenever who was at an event is told otherwise."""

import datetime as dt
from decimal import Decimal

import pytest

from funding.models import Recovery
from funding.services import recovering
from funding.services.folding import money_after, money_taken_back
from funding.standing import standing_of
from funding.tasks import check_money
from tests.factories import EventFactory
from tests.money.funded import ask, fold, recoveries, recovery_page
from tests.reading import today
from visits.events import arranging, changing, register
from visits.events.course import Wish, course, pattern
from visits.models import Event, EventSeries

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2027, 1, 27)


def test_after_a_fold_a_register_that_is_corrected_asks_back_what_was_paid_for_it(registered):
    """October paid the partner school 1.25 half-days; the one at the event was used, so 0.25 is asked back at first."""
    fold(registered, registered.first)
    teacher = registered.first.partner_teachers.get().user
    before = recoveries(registered.first, "partner")

    register.mark(registered.Amira, registered.event, teacher, False)

    assert before == [("proposed", "folded", D("23.75"))]
    assert recoveries(registered.first, "partner") == [
        ("dropped", "folded", D("23.75")),
        ("proposed", "folded", D("118.75")),
    ]


def test_once_all_is_paid_a_register_that_is_corrected_asks_it_back(client, all_paid):
    teacher = all_paid.first.partner_teachers.get().user
    before = recoveries(all_paid.first, "partner")

    register.mark(all_paid.Amira, all_paid.event, teacher, False)

    assert before == []
    assert recoveries(all_paid.first, "partner") == [("proposed", "absent", D("95.00"))]
    assert recoveries(all_paid.first) == []
    assert "£95.00, paid and not used, can be asked back" in today(client, all_paid.Ruth)
    register.mark(all_paid.Amira, all_paid.event, teacher, True)
    assert recoveries(all_paid.first, "partner") == [("dropped", "absent", D("95.00"))]


def test_what_came_back_of_a_school_that_was_there_after_all_is_to_be_made_good(client, all_paid):
    teacher = all_paid.first.partner_teachers.get().user
    register.mark(all_paid.Amira, all_paid.event, teacher, False)
    row = Recovery.objects.get()
    ask(all_paid, row)
    recovering.receive(all_paid.Ruth, row, DAY)
    before = today(client, all_paid.Amira)

    register.mark(all_paid.Amira, all_paid.event, teacher, True)

    words = f"£95.00 is to be made good to {row.school}"
    assert (words in before, words in today(client, all_paid.Amira)) == (False, True)


def test_a_teacher_who_was_there_and_left_later_was_there(all_paid):
    """Nobody asks money back because somebody else teaches there now."""
    row = all_paid.first.partner_teachers.get()
    type(row).objects.filter(pk=row.pk).update(until=dt.date(2027, 1, 22))
    another = all_paid.partnerships[1].partner_teachers.get().user
    all_paid.first.partner_teachers.create(user=another, since=dt.date(2027, 1, 23))

    check_money()

    assert Recovery.objects.count() == 0


@pytest.fixture
def of_one_teacher(registered):
    """The specialist teacher of the first partnership has the second as well."""
    second = registered.partnerships[1]
    second.specialist = registered.first.specialist
    second.save()
    return registered


def test_what_moves_to_the_other_partnership_of_a_teacher_is_said_before_and_after(client, of_one_teacher):
    """Two half-days at moderation, of which one has been, are due to the second once the first has folded."""
    first, second = of_one_teacher.partnerships
    due = standing_of(of_one_teacher.plan).accounts[second.pk, "specialist"].required

    before = money_after(first, dt.date(2027, 1, 26))
    fold(of_one_teacher, first)
    then = standing_of(of_one_teacher.plan).accounts[second.pk, "specialist"].required
    back = money_taken_back(first)
    page = recovery_page(client, of_one_teacher.Tom, Recovery.objects.get(partnership=first, side="specialist"))

    assert then - due == D("190.00")
    where = "is due to P002, where the same teacher is: half-days at events are paid"
    assert f"£190.00 more {where} there from then on." in before
    assert f"£190.00 less {where} here again." in back
    assert "Moderation 1 is paid with P002, where the same teacher is" in page


# An event that is another, or none --------------------------------------------------------------------------------


def another(money, **fields):
    """A second event for the same step, whose register is open: nobody knows yet what the step comes to."""
    fields = {"on": dt.date(2027, 2, 3), "kind": "moderation", "takes": "am", "starts_at": dt.time(9)} | fields
    return EventFactory(programme=money.programme, step=money.event.step, ends_at=dt.time(12), **fields)


@pytest.fixture
def absent(all_paid):
    """All is paid. The partner teacher was not at the moderation, of which a second day is still to come."""
    all_paid.another = another(all_paid)
    register.mark(all_paid.Amira, all_paid.event, all_paid.first.partner_teachers.get().user, False)
    assert recoveries(all_paid.first, "partner") == []
    return all_paid


ASKED = [("proposed", "absent", D("95.00"))]


def test_an_event_that_is_cancelled_leaves_what_the_registers_say(absent):
    arranging.cancel_event(absent.Amira, absent.another, "Snow")

    assert recoveries(absent.first, "partner") == ASKED


def test_an_event_that_belongs_to_another_step_from_now_on_does_so_too(absent):
    event = Event.objects.get(pk=absent.another.pk)
    event.step = absent.programme.timetable.get(name="Moderation 2")

    arranging.change_event(absent.Amira, event, event.sequence)

    assert recoveries(absent.first, "partner") == ASKED


def test_so_does_a_series_whose_meeting_gives_way(absent):
    series = EventSeries.objects.create(
        programme=absent.programme, rhythm="monthly", first_on=absent.another.on, until=absent.another.on
    )
    Event.objects.filter(pk=absent.another.pk).update(series=series)
    wish = Wish(DAY, pattern(series, DAY), frozenset(), series.rhythm, absent.another.on - dt.timedelta(days=1))

    changing.change_series(absent.Amira, series, wish, seen=course(series, wish).digest)

    assert recoveries(absent.first, "partner") == ASKED


def test_what_is_asked_back_is_not_owed_once_another_event_is_to_come_or_the_event_was_none(client, all_paid):
    teacher, day = all_paid.first.partner_teachers.get().user, f"{all_paid.event.on:%-d %B %Y}"
    register.mark(all_paid.Amira, all_paid.event, teacher, False)
    ask(all_paid, Recovery.objects.get())

    arranging.cancel_event(all_paid.Amira, all_paid.event, "It was not counted")

    assert recoveries(all_paid.first, "partner") == [("dropped", "absent", D("95.00"))]
    why = f"Moderation session, {day}, was cancelled. It was worked out anew: nothing is owed any more."
    assert why in today(client, all_paid.Tom)


def test_an_event_that_is_added_is_still_to_come(all_paid):
    register.mark(all_paid.Amira, all_paid.event, all_paid.first.partner_teachers.get().user, False)
    event = EventFactory.build(
        programme=all_paid.programme, step=all_paid.event.step, kind="moderation", on=dt.date(2027, 2, 3)
    )

    arranging.add_event(all_paid.Amira, event)

    assert recoveries(all_paid.first, "partner") == [("dropped", "absent", D("95.00"))]
