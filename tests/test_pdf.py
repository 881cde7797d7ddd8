import datetime as dt
import re
import socket
from pathlib import Path

import pdfua
import pytest
import weasyprint
from django.conf import settings as project

from papers.charts import bar, dumbbell
from papers.pdf import render_pdf
from papers.typesetting import FontMissing, MayNotLoad, NotReadable, OwnFilesOnly
from tests.charts import SUB_LEVELS, group, place
from tests.pdfs import elements, pages

# No test here is marked for the database: pytest-django lets none of them ask it anything.

MADE_AT = dt.datetime(2009, 7, 3, 10, 42, tzinfo=dt.UTC)
PAGE = (
    '<!doctype html><html lang="en-GB"><head><title>A title</title>{head}</head><body><h1>Head</h1>{body}</body></html>'
)
KIND = "School impact report 2008-09"
REPORT = """{% extends "papers/pdf.html" %}
{% block under_subject %}<p class="meta">Made on <span class="made">3 July 2009</span>.</p>{% endblock %}
{% block content %}
<section><h2 class="first">What changed?</h2>
<h3>Each target pupil</h3>
{% for c in charts %}{% include "papers/_dumbbell.html" with c=c only %}
{% include "papers/_legend.html" with c=c only %}{% endfor %}
<h3>The grades</h3>
<table><caption>Grades</caption>
<thead><tr><th scope="col">Pupil</th><th scope="col">October</th><th scope="col">Share</th></tr></thead>
{% for each in groups %}<tbody>{% for row in each.rows %}<tr><th scope="row">{{ row.label }}</th>
<td>{{ row.first }}</td><td>{% include "papers/_bar.html" with b=bar only %}</td></tr>{% endfor %}</tbody>{% endfor %}
</table>
<h2>What next</h2><p>{{ note }}</p></section>
{% endblock %}"""


@pytest.fixture
def render(settings, tmp_path):
    """Renders the text of a template."""
    settings.TEMPLATES = [project.TEMPLATES[0] | {"DIRS": [tmp_path, *project.TEMPLATES[0]["DIRS"]]}]

    def run(text, **context):
        (tmp_path / "sample.html").write_text(text)
        return render_pdf("sample.html", context, made_at=MADE_AT)

    return run


@pytest.fixture
def report(render):
    def run(school="Mistley Quay Primary School", number=4, note="Nothing."):
        groups = [group(*[place(f"Pupil {n}", "3b", "4b") for n in range(number)], level="3a")]
        charts = dumbbell(SUB_LEVELS, groups, 3)
        return render(REPORT, kind=KIND, subject=school, charts=charts, groups=groups, note=note, bar=bar(73, 50))

    return run


# For those who listen to it ---------------------------------------------------------------------------------------


def test_headings_come_in_order_and_are_the_bookmarks(report):
    pdf, found = elements(report())

    assert [str(e.S)[1:] for e in found if re.fullmatch(r"/H\d", str(e.S))] == ["H1", "H2", "H3", "H3", "H2"]
    with pdf.open_outline() as outline:
        (top,) = outline.root
        assert top.title == "Mistley Quay Primary School"
        assert [item.title for item in top.children] == ["What changed?", "What next"]


def test_every_header_cell_has_its_scope(report):
    _, found = elements(report(number=70))

    scopes = [str(e.A.Scope) for e in found if e.S == "/TH"]
    assert scopes.count("/Row") == 70
    assert scopes.count("/Column") == len(scopes) - 70 >= 3
    assert all(e.A.O == "/Table" for e in found if e.S == "/TH")


def test_every_figure_has_its_words(report):
    _, found = elements(report())

    alternatives = [str(e.Alt) for e in found if e.S == "/Figure"]
    assert alternatives[0].startswith("Chart of grades in October and in Summer for each target pupil")
    assert "Pupil 3 3b to 4b, +6 points, more than expected" in alternatives[0]
    assert alternatives[1:] == [
        "Open circle",
        "Filled circle",
        "Pale bar ending in an upright line",
        *["73%, the target is 50%"] * 4,
    ]


def test_the_document_says_its_language_and_title_and_names_no_person(report):
    pdf, _ = elements(report())

    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert {key: str(value) for key, value in pdf.docinfo.items()} == {
        "/Author": "Lesson Study",
        "/Creator": "Lesson Study",
        "/Title": "School impact report 2008-09: Mistley Quay Primary School",
        "/CreationDate": "D:20090703104200+00'00",
        "/ModDate": "D:20090703104200+00'00",
        "/Producer": f"WeasyPrint {weasyprint.__version__}",
    }
    assert b"Pupil" not in pdf.Root.Metadata.read_bytes()


def test_what_a_template_says_about_people_stays_out_of_the_metadata(render):
    head = '<meta name="author" content="Ann Secret"><meta name="keywords" content="Ann Secret">'
    head += '<meta name="description" content="Ann Secret"><meta name="pupil" content="Ann Secret">'

    pdf, _ = elements(render(PAGE.format(head=head, body="")))

    assert "Secret" not in str(dict(pdf.docinfo))
    assert b"Secret" not in pdf.Root.Metadata.read_bytes()


def test_the_checker_of_pdf_ua_finds_nothing(report, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(report(number=70))

    checked = pdfua.validate(str(path))

    assert list(checked.findings) == []
    # Its heading rule breaks on any array in the tree (0.1.3); the order of the headings is tested above.
    assert {outcome.rule_id for outcome in checked.outcomes if outcome.skipped_reason} <= {"UA-14-001"}


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<!doctype html><html lang='en'><head></head><body><p>x</p></body></html>", "a title and a language"),
        (
            "<!doctype html><html lang='en'><head><title> </title></head><body><p>x</p></body></html>",
            "a title and a language",
        ),
        ("<!doctype html><html><head><title>x</title></head><body><p>x</p></body></html>", "a title and a language"),
        (
            PAGE.format(head="", body='<svg viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'),
            "a figure of a PDF needs",
        ),
        (PAGE.format(head="", body='<svg viewBox="0 0 9 9"><title> </title></svg>'), "a figure of a PDF needs"),
        (PAGE.format(head="", body='<img src="static:img/icon.svg">'), "has no required alt description"),
    ],
)
def test_a_document_that_cannot_be_read_out_is_refused(render, page, why):
    with pytest.raises(NotReadable, match=why):
        render(page)


def test_a_drawing_that_fails_stops_the_paper(report, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("weasyprint.svg.SVG.draw", fail)

    with pytest.raises(NotReadable, match="Failed to render SVG image"):
        report()


# Own files only ---------------------------------------------------------------------------------------------------

FORBIDDEN = {
    "a picture of this machine": '<img src="file:///etc/passwd" alt="x">',
    "a picture of the web": '<img src="http://127.0.0.1:9/x.png" alt="x">',
    "a picture of the same scheme": '<img src="//127.0.0.1:9/x.png" alt="x">',
    "a picture in the text": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="x">',
    "a picture beside it": '<img src="x.png" alt="x">',
    "a picture under a base": '<base href="http://127.0.0.1:9/"><img src="x.png" alt="x">',
    "a static name that climbs": '<img src="static:../../lessonstudy/settings.py" alt="x">',
    "a static name that climbs, encoded": '<img src="static:%2e%2e/%2e%2e/lessonstudy/settings.py" alt="x">',
    "a static name that there is not": '<img src="static:img/none.svg" alt="x">',
    "a background": '<p style="background: url(file:///etc/passwd)">x</p>',
    "a mark of a list": '<ul><li style="display: list-item; list-style: url(http://127.0.0.1:9/x.png)">x</li></ul>',
    "a content": "<style>p::before { content: url(http://127.0.0.1:9/x.png) }</style><p>x</p>",
    "an object": '<object data="file:///etc/passwd">x</object>',
    "an embedded file": '<embed src="file:///etc/passwd">',
    "a stylesheet": '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    "an imported stylesheet": "<style>@import url(http://127.0.0.1:9/x.css);</style>",
    "an imported stylesheet of this machine": '<style>@import "file:///etc/passwd";</style>',
    "a font": "<style>@font-face { font-family: x; src: url(file:///etc/passwd) } p { font-family: x }</style><p>x</p>",
    "a colour profile": '<style>@color-profile --x { src: url("http://127.0.0.1:9/x.icc") }</style>',
    "a picture in a drawing": '<svg viewBox="0 0 9 9"><title>x</title>'
    '<image href="file:///etc/passwd" width="9" height="9"/></svg>',
    "a picture in a drawing, the old way": '<svg viewBox="0 0 9 9"><title>x</title>'
    '<image xlink:href="http://127.0.0.1:9/x.png" width="9" height="9"/></svg>',
    "an attached file": '<link rel="attachment" href="file:///etc/passwd">',
    "an attached file of ours": '<link rel="attachment" href="static:pdf/report.css">',
    "an attached file behind words": '<p><a rel="attachment" href="file:///etc/passwd">x</a></p>',
}


@pytest.fixture
def nothing_opened(monkeypatch):
    """Fails when the loader of WeasyPrint, a socket or a file of this machine is opened."""
    opened = []
    read_bytes = Path.read_bytes

    def refuse(*arguments, **_):
        opened.append(arguments)
        raise OSError("opened")

    def read_own(path):
        if not path.is_relative_to(project.BASE_DIR / "static"):
            opened.append(path)
        return read_bytes(path)

    monkeypatch.setattr(weasyprint.URLFetcher, "fetch", refuse)
    monkeypatch.setattr(weasyprint.URLFetcher, "open", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(Path, "read_bytes", read_own)
    yield
    assert opened == []


@pytest.mark.usefixtures("nothing_opened")
@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_is_not_ours_is_neither_loaded_nor_passed_over(render, body):
    with pytest.raises(MayNotLoad):
        render(PAGE.format(head="", body=body))


@pytest.mark.usefixtures("nothing_opened")
def test_a_stylesheet_that_a_drawing_imports_stops_the_paper(render):
    body = '<svg viewBox="0 0 9 9"><title>x</title><style>@import url(file:///etc/passwd);</style></svg>'

    with pytest.raises(NotReadable, match="Failed to load inline SVG"):
        render(PAGE.format(head="", body=body))


@pytest.mark.usefixtures("nothing_opened")
@pytest.mark.parametrize(
    "body",
    [
        '<svg viewBox="0 0 9 9"><title>x</title><use href="http://127.0.0.1:9/x.svg#a"/></svg>',
        '<iframe src="file:///etc/passwd"></iframe><script src="http://127.0.0.1:9/x.js"></script>',
        '<link rel="icon" href="http://127.0.0.1:9/x.ico"><a href="http://127.0.0.1:9/">x</a>',
    ],
)
def test_what_weasyprint_does_not_know_is_not_loaded_either(render, body):
    assert render(PAGE.format(head="", body=body)).startswith(b"%PDF-1.7")


@pytest.mark.usefixtures("nothing_opened")
@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_people_typed_is_text(report, body):
    data = report(school=body, note=body)

    assert "".join(body.split()) in "".join(" ".join(pages(data)).split()).replace("\u00ad", "").replace("\ufffe", "-")


WAYS = [
    '<img src="{}" alt="x">',
    "<style>@import url({});</style>",
    '<style>@import "{}";</style>',
    '<link rel="stylesheet" href="{}">',
    '<link rel="attachment" href="{}">',
    '<a rel="attachment" href="{}">x</a>',
    '<p style="background: url({})">x</p>',
    "<style>@font-face {{ font-family: x; src: url({}) }}</style>",
    '<object data="{}">x</object>',
    '<embed src="{}">',
    '<iframe src="{}"></iframe>',
    '<base href="{}"><img src="x.png" alt="x">',
    '<svg><image href="{}" width="9" height="9"/></svg>',
    '<svg><use href="{}#a"/></svg>',
]
WHAT = [
    "file:///etc/passwd",
    "http://127.0.0.1:9/x",
    "//127.0.0.1:9/x",
    "ftp://127.0.0.1/x",
    "static:../../lessonstudy/settings.py",
    "data:image/svg+xml,<svg/>",
]


@pytest.mark.usefixtures("nothing_opened")
@pytest.mark.parametrize("way", WAYS)
def test_whatever_way_people_type_to_load_something_nothing_is_fetched(report, way):
    """Fourteen ways, each to six places: 84 in all."""
    vectors = [way.format(what) for what in WHAT]

    data = report(school=vectors[0], number=1, note=" | ".join(vectors))

    text = "".join(" ".join(pages(data)).split()).replace("\u00ad", "").replace("\ufffe", "-")
    assert [vector for vector in vectors if "".join(vector.split()) not in text] == []


def test_own_pictures_and_stylesheets_are_loaded(render):
    head = '<link rel="stylesheet" href="static:pdf/report.css">'

    assert render(PAGE.format(head=head, body='<p><img src="static:img/icon.svg" alt="Icon"></p>')).startswith(
        b"%PDF-1.7"
    )


def test_a_stylesheet_that_is_missing_is_an_error_like_any_other(render):
    render(PAGE.format(head="", body=""))

    with pytest.raises(MayNotLoad, match=r"pdf/none\.css"):
        render_pdf("sample.html", {}, stylesheets=("pdf/none.css",))


def test_a_font_that_is_missing_is_set_in_no_other(render):
    head = "<style>@font-face { font-family: x; src: url(static:fonts/none.woff2) } p { font-family: x }</style>"

    with pytest.raises(FontMissing, match=r"none\.woff2 is missing, run `make static`"):
        render(PAGE.format(head=head, body="<p>not here</p>"))
    with pytest.raises(FileNotFoundError):
        OwnFilesOnly().fetch("static:fonts/none.woff2")


# The same paper ---------------------------------------------------------------------------------------------------


def test_the_same_values_give_the_same_bytes(report):
    once = report()
    report(school="Another school", number=30)

    assert report() == once


def test_header_and_footer_say_what_of_whom_when_and_which_page(report):
    first, *others = pages(report(number=70))

    assert first.endswith(f"Mistley Quay Primary School 3 July 2009, page 1 of {len(others) + 1}")
    assert others
    for number, text in enumerate(others, 2):
        assert text.endswith(
            f"School impact report 2008-09 Mistley Quay Primary School 3 July 2009, page {number} of {len(others) + 1}"
        )


def test_a_name_of_200_characters_is_whole_in_heading_and_footer(report):
    name = "Wolstenholme" * 16 + "St James"

    _, found = elements(report(school=name))
    (text,) = pages(report(school=name))

    assert "".join(text.split()).count(name.replace(" ", "")) == 2
    assert len([e for e in found if e.S == "/H1"]) == 1


@pytest.mark.parametrize("name", ["Łukasz Żółć", "محمد علي", "小明", "👩‍🏫 \U0010fffd", "a\u0301\u202e\u200b"])
def test_any_script_comes_through(report, name):
    assert report(school=name, note=name).startswith(b"%PDF-1.7")


def test_letters_of_two_font_files_are_not_mixed_up(report):
    assert "Łukasz Żółć, Ağaoğlu" in pages(report(note="Łukasz Żółć, Ağaoğlu"))[0]


def test_the_fonts_are_ours_and_embedded(report):
    pdf, _ = elements(report())

    fonts = [font.DescendantFonts[0] for page in pdf.pages for font in page.Resources.Font.as_dict().values()]
    assert {str(font.BaseFont).split("+")[1][:29] for font in fonts} == {"Atkinson-Hyperlegible-Next"} | {
        str(font.BaseFont).split("+")[1][:29] for font in fonts if "Bold" in str(font.BaseFont)
    }
    assert all("/FontFile2" in font.FontDescriptor for font in fonts)
