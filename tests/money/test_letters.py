"""Funding letters: what they say, that they stay as they were issued, and how whoever holds one checks it."""

import datetime as dt
import hashlib
import re

import pdfua
import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from funding.models import FundingLetter
from funding.printing.build import render_letter
from funding.services import letters, planning, releasing
from funding.tasks import make_letter
from tests.factories import MembershipFactory
from tests.money.funded import IN_TIME, approve, authorise, funded_programme, hand_in, payees, release_of
from tests.pdfs import elements, pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def october(money):
    """All four releases of October are approved."""
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.stage = money.stages[0]
    money.school = money.partnerships[0].partner_school
    money.release = release_of(money.partnerships[0], money.stage, "partner")
    money.releases = [
        release_of(partnership, money.stage, side)
        for partnership in money.partnerships
        for side in ("specialist", "partner")
    ]
    approve(money.Tom, money.plan, money.releases)
    cache.clear()
    return money


def issue(money, *schools, anew=False):
    """As the page does, and the worker has made them."""
    made = letters.issue(money.Ruth, money.plan, money.stage, {school.pk for school in schools}, anew=anew)
    for letter in made:
        make_letter(letter.pk)
        letter.refresh_from_db()
    return made


def head_of(money, school):
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


def pay_more(money):
    """The approval is taken back, the rate rises, and it is approved again: the letter before is not true any more."""
    releasing.take_approval_back(money.Tom, money.release)
    type(money.plan).objects.filter(pk=money.plan.pk).update(rate=100)
    money.plan.refresh_from_db()
    approve(money.Tom, money.plan, [release_of(money.partnerships[0], money.stage, "partner")])


def url_of(money, name="letters"):
    return reverse(f"funding:{name}", args=[money.programme.slug, money.stage.pk])


def content_of(client, letter):
    return client.get(reverse("funding:letter_download", args=[letter.pk])).getvalue()


def check(reference, code, client=None):
    return (client or Client()).get(reverse("funding:check"), {"reference": reference, "code": code})


# What it says -----------------------------------------------------------------------------------------------------


def test_a_letter_has_the_amount_what_it_is_for_its_reference_and_check_code(client, october):
    (letter,) = issue(october, october.school)

    words = " ".join(pages(content_of(signed(client, october.Ruth), letter)))
    assert letter.reference == f"FL{october.organisation.pk:03}-0001"
    assert re.fullmatch("[2-9A-HJKMNP-Z]{12}", letter.code)
    assert "£118.75 is released to your school for the October stage" in words
    assert "25% of 5 half-days at £95" in words
    assert f"Reference {letter.reference}" in words
    assert f"Check code {letter.code_in_groups}" in words
    assert f"Anybody can check it at {settings.PUBLIC_URL}/money/letters/check/" in words
    assert f"with {october.partnerships[0].specialist.home_school}" in words
    assert "supersedes" not in words


def signed(client, person):
    client.force_login(person)
    return client


def test_a_letter_stays_true_when_the_plan_changes_and_what_is_approved_stays(october):
    issue(october, october.school)

    def other():
        type(october.plan).objects.filter(pk=october.plan.pk).update(rate=100, cost_centre="E9")
        for stage, share in zip(october.stages, (40, 20, 20, 20), strict=True):
            october.plan.stages.filter(pk=stage.pk).update(share=share)

    planning.change(october.Tom, october.plan, other, "Pay rise")
    october.plan.refresh_from_db()

    mine = next(row for row in letters.letters_of(october.plan, october.stage) if row.school == october.school)
    assert (mine.holds, mine.wanted) == (True, False)
    assert issue(october, october.school) == []


def test_a_letter_is_tagged_has_title_and_language_and_asks_the_database_nothing(october, tmp_path):
    (letter,) = issue(october, october.school)

    with CaptureQueriesContext(connection) as asked:
        data = render_letter(letter.figures, IN_TIME)

    (path := tmp_path / "letter.pdf").write_bytes(data)
    pdf, found = elements(data)
    assert len(asked) == 0
    assert list(pdfua.validate(str(path)).findings) == []
    assert str(pdf.docinfo.Title) == f"Funding letter {letter.reference}: {october.school}"
    assert str(pdf.Root.Lang) == "en-GB"
    assert [str(element.S) for element in found].count("/H1") == 1
    assert len(pages(data)) == 1


def test_what_is_not_approved_or_is_on_hold_is_in_no_letter(october):
    releasing.take_approval_back(october.Tom, october.release)
    other = october.partnerships[1]
    releasing.hold(october.Martin, release_of(other, october.stage, "partner"), "New supplier number")

    made = issue(october, october.school, other.partner_school, other.specialist.home_school)

    assert [letter.school for letter in made] == [other.specialist.home_school]


# It stays ---------------------------------------------------------------------------------------------------------


def test_a_letter_comes_down_byte_for_byte_whatever_happens_to_the_money(client, october):
    (letter,) = issue(october, october.school)
    signed(client, october.Ruth)
    before = content_of(client, letter)

    payees(october)
    authorise(october)
    with time_machine.travel(IN_TIME + dt.timedelta(days=40), tick=False):
        signed(client, october.Ruth)
        after = content_of(client, letter)

    assert before == after == render_letter(letter.figures, timezone.localtime(letter.queued_at))
    assert letter.sha256 == hashlib.sha256(after).hexdigest()


@pytest.mark.parametrize(
    "change",
    [{"amount": 5}, {"code": "A"}, {"file": "x"}, {"sha256": "0"}, {"figures": {}}, {"state": "queued"}],
    ids=str,
)
def test_the_database_lets_nothing_of_an_issued_letter_change(october, change):
    (letter,) = issue(october, october.school)

    with pytest.raises(DatabaseError), transaction.atomic():
        FundingLetter.objects.filter(pk=letter.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        letter.delete()


def test_of_a_school_and_stage_two_letters_never_hold(october):
    (letter,) = issue(october, october.school)
    (newer,) = issue(october, october.school, anew=True)

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        FundingLetter.objects.filter(pk=letter.pk).update(superseded_at=None, superseded_by=None)
    assert list(FundingLetter.objects.in_force()) == [newer]


# Issuing ----------------------------------------------------------------------------------------------------------


def test_many_are_issued_at_once_and_none_twice_while_nothing_has_changed(client, october):
    signed(client, october.Ruth)
    page = client.get(url_of(october))
    chosen = {"school": [row.school.pk for row in page.context["wanted"]]}

    client.post(url_of(october, "letters_issue"), chosen)
    client.post(url_of(october, "letters_issue"), chosen)
    making = text_of(client.get(url_of(october)))
    for letter in FundingLetter.objects.all():
        make_letter(letter.pk)
    done = text_of(client.get(url_of(october)))
    client.post(url_of(october, "letters_issue"), chosen)

    assert "4 letters are due." in text_of(page)
    assert ("4 letters are being made." in making, "Nothing is due" in making) == (True, False)
    assert "Nothing is due: each letter says what is true now." in done
    assert sorted(FundingLetter.objects.values_list("reference", flat=True)) == [
        f"FL{october.organisation.pk:03}-000{number}" for number in (1, 2, 3, 4)
    ]


def test_the_line_of_progress_asks_again_and_loads_the_page_once_all_are_there(client, october):
    made = letters.issue(october.Ruth, october.plan, october.stage, {october.school.pk})
    signed(client, october.Ruth)
    ask = {"headers": {"HX-Request": "true"}}

    same = client.get(url_of(october, "letters_progress"), {"seen": "1"}, **ask)
    make_letter(made[0].pk)
    done = client.get(url_of(october, "letters_progress"), {"seen": "1"}, **ask)

    assert (same.status_code, done.headers["HX-Refresh"]) == (204, "true")


def test_a_reissue_supersedes_the_earlier_letter_wherever_it_is_read(client, october):
    (first,) = issue(october, october.school)
    pay_more(october)
    stale = text_of(signed(client, october.Ruth).get(url_of(october)))
    (second,) = issue(october, october.school)
    first.refresh_from_db()

    words = " ".join(pages(content_of(client, second)))
    office = text_of(client.get(url_of(october)))
    letter = text_of(client.get(first.get_absolute_url()))
    head = text_of(
        signed(client, head_of(october, october.school)).get(reverse("funding:school", args=[october.school.urn]))
    )
    assert "Says what is not true any more" in stale
    assert (first.superseded_by, second.amount) == (second, 125)
    assert f"This letter supersedes {first.reference} of 27 January 2027, over £118.75" in words
    assert f"{first.reference} , £118.75: superseded by {second.reference}" in office
    assert f"This letter is superseded. On Wednesday 27 January 2027 {second.reference} took its place." in letter
    assert f"Superseded by {second.reference} on 27 January 2027" in head


def test_a_letter_stays_genuine_while_something_else_of_the_school_is_approved(client, money):
    """One school with two partnerships: the letter names the first, and the second is approved later."""
    first, second = money.partnerships
    second.partner_school = first.partner_school
    second.save()
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.stage, money.school = money.stages[0], first.partner_school
    own, other = (release_of(row, money.stage, "partner") for row in money.partnerships)
    approve(money.Tom, money.plan, [own])
    (letter,) = issue(money, money.school)
    head = head_of(money, money.school)

    approve(money.Tom, money.plan, [other])

    office = text_of(signed(client, money.Ruth).get(url_of(money)))
    page = text_of(signed(client, head).get(letter.get_absolute_url()))
    assert letters.verdict_on(letter.reference, letter.code) == "genuine"
    assert "1 letter is due" in office
    assert "Holds More has been released since: another letter is due" in office
    assert "Holds More has been released since: another letter is due" in page
    (newer,) = issue(money, money.school)
    assert newer.amount == 2 * letter.amount
    assert letters.verdict_on(letter.reference, letter.code) == "superseded"
    releasing.take_approval_back(money.Tom, own)
    assert letters.verdict_on(newer.reference, newer.code) == "stale"


def test_a_letter_whose_money_has_changed_is_said_not_to_hold_on_every_page(client, october):
    (letter,) = issue(october, october.school)
    (other,) = issue(october, october.partnerships[1].partner_school)
    head = head_of(october, october.school)
    releasing.take_approval_back(october.Tom, october.release)

    stale = "Says what is not true any more"
    office = text_of(signed(client, october.Ruth).get(letter.get_absolute_url()))
    still = text_of(client.get(other.get_absolute_url()))
    own = text_of(signed(client, head).get(letter.get_absolute_url()))
    money = text_of(client.get(reverse("funding:school", args=[october.school.urn])))
    public = check(letter.reference, letter.code)

    assert stale in text_of(signed(client, october.Ruth).get(url_of(october)))
    assert all(stale in page for page in (office, own, money))
    assert "This letter does not hold any more." in own
    assert stale not in still
    assert "This letter does not hold any more" in text_of(public)
    for secret in (str(october.school), "118.75", "October", october.programme.title, "approv"):
        assert secret not in public.content.decode()
    assert "This letter is genuine" in text_of(check(other.reference, other.code))
    assert letters.verdict_on(letter.reference, "2" * 12) == "unknown"
    approve(october.Tom, october.plan, [release_of(october.partnerships[0], october.stage, "partner")])
    assert letters.verdict_on(letter.reference, letter.code) == "genuine"


def test_a_letter_is_superseded_only_once_the_new_one_is_there(october):
    (first,) = issue(october, october.school)

    (second,) = letters.issue(october.Ruth, october.plan, october.stage, {october.school.pk}, anew=True)
    meanwhile = letters.verdict_on(first.reference, first.code), letters.verdict_on(second.reference, second.code)
    again = letters.issue(october.Ruth, october.plan, october.stage, {october.school.pk}, anew=True)
    make_letter(second.pk)

    assert meanwhile == ("genuine", "unknown")
    assert again == []
    assert letters.verdict_on(first.reference, first.code) == "superseded"
    assert letters.verdict_on(second.reference, second.code) == "genuine"


def test_a_letter_that_could_not_be_made_is_not_issued_and_another_can_be(october):
    (failed,) = letters.issue(october.Ruth, october.plan, october.stage, {october.school.pk})
    FundingLetter.objects.claim(failed.pk).fail("Something went wrong on our side.")

    (letter,) = issue(october, october.school)

    assert letters.verdict_on(failed.reference, failed.code) == "unknown"
    assert letters.verdict_on(letter.reference, letter.code) == "genuine"
    assert letter.supersedes == ""


def test_what_is_taken_back_is_told_in_a_letter_over_nothing(client, october):
    issue(october, october.school)
    releasing.take_approval_back(october.Tom, october.release)

    (letter,) = issue(october, october.school)

    words = " ".join(pages(content_of(signed(client, october.Ruth), letter)))
    assert "£0.00 is released to your school for the October stage" in words
    assert "You get another letter once it is approved." in words


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


def fresh(release):
    return type(release).objects.select_related("school").get(pk=release.pk)


# Who reads it -----------------------------------------------------------------------------------------------------


def test_the_head_reads_the_own_letters_and_no_others(client, october):
    other = october.partnerships[1].partner_school
    mine, theirs = (next(iter(issue(october, school))) for school in (october.school, other))
    signed(client, head_of(october, october.school))

    assert content_of(client, mine).startswith(b"%PDF")
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.get(reverse("funding:letter_download", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("funding:letter_again", args=[mine.pk])).status_code == 403


def test_the_head_does_not_see_a_letter_that_is_not_there_yet(client, october):
    (letter,) = letters.issue(october.Ruth, october.plan, october.stage, {october.school.pk})
    signed(client, head_of(october, october.school))

    assert client.get(letter.get_absolute_url()).status_code == 404
    page = text_of(client.get(reverse("funding:school", args=[october.school.urn])))
    assert "Funding letters" not in page


# Checking ---------------------------------------------------------------------------------------------------------


def test_whoever_holds_a_letter_checks_it_without_an_account_however_it_is_typed(october):
    (letter,) = issue(october, october.school)
    link = letter.figures["check_url"].removeprefix(settings.PUBLIC_URL)

    assert "This letter is genuine" in text_of(Client().get(link))
    for reference, code in [
        (letter.reference, letter.code),
        (letter.reference.lower(), letter.code.lower()),
        (f" {letter.reference} ", f"{letter.code[:6]} {letter.code[6:]}"),
        (letter.reference.replace("-", "\N{EN DASH}"), letter.code_in_groups),
    ]:
        assert "This letter is genuine" in text_of(check(reference, code))
    issue(october, october.school, anew=True)
    assert "This letter is superseded" in text_of(check(letter.reference, letter.code))


def test_an_unknown_reference_and_a_wrong_code_get_the_same_words_by_the_same_steps(october):
    (letter,) = issue(october, october.school)
    tried = [("FL999-0001", letter.code), (letter.reference, "2" * 12), (letter.reference, "0" * 12)]
    tried += [("FL999-0001", "0" * 12), ("x", "y")]

    answers, steps = [], []
    for reference, code in tried:
        with CaptureQueriesContext(connection) as asked:
            page = text_of(check(reference, code))
        answers.append(re.search("This letter is .*? character by character", page)[0])
        steps.append([re.sub("'.*?'", "", query["sql"]) for query in asked if "fundingletter" in query["sql"]])

    assert len(set(answers)) == 1
    assert "This letter is unknown" in answers[0]
    assert all(step == steps[0] and len(step) == 1 for step in steps)


def test_the_check_reveals_nothing_of_the_letter(october):
    (letter,) = issue(october, october.school)

    page = check(letter.reference, letter.code).content.decode()

    for secret in (str(october.school), "118.75", "October", october.programme.title, "P001", str(october.Ruth)):
        assert secret not in page


def test_an_empty_form_is_answered_in_words_and_too_many_tries_are_refused(october):
    (letter,) = issue(october, october.school)
    client = Client()

    empty = check("", "", client)
    answers = [check(letter.reference, "2" * 12, client).status_code for _ in range(30)]

    assert (empty.status_code, "Enter the reference of the letter." in text_of(empty)) == (422, True)
    assert set(answers[:29]) == {200}
    assert answers[29] == 429
    assert check(letter.reference, letter.code, client).status_code == 429  # nor the right one
    assert client.get(reverse("funding:check")).status_code == 200
