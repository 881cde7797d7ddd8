"""The week of a specialist teacher: on which half-days visits may be."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from programmes.models import SpecialistTeacher
from tests.factories import SpecialistTeacherFactory
from tests.specialists.adding import text

pytestmark = pytest.mark.django_db


def keep_week(client, row, codes, ppa=""):
    address = reverse("programmes:specialist_release", args=[row.pk])
    return client.post(address, {"release_half_days": codes, "ppa": ppa}, follow=True)


def test_a_specialist_teacher_keeps_the_own_week(client, ours):
    client.force_login(ours.people[Role.SPECIALIST])

    answer = keep_week(client, ours.specialist, ["fri-pm", "tue-am"], "mon-am")

    ours.specialist.refresh_from_db()
    assert "Your usual half-days are saved." in text(answer)
    assert (ours.specialist.release_half_days, ours.specialist.ppa) == (["tue-am", "fri-pm"], "mon-am")
    assert ours.specialist.release_in_words == "Tuesday morning, Friday afternoon"


@pytest.mark.parametrize(
    ("codes", "ppa", "sentence"),
    [
        ([], "mon-am", "Tick at least one half-day"),
        (["tue-am"], "tue-am", "Tuesday morning is PPA, which is never used for a visit."),
        (["sat-am"], "", "Choose from what is offered here."),
        (["tue-am"], "evening", "Choose from what is offered here."),
    ],
)
def test_a_week_that_cannot_be_is_refused_and_the_ticks_stay(client, ours, codes, ppa, sentence):
    client.force_login(ours.people[Role.SPECIALIST])

    answer = keep_week(client, ours.specialist, codes, ppa)

    ours.specialist.refresh_from_db()
    assert sentence in text(answer)
    assert (ours.specialist.release_half_days, ours.specialist.ppa) == ([], "")
    assert ("tue-am" not in codes) or 'value="tue-am" id="id_release_half_days_tue-am" checked' in text(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"release_half_days": ["tue-am"], "ppa": "tue-am"},
        {"release_half_days": ["sun-am"]},
        {"ppa": "sun-am"},
    ],
)
def test_the_database_refuses_such_a_week_too(wrong):
    row = SpecialistTeacherFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        SpecialistTeacher.objects.filter(pk=row.pk).update(**wrong)


def test_a_specialist_teacher_without_a_week_is_asked_on_today(client, ours):
    client.force_login(ours.people[Role.SPECIALIST])
    before = text(client.get(reverse("today")))

    keep_week(client, ours.specialist, ["tue-am"])

    after = text(client.get(reverse("today")))
    assert "Say on which half-days you can usually be out of class" in before
    assert "Say on which half-days you can usually be out of class" not in after
    assert "Usually out of class: Tue am" in after
