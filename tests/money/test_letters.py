"""Funding letters: what they say, that they stay as they were issued, and who reads them."""

import datetime as dt
import hashlib
import re

import pdfua
import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from funding.models import FundingLetter
from funding.printing.build import render_letter
from funding.services import letters, planning, releasing
from funding.tasks import make_letter
from tests.money.funded import IN_TIME, approve, authorise, funded_programme, hand_in, payees, release_of
from tests.money.lettered import content_of, fresh, head_of, issue, signed, url_of
from tests.pdfs import elements, pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_a_letter_has_the_amount_what_it_is_for_its_reference_and_check_code(client, lettered):
    (letter,) = issue(lettered, lettered.school)

    words = " ".join(pages(content_of(signed(client, lettered.Ruth), letter)))
    assert letter.reference == f"FL{lettered.organisation.pk:03}-0001"
    assert re.fullmatch("[2-9A-HJKMNP-Z]{12}", letter.code)
    assert "£118.75 is released to your school for the October stage" in words
    assert "25% of 5 half-days at £95" in words
    assert f"Reference {letter.reference}" in words
    assert f"Check code {letter.code_in_groups}" in words
    assert f"Anybody can check it at {settings.PUBLIC_URL}/money/letters/check/" in words
    assert f"with {lettered.partnerships[0].specialist.home_school}" in words
    assert "supersedes" not in words


def test_a_letter_stays_true_when_the_plan_changes_and_what_is_approved_stays(lettered):
    issue(lettered, lettered.school)

    def other():
        type(lettered.plan).objects.filter(pk=lettered.plan.pk).update(rate=100, cost_centre="E9")
        for stage, share in zip(lettered.stages, (40, 20, 20, 20), strict=True):
            lettered.plan.stages.filter(pk=stage.pk).update(share=share)

    planning.change(lettered.Tom, lettered.plan, other, "Pay rise")
    lettered.plan.refresh_from_db()

    mine = next(row for row in letters.letters_of(lettered.plan, lettered.stage) if row.school == lettered.school)
    assert (mine.holds, mine.wanted) == (True, False)
    assert issue(lettered, lettered.school) == []


def test_a_letter_is_tagged_has_title_and_language_and_asks_the_database_nothing(lettered, tmp_path):
    (letter,) = issue(lettered, lettered.school)

    with CaptureQueriesContext(connection) as asked:
        data = render_letter(letter.figures, IN_TIME)

    (path := tmp_path / "letter.pdf").write_bytes(data)
    pdf, found = elements(data)
    assert len(asked) == 0
    assert list(pdfua.validate(str(path)).findings) == []
    assert str(pdf.docinfo.Title) == f"Funding letter {letter.reference}: {lettered.school}"
    assert str(pdf.Root.Lang) == "en-GB"
    assert [str(element.S) for element in found].count("/H1") == 1
    assert len(pages(data)) == 1


def test_what_is_not_approved_or_is_on_hold_is_in_no_letter(lettered):
    releasing.take_approval_back(lettered.Tom, lettered.release)
    other = lettered.partnerships[1]
    releasing.hold(lettered.Martin, release_of(other, lettered.stage, "partner"), "New supplier number")

    made = issue(lettered, lettered.school, other.partner_school, other.specialist.home_school)

    assert [letter.school for letter in made] == [other.specialist.home_school]


def test_a_letter_comes_down_byte_for_byte_whatever_happens_to_the_money(client, lettered):
    (letter,) = issue(lettered, lettered.school)
    signed(client, lettered.Ruth)
    before = content_of(client, letter)

    payees(lettered)
    authorise(lettered)
    with time_machine.travel(IN_TIME + dt.timedelta(days=40), tick=False):
        signed(client, lettered.Ruth)
        after = content_of(client, letter)

    assert before == after == render_letter(letter.figures, timezone.localtime(letter.queued_at))
    assert letter.sha256 == hashlib.sha256(after).hexdigest()


@pytest.mark.parametrize(
    "change",
    [{"amount": 5}, {"code": "A"}, {"file": "x"}, {"sha256": "0"}, {"figures": {}}, {"state": "queued"}],
    ids=str,
)
def test_the_database_lets_nothing_of_an_issued_letter_change(lettered, change):
    (letter,) = issue(lettered, lettered.school)

    with pytest.raises(DatabaseError), transaction.atomic():
        FundingLetter.objects.filter(pk=letter.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        letter.delete()


def test_many_are_issued_at_once_and_none_twice_while_nothing_has_changed(client, lettered):
    signed(client, lettered.Ruth)
    page = client.get(url_of(lettered))
    chosen = {"school": [row.school.pk for row in page.context["wanted"]]}

    client.post(url_of(lettered, "letters_issue"), chosen)
    client.post(url_of(lettered, "letters_issue"), chosen)
    making = text_of(client.get(url_of(lettered)))
    for letter in FundingLetter.objects.all():
        make_letter(letter.pk)
    done = text_of(client.get(url_of(lettered)))
    client.post(url_of(lettered, "letters_issue"), chosen)

    assert "4 letters are due." in text_of(page)
    assert ("4 letters are being made." in making, "Nothing is due" in making) == (True, False)
    assert "Nothing is due: each letter says what is true now." in done
    assert sorted(FundingLetter.objects.values_list("reference", flat=True)) == [
        f"FL{lettered.organisation.pk:03}-000{number}" for number in (1, 2, 3, 4)
    ]


def test_the_line_of_progress_asks_again_and_loads_the_page_once_all_are_there(client, lettered):
    made = letters.issue(lettered.Ruth, lettered.plan, lettered.stage, {lettered.school.pk})
    signed(client, lettered.Ruth)
    ask = {"headers": {"HX-Request": "true"}}

    same = client.get(url_of(lettered, "letters_progress"), {"seen": "1"}, **ask)
    make_letter(made[0].pk)
    done = client.get(url_of(lettered, "letters_progress"), {"seen": "1"}, **ask)

    assert (same.status_code, done.headers["HX-Refresh"]) == (204, "true")


def test_a_letter_that_could_not_be_made_is_not_issued_and_another_can_be(lettered):
    (failed,) = letters.issue(lettered.Ruth, lettered.plan, lettered.stage, {lettered.school.pk})
    FundingLetter.objects.claim(failed.pk).fail("Something went wrong on our side.")

    (letter,) = issue(lettered, lettered.school)

    assert letters.verdict_on(failed.reference, failed.code) == "unknown"
    assert letters.verdict_on(letter.reference, letter.code) == "genuine"
    assert letter.supersedes == ""


def test_the_page_of_letters_costs_the_same_queries_for_one_school_and_for_many(client):
    def queries_of(money):
        money.stage = money.stages[0]
        for partnership in money.partnerships:
            hand_in(partnership, money.points[0])
        releases = [release_of(p, money.stage, side) for p in money.partnerships for side in ("specialist", "partner")]
        approve(money.Tom, money.plan, releases)
        issue(money, *[release.school for release in map(fresh, releases)])
        signed(client, money.Ruth).get(url_of(money))
        with CaptureQueriesContext(connection) as asked:
            client.get(url_of(money))
        return len(asked)

    assert queries_of(funded_programme(1)) == queries_of(funded_programme(4))


def test_the_head_reads_the_own_letters_and_no_others(client, lettered):
    other = lettered.partnerships[1].partner_school
    mine, theirs = (next(iter(issue(lettered, school))) for school in (lettered.school, other))
    signed(client, head_of(lettered, lettered.school))

    assert content_of(client, mine).startswith(b"%PDF")
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.get(reverse("funding:letter_download", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("funding:letter_again", args=[mine.pk])).status_code == 403


def test_the_head_does_not_see_a_letter_that_is_not_there_yet(client, lettered):
    (letter,) = letters.issue(lettered.Ruth, lettered.plan, lettered.stage, {lettered.school.pk})
    signed(client, head_of(lettered, lettered.school))

    assert client.get(letter.get_absolute_url()).status_code == 404
    page = text_of(client.get(reverse("funding:school", args=[lettered.school.urn])))
    assert "Funding letters" not in page
