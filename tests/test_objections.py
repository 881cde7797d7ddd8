"""A head declines or disputes a pairing within 14 days; the coordinator keeps it or dissolves it, once."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from programmes.models import Objection, Partnership
from programmes.services import life, objections
from programmes.services.objections import AnsweredMeanwhile
from reports.dashboards import dashboard
from tests.factories import MembershipFactory, PartnershipFactory, UserFactory
from tests.together import at_once
from tests.world import build_world

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 27)
DECLINE = {"kind": "decline", "reason": "No cover to be found", "note": "Two of us are away."}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ours():
    """The world, whose objection is out of the way, with a pairing that was proposed a week ago."""
    ours = build_world()[0]
    Objection.objects.all().delete()
    ours.pairing = PartnershipFactory(
        programme=ours.programme,
        ref="P77",
        specialist=ours.partnership.specialist,
        partner_school=ours.school,
        status="proposed",
    )
    ours.pairing.steps.update(on=TODAY - dt.timedelta(days=7))
    ours.head, ours.coordinator = ours.people[Role.HEADTEACHER], ours.people[Role.COORDINATOR]
    return ours


def objecting(client, ours, **given):
    client.force_login(ours.head)
    return client.post(reverse("programmes:objection_add", args=[ours.pairing.pk]), DECLINE | given, follow=True)


def an_objection(ours):
    return Objection.objects.create(
        partnership=ours.pairing, school=ours.school, kind="decline", reason="No cover to be found", by=ours.head
    )


def words(response):
    return " ".join(response.content.decode().split())


def lines_of(user, membership):
    return [(item["title"], item.get("when"), item.get("late")) for item in dashboard(user, membership)["to_do"]]


def test_a_head_declines_a_pairing_and_the_coordinators_are_told(client, ours):
    page = objecting(client, ours)

    objection = Objection.objects.get()
    assert "The coordinators have it." in words(page)
    assert (objection.kind, objection.reason, objection.note, objection.school, objection.by) == (
        "decline",
        "No cover to be found",
        "Two of us are away.",
        ours.school,
        ours.head,
    )
    mail = OutgoingMail.objects.get(kind="objection_raised")
    assert (mail.to, mail.subject) == (ours.coordinator, "Ourside Partner School declines its pairing (P77)")
    assert "away" not in mail.text, "what the head wrote stands on the page alone"
    assert AuditEvent.objects.filter(did="pairing.objected", row=objection.pk, about="decline").exists()


@pytest.mark.parametrize(
    ("kind", "status", "side"),
    [
        (
            "decline",
            "Declined by Ourside Partner School, waiting for the coordinator to answer",
            "The headteacher has declined this pairing",
        ),
        (
            "dispute",
            "Question from Ourside Partner School, waiting for the coordinator to answer",
            "The headteacher has asked a question",
        ),
    ],
)
def test_status_and_sides_say_what_the_head_did_and_that_the_coordinator_acts(client, ours, kind, status, side):
    page = words(objecting(client, ours, kind=kind))
    client.force_login(ours.coordinator)
    answering = words(client.get(ours.pairing.get_absolute_url()))
    in_list = words(client.get(reverse("programmes:partnerships"), {"q": "P77"}))
    client.force_login(ours.people[Role.SPECIALIST])
    teacher = words(client.get(ours.pairing.get_absolute_url()))

    for seen in (page, answering):
        assert status in seen
        assert side in seen
        assert "Waiting for the headteacher of Ourside Partner School" not in seen
    assert "Waiting for the coordinator to answer a school" in in_list
    # Who may not see what a school has raised reads that there is something, and who acts.
    assert "Waiting for the coordinator to answer a school" in teacher
    assert "The headteacher has raised something" in teacher
    assert side not in teacher


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": ""}, "Say whether you decline the pairing or have a question about it."),
        ({"reason": ""}, "Choose the reason that comes nearest."),
        ({"reason": "Something of mine"}, "Choose from what is offered here."),
        ({"reason": "Another reason", "note": "  "}, "Say in a few words which reason it is."),
        ({"note": "x" * 2001}, "Keep it to 2,000 characters."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, ours, given, sentence):
    page = objecting(client, ours, **given)

    assert sentence in words(page)
    assert given.get("note", "Two of us are away.") in page.content.decode()
    assert not Objection.objects.exists()


@pytest.mark.parametrize(("days", "may"), [(0, True), (14, True), (15, False)])
def test_it_is_possible_for_fourteen_days_and_then_the_page_says_until_when(client, ours, days, may):
    ours.pairing.steps.update(on=TODAY - dt.timedelta(days=days))
    client.force_login(ours.head)

    partnership = words(client.get(ours.pairing.get_absolute_url()))
    form = words(client.get(reverse("programmes:objection_add", args=[ours.pairing.pk])))
    objecting(client, ours)

    assert ("decline it or ask a question</a> until" in partnership) == may
    assert ("the schools could decline this pairing" in partnership) != may
    assert ("Send to the coordinator" in form, "This was possible until" in form) == (may, not may)
    assert Objection.objects.exists() == may


@pytest.mark.parametrize("status", ["proposed", "agreed", "active", "paused", "embedding"])
def test_no_step_of_the_coordinator_takes_days_away_from_a_school(client, ours, status):
    Partnership.objects.update(status=status)
    client.force_login(ours.head)
    partnership = words(client.get(ours.pairing.get_absolute_url()))

    objecting(client, ours)

    although = "" if status == "proposed" else f", although it is {status}"
    assert f"ask a question</a> until Friday 4 December{although}." in partnership
    assert Objection.objects.exists()


@pytest.mark.parametrize("status", ["folded", "completed", "enquiry"])
@pytest.mark.parametrize(("days", "sentence"), [(7, "This partnership is {}. So there is nothing"), (15, "This was")])
def test_what_has_ended_is_not_declined_and_no_day_to_come_is_called_past(client, ours, status, days, sentence):
    ours.pairing.steps.update(on=TODAY - dt.timedelta(days=days))
    Partnership.objects.update(status=status)

    page = words(objecting(client, ours))

    assert sentence.format(status) in page
    assert ("This was possible until Thursday 26 November 2026" in page) == (days == 15)
    assert "4 December" not in page
    assert not Objection.objects.exists()


@pytest.mark.parametrize(("before", "step"), [("proposed", "agreed"), ("agreed", "active")])
@pytest.mark.parametrize(("days", "says"), [(14, True), (15, False)])
def test_who_takes_the_next_step_reads_until_when_a_school_may_still_decline(client, ours, before, step, days, says):
    Partnership.objects.update(status=before)
    ours.pairing.steps.update(on=TODAY - dt.timedelta(days=days))
    client.force_login(ours.coordinator)

    page = words(client.get(reverse("programmes:move", args=[ours.pairing.pk, step])))

    assert ("Until Friday 27 November each school can still decline this pairing" in page) == says
    assert ("can still decline" in page) == says


def test_a_school_has_one_open_objection_and_its_second_head_is_told(client, ours):
    an_objection(ours)

    page = objecting(client, ours)

    assert "This school has an open objection to this pairing already." in words(page)
    assert Objection.objects.count() == 1


def test_a_head_of_both_schools_says_for_which(client, ours):
    home = ours.pairing.specialist.home_school
    MembershipFactory(user=ours.head, role=Role.HEADTEACHER, organisation=ours.organisation, school=home)

    asked = objecting(client, ours)
    objecting(client, ours, school=home.pk)

    assert "Choose the school." in words(asked)
    assert Objection.objects.get().school == home


def test_the_other_school_sees_that_there_is_something_and_not_what(client, ours):
    an_objection(ours)
    other = UserFactory()
    home = ours.pairing.specialist.home_school
    MembershipFactory(user=other, role=Role.HEADTEACHER, organisation=ours.organisation, school=home)
    client.force_login(other)

    page = words(client.get(ours.pairing.get_absolute_url()))

    assert "One of the schools has raised something about this pairing." in page
    assert "No cover" not in page


def test_the_coordinator_keeps_the_pairing_with_an_answer(client, ours):
    objection = an_objection(ours)
    client.force_login(ours.coordinator)
    address = reverse("programmes:objection_answer", args=[objection.pk])

    page = client.post(address, {"outcome": "keep", "answer": "Cover is paid."}, follow=True)

    objection.refresh_from_db()
    ours.pairing.refresh_from_db()
    assert (objection.outcome, objection.answer, objection.answered_by) == ("keep", "Cover is paid.", ours.coordinator)
    assert (ours.pairing.status, "it stays" in words(page)) == ("proposed", True)
    mail = OutgoingMail.objects.get(kind="objection_answered")
    assert (mail.to, mail.subject) == (ours.head, "Your pairing stays: P77, Maths, Year 5")


def test_the_coordinator_dissolves_the_pairing_and_it_folds_as_declined(client, ours):
    objection = an_objection(ours)
    other = Objection.objects.create(
        partnership=ours.pairing,
        school=ours.pairing.specialist.home_school,
        kind="dispute",
        reason="Another reason",
        by=UserFactory(),
    )
    client.force_login(ours.coordinator)
    address = reverse("programmes:objection_answer", args=[objection.pk])

    client.post(address, {"outcome": "dissolve", "answer": "We look for another."})

    ours.pairing.refresh_from_db()
    other.refresh_from_db()
    step = ours.pairing.steps.last()
    assert (ours.pairing.status, ours.pairing.reason, ours.pairing.ended_on) == (
        "folded",
        "Declined by the school",
        TODAY,
    )
    assert (step.status, step.reason, step.by) == ("folded", "Declined by the school", ours.coordinator)
    assert (other.outcome, other.answer) == ("dissolve", objections.FOLDED_MEANWHILE)
    mail = OutgoingMail.objects.get(kind="objection_answered")
    assert (mail.to, mail.subject) == (ours.head, "Your pairing is dissolved: P77, Maths, Year 5")


def test_when_a_pairing_is_dissolved_everyone_concerned_gets_one_mail(ours):
    objection = an_objection(ours)
    OutgoingMail.objects.all().delete()

    objections.answer(ours.coordinator, objection, "dissolve", "We look for another.")

    found = dict(OutgoingMail.objects.values_list("to__last_name", "kind"))
    assert OutgoingMail.objects.count() == len(found)
    assert found["OursideHeadteacher"] == "objection_answered"
    assert {kind for name, kind in found.items() if name != "OursideHeadteacher"} == {"partnership_folded"}
    assert "the partnership has folded" in OutgoingMail.objects.get(kind="objection_answered").text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"outcome": ""}, "Say whether the pairing stays or is dissolved."),
        ({"answer": " "}, "Write the answer."),
        ({"answer": "x" * 2001}, "Keep it to 2,000 characters."),
        ({"outcome": "perhaps"}, "perhaps is not one of the available choices"),
    ],
)
def test_an_answer_is_whole_or_not_sent(client, ours, given, sentence):
    objection = an_objection(ours)
    client.force_login(ours.coordinator)
    address = reverse("programmes:objection_answer", args=[objection.pk])

    page = client.post(address, {"outcome": "keep", "answer": "Cover is paid."} | given)

    assert sentence in words(page)
    assert Objection.objects.open().exists()


def test_who_answers_second_is_told_and_nothing_of_theirs_is_sent(client, ours):
    objection = an_objection(ours)
    objections.answer(ours.coordinator, objection, "keep", "Cover is paid.")
    client.force_login(ours.coordinator)
    address = reverse("programmes:objection_answer", args=[objection.pk])

    page = client.post(address, {"outcome": "dissolve", "answer": "Gone."}, follow=True)

    ours.pairing.refresh_from_db()
    assert "Someone else answered a moment ago. Yours was not sent." in words(page)
    assert (ours.pairing.status, Objection.objects.get().answer) == ("proposed", "Cover is paid.")


def test_a_pairing_of_a_closed_programme_is_not_dissolved_and_the_answer_stays_in_the_form(client, ours):
    objection = an_objection(ours)
    ours.programme.status = "closed"
    ours.programme.save()
    client.force_login(ours.coordinator)
    address = reverse("programmes:objection_answer", args=[objection.pk])

    page = words(client.post(address, {"outcome": "dissolve", "answer": "We look for another."}))

    assert "This programme is closed, and its partnerships stay as they are. Nothing was sent." in page
    assert "We look for another." in page
    assert Objection.objects.open().exists()


def test_a_fold_for_another_reason_leaves_nothing_to_answer(ours):
    objection = an_objection(ours)

    life.move(ours.coordinator, ours.pairing, "folded", on=TODAY, reason="Staff change")

    objection.refresh_from_db()
    assert (objection.outcome, objection.answer, objection.answered_by) == (
        "dissolve",
        objections.FOLDED_MEANWHILE,
        ours.coordinator,
    )
    assert not OutgoingMail.objects.filter(kind="objection_answered").exists()


def test_today_says_who_waits_for_an_answer_and_since_when(ours):
    objection = an_objection(ours)
    membership = ours.coordinator.memberships.get()
    title = "Ourside Partner School declines its pairing"

    def about_it():
        return [line for line in lines_of(ours.coordinator, membership) if line[0] == title]

    fresh = about_it()
    Objection.objects.filter(pk=objection.pk).update(at=objection.at - dt.timedelta(days=6))
    late = about_it()
    objections.answer(ours.coordinator, objection, "keep", "Cover is paid.")

    assert fresh == [(title, "Waiting for your answer since Friday 27 November", False)]
    assert late == [(title, "Waiting for your answer since Saturday 21 November", True)]
    assert about_it() == []


def test_a_head_is_told_today_until_when_a_pairing_can_be_declined(ours):
    membership = ours.head.memberships.get()

    before = lines_of(ours.head, membership)
    an_objection(ours)
    after = lines_of(ours.head, membership)

    line = ("A partnership is proposed: Maths, Year 5", "You can decline it or ask until Friday 4 December", None)
    assert (line in before, line in after) == (True, False)


def test_half_an_answer_cannot_be_kept(ours):
    objection = an_objection(ours)
    objection.outcome = "keep"

    with pytest.raises(ValidationError, match="Write an answer"):
        objection.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        objection.save()


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_who_answer_at_once_one_wins(ours):
    objection = an_objection(ours)
    again = Objection.objects.get()

    found = at_once(
        lambda: objections.answer(ours.coordinator, objection, "keep", "Cover is paid."),
        lambda: objections.answer(ours.coordinator, again, "dissolve", "We look for another."),
        expecting=(AnsweredMeanwhile,),
    )

    assert sorted(isinstance(answer, AnsweredMeanwhile) for answer in found) == [False, True]
    row = Objection.objects.select_related("partnership").get()
    assert (row.outcome, row.partnership.status) in {("keep", "proposed"), ("dissolve", "folded")}


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_of_one_school_who_object_at_once_one_is_told(ours):
    deputy = UserFactory()

    found = at_once(
        *[
            lambda by=by: objections.object_to(
                by, Objection(partnership=ours.pairing, school=ours.school, kind="decline", reason="Too far")
            )
            for by in (ours.head, deputy)
        ],
        expecting=(objections.NotOpen,),
    )

    told = [str(answer) for answer in found if isinstance(answer, objections.NotOpen)]
    assert told == ["Someone of your school has objected already, and the coordinator has it."]
    assert Objection.objects.count() == 1
