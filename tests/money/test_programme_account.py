"""What the schools of a programme keep: the page, the files and the paper of the programme agree with every school."""

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import School
from funding.models import FundingPlan, Recovery, Release
from funding.of_school import part_for, plans_of
from funding.printing.build import TEMPLATES, render
from funding.programme_table import SET_OFF
from funding.services import papers, planning, recovering
from funding.showing import Part
from programmes.models import Area, Partnership
from tests.money.conftest import IN_TIME
from tests.money.funded import approve, fold, hand_in, release_of
from tests.pdfs import pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db
LINES = [
    "All releases",
    "Paid back by schools",
    "All releases, less paid back",
    "Still to be paid back",
    "Entitled",
    "Paid",
    "Paid, less paid back",
]


@pytest.fixture
def folded(paid):
    """Of two sums that were asked back one is paid back, and one is owed."""
    fold(paid, paid.partnerships[0])
    for row in Recovery.objects.all():
        recovering.request(paid.Amira, row)
        recovering.approve(paid.Martin, row)
    recovering.receive(paid.Ruth, Recovery.objects.order_by("pk").first(), dt.date(2027, 1, 27))
    return paid


def of_the_schools(money):
    """The same sums as the statements of the schools say, added up."""
    parts = []
    for school in School.objects.all():
        if money.plan in plans_of(school, Release.objects.all()):
            parts.append(part_for(money.plan, school, Release.objects.all()))
    sums = ("total", "paid_back", "net", "owed", "entitled", "paid", "paid_net")
    return [sum(getattr(part, name) for part in parts) for name in sums]


def statement_of(client, money, ending):
    client.force_login(money.Ruth)
    return client.get(reverse("funding:programme_statement", args=[money.programme.slug, ending])).content


def test_the_page_the_files_and_the_paper_say_what_the_schools_read(client, folded):
    wanted = of_the_schools(folded)
    pounds = [f"\u00a3{amount:,.2f}" for amount in wanted]

    rows = list(csv.DictReader(io.StringIO(statement_of(client, folded, "csv").decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(statement_of(client, folded, "xlsx")))
    page = text_of(client.get(reverse("funding:programme", args=[folded.programme.slug])))
    figures = json.loads(json.dumps(papers.programme_figures(folded.plan)))
    words = " ".join(pages(render(TEMPLATES["programme"], figures, IN_TIME)))

    assert wanted[1] > 0
    assert wanted[3] > 0
    assert [(r["Line"], Decimal(r["Amount"])) for r in rows if r["Part"] == "All schools"] == list(
        zip(LINES, wanted, strict=True)
    )
    found = [(row[1], row[-1]) for row in book.get_sheet_by_index(0).to_python() if row[0] == "All schools"]
    assert [(line, Decimal(str(amount))) for line, amount in found] == list(zip(LINES, wanted, strict=True))
    for line, amount in zip(LINES, pounds, strict=True):
        assert f"{line} {amount}" in page
        assert f"{line} {amount}" in words
    assert f"{pounds[4]} for 4 schools, of a budget of" in words


def test_where_nothing_was_asked_back_it_says_what_they_are_entitled_to_and_what_is_paid(client, paid):
    entitled = of_the_schools(paid)[4]

    rows = list(csv.DictReader(io.StringIO(statement_of(client, paid, "csv").decode("utf-8-sig"))))
    page = text_of(client.get(reverse("funding:programme", args=[paid.programme.slug])))

    assert [r["Line"] for r in rows if r["Part"] == "All schools"] == ["Entitled", "Paid"]
    assert f"Entitled \u00a3{entitled:,.2f} Paid \u00a3617.50" in page
    assert "paid back" not in page


def test_by_school_and_by_area_it_is_less_what_was_paid_back_and_comes_to_the_totals(client, folded):
    for partnership, name in zip(folded.partnerships, ("North", "South"), strict=True):
        Partnership.objects.filter(pk=partnership.pk).update(
            area=Area.objects.create(programme=folded.programme, name=name)
        )
    _, back, _, owed, entitled, _, _ = of_the_schools(folded)
    end = " ".join(f"\u00a3{amount:,.2f}" for amount in (back, owed, entitled))

    rows = list(csv.DictReader(io.StringIO(statement_of(client, folded, "csv").decode("utf-8-sig"))))
    by_school = text_of(client.get(reverse("funding:schools", args=[folded.programme.slug])))
    by_area = text_of(client.get(reverse("funding:programme", args=[folded.programme.slug]))).split("By area Area")[1]
    figures = json.loads(json.dumps(papers.programme_figures(folded.plan)))
    paper = " ".join(pages(render(TEMPLATES["programme"], figures, IN_TIME))).split("By area Area")[1]

    for part in ("By school", "By area"):
        columns = ("Paid back", "Still to be paid back", "Amount")
        sums = [sum(Decimal(r[column]) for r in rows if r["Part"] == part) for column in columns]
        assert sums == [back, owed, entitled]
    of_schools = {r["Line"].split(" (URN")[0]: Decimal(r["Amount"]) for r in rows if r["Part"] == "By school"}
    assert of_schools == statements(folded)
    for text in (by_school, by_area, paper):
        assert "Paid back Still to be paid back Entitled" in text
    for text in (by_school, by_area):
        assert end in text[text.index("All schools \u00a3") :]
    assert end in paper[paper.index("Together") :]


def by_area(client, money):
    """What each area is entitled to: in the file, on the page and on paper."""
    rows = csv.DictReader(io.StringIO(statement_of(client, money, "csv").decode("utf-8-sig")))
    file = {row["Line"]: row for row in rows if row["Part"] == "By area"}
    page = text_of(client.get(reverse("funding:programme", args=[money.programme.slug]))).split("By area Area")[1]
    figures = json.loads(json.dumps(papers.programme_figures(FundingPlan.objects.get(pk=money.plan.pk))))
    paper = " ".join(pages(render(TEMPLATES["programme"], figures, IN_TIME))).split("By area Area")[1]
    found = {}
    for name, row in file.items():
        parts = [Decimal(row[column]) for column in (*Part.labels, SET_OFF)]
        back = [Decimal(row[column]) for column in ("Paid back", "Still to be paid back")]
        assert sum(parts) - sum(back) == Decimal(row["Amount"])
        found[name] = Decimal(row["Amount"])
    figures = {row["line"]: Decimal(row["entitled"]) for row in figures["areas"]}
    assert figures == found
    for text in (page, paper):
        for name in found:
            assert f"\u00a3{found[name]:,.2f}" in text[text.index(f"{name} ") :]
    return found, page, paper


@pytest.mark.parametrize("is_paid_back", [True, False])
def test_what_an_area_is_entitled_to_hangs_on_no_way_in_which_something_comes_back(client, paid, is_paid_back):
    """118.75 of a partnership in the north that folded is asked back from a school that has one in the south too."""
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    for partnership, name in zip(paid.partnerships, ("North", "South"), strict=True):
        partnership.area = Area.objects.create(programme=paid.programme, name=name)
        partnership.save()
    fold(paid, first)
    row = Recovery.objects.get(partnership=first, side="partner")
    recovering.request(paid.Amira, row)
    recovering.approve(paid.Martin, row)
    december = release_of(second, paid.stages[1], "partner")

    asked, *_ = by_area(client, paid)
    recovering.set_against(paid.Ruth, row, december)
    against, page, paper = by_area(client, paid)
    if is_paid_back:
        row.refresh_from_db()
        recovering.take_off_stage(paid.Ruth, row)
        recovering.receive(paid.Ruth, row, dt.date(2027, 1, 27))
    else:
        hand_in(second, paid.points[1])
        approve(paid.Tom, paid.plan, [december])
    ended, *_ = by_area(client, paid)

    assert asked == against == ended
    assert sum(ended.values()) == of_the_schools(paid)[4]
    for text in (page, " ".join(paper.split())):
        assert "North less \u00a3118.75 set off elsewhere" in text
        assert "South and \u00a3118.75 set off here for another area" in text


def test_on_paper_the_areas_have_room_for_their_names_beside_all_columns(folded):
    figures = papers.programme_figures(folded.plan)

    table = render_to_string(
        "funding/pdf/_parts_table.html", {"lines": figures["areas"], "total": figures["all"], "first": "Area"}
    )

    padding, paper = 3, 174
    widths = [int(width) for width in re.findall(r'<th class="n w(\d+)"', table)]
    assert len(widths) == 8
    assert paper - sum(width + padding for width in widths) >= 30


def statements(money):
    """What each school reads that it is entitled to."""
    plan, everything = FundingPlan.objects.get(pk=money.plan.pk), Release.objects.all()
    schools = [school for school in School.objects.all() if plan in plans_of(school, everything)]
    return {school.name: part_for(plan, school, everything).entitled for school in schools}


def test_a_preview_and_the_history_of_the_plan_say_what_the_statements_say_after_a_recovery(paid):
    """Of two sums asked back of a partnership that folded one is paid back, one is set against a later stage."""
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    second.save()
    fold(paid, first)
    for row in Recovery.objects.all():
        recovering.request(paid.Amira, row)
        recovering.approve(paid.Martin, row)
    recovering.receive(paid.Ruth, Recovery.objects.get(side="specialist"), dt.date(2027, 1, 27))
    december = release_of(second, paid.stages[1], "partner")
    recovering.set_against(paid.Ruth, Recovery.objects.get(side="partner"), december)

    def dearer():
        FundingPlan.objects.filter(pk=paid.plan.pk).update(rate="96.33")

    before, seen = statements(paid), planning.preview(paid.plan, dearer)
    change = planning.change(paid.Tom, paid.plan, dearer, "The rate of the year")
    after = statements(paid)

    assert {row.school.name: row.before for row in seen.schools} == before
    assert {row.school.name: row.after for row in seen.schools} == after
    assert change.difference == sum(after.values()) - sum(before.values())
    assert change.difference == sum(one.after - one.before for one in seen.stages) > 0
