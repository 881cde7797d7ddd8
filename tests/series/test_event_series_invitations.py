"""A whole series in one step: one mail a person with all dates, and answers to all at once or to each."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import OutgoingMail, User
from accounts.roles import Role
from accounts.tasks import send_mail
from programmes.models import Partnership
from tests.factories import AttendanceFactory, BookingFactory, PartnershipFactory, UserFactory, VisitFactory
from tests.meetings import a_series, day, text
from tests.together import at_once
from visits.events import invitations, series_mail
from visits.events.audience import Known
from visits.models import Attendance, Event


@pytest.fixture
def row(ours):
    """Eight meetings, of which one is held and one cancelled."""
    row = a_series(ours, until="2027-02-05", first="2026-11-05")
    row.events.filter(on="2026-12-17").update(status="cancelled", cancelled_because="Snow")
    return row


TO_COME = ["2026-11-19", "2026-12-03", "2027-01-14", "2027-01-28"]


def address(row, name="invite"):
    return reverse(f"events:series_{name}", args=[row.pk])


def sent():
    return sorted(OutgoingMail.objects.values_list("kind", "to__last_name"))


def answers(row, person):
    rows = Attendance.objects.filter(event__series=row, person=person).order_by("event__on")
    return {a.event.on.isoformat(): a.answer for a in rows.select_related("event")}


def test_everyone_is_invited_to_all_meetings_to_come_in_one_mail(client, ours, coordinator, row):
    page = text(client.get(reverse("events:series", args=[row.pk])))
    asked = text(client.get(address(row)))
    said = text(client.post(address(row), follow=True))
    again = text(client.post(address(row), follow=True))

    mail = OutgoingMail.objects.get(to=ours.people[Role.PARTNER])
    events = Calendar.from_ical(mail.calendar).walk("VEVENT")
    assert "Invite 2 people to the series" in page
    assert "Invite 2 people to 4 meetings" in asked
    assert "Thursday 19 November 2026 4pm to 5:30pm Online 2 people" in asked
    assert "2 people are invited, each in one mail." in said
    assert "Everyone who can be invited has an invitation already." in again
    assert sent() == [
        ("event_series_invitation", "OursidePartner"),
        ("event_series_invitation", "OursideSpecialist"),
    ]
    assert mail.subject == "Will you come? Network, 4 meetings from Thursday 19 November on"
    assert [event["DTSTART"].dt.date().isoformat() for event in events] == TO_COME
    assert [line for line in mail.text.splitlines() if line.startswith("- ")] == [
        "- Thursday 19 November 2026, 4pm to 5:30pm: Online",
        "- Thursday 3 December 2026, 4pm to 5:30pm: Online",
        "- Thursday 14 January 2027, 4pm to 5:30pm: Online",
        "- Thursday 28 January 2027, 4pm to 5:30pm: Online",
    ]
    assert "28 January 2027, 4pm to 5:30pm: Online\n\nOnline: https://meet.example/n\n\nPlease say" in mail.text
    assert f"http://localhost:8000/events/series/{row.pk}/" in mail.text
    invited = Attendance.objects.filter(event__series=row, invited_at__isnull=False)
    assert {a.event.on.isoformat() for a in invited.select_related("event")} == set(TO_COME)
    assert (invited.count(), set(invited.values_list("told_sequence", flat=True))) == (8, {0})


def test_each_line_says_what_part_the_reader_has(ours, row):
    chair, other = ours.people[Role.PARTNER], ours.people[Role.SPECIALIST]
    Event.objects.filter(series=row, on="2026-12-03").update(chair=chair)
    Event.objects.filter(series=row, on="2027-01-14").update(minute_taker=other)

    series_mail.invite_to_series(ours.people[Role.COORDINATOR], row)

    parts = {
        person: [line for line in OutgoingMail.objects.get(to=person).text.splitlines() if "; you " in line]
        for person in (chair, other)
    }
    assert parts == {
        chair: ["- Thursday 3 December 2026, 4pm to 5:30pm: Online; you chair it"],
        other: ["- Thursday 14 January 2027, 4pm to 5:30pm: Online; you take the minutes"],
    }


def test_the_file_can_be_opened_by_a_calendar_and_names_nobody(ours, row, mailoutbox):
    coordinator = ours.people[Role.COORDINATOR]
    series_mail.invite_to_series(coordinator, row)
    mail = OutgoingMail.objects.get(to=ours.people[Role.PARTNER])

    send_mail(mail.pk)

    (part,) = [part for part in mailoutbox[0].message().walk() if part.get_content_type() == "text/calendar"]
    file = Calendar.from_ical(part.get_payload(decode=True))
    assert (part.get_filename(), part.get_param("method"), file["METHOD"]) == ("dates.ics", "PUBLISH", "PUBLISH")
    assert {str(event["UID"]).partition("@")[0] for event in file.walk("VEVENT")} == {
        str(event.uid) for event in row.events.filter(on__in=TO_COME)
    }
    assert "ATTENDEE" not in mail.calendar
    assert len(file.walk("VTIMEZONE")) == 1


def test_whoever_was_invited_to_some_is_invited_to_the_others_alone(client, ours, coordinator, row):
    partner = ours.people[Role.PARTNER]
    invitations.send_invitations(coordinator, row.events.get(on="2026-11-19"))
    newcomer = UserFactory(last_name="Newcomer")
    for on in TO_COME[:2]:
        invitations.put_on_the_list(coordinator, row.events.get(on=on), Known(newcomer, "", ours.school))
    OutgoingMail.objects.all().delete()

    page = text(client.get(address(row)))
    series_mail.invite_to_series(coordinator, row)

    numbers = {
        mail.to.last_name: mail.calendar.count("BEGIN:VEVENT") for mail in OutgoingMail.objects.select_related("to")
    }
    assert "Ourside OursidePartner Partner teacher, Ourside Partner School: 3 meetings" in page
    assert numbers == {"OursidePartner": 3, "OursideSpecialist": 3, "Newcomer": 2}
    assert OutgoingMail.objects.filter(to=partner).count() == 1


def test_the_check_page_names_who_gets_none_who_is_booked_and_what_is_not_decided(client, ours, coordinator, row):
    User.objects.filter(pk=ours.people[Role.SPECIALIST].pk).update(is_active=False)
    Event.objects.filter(series=row).update(takes="pm", link="")
    visit = VisitFactory(partnership=PartnershipFactory(programme=ours.programme), on=day("2026-12-03"), half="pm")
    BookingFactory(visit=visit, person=ours.people[Role.PARTNER])

    page = text(client.get(address(row)))

    assert "1 gets none, because they cannot sign in yet Ourside OursideSpecialist" in page
    assert page.count("a visit on that half-day") == 1
    assert (
        "Thursday 3 December 2026 4pm to 5:30pm Not decided yet 1 person "
        "Ourside OursidePartner has a visit on that half-day" in page
    )
    assert "The place of 4 meetings is not decided yet." in page


def test_those_who_do_not_belong_any_more_are_told_in_one_mail(client, ours, coordinator, row):
    series_mail.invite_to_series(coordinator, row)
    OutgoingMail.objects.all().delete()
    Partnership.objects.filter(pk=ours.partnership.pk).update(status="folded")

    series = text(client.get(reverse("events:series", args=[row.pk])))
    page = text(client.get(address(row)))
    client.post(address(row))

    assert "Tell 2 who are not expected any more" in series
    assert "2 people who were invited are not expected any more and are told" in page
    assert sent() == [("event_series_changed", "OursidePartner"), ("event_series_changed", "OursideSpecialist")]
    mail = OutgoingMail.objects.get(to=ours.people[Role.PARTNER])
    assert mail.subject == "You are no longer expected: Network, 4 meetings from Thursday 19 November on"
    assert mail.calendar.count("STATUS:CANCELLED") == 4
    assert not Attendance.objects.filter(event__series=row, invited_at__isnull=False).exists()


def test_nobody_is_invited_to_a_series_that_is_over(client, coordinator, ours):
    over = a_series(ours, first="2026-09-10", until="2026-10-22")

    asked = text(client.get(address(over)))
    client.post(address(over))

    assert "No meeting of this series is to come" in asked
    assert sent() == []


def test_one_answer_is_for_all_and_each_can_be_changed_by_itself(client, ours, row):
    person = ours.people[Role.PARTNER]
    series_mail.invite_to_series(ours.people[Role.COORDINATOR], row)
    client.force_login(person)

    before = text(client.get(reverse("events:series", args=[row.pk])))
    all_ = text(client.post(address(row, "answer"), {"answer": "accepted"}, follow=True))
    one = row.events.get(on="2027-01-14")
    then = client.post(reverse("events:answer", args=[one.pk]), {"answer": "declined", "from": "series"}, follow=True)
    nothing = text(client.post(address(row, "answer"), {"answer": "perhaps"}, follow=True))

    assert "4 meetings wait for your answer Will you come?" in before
    assert "Kept: you come to all 4 meetings. You can still change each by itself." in all_
    assert then.redirect_chain[-1][0] == f"/events/series/{row.pk}/#m{one.pk}"
    assert "Kept: you cannot come on Thursday 14 January." in text(then)
    assert "press one of the two buttons" in nothing
    assert answers(row, person) == dict.fromkeys(TO_COME, "accepted") | {"2027-01-14": "declined"}


def test_someone_not_expected_at_any_meeting_is_told_so(client, coordinator, row):
    answer = text(client.post(address(row, "answer"), {"answer": "accepted"}, follow=True))

    assert "These meetings take no answer of yours any more." in answer
    assert not Attendance.objects.filter(event__series=row).exclude(answer="").exists()


def test_today_and_the_digest_ask_once_for_the_whole_series(client, ours, row):
    series_mail.invite_to_series(ours.people[Role.COORDINATOR], row)
    client.force_login(ours.people[Role.PARTNER])

    page = text(client.get(reverse("today")))
    client.post(reverse("events:answer", args=[row.events.get(on="2026-11-19").pk]), {"answer": "accepted"})
    Attendance.objects.filter(event__series=row, event__on__gt="2026-12-31").update(answer="declined")
    last = text(client.get(reverse("today")))

    assert "Say whether you come to 4 meetings of Network" in page
    assert "Say whether you come to Network" not in page
    assert "Say whether you come to Network" in last


def test_all_dates_to_come_can_be_put_into_one_s_own_calendar(client, ours, row):
    client.force_login(ours.people[Role.PARTNER])

    response = client.get(address(row, "calendar"))

    file = Calendar.from_ical(response.content)
    assert response["Content-Type"].startswith("text/calendar")
    assert [event["DTSTART"].dt.date().isoformat() for event in file.walk("VEVENT")] == TO_COME


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_each_person_gets_one_mail(ours, row):
    coordinator = ours.people[Role.COORDINATOR]

    written = at_once(*[lambda: len(series_mail.invite_to_series(coordinator, row))] * 2)

    assert sorted(written) == [0, 2]
    assert len(sent()) == 2


def test_an_answer_given_before_is_kept_when_others_are_invited(ours, row):
    partner = ours.people[Role.PARTNER]
    AttendanceFactory(event=row.events.get(on="2026-11-19"), person=partner, answer="declined")

    series_mail.invite_to_series(ours.people[Role.COORDINATOR], row)

    assert answers(row, partner)["2026-11-19"] == "declined"
    assert Attendance.objects.get(event__on="2026-11-19", person=partner).invited_at == timezone.now()


def test_any_number_of_meetings_and_people_takes_the_same_queries(ours, row, django_assert_max_num_queries):
    for _ in range(9):
        PartnershipFactory(programme=ours.programme, area=ours.partnership.area)
    more = a_series(ours, "weekly", first="2026-11-11", until="2027-03-25")

    with django_assert_max_num_queries(2 * len(TO_COME) + 20):
        few = len(series_mail.invite_to_series(ours.people[Role.COORDINATOR], row))
    with django_assert_max_num_queries(2 * more.events.count() + 20):
        many = len(series_mail.invite_to_series(ours.people[Role.COORDINATOR], more))

    assert (few, many) == (20, 20)
    assert dt.date(2027, 3, 24) in more.events.values_list("on", flat=True)
