"""Partnerships and programmes that have ended keep their people."""

import pytest
from django.urls import reverse

from programmes.models import Partnership, Programme
from programmes.services import people
from tests.replacing import replace_teacher, teacher_row


@pytest.mark.parametrize("status", ["completed", "folded"])
def test_a_partnership_that_has_ended_keeps_its_people(ours, coordinator, client, status):
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=status)
    client.force_login(coordinator)
    key = [ours.partnership.pk]
    pages = [
        reverse("programmes:specialist_replace", args=key),
        reverse("programmes:partner_teacher_add", args=key),
        reverse("programmes:partner_teacher_replace", args=[*key, teacher_row(ours).pk]),
    ]

    answers = [client.get(page).status_code for page in pages]

    assert answers == [404] * 3
    with pytest.raises(people.CannotChange, match="has ended"):
        replace_teacher(ours)


def test_a_closed_programme_keeps_its_people(ours, coordinator, client):
    Programme.objects.filter(pk=ours.programme.pk).update(status="closed")
    client.force_login(coordinator)

    page = client.get(reverse("programmes:partner_teacher_add", args=[ours.partnership.pk]))

    assert page.status_code == 404
