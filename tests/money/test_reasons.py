"""What a reason says: who by name, since when, where it is mended, and what a waiver is offered for."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from funding.briefly import briefs_of
from funding.models import Stage, Waiver
from funding.reasons import Reason, owed_by
from funding.standing import standing_of
from programmes.models import Agreement, AgreementText, DataReturn
from programmes.services import life
from tests.factories import MembershipFactory
from tests.money.funded import approve, hand_in, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def paused(money):
    """The grades of October are in, and the partnership rests since 20 January."""
    money.first = money.partnerships[0]
    hand_in(money.first, money.points[0])
    type(money.first).objects.filter(pk=money.first.pk).update(status="active")
    money.first.refresh_from_db()
    life.move(money.Amira, money.first, "paused", on=dt.date(2027, 1, 20), reason="Illness or long absence")
    money.release = release_of(money.first, money.stages[0], "partner")
    return money


def page_of(client, person, url):
    client.force_login(person)
    return client.get(url)


def head_of(money, school):
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


def test_the_two_teachers_are_named(money):
    first = money.partnerships[0]
    names = f"{first.specialist.user} or {first.partner_teachers.get().user}"

    rows = standing_of(money.plan, [first.pk]).of(stage=money.stages[0])

    words = f"The two teachers, {names}, can mend it; due since 16 October 2026."
    assert [row.missing[0].mending for row in rows] == [words, words]


def test_a_head_reads_whom_to_remind_and_the_office_does_not(client, money):
    first = money.partnerships[0]
    names = f"{first.specialist.user} or {first.partner_teachers.get().user}"
    url = reverse("funding:school", args=[first.partner_school.urn])

    head = text_of(page_of(client, head_of(money, first.partner_school), url))
    office = text_of(page_of(client, money.Ruth, url))

    words = f"The two teachers, {names}, can mend it; due since 16 October 2026. That was 3 months, 1 week ago."
    assert f"{words} You can remind them; nobody can do it for them." in head
    assert words in office
    assert "remind" not in office


def test_the_return_is_linked_only_for_the_head_who_may_read_it(client, money):
    first = money.partnerships[0]
    october = reverse("pupils:return", args=[DataReturn.objects.get(partnership=first, data_point=money.points[0]).pk])
    found = {}
    for school in (first.partner_school, first.specialist.home_school):
        head = head_of(money, school)
        page = page_of(client, head, reverse("funding:school", args=[school.urn])).content.decode()
        found[school] = (f'href="{october}"' in page, page_of(client, head, october).status_code)

    assert found == {first.partner_school: (True, 200), first.specialist.home_school: (False, 404)}


def test_grades_that_are_due_later_than_their_stage_are_not_late_yet(client, money):
    with time_machine.travel(dt.datetime(2026, 10, 14, 9, tzinfo=dt.UTC), tick=False):
        money.plan.stages.filter(pk=money.stages[0].pk).update(due_on=dt.date(2026, 10, 12))
        release = release_of(money.partnerships[0], money.stages[0], "partner")

        text = text_of(page_of(client, money.Amira, release.get_absolute_url()))

    assert "can mend it; due on 16 October 2026." in text
    assert " ago" not in text


def test_a_pause_says_since_when_and_leads_to_the_partnership(client, paused):
    page = page_of(client, paused.Amira, paused.release.get_absolute_url())

    assert "The partnership is paused. The coordinator can mend it; paused since 20 January 2027." in text_of(page)
    assert reverse("programmes:partnership", args=[paused.first.pk]) in page.content.decode()
    assert "Waive a condition" not in text_of(page)


def test_the_roster_says_first_what_the_release_says_first(paused):
    december = release_of(paused.first, paused.stages[1], "partner")
    rows = {row.release.pk: row for row in standing_of(paused.plan).rows}

    brief = briefs_of(paused.plan, [paused.first.pk])[paused.first.pk]

    assert [reason.condition for reason in rows[december.pk].missing] == ["pause", "data"]
    assert (brief.stage, brief.words) == (paused.stages[0], "waits while paused")


def test_a_waiver_is_offered_for_what_is_missing_alone(client, money):
    money.plan.stages.filter(pk=money.stages[0].pk).update(conditions=["data", "evidence"], evidence="The action plan")
    hand_in(money.partnerships[0], money.points[0])
    release = release_of(money.partnerships[0], money.stages[0], "partner")

    page = page_of(client, money.Amira, release.get_absolute_url())

    assert page.context["conditions"] == ["evidence"]


def test_a_head_is_told_of_a_waiver_and_once_approved_it_stands_there_once(client, money):
    first = money.partnerships[0]
    release = release_of(first, money.stages[0], "partner")
    Waiver.objects.create(release=release, condition="data", reason="illness", by=money.Amira)
    head = head_of(money, first.partner_school)

    waiting = text_of(page_of(client, head, reverse("funding:school", args=[first.partner_school.urn])))
    approve(money.Tom, money.plan, [release])
    approved = text_of(page_of(client, money.Ruth, release.get_absolute_url()))

    assert f"Nothing is missing any more. {money.Amira} waived on 27 January 2027: “The grades" in waiting
    assert approved.count("Waived") == 1


# The agreement --------------------------------------------------------------------------------------------------


@pytest.fixture
def unsigned(paid):
    """October is paid; December waits for the signature of the head of the first partner school alone."""
    first = paid.partnerships[0]
    Stage.objects.filter(pk=paid.stages[1].pk).update(conditions=["agreement"], data_point=None)
    text = AgreementText.objects.create(programme=paid.programme, version=1, protocol="x", data_commitments="y")
    agreement = Agreement.objects.create(partnership=first, version=1, sections=[], text=text)
    asked = dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC)
    agreement.signatures.create(capacity="partner head", school=first.partner_school, asked_at=asked)
    paid.first, paid.agreement = first, agreement
    paid.head = head_of(paid, first.partner_school)
    return paid


def december(money, side="partner"):
    release = release_of(money.first, money.stages[1], side)
    return next(row for row in standing_of(money.plan, [money.first.pk]).rows if row.release.pk == release.pk)


def moved(money, status):
    type(money.first).objects.filter(pk=money.first.pk).update(
        status=status, ended_on=dt.date(2027, 1, 26) if status in {"folded", "completed"} else None
    )


def test_who_has_folded_is_not_asked_to_sign_any_more(unsigned):
    moved(unsigned, "folded")

    row = december(unsigned)

    assert row.missing == []
    assert [met.words for met in row.met] == ["The partnership has folded: nobody signs its agreement any more"]


def test_where_nobody_can_sign_for_good_the_coordinator_is_led_to_the_waiver(client, unsigned):
    moved(unsigned, "completed")
    url = reverse("funding:school", args=[unsigned.first.partner_school.urn])
    release = december(unsigned).release

    head, office = page_of(client, unsigned.head, url), page_of(client, unsigned.Amira, url)

    by = f"the headteacher of {unsigned.first.partner_school}"
    words = (
        f"The agreement is not signed by {by}. Nobody can sign it any more, because it has ended. The coordinator can"
    )
    assert f"{words} waive it." in text_of(head)
    assert unsigned.agreement.get_absolute_url() not in head.content.decode()
    assert f'href="{release.get_absolute_url()}">Waive it' in office.content.decode()


def test_what_rests_is_signed_once_it_goes_on(client, unsigned):
    moved(unsigned, "paused")

    page = page_of(client, unsigned.Amira, december(unsigned).release.get_absolute_url())

    by = f"The headteacher of {unsigned.first.partner_school}"
    assert f"{by} can sign it once the partnership goes on; due since 1 October 2026." in text_of(page)


def test_the_head_who_owes_it_is_spoken_to(client, unsigned):
    moved(unsigned, "active")
    url = reverse("funding:school", args=[unsigned.first.partner_school.urn])
    other = reverse("funding:school", args=[unsigned.first.specialist.home_school.urn])

    own = text_of(page_of(client, unsigned.head, url))
    release = text_of(page_of(client, unsigned.head, december(unsigned).release.get_absolute_url()))
    head_elsewhere = text_of(page_of(client, head_of(unsigned, unsigned.first.specialist.home_school), other))

    for text in (own, release):
        assert "You have not signed the agreement yet. You can mend it; due since 1 October 2026." in text
        assert "Waiting for you" in text
    assert f"Waiting for the headteacher of {unsigned.first.partner_school}" in head_elsewhere


def test_names_in_the_middle_of_a_sentence_begin_small():
    reasons = [Reason("data", "", who, None) for who in ("Jude Gale", "the headteacher of Inworth", "the two teachers")]

    assert owed_by(reasons) == "Jude Gale, the headteacher of Inworth and the two teachers"
    assert reasons[1].mending == "The headteacher of Inworth can mend it."
