"""Events in the lists: how each stands for its reader, and which are near."""

import datetime as dt

from django.urls import reverse

from accounts.roles import Role
from programmes.models import Programme
from tests.arranging import TODAY, text
from tests.factories import EventFactory
from visits.models import Event


def test_the_list_says_to_each_reader_how_an_event_stands(client, ours, coordinator, event):
    Event.objects.exclude(pk=event.pk).delete()

    assert "No invitation is sent yet to 2" in text(client.get(reverse("events:list")))
    client.force_login(ours.people[Role.PARTNER])
    assert "Waiting for your answer" not in text(client.get(reverse("events:list")))
    event.attendances.create(person=ours.people[Role.PARTNER], invited_at=dt.datetime(2027, 1, 20, tzinfo=dt.UTC))
    assert "Waiting for your answer" in text(client.get(reverse("events:list")))


def test_today_lists_the_events_of_two_weeks_in_their_order(client, ours, coordinator):
    for days, hour in ((9, 16), (2, 16), (5, 16), (2, 9)):
        EventFactory(
            programme=ours.programme,
            name=f"In {days} days at {hour}",
            on=TODAY + dt.timedelta(days=days),
            starts_at=dt.time(hour),
            ends_at=dt.time(hour + 2),
        )

    rows = client.get(reverse("today")).context["events"]["rows"]

    named = [event.name for event in rows if event.name.startswith("In ")]
    assert named == ["In 2 days at 9", "In 2 days at 16", "In 5 days at 16", "In 9 days at 16"]


def test_an_empty_list_leads_whoever_adds_events_on(client, ours, coordinator):
    Event.objects.all().delete()
    url = reverse("events:list")

    running = text(client.get(url))
    Programme.objects.update(status="closed")
    nothing = text(client.get(url))
    client.force_login(ours.people[Role.PARTNER])
    teacher = text(client.get(url))

    assert "An event appears as soon as you add it." in running
    assert "An event belongs to a programme that runs or is being set up, and there is none at present." in nothing
    assert "Go to the programmes" in nothing
    assert "You see an event as soon as you are on its list." in teacher
