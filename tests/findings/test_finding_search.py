"""The library is searched in words of any form, mistyped ones too, and shows what is found without letting it in."""

import pytest
from django.urls import reverse

from lessons.library import searching
from lessons.library.searching import in_html
from lessons.models import Finding
from tests.findings.found import everybody, shown_to, write
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def headlines(response):
    return [finding.headline for finding, _, _ in response.context["found"]]


@pytest.fixture
def three(group, as_person):
    """Three findings of one study, and a browser of one of its members."""
    words = {"context": "", "did": "", "saw": "", "surprises": "", "next": ""}
    shown_to(group, "programme", headline="Predicting helps", know="Fractions were easy.", themes="maths", **words)
    shown_to(group, "programme", headline="Fraction walls", know="They predicted more.", themes="talk", **words)
    shown_to(group, "school", headline="Talk first", technique="Fractions aloud", know="x", themes="maths", **words)
    return as_person(group.sara)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("predict", ["Predicting helps", "Fraction walls"]),
        ("fractions", ["Fraction walls", "Talk first", "Predicting helps"]),
        ("fractions -walls", ["Talk first", "Predicting helps"]),
        ('"fraction walls"', ["Fraction walls"]),
        ("predict walls", ["Fraction walls"]),
        ("helps or aloud", ["Predicting helps", "Talk first"]),
        ("", ["Talk first", "Fraction walls", "Predicting helps"]),
        ("   ", ["Talk first", "Fraction walls", "Predicting helps"]),
        ("zebra", []),
        ("' & | ! ( ) <-> :* \\", []),
    ],
)
def test_words_find_and_headlines_come_first(three, asked, found):
    answer = three.get(reverse("lessons:findings"), {"q": asked})

    assert sorted(headlines(answer)) == sorted(found) if "or" in asked else headlines(answer) == found


@pytest.mark.parametrize(
    ("asked", "mended"),
    [("fractoins", "fractions"), ("predcting helps", "predicting helps"), ("Fracton waals", "fraction walls")],
)
def test_a_mistyped_word_is_read_as_the_nearest_one(three, asked, mended):
    answer = three.get(reverse("lessons:findings"), {"q": asked})

    assert answer.context["search"].mended == mended
    assert headlines(answer)
    assert f"Did you mean {mended}" in text_of(answer)


def test_what_is_not_shown_to_a_reader_mends_no_word_of_theirs(as_person):
    group = everybody()
    shown_to(group, "school", headline="Manipulatives help")
    other = as_person(group.people["teacher beside"]).get(reverse("lessons:findings"), {"q": "manipulativs"})

    assert "anipulatives" not in text_of(other)


def test_filters_narrow_and_what_is_not_offered_does_not(three):
    address = reverse("lessons:findings")

    by = {
        name: len(headlines(three.get(address, asked)))
        for name, asked in {
            "theme": {"theme": "maths"},
            "technique": {"technique": "Fractions aloud"},
            "subject": {"subject": "maths"},
            "year": {"year": "5"},
            "audience": {"audience": "school"},
            "both": {"theme": "maths", "audience": "programme"},
            "wrong": {"theme": "x", "year": "99", "subject": "x", "programme": "x", "page": "x"},
            "words too": {"theme": "maths", "q": "predict"},
        }.items()
    }

    assert by == {
        "theme": 2,
        "technique": 1,
        "subject": 3,
        "year": 3,
        "audience": 1,
        "both": 1,
        "wrong": 3,
        "words too": 1,
    }


def test_what_is_found_is_marked_and_nothing_written_becomes_a_tag(group, as_person):
    text = "<script>alert(1)</script> fractions & <b>walls</b> \x02 fractions \x03"
    shown_to(group, "programme", headline="<i>Fractions</i> & more", know=text)

    page = as_person(group.pat).get(reverse("lessons:findings"), {"q": "fraction"}).content.decode()

    assert "<mark>Fractions</mark>" in page or "<mark>fractions</mark>" in page
    assert not any(tag in page for tag in ("<script>alert", "<b>walls", "<i>Fractions"))


def test_only_whole_marks_become_marks():
    assert in_html("a \x02b\x03 <c> \x02d") == "a <mark>b</mark> &lt;c&gt; d"


def test_the_words_by_which_it_is_found_follow_what_is_published(group):
    finding = shown_to(group, "programme")
    found = Finding.objects.filter(search="rehearsal").exists()
    write(group.sara, finding, technique="Something else")
    still = Finding.objects.filter(search="rehearsal").exists()

    finding.technique = "Sorting cards"
    finding.save(update_fields=["technique"])

    assert (found, still, Finding.objects.filter(search="rehearsal").exists()) == (True, True, False)
    assert Finding.objects.filter(search="card").exists()


def test_pages_of_twenty_keep_what_was_asked(group, as_person):
    for _ in range(21):
        shown_to(group, "group", headline="Talk first")

    answer = as_person(group.sara).get(
        reverse("lessons:findings"), {"q": "talk", "theme": "talk for writing", "page": 2}
    )

    assert (answer.context["page_obj"].paginator.count, len(answer.context["found"])) == (21, 1)
    assert answer.context["query"] == "q=talk&theme=talk+for+writing"


@pytest.mark.parametrize("weighed", [3, 20, 500])
def test_however_many_are_weighed_every_one_is_on_one_page_and_no_page_is_empty(group, monkeypatch, weighed):
    monkeypatch.setattr(searching, "MOST_WEIGHED", weighed)
    wanted = {shown_to(group, "group", headline=f"Talk {number}").pk for number in range(7)}
    rows = Finding.objects.allowed(group.sara, "findings.view")

    pages = [searching.searched(rows, "talk", page, size=3) for page in (1, 2, 3, 99)]

    assert {page.count for page in pages} == {7}
    assert [len(page.keys) for page in pages] == [3, 3, 1, 1]
    assert {key for page in pages for key in page.keys} == wanted
