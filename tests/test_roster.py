"""The roster page: who is shown to whom, filters with true counts, orders, downloads; and Today says the same."""

import csv
import datetime as dt
import io
import time

import pytest
import time_machine
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Membership
from accounts.roles import Role
from programmes.models import Area, AreaConsultant, Partnership, Programme
from reports.dashboards import dashboard
from reports.models import SavedView
from tests.factories import MembershipFactory, OrganisationFactory, SchoolFactory, UserFactory, VisitFactory
from tests.reading import text_of
from tests.rosters import NOW, agreement, coordinator_of, late, many, partnership, scene

pytestmark = pytest.mark.django_db
ROSTER = "/roster/"


@pytest.fixture(autouse=True)
def on_27_january():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at(client):
    """Five partnerships: two slip, one is on course, one is paused, one has folded."""
    at = scene()
    at.south = Area.objects.create(programme=at.programme, name="South")
    at.late = partnership(at, "Fenwick Green", "Umar Mbeki", "Nia Holt", ref="P1")
    late(at, at.late)
    at.unconfirmed = partnership(at, "Birch Hill", "Tariq Noor", "Ola Réed", area=at.south, ref="P2", subject="reading")
    VisitFactory(partnership=at.unconfirmed, on=dt.date(2027, 1, 13))
    at.fine = partnership(at, "Beckney Junior", "Hari Crane", "Ned Lamb", ref="P3")
    partnership(at, "Paused Primary", "Zoe Ashe", "Ben Crane", ref="P4", status=Partnership.Status.PAUSED)
    partnership(at, "Folded Primary", "Kofi Marsh", "Isla Zaman", ref="P5", status=Partnership.Status.FOLDED)
    client.force_login(at.coordinator)
    return at


def shown(client, query=""):
    return [row.partnership.ref for row in client.get(ROSTER + query).context["asked"].rows]


def test_the_heading_counts_every_partnership_once(client, at):
    page = client.get(ROSTER)

    assert "5 partnerships: 2 slip, 1 is on course, 1 is paused, 1 has folded." in text_of(page)
    assert [(section["title"], len(section["rows"])) for section in page.context["sections"]] == [
        ("2 slipping, most overdue first", 2),
        ("1 on course, next visit first", 1),
        ("1 paused", 1),
        ("1 folded", 1),
    ]


def test_a_row_says_who_what_and_when(client, at):
    agreement(at.late, dt.date(2027, 1, 12), signed=("specialist", "home head", "partner head"))

    text = text_of(client.get(ROSTER + "?q=fenwick"))

    row = text.partition("1 slipping, most overdue first")[2].partition("When does a partnership slip")[0]
    assert " ".join(row.split()) == (
        "Fenwick Green , Maths, Year 5, P1 Umar Mbeki with Nia Holt Area North East Maths, Year&nbsp;5 "
        "Agreement 3 of 4 signed , waits for Nia Holt Visits Next Wed 3 Feb, am "
        "Grades D ! December: late, 0 of 5 in M \N{EN DASH} March: due Fri 19 Mar, 0 of 5 in "
        "December grades 18 school days late , 0 of 5 in "
        "Agreement unsigned for 11 school days ; waits for Nia Holt "
        "Nudge Nia Holt : Fenwick Green, Maths, Year 5 Never nudged"
    )


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", ["P1", "P2", "P3", "P4", "P5"]),
        ("?sort=school", ["P3", "P2", "P1", "P5", "P4"]),
        ("?sort=specialist", ["P4", "P3", "P5", "P1", "P2"]),
        ("?sort=area", ["P1", "P3", "P4", "P5", "P2"]),
        ("?sort=nonsense&area=nonsense&slips=nonsense", ["P1", "P2", "P3", "P4", "P5"]),
        ("?slips=grades", ["P1"]),
        ("?slips=grades&slips=visit", ["P1", "P2"]),
        ("?waits=teacher", ["P1", "P2"]),
        ("?waits=coordinator", []),
        ("?status=paused", ["P4"]),
        ("?subject=reading", ["P2"]),
        ("?subject=reading&slips=grades", []),
        ("?q=ola+reed", ["P2"]),
        ("?q=p3", ["P3"]),
        ("?q=nobody+of+this+name", []),
        ("?q=%00", ["P1", "P2", "P3", "P4", "P5"]),
    ],
)
def test_the_address_filters_and_sorts(client, at, query, refs):
    assert shown(client, query) == refs


def test_the_next_visit_orders_by_the_half_day(client, at):
    at.fine.visits.update(on=dt.date(2027, 1, 28))
    at.late.visits.update(on=dt.date(2027, 1, 28), half="pm")

    assert shown(client, "?sort=visit")[:2] == ["P3", "P1"]


@pytest.mark.parametrize("query", ["", "?slips=grades", "?area=south", "?q=crane", "?subject=maths&status=active"])
def test_each_count_is_what_choosing_it_shows(client, at, query):
    query = query.replace("south", str(at.south.pk))
    facets = client.get(ROSTER + query).context["asked"].facets

    offered = {(facet.name, option.value): option.count for facet in facets for option in facet.options}
    found = {}
    for facet in facets:
        for value, _ in facet.choices:
            asked = [pair for pair in query[1:].split("&") if pair and not pair.startswith(f"{facet.name}=")]
            found[facet.name, value] = len(shown(client, "?" + "&".join([*asked, f"{facet.name}={value}"])))

    assert offered == {choice: number for choice, number in found.items() if number}
    assert len(offered) > 3


def test_today_and_the_roster_say_the_same(client, at):
    person = Membership.objects.select_related("organisation", "school").get(user=at.coordinator)
    made = dashboard(at.coordinator, person)
    page = client.get(ROSTER)

    (standing,) = made["standings"]
    assert standing["words"] == "3 of 5 partnerships are active, 1 has folded, 1 is paused."
    assert standing["course"] == "1 of the 3 is on course, 2 are slipping."
    assert client.get(standing["url"]).context["count"] == page.context["count"]
    assert (page.context["count"].slipping, page.context["count"].on_course) == (2, 1)
    assert text_of(client.get("/")).count("1 of the 3 is on course, 2 are slipping.") == 1


def test_each_line_of_today_leads_to_as_many_rows_as_it_says(client, at):
    for p in (at.fine, at.late, at.unconfirmed):
        agreement(p, dt.date(2027, 1, 4), signed=() if p != at.unconfirmed else ("specialist", "partner", "home head"))
    at.fine.visits.all().delete()
    at.unconfirmed.partner_teachers.update(until=dt.date(2027, 1, 20))
    Membership.objects.filter(role=Role.HEADTEACHER, school=at.fine.partner_school).delete()
    late(at, at.unconfirmed, assessed=4)
    person = Membership.objects.select_related("organisation", "school").get(user=at.coordinator)

    lines = [item for item in dashboard(at.coordinator, person)["to_do"] if item["url"].startswith(ROSTER)]

    assert {item["title"]: len(client.get(item["url"]).context["asked"].rows) for item in lines} == {
        "2 partnerships owe 6 December grades": 2,
        "1 partnership has no half-day for a visit": 1,
        "1 partnership lacks a teacher": 1,
        "1 school has no headteacher who can sign in": 1,
    }


def test_today_counts_each_school_once_whose_head_cannot_sign_in_proposed_ones_too(client, at):
    proposed = partnership(at, "Proposed Primary", "Ade Finch", "Lou Penn", status=Partnership.Status.PROPOSED)
    twice = partnership(at, "Twice Agreed", "Eve Mole", "Ian Rook", status=Partnership.Status.AGREED)
    Partnership.objects.filter(pk=at.fine.pk).update(partner_school=twice.partner_school)
    schools = [*proposed.schools, twice.partner_school]
    Membership.objects.filter(role=Role.HEADTEACHER, school__in=schools).delete()
    person = Membership.objects.select_related("organisation", "school").get(user=at.coordinator)

    (line,) = [item for item in dashboard(at.coordinator, person)["to_do"] if "headteacher" in item["title"]]

    assert line["title"] == "3 schools have no headteacher who can sign in"
    assert len(client.get(line["url"]).context["asked"].rows) == 3
    assert set(Partnership.objects.all().without_head()) == {proposed, twice, at.fine}


def test_a_consultant_sees_the_own_area_and_the_own_specialist_teachers_and_nudges_nobody(client, at):
    area, named, none = (UserFactory() for _ in range(3))
    for person in (area, named, none):
        MembershipFactory(user=person, role=Role.CONSULTANT, organisation=at.organisation)
    AreaConsultant.objects.create(area=at.south, user=area)
    at.late.specialist.consultant = named
    at.late.specialist.save()

    seen = {}
    for person in (area, named, none):
        client.force_login(person)
        page = client.get(ROSTER)
        seen[person] = (shown(client) if "asked" in (page.context or {}) else [], "Nudge" in text_of(page))
        assert client.get(reverse("reports:nudges")).status_code == 403
        assert client.post(reverse("reports:roster_nudge", args=[at.late.pk])).status_code == 403

    assert seen == {area: (["P2"], False), named: (["P1"], False), none: ([], False)}


def test_a_consultant_is_told_whom_a_row_waits_for(client, at):
    person = UserFactory()
    MembershipFactory(user=person, role=Role.CONSULTANT, organisation=at.organisation)
    AreaConsultant.objects.create(area=at.area, user=person)
    Membership.objects.filter(role=Role.HEADTEACHER, school=at.fine.partner_school).delete()
    client.force_login(person)

    text = text_of(client.get(ROSTER))

    assert "December grades 18 school days late , 0 of 5 in Waits for a teacher" in text
    assert "Head of the partner school cannot sign in Waits for the coordinator" in text
    assert "Invite the head" not in text


def test_the_programme_that_runs_is_shown_and_another_can_be_chosen(client, at):
    newer = Programme.objects.create(
        organisation=at.organisation,
        name="Next year",
        slug="next",
        starts_on=dt.date(2027, 9, 1),
        ends_on=dt.date(2028, 8, 31),
        subjects=["maths"],
        year_groups=[5],
        scale="nc-sublevels",
    )
    other = scene("Elsewhere")
    Partnership.objects.filter(pk=at.fine.pk).update(programme=newer)

    assert client.get(ROSTER).context["roster"].programme == at.programme
    assert shown(client, f"?programme={newer.pk}") == ["P3"]
    pages = [ROSTER, f"{ROSTER}roster.csv", f"{ROSTER}nudges/", f"{ROSTER}views/add/"]
    asked = [str(other.programme.pk), "999999", "nonsense"]
    assert {client.get(page, {"programme": named}).status_code for page in pages for named in asked} == {404}


def test_an_organisation_without_partnerships_is_told_what_comes_here(client):
    client.force_login(coordinator_of(OrganisationFactory()))

    page = client.get(ROSTER)

    assert page.status_code == 200
    assert "There is no partnership yet." in text_of(page)
    assert client.get(reverse("reports:nudges")).status_code == 302
    assert client.get(reverse("reports:roster_csv")).status_code == 404


@pytest.mark.parametrize("query", ["", "?slips=grades&sort=school", "?q=nobody+of+this+name"])
def test_the_download_holds_the_rows_of_the_page_with_the_same_facts(client, at, query):
    agreement(at.late, dt.date(2027, 1, 12), signed=("specialist",))
    page = client.get(ROSTER + query)
    found = client.get(reverse("reports:roster_csv") + query)
    sheet = client.get(reverse("reports:roster_xlsx") + query)

    lines = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))
    table = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()

    rows = page.context["asked"].rows
    assert [line["Reference"] for line in lines] == [row.partnership.ref for row in rows]
    text = text_of(page).replace(" ,", ",").replace(" ;", ";").replace(" :", ":")
    for line in lines:
        for slip in filter(None, line["What slips"].split("; ")):
            assert slip.partition(";")[0] in text
        for column in ("Partner school", "Specialist teacher", "Partner teachers", "Area", "Agreement"):
            assert line[column] in text
        assert line["December grades"] in text
    assert [row[0] for row in table[1:]] == [line["Reference"] for line in lines]
    assert found["Content-Disposition"] == 'attachment; filename="roster-shire.csv"'


def test_the_download_of_one_row_is_whole(client, at):
    agreement(at.late, dt.date(2027, 1, 12), signed=("specialist", "home head"))
    VisitFactory(partnership=at.late, on=dt.date(2027, 1, 14), status="took place")

    (line,) = csv.DictReader(
        io.StringIO(client.get(reverse("reports:roster_csv") + "?slips=grades").content.decode("utf-8-sig"))
    )

    assert line == {
        "Reference": "P1",
        "Partner school": "Fenwick Green",
        "URN": at.late.partner_school.urn,
        "Specialist teacher": "Umar Mbeki",
        "Home school": "Home of Mbeki",
        "Partner teachers": "Nia Holt",
        "Area": "North East",
        "Subject": "Maths",
        "Year": "5",
        "Status": "Active",
        "Agreement": "2 of 4 signed, waits for Nia Holt and the head of Fenwick Green",
        "Last visit": "2027-01-14",
        "Kind of the last visit": "Observation",
        "Next visit": "2027-02-03",
        "Half-day": "morning",
        "Kind of the next visit": "Research lesson",
        "December grades": "late, 0 of 5 in",
        "March grades": "due Fri 19 Mar, 0 of 5 in",
        "How it stands": "Slipping",
        "What slips": "December grades 18 school days late, 0 of 5 in; "
        "Agreement unsigned for 11 school days; waits for Nia Holt and the head of Fenwick Green",
        "School days overdue": "18",
        "Waits for": "A teacher and A headteacher",
        "Last nudged": "",
    }


def test_views_are_saved_renamed_and_deleted_by_their_owner(client, at):
    add = reverse("reports:view_save") + "?slips=grades&area=0&sort=school"
    client.post(add, {"name": "Grades late"})
    view = SavedView.objects.get()
    page = client.get(view.address)
    again = client.post(add, {"name": "GRADES LATE"})
    client.post(reverse("reports:view_change", args=[view.pk]), {"name": "Chase"})

    assert (view.query, view.programme, view.owner) == ("slips=grades&sort=school", None, at.coordinator)
    assert page.context["own_views"] == [(view, view.address, True)]
    assert "You have a view of this name already" in text_of(again)
    assert SavedView.objects.get().name == "Chase"

    client.post(reverse("reports:view_delete", args=[view.pk]))

    assert not SavedView.objects.exists()


def test_a_view_may_be_for_one_programme_only(client, at):
    client.post(reverse("reports:view_save"), {"name": "All of them", "here_only": "on"})

    view = SavedView.objects.get()

    assert view.programme == at.programme
    assert view.address == f"/roster/?programme={at.programme.pk}"


def test_a_view_without_a_name_is_asked_for_one(client, at):
    page = client.post(reverse("reports:view_save"), {"name": " "})

    assert "Give the view a name." in text_of(page)
    assert not SavedView.objects.exists()


def test_a_view_cannot_take_the_name_of_one_that_is_there_for_everybody(client, at):
    refused = client.post(reverse("reports:view_save"), {"name": "by  school"})

    assert "The roster comes with a view “by school” already. Give yours another name." in text_of(refused)
    assert not SavedView.objects.exists()


def test_two_hundred_partnerships_take_under_a_second(client, at, queries_of):
    agreement(at.late, dt.date(2027, 1, 4), signed=())
    few = queries_of(ROSTER)
    many(at, 200)

    with_them = queries_of(ROSTER)
    with time_machine.travel(NOW, tick=True):
        took = min(seconds_of(client) for _ in range(3))

    assert len(client.get(ROSTER).context["asked"].rows) == 205
    assert with_them == few
    assert took < 1, took


def seconds_of(client):
    """Of the processor, so that whatever else runs on the machine does not count."""
    began = time.thread_time()
    client.get(ROSTER)
    return time.thread_time() - began


def test_a_school_in_two_partnerships_has_a_row_for_each(client, at):
    school = SchoolFactory(name="Twice")
    Partnership.objects.filter(ref__in=["P1", "P3"]).update(partner_school=school)

    assert shown(client, "?q=twice") == ["P1", "P3"]


def test_today_has_one_line_for_the_agreements_that_wait_and_says_how_many_of_them_slip(client, at):
    for p, made_on in ((at.fine, dt.date(2027, 1, 4)), (at.late, dt.date(2027, 1, 12)), (at.unconfirmed, NOW.date())):
        agreement(p, made_on, signed=())
    at.unconfirmed.visits.all().delete()
    person = Membership.objects.select_related("organisation", "school").get(user=at.coordinator)

    (line,) = [item for item in dashboard(at.coordinator, person)["to_do"] if "agreement" in item["title"]]

    assert (line["title"], line["late"]) == ("3 agreements wait for signatures", True)
    assert line["text"].endswith(" 2 of them slip, after up to 17 school days; the other is still in time.")
