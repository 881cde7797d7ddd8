"""Many invited at once: who waits, who gets what mail, and nobody twice."""

import datetime as dt
import html
import re
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import inviting as mailing
from accounts.models import AuditEvent, Invitation, InvitationMail, User
from accounts.roles import Role
from jobs.work import work_on
from programmes.models import PartnerTeacher, Programme
from programmes.services import inviting
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.inviting import accept, head_of, link_in, tables_with
from tests.together import at_once
from tests.world import person

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC)
PAGE = "/people/invite-many/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def a_coordinator(organisation, corner="Ourside"):
    user = person(corner, Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=organisation)
    return user


@pytest.fixture
def programme(client):
    programme = ProgrammeFactory()
    programme.coordinator = a_coordinator(programme.organisation)
    client.force_login(programme.coordinator)
    return programme


def loaded(programme, first, role=Role.CONSULTANT, **fields):
    """Somebody with a role who cannot sign in yet."""
    user = UserFactory(first_name=first, last_name="Reed", email=f"{first.lower()}@schools.example", is_active=False)
    MembershipFactory(user=user, role=role, organisation=programme.organisation, **fields)
    return user


def a_partnership(programme, school="Ash", home="Home", status="active"):
    """Between two schools of which only the register knows the heads."""
    names = {"head_first_name": f"{school}ley", "head_last_name": "Holt"}
    specialist = SpecialistTeacherFactory(programme=programme, home_school=SchoolFactory(name=home))
    return PartnershipFactory(
        programme=programme, specialist=specialist, status=status, partner_school=SchoolFactory(name=school, **names)
    )


def of_school(programme, school):
    return f"school-{programme.organisation.pk}-{school.pk}"


def typed(key, email, first="Ashley", last="Holt"):
    return {f"{key}-first_name": first, f"{key}-last_name": last, f"{key}-email": email}


def invited(email, programme, role=Role.CONSULTANT, days=14, by=None, school=None, first="Sent", **fields):
    return Invitation.objects.create(
        email=email,
        first_name=first,
        last_name="Before",
        role=role,
        organisation=programme.organisation,
        school=school,
        invited_by=by or programme.coordinator,
        expires_at=NOW + dt.timedelta(days=days),
        sent_at=NOW - dt.timedelta(days=20),
        digest=f"{email} {school and school.pk}".encode(),
        **fields,
    )


def words(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def confirm(client, given):
    """What the button of the check page sends."""
    return client.post(PAGE, given | {"shown": given["who"], "step": "confirm"}, follow=True)


def do_the_mails():
    for mail in InvitationMail.objects.filter(state="queued"):
        work_on(InvitationMail, mail.pk, mailing.send)


def names(waiting):
    return [(found.kind, str(found), found.email, found.school and found.school.name) for found in waiting]


def test_the_list_has_everyone_who_waits_and_nobody_else(programme):
    partnership = a_partnership(programme)
    a_partnership(programme, "Proposed", "Agreed", status="proposed")
    a_partnership(programme, "Folded", "Paused", status="folded")
    other = ProgrammeFactory(organisation=programme.organisation, status=Programme.Status.DRAFT)
    a_partnership(other, "Draft", "Draft home")
    led, asked, lapsed = (SchoolFactory(name=name) for name in ("Led", "Asked", "Lapsed"))
    for school in (led, asked, lapsed):
        PartnershipFactory(programme=programme, specialist=partnership.specialist, partner_school=school)
    head_of(led, programme.organisation)
    invited("head@asked.example", programme, Role.HEADTEACHER, school=asked)
    invited("head@lapsed.example", programme, Role.HEADTEACHER, -1, school=lapsed, first="Ida")
    loaded(programme, "Ann", Role.PARTNER, school=led)
    loaded(programme, "Ben")
    loaded(programme, "Cy", Role.FINANCE)
    invited("dot@schools.example", programme)
    loaded(programme, "Dot")
    invited("eve@schools.example", programme, days=-1)
    both = loaded(programme, "Eve")
    MembershipFactory(user=both, role=Role.SPECIALIST, organisation=programme.organisation)
    loaded(programme, "Gone", ended_at=NOW)
    loaded(ProgrammeFactory(), "Elsewhere")

    found = inviting.who_waits(programme.coordinator)

    assert names(found) == [
        ("heads", "", "", "Agreed"),
        ("heads", "Ashley Holt", "", "Ash"),
        ("heads", "", "", "Home"),
        ("heads", "Ida Before", "head@lapsed.example", "Lapsed"),
        ("heads", "Proposedley Holt", "", "Proposed"),
        ("teachers", "Ann Reed", "ann@schools.example", "Led"),
        ("consultants", "Ben Reed", "ben@schools.example", None),
        ("consultants", "Eve Reed", "eve@schools.example", None),
        ("others", "Cy Reed", "cy@schools.example", None),
    ]
    assert next(row for row in found if row.first_name == "Eve").role_label == "Area consultant and Specialist teacher"


def test_whoever_took_part_in_earlier_programmes_alone_is_listed_apart(client, programme):
    closed = ProgrammeFactory(organisation=programme.organisation, status=Programme.Status.CLOSED)
    draft = ProgrammeFactory(organisation=programme.organisation, status=Programme.Status.DRAFT)
    old, again, partner, new = (loaded(programme, name, Role.SPECIALIST) for name in ("Old", "Again", "Partner", "New"))
    SpecialistTeacherFactory(programme=closed, user=old)
    SpecialistTeacherFactory(programme=closed, user=again)
    then = PartnershipFactory(programme=closed, status="completed")
    PartnerTeacher.objects.create(partnership=then, user=partner, since=closed.starts_on, until=closed.ends_on)
    SpecialistTeacherFactory(programme=draft, user=again)

    page, apart = client.get(PAGE, {"all": "on"}), client.get(PAGE, {"kind": "earlier"})
    confirm(client, {"who": [f"person-{user.pk}" for user in (again, new)]})
    after = client.get(PAGE)

    def listed(page):
        return re.findall(r"<b>(\w+) Reed</b>", page.content.decode())

    assert (listed(page), listed(apart)) == (["Again", "New"], ["Old", "Partner"])
    assert "Listed: all 2 , 2 teachers ; apart from these 2 people of earlier programmes ." in words(page)
    assert "Nobody waits for an invitation" in words(after)
    assert "Listed apart: 2 people of earlier programmes ." in words(after)


def test_those_ticked_are_checked_invited_and_mailed_and_the_others_named(client, programme, mailoutbox):
    partnership = a_partnership(programme)
    ann, ben = loaded(programme, "Ann"), loaded(programme, "Ben")
    left = loaded(programme, "Cy")
    earlier = invited(ben.email, programme, days=-1)
    ash = of_school(programme, partnership.partner_school)
    home = of_school(programme, partnership.specialist.home_school)
    given = {"who": [ash, f"person-{ann.pk}", f"person-{ben.pk}"]}
    given |= typed(ash, " Head@Ash.example ") | typed(home, "head@home.example", "", "")

    check = words(client.post(PAGE, given))
    before = set(Invitation.objects.all())
    done = confirm(client, given)
    waits = words(done)
    do_the_mails()
    after = words(client.get(done.request["PATH_INFO"]))

    assert "Check before you invite 3 people" in check
    assert "Ashley Holt head@ash.example Headteacher Ash Friday 11 December" in check
    assert "Ben Reed ben@schools.example" in check
    assert "A new link: the earlier one has expired" in check
    assert "Not invited Headteacher of Home An address is typed, but the school is not ticked." in check
    assert "OursideCoordinator invites you to Lesson Study, to work as: Headteacher, Ash." in check
    assert before == {earlier}
    assert "3 people are invited" in waits
    assert "0 of 3 mails are sent." in waits
    assert "2 people are not invited yet" in waits
    assert "Headteacher of Home No address yet" in waits
    assert f"{left} Area consultant" in waits
    assert "3 of 3 mails are sent." in after
    assert list(Invitation.objects.order_by("email").values_list("email", "first_name", "role", "school__name")) == [
        ("ann@schools.example", "Ann", "consultant", None),
        ("ben@schools.example", "Ben", "consultant", None),
        ("head@ash.example", "Ashley", "headteacher", "Ash"),
    ]
    assert {i.expires_at for i in Invitation.objects.all()} == {NOW + Invitation.LASTS}
    assert sorted(mail.to for mail in mailoutbox) == [[i.email] for i in Invitation.objects.order_by("email")]
    secrets = [link_in(mail).split("/")[2] for mail in mailoutbox]
    assert len(set(secrets)) == 3
    assert [tables_with(secret) for secret in secrets] == [[], [], []]
    assert sorted(AuditEvent.objects.filter(row__in=Invitation.objects.values("pk")).values_list("did", flat=True)) == [
        "invited",
        "invited",
        "invited again",
    ]


def test_the_link_opens_every_role_of_the_person(client, programme, mailoutbox):
    both = loaded(programme, "Ann")
    MembershipFactory(user=both, role=Role.SPECIALIST, organisation=programme.organisation)

    confirm(client, {"who": [f"person-{both.pk}"]})
    do_the_mails()
    people = words(client.get(reverse("accounts:people")))
    accept(link_in(mailoutbox[0]), Client())

    assert people.count("Waiting for Ann to accept the invitation") == 2
    assert [mail.to for mail in mailoutbox] == [[both.email]]
    both = User.objects.get(pk=both.pk)
    assert both.is_active
    assert {m.role for m in both.live_memberships} == {Role.CONSULTANT, Role.SPECIALIST}
    assert inviting.who_waits(programme.coordinator) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"email": ""}, "Enter the email address."),
        ({"email": "ash"}, "Enter one email address, such as head@school.example."),
        ({"email": "a@x.example, b@x.example"}, "Enter one email address, such as head@school.example."),
        ({"email": f"{'a' * 250}@x.example"}, "An email address has at most 254 characters."),
        ({"first": ""}, "Enter the first name."),
        ({"last": "<b>"}, "A name cannot contain < or >. Type it without."),
        ({"last": "x" * 101}, "Keep the name to 100 characters."),
        ({"email": "OursideCoordinator@schools.example"}, "You cannot give yourself a role."),
        ({"email": "Nia@schools.example"}, "This is the address of Nia Reed. Correct the address, or the name"),
    ],
)
def test_a_bad_address_or_name_is_said_at_its_row_and_everything_typed_stays(client, programme, given, sentence):
    partnership = a_partnership(programme)
    nia = loaded(programme, "Nia")
    ash = of_school(programme, partnership.partner_school)
    home = of_school(programme, partnership.specialist.home_school)
    asked = {"who": [ash, f"person-{nia.pk}"]} | typed(home, "not yet", "Kim", "")
    asked |= typed(ash, **{"email": "head@ash.example"} | given)

    page = client.post(PAGE, asked)
    confirmed = confirm(client, asked)

    row = page.content.decode().partition(f'id="id_{ash}-first_name"')
    assert "There is a problem" in words(page)
    assert f"Ash: {sentence}" in words(page)
    assert html.escape(sentence, quote=False) in row[0][-600:] + row[2][:3000]
    assert [values for name, values in boxes(page) if name.startswith((ash, home))] == [
        asked[f"{key}-{name}"] for key in (ash, home) for name in ("first_name", "last_name", "email")
    ]
    assert page.content.decode().count(" checked>") == 2
    assert "There is a problem" in words(confirmed)
    assert not Invitation.objects.exists()


def boxes(page):
    box = r'<input class="govuk-input[^"]*" id="[^"]+" name="([^"]+)" type="text" value="([^"]*)"'
    found = re.findall(box, page.content.decode())
    return [(name, html.unescape(value)) for name, value in found]


def test_one_address_for_two_heads_of_different_names_is_refused_and_of_one_name_is_taken(client, programme):
    partnership = a_partnership(programme)
    ash = of_school(programme, partnership.partner_school)
    home = of_school(programme, partnership.specialist.home_school)
    two = {"who": [ash, home]} | typed(ash, "head@ash.example")

    refused = words(client.post(PAGE, two | typed(home, "HEAD@ash.example", "Kim", "Lee")))
    confirm(client, two | typed(home, "HEAD@ash.example", "ashley", "HOLT"))

    assert refused.count("This address stands beside another name as well. Correct one of the two.") == 4
    assert sorted(Invitation.objects.values_list("email", "school__name")) == [
        ("head@ash.example", "Ash"),
        ("head@ash.example", "Home"),
    ]


def test_today_and_the_programme_lead_to_the_list(client, programme):
    a_partnership(programme)

    today = client.get("/").content.decode()
    of_programme = client.get(programme.get_absolute_url()).content.decode()

    assert f'href="{PAGE}?kind=heads">Invite the heads<' in today
    assert f'href="{PAGE}">Invite people to sign in<' in of_programme


def test_nothing_ticked_is_said_and_nothing_is_sent(client, programme):
    loaded(programme, "Ann")

    pages = [client.post(PAGE, given) for given in ({}, {"step": "confirm"})]

    assert ["Tick at least one to invite." in words(page) for page in pages] == [True, True]
    assert not Invitation.objects.exists()


def test_a_second_click_invites_nobody_twice_and_says_who_did(client, programme):
    ann = loaded(programme, "Ann")
    partnership = a_partnership(programme)
    ash = of_school(programme, partnership.partner_school)
    given = {"who": [ash, f"person-{ann.pk}"]} | typed(ash, "head@ash.example")

    confirm(client, given)
    again = words(confirm(client, given))

    assert "Nobody was invited this time" in again
    assert "Ann Reed Has been invited by you on Friday 27 November." in again
    assert "Headteacher of Ash Has been invited by you on Friday 27 November." in again
    assert Invitation.objects.count() == InvitationMail.objects.count() == 2


def test_whoever_was_invited_or_signed_in_meanwhile_is_left_out_and_the_others_wait_for_a_new_look(client, programme):
    ann, ben, cy = (loaded(programme, name) for name in ("Ann", "Ben", "Cy"))
    given = {"who": [f"person-{user.pk}" for user in (ann, ben, cy)]}
    client.post(PAGE, given)
    invited(ann.email, programme, by=a_coordinator(programme.organisation, "Other"))
    User.objects.filter(pk=ben.pk).update(is_active=True)

    page = words(confirm(client, given))
    done = confirm(client, {"who": [f"person-{cy.pk}"]})

    assert "Nobody was invited this time" in page
    assert "Check before you invite 1 person" in page
    assert "Ann Reed Has been invited by Other OtherCoordinator on Friday 27 November." in page
    assert "Ben Reed Can sign in now." in page
    assert "1 person is invited" in words(done)
    assert Invitation.objects.exclude(email=ann.email).get().email == cy.email


def test_another_address_than_that_of_the_expired_invitation_ends_that_one(client, programme):
    school = a_partnership(programme).partner_school
    earlier = invited("wrong@ash.example", programme, Role.HEADTEACHER, -1, school=school)
    ash = of_school(programme, school)

    confirm(client, {"who": [ash]} | typed(ash, "right@ash.example"))

    earlier.refresh_from_db()
    assert earlier.state == "withdrawn"
    assert [i.email for i in Invitation.objects.open()] == ["right@ash.example"]


def test_a_stranger_cannot_be_invited_and_their_name_is_not_said(client, programme):
    strange = ProgrammeFactory()
    other, school = loaded(strange, "Secret"), a_partnership(strange, "Hidden").partner_school
    keys = [f"person-{other.pk}", of_school(strange, school), "person-", "school-1", "x", f"person-{'9' * 30}"]

    page = words(confirm(client, {"who": keys}))

    assert "Nobody is left to invite" in page
    assert "Secret" not in page
    assert "Hidden" not in page
    assert not Invitation.objects.exists()


def test_a_head_invites_the_office_of_the_own_school_and_nobody_else(client, programme):
    partnership = a_partnership(programme)
    head = head_of(partnership.partner_school, programme.organisation).user
    office = loaded(programme, "Ola", Role.OFFICE, school=partnership.partner_school)
    teacher = loaded(programme, "Tia", Role.PARTNER, school=partnership.partner_school)
    loaded(programme, "Una", Role.OFFICE, school=partnership.specialist.home_school)
    client.force_login(head)

    done = confirm(client, {"who": [f"person-{office.pk}"]})
    refused = confirm(client, {"who": [f"person-{teacher.pk}"]})
    client.force_login(head_of(partnership.specialist.home_school, programme.organisation).user)
    beside = client.get(done.request["PATH_INFO"])

    assert "1 person is invited" in words(done)
    assert "Nobody was invited this time" in words(refused)
    assert beside.status_code == 404
    assert [i.email for i in Invitation.objects.all()] == [office.email]


def test_a_refused_address_is_said_and_one_withdrawn_meanwhile_gets_no_mail(client, programme, mailoutbox, monkeypatch):
    ann, ben = loaded(programme, "Ann"), loaded(programme, "Ben")
    done = confirm(client, {"who": [f"person-{ann.pk}", f"person-{ben.pk}"]})
    Invitation.objects.filter(email=ben.email).update(withdrawn_at=NOW)

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        do_the_mails()
    page = words(client.get(done.request["PATH_INFO"]))

    assert "1 mail could not be sent Ann Reed, ann@schools.example The mail server does not take this address." in page
    assert "0 of 2 mails are sent." in page
    assert "Withdrawn" in page
    assert mailoutbox == []
    assert "The mail server does not take this address" in words(client.get(reverse("accounts:people")))


def refuse(backend, mails):
    raise SMTPRecipientsRefused({mails[0].to[0]: (550, b"no such user")})


@pytest.mark.parametrize("count", [1, 40])
def test_inviting_costs_the_same_for_one_and_for_many(client, programme, django_assert_max_num_queries, count):
    keys = []
    for number in range(count):
        school = a_partnership(programme, f"Ash {number}").partner_school
        keys.append((of_school(programme, school), f"head{number}@ash.example"))
    given = {"who": [key for key, _ in keys]}
    for key, email in keys:
        given |= typed(key, email)

    with django_assert_max_num_queries(45):
        done = client.post(PAGE, given | {"shown": given["who"], "step": "confirm"})

    assert done.status_code == 302
    assert Invitation.objects.count() == count


def test_a_hundred_stand_on_one_page_and_the_next_follow(client, programme):
    for number in range(103):
        loaded(programme, f"P{number}")

    page = client.get(PAGE, {"all": "on"})
    ticked = re.findall(r'value="(person-\d+)" checked', page.content.decode())
    confirm(client, {"who": ticked})
    after = words(client.get(PAGE))

    assert len(ticked) == 100
    assert "These are the first 100. Once they are invited, the next 3 are listed." in words(page)
    assert "3 people cannot sign in yet" in after


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_one_invites_and_the_other_is_told():
    programme = ProgrammeFactory()
    both = [a_coordinator(programme.organisation, corner) for corner in ("Ourside", "Other")]
    school = a_partnership(programme).partner_school
    ash = of_school(programme, school)

    def ask(user, email):
        who = {"first_name": "Ashley", "last_name": "Holt", "email": email}
        return lambda: inviting.invite(User.objects.get(pk=user.pk), {ash: who})

    found = at_once(
        *(ask(user, f"head{number}@ash.example") for number, user in enumerate(both)), expecting=(inviting.Overtaken,)
    )

    assert sorted(isinstance(each, inviting.Overtaken) for each in found) == [False, True]
    assert Invitation.objects.count() == InvitationMail.objects.count() == 1
