"""The pages on which a coordinator moves a partnership: what is offered, what is asked, and what is said."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.models import Partnership, PartnerTeacher, Programme
from programmes.services import life
from programmes.services.agreements import write_agreements
from tests.factories import MembershipFactory, UserFactory, VisitFactory

pytestmark = pytest.mark.usefixtures("one_day")


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def address(ours, status):
    return reverse("programmes:move", args=[ours.partnership.pk, status])


def typed(ours, **fields):
    seen = ours.partnership.steps.last().pk
    return {"on": "27/1/2027", "reason": "Staff change", "note": "Back in March.", "seen": seen} | fields


def stored(ours):
    return Partnership.objects.get(pk=ours.partnership.pk)


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("enquiry", ["Propose this partnership", "Fold this partnership"]),
        ("proposed", ["Mark as agreed", "Fold this partnership"]),
        ("agreed", ["Start this partnership", "Fold this partnership"]),
        ("active", ["Pause this partnership", "Mark as completed", "Fold this partnership"]),
        ("paused", ["End the pause", "Fold this partnership"]),
        ("completed", ["Take “completed” back", "Mark as embedding"]),
        ("embedding", ["Pause this partnership", "Mark as completed", "Fold this partnership"]),
        ("folded", ["Take the fold back"]),
    ],
)
def test_the_page_offers_the_acts_that_are_open_and_no_others(client, ours, coordinator, status, acts):
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=status)
    if status != "active":
        ours.partnership.steps.create(status=status, on=dt.date(2026, 9, 2))

    page = client.get(ours.partnership.get_absolute_url())

    assert [act for _, act in page.context["acts"]] == acts
    assert [act in text(page) for act in acts] == [True] * len(acts)


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER])
def test_others_see_what_happened_and_no_act(client, ours, role):
    life.move(None, ours.partnership, "paused", on=dt.date(2027, 1, 20), reason="Ofsted inspection", note="In Feb.")
    client.force_login(ours.people[role])

    page = client.get(ours.partnership.get_absolute_url())

    assert page.context["acts"] == []
    assert "Paused Ofsted inspection In Feb." in text(page)
    assert "This partnership is paused." in text(page)
    assert "Add a visit" not in text(page)
    assert "replace" not in text(page).lower()


def test_a_pause_keeps_nobody_from_changing_the_people_and_says_so(client, ours, coordinator):
    life.move(coordinator, ours.partnership, "paused", on=dt.date(2027, 1, 20), reason="Staff change")

    page = text(client.get(ours.partnership.get_absolute_url()))

    assert "You can still replace or add a teacher below: a pause is often for a change of staff." in page
    assert "Add a partner teacher" in page


def test_a_pause_is_kept_and_said(client, ours, coordinator):
    page = client.post(address(ours, "paused"), typed(ours), follow=True)

    step = ours.partnership.steps.last()
    assert (step.status, step.on, step.reason, step.note, step.by) == (
        "paused",
        dt.date(2027, 1, 27),
        "Staff change",
        "Back in March.",
        coordinator,
    )
    assert "The partnership is paused. Nothing is planned or entered until it goes on." in text(page)


def test_a_fold_of_a_paused_partnership_taken_back_says_that_it_is_paused(client, ours, coordinator):
    life.move(coordinator, ours.partnership, "paused", on=dt.date(2027, 1, 20), reason="Staff change")
    life.move(coordinator, ours.partnership, "folded", on=dt.date(2027, 1, 25), reason="Staff change")
    OutgoingMail.objects.all().delete()

    page = text(client.get(address(ours, "paused")))
    client.post(address(ours, "paused"), typed(ours, reason="Recorded by mistake"))

    mail = OutgoingMail.objects.first()
    assert "Visits that the fold cancelled stay cancelled" in page
    assert "stay booked" not in page
    assert mail.subject.endswith("is paused again, and has not folded")
    assert "has not folded after all. It is paused, as it was before, from Wednesday 27 January 2027 on." in mail.text


def test_why_a_fold_is_taken_back_stands_in_the_history_and_is_no_reason_of_what_goes_on(client, ours, coordinator):
    life.move(coordinator, ours.partnership, "folded", on=dt.date(2027, 1, 27), reason="Staff change")
    folded = text(client.get(ours.partnership.get_absolute_url()))
    life.move(coordinator, ours.partnership, "active", on=dt.date(2027, 1, 27), reason="Recorded by mistake")

    page = text(client.get(ours.partnership.get_absolute_url()))

    assert "Folded on Wednesday 27 January 2027 Staff change" in folded
    assert page.count("Recorded by mistake") == 1
    assert page.index("What happened") < page.index("Recorded by mistake")


def test_a_fold_is_checked_before_it_is_done(client, ours, coordinator):
    ours.partnership.returns.filter(pk=ours.data_return.pk).update(state="open")
    form = client.post(address(ours, "folded"), typed(ours))
    before = stored(ours).status
    changed = client.post(address(ours, "folded"), typed(ours, change="yes"))
    done = client.post(address(ours, "folded"), typed(ours, checked="yes"), follow=True)

    said = text(form)
    assert "Check before you fold this partnership" in said
    assert "1 visit after that day will be cancelled and the half-days free again: Tue 9 Feb am." in said
    assert "No grades are waited for" not in said
    told = ", ".join(str(ours.people[role]) for role in (Role.SPECIALIST, Role.PARTNER))
    assert f"4 people will get a mail: {told}" in said
    assert before == "active"
    assert "Back in March." in changed.content.decode()
    assert stored(ours).status == "folded"
    assert "The partnership has folded." in text(done)
    assert OutgoingMail.objects.filter(kind__startswith="partnership_").count() == 4


def test_a_visit_that_has_gone_by_is_confirmed_after_a_fold_whatever_its_last_day_is(client, ours, coordinator):
    gone = [VisitFactory(partnership=ours.partnership, on=dt.date(2027, 1, day), half="pm") for day in (20, 26)]
    MembershipFactory(
        role=Role.HEADTEACHER,
        organisation=ours.organisation,
        school=ours.school,
        user=UserFactory(is_active=False),
    )

    said = text(client.post(address(ours, "folded"), typed(ours, on="25/1/2027")))
    client.post(address(ours, "folded"), typed(ours, on="25/1/2027", checked="yes"))
    kept = set(ours.partnership.visits.filter(status="planned"))
    waiting = text(client.get(reverse("visits:list"), {"when": "waiting"}))
    today = text(client.get("/"))
    client.post(reverse("visits:cancel", args=[gone[1].pk]), {"reason": "Snow"})

    assert "2 visits whose day has gone by stay, to be confirmed or cancelled: Wed 20 Jan pm, Tue 26 Jan pm." in said
    assert "1 visit still to come will be cancelled and the half-days free again: Tue 9 Feb am." in said
    home = ours.partnership.specialist.home_school
    assert f"The head of {home} cannot sign in yet and is not told. Tell them yourself." in said
    assert kept == set(gone)
    assert "Wednesday 20 January" in waiting
    assert "2 past visits have no record" in today
    for visit in gone:
        visit.refresh_from_db()
    assert [visit.status for visit in gone] == ["planned", "cancelled"]


@pytest.mark.parametrize(
    ("status", "fields", "says"),
    [
        ("paused", {"on": ""}, "Enter the day."),
        (
            "paused",
            {"on": "28/1/2027"},
            "Give a day from 1 September 2026 to 27 January 2027: not before the last step",
        ),
        (
            "paused",
            {"on": "31/8/2026"},
            "Give a day from 1 September 2026 to 27 January 2027: not before the last step",
        ),
        ("paused", {"reason": ""}, "Choose why."),
        ("paused", {"reason": "Because"}, "Choose from what is offered here."),
        ("paused", {"reason": "Another reason", "note": " "}, "Say in a note which other reason it is."),
        ("folded", {"reason": ""}, "Choose why."),
        ("folded", {"note": "x" * 2001, "checked": "yes"}, "Keep the note to 2,000 characters."),
        ("folded", {"on": "30/2/2027", "checked": "yes"}, "30/2/2027"),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_stays(client, ours, coordinator, status, fields, says):
    page = client.post(address(ours, status), typed(ours, **fields))

    assert page.status_code == 200
    assert says in text(page) or says in page.content.decode()
    assert typed(ours, **fields)["note"].strip() in page.content.decode()
    assert stored(ours).status == "active"


def test_whoever_was_second_is_told_and_may_press_again(client, ours, coordinator):
    given = typed(ours, note="What I typed.", checked="yes")
    life.move(coordinator, stored(ours), "paused", on=dt.date(2027, 1, 26), reason="Ofsted inspection")

    told = client.post(address(ours, "folded"), given)
    status = stored(ours).status
    again = client.post(address(ours, "folded"), typed(ours, checked="yes"), follow=True)

    assert f"Someone else moved this partnership in the meantime: {coordinator} made it paused." in text(told)
    assert "What I typed." in told.content.decode()
    assert f'name="seen" value="{ours.partnership.steps.filter(status="paused").get().pk}"' in told.content.decode()
    assert status == "paused"
    assert "The partnership has folded." in text(again)


def test_a_step_that_is_not_open_any_more_says_how_it_stands(client, ours, coordinator):
    given = typed(ours, note="What I typed.")
    life.move(coordinator, stored(ours), "completed", on=dt.date(2027, 1, 26))
    sentence = "This partnership is completed now, and cannot become paused from there."

    posted = client.post(address(ours, "paused"), given)
    opened = client.get(address(ours, "paused"), follow=True)

    assert sentence in text(posted)
    assert "What I typed." in posted.content.decode()
    assert sentence in text(opened)
    assert stored(ours).status == "completed"


def test_a_status_that_does_not_exist_is_not_found(client, ours, coordinator):
    assert client.get(address(ours, "abolished")).status_code == 404


def test_a_closed_programme_offers_nothing(client, ours, coordinator):
    Programme.objects.update(status="closed")

    page = client.get(ours.partnership.get_absolute_url())
    posted = client.post(address(ours, "paused"), typed(ours))

    assert page.context["acts"] == []
    assert posted.status_code == 200
    assert stored(ours).status == "active"


def test_whoever_starts_a_partnership_is_told_what_it_lacks_and_may_start_it(client, ours, coordinator):
    Partnership.objects.filter(pk=ours.partnership.pk).update(status="agreed")
    ours.partnership.agreements.filter(superseded_at=None).update(superseded_at=timezone.now())
    without_agreement = text(client.get(address(ours, "active")))
    write_agreements(coordinator, ours.programme.agreement_texts.last(), [stored(ours)])
    unsigned = text(client.get(address(ours, "active")))
    PartnerTeacher.objects.filter(partnership=ours.partnership).update(until=dt.date(2027, 1, 20))
    without_partner = text(client.get(address(ours, "active")))
    fold = text(client.get(address(ours, "folded")))

    client.post(address(ours, "active"), typed(ours))

    assert "It has no agreement yet. Make the agreement" in without_agreement
    assert "no partner teacher" not in without_agreement
    assert "Its agreement is not signed by all: it waits for Ourside OursideSpecialist (specialist teacher)" in unsigned
    assert "It has no partner teacher. Name a partner teacher" in without_partner
    assert "Look at this first" not in fold
    assert stored(ours).status == "active"
