"""What the pages say: the dashboards, the list of partnerships, the progress of a report."""

import datetime as dt
import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from jobs.models import Job
from programmes.models import DataPoint, DataReturn, Partnership, Programme
from pupils.models import Assessment
from reports.dashboards import dashboard
from reports.dashboards.to_do import count_in_words, day_of, what_they_owe
from tests.factories import MembershipFactory, PartnerSchoolFactory, ProgrammeFactory, UserFactory
from tests.reading import text_of
from tests.world import build_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    """October is past and one of our two partnerships lacks a grade; Summer is to come."""
    ours = build_world()[0]
    october, summer = ours.programme.data_points.all()
    today = timezone.localdate()
    DataPoint.objects.filter(pk=october.pk).update(due_on=today - dt.timedelta(days=5))
    DataPoint.objects.filter(pk=summer.pk).update(due_on=today + dt.timedelta(days=200))
    DataReturn.objects.filter(partnership=ours.partnership, data_point=october).update(assessed=0, expected=1)
    ours.october = october
    return ours


def dashboard_of(ours, role):
    person = ours.people[role]
    return dashboard(person, Membership.objects.select_related("organisation", "school").get(user=person))


@pytest.mark.parametrize(
    ("late", "words"),
    [
        ([], "Nothing needs you now"),
        ([False], "1 thing needs you"),
        ([True], "1 thing needs you, and it is overdue"),
        ([True, False, False], "3 things need you, 1 overdue"),
        ([True, True], "2 things need you, both overdue"),
    ],
)
def test_the_heading_counts_what_needs_someone(late, words):
    assert count_in_words([{"late": each} for each in late]) == words


def test_a_coordinator_without_a_programme_is_led_to_adding_the_first(client):
    coordinator = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=coordinator, role=Role.COORDINATOR)
    client.force_login(coordinator)

    page = client.get(reverse("today"))

    assert "1 thing needs you Add the first programme A list of tasks leads through it" in text_of(page)
    assert f'href="{reverse("programmes:add")}"' in page.content.decode()
    assert "Programmes" not in text_of(page)


def test_a_coordinator_is_led_on_until_somebody_takes_part(client):
    coordinator = person("Amira", Role.COORDINATOR)
    organisation = MembershipFactory(user=coordinator, role=Role.COORDINATOR).organisation
    today = timezone.localdate()
    year = {"organisation": organisation, "starts_on": today, "ends_on": today + dt.timedelta(days=300)}
    empty, peopled = ProgrammeFactory(name="Empty", **year), ProgrammeFactory(name="Peopled", **year)
    draft = ProgrammeFactory(name="Draft", status=Programme.Status.DRAFT, **year)
    PartnerSchoolFactory(programme=peopled)
    client.force_login(coordinator)

    lines = dashboard(coordinator, Membership.objects.get(user=coordinator))["to_do"]
    page = text_of(client.get(empty.get_absolute_url()))

    assert [(line["title"], line["url"]) for line in lines] == [
        ("1 school waits for a specialist teacher", reverse("programmes:pairing", args=[peopled.slug])),
        (f"{draft.title} is being set up", reverse("programmes:set_up", args=[draft.slug])),
        (f"Nobody takes part in {empty.title} yet", empty.get_absolute_url()),
    ]
    assert "Next: who takes part" in page
    assert "See the results" not in page


def test_the_coordinator_is_told_who_owes_grades_and_led_to_them(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    first = dashboard_of(ours, Role.COORDINATOR)["to_do"][0]

    assert (first["title"], first["late"]) == ("1 partnership owes 1 October grade", True)
    assert first["url"] == ours.partnership.get_absolute_url()


def test_who_has_only_to_submit_is_not_counted_among_those_who_lack_grades(ours):
    rows = [(None, SimpleNamespace(missing=4)), (None, SimpleNamespace(missing=2)), (None, SimpleNamespace(missing=0))]

    assert what_they_owe(rows, 6, "October") == "October grades: 2 lack 6, 1 has still to submit"
    assert what_they_owe(rows[:2], 6, "October") == "6 October grades"
    assert what_they_owe(rows[2:], 0, "October") == "the last step: to submit the October grades"


def test_late_grades_wait_for_the_teachers_and_do_not_need_the_head(client, ours):
    client.force_login(ours.people[Role.HEADTEACHER])

    made = dashboard_of(ours, Role.HEADTEACHER)
    page = text_of(client.get(reverse("today")))

    assert [item["title"] for item in made["to_do"]] == ["Sign the agreement of Ourside Partner School, Maths, Year 5"]
    assert [item["title"].partition(":")[0] for item in made["waiting"]] == [
        "1 of 1 October grade is missing",
        "1 release for your school is not paid yet",
    ]
    assert page.index("Waiting for others") < page.index("1 of 1 October grade is missing")


def test_the_head_of_a_specialist_teacher_alone_has_no_pupils_whose_progress_is_told(client, ours):
    home = ours.partnership.specialist.home_school
    head = UserFactory()
    MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=ours.organisation, school=home)
    client.force_login(head)

    page = text_of(client.get(reverse("today")))

    assert "Progress of the target pupils" not in page
    client.force_login(ours.people[Role.HEADTEACHER])
    assert "Progress of the target pupils" in text_of(client.get(reverse("today")))


def test_what_is_overdue_says_so_wherever_it_stands_on_the_coordinators_today(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    response = client.get(reverse("today"))

    items = response.context["to_do"][3:]
    late = [item["title"] for item in items if item.get("late")]
    listed = re.findall(r"<li>(<strong[^>]*>Overdue:</strong> )?<a[^>]*>([^<]*)</a>", response.content.decode())
    told = {unescape(title): bool(mark) for mark, title in listed}
    assert {item["title"]: told[item["title"]] for item in items} == {
        item["title"]: item["title"] in late for item in items
    }


def test_a_programme_whose_year_is_over_is_one_line_for_its_coordinator(ours):
    Programme.objects.filter(pk=ours.programme.pk).update(starts_on=dt.date(2011, 9, 1), ends_on=dt.date(2012, 8, 31))

    made = dashboard_of(ours, Role.COORDINATOR)["to_do"]

    titles = [item["title"] for item in made]
    assert "The year of Ourside programme 2011-12 ended on 31 August 2012 and it is still marked as running" in titles
    assert not any("owes" in title for title in titles)
    waiting = [item["title"] for item in dashboard_of(ours, Role.HEADTEACHER)["waiting"]]
    assert waiting == ["1 release for your school is not paid yet"]  # money is still owed, grades are not


def test_a_day_of_another_academic_year_has_its_year():
    assert day_of(dt.date(2026, 10, 3), dt.date(2027, 2, 1)) == "3 October"
    assert day_of(dt.date(2012, 6, 29), dt.date(2027, 2, 1)) == "29 June 2012"


def test_every_count_of_the_heat_table_is_the_length_of_the_list_behind_it(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    table = dashboard_of(ours, Role.COORDINATOR)["heat"][0]
    cells = [row["cells"][0] for row in table["rows"]]

    listed = [len(client.get(cell["url"]).context["asked"].rows) for cell in cells]

    assert [(cell["complete"], cell["owing"], cell["late"]) for cell in cells] == [(1, 1, 0), (0, 1, 1), (1, 2, 1)]
    assert listed == [cell["late"] or cell["owing"] for cell in cells]


def test_a_folded_partnership_owes_nothing(client, ours):
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=Partnership.Status.FOLDED)
    client.force_login(ours.people[Role.COORDINATOR])

    listed = client.get(reverse("programmes:partnerships"), {"owes": ours.october.pk})

    assert listed.context["page_obj"].paginator.count == 0
    assert [item for item in dashboard_of(ours, Role.COORDINATOR)["to_do"] if "owe" in item["title"]] == []


def test_schools_whose_head_cannot_sign_in_are_found(client, ours):
    head = ours.people[Role.HEADTEACHER]
    client.force_login(ours.people[Role.COORDINATOR])
    before = client.get(reverse("programmes:partnerships"), {"heads": "none"})
    head.is_active = False
    head.save()

    after = client.get(reverse("programmes:partnerships"), {"heads": "none"})

    assert list(before.context["object_list"]) == []
    assert list(after.context["object_list"]) == [ours.partnership]


def test_a_programme_says_its_year_once():
    name_without = Programme(name="Reading together", starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2027, 8, 31))
    name_with = Programme(name="Essex 2026-27", starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2027, 8, 31))

    assert (name_without.title, name_with.title) == ("Reading together 2026-27", "Essex 2026-27")


def test_a_result_of_nobody_says_what_is_missing_instead_of_a_percentage(client, ours):
    ours.programme.pupils.all().delete()
    client.force_login(ours.people[Role.BUDGET_HOLDER])

    page = text_of(client.get(reverse("reports:results", args=[ours.programme.slug])))

    assert "Nothing can be said yet: no target pupils are entered." in page
    assert "0 of 0" not in page


@pytest.mark.parametrize("points", [0, 1])
def test_results_of_a_programme_without_two_data_points_still_open(client, ours, points):
    for point in ours.programme.data_points.all()[points:]:
        Assessment.objects.filter(data_point=point).delete()
        point.delete()
    client.force_login(ours.people[Role.COORDINATOR])

    results = client.get(reverse("reports:results", args=[ours.programme.slug]))
    places = client.get(reverse("reports:places", args=[ours.programme.slug]), {"of": "missing"})

    assert "a result needs two data points" in text_of(results)
    assert places.status_code == 200


def test_the_places_behind_a_figure_are_as_many_as_it_says(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    page = client.get(reverse("reports:results", args=[ours.programme.slug])).content.decode()
    links = re.findall(r'href="([^"]+/places/[^"]*)">(\d+)', page)

    counts = {url: client.get(url.replace("&amp;", "&")).context["page_obj"].paginator.count for url, _ in links}

    assert links
    assert counts == {url: int(number) for url, number in links}


def test_the_progress_line_is_sent_only_when_it_has_something_new(client, ours):
    report = ours.school_report
    type(report).objects.filter(pk=report.pk).update(state=Job.State.RUNNING, done=1, total=3)
    report.refresh_from_db()
    client.force_login(ours.people[Role.HEADTEACHER])
    url = reverse("reports:progress", args=[report.pk])

    same = client.get(url, {"seen": report.how_far}, headers={"HX-Request": "true"})
    other = client.get(url, {"seen": "queued-0-0-early"}, headers={"HX-Request": "true"})
    type(report).objects.filter(pk=report.pk).update(state=Job.State.DONE, finished_at=timezone.now())
    done = client.get(url, {"seen": report.how_far}, headers={"HX-Request": "true"})

    assert same.status_code == 204
    assert "step 1 of 3" in other.content.decode()
    assert "hx-get" in other.content.decode()
    assert (done.headers["HX-Refresh"], done.content) == ("true", b"")  # the page shows the report now


def test_a_failed_report_says_why_and_can_be_tried_again(client, ours):
    report = ours.school_report
    type(report).objects.filter(pk=report.pk).update(state=Job.State.FAILED, failure="The disk was full.")
    client.force_login(ours.people[Role.HEADTEACHER])

    page = client.get(report.get_absolute_url()).content.decode()

    assert "The disk was full." in page
    assert f'action="{reverse("reports:again", args=[report.pk])}"' in page
    assert "csrfmiddlewaretoken" in page.partition('id="report-')[2].partition("Try again")[0]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            Role.COORDINATOR,
            [
                "Today",
                "Roster",
                "Programmes",
                "Year planner",
                "Visits",
                "Studies",
                "Events",
                "Findings",
                "Money",
                "Schools",
                "Reports",
                "People",
                "Messages",
            ],
        ),
        (
            Role.CONSULTANT,
            ["Today", "Roster", "Programmes", "Year planner", "Visits", "Studies", "Events", "Findings", "Reports"],
        ),
        (
            Role.PARTNER,
            ["Today", "Partnerships", "Visits", "Studies", "Events", "Findings", "Grades", "Pupils", "Reports"],
        ),
        (
            Role.HEADTEACHER,
            [
                "Today",
                "Partnerships",
                "Visits",
                "Studies",
                "Events",
                "Findings",
                "Pupils",
                "Money",
                "Reports",
                "People",
            ],
        ),
    ],
)
def test_the_menu_has_what_the_role_opens(client, ours, role, labels):
    client.force_login(ours.people[role])

    page = client.get(reverse("accounts:account"))

    assert [item["label"] for item in page.context["nav"]] == labels


def test_a_page_below_an_entry_of_the_menu_shows_which_one_it_belongs_to(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    page = client.get(ours.partnership.get_absolute_url())

    assert [item["label"] for item in page.context["nav"] if item["current"]] == ["Roster"]


def test_an_address_of_a_form_that_is_opened_as_a_page_leads_to_its_page(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    talks = reverse("programmes:contact_add", args=[ours.listed_school.pk])

    response = client.get(talks)

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Nothing was sent" in text_of(response)
    assert f'href="{reverse("programmes:partner_school", args=[ours.listed_school.pk])}"' in response.content.decode()
    assert "Content-Security-Policy" in response
