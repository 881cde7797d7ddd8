"""What the editions of a school's report say besides results: the year, findings, time and money; and to whom."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from jobs.work import work_on
from lessons.models import Finding
from papers.year_chart import NARROW, WIDE, year_chart
from programmes.models import Programme
from reports.build import build
from reports.kinds import KINDS, figures_of
from reports.models import Report
from tests.factories import VisitFactory
from tests.pdfs import pages
from tests.reading import text_of
from visits.models import Visit, VisitChange

pytestmark = pytest.mark.django_db
Status = Visit.Status


def figures(ours, kind, school=None):
    programme = Programme.objects.get(pk=ours.programme.pk)
    return figures_of(Report(kind=kind, programme=programme, school=school or ours.school))


def home(ours):
    return ours.partnership.specialist.home_school


def test_the_year_counts_what_took_place_what_is_booked_and_what_was_moved(ours):
    Visit.objects.filter(partnership__programme=ours.programme).exclude(pk=ours.visit.pk).delete()
    before = figures(ours, Report.Kind.SCHOOL)["happened"]
    for day, status in ((4, Status.TOOK_PLACE), (5, Status.TOOK_PLACE), (6, Status.PLANNED)):
        VisitFactory(partnership=ours.partnership, on=dt.date(2027, 5, day), status=status)
    for day in (7, 8):
        VisitFactory(
            partnership=ours.partnership,
            on=dt.date(2027, 5, day),
            status=Status.CANCELLED,
            cancelled_because="Snow" if day == 7 else "A trip",
        )
    moved = Visit.objects.get(on=dt.date(2027, 5, 6))
    for _ in range(2):  # one visit, moved twice
        VisitChange.objects.create(visit=moved, what=VisitChange.What.MOVED, by=ours.people[Role.PARTNER])

    after = figures(ours, Report.Kind.SCHOOL)["happened"]

    assert {name: after[name] - before[name] for name in ("visits", "held", "lessons", "moved")} == {
        "visits": 3,
        "held": 2,
        "lessons": 0,
        "moved": 1,
    }
    assert after["cancelled"] == [{"reason": "A trip", "n": 1}, {"reason": "Snow", "n": 1}]
    days = [m["on"] for row in after["rows"] for m in row["marks"] if m["on"].startswith("2027-05")]
    assert days == ["2027-05-04", "2027-05-05", "2027-05-06"]


def test_a_finding_is_quoted_to_those_to_whom_its_authors_show_it(ours):
    said = "A wrote: “I saw the jump I forgot”. B said “no”."
    Finding.objects.filter(pk=ours.finding.pk).update(words={"know": "Drawing helps.", "saw": said, "next": "Again."})
    seen = {}
    for audience in Finding.Audience:
        Finding.objects.filter(pk=ours.finding.pk).update(audience=audience)
        seen[audience.value] = {
            kind: [finding["headline"] for finding in figures(ours, kind, school)["found"]["findings"]]
            for kind, school in (("school impact", None), ("governors", None), ("home school impact", home(ours)))
        }

    shown, hidden = [ours.finding.headline], []
    assert seen == {
        "group": {"school impact": hidden, "governors": hidden, "home school impact": hidden},
        "school": {"school impact": shown, "governors": hidden, "home school impact": shown},
        "programme": {"school impact": shown, "governors": hidden, "home school impact": shown},
        "public": {"school impact": shown, "governors": shown, "home school impact": shown},
    }
    found = figures(ours, Report.Kind.SCHOOL)["found"]
    assert found["said"] == [{"words": "I saw the jump I forgot", "year": 5}]
    assert found["findings"][0]["authors"] == [str(ours.people[Role.PARTNER]), str(ours.people[Role.SPECIALIST])]


def test_what_quotes_a_finding_that_is_taken_back_is_opened_by_nobody(client, ours):
    head = ours.people[Role.HEADTEACHER]
    client.force_login(head)
    report = made(client, ours, Report.Kind.SCHOOL)
    open_before = text_of(client.get(report.get_absolute_url()))
    Finding.objects.filter(pk=ours.finding.pk).update(
        published_at=None, version=None, slug=None, withdrawn_at=timezone.now(), withdrawn_by=ours.people[Role.PARTNER]
    )

    page = text_of(client.get(report.get_absolute_url()))

    assert ours.finding.headline in open_before
    assert "cannot be opened any more" in page
    assert ours.finding.headline not in page
    files = [("reports:download", [])] + [("reports:figures", [ending]) for ending in ("csv", "xlsx", "json")]
    assert {client.get(reverse(name, args=[report.pk, *more])).status_code for name, more in files} == {404}


def made(client, ours, kind, school=None):
    asked = {"kind": kind, "programme": ours.programme.pk, "school": (school or ours.school).pk}
    address = client.post(reverse("reports:order"), asked).url
    report = Report.objects.get(pk=re.search(r"\d+", address)[0])
    work_on(Report, report.pk, build)
    report.refresh_from_db()
    assert report.is_done, report.failure
    return report


@pytest.mark.parametrize("kind", [Report.Kind.GOVERNORS, Report.Kind.HOME])
def test_no_edition_for_outsiders_names_anybody(client, ours, kind):
    school = home(ours) if kind == Report.Kind.HOME else ours.school
    figures_then = figures(ours, kind, school)
    said = str({name: value for name, value in figures_then.items() if name not in {"school", "organiser"}})
    people = {str(person) for person in ours.people.values()} | {
        str(teacher) for teacher in ours.partnership.current_partner_teachers
    }

    named = {name for name in [*people, ours.pupil.first_name, ours.pupil.last_name] if name in said}

    assert named == (set() if kind == Report.Kind.GOVERNORS else named & people)
    assert ours.pupil.last_name not in said


def test_small_numbers_are_hidden_from_outsiders_and_so_is_what_would_tell_them(ours):
    exact, governors = figures(ours, Report.Kind.SCHOOL), figures(ours, Report.Kind.GOVERNORS)

    assert exact["ours"]["n"] == governors["ours"]["n"] == 1
    assert exact["ours"]["met"]["of"] is not None or exact["ours"]["mean"] is not None
    hidden = [governors["ours"][name]["hidden"] or governors["ours"][name]["of"] is None for name in ("met", "above")]
    assert (hidden, governors["ours"]["mean"]) == ([True, True], None)
    assert governors["everyone"] is None or governors["everyone"]["mean"] is None


def test_governors_read_the_report_of_a_small_school_in_words(client, ours):
    client.force_login(ours.people[Role.HEADTEACHER])
    report = made(client, ours, Report.Kind.GOVERNORS)
    with report.file.open() as file:
        paper = " ".join(pages(file.read()))

    page = text_of(client.get(report.get_absolute_url()))

    assert "One target pupil can be compared: too few to say how they did." in page
    assert "One target pupil can be compared: too few to say how they did." in " ".join(paper.split())
    assert str(ours.people[Role.PARTNER]) not in page.partition("Asked for by")[0]


def test_every_table_of_an_edition_has_rows_as_wide_as_its_columns(ours):
    for kind, school in (
        ("school impact", ours.school),
        ("governors", ours.school),
        ("home school impact", home(ours)),
    ):
        for table in KINDS[kind].tables(figures(ours, kind, school)):
            assert {len(row) for row in table.rows} <= {len(table.columns)}, (kind, table.title)


# The drawing of a year --------------------------------------------------------------------------------------------

YEAR = {
    "starts": "2026-09-01",
    "ends": "2027-08-31",
    "rows": [
        {
            "name": "Maths, Year 5",
            "marks": [
                {"on": "2026-09-01", "lesson": False, "held": True},
                {"on": "2027-02-28", "lesson": True, "held": True},
                {"on": "2027-08-31", "lesson": False, "held": False},
            ],
        }
    ],
    "points": [{"name": "October", "on": "2026-10-16"}],
}


def test_a_year_stands_in_its_drawing_day_by_day_and_in_words():
    c = year_chart(YEAR)

    first, middle, last = (m["x"] for m in c["rows"][0]["marks"])
    assert (first, last) == (WIDE.left, WIDE.width - 10)
    assert middle == WIDE.left + round(180 * (last - first) / 364)  # 28 February is the 181st day of that year
    assert [month["text"] for month in c["months"]][:3] == ["Sep", "Oct", "Nov"]
    assert c["title"] == (
        "Maths, Year 5: visit on 1 September, studied lesson on 28 February, visit planned on 31 August. "
        "Grades are due: October on 16 October 2026."
    )


def test_a_long_name_stands_above_its_line_and_nothing_is_drawn_of_nothing():
    long = YEAR | {"rows": [YEAR["rows"][0] | {"name": "Writing, Year 6, with Ugley Green Community Primary School"}]}

    c, narrow = year_chart(long), year_chart(long, NARROW)

    assert c["rows"][0]["name_y"] < c["rows"][0]["y"] - 6
    assert c["rows"][0]["name"].endswith("School")
    assert narrow["rows"][0]["name"].endswith("…")
    assert year_chart(YEAR | {"rows": []}) is None


def test_every_data_point_is_named_where_two_are_near_each_other_on_a_line_below():
    days = {"October": "2026-10-16", "December": "2026-12-11", "March": "2027-03-19", "Summer": "2027-07-16"}
    points = [{"name": name, "on": day} for name, day in days.items()]

    wide, narrow = (year_chart(YEAR | {"points": points}, layout) for layout in (WIDE, NARROW))

    assert len({label["text_y"] for label in wide["points"]}) == 1
    assert [label["text"] for label in narrow["points"]] == list(days)
    first, second = (
        next(p["text_y"] for p in narrow["points"] if p["text"] == name) for name in ("October", "December")
    )
    assert second - first == 16
    assert narrow["height"] >= second + 6
