"""Agreements made for those that have none, and new versions of those that stand."""

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Agreement, Partnership, PartnerTeacher
from programmes.services.agreements import renew_agreement
from tests.agreeing import address
from tests.factories import PartnershipFactory, ProgrammeFactory
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_both_versions_can_be_read_and_the_old_one_says_that_it_is_replaced(client, ours):
    newer = renew_agreement(ours.people[Role.COORDINATOR], ours.agreement, "A new focus")
    client.force_login(ours.people[Role.HEADTEACHER])

    old, new = client.get(address("agreement", ours)), client.get(newer.get_absolute_url())

    assert "This is version 1. It was replaced on" in text_of(old)
    assert "Sign as" not in text_of(old)
    assert "Version 2 was made on" in text_of(new)
    assert "A new focus. Everyone signs it anew." in text_of(new)
    assert "Sign as headteacher of Ourside Partner School" in text_of(new)


def test_a_new_version_needs_a_reason(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.post(address("agreement_renew", ours), {"because": " "})

    assert response.context["form"].errors == {
        "because": ["Say why, in one sentence: everyone who signs reads it."],
    }
    assert Agreement.objects.filter(partnership=ours.partnership).count() == 1


def test_the_reason_of_a_new_version_is_one_sentence_however_it_is_typed(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.post(address("agreement_renew", ours), {"because": "Ann joins from January. "}, follow=True)

    assert "Ann joins from January. Everyone signs it anew." in text_of(response)


def test_a_page_whose_people_have_changed_leads_to_a_new_version(client, ours):
    PartnerTeacher.objects.filter(partnership=ours.partnership).update(until=ours.programme.starts_on)
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.get(address("agreement", ours))

    assert "not those who stand here any more. Start a new version" in text_of(response)


def test_agreements_are_made_for_all_that_have_none(client, ours):
    first, second, lacking = (PartnershipFactory(programme=ours.programme) for _ in range(3))
    PartnerTeacher.objects.filter(partnership=lacking).delete()
    PartnershipFactory(programme=ours.programme, status=Partnership.Status.FOLDED)
    client.force_login(ours.people[Role.COORDINATOR])
    url = reverse("programmes:agreement_make", args=[ours.programme.slug])

    check = client.get(url)
    response = client.post(url, {"partnerships": [first.pk, second.pk]}, follow=True)

    assert "Check before you make 2 agreements" in text_of(check)
    assert str(lacking.partner_school) in text_of(check).partition("Cannot have one yet")[2]
    assert "2 agreements are made." in text_of(response)
    assert Agreement.objects.filter(partnership__in=[first, second]).count() == 2


def test_those_without_a_partner_teacher_are_not_counted_and_lead_to_adding_one(client, ours):
    Partnership.objects.filter(programme=ours.programme).update(status=Partnership.Status.COMPLETED)
    lacking = PartnershipFactory(programme=ours.programme, status=Partnership.Status.PROPOSED)
    running = PartnershipFactory(programme=ours.programme)
    PartnerTeacher.objects.filter(partnership__in=[lacking, running]).delete()
    client.force_login(ours.people[Role.COORDINATOR])

    text, make = (
        client.get(reverse(f"programmes:agreement_{page}", args=[ours.programme.slug])) for page in ("text", "make")
    )
    listed = text_of(client.get(reverse("programmes:agreements")))
    today = text_of(client.get(reverse("today")))
    one = text_of(client.get(running.get_absolute_url()))

    link = 'href="{}"'
    for page in (text, make):
        assert "these have no partner teacher at present." in text_of(page)
        for each in (lacking, running):
            assert link.format(reverse("programmes:partner_teacher_add", args=[each.pk])) in page.content.decode()
    assert not re.search("Make [0-9]+ agreement", text_of(text))
    assert f"1 partnership of {ours.programme.title} cannot have an agreement yet: a partner teacher" in listed
    assert "1 partnership cannot have an agreement yet" in today
    assert "no agreement yet" not in listed + today
    assert "None yet. A partner teacher has to be added first." in one


def test_a_partnership_of_another_programme_cannot_be_slipped_in(client, ours):
    stranger = PartnershipFactory(programme=ProgrammeFactory(organisation=ours.organisation))
    PartnershipFactory(programme=ours.programme)
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.post(
        reverse("programmes:agreement_make", args=[ours.programme.slug]), {"partnerships": [stranger.pk]}
    )

    assert list(response.context["form"].errors) == ["partnerships"]
    assert not Agreement.objects.filter(partnership=stranger).exists()


def test_proposed_partnerships_may_have_an_agreement_and_are_not_ticked_by_themselves(client, ours):
    agreed = PartnershipFactory(programme=ours.programme)
    proposed = PartnershipFactory(programme=ours.programme, status=Partnership.Status.PROPOSED)
    client.force_login(ours.people[Role.COORDINATOR])

    page = client.get(reverse("programmes:agreement_make", args=[ours.programme.slug]))

    assert set(page.context["form"].boxes) == {(agreed, True), (proposed, False)}
    assert "Check before you make 1 agreement" in text_of(page)
    assert text_of(page).count("Only proposed.") == 1


def test_where_all_are_only_proposed_their_agreements_are_offered_as_such(client, ours):
    Partnership.objects.filter(programme=ours.programme).update(status=Partnership.Status.COMPLETED)
    proposed = [PartnershipFactory(programme=ours.programme, status=Partnership.Status.PROPOSED) for _ in range(2)]
    client.force_login(ours.people[Role.COORDINATOR])

    words = client.get(reverse("programmes:agreement_text", args=[ours.programme.slug]))
    page = client.get(reverse("programmes:agreement_make", args=[ours.programme.slug]))

    assert "Make 2 agreements for proposed partnerships" in text_of(words)
    assert set(page.context["form"].boxes) == {(partnership, True) for partnership in proposed}
