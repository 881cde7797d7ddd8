"""Names and addresses that are wrong: who corrects whose, what follows, and what nobody but the person may change."""

import datetime as dt
import html
import re
import smtplib

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import inviting
from accounts import services as accounts
from accounts.models import AuditEvent, Invitation, InvitationMail, User
from accounts.names import services
from accounts.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory, SchoolFactory, UserFactory
from tests.inviting import accept, link_in
from tests.together import at_once
from tests.world import person

pytestmark = pytest.mark.django_db


def a_coordinator(organisation, corner="Ourside"):
    user = person(corner, Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=organisation)
    return user


@pytest.fixture
def essex():
    return OrganisationFactory(name="Essex")


@pytest.fixture
def coordinator(client, essex):
    user = a_coordinator(essex)
    client.force_login(user)
    return user


def loaded(organisation, first="Ann", role=Role.CONSULTANT, is_active=False, **fields):
    email = f"{first.lower()}@schols.example"
    user = UserFactory(first_name=first, last_name="Reid", email=email, is_active=is_active)
    MembershipFactory(user=user, role=role, organisation=organisation, **fields)
    return user


def invited(user, by, organisation, role=Role.CONSULTANT, days=14, email=None):
    return Invitation.objects.create(
        email=email or user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        role=role,
        organisation=organisation,
        invited_by=by,
        expires_at=timezone.now() + dt.timedelta(days=days),
        digest=f"{role} {organisation} {email or user.email}".encode(),
    )


def page_of(user):
    return reverse("accounts:correct", args=[user.pk])


def shown(user):
    return {f"shown_{part}": getattr(user, part) for part in ("first_name", "last_name", "email")}


def correct(client, user, follow=True, **given):
    """What the button of the page sends, as the page has shown the person."""
    now = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email}
    return client.post(page_of(user), shown(user) | now | given, follow=follow)


def words(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def as_kept(user):
    user = User.objects.get(pk=user.pk)
    return user.first_name, user.last_name, user.email


def done_to(user):
    rows = AuditEvent.objects.filter(model="accounts.user", row=user.pk).order_by("pk")
    return list(rows.values_list("who", "did"))


def test_someone_changes_their_own_name(client, essex):
    user = loaded(essex, is_active=True)
    client.force_login(user)

    page = client.get(reverse("accounts:account"))
    answer = client.post(reverse("accounts:own_name"), {"first_name": " Anne ", "last_name": "O'Reed"}, follow=True)

    assert reverse("accounts:own_name") in page.content.decode()
    assert "Only you can change it" in words(page)
    assert "Your name is changed." in words(answer)
    assert as_kept(user) == ("Anne", "O'Reed", "ann@schols.example")
    assert done_to(user) == [(user.pk, "changed own name")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"first_name": " ", "last_name": "Reed"}, "Enter your first name."),
        ({"first_name": "Ann", "last_name": ""}, "Enter your last name."),
        ({"first_name": "Ann\nBcc: x", "last_name": "Reed"}, "A name cannot contain < or >."),
        ({"first_name": "<b>Ann", "last_name": "Reed"}, "A name cannot contain < or >."),
        ({"first_name": "A" * 101, "last_name": "Reed"}, "Keep the name to 100 characters."),
    ],
)
def test_a_name_that_is_none_is_refused_and_what_was_typed_stays(client, essex, typed, sentence):
    user = loaded(essex, is_active=True)
    client.force_login(user)

    answer = client.post(reverse("accounts:own_name"), typed)

    assert sentence in words(answer)
    assert "Signed in as Ann Reid." in words(answer)
    assert answer.context["form"]["first_name"].value() == typed["first_name"]
    assert as_kept(user) == ("Ann", "Reid", "ann@schols.example")


def test_a_coordinator_corrects_somebody_who_cannot_sign_in_yet(client, coordinator, essex, mailoutbox):
    ann = loaded(essex)
    EmailAddress.objects.create(user=ann, email=ann.email)

    answer = correct(client, ann, last_name="Reed", email=" Ann@Schools.example")

    assert "Corrected: Ann Reed, ann@schools.example." in words(answer)
    assert answer.redirect_chain == [(reverse("accounts:people"), 302)]
    assert as_kept(ann) == ("Ann", "Reed", "ann@schools.example")
    assert done_to(ann) == [(coordinator.pk, "corrected name"), (coordinator.pk, "corrected address")]
    assert (mailoutbox, list(EmailAddress.objects.all())) == ([], [])


def test_the_invitation_goes_to_the_right_address_and_the_earlier_link_ends(client, coordinator, essex, mailoutbox):
    ann = loaded(essex)
    accounts.invite(coordinator, Invitation(email=ann.email, role=Role.CONSULTANT, organisation=essex))
    before = mailoutbox.pop()

    page = client.get(page_of(ann))
    answer = correct(client, ann, first_name="Anne", email="ann@schools.example")
    old = Client().get(link_in(before))
    accept(link_in(mailoutbox[0]), first_name="Anne", last_name="Reid")

    assert "has been invited and has not accepted yet" in words(page)
    assert "A new invitation is on its way to ann@schools.example; the earlier link has ended." in words(answer)
    assert (mailoutbox[0].to, before.to) == (["ann@schools.example"], ["ann@schols.example"])
    assert (old.status_code, "This link leads nowhere" in words(old)) == (404, True)
    assert User.objects.get(email="ann@schools.example", is_active=True) == ann
    assert EmailAddress.objects.get().email == "ann@schools.example"
    assert Invitation.objects.get().first_name == "Anne"


def test_without_another_address_no_mail_goes_out(client, coordinator, essex, mailoutbox):
    ann = loaded(essex)
    invitation = invited(ann, coordinator, essex)

    correct(client, ann, last_name="Reed")

    kept = Invitation.objects.get()
    assert (kept.last_name, kept.email, bytes(kept.digest)) == ("Reed", ann.email, invitation.digest)
    assert mailoutbox == []


def test_an_expired_invitation_moves_along_unsent_and_a_second_one_to_the_same_role_is_withdrawn(
    client, coordinator, essex, mailoutbox
):
    ann = loaded(essex)
    expired = invited(ann, coordinator, essex, days=-1)
    double = invited(ann, coordinator, essex, Role.SPECIALIST)
    by_hand = invited(ann, coordinator, essex, Role.SPECIALIST, email="ann@schools.example")

    correct(client, ann, email="ann@schools.example")

    kept = {row.pk: (row.email, row.state) for row in Invitation.objects.all()}
    assert kept == {
        expired.pk: ("ann@schools.example", "expired"),
        double.pk: ("ann@schols.example", "withdrawn"),
        by_hand.pk: ("ann@schools.example", "open"),
    }
    assert mailoutbox == []


def test_another_organisations_invitation_is_not_led_to_an_address_of_ours(client, coordinator, essex, mailoutbox):
    ann, kent = loaded(essex), OrganisationFactory(name="Kent")
    theirs = invited(ann, a_coordinator(kent, "Elsewhere"), kent, Role.FINANCE)

    page = client.get(page_of(ann))
    correct(client, ann, email="mine@schools.example")

    kept = Invitation.objects.get()
    assert "has no open invitation" in words(page)
    assert (kept.email, bytes(kept.digest)) == ("ann@schols.example", theirs.digest)
    assert mailoutbox == []


def test_a_mail_that_fails_is_said_and_the_correction_stays(client, coordinator, essex, monkeypatch):
    ann = loaded(essex)
    invited(ann, coordinator, essex)

    def refuse(*args):
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    answer = correct(client, ann, email="ann@schools.example")

    assert "the mail with the new invitation could not be sent to ann@schools.example" in words(answer)
    assert as_kept(ann)[2] == Invitation.objects.get().email == "ann@schools.example"


def test_the_address_of_whoever_can_sign_in_is_not_for_others_to_change(client, coordinator, essex):
    finance = loaded(essex, "Fay", Role.FINANCE, is_active=True)

    page = client.get(page_of(finance))
    crafted = correct(client, finance, first_name="Faye", email="mine@schools.example")
    untouched = as_kept(finance)
    correct(client, finance, first_name="Faye")

    assert "email" not in page.context["form"].fields
    assert "Nobody else can change that address" in words(page)
    assert "so mine@schools.example is not saved: only Fay changes the address" in words(crafted)
    assert untouched == ("Fay", "Reid", "fay@schols.example")
    assert as_kept(finance) == ("Faye", "Reid", "fay@schols.example")
    assert done_to(finance) == [(coordinator.pk, "corrected name")]


def test_the_administrator_corrects_people_anywhere_under_the_same_rule(client, essex):
    administrator = person("Sam", Role.ADMINISTRATOR)
    MembershipFactory(user=administrator, role=Role.ADMINISTRATOR, organisation=None)
    client.force_login(administrator)
    ann, fay = loaded(essex), loaded(essex, "Fay", Role.FINANCE, is_active=True)
    MembershipFactory(user=ann, role=Role.SPECIALIST)

    correct(client, ann, email="ann@schools.example")
    correct(client, fay, email="mine@schools.example")

    assert (as_kept(ann)[2], as_kept(fay)[2]) == ("ann@schools.example", "fay@schols.example")


def test_whoever_has_a_role_elsewhere_is_out_of_reach_and_so_is_oneself(client, coordinator, essex):
    tomorrow, yesterday = (timezone.localdate() + dt.timedelta(days=days) for days in (1, -1))
    at_school = {"role": Role.PARTNER, "school": SchoolFactory()}
    abroad, soon, installed, gone, back = (loaded(essex, name) for name in ("Ab", "So", "In", "Go", "Ba"))
    MembershipFactory(user=abroad, **at_school)
    MembershipFactory(user=soon, starts_on=tomorrow, role=Role.CONSULTANT)
    MembershipFactory(user=installed, role=Role.ADMINISTRATOR, organisation=None)
    gone.memberships.update(ended_at=timezone.now())
    MembershipFactory(user=back, ends_on=yesterday, **at_school)
    stranger = loaded(OrganisationFactory(), "St")

    reached = User.objects.allowed(coordinator, "people.correct")

    assert list(reached) == [back]
    assert {client.get(page_of(user)).status_code for user in (abroad, soon, installed, gone, stranger)} == {404}
    assert client.get(page_of(coordinator)).status_code == 404
    assert client.get(page_of(back)).status_code == 200


def test_an_address_that_somebody_has_is_refused_and_it_is_said_what_to_do(client, coordinator, essex):
    ann, ben = loaded(essex), loaded(essex, "Ben")
    hidden = loaded(OrganisationFactory(), "Hidden")

    of_ours = correct(client, ann, last_name="Reed", email=ben.email.upper())
    of_theirs = correct(client, ann, email=hidden.email)
    own = correct(client, ann, email=coordinator.email)
    blank, odd = correct(client, ann, email=" "), correct(client, ann, email="ann at schools")

    assert "This is the address of Ben Reid. If that is another person, correct the address." in words(of_ours)
    assert "then end the role of Ann Reid: so they have one account for everything." in words(of_ours)
    assert of_ours.context["form"]["email"].value() == ben.email.upper()
    assert of_ours.context["form"]["last_name"].value() == "Reed"
    assert "Somebody else has this address in Lesson Study. If that" in words(of_theirs)
    assert "Hidden Reid" not in words(of_theirs)
    assert "This is your own address." in words(own)
    assert "Enter the email address." in words(blank)
    assert "Enter one email address, such as name@school.example." in words(odd)
    assert as_kept(ann) == ("Ann", "Reid", "ann@schols.example")


def test_whoever_corrects_what_has_changed_meanwhile_is_told_and_loses_nothing(client, coordinator, essex):
    ann = loaded(essex)
    seen = User.objects.get(pk=ann.pk)
    User.objects.filter(pk=ann.pk).update(last_name="Read", email="ann@other.example")

    told = correct(client, seen, last_name="Reed", email="ann@schools.example")
    kept = as_kept(ann)
    again = {name: told.context["form"][name].value() for name in told.context["form"].fields}
    client.post(page_of(ann), again)

    assert "Somebody has changed this a moment ago, to Ann Read, ann@other.example." in words(told)
    assert kept == ("Ann", "Read", "ann@other.example")
    assert as_kept(ann) == ("Ann", "Reed", "ann@schools.example")


def test_whoever_has_accepted_meanwhile_keeps_the_address(client, coordinator, essex):
    ann = loaded(essex)
    form = {"shown": {part: getattr(ann, part) for part in ("first_name", "last_name", "email")}}
    User.objects.filter(pk=ann.pk).update(is_active=True)

    told = correct(client, ann, email="ann@schools.example")
    with pytest.raises(services.Overtaken):
        services.correct(coordinator, ann, **form, first_name="Ann", last_name="Reid", email="ann@schools.example")

    assert "Ann can sign in by now, so ann@schools.example is not saved" in words(told)
    assert as_kept(ann) == ("Ann", "Reid", "ann@schols.example")


def test_a_link_whose_page_was_open_when_the_address_was_corrected_opens_nothing(coordinator, essex):
    ann = loaded(essex)
    invitation = invited(ann, coordinator, essex)
    names = {"first_name": "Ann", "last_name": "Reid"}
    read_by_the_page = Invitation.objects.get(pk=invitation.pk)

    services.correct(coordinator, ann, shown=names | {"email": ann.email}, **names, email="ann@schools.example")
    with pytest.raises(accounts.InvitationClosed):
        accounts.accept(read_by_the_page, "Ann", "Reid")

    assert not User.objects.filter(email="ann@schols.example").exists()
    assert Invitation.objects.get().state == "open"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_one_is_told():
    essex = OrganisationFactory()
    first, second, ann = a_coordinator(essex), a_coordinator(essex, "Nextdoor"), loaded(essex)
    names = {"first_name": "Ann", "last_name": "Reid"}
    seen = {"shown": names | {"email": ann.email}}

    found = at_once(
        lambda: services.correct(first, ann, **seen, **names, email="first@schools.example"),
        lambda: services.correct(second, ann, **seen, **names, email="second@schools.example"),
        expecting=(services.Overtaken,),
    )

    assert sorted(type(result).__name__ for result in found) == ["Overtaken", "list"]
    winner = "first" if found[0] == [] else "second"
    assert as_kept(ann)[2] == f"{winner}@schools.example"


@pytest.mark.django_db(transaction=True)
def test_of_a_correction_and_an_acceptance_at_once_one_wins_whole():
    essex = OrganisationFactory()
    coordinator, ann = a_coordinator(essex), loaded(essex)
    invitation = invited(ann, coordinator, essex)
    names = {"first_name": "Ann", "last_name": "Reid"}

    corrected, accepted = at_once(
        lambda: services.correct(
            coordinator, ann, shown=names | {"email": ann.email}, **names, email="ann@schools.example"
        ),
        lambda: accounts.accept(invitation, "Ann", "Reid"),
        expecting=(services.Overtaken, accounts.InvitationClosed),
    )

    if isinstance(corrected, services.Overtaken):
        assert (accepted[0].user, accepted[1]) == (ann, True)
        assert User.objects.get(pk=ann.pk, is_active=True).email == "ann@schols.example"
    else:
        assert isinstance(accepted, accounts.InvitationClosed)
        assert User.objects.get(pk=ann.pk, is_active=False).email == "ann@schools.example"
    assert User.objects.filter(first_name="Ann").count() == 1


def test_a_mail_that_still_waits_goes_nowhere_once_the_address_is_another(coordinator, essex, mailoutbox):
    ann = loaded(essex)
    mail = InvitationMail.objects.create(
        invitation=invited(ann, coordinator, essex), by=coordinator, batch="6f1c7f5e-7c2e-4c53-9c0f-2f4f6a1b8d11"
    )
    names = {"first_name": "Ann", "last_name": "Reid"}

    claimed = InvitationMail.objects.claim(mail.pk)
    read_by_the_worker = claimed.invitation.email
    services.correct(coordinator, ann, shown=names | {"email": ann.email}, **names, email="ann@schools.example")
    inviting.send(claimed)

    mail.refresh_from_db()
    assert (read_by_the_worker, mail.state, mailoutbox) == ("ann@schols.example", "done", [])


def test_the_lists_lead_to_the_page_and_it_leads_back(client, coordinator, essex):
    ann, fay = loaded(essex), loaded(essex, "Fay", Role.FINANCE, is_active=True)
    both = loaded(essex, "Bo")
    MembershipFactory(user=both, role=Role.CONSULTANT)
    invited(ann, coordinator, essex, days=-1)

    people = client.get(reverse("accounts:people")).content.decode()
    many = client.get(reverse("programmes:invite_many")).content.decode()
    one = client.get(f"{reverse('accounts:invite')}?membership={ann.memberships.get().pk}").content.decode()
    back = client.post(
        page_of(ann) + "?next=/people/invite-many/",
        shown(ann) | {"first_name": "Ann", "last_name": "Reed"} | {"email": ann.email},
    )

    assert [page_of(user) in people for user in (ann, fay, both, coordinator)] == [True, True, False, False]
    assert [page_of(user) in many for user in (ann, fay, both)] == [True, False, False]
    assert (people.count(page_of(ann)), one.count(page_of(ann))) == (2, 1)
    assert back["Location"] == "/people/invite-many/"
