"""A finding that leads nowhere is set aside by its authors: out of the way, with its words, until taken up again."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from lessons.exports.bundle import findings_in_words
from lessons.library.standing import standing_of
from lessons.models import Finding, NoteRevision
from lessons.pages.studies import study_page
from lessons.services.findings import (
    IsSetAside,
    StillShown,
    begin_finding,
    cite,
    consent,
    set_aside,
    take_up,
    withdraw,
)
from tests.findings.found import WORDS, everybody, found_by, leave, shown_to, study_of, write
from tests.reading import text_of
from tests.together import at_once

pytestmark = pytest.mark.django_db


def address(name, finding):
    return reverse(f"lessons:finding_{name}", args=[finding.pk])


def aside(group, **words):
    finding = found_by(group, **words)
    set_aside(group.sara, finding)
    finding.refresh_from_db()
    return finding


def test_an_author_sets_a_draft_aside_and_it_leaves_the_lists_with_its_words_kept(group, as_person):
    finding = found_by(group)
    client = as_person(group.pat)
    before = text_of(client.get(reverse("lessons:findings")))

    told = client.post(address("set_aside", finding), follow=True)
    library = text_of(client.get(reverse("lessons:findings")))
    page = study_page(group.sara, finding.study)

    finding.refresh_from_db()
    assert (finding.set_aside_by, WORDS["headline"] in before, WORDS["headline"] in library) == (group.pat, True, False)
    assert "Set aside. Its words are kept in the list “Set aside”" in text_of(told)
    assert (page.findings, [line.finding for line in page.set_aside]) == ([], [finding])
    assert finding.sheet.texts == WORDS
    assert AuditEvent.objects.filter(did="findings.set aside").count() == 1


def test_members_find_it_in_a_closed_list_with_who_and_when_and_take_it_up_again(group, as_person):
    finding = aside(group)
    client, study = as_person(group.pat), reverse("lessons:study", args=[finding.study_id])

    page = client.get(study)
    read = text_of(client.get(address("agree", finding)))
    told = client.post(address("take_up", finding), follow=True)

    finding.refresh_from_db()
    html = page.content.decode()
    assert "<details" in html[: html.index("Set aside by Ada Moss on")]
    assert "Take it up again" in text_of(page)
    assert WORDS["know"] in read
    assert "Set aside by Ada Moss on" in read
    assert "I agree that this text is read by" not in read
    assert finding.set_aside_at is finding.set_aside_by is None
    assert "It is a draft again" in text_of(told)
    assert [line.finding for line in study_page(group.sara, finding.study).findings] == [finding]


def test_nobody_but_the_members_sees_that_something_was_set_aside(as_person):
    group = everybody()
    finding = aside(group)
    reader = group.people["head of partner school"]

    page = as_person(reader).get(reverse("lessons:study", args=[finding.study_id]))
    answers = [
        as_person(person).post(address(name, finding)).status_code
        for person in (reader, group.beside.sara)
        for name in ("set_aside", "take_up")
    ]

    assert "Set aside" not in text_of(page)
    assert answers == [403, 403, 404, 404]


@pytest.mark.parametrize("audience", ["group", "school", "programme", "public"])
def test_while_others_can_read_it_it_is_withdrawn_first(group, as_person, audience):
    finding = shown_to(group, audience)
    client = as_person(group.pat)

    with pytest.raises(StillShown):
        set_aside(group.pat, finding)
    told = text_of(client.post(address("set_aside", finding), follow=True))
    stands = Finding.objects.get(pk=finding.pk)
    withdraw(group.pat, finding)
    done = set_aside(group.pat, finding)

    assert "can read it. Withdraw the finding first, then set it aside." in told
    assert (stands.is_published, stands.set_aside_at, done) == (True, None, True)


def test_its_public_page_says_what_that_of_a_withdrawn_one_says(group, client):
    finding = shown_to(group, "public")
    public = reverse("lessons:finding_public", args=[finding.slug])
    withdraw(group.pat, finding)
    withdrawn = client.get(public)

    set_aside(group.pat, finding)
    after = client.get(public)

    assert (withdrawn.status_code, after.status_code) == (410, 410)
    assert text_of(after) == text_of(withdrawn)


def test_what_was_agreed_to_ends_and_everybody_is_asked_anew_once_it_is_taken_up(group):
    finding = found_by(group)
    version = finding.sheet.version
    consent(group.sara, finding, "programme", version)

    set_aside(group.pat, finding)
    with pytest.raises(IsSetAside):
        consent(group.pat, finding, "programme", version)
    take_up(group.sara, finding)
    shown = consent(group.pat, finding, "programme", version)

    assert shown is False
    assert standing_of(Finding.objects.get(pk=finding.pk)).waits_for == [group.sara]


def test_a_page_that_was_open_changes_nothing_in_it_and_says_what_to_do_first(group, as_person):
    finding = aside(group)
    client = as_person(group.pat)
    version = finding.sheet.version

    told = [
        text_of(client.post(address(name, finding), sent, follow=True))
        for name, sent in [
            ("agree", {"version": version, "audience": "school"}),
            ("name", {"word": "may"}),
            ("file_add", {"label": "Slides"}),
        ]
    ]

    assert [("It is set aside. Take it up again first." in words) for words in told] == [True] * 3
    assert not finding.consents.exists()
    finding.sheet.refresh_from_db()
    assert finding.sheet.version == version


def test_words_that_arrive_once_it_is_set_aside_are_kept_beside_it(group, as_person):
    finding = aside(group)
    client = as_person(group.pat)

    form = client.post(address("write", finding), {"know": "Mine", "base-know": "1", "client": "x", "seq": "0"})
    cells = [{"field": "saw", "text": "Also mine", "base": 1, "seq": 1}]
    sent = {"who": group.pat.pk, "client": "00000000-0000-4000-8000-000000000000", "cells": cells, "since": 0}
    by_itself = client.post(address("save", finding), sent, content_type="application/json")
    page = client.get(address("write", finding))

    assert (form.status_code, "set aside meanwhile" in text_of(form)) == (409, True)
    assert (by_itself.status_code, "set aside meanwhile" in by_itself.json()["words"]) == (410, True)
    assert page.url == address("agree", finding)
    assert finding.sheet.texts == WORDS
    assert set(NoteRevision.objects.filter(made=None).values_list("text", flat=True)) == {"Mine", "Also mine"}


def test_drafting_another_does_not_bring_back_the_one_that_was_set_aside(group):
    study = study_of(group)
    first = begin_finding(group.sara, study)
    set_aside(group.sara, first)

    second = begin_finding(group.sara, study)

    assert first != second


def test_a_group_that_finishes_is_not_told_of_it_as_left_undone(group):
    finding = aside(group)

    assert "a finding is drafted and shown to nobody" not in study_page(group.sara, finding.study).still_open


def test_no_study_begins_to_build_on_it_and_one_that_did_reads_that_it_is_withdrawn(as_person):
    group = everybody()
    finding, study = shown_to(group, "programme"), study_of(group.beside)
    cite(group.beside.sara, study, finding)
    withdraw(group.sara, finding)
    set_aside(group.sara, finding)
    client = as_person(group.beside.sara)

    page = text_of(client.get(reverse("lessons:study", args=[study.pk])))
    answer = client.post(reverse("lessons:finding_cite", args=[finding.pk]), {"study": study.pk})

    assert "Withdrawn by its authors" in page
    assert answer.status_code == 404


def test_the_bundle_holds_every_finding_of_the_study_and_marks_what_was_set_aside(group):
    finding = aside(group)
    another = Finding.objects.create(study=finding.study, sheet=study_of(group).sheet, begun_by=group.sara)
    write(group.pat, another, headline="Another", know="More")

    first, second = findings_in_words(finding.study)

    assert [row["asked"] for row in first["words"]][:2] == ["Headline", "The technique"]
    assert first["words"][0]["answer"]["text"] == WORDS["headline"]
    assert first["set_aside"]["by"] == str(group.sara)
    assert (second["set_aside"], second["shown_to"], second["words"][0]["answer"]["by"]) == (None, None, str(group.pat))


def test_the_bundle_says_to_whom_a_finding_is_shown(group):
    finding = shown_to(group, "school")

    (said,) = findings_in_words(finding.study)

    assert (said["shown_to"], said["set_aside"]) == ("Our schools", None)


def test_it_is_set_aside_and_taken_up_once(group):
    finding = found_by(group)

    done = [set_aside(group.sara, finding), set_aside(group.pat, finding)]
    done += [take_up(group.pat, finding), take_up(group.sara, finding)]

    assert done == [True, False, True, False]


def test_who_has_left_the_group_neither_sets_it_aside_nor_takes_it_up(group, as_person):
    finding = aside(group)
    leave(finding.study, group.pat)

    answers = [as_person(group.pat).post(address(name, finding)).status_code for name in ("set_aside", "take_up")]

    assert answers == [404, 404]


@pytest.mark.django_db(transaction=True)
def test_setting_aside_while_the_last_one_agrees_leaves_it_shown_or_set_aside_and_never_both(group):
    finding = found_by(group)
    version = finding.sheet.version
    consent(group.sara, finding, "programme", version)

    at_once(
        lambda: consent(group.pat, Finding.objects.get(pk=finding.pk), "programme", version),
        lambda: set_aside(group.sara, Finding.objects.get(pk=finding.pk)),
        expecting=(IsSetAside, StillShown),
    )

    finding.refresh_from_db()
    assert finding.is_published != bool(finding.set_aside_at)
