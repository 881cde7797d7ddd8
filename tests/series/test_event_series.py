"""Meetings that come again: their days and their hosts."""

import datetime as dt
from collections import Counter

import holidays
import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.calendar import calendar_of
from tests.factories import EventFactory, MembershipFactory, PartnershipFactory, SchoolFactory
from tests.meetings import HALF_TERMS, NOW, a_series, corner, day, days_of, enter_terms, text
from visits.events import hosts, series
from visits.events.arranging import CHOSEN
from visits.events.days import NoTermDates, meetings
from visits.models import Event

BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG", years=[2026, 2027])


@pytest.fixture
def ours(db):
    return corner()


@pytest.fixture
def terms(ours):
    enter_terms(ours.organisation)
    return calendar_of(ours.organisation.pk)


def is_open(on):
    """Worked out apart from the code that is tested."""
    inside = any(first <= on.isoformat() <= last for _, first, last in HALF_TERMS)
    return on.weekday() < 5 and inside and on not in BANK_HOLIDAYS


@pytest.mark.parametrize(("rhythm", "step"), [("weekly", 7), ("fortnightly", 14)])
def test_weekly_and_fortnightly_keep_the_weekday_and_skip_holidays(terms, rhythm, step):
    first, until = day("2026-09-10"), day("2027-07-15")

    found = meetings(rhythm, first, until, terms)

    steps = [first + dt.timedelta(days=n) for n in range(0, (until - first).days + 1, step)]
    assert found == [on for on in steps if is_open(on)]
    assert len(found) == {"weekly": 38, "fortnightly": 20}[rhythm]


def test_monthly_keeps_which_tuesday_it_is_or_takes_the_next_open_week(terms):
    first, until = day("2026-09-08"), day("2027-07-20")  # the second Tuesday

    found = meetings("monthly", first, until, terms)

    second = {on: (on.year, on.month) for on in found}
    assert all(is_open(on) and on.weekday() == 1 for on in found)
    assert Counter(second.values()).most_common(1)[0][1] == 1
    assert [on.isoformat() for on in found] == [
        "2026-09-08",
        "2026-10-13",
        "2026-11-10",
        "2026-12-08",
        "2027-01-12",
        "2027-02-09",
        "2027-03-09",
        "2027-04-13",
        "2027-05-11",
        "2027-06-08",
        "2027-07-13",
    ]
    assert meetings("monthly", day("2026-11-17"), day("2027-02-28"), terms)[-1] == day("2027-02-23")


def test_once_a_half_term_is_once_in_each_on_the_same_weekday_and_week(terms):
    found = meetings("half term", day("2026-11-12"), day("2027-07-21"), terms)

    assert [on.isoformat() for on in found] == ["2026-11-12", "2027-01-14", "2027-03-04", "2027-04-22", "2027-06-17"]
    assert all(is_open(on) for on in found)


def test_a_bank_holiday_is_no_meeting(terms):
    assert day("2027-05-03") in BANK_HOLIDAYS

    found = meetings("weekly", day("2027-04-26"), day("2027-05-17"), terms)

    assert [on.isoformat() for on in found] == ["2027-04-26", "2027-05-10", "2027-05-17"]


def test_half_terms_that_nobody_entered_are_asked_for(client, ours, coordinator):
    with pytest.raises(NoTermDates):
        meetings("half term", day("2026-11-12"), day("2027-07-21"), calendar_of(ours.organisation.pk))

    address = reverse("events:create", args=[ours.programme.slug])
    answer = client.post(address, typed(rhythm="half term", until="16/7/2027"))

    assert "The half terms of this year are not entered yet" in text(answer)
    assert not Event.objects.filter(name="Network").exists()


def typed(**fields):
    return {
        "kind": "network",
        "name": "Network",
        "on": "12/11/2026",
        "starts_at": "4pm",
        "ends_at": "5.30pm",
        "takes": "",
        "audience": ["specialist"],
        "funded_specialist_half_days": 0,
        "funded_partner_half_days": 0,
        "link": "meet.example/n",
    } | fields


def test_a_series_is_shown_before_it_is_written(client, ours, coordinator, terms):
    address = reverse("events:create", args=[ours.programme.slug])
    asked = typed(rhythm="fortnightly", until="18/12/2026")

    shown = client.post(address, asked)
    back = client.post(address, asked | {"back": "yes"})
    written = client.post(address, asked | {"checked": "yes"}, follow=True)

    assert "3 meetings of Network, 4pm to 5:30pm" in text(shown)
    assert 'value="12/11/2026"' in shown.content.decode()
    assert "Does it come again?" in text(back)
    assert "3 meetings are in the calendar." in text(written)
    row = Event.objects.filter(name="Network").first().series
    assert days_of(row) == ["2026-11-12", "2026-11-26", "2026-12-10"]
    assert len({event.uid for event in row.events.all()}) == 3


def test_the_host_goes_round_and_its_head_chairs(ours, coordinator, terms):
    area, schools = ours.partnership.area, [ours.school, ours.partnership.specialist.home_school]
    third = PartnershipFactory(programme=ours.programme, area=area, partner_school=SchoolFactory(name="Zeta School"))
    head = MembershipFactory(organisation=ours.organisation, school=third.partner_school, role=Role.HEADTEACHER).user
    schools += [third.partner_school, third.specialist.home_school]
    Event.objects.all().delete()
    first = Event(
        programme=ours.programme,
        area=area,
        kind="twilight",
        on=day("2026-11-12"),
        starts_at=dt.time(16),
        ends_at=dt.time(18),
        host=third.partner_school,
        place=third.partner_school,
        chair=head,
    )

    row = series.add_series(coordinator, first, "weekly", day("2027-02-12"), rotates=True)

    turn = [event.host for event in row.events.all()]
    assert turn[0] == third.partner_school
    assert Counter(turn[:4]) == Counter(schools)
    assert turn[4:8] == turn[:4]
    assert all(event.place == event.host for event in row.events.all())
    assert {event.chair for event in row.events.all() if event.host == third.partner_school} == {head}
    assert next(turn.school for turn in hosts.turns(area)) == min(
        schools, key=lambda s: (turn.count(s), max(i for i, host in enumerate(turn) if host == s))
    )


def test_a_meeting_changed_by_itself_is_marked_as_such(client, ours, coordinator, terms):
    row = a_series(ours)
    event = row.events.first()

    answer = client.post(reverse("events:change", args=[event.pk]), typed(on="13/11/2026", sequence=event.sequence))

    assert answer.status_code == 302, answer.context["form"].errors
    event.refresh_from_db()
    assert (event.on, event.own) == (day("2026-11-13"), ["area", "audience", "on"])


def test_the_list_shows_of_a_series_the_meeting_that_comes_next(client, ours, coordinator, terms):
    row = a_series(ours)
    EventFactory(programme=ours.programme, on=day("2026-12-01"), name="Alone")

    page = text(client.get(reverse("events:list")))

    assert page.count("Network meeting") == 1
    assert f"And {row.events.count() - 1} later meetings" in page
    assert "Alone" in page


def test_a_new_meeting_has_what_is_arranged_and_nothing_of_what_happened(ours):
    event = EventFactory(
        programme=ours.programme,
        chair=ours.people[Role.CONSULTANT],
        minutes="Said",
        minutes_version=2,
        sequence=3,
        own=["name"],
        register_closed_at=NOW,
    )

    new = series.new_like(event, on=day("2027-03-03"))

    fresh = Event()
    has = {field.attname: getattr(new, field.attname) for field in Event._meta.concrete_fields}
    assert has == {
        field.attname: getattr(event if field.name in {"programme", *CHOSEN} else fresh, field.attname)
        for field in Event._meta.concrete_fields
    } | {"on": day("2027-03-03"), "uid": new.uid}
    assert new.uid != event.uid
