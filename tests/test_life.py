"""The life of a partnership: which steps are open, what each brings about, and that of two people one wins."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from programmes.models import DataReturn, Partnership, PartnershipStep, Programme
from programmes.services import life
from programmes.services.objections import close_objections
from pupils.figures import block
from pupils.models import Assessment
from pupils.results import block_as_json, place_facts
from pupils.services import ask_for_grades_again, count_returns, excuse_missing_grades
from tests.factories import (
    AssessmentFactory,
    BookingFactory,
    MembershipFactory,
    PartnershipFactory,
    PlaceFactory,
    UserFactory,
    VisitFactory,
)
from tests.reading import text_of
from tests.together import at_once
from tests.world import build_world
from visits.models import Booking, Visit
from visits.services import NotOpenToVisits, cancel_visits_after, keep_visit

TODAY = dt.date(2027, 1, 27)
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


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def ours(world):
    return world[0]


def partnership_at(status, *earlier):
    """A partnership that went through these statuses, the last one in November."""
    partnership = PartnershipFactory(status=status)
    partnership.steps.all().delete()
    for number, stood in enumerate([*earlier, status]):
        PartnershipStep.objects.create(partnership=partnership, status=stood, on=dt.date(2026, 11, 1 + number))
    if status in {"completed", "folded"}:
        partnership.ended_on = dt.date(2026, 11, 1 + len(earlier))
        partnership.save()
    return partnership


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


def story(partnership):
    return list(partnership.steps.values_list("status", "on", "reason", "note", "by"))


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


# What folding brings about ----------------------------------------------------------------------------------------


def test_the_list_of_what_follows_from_a_fold():
    follows, undone = life.AFTER_FOLD, life.AFTER_TAKING_BACK

    assert follows == [life.close_returns, excuse_missing_grades, cancel_visits_after, close_objections]
    assert undone == [life.open_returns, ask_for_grades_again]


def half_a_year(ours):
    """Two pupils, one without the grades; a visit before, on and after the last day, and one that took place."""
    partnership, points = ours.partnership, list(ours.programme.data_points.all())
    grade = ours.place.assessments.first().grade
    ours.place.assessments.filter(data_point=points[1]).delete()
    place = PlaceFactory(partnership=partnership)
    AssessmentFactory(place=place, data_point=points[0], grade=grade)
    count_returns(ours.programme)
    DataReturn.objects.filter(partnership=partnership, data_point=points[0]).update(state="submitted")
    visits = {}
    for name, on, status in [
        ("before", dt.date(2027, 1, 20), "planned"),
        ("took place", dt.date(2027, 1, 21), "took place"),
        ("last day", dt.date(2027, 1, 25), "planned"),
        ("gone by", dt.date(2027, 1, 26), "planned"),
        ("after", dt.date(2027, 1, 27), "planned"),
    ]:
        visits[name] = VisitFactory(partnership=partnership, on=on, half="pm", status=status)
        BookingFactory(visit=visits[name], person=ours.people[Role.SPECIALIST])
    return place, visits


def test_a_fold_is_this_and_nothing_else(ours, world):
    place, visits = half_a_year(ours)
    person, partnership = ours.people[Role.COORDINATOR], ours.partnership
    others = Visit.objects.exclude(partnership=partnership).values_list("pk", "status")
    untouched = set(others)

    life.move(person, partnership, "folded", on=dt.date(2027, 1, 25), reason="Staff change", note="Left the school.")

    assert (partnership.status, partnership.ended_on, partnership.reason) == (
        "folded",
        dt.date(2027, 1, 25),
        "Staff change",
    )
    cancelled = ("cancelled", "The partnership has folded.")
    assert {v.pk: (v.status, v.cancelled_because) for v in partnership.visits.all()} == {
        visits["before"].pk: ("planned", ""),
        visits["took place"].pk: ("took place", ""),
        visits["last day"].pk: ("planned", ""),
        visits["gone by"].pk: ("planned", ""),
        visits["after"].pk: cancelled,
        ours.visit.pk: cancelled,
    }
    assert set(Booking.objects.filter(visit__partnership=partnership).values_list("visit", flat=True)) == {
        visits["before"].pk,
        visits["took place"].pk,
        visits["last day"].pk,
        visits["gone by"].pk,
    }
    returns = partnership.returns.values_list("data_point__name", "state", "expected", "assessed", "excused")
    assert list(returns) == [("October", "submitted", 2, 2, 0), ("Summer", "closed", 2, 0, 2)]
    reasons = Assessment.objects.filter(place__partnership=partnership, grade=None).values_list(
        "place", "data_point__name", "reason"
    )
    assert set(reasons) == {
        (ours.place.pk, "Summer", "partnership ended"),
        (place.pk, "Summer", "partnership ended"),
    }
    assert set(others.all()) == untouched
    assert not DataReturn.objects.owing().filter(partnership=partnership).exists()


def return_of(partnership, point):
    row = partnership.returns.select_related("data_point").get(data_point__name=point)
    return row.state, row.expected, row.assessed, row.submitted_at is not None


def published(programme):
    """What is counted and averaged of the whole programme."""
    return block_as_json(block(place_facts(programme)))


def test_what_was_submitted_without_all_its_grades_is_closed_by_a_fold_and_not_called_whole(client, ours):
    place, _ = half_a_year(ours)
    person, partnership = ours.people[Role.COORDINATOR], ours.partnership
    october = partnership.returns.get(data_point__name="October")
    place.assessments.all().delete()
    DataReturn.objects.filter(pk=october.pk).update(submitted_at=dt.datetime(2026, 10, 12, tzinfo=dt.UTC))
    count_returns(ours.programme)
    figures = published(ours.programme)
    client.force_login(person)

    life.move(person, partnership, "folded", on=dt.date(2027, 1, 25), reason="Staff change")
    folded = return_of(partnership, "October")
    said = text_of(client.get(partnership.get_absolute_url()))
    pack = text_of(client.get(reverse("reports:handover", args=[partnership.pk])))
    roster = text_of(client.get(reverse("reports:roster")))
    counted = published(ours.programme)
    life.move(person, partnership, "active", on=TODAY, reason="Recorded by mistake")

    assert folded == ("closed", 2, 1, True)
    assert "1 of 2 Nobody Closed when the partnership folded on Monday 25 January 2027, not submitted" in said
    assert "Nobody, submitted" not in said
    assert "1 of 2 Closed when the partnership folded on Monday 25 January 2027, not submitted" in pack
    assert "October: closed when it folded on 25 January 2027, 1 of 2 in, not submitted" in roster
    assert counted == figures
    assert return_of(partnership, "October") == ("submitted", 2, 1, True)
    assert return_of(partnership, "Summer") == ("open", 2, 0, False)


def test_a_whole_return_says_who_submitted_it_or_that_it_came_from_a_file(client, ours):
    half_a_year(ours)
    partnership, teacher = ours.partnership, ours.people[Role.PARTNER]
    row = partnership.returns.filter(data_point__name="October")
    row.update(submitted_at=dt.datetime(2026, 10, 12, 9, tzinfo=dt.UTC))
    client.force_login(ours.people[Role.COORDINATOR])

    from_a_file = text_of(client.get(partnership.get_absolute_url()))
    row.update(submitted_by=teacher)
    by_a_teacher = text_of(client.get(partnership.get_absolute_url()))

    assert "Nobody, all in from a file loaded on Monday 12 October 2026" in from_a_file
    assert f"Nobody, submitted on Monday 12 October 2026 by {teacher}" in by_a_teacher


def test_a_fold_tells_everyone_concerned_once_and_says_no_more_than_that(ours, world):
    partnership, organisation = ours.partnership, ours.organisation
    home_head = MembershipFactory(
        role=Role.HEADTEACHER, organisation=organisation, school=partnership.specialist.home_school
    ).user
    MembershipFactory(user=home_head, role=Role.HEADTEACHER, organisation=organisation, school=ours.school)
    MembershipFactory(
        user=UserFactory(is_active=False), role=Role.HEADTEACHER, organisation=organisation, school=ours.school
    )
    left = MembershipFactory(role=Role.HEADTEACHER, organisation=organisation, school=ours.school)
    left.ended_at = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    left.save()

    life.move(
        ours.people[Role.COORDINATOR], partnership, "folded", on=TODAY, reason="Illness or long absence", note="Secret."
    )

    mails = OutgoingMail.objects.filter(kind__startswith="partnership_")
    told = {Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.CONSULTANT}
    assert {mail.to for mail in mails} == {ours.people[role] for role in told} | {home_head}
    assert len(mails) == 5
    assert {(m.kind, m.about_model, m.about_row, m.organisation_id, m.by_id) for m in mails} == {
        (
            "partnership_folded",
            "programmes.partnership",
            partnership.pk,
            organisation.pk,
            ours.people[Role.COORDINATOR].pk,
        )
    }
    texts = " ".join(f"{mail.subject} {mail.text}" for mail in mails)
    assert "Secret" not in texts
    assert "Illness" not in texts
    assert "Wednesday 27 January 2027" in texts
    assert "{" not in texts


def test_a_fold_taken_back_asks_for_the_grades_again_and_leaves_the_visits_cancelled(ours):
    half_a_year(ours)
    person, partnership = ours.people[Role.COORDINATOR], ours.partnership
    life.move(person, partnership, "folded", on=dt.date(2027, 1, 25), reason="Staff change")

    life.move(person, partnership, "active", on=TODAY, reason="Recorded by mistake")

    assert (partnership.status, partnership.ended_on) == ("active", None)
    returns = partnership.returns.values_list("data_point__name", "state", "expected", "assessed", "excused")
    assert list(returns) == [("October", "submitted", 2, 2, 0), ("Summer", "open", 2, 0, 0)]
    assert partnership.visits.filter(status="cancelled").count() == 2
    assert set(OutgoingMail.objects.filter(kind__startswith="partnership_").values_list("kind", flat=True)) == {
        "partnership_folded",
        "partnership_goes_on",
    }


def test_nothing_of_a_fold_stays_when_one_of_its_consequences_fails(ours, monkeypatch):
    def fails(person, partnership, on):
        raise RuntimeError("not today")

    monkeypatch.setattr(life, "AFTER_FOLD", [*life.AFTER_FOLD, fails])
    before = story(ours.partnership)

    with pytest.raises(RuntimeError, match="not today"):
        life.move(None, ours.partnership, "folded", on=TODAY, reason="Staff change")

    assert Partnership.objects.get(pk=ours.partnership.pk).status == "active"
    assert story(ours.partnership) == before
    assert set(ours.partnership.visits.values_list("status", flat=True)) == {"planned"}
    assert OutgoingMail.objects.filter(kind__startswith="partnership_").count() == 0


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
