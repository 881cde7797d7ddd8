"""What a school owes or is still to get is worked out again whenever who was at an event is told otherwise."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from funding.models import Recovery
from funding.services import recovering
from funding.services.folding import money_after, money_taken_back
from funding.standing import standing_of
from funding.tasks import check_money
from tests.money.funded import ask, fold, recoveries
from tests.reading import text_of
from visits.events import register

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2027, 1, 27)


def today(client, person):
    client.force_login(person)
    return text_of(client.get(reverse("today")))


def page_of(client, person, row):
    client.force_login(person)
    return text_of(client.get(reverse("funding:recovery", args=[row.pk])))


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
    page = page_of(client, of_one_teacher.Tom, Recovery.objects.get(partnership=first, side="specialist"))

    assert then - due == D("190.00")
    where = "is due to P002, where the same teacher is: half-days at events are paid"
    assert f"£190.00 more {where} there from then on." in before
    assert f"£190.00 less {where} here again." in back
    assert "Moderation 1 is paid with P002, where the same teacher is" in page
