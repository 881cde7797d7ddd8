"""The progress of target pupils: who sees whom and how, and what the page says at each stage of the year."""

import csv
import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import DataPoint
from pupils import scales
from pupils.models import Assessment, TargetPupil
from tests.factories import AssessmentFactory, MembershipFactory, PlaceFactory, UserFactory
from tests.reading import text_of
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    """One pupil with 2b in October and 3b in Summer, another with an October grade only."""
    corner = build_world()[0]
    Assessment.objects.filter(place__partnership=corner.partnership).delete()
    corner.programme.refresh_from_db()
    corner.programme.expectations.update_or_create(year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"})
    return corner


def words_of(response):
    """The text without the spaces that tags leave before a comma."""
    return re.sub(r" (?=[,.;:])", "", text_of(response))


def give(corner, place, point, code):
    scale = scales.load_scale(corner.programme.scale)
    AssessmentFactory(
        place=place, data_point=corner.programme.data_points.get(name=point), grade=scale.grades.get(code=code)
    )


def page_of(client, corner, role, query="", **kwargs):
    client.force_login(corner.people[role])
    return client.get(reverse("reports:partnership_followed", args=[corner.partnership.pk]) + query, **kwargs)


def test_teachers_and_the_own_head_see_names_and_others_reference_and_initials(client, ours):
    give(ours, ours.place, "October", "2b")
    name, initials = ours.pupil.full_name, f"{ours.pupil.ref} {ours.pupil.initials}"

    for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER):
        assert name in words_of(page_of(client, ours, role))
    for role in (Role.COORDINATOR, Role.CONSULTANT):
        page = words_of(page_of(client, ours, role))
        assert (name in page, initials in page) == (False, True)


def test_the_head_of_the_specialist_teachers_school_does_not_follow_the_pupils(client, ours):
    head = UserFactory()
    MembershipFactory(
        user=head,
        role=Role.HEADTEACHER,
        organisation=ours.organisation,
        school=ours.partnership.specialist.home_school,
    )
    client.force_login(head)

    of_partnership = client.get(reverse("reports:partnership_followed", args=[ours.partnership.pk]))
    of_programme = client.get(reverse("reports:followed", args=[ours.programme.slug]))

    assert of_partnership.status_code == 404
    assert ours.pupil.ref not in of_programme.content.decode()
    assert "no target pupils" in text_of(of_programme)


def test_chart_and_table_say_the_same(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")

    response = page_of(client, ours, Role.PARTNER)
    body, page = response.content.decode(), words_of(response)

    assert f"{ours.pupil.full_name} 2b to 3b, +6 points, more than expected" in body
    assert "1 of 1 target pupil (100%) gained more than the expected 3 points" in page
    assert "gained more than expected" in page
    assert "+6" in page
    assert "<title>" in body
    assert "<desc>" in body
    assert not re.search(r"<svg[^>]*\sstyle=", body)


@time_machine.travel("2026-11-02 12:00")
def test_when_only_the_first_grades_are_in_the_page_says_what_comes_next(client, ours):
    give(ours, ours.place, "October", "2b")

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "Only the October grades are in, and 0 of 1 target pupil is at or above the level" in page
    assert "once the Summer grades are submitted, due on Friday 25 June 2027" in page
    assert "not due yet" in page
    assert "Points gained" not in page.partition("What came of it")[0].partition("The same in words")[2]


@time_machine.travel("2026-10-02 12:00")
def test_before_any_grade_the_page_says_when_they_are_due(client, ours):
    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "No October grades are in yet for the target pupil. They are due on Friday 16 October 2026." in page


def test_before_the_last_data_point_nobody_has_failed_to_gain_enough(client, ours):
    DataPoint.objects.create(programme=ours.programme, name="March", due_on=dt.date(2027, 3, 12))
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "March", "2a")

    page = page_of(client, ours, Role.PARTNER)
    text, body = words_of(page), page.content.decode()

    assert "1 of 1 target pupil moved up between October and March; on average they made +2.0 points." in text
    assert "Expected by Summer: 3 points." in text
    assert "did not gain more than expected" not in text
    assert "0 of 1 have gained more than the 3 expected by Summer already" in text
    assert "beside the progress expected by Summer" in body


def test_progress_to_an_earlier_data_point_can_be_asked_for(client, ours):
    march = DataPoint.objects.create(programme=ours.programme, name="March", due_on=dt.date(2027, 3, 12))
    for point, code in (("October", "2b"), ("March", "2a"), ("Summer", "3b")):
        give(ours, ours.place, point, code)

    latest = words_of(page_of(client, ours, Role.PARTNER))
    earlier = words_of(page_of(client, ours, Role.PARTNER, f"?to={march.pk}"))
    nonsense = words_of(page_of(client, ours, Role.PARTNER, "?to=Snow&page=x&area=Y"))

    assert "between October and Summer" in latest
    assert "between October and March" in earlier
    assert "between October and Summer" in nonsense


def test_on_a_scale_without_points_there_is_an_order_and_no_mean(client, ours):
    ours.programme.scale, ours.programme.expected_points = "ta-codes", None
    ours.programme.save()
    ours.programme.expectations.all().delete()
    give(ours, ours.place, "October", "WTS")
    give(ours, ours.place, "Summer", "EXS")

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "1 of 1 target pupil moved up between October and Summer" in page
    assert "Points and their mean: not applicable, because these grades have none" in page
    assert "higher" in page
    assert "on average" not in page


def test_every_number_leads_to_its_places(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")
    another = PlaceFactory(partnership=ours.partnership)
    give(ours, another, "October", "2b")

    body = page_of(client, ours, Role.COORDINATOR).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/programmes/[^"]*places/[^"]*)"', body)]
    headings = {link.partition("of=")[2]: text_of(client.get(link)) for link in links}

    assert set(headings) == {"above", "up", "missing", "n"}
    assert "1 of 1 target pupil with a higher grade in Summer than in October" in headings["up"]
    assert "1 of 2 target pupils without a grade" in headings["missing"]


def test_a_head_sees_the_own_pupils_by_group_with_their_numbers(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")
    ours.pupil.sex = "F"
    ours.pupil.save()
    client.force_login(ours.people[Role.HEADTEACHER])

    page = text_of(client.get(reverse("reports:followed", args=[ours.programme.slug]) + "?groups=1"))

    assert "Girls 1 in all, Girls 0 1 with both grades, Girls 0% 0 of 1 at or above the level, Girls" in page
    assert "Below the level for their year at first 1 in all" in page
    assert ours.pupil.full_name not in page


def test_whoever_came_later_or_left_is_not_waited_for(client, ours):
    give(ours, ours.place, "Summer", "3b")
    type(ours.place).objects.filter(pk=ours.place.pk).update(since="2026-11-02")

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "not enrolled yet" in page
    assert "waiting for the October grade" not in page


def test_looking_and_downloading_are_recorded_and_the_file_says_what_the_page_says(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")
    page_of(client, ours, Role.COORDINATOR)

    response = client.get(reverse("reports:partnership_followed_table", args=[ours.partnership.pk, "csv"]))
    whole = client.get(reverse("reports:followed_table", args=[ours.programme.slug, "xlsx"]))

    head, row = csv.reader(response.content.decode("utf-8-sig").splitlines())
    found = dict(zip(head, row, strict=True))
    assert (found["Pupil"], found["October"], found["Summer"]) == (
        f"{ours.pupil.ref} {ours.pupil.initials}",
        "2b",
        "3b",
    )
    assert row[-4:] == ["6", "yes", "no", "no"]
    assert whole.status_code == 200
    did = list(AuditEvent.objects.filter(did__startswith="progress.").order_by("pk").values_list("did", flat=True))
    assert did == ["progress.viewed", "progress.downloaded", "progress.downloaded"]


def another(ours, *grades, **fields):
    place = PlaceFactory(partnership=ours.partnership, **fields)
    for point, code in grades:
        give(ours, place, point, code)
    return place


def test_the_figures_of_the_groups_lead_a_head_to_the_pupils_behind_them(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")
    type(ours.pupil).objects.filter(pk=ours.pupil.pk).update(sex="F")
    another(ours, ("October", "2b"), ("Summer", "2b"), pupil__sex="M", pupil__last_name="Zorn")
    client.force_login(ours.people[Role.HEADTEACHER])
    address = reverse("reports:followed", args=[ours.programme.slug])

    body = client.get(f"{address}?groups=1").content.decode()
    links = {link.replace("&amp;", "&") for link in re.findall(rf'href="({address}[?][^"]*sex=[^"]*)"', body)}
    pages = {link.partition("sex=")[2]: text_of(client.get(link)) for link in links}

    assert {"F", "F&of=n", "F&of=above", "M", "M&of=n", "M&of=above"} <= set(pages)
    assert (
        "Shown below: 1 of 1 target pupils (Girls) who gained more than the expected 3 points." in pages["F&of=above"]
    )
    assert (ours.pupil.full_name in pages["F&of=above"], "Zorn" in pages["F&of=above"]) == (True, False)
    assert "Shown below: 0 of 1 target pupils (Boys)" in pages["M&of=above"]


def test_the_numbers_lead_whoever_knows_the_names_to_the_pupils_on_the_same_page(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")
    another(ours, ("October", "2b"), pupil__last_name="Zorn")

    body = page_of(client, ours, Role.PARTNER).content.decode()
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/partnerships/[^"]*of=[^"]*)"', body)}
    pages = {link.partition("of=")[2]: text_of(client.get(link)) for link in links}

    assert set(pages) == {"above", "up", "missing", "n"}
    assert "Shown below: 1 of 2 target pupils without a grade for October or Summer." in pages["missing"]
    assert (ours.pupil.full_name in pages["missing"], "Zorn" in pages["missing"]) == (False, True)


def test_before_the_last_data_point_the_groups_say_who_has_gained_enough_already(client, ours):
    DataPoint.objects.create(programme=ours.programme, name="March", due_on=dt.date(2027, 3, 12))
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "March", "3b")
    client.force_login(ours.people[Role.HEADTEACHER])
    address = reverse("reports:followed", args=[ours.programme.slug])

    response = client.get(f"{address}?groups=1")
    link = re.search(r'href="([^"]*of=past)"', response.content.decode())[1].replace("&amp;", "&")

    assert "Gained more than the expected 3 points by Summer, already" in text_of(response)
    assert "100% 1 of 1 gained more than expected, All target pupils" in text_of(response)
    assert "1 of 1 target pupils who have gained more than the expected 3 points already" in text_of(client.get(link))


@time_machine.travel("2026-11-28 12:00")
def test_a_few_early_grades_do_not_make_the_page_theirs(client, ours):
    for name, day in (("December", dt.date(2026, 12, 11)), ("March", dt.date(2027, 3, 12))):
        DataPoint.objects.create(programme=ours.programme, name=name, due_on=day)
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "March", "3b")
    for _ in range(3):
        another(ours, ("October", "2b"), ("December", "2a"))

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "3 of 3 target pupils moved up between October and December" in page


def test_the_file_says_what_the_page_says_of_an_earlier_data_point(client, ours):
    march = DataPoint.objects.create(programme=ours.programme, name="March", due_on=dt.date(2027, 3, 12))
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "March", "2a")

    body = page_of(client, ours, Role.PARTNER).content.decode()
    address = reverse("reports:partnership_followed_table", args=[ours.partnership.pk, "csv"]) + f"?to={march.pk}"
    head, row = csv.reader(client.get(address).content.decode("utf-8-sig").splitlines())

    assert f'href="{address}"' in body
    assert dict(zip(head, row, strict=True))["Gain by March, points"] == "2"


def test_reception_is_called_so_in_the_file_too(client, ours):
    TargetPupil.objects.filter(pk=ours.pupil.pk).update(year_group=0)
    client.force_login(ours.people[Role.COORDINATOR])

    address = reverse("reports:partnership_followed_table", args=[ours.partnership.pk, "csv"])
    head, row = csv.reader(client.get(address).content.decode("utf-8-sig").splitlines())

    assert "Reception" in row
    assert len(head) == len(row)


def test_of_those_who_lack_a_grade_the_parts_add_up(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")
    another(ours, ("October", "2b"))
    another(ours)
    another(ours, ("Summer", "2b"))

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "3 of 4 have a grade missing: 2 for Summer, 1 more for October only, and are not counted" in page


def test_a_pupil_of_another_year_group_is_named_as_one_and_the_level_stays_drawn(client, ours):
    give(ours, ours.place, "October", "2b")
    another(ours, ("October", "2b"), pupil__year_group=6, pupil__first_name="Zia", pupil__last_name="Z")

    body = page_of(client, ours, Role.PARTNER).content.decode()

    assert "level for Year 5: 3a" in body
    assert ">Zia Z (Year 6)</text>" in body


@time_machine.travel("2026-11-02 12:00")
def test_who_has_left_makes_nothing_of_the_others_submitted_or_due(client, ours):
    """The reason of one who left follows from the days: nobody has typed anything."""
    give(ours, ours.place, "October", "2b")
    ours.partnership.returns.filter(data_point__name="Summer").update(state="open", expected=2, assessed=0, excused=1)

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "not due yet" in page
    assert "not submitted yet" not in page


@time_machine.travel("2026-11-02 12:00")
def test_who_came_after_the_submission_waits_for_the_teachers(client, ours):
    give(ours, ours.place, "October", "2b")
    another(ours, ("October", "2b"), ("Summer", "3b"))
    ours.partnership.returns.filter(data_point__name="Summer").update(state="submitted", expected=2, assessed=1)

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "Summer is not due yet" not in page
    assert "waiting for the Summer grade from the teachers" in page
    assert "to be added" in page


@time_machine.travel("2026-11-02 12:00")
def test_what_is_typed_and_not_submitted_is_not_called_not_due(client, ours):
    give(ours, ours.place, "October", "2b")
    ours.partnership.returns.filter(data_point__name="Summer").update(state="open", expected=1, assessed=1, excused=0)

    page = words_of(page_of(client, ours, Role.PARTNER))

    assert "not submitted yet" in page


def test_coordinator_and_consultant_find_the_comparison_of_years_among_the_results(client, ours):
    give(ours, ours.place, "October", "2b")
    page = reverse("reports:followed", args=[ours.programme.slug])
    years = reverse("reports:results", args=[ours.programme.slug]) + "?by=years"

    for role in (Role.COORDINATOR, Role.CONSULTANT):
        client.force_login(ours.people[role])
        assert f'href="{years}"' in client.get(page).content.decode()
        assert client.get(f"{page}?years=1").headers["Location"] == years
    client.force_login(ours.people[Role.PARTNER])
    assert years not in client.get(page).content.decode()
    assert client.get(f"{page}?years=1").status_code == 200


def test_the_mean_leads_to_those_it_is_worked_out_from(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "3b")

    body = page_of(client, ours, Role.COORDINATOR).content.decode()

    assert re.search(r'<a[^>]*of=n">\+6\.0</a></b> points on average', body)


def test_a_count_of_nobody_leads_to_those_among_whom_it_is(client, ours):
    give(ours, ours.place, "October", "2b")
    give(ours, ours.place, "Summer", "2b")

    body = page_of(client, ours, Role.COORDINATOR).content.decode()

    assert re.search(r'<a[^>]*of=n">0 of 1</a>\s*</b> gained more', body)
