"""A finding is drafted from its study, written together, read by others, put on paper, and built on."""

import datetime as dt
import io

import pikepdf
import pytest
from django.urls import reverse

from lessons.models import Finding, FindingCitation, NoteRevision, ResearchLesson, Sheet
from lessons.services import booklets
from lessons.services.booklets import build_booklet
from lessons.services.findings import consent, withdraw
from tests.findings.found import WORDS, everybody, found_by, leave, shown_to, study_of, write
from tests.pdfs import pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def lesson_of(study, number, **talk):
    sheet = Sheet.objects.create(programme=study.partnership.programme)
    started = {"started_at": dt.datetime(2026, 11, number, 9, tzinfo=dt.UTC), "started_by": study.begun_by}
    ResearchLesson.objects.create(study=study, number=number, sheet=sheet, **started)
    for field, text in talk.items():
        sheet.notes.create(field=field.replace("_", "-"), text=text, version=1, written_by=study.begun_by)


def test_a_draft_begins_with_what_the_study_and_its_discussions_say(group, as_person):
    study = study_of(group)
    for field, text in {"question": "from each other", "technique": "Talk\npartners"}.items():
        study.sheet.notes.create(field=field, text=text, version=1, written_by=group.sara)
    lesson_of(study, 1, talk_technique="A spoke first.", talk_adjust="Shorter steps.", talk_next="Try pairs.")
    lesson_of(study, 2, talk_learned_7="Wait longer.", talk_surprises="B sang.", talk_next="Try threes.")
    begin = reverse("lessons:finding_begin", args=[study.pk])

    first = as_person(group.sara).post(begin)
    again = as_person(group.sara).post(begin)

    finding = Finding.objects.get()
    assert first.url == again.url == reverse("lessons:finding_write", args=[finding.pk])
    assert finding.sheet.texts == {
        "context": "Maths, Year 5.\n\nWe want to find out how to improve the way pupils learn from each other",
        "technique": "Talk partners",
        "did": "We planned, taught and discussed 2 research lessons together.\n\nShorter steps.",
        "saw": "A spoke first.",
        "know": "Wait longer.",
        "surprises": "B sang.",
        "next": "Try threes.",
    }


def test_a_study_of_which_nothing_is_written_gives_an_empty_draft(group, as_person):
    study = study_of(group)

    page = as_person(group.pat).post(reverse("lessons:finding_begin", args=[study.pk]), follow=True)

    assert page.status_code == 200
    assert Finding.objects.get().sheet.texts == {"context": "Maths, Year 5."}


def test_what_is_typed_is_saved_by_itself_and_two_texts_for_one_box_are_both_kept(group, as_person):
    finding = found_by(group)
    save = reverse("lessons:finding_save", args=[finding.pk])
    client = "0" * 8 + "-0000-4000-8000-" + "0" * 12

    def sends(person, text, base):
        cells = [{"field": "know", "text": text, "base": base, "seq": person.pk}]
        sent = {"who": person.pk, "client": client.replace("4", str(person.pk % 9 + 1), 1), "cells": cells, "since": 0}
        return as_person(person).post(save, sent, content_type="application/json")

    first, second = sends(group.sara, "One", 1), sends(group.pat, "Two", 1)

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["cells"]["know"]["theirs"] == "One"
    assert set(NoteRevision.objects.filter(field="know").values_list("text", flat=True)) == {
        WORDS["know"],
        "One",
        "Two",
    }


def test_words_of_someone_who_has_left_are_kept_beside_it(group, as_person):
    finding = found_by(group)
    leave(finding.study, group.pat)
    address = reverse("lessons:finding_write", args=[finding.pk])

    told = as_person(group.pat).post(address, {"know": "Mine", "base-know": "1", "client": "x", "seq": "0"})
    seen = as_person(group.sara).get(reverse("lessons:finding_agree", args=[finding.pk]))

    assert (told.status_code, "Your words are kept" in text_of(told)) == (409, True)
    assert as_person(group.pat).get(address).status_code == 404
    assert "Mine" in text_of(seen)
    assert finding.sheet.texts["know"] == WORDS["know"]


def test_the_public_page_names_nobody_and_asks_for_no_sign_in(group, client):
    finding = shown_to(group, "public")
    text = client.get(reverse("lessons:finding_public", args=[finding.slug])).content.decode()

    assert "Three times aloud is enough" in text
    assert "noindex" not in text
    names = [group.sara.last_name, group.pat.last_name, group.home.name, group.school.name]
    assert [name for name in names if name in text] == []
    assert "rehearsal" not in finding.slug


@pytest.mark.parametrize("audience", ["group", "school", "programme"])
def test_no_other_finding_has_a_public_page(group, client, audience):
    finding = shown_to(group, audience)

    answers = [
        client.get(reverse(f"lessons:finding_public{more}", args=[finding.slug])).status_code
        for more in ("", "_poster")
    ]

    assert answers == [404, 404]


def test_the_title_of_a_poster_holds_nothing_that_somebody_typed(group, as_person):
    row = shown_to(group, "programme", headline="Zoe Quill wrote more")

    poster = as_person(group.sara).get(reverse("lessons:finding_poster", args=[row.pk])).content

    with pikepdf.open(io.BytesIO(poster)) as pdf:
        assert str(pdf.docinfo["/Title"]).startswith("A finding, ")
        assert b"Zoe" not in bytes(pdf.Root.Metadata.read_bytes())


def test_a_poster_is_one_page_however_much_is_said(group, as_person):
    short = shown_to(group, "public")
    words = dict.fromkeys(("did", "saw", "know", "next"), "Many words were said. " * 600)
    long = shown_to(group, "group", headline="Long " * 60, **words)

    pdfs = [
        as_person(group.sara).get(reverse("lessons:finding_poster", args=[row.pk])).content for row in (short, long)
    ]

    assert [len(pikepdf.open(io.BytesIO(pdf)).pages) for pdf in pdfs] == [1, 1]
    words = " ".join(pages(pdfs[0]))
    assert "Saying a sentence aloud first" in words
    assert f"/findings/public/{short.slug}/" in words.replace("\u200b", "")
    assert not any(name in words for name in (group.sara.last_name, group.pat.last_name))


def test_a_booklet_has_the_chosen_ones_in_order_with_their_pages(group, as_person):
    rows = [shown_to(group, "group", headline=f"Finding number {n}") for n in range(3)]
    first, second, third = rows
    client, address = as_person(group.sara), reverse("lessons:booklet_choose")
    chosen = client.get(address, {"finding": [third.pk, first.pk, second.pk]})

    asked = {"title": "Our year", "finding": [row.pk for row in rows]}
    asked |= {f"place-{first.pk}": "2", f"place-{second.pk}": "", f"place-{third.pk}": "1"}
    page = client.post(address, asked, follow=True)
    booklet = page.context["booklet"]
    build_booklet_of(booklet)
    download = client.get(reverse("lessons:booklet_download", args=[booklet.pk]))
    text = " ".join(pages(b"".join(download)))

    assert [row.pk for row, _ in chosen.context["rows"]] == [third.pk, first.pk, second.pk]
    assert booklet.chosen == [third.pk, first.pk]
    assert text.count("Finding number 2") == text.count("Finding number 0") == 2
    assert "Finding number 1" not in text
    assert text.index("Finding number 2") < text.index("Finding number 0")


def build_booklet_of(booklet):
    job = type(booklet).objects.claim(booklet.pk)
    build_booklet(job)


@pytest.mark.parametrize(
    ("place", "told"), [("x", "is no place in the booklet"), ("", "Nothing is chosen"), ("-1", "is no place")]
)
def test_a_booklet_without_an_order_is_asked_for_again(group, as_person, place, told):
    finding = shown_to(group, "group")
    asked = {"title": "T", "finding": finding.pk, f"place-{finding.pk}": place}

    answer = as_person(group.sara).post(reverse("lessons:booklet_choose"), asked)

    assert (answer.status_code, told in answer.content.decode()) == (422, True)


def test_a_booklet_holds_nothing_that_its_reader_may_not_read_and_is_not_handed_out_after_a_withdrawal(as_person):
    group = everybody()
    shown, hidden = shown_to(group, "programme"), shown_to(group, "school")
    reader = group.people["teacher beside"]
    booklet = booklets.order_booklet(reader, "T", [shown.pk, hidden.pk])
    build_booklet_of(booklet)
    client, address = as_person(reader), reverse("lessons:booklet_download", args=[booklet.pk])
    before = client.get(address)
    held = b"".join(before)

    withdraw(group.sara, shown)
    after = client.get(address, follow=True)

    booklet.refresh_from_db()
    assert booklet.versions == {str(shown.pk): shown.version}
    assert held.startswith(b"%PDF")
    assert "was changed or withdrawn since it was made" in text_of(after)


def test_a_study_builds_on_a_finding_and_the_finding_says_so_to_whoever_may_read_the_study(as_person):
    group = everybody()
    finding, study = shown_to(group, "programme"), study_of(group.beside)
    sara, page = group.beside.sara, reverse("lessons:finding", args=[finding.pk])
    cite = reverse("lessons:finding_cite", args=[finding.pk])

    for _ in range(2):
        as_person(sara).post(cite, {"study": study.pk})
    theirs = text_of(as_person(sara).get(page))
    ours = text_of(as_person(group.sara).get(page))
    crafted = [as_person(group.sara).post(cite, {"study": number}).status_code for number in (study.pk, "x", "")]

    assert FindingCitation.objects.count() == 1
    assert "Your study in Maths, Year 5, Hill School builds on it" in theirs
    assert "Built on by 1 study ." in ours.replace("study.", "study .")
    assert "Hill School" not in ours
    assert crafted == [404, 404, 404]


def test_a_citation_is_taken_back_by_a_member(as_person):
    group = everybody()
    finding, study = shown_to(group, "programme"), study_of(group.beside)
    citation = FindingCitation.objects.create(study=study, finding=finding, added_by=group.beside.sara)
    address = reverse("lessons:finding_uncite", args=[citation.pk])

    others = as_person(group.sara).post(address).status_code
    own = as_person(group.beside.pat).post(address, {"from": "finding"}, follow=True)

    assert (others, own.status_code, FindingCitation.objects.count()) == (404, 200, 0)


def test_a_published_page_keeps_to_its_text_while_a_new_one_is_written(group, as_person):
    finding = shown_to(group, "group")
    write(group.sara, finding, know="Quite new words.")
    consent(group.sara, finding, "group", finding.sheet.version)

    page = text_of(as_person(group.pat).get(reverse("lessons:finding", args=[finding.pk])))

    assert "Three times aloud is enough" in page
    assert "Quite new words" not in page
    assert "By Dele Marsh and Ada Moss" in page


def test_an_author_sees_their_unfinished_findings_in_the_library(group, as_person):
    finding = found_by(group)
    consent(group.sara, finding, "programme", finding.sheet.version)

    page = text_of(as_person(group.pat).get(reverse("lessons:findings")))

    assert "Waiting for Dele Marsh to agree to the programme reading it" in page
