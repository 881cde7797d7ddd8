"""The life of a partnership: which steps are open, what is kept of each, and that of two people one wins."""

import datetime as dt

import pytest
import time_machine

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import DataReturn, Partnership, PartnershipStep, Programme
from programmes.services import life
from pupils.returns.counting import count_returns
from tests.factories import PartnershipFactory
from tests.lives import TODAY, partnership_at, story
from tests.together import at_once
from visits.models import NotOpenToVisits, Visit
from visits.services import keep_visit

STATUSES = list(Partnership.Status.values)
OPEN = {  # from -> where to, without what takes an end back
    "enquiry": {"proposed", "folded"},
    "proposed": {"agreed", "folded"},
    "agreed": {"active", "folded"},
    "active": {"paused", "completed", "folded"},
    "paused": {"active", "folded"},
    "completed": {"embedding"},
    "embedding": {"paused", "completed", "folded"},
    "folded": set(),
}


def reached(partnership):
    """Which statuses it can be moved to from where it stands."""
    found = set()
    for status in STATUSES:
        row = Partnership.objects.get(pk=partnership.pk)
        try:
            life.move(None, row, status, on=TODAY, reason="Staff change")
        except life.WrongStep:
            continue
        found.add(status)
        Partnership.objects.filter(pk=row.pk).update(status=partnership.status, ended_on=partnership.ended_on)
        row.steps.filter(on=TODAY).delete()
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("status", STATUSES)
def test_the_table_of_steps_is_exactly_this(status):
    partnership = partnership_at(status)

    assert reached(partnership) == OPEN[status]
    assert set(life.steps_from(partnership)) == OPEN[status]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("earlier", "status"),
    [
        (["enquiry"], "folded"),
        (["proposed"], "folded"),
        (["proposed", "agreed"], "folded"),
        (["active"], "folded"),
        (["active", "paused"], "folded"),
        (["active"], "completed"),
        (["embedding"], "folded"),
        (["embedding"], "completed"),
        (["embedding", "paused"], "folded"),
    ],
)
def test_an_end_by_mistake_goes_back_to_where_it_stood_and_nowhere_else(earlier, status):
    partnership = partnership_at(status, *earlier)

    assert reached(partnership) == {earlier[-1]} | OPEN[status]


@pytest.mark.django_db
def test_nothing_moves_in_a_closed_programme():
    partnership = partnership_at("active")
    Programme.objects.update(status="closed")
    partnership.refresh_from_db()

    assert reached(partnership) == set()
    assert life.steps_from(partnership) == []


def test_a_step_is_kept_with_its_day_person_reason_and_note(ours):
    person, partnership = ours.people[Role.COORDINATOR], ours.partnership

    life.move(person, partnership, "paused", on=dt.date(2027, 1, 25), reason="Staff change", note="Back in March.")
    life.move(person, partnership, "active", on=TODAY)
    life.move(person, partnership, "completed", on=TODAY)
    life.move(person, partnership, "embedding", on=TODAY)

    assert story(partnership) == [
        ("active", dt.date(2026, 9, 1), "", "", None),
        ("paused", dt.date(2027, 1, 25), "Staff change", "Back in March.", person.pk),
        ("active", TODAY, "", "", person.pk),
        ("completed", TODAY, "", "", person.pk),
        ("embedding", TODAY, "", "", person.pk),
    ]
    stored = Partnership.objects.get(pk=partnership.pk)
    assert (stored.status, stored.ended_on, stored.reason) == ("embedding", None, "")
    audited = AuditEvent.objects.filter(did="partnership moved", row=partnership.pk, who=person)
    assert list(audited.order_by("pk").values_list("about", flat=True)) == [
        "active to paused",
        "paused to active",
        "active to completed",
        "completed to embedding",
    ]


def test_a_second_year_begins_where_the_first_was_completed_and_ends_on_a_day_of_its_own(ours):
    life.move(None, ours.partnership, "completed", on=dt.date(2027, 1, 20))

    life.move(None, ours.partnership, "embedding", on=dt.date(2027, 1, 21))
    going_on = ours.partnership.ended_on
    life.move(None, ours.partnership, "completed", on=TODAY)

    assert (going_on, ours.partnership.ended_on) == (None, TODAY)
    assert [(step.status, step.on.day) for step in ours.partnership.steps.all()][1:] == [
        ("completed", 20),
        ("embedding", 21),
        ("completed", 27),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("running", ["active", "embedding"])
def test_a_pause_ends_where_it_began_also_after_a_fold_that_was_taken_back(running):
    partnership = partnership_at("paused", running, "paused", "folded")

    assert reached(partnership) == {running, "folded"}
    assert life.act_of(partnership, running) == "End the pause"
    assert life.reasons_for(partnership, running) == []


@pytest.mark.parametrize(
    ("status", "on"),
    [
        ("paused", dt.date(2027, 1, 28)),  # to come
        ("paused", dt.date(2026, 10, 31)),  # before the last step
        ("folded", dt.date(2026, 10, 31)),
        ("completed", dt.date(2027, 9, 1)),  # after the year
    ],
)
@pytest.mark.django_db
def test_a_day_that_does_not_fit_is_refused_in_a_sentence(status, on):
    partnership = partnership_at("active")

    with pytest.raises(life.WrongDay) as refused:
        life.move(None, partnership, status, on=on, reason="Staff change")

    assert str(refused.value).startswith("Give a day from 1 November 2026 to 27 January 2027")
    assert story(partnership) == [("active", dt.date(2026, 11, 1), "", "", None)]


@pytest.mark.django_db
def test_what_prepares_a_year_may_be_done_before_it_begins():
    with time_machine.travel(dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC), tick=False):
        partnership = partnership_at("proposed")
        partnership.steps.update(on=dt.date(2026, 6, 1))
        agreed, active = life.days_for(partnership, "agreed"), life.days_for(partnership, "active")
        life.move(None, partnership, "agreed", on=dt.date(2026, 6, 10))
        life.move(None, partnership, "active", on=life.day_of_step(partnership, "active"))

    assert agreed == (dt.date(2026, 6, 1), dt.date(2026, 9, 1))
    assert active == (dt.date(2026, 9, 1), dt.date(2026, 9, 1))
    assert partnership.status == "active"


@pytest.mark.parametrize(("before", "status"), [("active", "paused"), ("active", "folded"), ("folded", "active")])
@pytest.mark.django_db
def test_someone_will_ask_why(before, status):
    partnership = partnership_at(before, "active") if before == "folded" else partnership_at(before)

    with pytest.raises(life.WrongStep, match="Say why"):
        life.move(None, partnership, status, on=TODAY)


# Paused -----------------------------------------------------------------------------------------------------------


def test_while_it_is_paused_nothing_is_planned_or_asked_for_and_its_visits_stay(ours):
    ours.place.assessments.filter(data_point__name="Summer").delete()
    count_returns(ours.programme)
    owed = DataReturn.objects.filter(partnership=ours.partnership)
    assert owed.owing().exists()

    life.move(ours.people[Role.COORDINATOR], ours.partnership, "paused", on=TODAY, reason="Ofsted inspection")

    rows = Partnership.objects.filter(pk=ours.partnership.pk)
    assert not owed.owing().exists()
    assert not rows.open_to_visits().exists()
    assert not rows.open_to_entries().exists()
    assert rows.running().exists()
    visit = Visit.objects.get(pk=ours.visit.pk)
    assert (visit.status, visit.is_resting, visit.bookings.count()) == ("planned", True, 2)
    with pytest.raises(NotOpenToVisits):
        keep_visit(
            None, Visit(partnership=ours.partnership, kind="showcase", on=TODAY, half="pm", host=ours.school), []
        )
    with pytest.raises(NotOpenToVisits):
        keep_visit(None, visit, [])


# Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["folded", "paused", "completed"])
def test_of_two_coordinators_who_move_it_at_once_one_wins_and_the_other_is_told(other):
    pk = PartnershipFactory().pk
    rows = [Partnership.objects.get(pk=pk), Partnership.objects.get(pk=pk)]

    found = at_once(
        lambda: life.move(None, rows[0], "folded", on=TODAY, reason="Staff change"),
        lambda: life.move(None, rows[1], other, on=TODAY, reason="Staff change"),
        expecting=(life.MovedMeanwhile,),
    )

    assert sorted(isinstance(answer, life.MovedMeanwhile) for answer in found) == [False, True]
    assert PartnershipStep.objects.filter(partnership=pk, on=TODAY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_visit_planned_while_the_partnership_folds_is_either_cancelled_or_not_made():
    partnership = PartnershipFactory()
    other = Partnership.objects.get(pk=partnership.pk)
    visit = Visit(
        partnership=other, kind="showcase", on=dt.date(2027, 3, 1), half="am", host=partnership.partner_school
    )

    at_once(
        lambda: life.move(None, partnership, "folded", on=TODAY, reason="Staff change"),
        lambda: keep_visit(None, visit, []),
        expecting=(NotOpenToVisits,),
    )

    assert Partnership.objects.get().status == "folded"
    assert not Visit.objects.filter(status="planned").exists()
