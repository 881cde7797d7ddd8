"""Who is told of a series that goes on differently: each person once, of all that changes, and the calendar follows."""

from django.utils import timezone
from icalendar import Calendar

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.models import Partnership
from tests.factories import AttendanceFactory
from tests.series_changing import LATER, change, invite
from visits.models import Attendance


def letters():
    return sorted(OutgoingMail.objects.values_list("kind", "to__last_name"))


def entries(mail):
    """Day -> (status, hour) of each event in the file of a mail."""
    events = Calendar.from_ical(mail.calendar).walk("VEVENT")
    assert len({str(event["UID"]) for event in events}) == len(events)
    return {
        event["DTSTART"].dt.date().isoformat(): (str(event["STATUS"]), event["DTSTART"].dt.hour) for event in events
    }


def test_each_person_gets_one_mail_with_all_that_changes_and_the_calendar_follows(client, ours, row):
    partner, specialist = ours.people[Role.PARTNER], ours.people[Role.SPECIALIST]
    invite(row, partner)
    AttendanceFactory(event=row.events.get(on="2027-03-04"), person=specialist, invited_at=timezone.now())

    said = change(client, row, starts_at="4:30pm", rhythm="half term", first_on="4/3/2027", until="21/7/2027")

    mail = OutgoingMail.objects.get(to=partner)
    assert "2 people are told, each in one mail." in said
    assert letters() == [("event_series_changed", "OursidePartner"), ("event_series_changed", "OursideSpecialist")]
    assert (mail.subject, mail.calendar_method) == (
        "Changed: Network, 5 meetings from Thursday 4 February on",
        "PUBLISH",
    )
    assert "This changes: the time. So it is now:\n\n- Thursday 4 March 2027, 4:30pm to 5:30pm: Online" in mail.text
    assert "New meetings, to which you are invited:\n\n- Thursday 22 April 2027, 4:30pm" in mail.text
    assert "once a half term. So these do not take place:\n\n- Thursday 4 February 2027, 4pm to 5:30pm\n" in mail.text
    assert "Please say again whether you come" in mail.text
    assert entries(mail) == {
        "2027-02-04": ("CANCELLED", 16),
        "2027-03-04": ("CONFIRMED", 16),
        "2027-03-18": ("CANCELLED", 16),
        "2027-04-22": ("CONFIRMED", 16),
        "2027-06-17": ("CONFIRMED", 16),
    }
    assert set(entries(OutgoingMail.objects.get(to=specialist))) == {"2027-03-04", "2027-04-22", "2027-06-17"}
    new = row.events.get(on="2027-06-17")
    assert {a.person for a in new.attendances.all() if a.invited_at} == {partner, specialist}
    assert Attendance.objects.get(event__series=row, event__on="2027-03-04", person=partner).answer == ""
    assert Attendance.objects.get(event__series=row, event__on="2027-01-21", person=partner).answer == "accepted"


def test_to_new_meetings_those_are_invited_who_were_invited_before_and_nobody_else(client, ours, row):
    AttendanceFactory(
        event=row.events.get(on="2027-03-18"), person=ours.people[Role.PARTNER], invited_at=timezone.now()
    )

    change(client, row, until="30/4/2027")

    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (
        ours.people[Role.PARTNER],
        "Changed: Network, 2 meetings from Thursday 15 April on",
    )
    assert set(entries(mail)) == {"2027-04-15", "2027-04-29"}
    new = Attendance.objects.filter(event__in=row.events.filter(on__gt="2027-04-01"), invited_at__isnull=False)
    assert {a.person for a in new} == {ours.people[Role.PARTNER]}


def test_the_sequence_of_each_meeting_rises_with_what_is_told(client, ours, row):
    partner = ours.people[Role.PARTNER]
    invite(row, partner)

    change(client, row, venue="The hall")
    change(client, row, venue="The gym")

    first, second = (Calendar.from_ical(mail.calendar).walk("VEVENT") for mail in OutgoingMail.objects.order_by("pk"))
    assert [(str(a["UID"]), a["SEQUENCE"] + 1) for a in first] == [(str(b["UID"]), b["SEQUENCE"]) for b in second]
    assert "ATTENDEE" not in OutgoingMail.objects.first().calendar
    told = Attendance.objects.filter(event__in=row.events.filter(on__in=LATER), person=partner)
    assert {a.told_sequence == a.event.sequence for a in told.select_related("event")} == {True}


def test_a_change_that_nobody_needs_to_know_is_told_to_nobody(client, ours, row):
    invite(row, ours.people[Role.PARTNER])

    said = change(client, row, chair=ours.people[Role.HEADTEACHER].pk)

    assert "Nobody is told." in said
    assert letters() == []


def test_whoever_does_not_belong_any_more_is_told_so_for_all_meetings_at_once(client, ours, row):
    invite(row, ours.people[Role.PARTNER])
    Partnership.objects.filter(pk=ours.partnership.pk).update(status="folded")

    change(client, row, venue="The hall")

    mail = OutgoingMail.objects.get()
    assert mail.subject == "You are no longer expected: Network, 3 meetings from Thursday 4 February on"
    assert set(entries(mail).values()) == {("CANCELLED", 16)}
    assert Attendance.objects.filter(event__in=row.events.filter(on__in=LATER), invited_at=None).count() == 3
