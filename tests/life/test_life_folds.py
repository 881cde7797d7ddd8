"""What a fold of a partnership brings about, whom it tells, and what taking it back undoes."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import OutgoingMail
from accounts.roles import Role
from funding.services.folding import money_after
from funding.services.recovering import follow_agreeing, follow_fold, follow_taking_back
from programmes.models import DataReturn, Partnership
from programmes.services import life
from programmes.services.objections import close_objections
from pupils.figures import block
from pupils.models import Assessment
from pupils.results import block_as_json, place_facts
from pupils.returns.folding import typed_before_fold
from pupils.services import ask_for_grades, ask_for_grades_again, count_returns, excuse_missing_grades
from tests.factories import (
    AssessmentFactory,
    BookingFactory,
    MembershipFactory,
    PlaceFactory,
    UserFactory,
    VisitFactory,
)
from tests.lives import TODAY, story
from tests.reading import text_of
from visits.models import Booking, Visit
from visits.services import cancel_visits_after


def test_the_list_of_what_follows_from_a_fold():
    follows, undone = life.AFTER_FOLD, life.AFTER_TAKING_BACK

    assert follows == [life.close_returns, excuse_missing_grades, cancel_visits_after, close_objections, follow_fold]
    assert undone == [life.open_returns, ask_for_grades_again, follow_taking_back]
    assert [ask_for_grades, follow_agreeing] == life.AFTER_AGREEING
    assert [typed_before_fold, money_after] == life.TOLD_BEFORE_FOLD


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
