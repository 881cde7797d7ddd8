"""The pages of agreements: what each reader is told, what is kept when something is wrong, and the words themselves."""

import datetime as dt
import io
import re

import pypdfium2
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Membership, User
from accounts.roles import Role
from papers.templatetags.plain import longday
from programmes.models import (
    Agreement,
    AgreementText,
    PartnerSchool,
    Partnership,
    PartnerTeacher,
    Programme,
    Signature,
    TimetableStep,
)
from programmes.services.agreements import (
    facts_of,
    latest_text,
    mistakes,
    remind,
    renew_agreement,
    sections_of,
    still_holds,
    write_agreements,
)
from programmes.services.agreements.words import blocks, shipped
from reports.dashboards import dashboard
from tests.factories import MembershipFactory, PartnershipFactory, ProgrammeFactory, UserFactory
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return build_world()[0]


def text_of(response):
    main = response.content.decode().partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def address(name, ours):
    return reverse(f"programmes:{name}", args=[ours.agreement.pk])


def sign_as(client, ours, role, follow=True, **changes):
    person = ours.people[role]
    client.force_login(person)
    typed = {"typed_name": person.get_full_name(), "agreed": "on"} | changes
    return client.post(address("agreement_sign", ours), typed, follow=follow)


def to_do(ours, role):
    person = ours.people[role]
    acting = Membership.objects.select_related("organisation", "school").get(user=person)
    return [item["title"] for item in dashboard(person, acting)["to_do"]]


# Reading and signing -----------------------------------------------------------------------------------------------


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


# Making ------------------------------------------------------------------------------------------------------------


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


def test_a_partnership_of_another_programme_cannot_be_slipped_in(client, ours):
    stranger = PartnershipFactory(programme=ProgrammeFactory(organisation=ours.organisation))
    PartnershipFactory(programme=ours.programme)
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.post(
        reverse("programmes:agreement_make", args=[ours.programme.slug]), {"partnerships": [stranger.pk]}
    )

    assert list(response.context["form"].errors) == ["partnerships"]
    assert not Agreement.objects.filter(partnership=stranger).exists()


# The text ----------------------------------------------------------------------------------------------------------


def change(client, ours, follow=True, **changes):
    client.force_login(ours.people[Role.COORDINATOR])
    url = reverse("programmes:agreement_text_change", args=[ours.programme.slug])
    return client.post(url, shipped() | {"base": 1} | changes, follow=follow)


def test_a_changed_text_is_the_next_version(client, ours):
    response = change(client, ours, protocol="We are equals.")

    assert "Version 2 is the text of new agreements from now on." in text_of(response)
    assert latest_text(ours.programme).protocol == "We are equals."


def test_while_a_programme_is_set_up_the_shipped_text_is_taken_as_it_is_and_leads_back_to_the_tasks(client, ours):
    draft = ProgrammeFactory(organisation=ours.organisation, status=Programme.Status.DRAFT)
    client.force_login(ours.people[Role.COORDINATOR])
    url, tasks = (reverse(f"programmes:{name}", args=[draft.slug]) for name in ("agreement_text", "set_up"))

    page = client.get(url)
    first, second = client.post(url), client.post(url)
    changed = client.post(
        reverse("programmes:agreement_text_change", args=[draft.slug]), shipped() | {"base": 1, "protocol": "Ours."}
    )

    assert "Use it as it is, or change it to your own words first." in text_of(page)
    assert f'<a href="{tasks}" class="govuk-back-link">Back to the tasks</a>' in page.content.decode()
    assert [answer["Location"] for answer in (first, second, changed)] == [tasks] * 3
    assert [text.protocol for text in draft.agreement_texts.all()] == [shipped()["protocol"], "Ours."]


def test_a_preview_saves_nothing(client, ours):
    response = change(client, ours, protocol="We are equals in [subject].", preview="Preview")

    assert "We are equals in maths." in text_of(response)
    assert AgreementText.objects.filter(programme=ours.programme).count() == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("By [next tuesday].", "[next tuesday] stands for nothing."),
        ("By these days: [data dates]", "Put [data dates] on a line of its own"),
    ],
)
def test_brackets_that_cannot_be_filled_in_are_told_and_the_words_stay(client, ours, words, told):
    response = change(client, ours, protocol=words)

    assert response.context["form"].errors["protocol"][0].startswith(told)
    assert response.context["form"]["protocol"].value() == words
    assert AgreementText.objects.filter(programme=ours.programme).count() == 1


def test_what_someone_else_saved_meanwhile_is_told_and_the_words_stay(client, ours):
    change(client, ours, protocol="Theirs.")

    response = change(client, ours, protocol="Mine.")
    again = change(client, ours, protocol="Mine.", base=response.context["form"]["base"].value())

    assert response.context["form"].non_field_errors()[0].startswith("Ourside OursideCoordinator saved version 2 at")
    assert response.context["form"]["protocol"].value() == "Mine."
    assert "Version 3 is the text" in text_of(again)


def test_our_own_text_has_no_mistake():
    assert [mistakes(words) for words in shipped().values()] == [[], [], [], []]


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


def test_words_become_paragraphs_and_lists():
    text = "One\ntwo [subject]\n\n- a\n- b\n[data dates]\n\n[nothing]\n\n[staff funded]\n"

    found = blocks(text, {"subject": "maths"}, {"data dates": ["x", "y"], "staff funded": ""})

    assert found == [
        {"kind": "text", "text": "One two maths"},
        {"kind": "list", "items": ["a", "b"]},
        {"kind": "list", "items": ["x", "y"]},
        {"kind": "text", "text": "[nothing]"},
    ]


def step(programme, order, specialist, partner, required=True):
    TimetableStep.objects.create(
        programme=programme,
        order=order,
        type=TimetableStep.Type.VISIT,
        name=f"Visit {order}",
        window_start=programme.starts_on,
        window_end=programme.starts_on,
        half_days=1,
        funded_specialist_half_days=specialist,
        funded_partner_half_days=partner,
        required=required,
    )


def release_time(partnership):
    programme = Programme.objects.get(pk=partnership.programme_id)
    text = AgreementText(programme=programme, version=1, protocol="x", data_commitments="x")
    text.release_time = "[release time]\n\n[staff funded]"
    return sections_of(text, facts_of(programme), partnership)["parts"][-1]["blocks"]


def test_the_half_days_of_each_side_come_from_the_timetable(ours):
    ours.programme.timetable.all().delete()
    step(ours.programme, 1, 1, 0)
    step(ours.programme, 2, 1, 0)
    step(ours.programme, 3, 0, 1)
    step(ours.programme, 4, 1, 0, required=False)
    Programme.objects.update(staff_funded=2)

    assert release_time(ours.partnership) == [
        {
            "kind": "list",
            "items": [
                "The specialist teacher, of Ourside Home School: 2 half-days, funded by the programme; up to 1 more "
                "where they are used",
                "The partner teacher, of Ourside Partner School: 1 half-day, funded by the programme",
            ],
        },
        {"kind": "text", "text": "Training is funded for 2 members of staff of each school."},
    ]


def test_a_school_with_its_own_number_of_funded_staff_reads_that(ours):
    Programme.objects.update(staff_funded=2)
    PartnerSchool.objects.filter(programme=ours.programme, school=ours.school).delete()
    PartnerSchool.objects.create(programme=ours.programme, school=ours.school, staff_funded=1)

    assert release_time(ours.partnership)[1]["text"] == "Training is funded for 1 member of staff of each school."


def test_a_programme_without_money_says_so(ours):
    ours.programme.timetable.all().delete()
    step(ours.programme, 1, 1, 0)
    Programme.objects.update(funded=False, staff_funded=2)

    assert release_time(ours.partnership) == [
        {
            "kind": "text",
            "text": "This programme does not fund release time. Its timetable takes 1 half-day in all; each school "
            "finds the time and the cover.",
        }
    ]


# The list, the reminder, the dashboards ----------------------------------------------------------------------------


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


def test_proposed_partnerships_may_have_an_agreement_and_are_not_ticked_by_themselves(client, ours):
    agreed = PartnershipFactory(programme=ours.programme)
    proposed = PartnershipFactory(programme=ours.programme, status=Partnership.Status.PROPOSED)
    client.force_login(ours.people[Role.COORDINATOR])

    page = client.get(reverse("programmes:agreement_make", args=[ours.programme.slug]))

    assert set(page.context["form"].boxes) == {(agreed, True), (proposed, False)}
    assert "Check before you make 1 agreement" in text_of(page)
    assert text_of(page).count("Only proposed.") == 1


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


# On paper ----------------------------------------------------------------------------------------------------------


def paper(client, ours):
    response = client.get(address("agreement_pdf", ours))
    sheets = pypdfium2.PdfDocument(io.BytesIO(response.content))
    return response, " ".join(" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in sheets)


def test_the_pdf_says_who_signed_and_who_has_not(client, ours):
    sign_as(client, ours, Role.PARTNER)
    client.force_login(ours.people[Role.HEADTEACHER])

    response, text = paper(client, ours)

    row = ours.agreement.signatures.get(capacity="partner")
    signed_at = timezone.localtime(row.signed_at)
    assert response["Content-Disposition"] == 'attachment; filename="agreement-ourside-programme-ourside-p-v1.pdf"'
    assert "1 of 4 has signed. It is not complete yet." in text
    assert f"Ourside OursidePartner {signed_at:%-d %B %Y, %H:%M}, version 1" in text
    assert text.count("Not signed yet") == 3
    assert not re.search("Nextdoor|Elsewhere", text)
    assert AuditEvent.objects.filter(did="agreements.downloaded", row=ours.agreement.pk).count() == 1


def test_the_pdf_of_a_replaced_version_says_so(client, ours):
    renew_agreement(ours.people[Role.COORDINATOR], ours.agreement, "A new focus")
    client.force_login(ours.people[Role.PARTNER])

    _, text = paper(client, ours)

    assert "This version is no longer in force." in text


def test_no_reminder_for_an_agreement_that_is_replaced(client, ours):
    renew_agreement(ours.people[Role.COORDINATOR], ours.agreement, "A new focus")
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.post(address("agreement_remind", ours))

    assert response.status_code == 404
    assert remind(ours.people[Role.COORDINATOR], ours.agreement).sent == []
