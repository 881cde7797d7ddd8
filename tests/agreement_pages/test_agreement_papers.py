"""An agreement on paper: who signed, who has not, and whether it is in force."""

import io
import re

import pypdfium2
import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.services.agreements import renew_agreement
from tests.agreeing import address, sign_as

pytestmark = pytest.mark.django_db


def paper(client, ours):
    response = client.get(address("agreement_pdf", ours))
    sheets = pypdfium2.PdfDocument(io.BytesIO(response.content))
    return response, " ".join(" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in sheets)


def test_the_pdf_says_who_signed_and_who_has_not(client, ours):
    sign_as(client, ours, Role.PARTNER)
    client.force_login(ours.people[Role.HEADTEACHER])

    response, text = paper(client, ours)

    row = ours.agreement.signatures.get(capacity="partner")
    signed_at = timezone.localtime(row.signed_at)
    assert response["Content-Disposition"] == 'attachment; filename="agreement-ourside-programme-ourside-p-v1.pdf"'
    assert "1 of 4 has signed. It is not complete yet." in text
    assert f"Ourside OursidePartner {signed_at:%-d %B %Y, %H:%M}, version 1" in text
    assert text.count("Not signed yet") == 3
    assert not re.search("Nextdoor|Elsewhere", text)
    assert AuditEvent.objects.filter(did="agreements.downloaded", row=ours.agreement.pk).count() == 1


def test_the_pdf_of_a_replaced_version_says_so(client, ours):
    renew_agreement(ours.people[Role.COORDINATOR], ours.agreement, "A new focus")
    client.force_login(ours.people[Role.PARTNER])

    _, text = paper(client, ours)

    assert "This version is no longer in force." in text
