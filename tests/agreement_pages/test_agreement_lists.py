"""Agreements that wait or are to be looked at again: in the list, on Today and in the reminder."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from programmes.models import Agreement, Partnership, Programme, Signature
from programmes.services.agreements import remind, renew_agreement, still_holds, write_agreements
from reports.dashboards import dashboard
from tests.agreeing import address, sign_as
from tests.factories import MembershipFactory, PartnershipFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def to_do(ours, role):
    person = ours.people[role]
    acting = Membership.objects.select_related("organisation", "school").get(user=person)
    return [item["title"] for item in dashboard(person, acting)["to_do"]]


def test_the_list_begins_with_those_that_wait_longest_and_ends_with_those_nobody_can_sign(client, ours):
    Agreement.objects.filter(completed_at=None).delete()
    first = ours.programme.starts_on
    for ref, status, day in [("X1", "active", 20), ("X2", "folded", 1), ("X3", "agreed", 5), ("X4", "active", 10)]:
        p = PartnershipFactory(programme=ours.programme, ref=ref, status=status)
        write_agreements(
            None,
            ours.programme.agreement_texts.last(),
            [Partnership.objects.with_people().get(pk=p.pk)],
            at=timezone.make_aware(dt.datetime.combine(first + dt.timedelta(days=day), dt.time(9))),
        )
    client.force_login(ours.people[Role.COORDINATOR])

    rows = client.get(reverse("programmes:agreements")).context["rows"]
    waiting = client.get(reverse("programmes:agreements"), {"state": "waiting"}).context["rows"]

    refs = [row.agreement.partnership.ref for row in rows if row.agreement.partnership.programme == ours.programme]
    assert (refs[:3], refs[-1]) == (["X3", "X4", "X1"], "X2")
    assert [row.agreement.partnership.ref for row in waiting] == ["X3", "X4", "X1"]


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("", 2),
        ("state=waiting", 2),
        ("state=complete", 0),
        ("missing=teacher", 2),
        ("missing=head", 2),
        ("missing=stuck", 2),
        ("q=nextdoor", 1),
        ("q=%00&programme=x&missing=nonsense", 2),
    ],
)
def test_the_list_is_narrowed_by_who_is_missing(client, ours, asked, number):
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.get(f"{reverse('programmes:agreements')}?{asked}")

    assert len(response.context["rows"]) == number


def test_someone_who_has_signed_is_missed_no_more(client, ours):
    MembershipFactory(
        role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.partnership.specialist.home_school
    )
    for role in (Role.SPECIALIST, Role.PARTNER):
        sign_as(client, ours, role)
    client.force_login(ours.people[Role.COORDINATOR])

    found = {
        asked: ours.agreement in [row.agreement for row in client.get(f"/agreements/?missing={asked}").context["rows"]]
        for asked in ("teacher", "head", "stuck")
    }

    assert found == {"teacher": False, "head": True, "stuck": False}


def test_the_reminder_says_to_whom_it_went_and_who_rests(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    first = client.post(address("agreement_remind", ours), follow=True)
    second = client.post(address("agreement_remind", ours), follow=True)

    assert "A reminder goes to Ourside OursideSpecialist, Ourside OursidePartner and Ourside OursideHeadteacher." in (
        text_of(first)
    )
    assert "No mail to the headteacher of Ourside Home School: invite them first" in text_of(first)
    assert "Remind" not in text_of(first).partition("Reminder")[2].partition("Who signs")[0]
    assert "Ourside OursidePartner was reminded on" in text_of(second)


def test_each_who_signs_has_a_line_on_today_until_they_have(client, ours):
    wanted = "Sign the agreement of Ourside Partner School, Maths, Year 5"
    before = {role: wanted in to_do(ours, role) for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER)}

    for role in before:
        sign_as(client, ours, role)

    assert before == {Role.SPECIALIST: True, Role.PARTNER: True, Role.HEADTEACHER: True}
    assert not any(wanted in to_do(ours, role) for role in before)


def test_the_coordinator_is_told_how_many_wait_and_how_many_have_none(ours):
    PartnershipFactory(programme=ours.programme)
    PartnershipFactory(programme=ours.programme, status=Partnership.Status.PROPOSED)

    titles = to_do(ours, Role.COORDINATOR)

    assert "2 agreements wait for signatures" in titles
    assert "1 partnership has no agreement yet" in titles


def test_from_its_day_on_the_agreement_is_to_be_revisited(client, ours):
    today = timezone.localdate()
    rows = Agreement.objects.filter(pk=ours.agreement.pk)
    MembershipFactory(
        role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.partnership.specialist.home_school
    )
    for row in ours.agreement.signatures.all():
        by = row.person or ours.people[Role.HEADTEACHER]
        Signature.objects.filter(pk=row.pk).update(signed_by=by, signed_at=timezone.now(), typed_name=str(by))
    rows.update(completed_at=timezone.now())
    Programme.objects.filter(pk=ours.programme.pk).update(agreement_revisited_on=today + dt.timedelta(days=1))
    wanted = "Does the agreement still hold? Ourside Partner School, Maths, Year 5"

    with time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False):
        before = (to_do(ours, Role.SPECIALIST), to_do(ours, Role.PARTNER), to_do(ours, Role.COORDINATOR))
        client.force_login(ours.people[Role.SPECIALIST])
        page = client.get(address("agreement", ours))
        said = client.post(address("agreement_holds", ours), follow=True)
        after = (to_do(ours, Role.SPECIALIST), to_do(ours, Role.PARTNER), to_do(ours, Role.COORDINATOR))
        still_holds(ours.people[Role.COORDINATOR], rows.with_signatures().get(), timezone.localdate())
        last = (to_do(ours, Role.PARTNER), to_do(ours, Role.COORDINATOR))

    assert [wanted in titles for titles in before[:2]] == [True, True]
    assert "1 agreement is to be looked at again" in before[2]
    assert "Does it still hold?" in text_of(page)
    assert "Ourside OursideSpecialist said on" in text_of(said)
    assert [wanted in titles for titles in after[:2]] == [False, True]
    assert "1 agreement is to be looked at again" in after[2]
    assert wanted not in last[0]
    assert "1 agreement is to be looked at again" not in last[1]


def test_no_reminder_for_an_agreement_that_is_replaced(client, ours):
    renew_agreement(ours.people[Role.COORDINATOR], ours.agreement, "A new focus")
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.post(address("agreement_remind", ours))

    assert response.status_code == 404
    assert remind(ours.people[Role.COORDINATOR], ours.agreement).sent == []


def test_whoever_makes_agreements_is_led_to_them_where_there_is_none(client, ours):
    Agreement.objects.all().delete()
    url = reverse("programmes:agreements")
    client.force_login(ours.people[Role.COORDINATOR])

    running = client.get(url)
    Programme.objects.update(status="closed")
    nothing = text_of(client.get(url))
    client.force_login(ours.people[Role.SPECIALIST])
    teacher = text_of(client.get(url))

    assert "You make them from the agreement" in text_of(running)
    assert reverse("programmes:agreement_text", args=[ours.programme.slug]) in running.content.decode()
    assert "You make them once a programme runs, and none does at present. Go to the programmes" in nothing
    assert "The coordinator of a programme makes them" in teacher
