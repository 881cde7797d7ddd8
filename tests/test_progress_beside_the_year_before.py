"""The own pupils beside those of the year before: for heads and teachers, on matched definitions, within their reach.

On the scale one sublevel is two points: from 2b it is +2 to 2a, +6 to 3b and +8 to 3a, the level for Year 5. Expected
are 3 points.
"""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import Expectation
from pupils import scales
from pupils.models import Assessment, FrozenFigures
from reports.freezing import freeze_pages
from tests.earlier_years import year_before
from tests.factories import (
    AssessmentFactory,
    PartnershipFactory,
    PlaceFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
)
from tests.reading import text_of
from tests.world import build_world

pytestmark = pytest.mark.django_db

WHOSE = "Of an earlier year teachers see the pupils of their own partnerships, and headteachers those of their school."


@pytest.fixture(autouse=True)
def _summer():
    """The last grades were due in June."""
    with time_machine.travel("2027-07-05 12:00", tick=False):
        yield


@pytest.fixture
def ours():
    """The pupil of the world went from 2b to 3a."""
    corner = build_world()[0]
    Assessment.objects.filter(place__partnership__programme=corner.programme).delete()
    corner.programme.refresh_from_db()
    Expectation.objects.update_or_create(
        programme=corner.programme, year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"}
    )
    type(corner.place).objects.filter(partnership=corner.partnership).exclude(pk=corner.place.pk).delete()
    give(corner.place, "2b", "3a")
    return corner


def give(place, *codes):
    programme = place.partnership.programme
    grades = scales.load_scale(programme.scale).grades
    for point, code in zip(programme.data_points.all(), codes, strict=False):
        AssessmentFactory(place=place, data_point=point, grade=grades.get(code=code))


def taught(corner, programme, *pupils, by=None, **fields):
    """A partnership of the corner's school, with a pupil for each first and last grade; `by` is the specialist."""
    fields = {"subject": "maths", "partner_school": corner.school} | fields
    if by:
        fields["specialist"] = programme.specialists.filter(user=by).first() or SpecialistTeacherFactory(
            programme=programme, user=by
        )
    partnership = PartnershipFactory(programme=programme, **fields)
    for codes in pupils:
        give(PlaceFactory(partnership=partnership), *codes)
    return partnership


def page_of(client, corner, role, of=None, query="?years=1"):
    client.force_login(corner.people[role])
    if of is None:
        return client.get(reverse("reports:followed", args=[corner.programme.slug]) + query)
    return client.get(reverse("reports:partnership_followed", args=[of.pk]) + query)


def comparison(response):
    """All that the page says below the numbers."""
    words = text_of(response).partition("Compared with ")[2].partition(" Counted on ")[0]
    return re.sub(r" (?=[,.;:])", "", words)


def rows_of(response):
    """(row, year): n, at or above the level, gained more than expected, mean gain."""
    c = response.context["page"]["years"]["c"]
    rows = {}
    for row in c.rows:
        for year in ("now", "then"):
            b = row[year]
            rows[row["name"], year] = (b.n, b.met.of, b.met.pct, b.above.of, b.above.pct, str(b.mean_points))
        rows[row["name"], "difference"] = tuple(str(d) for d in row["differences"].values())
    return rows


def test_a_head_sees_the_own_school_beside_its_year_before(client, ours):
    taught(ours, ours.programme, ("2b", "2a"), ("2b", "3b"))
    before = year_before(ours)
    taught(ours, before, ("2b", "3b"), ("2b", "2b"), ("2b",))
    taught(ours, before, ("2b", "3a"), ("2b", "3a"), partner_school=SchoolFactory())

    page = page_of(client, ours, Role.HEADTEACHER)

    # Now +8, +2 and +6, one at the level and two above the expected 3; then +6 and 0, none at the level, one above.
    assert rows_of(page) == {
        ("Maths, Year 5", "now"): (3, 1, 33, 2, 67, "5.3"),
        ("Maths, Year 5", "then"): (2, 0, 0, 1, 50, "3.0"),
        ("Maths, Year 5", "difference"): ("33", "17", "2.3"),
    }
    assert comparison(page) == (
        "Before 2025-26 Compared are your target pupils in maths in Year 5, each year from its first to its last data "
        "point: on the same scale, with the same level for each year. Not counted, as a grade is missing: 0 now, 1 "
        "then. They are other pupils, and few: one or two can be many percentage points. A difference says that the "
        "figures differ, not why. All your target pupils of Before 2025-26 "
        "Ourside programme 2026-27 beside Before 2025-26 "
        "Group and year Both grades (n) At or above the level for their year Gained more than expected "
        "Mean gain, points Maths, Year 5 "
        "2026-27 3 with both grades, Maths, Year 5 33% 1 of 3 at or above the level, Maths, Year 5 "
        "67% 2 of 3 gained more than expected, Maths, Year 5 +5.3 "
        "2025-26 2 with both grades, Maths, Year 5 0% 0 of 2 at or above the level, Maths, Year 5 "
        "50% 1 of 2 gained more than expected, Maths, Year 5 +3.0 "
        "Difference +33 percentage points +17 percentage points +2.3"
    )


def test_every_figure_leads_to_its_pupils_of_its_year(client, ours):
    taught(ours, ours.programme, ("2b", "2a"), ("2b", "3b"))
    taught(ours, ours.programme, ("2b", "3b"), subject="writing")
    before = year_before(ours)
    taught(ours, before, ("2b", "3b"), ("2b", "2b"))
    taught(ours, before, ("2b", "2a"), subject="writing")

    body = page_of(client, ours, Role.HEADTEACHER).content.decode().partition("Compared with")[2]
    links = re.findall(r'href="(/programmes/([^/"]*)/[^"]*&amp;of=[^"]*)"', body)
    found = []
    for link, slug in links:
        shown = text_of(client.get(link.replace("&amp;", "&"))).partition("Shown below: ")[2].partition(".")[0]
        found.append(("now" if slug == ours.programme.slug else "then", shown))

    school = ours.school.name
    both = "with a grade for both October and Summer"
    level, above = "at or above the level for their year in Summer", "who gained more than the expected 3 points"
    assert found == [
        ("now", f"4 of 4 target pupils {both}"),
        ("now", f"1 of 4 target pupils {level}"),
        ("now", f"3 of 4 target pupils {above}"),
        ("then", f"3 of 3 target pupils {both}"),
        ("then", f"0 of 3 target pupils {level}"),
        ("then", f"1 of 3 target pupils {above}"),
        ("now", f"3 of 3 target pupils (Maths, Year 5, {school}) {both}"),
        ("now", f"1 of 3 target pupils (Maths, Year 5, {school}) {level}"),
        ("now", f"2 of 3 target pupils (Maths, Year 5, {school}) {above}"),
        ("then", f"2 of 2 target pupils (Maths, Year 5, {school}) {both}"),
        ("then", f"0 of 2 target pupils (Maths, Year 5, {school}) {level}"),
        ("then", f"1 of 2 target pupils (Maths, Year 5, {school}) {above}"),
        ("now", f"1 of 1 target pupils (Writing, Year 5, {school}) {both}"),
        ("now", f"0 of 1 target pupils (Writing, Year 5, {school}) {level}"),
        ("now", f"1 of 1 target pupils (Writing, Year 5, {school}) {above}"),
        ("then", f"1 of 1 target pupils (Writing, Year 5, {school}) {both}"),
        ("then", f"0 of 1 target pupils (Writing, Year 5, {school}) {level}"),
        ("then", f"0 of 1 target pupils (Writing, Year 5, {school}) {above}"),
    ]


def test_teachers_see_of_the_year_before_what_they_taught_then(client, ours):
    before = year_before(ours)
    taught(ours, before, ("2b", "3b"), by=ours.people[Role.SPECIALIST])
    taught(ours, before, ("2b", "2a"), partner_teacher=ours.people[Role.PARTNER])
    taught(ours, before, ("2b", "2b"))
    taught(ours, before, ("2b", "3a"), by=ours.people[Role.SPECIALIST], subject="writing")

    pages = {
        role: page_of(client, ours, role, ours.partnership)
        for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER)
    }

    then = {role: rows_of(page)["Maths, Year 5", "then"] for role, page in pages.items()}
    assert then == {
        Role.SPECIALIST: (1, 0, 0, 1, 100, "6.0"),
        Role.PARTNER: (1, 0, 0, 0, 0, "2.0"),
        Role.HEADTEACHER: (3, 0, 0, 1, 33, "2.7"),
    }
    assert {tuple(rows_of(page)) for page in pages.values()} == {
        (("Maths, Year 5", "now"), ("Maths, Year 5", "then"), ("Maths, Year 5", "difference"))
    }
    assert {rows_of(page)["Maths, Year 5", "now"] for page in pages.values()} == {(1, 1, 100, 1, 100, "8.0")}


def test_what_only_one_year_has_is_named_and_the_sum_of_a_part_leads_nowhere(client, ours):
    """A specialist teacher of three schools: one in both years, where only its maths of Year 5 is the same."""
    specialist, hill = ours.people[Role.SPECIALIST], SchoolFactory(name="Hill")
    mine = ours.partnership.specialist
    taught(ours, ours.programme, ("2b", "3b"), specialist=mine, partner_school=hill)
    taught(ours, ours.programme, ("2b", "2b"), specialist=mine, subject="writing")
    before = year_before(ours)
    by = taught(ours, before, ("2b", "2a"), by=specialist).specialist
    taught(ours, before, ("2b", "3b"), specialist=by, partner_school=SchoolFactory(name="Dale"))
    taught(ours, before, ("2b", "3a"), specialist=by, subject="writing", partner_school=hill)
    taught(ours, before, ("2b", "2a"), specialist=by, partner_school=hill)

    page = page_of(client, ours, Role.SPECIALIST)
    c = page.context["page"]["years"]["c"]

    school = ours.school.name
    assert c.left_out == [
        f"Only this year: writing in Year 5 at {school}.",
        "Only in Before 2025-26: maths in Year 5 at Dale; writing in Year 5 at Hill.",
    ]
    assert c.compared == "; ".join(f"maths in Year 5 at {name}" for name in sorted(["Hill", school]))
    assert rows_of(page) == {
        ("All that is compared", "now"): (2, 1, 50, 2, 100, "7.0"),
        ("All that is compared", "then"): (2, 0, 0, 0, 0, "2.0"),
        ("All that is compared", "difference"): ("50", "100", "5.0"),
        ("Maths, Year 5, Hill", "now"): (1, 0, 0, 1, 100, "6.0"),
        ("Maths, Year 5, Hill", "then"): (1, 0, 0, 0, 0, "2.0"),
        ("Maths, Year 5, Hill", "difference"): ("0", "100", "4.0"),
        (f"Maths, Year 5, {school}", "now"): (1, 1, 100, 1, 100, "8.0"),
        (f"Maths, Year 5, {school}", "then"): (1, 0, 0, 0, 0, "2.0"),
        (f"Maths, Year 5, {school}", "difference"): ("100", "100", "6.0"),
    }
    assert [row["query"] is None for row in c.rows] == [True, False, False]


def test_two_scales_are_not_compared(client, ours):
    taught(ours, year_before(ours, scale="ta-codes", expected_points=None), ("WTS", "EXS"))

    assert comparison(page_of(client, ours, Role.HEADTEACHER)) == (
        "Before 2025-26 There is no comparison. Before 2025-26 assessed on another scale, and gains on two scales "
        "cannot be compared. See your target pupils of Before 2025-26"
    )


def test_another_rate_another_level_and_another_span_are_said(client, ours):
    before = year_before(ours, expected_points=4)
    taught(ours, before, ("2b", "3b"))

    rate = page_of(client, ours, Role.HEADTEACHER).context["page"]["years"]["c"]
    before.expectations.update(met_from="3b")
    level = comparison(page_of(client, ours, Role.HEADTEACHER))
    before.data_points.filter(name="Summer").update(due_on=dt.date(2026, 1, 15))
    span = comparison(page_of(client, ours, Role.HEADTEACHER))

    assert (rate.left_out, list(rate.rows[0]["differences"])) == (
        ["Gaining more than expected is not compared: 3 points are expected now, 4 points are expected then."],
        ["met", "mean"],
    )
    assert "There is no comparison. Nothing is the same in both years. Year 5 has another level for the year" in level
    assert "From the first to the last data point it is 252 days now and was 90 then." in span


def test_where_there_is_no_year_before_one_sentence_says_why(client, ours):
    alone = comparison(page_of(client, ours, Role.HEADTEACHER))
    before = year_before(ours)
    taught(ours, before, ("2b", "3b"), by=ours.people[Role.SPECIALIST], subject="writing")

    specialist = comparison(page_of(client, ours, Role.SPECIALIST, ours.partnership))
    partner = comparison(page_of(client, ours, Role.PARTNER, ours.partnership))

    assert alone == f"the year before There is no comparison. You can see no earlier programme. {WHOSE}"
    assert partner == alone
    assert specialist == (
        "Before 2025-26 There is no comparison. You follow no target pupils of Before 2025-26 in maths at "
        f"{ours.school.name}. {WHOSE}"
    )


def test_before_the_last_grades_there_is_nothing_to_compare_yet(client, ours):
    taught(ours, year_before(ours), ("2b", "3b"))
    ours.place.assessments.filter(data_point__name="Summer").delete()

    late = comparison(page_of(client, ours, Role.HEADTEACHER))
    with time_machine.travel("2027-01-11 12:00", tick=False):
        client.logout()
        early = comparison(page_of(client, ours, Role.HEADTEACHER))

    link = "See your target pupils of Before 2025-26"
    assert late == (
        "Before 2025-26 There is no comparison. No pupil of Ourside programme 2026-27 who could be compared has a "
        f"grade for both October and Summer. {link}"
    )
    assert early == (
        "Before 2025-26 There is no comparison. The Summer grades of Ourside programme 2026-27 are due on Friday "
        f"25 June 2027. {link}"
    )


def test_erased_pupils_are_not_compared_and_a_head_is_led_to_the_figures_that_were_kept(client, ours):
    before = year_before(ours)
    taught(ours, before, ("2b", "3b"), by=ours.people[Role.SPECIALIST])
    before.refresh_from_db()
    FrozenFigures.objects.create(programme=before, figures=freeze_pages(before), frozen_at=timezone.now())
    type(before).objects.filter(pk=before.pk).update(erased_at=timezone.now())
    why = (
        "Before 2025-26 There is no comparison. The pupils of Before 2025-26 are erased, as their data was past its "
        "date. "
    )

    head = page_of(client, ours, Role.HEADTEACHER)
    teacher = comparison(page_of(client, ours, Role.SPECIALIST))

    assert comparison(head) == (
        f"{why}The figures of your school that were kept are of all its pupils together, and years are compared only "
        "for the same subject and year group. See the figures of Before 2025-26"
    )
    assert f'href="{reverse("reports:followed", args=[before.slug])}"' in head.content.decode()
    assert teacher == (
        f"{why}Its results stay with its organiser for the whole programme; of single partnerships none were kept."
    )


def test_who_knows_the_pupils_by_reference_compares_whole_years_among_the_results(client, ours):
    taught(ours, year_before(ours), ("2b", "3b"))

    for role in (Role.COORDINATOR, Role.CONSULTANT):
        page = page_of(client, ours, role)
        assert (page.status_code, page.url) == (302, page_of(client, ours, role, query="").context["page"]["years_url"])
        assert page.url.startswith(reverse("reports:results", args=[ours.programme.slug]))


def test_it_costs_the_same_for_one_partnership_and_for_many(client, queries_of, ours):
    before = year_before(ours)
    taught(ours, before, ("2b", "3b"))
    taught(ours, ours.programme, ("2b", "3b"), ("2b", "3b"))
    client.force_login(ours.people[Role.HEADTEACHER])
    urls = [
        reverse("reports:followed", args=[ours.programme.slug]) + "?years=1",
        reverse("reports:partnership_followed", args=[ours.partnership.pk]) + "?years=1",
    ]

    few = [queries_of(url) for url in urls]
    for programme in (before, ours.programme):
        for _ in range(4):
            taught(ours, programme, ("2b", "3b"), ("2b", "2a"))
    many = [queries_of(url) for url in urls]

    assert few == many
    assert max(many) <= 42
