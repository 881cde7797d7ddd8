"""Events added to the calendar: what the form offers, asks about and refuses."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import Programme, TermDate
from tests.arranging import add, errors, said, text, typed
from tests.factories import EventFactory, ProgrammeFactory
from visits.events import presets
from visits.models import Event


def test_a_coordinator_adds_an_event(client, ours, coordinator):
    answer = add(
        client, ours, area=ours.partnership.area_id, host=ours.school.pk, chair=ours.people[Role.HEADTEACHER].pk
    )

    event = Event.objects.get(name="Twilight 4")
    assert "The event is in the calendar." in text(answer)
    assert "Tuesday 9 February, 4pm to 6pm: Ourside Partner School." in text(answer)
    assert (event.place, event.chair, event.half_days) == (ours.school, ours.people[Role.HEADTEACHER], 0)
    assert AuditEvent.objects.filter(who=coordinator, did="events.planned", row=event.pk).exists()


def test_the_form_starts_as_such_an_event_usually_is_with_the_next_host(client, ours, coordinator):
    area = ours.partnership.area
    Event.objects.all().delete()
    EventFactory(programme=ours.programme, area=area, host=ours.school)
    home = ours.partnership.specialist.home_school
    page = client.get(reverse("events:choose"), {"kind": "twilight", "area": area.pk}, follow=True)
    form = page.context["form"]

    assert page.redirect_chain[0][0].endswith(f"?kind=twilight&area={area.pk}")
    assert {name: form[name].value() for name in ("kind", "takes", "area", "host", "chair", "audience")} == {
        "kind": "twilight",
        "takes": "",
        "area": area.pk,
        "host": home.pk,
        "chair": ours.people[Role.SPECIALIST].pk,
        "audience": ["specialist", "partner"],
    }
    assert "Next is Ourside Home School, which has not hosted yet." in text(page)


def test_a_step_of_the_timetable_is_offered_until_it_has_its_event(client, ours, coordinator):
    step = ours.programme.timetable.create(
        order=1,
        type="event",
        name="Cluster moderation",
        window_start=dt.date(2027, 2, 1),
        window_end=dt.date(2027, 2, 12),
        half_days=1,
        audience="specialist teachers; partner teachers",
        funded_specialist_half_days=1,
        funded_partner_half_days=1,
    )
    address = reverse("events:create", args=[ours.programme.slug]) + f"?step={step.pk}"

    before = text(client.get(reverse("events:list")))
    form = client.get(address).context["form"]
    client.post(address, typed(kind="moderation", step=step.pk, takes="pm", starts_at="1pm", ends_at="3:30pm"))
    after = text(client.get(reverse("events:list")))

    assert "Cluster moderation Ourside programme 2026-27 Mon 1 Feb to Fri 12 Feb" in before
    assert [form[name].value() for name in ("kind", "takes", "funded_partner_half_days")] == ["moderation", "pm", 1]
    assert "Choose a day" not in after
    assert step.events.count() == 1


@pytest.mark.parametrize(
    ("audience", "half_days", "name", "expected"),
    [
        (
            "heads; specialist teachers; partner teachers",
            2,
            "Launch day",
            ("launch", "day", {"head", "specialist", "partner"}),
        ),
        ("specialist teachers", 0, "Cluster twilight: training update", ("twilight", "", {"specialist"})),
        ("specialist teachers; partner teachers", 1, "Feedback meeting", ("feedback", "pm", {"specialist", "partner"})),
    ],
)
def test_what_a_timetable_says_becomes_an_event_of_that_kind(ours, audience, half_days, name, expected):
    day = dt.date(2027, 2, 1)
    step = ours.programme.timetable.create(
        order=1,
        type="event",
        name=name,
        window_start=day,
        window_end=day,
        half_days=half_days,
        audience=audience,
        funded_specialist_half_days=half_days,
        funded_partner_half_days=half_days,
    )

    usual = presets.of_step(step)

    assert (usual["kind"], usual["takes"], set(usual["audience"])) == expected
    Event(programme=ours.programme, **usual).full_clean()


@pytest.mark.parametrize(
    ("on", "doubt"),
    [
        ("26/1/2027", "26 January 2027 is past."),
        ("6/2/2027", "6 February 2027 is a Saturday."),
        ("26/3/2027", "Friday 26 March 2027 is a bank holiday."),
        ("16/2/2027", "Tuesday 16 February 2027 is outside term time"),
        ("3/9/2027", "3 September 2027 is outside the programme's year"),
    ],
)
def test_an_unusual_day_is_asked_about_and_kept_when_it_is_meant(client, ours, coordinator, on, doubt):
    TermDate.objects.all().delete()
    for name, first, last in (("Spring 1", "2027-01-04", "2027-02-12"), ("Spring 2", "2027-02-22", "2027-04-01")):
        TermDate.objects.create(organisation=ours.organisation, name=name, starts_on=first, ends_on=last)

    asked = add(client, ours, on=on)
    sure = add(client, ours, on=on, sure="on")

    assert any(sentence.startswith(doubt) for sentence in said(asked))
    assert "Choose another day, or tick that you mean this one." in said(asked)
    assert f'value="{on}"' in asked.content.decode()
    assert 'name="sure"' in asked.content.decode()
    assert "The event is in the calendar." in text(sure)
    assert Event.objects.filter(name="Twilight 4").count() == 1


def test_a_past_event_that_is_recorded_takes_no_invitations(client, ours, coordinator):
    answer = add(client, ours, on="26/1/2027", sure="on")

    assert "Send" not in text(answer)
    assert "Take the register" in text(answer)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"on": ""}, "Enter the day."),
        ({"on": "31/2/2027"}, "“31/2/2027” is not in the calendar."),
        ({"starts_at": "late"}, "This is not a time. Write it like 4pm, 4:30pm or 16:30."),
        ({"starts_at": "6pm", "ends_at": "4pm"}, "It would end before it starts at 18:00. Give a later time."),
        ({"takes": "pm"}, "A twilight is after school and takes no half-day."),
        ({"kind": "training", "takes": "pm", "funded_partner_half_days": "2"}, "An event funds no more half-days"),
        ({"kind": "party"}, "Choose from what is offered here."),
        ({"audience": ["pupils"]}, "Choose from what is offered here."),
        ({"link": "not an address"}, "This is not an address."),
        ({"rhythm": "weekly"}, "Enter until when it comes again."),
        ({"rhythm": "weekly", "until": "1/2/2027"}, "The series would end before its first day"),
        ({"rhythm": "weekly", "until": "1/2/2029"}, "The programme's year ends on 31 August 2027."),
    ],
)
def test_what_cannot_be_is_said_where_it_is_and_nothing_typed_is_lost(client, ours, coordinator, fields, sentence):
    answer = add(client, ours, **fields)

    assert any(message.startswith(sentence) for message in said(answer)), said(answer)
    assert 'value="Twilight 4"' in answer.content.decode()
    assert not Event.objects.filter(name="Twilight 4").exists()


def test_people_and_places_of_others_are_not_offered(client, ours, world, coordinator):
    elsewhere = world[2]

    answer = add(
        client,
        ours,
        host=elsewhere.school.pk,
        chair=elsewhere.people[Role.HEADTEACHER].pk,
        area=elsewhere.partnership.area_id,
    )

    assert set(errors(answer)) == {"host", "chair", "area"}


def test_an_event_of_a_closed_programme_cannot_be_added(client, ours, coordinator):
    Programme.objects.filter(pk=ours.programme.pk).update(status="closed")

    assert client.get(reverse("events:create", args=[ours.programme.slug])).status_code == 404
    assert "No programme is running" in text(client.get(reverse("events:choose")))


def test_a_room_of_the_host_is_at_the_host_s_and_a_place_elsewhere_is_said(client, ours, coordinator):
    fields = {"host": ours.school.pk, "venue": "The hall"}

    add(client, ours, name="At the host's", **fields)
    add(client, ours, name="Elsewhere", place="none", **fields)
    elsewhere = Event.objects.get(name="Elsewhere")
    form = client.get(reverse("events:change", args=[elsewhere.pk])).context["form"]

    assert Event.objects.get(name="At the host's").where == f"The hall, {ours.school}"
    assert elsewhere.where == "The hall"
    assert (form["place"].value(), form["host"].value()) == ("none", ours.school.pk)


def test_the_area_says_which_programme_is_meant_and_the_running_one_is_offered_first(client, ours, coordinator):
    other = ProgrammeFactory(
        organisation=ours.organisation, slug="later", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 8, 31)
    )
    elsewhere = other.areas.create(name="Elsewhere")
    address = reverse("events:choose")

    shown = client.get(address).context["form"]
    by_area = client.get(address, {"kind": "twilight", "area": ours.partnership.area_id})
    neither = client.get(address, {"kind": "twilight"})

    assert shown["area"].field.choices == [
        ("", "The whole programme's"),
        (other.title, [(elsewhere.pk, "Elsewhere")]),
        (ours.programme.title, [(area.pk, area.name) for area in ours.programme.areas.all()]),
    ]
    assert shown["programme"].initial == ours.programme.pk
    assert other in shown.fields["programme"].queryset
    assert by_area.url == (
        f"{reverse('events:create', args=[ours.programme.slug])}?kind=twilight&area={ours.partnership.area_id}"
    )
    assert said(neither) == ["Choose a programme."]
