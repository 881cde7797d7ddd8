"""A finding is shown to whom all of its authors have agreed, for the text that they saw, and to nobody else."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, OutgoingMail
from lessons.library.standing import standing_of
from lessons.models import Finding, FindingConsent
from lessons.services import NotAsSeen, NotReady
from lessons.services.findings import consent, withdraw
from tests.findings.found import everybody, found_by, leave, pupil_at, shown_to, with_role, write
from tests.reading import text_of
from tests.together import at_once

pytestmark = pytest.mark.django_db

READERS = {
    "group": {"specialist", "partner"},
    "school": {"specialist", "partner", "head of partner school", "head of home school", "colleague"},
}
READERS["programme"] = READERS["school"] | {"coordinator", "consultant", "teacher beside", "head beside"}
READERS["public"] = READERS["programme"] | {"teacher of another programme", "teacher elsewhere"}


@pytest.mark.parametrize("audience", READERS)
def test_it_is_read_by_its_audience_and_by_nobody_else(audience):
    group = everybody()
    finding = shown_to(group, audience)

    readers = {
        who
        for who, person in group.people.items()
        if person.may("findings.view")
        and Finding.objects.allowed(person, "findings.view").published().filter(pk=finding.pk).exists()
    }

    assert readers == READERS[audience]


def test_nobody_but_the_members_reads_a_draft(group):
    everyone = everybody()
    finding = found_by(everyone)

    readers = {
        who
        for who, person in everyone.people.items()
        if person.may("findings.view")
        and Finding.objects.allowed(person, "findings.view").filter(pk=finding.pk).exists()
    }

    assert readers == {"specialist", "partner"}


def test_it_is_shown_once_the_last_one_agrees_to_the_same(group):
    finding = found_by(group)
    version = finding.sheet.version

    told = [consent(group.sara, finding, "programme", version), standing_of(finding).words]
    told += [consent(group.pat, finding, "school", version), standing_of(finding).pending]
    told += [consent(group.pat, finding, "programme", version)]
    finding.refresh_from_db()

    assert told == [
        False,
        "Waiting for Dele Marsh to agree to the programme reading it",
        False,
        "You have agreed to different readers (Dele Marsh: everyone at its two schools; Ada Moss: everyone in the "
        "programme). It is shown once all choose the same",
        True,
    ]
    assert (finding.audience, finding.version, finding.headline, finding.themes) == (
        "programme",
        version,
        "Saying a sentence aloud first helps those who stop at an empty page",
        ["talk for writing", "working in pairs"],
    )
    assert standing_of(finding).words == "Everyone in the programme can read it"


def test_whoever_agreed_reads_the_earlier_text_until_all_agree_to_the_new_one(group):
    finding = shown_to(group, "programme")

    write(group.pat, finding, headline="Saying it three times helps")
    before = (finding.headline, standing_of(finding).words)
    consent(group.pat, finding, "programme", finding.sheet.version)
    finding.refresh_from_db()
    between = (finding.headline, standing_of(finding).words)
    consent(group.sara, finding, "programme", finding.sheet.version)
    finding.refresh_from_db()

    old = "Saying a sentence aloud first helps those who stop at an empty page"
    read = "Everyone in the programme can read an earlier text"
    assert before == (
        old,
        f"{read}. The text was changed: waiting for Dele Marsh and Ada Moss to agree to the new one",
    )
    assert between == (old, f"{read}. Waiting for Ada Moss to agree to the programme reading it")
    assert finding.headline == "Saying it three times helps"


def test_a_wider_audience_asks_everybody_and_a_narrower_one_takes_it_back_at_once(group):
    finding = shown_to(group, "school")
    version = finding.sheet.version

    consent(group.pat, finding, "public", version)
    finding.refresh_from_db()
    wider = (finding.is_published, finding.audience)
    consent(group.pat, finding, "group", version)
    finding.refresh_from_db()

    assert wider == (True, "school")
    assert (finding.is_published, finding.headline, finding.words) == (False, "", {})


def test_nobody_agrees_to_a_text_that_they_have_not_seen(group):
    finding = found_by(group)
    seen = finding.sheet.version
    write(group.pat, finding, know="Something else.")

    with pytest.raises(NotAsSeen):
        consent(group.sara, finding, "programme", seen)

    assert not FindingConsent.objects.exists()


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"headline": " "}, "headline"),
        ({"headline": "x" * 301}, "headline"),
        ({"know": ""}, "know"),
        ({"did": "x" * 20_001}, "did"),
        ({"themes": ", ".join(f"t{n}" for n in range(11))}, "themes"),
        ({"themes": "x" * 61}, "themes"),
        ({"technique": "x" * 201}, "technique"),
    ],
)
def test_what_is_lacking_or_too_long_is_said_and_kept(group, as_person, words, field):
    finding = found_by(group, **words)

    with pytest.raises(NotReady) as told:
        consent(group.sara, finding, "programme", finding.sheet.version)
    page = as_person(group.sara).get(reverse("lessons:finding_write", args=[finding.pk]), {"lacking": ""})

    assert [box for box, _ in told.value.lacking] == [field]
    assert f'<a href="#{field}">' in page.content.decode()
    assert finding.sheet.texts.get(field, "") == words[field]


def test_any_author_withdraws_and_it_is_gone_at_once_everywhere(group, as_person):
    everyone = everybody()
    finding = shown_to(everyone, "public")
    reader = everyone.people["teacher elsewhere"]
    public = reverse("lessons:finding_public", args=[finding.slug])
    page = reverse("lessons:finding", args=[finding.pk])
    before = [as_person(reader).get(page).status_code, as_person(reader).get(public).status_code]

    answer = as_person(everyone.pat).post(reverse("lessons:finding_withdraw", args=[finding.pk]), follow=True)
    after = [as_person(reader).get(page).status_code, as_person(reader).get(public).status_code]
    found = as_person(reader).get(reverse("lessons:findings"), {"q": "sentence aloud"})

    assert (before, after) == ([200, 200], [404, 410])
    assert "Saying a sentence" not in text_of(found)
    assert f"Withdrawn by {everyone.pat}" in text_of(answer)
    finding.refresh_from_db()
    assert (finding.search, finding.said, finding.sheet.texts["know"]) == (
        None,
        "",
        "Three times aloud is enough; more bores them.",
    )
    assert not finding.consents.filter(withdrawn_at=None).exists()


def test_after_a_withdrawal_everybody_is_asked_anew(group):
    finding = shown_to(group, "programme")
    withdraw(group.pat, finding)

    told = consent(group.pat, finding, "programme", finding.sheet.version)

    assert told is False
    assert standing_of(finding).waits_for == [group.sara]


def test_who_has_left_may_withdraw_what_they_agreed_to(group, as_person):
    finding = shown_to(group, "group")
    leave(finding.study, group.pat)
    client = as_person(group.pat)
    page = client.get(reverse("lessons:finding", args=[finding.pk]))

    client.post(reverse("lessons:finding_withdraw", args=[finding.pk]))
    finding.refresh_from_db()

    assert "Withdraw the finding" in text_of(page)
    assert not finding.is_published


def test_who_has_left_is_not_waited_for(group):
    finding = found_by(group)
    consent(group.sara, finding, "programme", finding.sheet.version)
    leave(finding.study, group.pat)
    before = standing_of(Finding.objects.get(pk=finding.pk)).pending

    shown = consent(group.sara, finding, "programme", finding.sheet.version)

    assert before == "All of you agree. Say it once more, and it is shown"
    assert shown


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_show_it(group):
    finding = found_by(group)
    version = finding.sheet.version

    told = at_once(
        lambda: consent(group.sara, Finding.objects.get(pk=finding.pk), "programme", version),
        lambda: consent(group.pat, Finding.objects.get(pk=finding.pk), "programme", version),
    )

    finding.refresh_from_db()
    assert sorted(told) == [False, True]
    assert finding.is_published
    assert AuditEvent.objects.filter(did="findings.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_agreeing_and_withdrawing_at_once_never_shows_what_somebody_took_back(group):
    finding = found_by(group)
    version = finding.sheet.version
    consent(group.sara, finding, "programme", version)

    at_once(
        lambda: consent(group.pat, Finding.objects.get(pk=finding.pk), "programme", version),
        lambda: withdraw(group.sara, Finding.objects.get(pk=finding.pk)),
    )

    finding.refresh_from_db()
    assert not finding.is_published


@pytest.mark.django_db(transaction=True)
def test_agreeing_while_it_is_written_shows_what_was_seen_or_nothing(group):
    finding = found_by(group)
    version = finding.sheet.version
    consent(group.sara, finding, "programme", version)
    copy = Finding.objects.select_related("sheet").get(pk=finding.pk)

    at_once(
        lambda: consent(group.pat, Finding.objects.get(pk=finding.pk), "programme", version),
        lambda: write(group.sara, copy, headline="Something quite different"),
        expecting=NotAsSeen,
    )

    finding.refresh_from_db()
    assert finding.headline in {"", "Saying a sentence aloud first helps those who stop at an empty page"}


def test_the_others_are_told_by_mail_and_no_mail_says_what_was_found(group):
    finding = found_by(group)
    consent(group.sara, finding, "programme", finding.sheet.version)
    consent(group.pat, finding, "programme", finding.sheet.version)
    withdraw(group.pat, finding)

    mails = [(mail.kind, mail.to, mail.text) for mail in OutgoingMail.objects.order_by("pk")]

    assert [(kind, to) for kind, to, _ in mails] == [("finding_waits", group.pat), ("finding_withdrawn", group.sara)]
    assert not any("aloud" in text for _, _, text in mails)


def test_the_page_says_what_is_seen_and_takes_the_choice(group, as_person):
    pupil_at(group, "Zoe", "Quill")
    finding = found_by(group)
    client, address = as_person(group.sara), reverse("lessons:finding_agree", args=[finding.pk])

    page = client.get(address)
    empty = client.post(address, {"version": finding.sheet.version})
    late = client.post(address, {"version": 0, "audience": "school"}, follow=True)
    kept = client.post(address, {"version": finding.sheet.version, "audience": "school"}, follow=True)

    assert "Three times aloud is enough" in text_of(page)
    assert (empty.status_code, "Choose who may read it." in text_of(empty)) == (422, True)
    assert "The text was changed while you were reading" in text_of(late)
    assert "Waiting for Dele Marsh to agree to your schools reading it" in text_of(kept)


def test_a_consultant_who_is_a_member_agrees_as_well(group):
    finding = found_by(group)
    adviser = with_role("consultant", group.partnership.programme.organisation)
    finding.study.members.create(person=adviser, added_by=group.sara)

    for person in (group.sara, group.pat):
        consent(person, finding, "school", finding.sheet.version)

    assert standing_of(finding).waits_for == [adviser]
