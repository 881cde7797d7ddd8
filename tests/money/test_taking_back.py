"""A fold that is taken back: nothing is asked back for it any more, and what came back already is made good."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from funding.models import Recovery
from funding.overview import together
from funding.services import paying, recovering, releasing
from funding.services.recovering import GOES_ON
from funding.standing import standing_of
from programmes.services import life
from tests.money.funded import IN_TIME, approve, authorise, fold, hand_in, release_of
from tests.reading import text_of, today

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 1, 26)
D = Decimal


def amounts(money):
    rows = standing_of(money.plan).rows
    return {(row.partnership.ref, row.stage.name, row.side): row.amount for row in rows}


@pytest.fixture
def asked(paid):
    """The first partnership has folded; 118.75 of its partner school and 95.00 of the specialist teacher's, which have
    the second as well, are asked for by Amira and approved by Tom."""
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    second.save()
    second.specialist.home_school = first.specialist.home_school
    second.specialist.save()
    paid.before = amounts(paid)
    paid.entitled = together(standing_of(paid.plan)).entitled
    fold(paid, first)
    for row in Recovery.objects.all():
        recovering.request(paid.Amira, row)
        recovering.approve(paid.Tom, row)
    paid.partner, paid.specialist = (Recovery.objects.get(side=side) for side in ("partner", "specialist"))
    return paid


def take_back(money):
    life.move(money.Amira, money.partnerships[0], "active", on=DAY, reason="Recorded by mistake")
    for row in (money.partner, money.specialist):
        row.refresh_from_db()


def december(money, partnership, side):
    return release_of(partnership, money.stages[1], side)


def set_against(money):
    """95.00 is set against December of the other partnership, which is approved: it pays 95.00 of 190.00."""
    second = money.partnerships[1]
    release = december(money, second, "specialist")
    recovering.set_against(money.Ruth, money.specialist, release)
    hand_in(second, money.points[1])
    approve(money.Tom, money.plan, [release])
    release.refresh_from_db()
    return release


def test_what_is_approved_is_not_asked_for_any_more_and_its_offset_is_released(client, asked):
    recovering.set_against(asked.Ruth, asked.specialist, december(asked, asked.partnerships[1], "specialist"))

    take_back(asked)

    for row in (asked.partner, asked.specialist):
        assert (row.state, row.because, row.ended_by, row.offset_in) == ("dropped", GOES_ON, asked.Amira, None)
        assert list(row.events.order_by("pgh_id").values_list("state", flat=True))[-1] == "dropped"
    assert AuditEvent.objects.filter(did="recovery dropped", who=asked.Amira).count() == 2
    assert amounts(asked) == asked.before
    assert together(standing_of(asked.plan)).entitled == asked.entitled
    assert "is not paid back yet" not in today(client, asked.Ruth)


def test_the_page_before_says_what_becomes_of_the_money(client, asked):
    recovering.receive(asked.Ruth, asked.partner, dt.date(2027, 1, 27))
    recovering.set_against(asked.Ruth, asked.specialist, december(asked, asked.partnerships[1], "specialist"))
    states = list(Recovery.objects.order_by("pk").values_list("pk", "state"))
    client.force_login(asked.Amira)

    text = text_of(client.get(reverse("programmes:move", args=[asked.partnerships[0].pk, "active"])))

    school, home = asked.partner.school, asked.specialist.school
    assert "Money is paid again for December, March and Summer, once nothing is missing." in text
    assert f"£95.00, asked back from {home}, is not asked for any more. The December stage of P002 pays so" in text
    assert f"£118.75, paid back by {school}, is made good: the December stage of P001 pays so much more." in text
    assert list(Recovery.objects.order_by("pk").values_list("pk", "state")) == states


def test_what_came_back_is_made_good_and_stands_on_today_until_then(client, asked):
    first = asked.partnerships[0]
    recovering.receive(asked.Ruth, asked.partner, dt.date(2027, 1, 27))
    set_against(asked)
    folded = today(client, asked.Amira)
    take_back(asked)

    found = amounts(asked)
    waits = today(client, asked.Amira)
    page = text_of(client.get(reverse("funding:recovery", args=[asked.partner.pk])))
    first.returns.update(expected=4)  # it has no pupils, as the fold has counted
    hand_in(first, asked.points[1])
    releases = [december(asked, first, side) for side in ("specialist", "partner")]
    approve(asked.Tom, asked.plan, releases)
    good = today(client, asked.Amira)
    releasing.take_approval_back(asked.Tom, releases[1])
    again = today(client, asked.Amira)

    assert (asked.partner.state, asked.specialist.state) == ("recovered", "offset")
    assert found["P001", "December", "partner"] == D("237.50")
    assert found["P001", "December", "specialist"] == D("285.00")
    titles = [
        f"£118.75 is to be made good to {asked.partner.school}",
        f"£95.00 is to be made good to {asked.specialist.school}",
    ]
    assert [[title in text for title in titles] for text in (folded, waits, good, again)] == [
        [False, False],
        [True, True],
        [False, False],
        [True, False],
    ]
    assert waits.index("Waiting for others") < waits.index(titles[0])
    words = "£95.00, taken off the December stage of P002 for"
    assert words in waits
    assert (
        f"The fold was taken back. £118.75, paid back by {asked.partner.school}, is made good: the December stage"
    ) in page
    assert "less" not in page.split("Half-days")[1].split("Asked for")[0]
    assert together(standing_of(asked.plan)).entitled == asked.entitled


def test_where_no_stage_is_open_the_coordinator_has_to_add_one(client, paid):
    first = paid.partnerships[0]
    with time_machine.travel(dt.datetime(2027, 7, 5, 9, tzinfo=dt.UTC), tick=False):
        for point, stage in zip(paid.points[1:], paid.stages[1:], strict=True):
            hand_in(first, point)
            approve(paid.Tom, paid.plan, [release_of(first, stage, "partner")])
        batch = authorise(paid)
        answers = [paying.Answered(row, True, dt.date(2027, 7, 5)) for row in batch.payments.all()]
        paying.take_answers(paid.Ruth, batch, answers)
        life.move(paid.Amira, first, "folded", on=dt.date(2027, 7, 2), reason="Staff change")
        row = Recovery.objects.get(side="partner")
        recovering.request(paid.Amira, row)
        recovering.approve(paid.Tom, row)
        recovering.receive(paid.Ruth, row, dt.date(2027, 7, 5))

        client.force_login(paid.Amira)
        before = text_of(client.get(reverse("programmes:move", args=[first.pk, "active"])))
        life.move(paid.Amira, first, "active", on=dt.date(2027, 7, 2), reason="Recorded by mistake")
        after = today(client, paid.Amira)

    words = f"£475.00, paid back by {row.school}, has no open stage that makes it good: add one to the funding plan."
    assert words in before
    assert f"£475.00 is to be made good to {row.school}" in after
    assert "Waiting for others" not in after


def test_an_approval_that_is_taken_back_later_asks_nothing_back_of_who_goes_on(asked):
    release = set_against(asked)
    take_back(asked)
    offset = asked.specialist.state

    releasing.take_approval_back(asked.Tom, release)

    asked.specialist.refresh_from_db()
    assert (offset, asked.specialist.state, asked.specialist.because) == ("offset", "dropped", GOES_ON)
    assert asked.specialist.offset_in is None
    assert amounts(asked) == asked.before


def test_whoever_approved_it_reads_that_somebody_has_given_it_up(client, asked):
    """Asking takes two people, giving up one: so the other is told, for two weeks."""
    recovering.drop(asked.Ruth, asked.specialist, "The school is poor")
    words = "£95.00 that you approved is not asked back any more"

    told = [today(client, person) for person in (asked.Tom, asked.Martin, asked.Ruth)]
    with time_machine.travel(IN_TIME + dt.timedelta(days=14), tick=False):
        later = today(client, asked.Tom)

    assert [words in text for text in (*told, later)] == [True, False, False, False]
    assert f"given up by {asked.Ruth}. The school is poor" in told[0]


def test_whoever_approved_it_reads_that_the_partnership_goes_on(client, asked):
    take_back(asked)

    text = today(client, asked.Tom)

    assert f"given up by {asked.Amira}. {GOES_ON}" in text
    assert "£118.75 that you approved is not asked back any more" in text
