"""The page of an agreement: whom it waits for, and what signing on it takes and says."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.roles import Role
from papers.templatetags.plain import longday
from programmes.models import Signature
from programmes.services.agreements import renew_agreement
from tests.agreeing import address, sign_as
from tests.factories import MembershipFactory, UserFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_everyone_on_it_sees_who_has_not_signed_and_who_cannot_sign_in(client, ours):
    User.objects.filter(pk=ours.people[Role.SPECIALIST].pk).update(is_active=False)

    told = {}
    for role in (Role.PARTNER, Role.HEADTEACHER, Role.CONSULTANT, Role.COORDINATOR):
        client.force_login(ours.people[role])
        told[role] = client.get(address("agreement", ours))

    for role, response in told.items():
        text = text_of(response)
        assert "0 of 4 have signed. Waits for Ourside OursideSpecialist (specialist teacher), " in text, role
        assert "the headteacher of Ourside Home School, since" in text, role
        assert text.count("cannot sign in yet") == 2, role
    invites = {role: "Invite the headteacher" in text_of(response) for role, response in told.items()}
    assert invites == {Role.PARTNER: False, Role.HEADTEACHER: False, Role.CONSULTANT: False, Role.COORDINATOR: True}


def test_whoever_is_invited_is_not_offered_to_be_invited_again(client, ours):
    User.objects.filter(pk=ours.people[Role.SPECIALIST].pk).update(is_active=False)
    client.force_login(ours.people[Role.COORDINATOR])
    membership = ours.people[Role.SPECIALIST].memberships.get()
    head = {"role": "headteacher", "first_name": "Ourside", "last_name": "Newhead", "email": "newhead@ourside.example"}

    before = text_of(client.get(address("agreement", ours)))
    client.post(f"{reverse('accounts:invite')}?membership={membership.pk}")
    home = ours.partnership.specialist.home_school
    client.post(f"{reverse('accounts:invite')}?role=headteacher&urn={home.urn}", head | {"school": home.urn})
    after = text_of(client.get(address("agreement", ours)))

    today = longday(timezone.localdate())
    assert "Invite Ourside OursideSpecialist" in before
    assert f"{ours.people[Role.SPECIALIST].email} was invited on {today}. See invitations" in after
    assert f"newhead@ourside.example was invited on {today}. See invitations" in after
    assert "Invite " not in after


def test_signing_says_so_and_counts(client, ours):
    response = sign_as(client, ours, Role.PARTNER)

    text = text_of(response)
    assert "You have signed as partner teacher." in text
    assert "1 of 4 has signed." in text
    row = ours.agreement.signatures.get(capacity="partner")
    assert (row.signed_by, row.typed_name) == (ours.people[Role.PARTNER], "Ourside OursidePartner")


def test_another_name_is_refused_in_a_sentence_and_stays_in_the_box(client, ours):
    response = sign_as(client, ours, Role.PARTNER, typed_name="Ourside Somebody")

    assert response.context["form"].errors == {
        "typed_name": [
            "Type your name as it stands here: Ourside OursidePartner. What you typed is still in the box; change it, "
            "then sign."
        ]
    }
    assert 'value="Ourside Somebody"' in response.content.decode()
    assert not Signature.objects.filter(signed_at__isnull=False).exists()


def test_without_the_tick_nothing_is_signed(client, ours):
    response = sign_as(client, ours, Role.PARTNER, agreed="")

    assert response.context["form"].errors == {"agreed": ["Tick the box to say that you have read it and agree."]}
    assert not Signature.objects.filter(signed_at__isnull=False).exists()


def test_an_agreement_that_changed_meanwhile_is_shown_anew_and_nothing_is_signed(client, ours):
    at = dt.datetime(2027, 1, 12, 14, 5, tzinfo=dt.UTC)
    with time_machine.travel(at, tick=False):
        newer = renew_agreement(ours.people[Role.COORDINATOR], ours.agreement, "The dates moved")

    response = sign_as(client, ours, Role.PARTNER)

    form = response.context["form"]
    assert form.non_field_errors() == [
        "The agreement changed at 14:05 on Tuesday 12 January. This is version 2: read it, then sign it here. Nothing "
        "is signed yet."
    ]
    assert response.context["agreement"] == newer
    assert (form["typed_name"].value(), form["agreed"].value()) == ("Ourside OursidePartner", False)
    assert form["signature"].value() == newer.signatures.get(capacity="partner").pk
    assert not Signature.objects.filter(signed_at__isnull=False).exists()


def test_the_second_click_is_told_that_it_counts_once(client, ours):
    signature = ours.agreement.signatures.get(capacity="partner").pk
    sign_as(client, ours, Role.PARTNER, signature=signature)

    response = sign_as(client, ours, Role.PARTNER, signature=signature)

    assert "This was signed already" in text_of(response)
    assert AuditEvent.objects.filter(did="agreements.signed").count() == 1


def test_a_named_deputy_reads_and_signs_as_deputy(client, ours):
    deputy = UserFactory(first_name="Dora", last_name="Deputy")
    until = timezone.localdate() + dt.timedelta(days=30)
    MembershipFactory(
        user=deputy,
        role=Role.HEADTEACHER,
        organisation=ours.organisation,
        school=ours.school,
        deputy=True,
        ends_on=until,
    )
    client.force_login(deputy)

    page = client.get(address("agreement", ours))
    given = {"signature": page.context["form"].initial["signature"], "typed_name": "Dora Deputy", "agreed": "on"}
    signed = client.post(address("agreement_sign", ours), given, follow=True)

    assert "You sign this as deputy for the headteacher of Ourside Partner School." in text_of(page)
    assert "I agree to it as deputy for the headteacher of Ourside Partner School." in text_of(page)
    assert "You have signed as deputy for the headteacher of Ourside Partner School." in text_of(signed)
    assert "as named deputy of the headteacher" in text_of(signed)


def test_nobody_signs_in_a_capacity_of_someone_else(client, ours):
    other = ours.agreement.signatures.get(capacity="specialist").pk

    response = sign_as(client, ours, Role.PARTNER, signature=other)

    assert response.status_code == 404
    assert not Signature.objects.filter(signed_at__isnull=False).exists()
