"""Colleagues and guests observe one research lesson, until a day."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit, inviting
from accounts.mail import post
from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import GRANTS, Role
from accounts.services import NotOfHere, place, withdraw
from lessons.mails import GUEST_INVITED
from lessons.models import LessonGuest
from lessons.services.starting import held_open
from lessons.services.studies import Refused

USUAL, MOST = dt.timedelta(days=7), dt.timedelta(days=30)  # after the lesson


def last_days(lesson):
    """The last day that a guest has if nothing else is said, and the latest one that they may have."""
    day = max(lesson.day or timezone.localdate(), timezone.localdate())
    return day + USUAL, day + MOST


def school_of(lesson):
    return lesson.visit.host if lesson.visit else lesson.study.partnership.partner_school


@transaction.atomic
def invite_guest(person, lesson, email, first_name, last_name, until) -> tuple[LessonGuest, bool]:
    """Someone may observe this lesson until that day: (the row, whether they have an invitation to accept first).

    Invited again, with another last day, they have that one.

    Whoever has a role in the organisation that lets them in for so long needs nothing more. Anyone else becomes a guest
    observer at the school of the lesson until the same day, and those who cannot sign in yet get an invitation.
    """
    row = held_open(lesson)
    email = email.strip().lower()
    if why := row.why_cancelled:
        raise Refused(f"This lesson was cancelled ({why}), so nobody can observe it.")
    if row.is_ended:
        raise Refused("This lesson is over, so nobody can observe it any more.")
    if email in {member.email for member in row.study.current_members}:
        raise Refused("This is a member of the study, who observes the lesson in any case.")
    someone, waits = let_in(person, lesson, email, first_name, last_name, until)
    guest = row.guests.filter(person=someone).first() or LessonGuest(lesson=row, person=someone)
    if guest.pk and guest.is_current and guest.until == until:
        raise Refused(f"{email} is a guest of this lesson already, until {guest.until:%-d %B %Y}.")
    guest.invited_by, guest.invited_at, guest.until, guest.ended_at = person, timezone.now(), until, None
    guest.save()
    audit.record(person, "lessons.guest invited", guest)
    if not waits:
        context = {"lesson": lesson, "guest": guest, "by": person, "school": school_of(lesson)}
        post(
            GUEST_INVITED,
            someone,
            context,
            about=lesson,
            organisation=lesson.study.partnership.programme.organisation,
            by=person,
        )
    return guest, waits


def let_in(person, lesson, email, first_name, last_name, until):
    """(the person, whether they have to accept an invitation before they can observe)."""
    school, organisation = school_of(lesson), lesson.study.partnership.programme.organisation
    # One at a time: the same person may be invited to two lessons at once.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    someone = User.objects.filter(email=email).first()
    if someone and someone.is_active:
        own = someone.memberships.live().filter(organisation=organisation, role__in=GRANTS["lessons.observe"])
        if own.filter(Q(ends_on=None) | Q(ends_on__gte=until)).exists():
            return someone, False
    try:
        someone = place(person, email, first_name, last_name, Role.GUEST, organisation, school, ends_on=until)
    except NotOfHere:
        pass  # they work for another organisation: their role here begins when they accept
    else:
        if someone.is_active:
            return someone, False
    send_invitation(person, email, first_name, last_name, organisation, school, until)
    return someone, True


def send_invitation(person, email, first_name, last_name, organisation, school, until):
    """One link for all lessons at a school: whoever has an open invitation gets it again, for the later last day."""
    to = {"email": email, "role": Role.GUEST, "organisation": organisation, "school": school}
    invitation = Invitation.objects.open().select_for_update().filter(**to).first() or Invitation(**to, ends_on=until)
    invitation.first_name, invitation.last_name = first_name, last_name
    invitation.ends_on = max(invitation.ends_on or until, until)
    inviting.write_all(person, [invitation])


@transaction.atomic
def end_guest(person, guest) -> bool:
    """They observe the lesson no more, from now on; a role that was only for this ends with it."""
    now = timezone.now()
    ended = LessonGuest.objects.current().filter(pk=guest.pk).update(ended_at=now)
    if not ended:
        return False
    audit.record(person, "lessons.guest ended", guest)
    organisation = guest.lesson.study.partnership.programme.organisation
    others = LessonGuest.objects.current().filter(
        person=guest.person, lesson__study__partnership__programme__organisation=organisation
    )
    if not others.exists():
        own = guest.person.memberships.live().filter(organisation=organisation, role=Role.GUEST)
        own.exclude(ends_on=None).update(ended_at=now)
        for invitation in invitations_of(organisation, [guest.person]):
            withdraw(person, invitation)
    return True


def invitations_of(organisation, people):
    """Those to observe that wait to be accepted."""
    emails = [person.email for person in people]
    return Invitation.objects.open().filter(email__in=emails, organisation=organisation, role=Role.GUEST)


def guests_of(lesson) -> list[LessonGuest]:
    """Each with its name and how it stands in `name` and `waits`; one who has never had a role here goes by the name
    that was typed, not by one that another organisation knows."""
    rows = list(lesson.guests.select_related("person", "invited_by"))
    organisation, people = lesson.study.partnership.programme.organisation, [row.person for row in rows]
    waiting = {invitation.email for invitation in invitations_of(organisation, people)}
    known = set(Membership.objects.filter(user__in=people, organisation=organisation).values_list("user", flat=True))
    asked = Invitation.objects.filter(email__in=[person.email for person in people], organisation=organisation)
    typed = {row.email: f"{row.first_name} {row.last_name}" for row in asked.order_by("pk")}
    for row in rows:
        row.waits = row.person.email in waiting
        row.name = str(row.person) if row.person.pk in known else typed.get(row.person.email, row.person.email)
    return rows
