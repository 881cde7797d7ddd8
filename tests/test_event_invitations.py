"""Invitations: who is told what, by mail and in the calendar; answers and reminders; and two who press at once."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from icalendar import Calendar

from accounts.models import OutgoingMail, User
from accounts.roles import Role
from accounts.tasks import send_mail
from programmes.models import Partnership
from tests.factories import (
    AttendanceFactory,
    BookingFactory,
    EventFactory,
    PartnershipFactory,
    UserFactory,
    VisitFactory,
)
from tests.together import at_once
from tests.world import build_world
from visits.events import arranging, invitations
from visits.events.audience import Known
from visits.models import Attendance, Event, WrongState

pytestmark = pytest.mark.usefixtures("one_day")

TODAY = dt.date(2027, 1, 27)


@pytest.fixture
def ours(db):
    """A corner in which no mail was written yet."""
    ours = build_world()[0]
    OutgoingMail.objects.all().delete()
    return ours


@pytest.fixture
def event(ours):
    """A twilight of the area on 11 February, for its two teachers and the head."""
    return EventFactory(
        programme=ours.programme,
        area=ours.partnership.area,
        name="Writing, together; part 1",
        place=ours.school,
        venue="The hall",
        link="https://meet.example/abc",
        audience=["specialist", "partner", "head"],
    )


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def sent(kind=None):
    rows = OutgoingMail.objects.filter(kind=kind) if kind else OutgoingMail.objects.all()
    return sorted(rows.values_list("kind", "to__last_name"))


def calendar_of(mail):
    """The one event in the mail's calendar file, after the checks that hold for every such file."""
    calendar = Calendar.from_ical(mail.calendar)
    (event,) = calendar.walk("VEVENT")
    (zone,) = calendar.walk("VTIMEZONE")
    unfolded = mail.calendar.replace("\r\n ", "")
    assert calendar["METHOD"] == mail.calendar_method
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert zone["TZID"] == "Europe/London" == event["DTSTART"].params["TZID"]
    assert "\n" not in mail.calendar.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in mail.calendar.split("\r\n"))
    for name in ("UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "ATTENDEE", "DTSTART", "DTEND", "SUMMARY"):
        assert len(re.findall(rf"(?m)^{name}[;:]", unfolded.partition("BEGIN:VEVENT")[2])) == 1, name
    assert re.search(r"(?m)^DTSTAMP:\d{8}T\d{6}Z\r$", unfolded)
    assert not re.search(r"(?m)^METHOD", unfolded.partition("BEGIN:VEVENT")[2])
    return event


def mail_to(person, kind):
    return OutgoingMail.objects.get(to=person, kind=kind)


def test_everyone_expected_is_invited_once_with_a_file_for_the_calendar(client, ours, coordinator, event):
    asked = text(client.get(reverse("events:invite", args=[event.pk])))
    answer = client.post(reverse("events:invite", args=[event.pk]), follow=True)
    client.post(reverse("events:invite", args=[event.pk]))

    assert "Send 3 invitations" in asked
    assert "3 invitations are on the way." in text(answer)
    assert sent() == [
        ("event_invitation", "OursideHeadteacher"),
        ("event_invitation", "OursidePartner"),
        ("event_invitation", "OursideSpecialist"),
    ]
    mail = mail_to(ours.people[Role.PARTNER], "event_invitation")
    entry = calendar_of(mail)
    assert (mail.calendar_method, mail.subject) == (
        "REQUEST",
        "Will you come? Writing, together; part 1, Thursday 11 February",
    )
    assert str(entry["UID"]).startswith(str(event.uid))
    assert (entry["SEQUENCE"], entry["STATUS"], str(entry["SUMMARY"])) == (0, "CONFIRMED", event.name)
    assert entry["DTSTART"].dt.astimezone(dt.UTC) == dt.datetime(2027, 2, 11, 16, tzinfo=dt.UTC)
    assert entry["DTEND"].dt.astimezone(dt.UTC) == dt.datetime(2027, 2, 11, 18, tzinfo=dt.UTC)
    assert str(entry["LOCATION"]) == "The hall, Ourside Partner School, and online"
    assert str(entry["ATTENDEE"]) == f"mailto:{mail.address}"
    assert entry["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"


def test_whoever_chairs_or_takes_the_minutes_reads_so(ours, coordinator, event):
    event.chair, event.minute_taker = ours.people[Role.HEADTEACHER], ours.people[Role.PARTNER]
    event.save()

    invitations.send_invitations(coordinator, event)

    parts = {
        role: [line for line in mail_to(ours.people[role], "event_invitation").text.splitlines() if "part:" in line]
        for role in (Role.HEADTEACHER, Role.PARTNER, Role.SPECIALIST)
    }
    assert parts == {
        Role.HEADTEACHER: ["Your part: you chair it"],
        Role.PARTNER: ["Your part: you take the minutes"],
        Role.SPECIALIST: [],
    }


def test_the_mail_carries_the_method_of_the_file(ours, coordinator, event, mailoutbox):
    invitations.send_invitations(coordinator, event)

    send_mail(mail_to(ours.people[Role.HEADTEACHER], "event_invitation").pk)

    part = mailoutbox[0].message().get_payload()[1]
    file = Calendar.from_ical(part.get_payload(decode=True))
    assert (part.get_content_type(), part.get_param("method"), file["METHOD"]) == (
        "text/calendar",
        "REQUEST",
        "REQUEST",
    )


def test_summer_time_is_summer_time(ours, coordinator, event):
    Event.objects.filter(pk=event.pk).update(on=dt.date(2027, 6, 10))

    invitations.send_invitations(coordinator, event)

    entry = calendar_of(mail_to(ours.people[Role.PARTNER], "event_invitation"))
    assert entry["DTSTART"].dt.astimezone(dt.UTC) == dt.datetime(2027, 6, 10, 15, tzinfo=dt.UTC)


def test_the_file_names_nobody_but_its_reader_and_cannot_be_broken_out_of(ours, coordinator, event):
    Event.objects.filter(pk=event.pk).update(name="A\r\nATTENDEE:mailto:evil@schools.example;x,y\\n")

    invitations.send_invitations(coordinator, event)

    mail = mail_to(ours.people[Role.PARTNER], "event_invitation")
    others = [person for role, person in ours.people.items() if role != Role.PARTNER]
    (entry,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
    assert str(entry["ATTENDEE"]) == f"mailto:{mail.address}"
    assert not [person for person in others if person.email in mail.calendar or person.last_name in mail.calendar]


def test_whoever_cannot_sign_in_gets_none_and_is_named(client, ours, coordinator, event):
    User.objects.filter(pk=ours.people[Role.HEADTEACHER].pk).update(is_active=False)

    asked = text(client.get(reverse("events:invite", args=[event.pk])))
    invitations.send_invitations(coordinator, event)

    assert "1 gets none, because they cannot sign in yet" in asked
    assert [name for _, name in sent()] == ["OursidePartner", "OursideSpecialist"]
    assert not Attendance.objects.filter(event=event, person=ours.people[Role.HEADTEACHER]).exists()


def test_the_numbers_of_an_event_add_up_with_whoever_no_mail_reaches(client, ours, coordinator, event):
    User.objects.filter(pk=ours.people[Role.HEADTEACHER].pk).update(is_active=False)
    invitations.send_invitations(coordinator, event)
    Attendance.objects.filter(event=event, person=ours.people[Role.PARTNER]).update(answer=Attendance.Answer.ACCEPTED)

    page = text(client.get(event.get_absolute_url()))

    assert "3 people expected: 1 comes, 0 cannot, 1 has not answered, 1 cannot sign in yet and gets no mail." in page


@pytest.mark.parametrize(
    ("takes", "named"),
    [
        ("pm", ["OursideSpecialist"]),
        ("am", ["OursidePartner"]),
        ("day", ["OursidePartner", "OursideSpecialist"]),
        ("", []),
    ],
)
def test_whoever_has_a_visit_on_that_half_day_is_named_before_they_are_invited(
    client, ours, coordinator, event, takes, named
):
    Event.objects.filter(pk=event.pk).update(takes=takes, kind="training")
    for half, person, on in [
        ("pm", ours.people[Role.SPECIALIST], event.on),
        ("am", ours.people[Role.PARTNER], event.on),
        ("pm", ours.people[Role.HEADTEACHER], event.on + dt.timedelta(days=1)),
        ("pm", UserFactory(last_name="Elsewhere"), event.on),
    ]:
        partnership = PartnershipFactory(programme=ours.programme)
        BookingFactory(visit=VisitFactory(partnership=partnership, on=on, half=half), person=person)

    addresses = [reverse(f"events:{name}", args=[event.pk]) for name in ("invite", "detail")]
    pages = [text(client.get(address)) for address in addresses]

    words = "{} {} a visit on that half-day."
    sentence = words.format(" and ".join(f"Ourside {name}" for name in named), "have" if len(named) > 1 else "has")
    assert ["a visit on that half-day" in page for page in pages] == [bool(named)] * 2
    assert [sentence in page for page in pages] == [bool(named)] * 2


def test_whoever_comes_later_is_invited_by_pressing_once_more(ours, coordinator, event):
    invitations.send_invitations(coordinator, event)
    newcomer = UserFactory(last_name="Newcomer")
    invitations.put_on_the_list(coordinator, event, Known(newcomer, "", ours.school))

    written = invitations.send_invitations(coordinator, event)

    assert [mail.to for mail in written] == [newcomer]


def test_nobody_is_invited_to_a_past_or_cancelled_event(client, ours, coordinator, event):
    for fields in ({"on": TODAY - dt.timedelta(days=1)}, {"status": "cancelled", "cancelled_because": "Snow"}):
        Event.objects.filter(pk=event.pk).update(**{"on": event.on} | fields)
        answer = client.post(reverse("events:invite", args=[event.pk]), follow=True)
        assert "cancelled or past, so nobody is invited" in text(answer)

    assert sent() == []


def test_a_new_day_is_told_to_everyone_and_asks_them_again(ours, coordinator, event):
    partner = ours.people[Role.PARTNER]
    invitations.send_invitations(coordinator, event)
    invitations.answer(partner, event, "accepted")

    event.on = dt.date(2027, 2, 12)
    told = arranging.change_event(coordinator, event, event.sequence)

    mail, before = mail_to(partner, "event_changed"), mail_to(partner, "event_invitation")
    assert told == 3
    assert "Please say again whether you come" in mail.text
    assert "has changed: the day." in mail.text
    entry, earlier = calendar_of(mail), calendar_of(before)
    assert entry["UID"] == earlier["UID"]
    assert entry["SEQUENCE"] > earlier["SEQUENCE"]
    assert entry["DTSTART"].dt.date() == dt.date(2027, 2, 12)
    assert Attendance.objects.get(event=event, person=partner).answer == ""


def test_a_new_place_keeps_the_answers_and_says_what_was_answered(ours, coordinator, event):
    partner = ours.people[Role.PARTNER]
    invitations.send_invitations(coordinator, event)
    invitations.answer(partner, event, "accepted")

    event.venue = "The library"
    arranging.change_event(coordinator, event, event.sequence)

    mail = mail_to(partner, "event_changed")
    assert "has changed: the place." in mail.text
    assert calendar_of(mail)["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert Attendance.objects.get(event=event, person=partner).answer == "accepted"


def test_what_nobody_needs_to_know_is_told_to_nobody(ours, coordinator, event):
    invitations.send_invitations(coordinator, event)

    event.funded_partner_half_days = 0
    event.chair = ours.people[Role.HEADTEACHER]

    assert arranging.change_event(coordinator, event, event.sequence) == 0
    assert sent("event_changed") == []


def test_a_change_that_was_not_seen_is_not_overwritten(ours, coordinator, event):
    seen = event.sequence
    mine, theirs = Event.objects.get(pk=event.pk), Event.objects.get(pk=event.pk)
    theirs.venue = "The library"
    arranging.change_event(coordinator, theirs, seen)

    mine.venue = "The gym"
    with pytest.raises(WrongState):
        arranging.change_event(coordinator, mine, seen)

    event.refresh_from_db()
    assert event.venue == "The library"


def test_a_cancelled_event_leaves_the_calendars(client, ours, coordinator, event):
    invitations.send_invitations(coordinator, event)
    before = calendar_of(mail_to(ours.people[Role.PARTNER], "event_invitation"))

    answer = client.post(reverse("events:cancel", args=[event.pk]), {"reason": "The hall is flooded."}, follow=True)

    mail = mail_to(ours.people[Role.PARTNER], "event_cancelled")
    entry = calendar_of(mail)
    assert "The event is cancelled. 3 people are told." in text(answer)
    assert "The hall is flooded." in mail.text
    assert (mail.calendar_method, entry["STATUS"], entry["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert entry["SEQUENCE"] > before["SEQUENCE"]


def test_whoever_is_taken_off_the_list_is_told_and_forgotten(client, ours, coordinator, event):
    partner = ours.people[Role.PARTNER]
    invitations.send_invitations(coordinator, event)

    client.post(reverse("events:take_off", args=[event.pk]), {"person": partner.pk})

    row = Attendance.objects.get(event=event, person=partner)
    assert sent("event_without_you") == [("event_without_you", "OursidePartner")]
    assert calendar_of(mail_to(partner, "event_without_you"))["STATUS"] == "CANCELLED"
    assert (row.by_hand, row.invited_at, row.answer) == ("removed", None, "")
    client.force_login(partner)
    assert client.get(event.get_absolute_url()).status_code == 404


def test_those_whose_partnership_folded_are_told_with_the_next_invitations(client, ours, coordinator, event):
    invitations.send_invitations(coordinator, event)
    Partnership.objects.filter(pk=ours.partnership.pk).update(status="folded")

    page = text(client.get(event.get_absolute_url()))
    client.post(reverse("events:invite", args=[event.pk]))

    assert "Tell 3 who are not expected any more" in page
    assert {name for _, name in sent("event_without_you")} == {
        "OursideHeadteacher",
        "OursidePartner",
        "OursideSpecialist",
    }


def test_someone_invited_says_whether_they_come_and_may_change_it(client, ours, coordinator, event):
    invitations.send_invitations(coordinator, event)
    client.force_login(ours.people[Role.PARTNER])

    asked = text(client.get(event.get_absolute_url()))
    today = text(client.get(reverse("today")))
    said = text(client.post(reverse("events:answer", args=[event.pk]), {"answer": "accepted"}, follow=True))
    changed = text(client.post(reverse("events:answer", args=[event.pk]), {"answer": "declined"}, follow=True))

    assert "Will you come?" in asked
    assert "Say whether you come to Writing, together; part 1" in today
    assert "Kept: you come." in said
    assert "Kept: you cannot come." in changed
    assert "Say whether you come" not in text(client.get(reverse("today")))
    assert Attendance.objects.get(event=event, person=ours.people[Role.PARTNER]).answer == "declined"


def test_an_answer_that_is_none_or_comes_too_late_is_told(client, ours, event):
    client.force_login(ours.people[Role.PARTNER])
    address = reverse("events:answer", args=[event.pk])

    nothing = text(client.post(address, {"answer": "perhaps"}, follow=True))
    Event.objects.filter(pk=event.pk).update(on=TODAY - dt.timedelta(days=1))
    late = text(client.post(address, {"answer": "accepted"}, follow=True))

    assert "press one of the two buttons" in nothing
    assert "takes no answer of yours any more" in late
    assert not Attendance.objects.filter(event=event).exclude(answer="").exists()


def test_the_coordinator_s_own_page_takes_no_answer_from_someone_not_expected(client, coordinator, event):
    answer = client.post(reverse("events:answer", args=[event.pk]), {"answer": "accepted"}, follow=True)

    assert "takes no answer of yours" in text(answer)


def test_only_those_without_an_answer_are_reminded_and_nobody_twice_in_three_days(client, ours, coordinator, event):
    invitations.send_invitations(coordinator, event)
    invitations.answer(ours.people[Role.PARTNER], event, "declined")

    page = text(client.get(event.get_absolute_url()))
    first = text(client.post(reverse("events:remind", args=[event.pk]), follow=True))
    again = text(client.post(reverse("events:remind", args=[event.pk]), follow=True))

    assert "Remind 2 who have not answered" in page
    assert "2 people are reminded." in first
    assert "Nobody is reminded. 2 had a reminder in the last three days and are left in peace." in again
    assert "Remind 2" not in again
    assert [name for _, name in sent("event_reminder")] == ["OursideHeadteacher", "OursideSpecialist"]


def test_the_event_can_be_put_into_one_s_own_calendar(client, ours, event):
    client.force_login(ours.people[Role.PARTNER])

    response = client.get(reverse("events:calendar", args=[event.pk]))

    file = Calendar.from_ical(response.content)
    (entry,) = file.walk("VEVENT")
    assert response["Content-Type"].startswith("text/calendar")
    assert (file["METHOD"], entry.get("ATTENDEE")) == ("PUBLISH", None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_each_person_gets_one_invitation(ours, event):
    coordinator = ours.people[Role.COORDINATOR]

    numbers = at_once(*[lambda: len(invitations.send_invitations(coordinator, event))] * 2)

    assert sorted(numbers) == [0, 3]
    assert OutgoingMail.objects.count() == 3


def test_a_mail_shows_no_free_text_of_the_minutes(ours, coordinator, event):
    Event.objects.filter(pk=event.pk).update(minutes="Something confidential")
    AttendanceFactory(event=event, person=None, guest_name="A guest", walk_in=True)

    invitations.send_invitations(coordinator, event)

    written = "".join(mail.text + mail.calendar for mail in OutgoingMail.objects.all())
    assert "confidential" not in written
    assert "A guest" not in written
