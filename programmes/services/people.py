"""Who is in a partnership, from which day to which. Whoever is replaced stays in its history and loses its pages."""

import datetime as dt

from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone

from accounts import audit
from accounts.mail import post_all
from accounts.models import Invitation, Membership
from accounts.roles import Role
from accounts.services import end_membership, place, withdraw
from programmes import mails
from programmes.models import Partnership, PartnerTeacher, PastSpecialist, Programme, SpecialistTeacher
from programmes.services.acceptances import take_back
from programmes.services.concerned import people_concerned
from programmes.services.held import last_held, why_too_early

# What follows when somebody joins or leaves a partnership, in order and in its transaction: (person, partnership, left,
# joined, on), with users, or None where nobody left or nobody followed. Apps to the right append theirs in
# AppConfig.ready.
AFTER_PEOPLE_CHANGE = []

BECAUSE = [
    "Left the school",
    "Moved to another class or role",
    "Illness or long absence",
    "Parental leave",
    "No capacity at present",
    "Withdrew from the programme",
]
TAKES_PART = [SpecialistTeacher.Status.RECRUITED, SpecialistTeacher.Status.TRAINED, SpecialistTeacher.Status.ACTIVE]


class CannotChange(Exception):
    """The change of people cannot be made; the sentence says why to the person who would make it."""


@transaction.atomic
def add_partner_teacher(person, partnership, *, email, on, first_name="", last_name="") -> PartnerTeacher:
    """One more partner teacher from this day on, as an equal beside those who are there."""
    hold(partnership)
    row = join(person, partnership, email, first_name, last_name, on)
    follow_up(person, partnership, None, row.user, on)
    return row


@transaction.atomic
def replace_partner_teacher(person, row, *, on, because, email="", first_name="", last_name=""):
    """From this day on someone else is the partner teacher, or, without an address, nobody in this one's place yet.

    What the earlier one did stays with them; their access to the partnership ends now.
    """
    partnership = row.partnership
    hold(partnership)
    check_day(partnership, row.user, on)
    until = max(row.since, on - dt.timedelta(days=1))
    standing = PartnerTeacher.objects.filter(pk=row.pk, until=None)
    if not standing.update(until=until, because=because, ended_by=person):
        raise CannotChange("Someone else changed the people of this partnership a moment ago. See who is in it now.")
    audit.record(person, "partner teacher left", row)
    end_role_in_school(person, row.user, partnership)
    successor = join(person, partnership, email, first_name, last_name, on) if email else None
    follow_up(person, partnership, row.user, successor and successor.user, on)
    return successor


@transaction.atomic
def replace_specialist(person, partnership, successor, *, on, because) -> Partnership:
    """From this day on another specialist teacher of the programme has the partnership.

    Of two who give one teacher the last room at once, one is told: the teacher's row is held while it is counted. Where
    it is only proposed so far, both schools are asked anew.
    """
    hold(partnership)
    before = partnership.specialist
    check_day(partnership, before.user, on)
    SpecialistTeacher.objects.select_for_update(no_key=True).get(pk=successor.pk)
    if not may_follow(partnership).filter(pk=successor.pk).exists():
        raise CannotChange(f"{successor} cannot take this partnership any more. Choose someone who is offered now.")
    since = day_specialist_began(partnership, on)
    past = PastSpecialist.objects.create(
        partnership=partnership,
        specialist=before,
        since=since,
        until=max(since, on - dt.timedelta(days=1)),
        because=because,
        ended_by=person,
    )
    partnership.specialist = successor
    partnership.save(update_fields=["specialist"])
    take_back(person, partnership)
    audit.record(person, "specialist replaced", past)
    asked_anew = partnership.status == Partnership.Status.PROPOSED
    follow_up(person, partnership, before.user, successor.user, on, asked_anew)
    return partnership


def hold(partnership):
    """Two who change the people of one partnership do so one after the other, and the second is told."""
    standing = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    if standing.specialist_id != partnership.specialist_id:
        raise CannotChange("Someone else changed the people of this partnership a moment ago. See who is in it now.")
    if not is_open_to_people(standing):
        raise CannotChange("This partnership has ended, and its people stay as they are.")


def check_day(partnership, leaving, on):
    """Whoever leaves was not there on a later day."""
    if sentence := why_too_early(on, last_held(partnership, leaving), same_day=False):
        raise CannotChange(sentence)


def is_open_to_people(partnership):
    ended = partnership.status in {Partnership.Status.COMPLETED, Partnership.Status.FOLDED}
    return not ended and partnership.programme.status != Programme.Status.CLOSED


def join(person, partnership, email, first_name, last_name, on):
    organisation, school = partnership.programme.organisation, partnership.partner_school
    user = place(person, email, first_name, last_name, Role.PARTNER, organisation, school)
    if user.pk == partnership.specialist.user_id:
        raise CannotChange(f"{user} is the specialist teacher of this partnership.")
    row, new = PartnerTeacher.objects.get_or_create(
        partnership=partnership, user=user, until=None, defaults={"since": on}
    )
    if not new:
        raise CannotChange(f"{user} is a partner teacher of this partnership already.")
    audit.record(person, "partner teacher joined", row)
    return row


def end_role_in_school(person, user, partnership):
    """A teacher who is in no other partnership of the school has nothing left to see there as its partner teacher."""
    organisation, school = partnership.programme.organisation_id, partnership.partner_school_id
    others = PartnerTeacher.objects.filter(
        user=user, until=None, partnership__programme__organisation=organisation, partnership__partner_school=school
    )
    if others.exists():
        return
    there = {"role": Role.PARTNER, "organisation": organisation, "school": school}
    for membership in Membership.objects.live().filter(user=user, **there):
        end_membership(person, membership)
    for invitation in Invitation.objects.open().filter(email=user.email, **there):
        withdraw(person, invitation)


def follow_up(person, partnership, left, joined, on, asked_anew=False):
    partnership = Partnership.objects.with_people().get(pk=partnership.pk)
    for function in AFTER_PEOPLE_CHANGE:
        function(person, partnership, left, joined, on)
    organisation = partnership.programme.organisation
    context = {"partnership": partnership, "left": left, "joined": joined, "on": on, "asked_anew": asked_anew}
    others = [someone for someone in people_concerned(partnership) if someone not in {person, joined}]
    letters = [(someone, context) for someone in [*others, *([left] if left else [])]]
    post_all(mails.PEOPLE_CHANGED, letters, about=partnership, organisation=organisation, by=person)
    if joined:
        post_all(mails.JOINED, [(joined, context)], about=partnership, organisation=organisation, by=person)


def may_follow(partnership):
    """Specialist teachers of the programme with room for this partnership, whom nothing keeps from its school.

    Each comes with `taken`, how many partnerships they have now, `teaches_it` and `fits`: those of its subject and year
    come first, then those of its subject.
    """
    rows = partnership.programme.specialists.with_room().filter(status__in=TAKES_PART)
    rows = rows.exclude(pk=partnership.specialist_id).exclude(conflicts__school=partnership.partner_school_id)
    rows = rows.exclude(user__in=partnership.partner_teachers.filter(until=None).values("user"))
    subject = Q(subjects__contains=[partnership.subject])
    fits = subject & Q(year_groups__contains=[partnership.year_group])
    rows = rows.annotate(fits=Case(When(fits, then=True), default=False))
    rows = rows.annotate(teaches_it=Case(When(subject, then=True), default=False))
    return rows.select_related("user", "home_school").order_by("-fits", "-teaches_it", "taken", "ref")


NOT_TEACHING = [Role.OFFICE, Role.GUEST]


def known_at_school(person, partnership):
    """People with a role in the partner school who could be its partner teacher: not yet, and not oneself.

    Each comes with the roles in `known_as`.
    """
    organisation, school = partnership.programme.organisation_id, partnership.partner_school_id
    there = Membership.objects.live().filter(organisation=organisation, school=school).exclude(role__in=NOT_TEACHING)
    taken = {someone.pk for someone in partnership.teachers} | {person.pk}
    there = there.exclude(user__in=taken).select_related("user").order_by("user__last_name", "user__first_name", "user")
    found = {}
    for membership in there:
        someone = found.setdefault(membership.user_id, membership.user)
        someone.known_as = [*getattr(someone, "known_as", []), membership.role_label]
    return list(found.values())


def day_specialist_began(partnership, on):
    """Since when the present specialist teacher has had the partnership; never after `on`."""
    last = partnership.past_specialists.order_by("until").last()
    if last:
        return min(last.until + dt.timedelta(days=1), on)
    first = partnership.steps.first()
    return min(first.on if first else partnership.programme.starts_on, on)


def days_for(partnership, since) -> tuple[dt.date, dt.date]:
    """The first and the last day from which someone may follow: since the one before began, and not to come."""
    programme = partnership.programme
    last = min(max(timezone.localdate(), programme.starts_on), programme.ends_on)
    return since, max(since, last)
