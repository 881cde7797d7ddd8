"""Someone from outside the group observes one lesson: told by email, let in until a day, and out when it ends."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, InvitationMail, Membership, OutgoingMail
from accounts.roles import Role
from accounts.services import accept
from lessons import services
from lessons.models import LessonGuest, Observation
from papers.templatetags.plain import longdate
from tests.factories import MembershipFactory
from tests.notebook import a_lesson
from tests.talking.lessons import address, post, words_of, write
from tests.together import at_once

pytestmark = pytest.mark.django_db

EMAIL = "zoe.kranz@schools.example"
NEW = {"first_name": "Zoe", "last_name": "Kranz", "email": "Zoe.Kranz@Schools.example"}


def day(days):
    return timezone.localdate() + dt.timedelta(days=days)


def typed(until):
    return f"{until.day}/{until.month}/{until.year}"


def invite(client, ours, until=None, **who):
    return post(client, ours.pat, "guests", ours.following, **NEW | {"until": typed(until or day(20))} | who)


def opens(client, person, lesson):
    client.force_login(person)
    names = ("sheet", "observe", "interviews", "discussion", "private", "guests")
    return [client.get(address(name, lesson)).status_code for name in names]


def test_someone_with_a_role_here_is_a_guest_at_once_and_is_told_by_mail(client, ours):
    office = MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=ours.school).user

    answer = invite(client, ours, email=office.email.upper())

    assert words_of(answer) == [f"{office} is told by email, and can observe this lesson until {day(20):%-d %B %Y}."]
    guest = LessonGuest.objects.get(lesson=ours.following)
    assert (guest.person, guest.until, guest.invited_by) == (office, day(20), ours.pat)
    assert opens(client, office, ours.following) == [200, 200, 403, 403, 403, 403]
    assert opens(client, office, ours.held) == [404, 404, 403, 403, 403, 403]
    mail = OutgoingMail.objects.get(kind="guest_invited")
    assert (mail.to, mail.subject) == (office, "You are invited to observe a research lesson")
    assert not Invitation.objects.filter(email=office.email).exists()
    said = mail.text
    assert "research lesson 2 at" in said
    assert "modelled" not in said.lower()


def test_someone_new_gets_an_invitation_and_is_let_in_to_this_lesson_until_that_day(client, ours):
    answer = invite(client, ours)
    invitation = Invitation.objects.get(email=EMAIL)
    waiting = client.get(address("guests", ours.following)).content.decode()

    membership = Membership.objects.get(user__email=invitation.email)
    assert words_of(answer)[0].startswith("Zoe Kranz is invited by email to Lesson Study")
    assert "Waiting for Zoe Kranz to accept the invitation" in waiting
    assert [mail.invitation for mail in InvitationMail.objects.filter(invitation__email=EMAIL)] == [invitation]
    given = (Role.GUEST, ours.held.study.partnership.partner_school, day(20))
    assert [(row.role, row.school, row.ends_on) for row in (invitation, membership)] == [given, given]


def test_who_accepts_observes_until_the_last_day_and_no_longer(client, ours, time_machine):
    invite(client, ours)
    accept(Invitation.objects.get(email=EMAIL), "Zoe", "Kranz")
    person = LessonGuest.objects.get(lesson=ours.following).person

    during = opens(client, person, ours.following)
    today = client.get(reverse("today")).content.decode()
    time_machine.move_to(timezone.now() + dt.timedelta(days=21))
    after = opens(client, person, ours.following)

    assert (during, after) == ([200, 200, 403, 403, 403, 403], [403, 404, 403, 403, 403, 403])
    assert f"Your access ends by itself after {longdate(day(-1))}." in today
    assert Membership.objects.filter(user=person).count() == 1


def test_end_now_ends_it_at_once_with_the_role_and_the_invitation_that_were_only_for_this(client, ours):
    invite(client, ours)
    guest = LessonGuest.objects.get(lesson=ours.following)

    post(client, ours.sara, "guest_end", ours.following, guest.pk)
    again = post(client, ours.sara, "guest_end", ours.following, guest.pk)

    guest.refresh_from_db()
    assert (guest.is_current, words_of(again)) == (False, [])
    assert not Invitation.objects.open().filter(email=EMAIL).exists()
    assert not guest.person.memberships.live().exists()


def test_whose_access_is_ended_is_named_as_the_page_names_them(client, ours):
    office = MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=ours.school).user
    someone = ours.elsewhere.people[Role.SPECIALIST]
    for email in (EMAIL, office.email, someone.email):
        invite(client, ours, email=email)

    ended = [
        words_of(post(client, ours.sara, "guest_end", ours.following, guest.pk))
        for guest in LessonGuest.objects.filter(lesson=ours.following).order_by("pk")
    ]

    names = ["Zoe Kranz", str(office), "Zoe Kranz"]
    assert ended == [[f"{name} cannot observe this lesson any more."] for name in names]


def test_who_is_invited_again_after_the_end_is_let_in_again(client, ours):
    invite(client, ours, until=day(15))
    guest = LessonGuest.objects.get(lesson=ours.following)
    post(client, ours.sara, "guest_end", ours.following, guest.pk)

    invite(client, ours, until=day(30))

    guest = LessonGuest.objects.get(lesson=ours.following)
    assert (guest.is_current, guest.until, Invitation.objects.open().get(email=EMAIL).ends_on) == (
        True,
        day(30),
        day(30),
    )
    assert [row.ends_on for row in guest.person.memberships.live()] == [day(30)]


def test_someone_of_another_organisation_is_asked_first_and_their_name_is_not_told(client, ours):
    someone = ours.elsewhere.people[Role.SPECIALIST]

    invite(client, ours, email=someone.email)
    page = client.get(address("guests", ours.following)).content.decode()
    before = opens(client, someone, ours.following)
    accept(Invitation.objects.get(email=someone.email), "", "")

    assert ("Zoe Kranz" in page, someone.last_name in page) == (True, False)
    assert (before[:2], opens(client, someone, ours.following)[:2]) == ([404, 404], [200, 200])


def test_someone_of_another_organisation_goes_by_the_typed_name_also_once_the_invitation_has_ended(client, ours):
    someone = ours.elsewhere.people[Role.SPECIALIST]
    invite(client, ours, email=someone.email)
    guest = LessonGuest.objects.get(lesson=ours.following)

    ended = post(client, ours.pat, "guest_end", ours.following, guest.pk).content.decode()

    assert ("Zoe Kranz" in ended, someone.last_name in ended) == (True, False)
    assert [(row.name, row.waits) for row in services.guests_of(ours.following)] == [("Zoe Kranz", False)]


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"email": "zoe"}, "email", "Enter a whole email address."),
        ({"first_name": ""}, "first_name", "Enter the first name."),
        ({"until": typed(day(-1))}, "until", "This day is over. Choose today or a later one."),
        ({"until": typed(day(45))}, "until", f"Choose a day up to {day(44):%-d %B %Y}: 30 days after the lesson."),
        ({"until": "soon"}, "until", None),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(client, ours, wrong, field, said):
    answer = post(client, ours.pat, "guests", ours.following, **NEW | {"until": typed(day(20))} | wrong)

    errors = answer.context["form"].errors
    assert (answer.status_code, list(errors)) == (422, [field])
    assert said is None or errors[field] == [said]
    assert "Kranz" in answer.content.decode()
    assert not LessonGuest.objects.filter(lesson=ours.following).exists()


def test_a_member_is_no_guest_and_a_guest_is_invited_once(client, ours):
    member = invite(client, ours, email=ours.sara.email)
    invite(client, ours)

    again = invite(client, ours)

    assert member.context["form"].errors["email"] == [
        "This is a member of the study, who observes the lesson in any case."
    ]
    assert again.context["form"].errors["email"] == [
        f"{EMAIL} is a guest of this lesson already, until {day(20):%-d %B %Y}."
    ]
    assert LessonGuest.objects.filter(lesson=ours.following).count() == 1


def test_nobody_is_invited_to_a_lesson_that_is_over(client, ours):
    answer = post(client, ours.pat, "guests", ours.held, **NEW, until=typed(day(3)))

    assert words_of(answer) == ["This lesson is over, so nobody else is invited to it. Nothing was changed."]
    assert not LessonGuest.objects.filter(lesson=ours.held).exists()


@pytest.mark.django_db(transaction=True)
def test_two_members_who_invite_the_same_person_at_once_invite_them_once(ours):
    acts = [
        lambda person=person: services.invite_guest(person, ours.following, EMAIL, "Zoe", "Kranz", day(20))[1]
        for person in (ours.pat, ours.sara)
    ]

    outcomes = at_once(*acts, expecting=services.Refused)

    assert sorted(str(outcome) for outcome in outcomes) == [
        "True",
        f"{EMAIL} is a guest of this lesson already, until {day(20):%-d %B %Y}.",
    ]
    assert Invitation.objects.filter(email=EMAIL).count() == 1


@pytest.mark.django_db(transaction=True)
def test_someone_who_is_invited_to_two_lessons_at_once_has_one_account_and_one_invitation(ours):
    third = a_lesson(ours.held.study, stages=(), number=3, on=day(20))

    outcomes = at_once(
        lambda: services.invite_guest(ours.pat, ours.following, EMAIL, "Zoe", "Kranz", day(20))[1],
        lambda: services.invite_guest(ours.sara, third, EMAIL, "Zoe", "Kranz", day(27))[1],
    )

    assert outcomes == [True, True]
    assert sorted(LessonGuest.objects.filter(person__email=EMAIL).values_list("until", flat=True)) == [day(20), day(27)]
    assert Invitation.objects.get(email=EMAIL).ends_on == day(27)


def test_invited_again_with_another_last_day_the_guest_has_that_one(client, ours):
    invite(client, ours, until=day(15))

    invite(client, ours, until=day(25))

    guest = LessonGuest.objects.get(lesson=ours.following)
    assert (guest.until, Invitation.objects.get(email=EMAIL).ends_on) == (day(25), day(25))
    assert max(row.ends_on for row in guest.person.memberships.live()) == day(25)


def test_a_guest_is_ended_through_the_own_lesson_only(client, ours):
    theirs = ours.lesson.guests.get()

    answer = post(client, ours.sara, "guest_end", ours.following, theirs.pk)

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.is_current) == (404, True)


def test_a_guest_reads_the_plan_and_the_own_notes_and_nothing_of_what_others_saw_or_thought(client, ours):
    ours.following.started_at, ours.following.started_by = timezone.now(), ours.pat
    ours.following.save()
    stage = ours.following.stages.create(position=1)
    guest = MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=ours.school).user
    LessonGuest.objects.create(lesson=ours.following, person=guest, invited_by=ours.pat, until=day(9))
    words = {
        "intention": "The plan",
        "met_A": "yes",
        "evidence_A": "Evidence",
        "thoughts_A": "Thought",
        "thoughts": "All",
    }
    write(ours.pat, ours.following, **words, **{f"stage_{stage.pk}_pattern": "A pattern"})
    for person, text in ((ours.sara, "Seen by Sara"), (guest, "Seen by the guest")):
        Observation.objects.create(lesson=ours.following, person=person, stage=stage, text=text, at=timezone.now())
    client.force_login(guest)

    page = client.get(address("sheet", ours.following))
    shown = page.content.decode()

    assert [text in shown for text in ("The plan", "Seen by the guest")] == [True, True]
    assert [text for text in ("Evidence", "Thought", "A pattern", "Seen by Sara") if text in shown] == []
    assert {box.text for box in page.context["page"].boxes} - {""} == {"The plan"}
