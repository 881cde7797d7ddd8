"""Who is told of an event: invitations, changes, cancellations and reminders, each by mail with a calendar file.

The rows that say who was told what, and the mails, are written in one transaction; the worker sends them.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.mail import NudgedLately, nudge, post_all, resting
from visits import mails
from visits.calendar_file import CANCEL, REQUEST, entry_of_event, one_entry_file
from visits.events.audience import audience
from visits.models import Attendance, Event, WrongState


def locked(event):
    """The event as it stands, held until the transaction ends: two who press at once do so one after the other."""
    rows = Event.objects.select_for_update(of=("self",)).select_related("programme__organisation", "place", "area")
    return rows.get(pk=event.pk)


def to_be_invited(expected):
    """Those who can be sent an invitation and have none."""
    return [one for one in expected if one.can_sign_in and not one.is_invited]


@transaction.atomic
def send_invitations(person, event) -> list:
    """Everyone expected who can sign in and was not invited yet is, once; the mails.

    Whoever has an invitation and does not belong any more, since a partnership has folded, is told so as well.
    """
    event = locked(event)
    if not event.is_planned or event.is_past:
        raise WrongState(f"event {event.pk} takes no invitations")
    expected = audience(event)
    new = to_be_invited(expected)
    write_invitations([(event, one) for one in new])
    written = post_about(mails.EVENT_INVITATION, person, event, new, REQUEST)
    tell_those_gone(person, event, not_expected_any_more(event, expected))
    audit.record(person, "events.invitations sent", event)
    return written


def write_invitations(invited):
    """In the caller's transaction: the rows that say who is invited to what, from (event, entry of its list)."""
    now = timezone.now()
    Attendance.objects.bulk_create(
        [
            Attendance(
                event_id=event.pk,
                person_id=one.person.pk,
                role=one.role,
                school_id=one.school and one.school.pk,
                invited_at=now,
                told_sequence=event.sequence,
            )
            for event, one in invited
        ],
        update_conflicts=True,
        unique_fields=["event", "person"],
        update_fields=["role", "school", "invited_at", "told_sequence"],
    )


def post_about(kind, by, event, expected, method, **more):
    letters = [
        (
            one.person,
            {"event": event} | more,
            one_entry_file(entry_of_event(event, out=method == CANCEL), method, one.person, one.answer),
        )
        for one in expected
    ]
    return post_all(kind, letters, about=event, organisation=event.programme.organisation, by=by, method=method)


def not_expected_any_more(event, expected):
    """Those who have an invitation and are not on the list now."""
    here = {one.person.pk for one in expected if one.person}
    return [row for row in invited(event) if row.person_id not in here]


def invited(event):
    """Those who have an invitation, still expected or not."""
    rows = event.attendances.filter(invited_at__isnull=False).select_related("person")
    return list(rows.order_by("pk"))


def tell_of_change(person, event, what, *, asks_again) -> int:
    """In the caller's transaction: a mail to all who were invited, and a way out for whom the list no longer has."""
    told, gone = invited(event), not_expected_any_more(event, audience(event))
    here = [row for row in told if row not in gone]
    Attendance.objects.filter(pk__in=[row.pk for row in here]).update(told_sequence=event.sequence)
    post_about(mails.EVENT_CHANGED, person, event, here, REQUEST, what=what, asks_again=asks_again)
    tell_those_gone(person, event, gone)
    return len(told)


def tell_those_gone(person, event, rows):
    """In the caller's transaction: whoever has an invitation and is not expected any more is told, once."""
    if rows:
        Event.objects.filter(pk=event.pk).update(sequence=F("sequence") + 1)
        event.refresh_from_db(fields=["sequence"])
        post_about(mails.EVENT_WITHOUT_YOU, person, event, rows, CANCEL)
        forget(rows)


def tell_of_cancellation(person, event) -> int:
    """In the caller's transaction: a mail to all who were invited, which takes the event out of their calendars."""
    told = invited(event)
    post_about(mails.EVENT_CANCELLED, person, event, told, CANCEL)
    return len(told)


def forget(rows):
    """An invitation that was taken back is none: put on the list again, the person is invited again."""
    Attendance.objects.filter(pk__in=[row.pk for row in rows]).update(
        invited_at=None, told_sequence=None, answer="", answered_at=None
    )


@transaction.atomic
def put_on_the_list(person, event, known):
    """The person is expected, whatever the rule says, and stays so. An invitation is sent apart."""
    Attendance.objects.update_or_create(
        event=event,
        person=known.person,
        defaults={"by_hand": Attendance.ByHand.ADDED, "role": known.role, "school": known.school},
    )
    audit.record(person, "events.put on the list", event)


@transaction.atomic
def take_off_the_list(person, event, someone):
    """The person is not expected, whatever the rule says, and is told so if an invitation went out."""
    event = locked(event)
    row, _ = Attendance.objects.get_or_create(event=event, person=someone)
    if row.present is not None:
        raise WrongState(f"attendance {row.pk} is recorded")
    Attendance.objects.filter(pk=row.pk).update(by_hand=Attendance.ByHand.REMOVED)
    if row.invited_at and event.is_planned and not event.is_past:
        tell_those_gone(person, event, [row])
    audit.record(person, "events.taken off the list", event)


def without_answer(expected):
    return [one for one in expected if one.is_invited and not one.answer and one.can_sign_in]


def remind(person, event) -> tuple[int, int]:
    """A reminder to everyone who was invited and has not answered: how many, and how many had one of late."""
    sent = rested = 0
    for one in sorted(without_answer(audience(event)), key=lambda one: one.person.pk):
        try:
            mail = nudge(
                mails.EVENT_REMINDER,
                one.person,
                {"event": event},
                about=event,
                organisation=event.programme.organisation,
                by=person,
            )
        except NudgedLately:
            rested += 1
        else:
            sent += mail is not None
    if sent:
        audit.record(person, "events.reminded", event)
    return sent, rested


def to_be_reminded(event, expected):
    """Those without an answer who had no reminder in the last three days."""
    lately = set(resting(event).values_list("to", flat=True))
    return [one for one in without_answer(expected) if one.person.pk not in lately]


@transaction.atomic
def answer(person, event, said):
    """The person's own answer, which may be changed until the day of the event."""
    event = locked(event)
    if not event.is_planned or event.is_past:
        raise WrongState(f"event {event.pk} takes no answers")
    one = next((one for one in audience(event) if one.person == person), None)
    if one is None:
        raise WrongState(f"event {event.pk} does not expect this person")
    Attendance.objects.update_or_create(
        event=event,
        person=person,
        defaults={"answer": said, "answered_at": timezone.now(), "role": one.role, "school": one.school},
    )
    audit.record(person, f"events.{said}", event)
