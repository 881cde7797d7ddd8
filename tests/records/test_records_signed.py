"""Signing a visit record: what is lacking before, what stays after, and what is taken back."""

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from lessons.models import NoteRevision, VisitRecord
from programmes.models import PartnerTeacher, Programme
from tests.reading import text_of
from tests.records.writing import TODAY, address, opened, sign, signed_off, texts_of, whole, write
from visits.models import Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_signed_by_both_it_is_recorded_fixed_and_the_host_head_is_told(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    record = ours.past.record

    first = text_of(sign(client, ours.pat, record))
    half_way = Visit.objects.get(pk=ours.past.pk)
    second = text_of(sign(client, ours.sara, record))
    again = sign(client, ours.sara, record)

    record.refresh_from_db()
    ours.past.refresh_from_db()
    assert f"Waiting for {ours.sara} to sign." in first
    assert (half_way.status, half_way.recorded_at, half_way.signed_off_at) == ("took place", TODAY, None)
    assert "Signed off by both teachers." in second
    assert (ours.past.recorded_at, ours.past.signed_off_at, record.status) == (TODAY, TODAY, "signed off")
    assert again.status_code == 200
    assert [(row.side, row.person) for row in record.signatures.all()] == [
        ("partner", ours.pat),
        ("specialist", ours.sara),
    ]
    assert [(mail.kind, mail.to) for mail in OutgoingMail.objects.filter(kind__startswith="record").order_by("pk")] == [
        ("record_waits", ours.sara),
        ("record_signed", ours.people[Role.HEADTEACHER]),
    ]
    assert AuditEvent.objects.filter(did="visits.took place", row=ours.past.pk).count() == 1


def test_no_mail_or_audit_line_says_what_the_record_says(client, ours):
    signed_off(client, ours)

    told = [f"{mail.subject} {mail.text}" for mail in OutgoingMail.objects.filter(kind__startswith="record")]
    kept = [f"{event.did} {event.about}" for event in AuditEvent.objects.all()]

    canaries = ["fraction", "Talk", "talk partners", "OursideForename", ours.pupil.ref]
    assert len(told) == 2
    assert [canary for canary in canaries for line in [*told, *kept] if canary in line] == []


def test_a_signed_record_does_not_change_by_form_service_or_database(client, ours):
    data = opened(client, ours.pat, ours.past)
    record = signed_off(client, ours)

    late = client.post(address("write", ours.past), data | {"section-focus": "Something else"})
    reopened = client.post(address("reopen", ours.past), follow=True)

    assert late.status_code == 409
    assert "This came too late" in text_of(late)
    assert "Something else" in text_of(late)
    assert "Both teachers have signed: the record stays." in text_of(reopened)
    assert texts_of(record)["section-focus"] == "Talk before writing."
    with pytest.raises(ProgrammingError, match="a box that is locked does not change"), transaction.atomic():
        record.sheet.notes.filter(field="section-focus").update(text="Something else")
    assert NoteRevision.objects.get(text="Something else").made is None


def test_before_both_have_signed_either_may_change_it_and_both_sign_anew(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    record = ours.past.record
    sign(client, ours.pat, record)

    client.force_login(ours.sara)
    page = client.post(address("reopen", ours.past), follow=True)
    write(client, ours.sara, ours.past, section__focus="Talk before and after writing.")

    record.refresh_from_db()
    assert "Both of you sign it anew." in text_of(page)
    assert (record.status, record.signatures.count()) == ("draft", 0)


def test_a_record_signed_by_mistake_is_taken_back_and_the_visit_can_be_cancelled(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    sign(client, ours.pat, ours.past.record)
    half_way = text_of(client.get(ours.past.get_absolute_url()))

    client.post(address("reopen", ours.past))
    opened_again = Visit.objects.get(pk=ours.past.pk)
    page = text_of(client.get(ours.past.get_absolute_url()))
    cancelled = client.post(reverse("visits:cancel", args=[ours.past.pk]), {"reason": "Sara was ill"})
    late = sign(client, ours.pat, ours.past.record)

    assert "The record waits for the second signature." in half_way
    assert (opened_again.status, opened_again.recorded_at) == ("planned", None)
    assert ("waits for the second signature" in page, "It did not take place" in page) == (False, True)
    assert cancelled.status_code == 302
    assert "The visit was cancelled, so nothing is signed." in text_of(late)
    ours.past.refresh_from_db()
    assert (ours.past.status, ours.past.recorded_at) == ("cancelled", None)
    assert [(row.what, row.by) for row in ours.past.changes.all()] == [
        ("took place", ours.pat),
        ("reopened", ours.pat),
        ("cancelled", ours.pat),
    ]


def test_in_a_closed_programme_no_record_is_opened_again(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    sign(client, ours.pat, ours.past.record)
    Programme.objects.update(status=Programme.Status.CLOSED)

    page = text_of(client.post(address("reopen", ours.past), follow=True))

    assert "The programme is closed, so its records stay as they are." in page
    assert ours.past.record.signatures.count() == 1


def test_whoever_signs_signs_what_they_read(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    seen = ours.past.record.sheet.version
    write(client, ours.sara, ours.past, section__focus="Changed meanwhile")

    client.force_login(ours.pat)
    page = client.post(address("sign", ours.past), {"version": seen}, follow=True)

    assert "The record was changed a moment ago, so nothing is signed." in text_of(page)
    assert not ours.past.record.signatures.exists()


def test_before_signing_what_is_lacking_is_named_and_led_to(client, ours):
    write(
        client,
        ours.pat,
        ours.past,
        section__focus="Talk",
        action__1__what="Ring",
        action__1__due_on="soon",
        gap__partner__what="Read",
        gap__partner__due_on="31/2/2027",
    )

    page = sign(client, ours.pat, ours.past.record)

    assert page.context["lacking"] == [
        ("action-1-owner", "Action 1: choose who does it."),
        ("action-1-due_on", "Action 1: No day can be read in “soon”. Write it as 24/11/2026 or 24 November 2026."),
        ("gap-partner-due_on", "No day can be read in “31/2/2027”. Write it as 24/11/2026 or 24 November 2026."),
    ]
    assert 'href="#action-1-owner"' in page.content.decode()
    assert 'value="soon"' in page.content.decode()


def test_before_signing_it_is_asked_which_pupils_were_there_and_signing_goes_on_without(client, ours):
    asked = write(client, ours.pat, ours.past, section__focus="Talk")
    said = write(client, ours.pat, ours.past, **{f"presence__{ours.place.pk}": "absent"})
    unsaid = write(client, ours.pat, ours.past, **{f"presence__{ours.place.pk}": ""})
    signed = sign(client, ours.pat, ours.past.record)

    sentence = "Nobody has said which target pupils were there"
    assert [sentence in text_of(page) for page in (asked, said, unsaid)] == [True, False, True]
    assert 'record/write/#pupils"' in asked.content.decode()
    assert "You have signed the record." in text_of(signed)


def test_before_signing_it_is_asked_who_covered_and_signing_goes_on_without(client, ours):
    asked = write(client, ours.pat, ours.past, **whole(ours))
    signed = sign(client, ours.pat, ours.past.record)

    assert f"Nobody has said who covered for {ours.sara}: say it" in text_of(asked)
    assert 'record/write/#cover"' in asked.content.decode()
    assert "You have signed the record." in text_of(signed)
    assert "Covered by: not said" in text_of(signed)


def test_an_empty_record_is_not_signed(client, ours):
    write(client, ours.pat, ours.past)

    page = sign(client, ours.pat, ours.past.record)

    assert "Nothing is written yet." in text_of(page)
    assert not ours.past.record.signatures.exists()


def test_in_an_own_school_partnership_of_one_teacher_one_signature_is_both(client, ours):
    PartnerTeacher.objects.filter(partnership=ours.partnership).update(user=ours.sara)
    write(client, ours.sara, ours.past, section__focus="Both of me")

    sign(client, ours.sara, ours.past.record)

    assert [row.side for row in ours.past.record.signatures.order_by("side")] == ["partner", "specialist"]
    assert VisitRecord.objects.get(visit=ours.past).is_signed_off
