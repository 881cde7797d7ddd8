"""Who was at how many events over the year."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.roles import Role
from papers.sheets.writing import undefuse
from tests.arranging import TODAY, text
from tests.factories import AttendanceFactory, EventFactory, PartnershipFactory, UserFactory
from visits.models import Attendance, Event


def held(ours, days_ago, present=(), absent=(), **fields):
    """An event with a closed register."""
    event = EventFactory(
        programme=ours.programme,
        on=TODAY - dt.timedelta(days=days_ago),
        register_closed_at=timezone.now(),
        **{"area": ours.partnership.area} | fields,
    )
    recorded = {"recorded_by": ours.people[Role.COORDINATOR], "recorded_at": timezone.now()}
    for people, here in ((present, True), (absent, False)):
        for person in people:
            AttendanceFactory(
                event=event, person=person, present=here, role="specialist", school=ours.school, **recorded
            )
    return event


def table(response):
    rows = re.findall(r"<tr>(.*?)</tr>", response.content.decode(), re.DOTALL)
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_the_year_says_for_each_person_at_how_many_of_how_many(client, ours, coordinator):
    Event.objects.all().delete()
    ann, ben = UserFactory(first_name="Ann", last_name="Ash"), UserFactory(first_name="Ben", last_name="Birch")
    held(ours, 30, present=[ann, ben], name="One")
    held(ours, 20, present=[ann], absent=[ben], name="Two")
    held(ours, 10, present=[ben], name="Three")
    EventFactory(programme=ours.programme, on=TODAY - dt.timedelta(days=3), name="Open")

    page = client.get(reverse("events:year", args=[ours.programme.slug]))

    assert [row[:2] + row[2:] for row in table(page)] == [
        ["Person", "Was there", "One Mon 28 Dec", "Two Thu 7 Jan", "Three Sun 17 Jan"],
        ["Ann Ash Specialist teacher, Ourside Partner School", "2 of 2", "Here", "Here", "Not expected"],
        ["Ben Birch Specialist teacher, Ourside Partner School", "2 of 3", "Here", "Absent", "Here"],
        ["Was there", "", "2 of 2", "1 of 2", "1 of 1"],
    ]
    assert "Not counted, because the register is not closed: Open, Sun 24 Jan" in text(page)


def test_a_consultant_sees_the_people_of_the_own_area(client, ours, world):
    Event.objects.all().delete()
    neighbour = world[1].people[Role.PARTNER]
    event = held(ours, 10, present=[ours.people[Role.PARTNER], neighbour], area=None)
    Attendance.objects.filter(event=event, person=neighbour).update(school=world[1].school)
    client.force_login(ours.people[Role.CONSULTANT])

    page = text(client.get(reverse("events:year", args=[ours.programme.slug])))

    assert "OursidePartner" in page
    assert "1 of 1" in page
    assert "Nextdoor" not in page


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_year_can_be_downloaded(client, ours, coordinator, ending):
    Event.objects.all().delete()
    ann = UserFactory(first_name="=Ann", last_name="Ash")
    held(ours, 30, present=[ann], name="One")
    held(ours, 20, absent=[ann], name="Two")

    response = client.get(reverse("events:year_table", args=[ours.programme.slug, ending]))

    if ending == "csv":
        header, row = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
        row = [undefuse(cell) for cell in row]
    else:
        header, row = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert header == ["Name", "As", "School", "One, 28/12/2026", "Two, 07/01/2027", "Present", "Expected"]
    assert [str(cell).removesuffix(".0") for cell in row] == [
        "=Ann Ash",
        "Specialist teacher",
        "Ourside Partner School",
        "present",
        "absent",
        "1",
        "2",
    ]
    assert client.get(reverse("events:year_table", args=[ours.programme.slug, "exe"])).status_code == 404


def test_someone_who_joined_after_the_event_is_not_counted_as_absent(client, ours, coordinator, event):
    client.post(reverse("events:close", args=[event.pk]))
    late = UserFactory(last_name="Late")
    PartnershipFactory(programme=ours.programme, area=ours.partnership.area, partner_teacher=late)

    page = text(client.get(reverse("events:year", args=[ours.programme.slug])))

    assert "OursideSpecialist" in page
    assert "Late" not in page
