"""The heads of both schools agree to a proposed partnership in the app, and with the last of them it is agreed."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.adapters import EncryptedSecrets
from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from programmes.models import Acceptance, Objection, Partnership, Programme, TimetableStep
from programmes.services import life
from programmes.services.acceptance_pages import sides_of
from programmes.services.acceptances import NotOpen, agree, mark
from programmes.services.agreements import make_agreements
from programmes.services.history import history_of
from programmes.services.objections import object_to
from programmes.services.people import replace_specialist
from programmes.services.proposals import propose
from reports.dashboards import dashboard
from tests.factories import MembershipFactory, SpecialistTeacherFactory, UserFactory
from tests.signing import build, sign_next
from tests.together import at_once

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 27)
Status = Partnership.Status


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC), tick=False):
        yield


def scene(**given):
    """Two schools, their heads, and a coordinator who signs in with a second step."""
    ours = build(**given)
    secret = {"secret": EncryptedSecrets().encrypt("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user=ours.coordinator, type=Authenticator.Type.TOTP, data=secret)
    return ours


@pytest.fixture
def ours():
    ours = scene()
    ours.partnership.steps.update(on=TODAY - dt.timedelta(days=7))
    return ours


def address(ours):
    return reverse("programmes:agree", args=[ours.partnership.pk])


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def tap(client, ours, head, **given):
    client.force_login(head)
    return words(client.post(address(ours), {"read": mark(ours.partnership)} | given, follow=True))


def standing(ours):
    """The status, and for which schools somebody has agreed."""
    rows = Acceptance.objects.filter(taken_back_at=None).order_by("pk")
    return Partnership.objects.get(pk=ours.partnership.pk).status, [(row.school.name, str(row.by)) for row in rows]


def status_seen(client, ours, person):
    client.force_login(person)
    page = client.get(ours.partnership.get_absolute_url()).content.decode()
    return re.search(r'<strong class="govuk-tag[^>]*>([^<]*)</strong>', page)[1]


def history(ours):
    """Day, what and who, the latest first."""
    found = history_of(Partnership.objects.with_people().get(pk=ours.partnership.pk))[::-1]
    return [(f"{event['on']:%-d %b}", event["what"], str(event["by"] or "")) for event in found]


def test_each_head_agrees_in_one_tap_and_with_the_second_the_partnership_is_agreed(client, ours):
    seen = [status_seen(client, ours, ours.coordinator)]
    first = tap(client, ours, ours.home_head)
    seen.append(status_seen(client, ours, ours.coordinator))
    between = standing(ours)
    second = tap(client, ours, ours.partner_head)

    step = ours.partnership.steps.last()
    assert seen == ["Waiting for the headteachers of both schools", "Waiting for the headteacher of Partner School"]
    assert "Thank you, you have agreed. Now it waits for the headteacher of Partner School." in first
    assert between == ("proposed", [("Home School", "Owen Price")])
    assert "Both schools have agreed: the teachers can plan their visits from now on." in second
    assert standing(ours) == ("agreed", [("Home School", "Owen Price"), ("Partner School", "Grace Frost")])
    assert (step.status, step.on, step.by, step.reason) == (
        "agreed",
        TODAY,
        ours.partner_head,
        "Both schools have agreed",
    )
    assert history(ours) == [
        ("27 Nov", "Agreed", "Grace Frost"),
        ("27 Nov", "Partner School agreed", "Grace Frost"),
        ("27 Nov", "Home School agreed", "Owen Price"),
        ("20 Nov", "Proposed", ""),
    ]
    assert AuditEvent.objects.filter(did="pairing.agreed").count() == 2


def test_the_page_says_what_a_head_agrees_to(client, ours):
    window = {"window_start": dt.date(2026, 10, 5), "window_end": dt.date(2027, 3, 12)}
    for order, kind in enumerate([TimetableStep.Type.VISIT, TimetableStep.Type.VISIT, TimetableStep.Type.EVENT]):
        ours.programme.timetable.create(
            order=order,
            type=kind,
            name=f"Step {order}",
            half_days=1,
            funded_specialist_half_days=1,
            funded_partner_half_days=int(kind == TimetableStep.Type.EVENT),
            **window,
        )
    client.force_login(ours.partner_head)

    page = words(client.get(address(ours)))

    for sentence in (
        "Does this partnership suit Partner School?",
        "Specialist teacher Sam Achebe Home School",
        "Partner teacher Nia Holt Partner School",
        "Subject and year Maths, Year 5",
        "2 visits, from Friday 27 November 2026 to Friday 12 March 2027",
        "The specialist teacher, of Home School: 3 half-days, funded by the programme",
        "The partner teacher, of Partner School: 1 half-day, funded by the programme",
        "Agree for Partner School",
        "You can decline or ask until Friday 4 December, also after you have agreed.",
    ):
        assert sentence in page
    assert status_seen(client, ours, ours.partner_head) == "Waiting for the headteachers of both schools"


def test_a_head_who_is_asked_during_the_year_is_asked_for_what_is_left_of_it(client, ours):
    windows = [
        (dt.date(2026, 10, 5), dt.date(2026, 10, 16)),
        (dt.date(2026, 11, 9), TODAY - dt.timedelta(days=1)),
        (dt.date(2026, 11, 9), TODAY),
        (dt.date(2027, 1, 11), dt.date(2027, 1, 22)),
    ]
    for order, (start, end) in enumerate(windows):
        ours.programme.timetable.create(
            order=order,
            type="visit",
            name=f"Visit {order}",
            half_days=1,
            window_start=start,
            window_end=end,
            funded_specialist_half_days=1,
            funded_partner_half_days=2,
        )
    client.force_login(ours.partner_head)

    during = words(client.get(address(ours)))
    ours.programme.timetable.filter(window_end__gte=TODAY).delete()
    after = words(client.get(address(ours)))

    for sentence in (
        "Visits 2 visits, from Friday 27 November 2026 to Friday 22 January 2027 "
        "2 visits of the timetable have gone by and are not asked of you",
        "Out of class, from today on The specialist teacher, of Home School: 2 half-days, funded by the programme",
        "The partner teacher, of Partner School: 4 half-days, funded by the programme",
    ):
        assert sentence in during
    assert "Visits None is left in the timetable 2 visits of the timetable have gone by" in after


def test_inside_one_school_its_one_head_is_enough(client):
    ours = scene(own_school=True)

    before = status_seen(client, ours, ours.coordinator)
    page = tap(client, ours, ours.partner_head)

    assert before == "Waiting for the headteacher of Home School"
    assert "Thank you, you have agreed. The teachers can plan their visits from now on." in page
    assert standing(ours) == ("agreed", [("Home School", "Grace Frost")])
    assert ours.partnership.steps.last().reason == "The school has agreed"


def test_the_one_head_of_both_schools_agrees_for_both_in_one_tap(client, ours):
    MembershipFactory(
        user=ours.home_head, role=Role.HEADTEACHER, organisation=ours.programme.organisation, school=ours.partner_school
    )
    client.force_login(ours.home_head)

    page = words(client.get(address(ours)))
    tap(client, ours, ours.home_head)

    assert "Agree for Partner School and Home School" in page
    assert standing(ours) == ("agreed", [("Partner School", "Owen Price"), ("Home School", "Owen Price")])


def test_a_second_tap_changes_nothing_and_says_so(client, ours):
    tap(client, ours, ours.home_head)

    page = tap(client, ours, ours.home_head)
    client.force_login(ours.home_head)
    form = words(client.get(address(ours)))

    assert "Home School has agreed already. Thank you." in page
    assert "Home School has agreed already. Thank you." in form
    assert standing(ours) == ("proposed", [("Home School", "Owen Price")])


@pytest.mark.parametrize(
    ("status", "programme", "sentence"),
    [
        ("agreed", "active", "This partnership is agreed already. Thank you."),
        ("active", "active", "There is nothing to agree to: this partnership is active."),
        ("folded", "active", "There is nothing to agree to: this partnership is folded."),
        ("proposed", "closed", "This programme is closed, and its partnerships stay as they are."),
    ],
)
def test_what_is_no_longer_proposed_cannot_be_agreed_to(client, ours, status, programme, sentence):
    Partnership.objects.update(status=status)
    Programme.objects.update(status=programme)
    client.force_login(ours.partner_head)

    form = client.get(address(ours))
    page = tap(client, ours, ours.partner_head)

    assert (sentence in words(form), sentence in page) == (True, True)
    assert "Agree for" not in words(form)
    assert not Acceptance.objects.exists()


def test_whoever_agrees_to_what_has_changed_meanwhile_reads_it_again(client, ours):
    read = mark(ours.partnership)
    other = SpecialistTeacherFactory(programme=ours.programme, home_school=ours.home_school)
    Partnership.objects.update(specialist=other)

    page = tap(client, ours, ours.partner_head, read=read)

    assert "This proposal has changed since you opened the page, and nothing was saved." in page
    assert str(other.user) in page
    assert not Acceptance.objects.exists()


def test_a_school_that_objects_takes_back_what_it_agreed_and_can_agree_again_after_the_answer(client, ours):
    tap(client, ours, ours.home_head)
    client.force_login(ours.home_head)
    told = words(client.get(reverse("programmes:objection_add", args=[ours.partnership.pk])))
    objection = object_to(
        ours.home_head,
        Objection(partnership=ours.partnership, school=ours.home_school, kind="decline", reason="Too far"),
    )
    while_it_waits = tap(client, ours, ours.home_head), tap(client, ours, ours.partner_head)
    after = standing(ours)
    client.force_login(ours.coordinator)
    client.post(
        reverse("programmes:objection_answer", args=[objection.pk]), {"outcome": "keep", "answer": "Cover is paid."}
    )
    tap(client, ours, ours.home_head)

    assert "What your school has agreed is taken back; after the answer you can agree again." in told
    assert "Home School has raised something about this pairing. The coordinator answers first" in while_it_waits[0]
    assert "Now it waits for the headteacher of Home School." in while_it_waits[1]
    assert after == ("proposed", [("Partner School", "Grace Frost")])
    assert standing(ours) == ("agreed", [("Partner School", "Grace Frost"), ("Home School", "Owen Price")])
    assert ("27 Nov", "What Home School agreed was taken back", "Owen Price") in history(ours)
    assert f"/partnerships/{ours.partnership.pk}/agree/" in OutgoingMail.objects.get(kind="objection_answered").text


def test_what_is_agreed_can_still_be_declined_within_the_days(client, ours):
    tap(client, ours, ours.home_head)
    tap(client, ours, ours.partner_head)
    client.force_login(ours.partner_head)
    page = words(client.get(ours.partnership.get_absolute_url()))

    client.post(
        reverse("programmes:objection_add", args=[ours.partnership.pk]),
        {"kind": "decline", "reason": "No cover to be found"},
    )

    assert "decline it or ask a question until Friday 4 December, although it is agreed" in page
    assert Objection.objects.get().kind == "decline"
    assert standing(ours)[0] == "agreed"


def test_another_specialist_teacher_means_that_both_schools_are_asked_anew(client, ours):
    tap(client, ours, ours.partner_head)
    other = SpecialistTeacherFactory(programme=ours.programme, home_school=ours.home_school)
    OutgoingMail.objects.all().delete()

    replace_specialist(ours.coordinator, Partnership.objects.get(), other, on=TODAY, because="Left the school")

    mails = {mail.to: mail.text for mail in OutgoingMail.objects.filter(kind="partnership_people_changed")}
    assert standing(ours) == ("proposed", [])
    assert "The headteachers of both schools are asked to agree to it as it is now." in mails[ours.partner_head]


def test_the_coordinator_sees_who_has_agreed_and_marks_what_was_said_on_the_phone(client, ours):
    tap(client, ours, ours.home_head)
    client.force_login(ours.coordinator)
    page = words(client.get(ours.partnership.get_absolute_url()))
    move = reverse("programmes:move", args=[ours.partnership.pk, "agreed"])
    form = words(client.get(move))
    seen = ours.partnership.steps.last().pk

    client.post(move, {"on": "27/11/2026", "note": "Grace rang.", "seen": seen})

    step = ours.partnership.steps.last()
    assert "Home School the specialist teacher\u2019s school Agreed by Owen Price on Friday 27 November 2026" in page
    assert "Partner School the partner school Has not agreed yet Waiting for Grace Frost, the headteacher" in page
    assert "Owen Price has agreed here for Home School." in form
    assert "You record that the headteacher of Partner School has told you so" in form
    assert (standing(ours)[0], step.by, step.note) == ("agreed", ours.coordinator, "Grace rang.")


def test_where_no_head_can_sign_in_the_coordinator_is_led_to_the_invitation(client):
    ours = scene(heads=False)
    client.force_login(ours.coordinator)

    page = client.get(ours.partnership.get_absolute_url()).content.decode()

    assert f"?role=headteacher&amp;urn={ours.partner_school.urn}&amp;next=" in page
    assert "the headteacher, who cannot sign in yet" in " ".join(page.split())


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_the_words_are_true_before_and_after_the_programme_runs(client, ours, status):
    Programme.objects.update(status=status)

    assert (
        status_seen(client, ours, ours.coordinator)
        == {
            "draft": "Proposed, waiting for the programme to start",
            "closed": "Proposed and not agreed",
        }[status]
    )


def test_a_head_who_signs_the_agreement_has_agreed(ours):
    (agreement,) = make_agreements(ours.coordinator, ours.programme, [ours.partnership])

    sign_next(ours.partner_head, agreement)
    one = standing(ours)
    sign_next(ours.home_head, agreement)

    assert one == ("proposed", [("Partner School", "Grace Frost")])
    assert standing(ours) == ("agreed", [("Partner School", "Grace Frost"), ("Home School", "Owen Price")])


def test_the_mail_leads_a_head_to_the_page_and_a_teacher_to_the_partnership(ours):
    row = propose(ours.coordinator, ours.programme, ours.partnership.specialist, ours.partner_school, "maths", 5)

    texts = {mail.to: mail.text for mail in OutgoingMail.objects.filter(kind="pairing_proposed")}
    assert set(texts) == {ours.partner_head, ours.home_head, ours.specialist}
    assert f"agree in one tap:\nhttp://localhost:8000/partnerships/{row.pk}/agree/" in texts[ours.partner_head]
    assert "The headteachers of both schools are asked to agree" in texts[ours.specialist]
    assert "/agree/" not in texts[ours.specialist]


def test_an_enquiry_that_is_proposed_is_put_to_both_schools(ours):
    Partnership.objects.update(status="enquiry")
    ours.partnership.steps.update(status="enquiry")

    life.move(ours.coordinator, Partnership.objects.get(), "proposed", on=TODAY)

    told = OutgoingMail.objects.filter(kind="pairing_proposed").values_list("to__first_name", flat=True)
    assert sorted(told) == ["Grace", "Owen", "Sam"]


def test_today_asks_a_head_until_the_school_has_agreed_and_says_when_it_is_late(client, ours):
    membership = ours.partner_head.memberships.get()

    def lines():
        found = dashboard(ours.partner_head, membership)["to_do"]
        return [(item["url"], item["act"], item.get("when"), item.get("late")) for item in found]

    fresh = lines()
    ours.partnership.steps.update(on=TODAY - dt.timedelta(days=20))
    old = lines()
    tap(client, ours, ours.partner_head)

    assert fresh == [(address(ours), "Read and agree", "You can decline it or ask until Friday 4 December", None)]
    assert old == [(address(ours), "Read and agree", "Waiting for your answer since 7 November", True)]
    assert lines() == []


def test_a_deputy_is_asked_only_where_no_head_can_sign_in(ours):
    deputy = UserFactory(first_name="Dee", last_name="Putt")
    there = {"organisation": ours.programme.organisation, "school": ours.partner_school}
    MembershipFactory(user=deputy, role=Role.HEADTEACHER, deputy=True, ends_on=dt.date(2027, 1, 1), **there)

    both = sides_of(ours.partnership)[0].name
    ours.partner_head.memberships.update(ends_on=TODAY - dt.timedelta(days=1))
    alone = sides_of(ours.partnership)[0].name

    assert (both, alone) == ("Grace Frost", "Dee Putt")


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_who_agree_at_once_both_are_kept_and_one_takes_the_step(ours):
    read = mark(ours.partnership)

    at_once(*[lambda head=head: agree(head, ours.partnership, read) for head in (ours.home_head, ours.partner_head)])

    status, agreed = standing(ours)
    assert (status, sorted(agreed)) == ("agreed", [("Home School", "Owen Price"), ("Partner School", "Grace Frost")])
    assert ours.partnership.steps.filter(status="agreed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_head_and_the_coordinator_at_once_leave_one_step_and_the_other_is_told(ours):
    agree(ours.home_head, ours.partnership, mark(ours.partnership))
    row = Partnership.objects.with_people().get()

    found = at_once(
        lambda: agree(ours.partner_head, ours.partnership, mark(ours.partnership)),
        lambda: life.move(ours.coordinator, row, "agreed", on=TODAY),
        expecting=(NotOpen, life.MovedMeanwhile),
    )

    told = [type(answer) for answer in found if isinstance(answer, Exception)]
    assert told in ([NotOpen], [life.MovedMeanwhile])
    assert standing(ours)[0] == "agreed"
    assert ours.partnership.steps.filter(status="agreed").count() == 1
