"""Every kind of report on paper can be listened to, is small, and names nobody where nobody looks for a name.

A further kind is covered as soon as it is one of KINDS; what else it is asked for stands in MORE.
"""

import json
import re

import pdfua
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from lessons.models import Finding, VisitRecord
from pupils.models import Assessment, Place
from reports.build import render
from reports.kinds import KINDS, figures_of
from reports.kinds.steering import PARTS
from reports.models import ABOUT, Report
from tests.pdfs import elements, pages
from tests.report_figures import AFTER, headings, in_order
from tests.world import build_world

pytestmark = pytest.mark.django_db
MORE = {Report.Kind.STEERING: {"parts": list(PARTS)}}


@pytest.fixture
def ours():
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    return corner


def example(corner, kind):
    """The figures of a real report of this kind, as JSON holds them."""
    subjects = {
        "school": corner.school,
        "partnership": corner.partnership,
        "specialist": corner.specialist,
        "area": corner.partnership.area,
        "data_point": corner.programme.data_points.last(),
    }
    about = {name: subjects[name] for name in ABOUT[kind]}
    report = Report(kind=kind, programme=corner.programme, **about, **MORE.get(kind, {}))
    return json.loads(json.dumps(figures_of(report)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_listened_to_and_names_nobody_in_its_metadata(ours, kind, tmp_path):
    figures = example(ours, kind)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        data = render(kind, figures, AFTER)

    assert len(asked) == 0
    assert len(data) < 300_000
    assert in_order(headings(data))
    pdf, found = elements(data)
    kids = {name: [e for e in found if name == e.S] for name in ("/TH", "/Table", "/Figure")}
    assert {str(e.A.Scope) for e in kids["/TH"]} <= {"/Row", "/Column"}
    assert all(any(kid.S == "/Caption" for kid in table.K) for table in kids["/Table"])
    assert all(str(e.Alt).strip() for e in kids["/Figure"])
    assert str(pdf.docinfo.Title)
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_outline() as outline:
        assert outline.root[0].children
    said = str(dict(pdf.docinfo)) + pdf.Root.Metadata.read_bytes().decode()
    names = {person.last_name for person in User.objects.all()} | {ours.pupil.first_name, ours.pupil.last_name}
    assert {name for name in names if name in said} == set()
    (tmp_path / "report.pdf").write_bytes(data)
    assert list(pdfua.validate(str(tmp_path / "report.pdf")).findings) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_of_every_kind_says_which_it_is(ours, kind):
    found = pages(render(kind, example(ours, kind), AFTER))

    for number, page in enumerate(found, 1):
        assert page.endswith(f"3 July 2009, page {number} of {len(found)}")


NASTY = "<script>alert(1)</script> \u05d1\u05d9\u05ea \u0645\u062f\u0631\u0633\u0629 {{ f }} " + "Long " * 28


def name_everything(corner):
    """The school, the programme, the area and the people are called something that no template may trip over."""
    for row in (corner.school, corner.programme, corner.partnership.area):
        row.name = NASTY[: row._meta.get_field("name").max_length].strip()
        row.save()
    User.objects.update(first_name="</p><svg onload=x>", last_name="\u202eabc")
    corner.partnership.refresh_from_db()
    corner.specialist.refresh_from_db()


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_breaks_any_kind(ours, kind):
    name_everything(ours)

    data = render(kind, example(ours, kind), AFTER)

    assert "alert(1)" in "".join(" ".join(pages(data)).split())
    assert in_order(headings(data))
    assert len(data) < 300_000


def without_grades():
    Assessment.objects.update(grade=None, reason="absent", is_automatic=False)


def without_pupils():
    Assessment.objects.all().delete()
    Place.objects.all().delete()


def without_anything():
    without_pupils()
    VisitRecord.objects.all().delete()
    Finding.objects.all().delete()


@pytest.mark.parametrize("emptied", [without_grades, without_pupils, without_anything])
@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_there_every_kind_says_so(ours, kind, emptied):
    emptied()

    data = render(kind, example(ours, kind), AFTER)

    assert in_order(headings(data))
    assert not re.search(r"\bNone\b(?! is shared)|\bnan\b|\{\{", " ".join(pages(data)))
