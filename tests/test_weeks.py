"""The usual week of both sides: half-days out of class, those that suit best, PPA, and when the class is taught."""

import pytest
from django.urls import reverse

from accounts.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(ours):
    return ours.partnership.partner_teachers.get()


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


WEEK = {
    "release_half_days": ["thu-am", "tue-am"],
    "preferred_half_days": ["tue-am"],
    "teaches": ["tue-am", "mon-pm"],
    "ppa": "fri-pm",
}


def week_of(row):
    row.refresh_from_db()
    return row.release_half_days, row.preferred_half_days, getattr(row, "teaches", None), row.ppa


@pytest.mark.parametrize(("role", "whose"), [(Role.PARTNER, "Your"), (Role.COORDINATOR, "The")])
def test_a_partner_teacher_and_the_coordinator_keep_the_week(client, ours, teacher, role, whose):
    client.force_login(ours.people[role])

    answer = client.post(reverse("programmes:partner_week", args=[teacher.pk]), WEEK, follow=True)

    assert week_of(teacher) == (["tue-am", "thu-am"], ["tue-am"], ["mon-pm", "tue-am"], "fri-pm")
    assert f"{whose} usual half-days are saved." in text(answer)
    assert "Usually out of class: Tue am, Thu am" in text(answer)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"release_half_days": [], "preferred_half_days": []}, "release_half_days", "Tick at least one half-day"),
        ({"preferred_half_days": ["wed-am"]}, "preferred_half_days", "Wednesday morning is not among the half-days"),
        ({"ppa": "tue-am", "teaches": []}, "ppa", "Tuesday morning is PPA, which is never used for a visit."),
        ({"ppa": "mon-pm"}, "teaches", "Monday afternoon is PPA, without the class."),
        ({"teaches": ["sat-am"]}, "teaches", "Choose from what is offered here."),
    ],
)
def test_a_week_that_cannot_be_is_refused_and_its_ticks_stay(client, ours, teacher, given, field, sentence):
    client.force_login(ours.people[Role.PARTNER])

    answer = client.post(reverse("programmes:partner_week", args=[teacher.pk]), WEEK | given)

    assert sentence in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"]["preferred_half_days"].value() == (WEEK | given)["preferred_half_days"]
    assert week_of(teacher) == ([], [], [], "")


def test_a_specialist_teacher_says_which_half_days_suit_best(client, ours):
    client.force_login(ours.people[Role.SPECIALIST])
    page = reverse("programmes:specialist_release", args=[ours.specialist.pk])

    client.post(page, {"release_half_days": ["mon-am", "tue-am"], "preferred_half_days": ["mon-am"], "ppa": ""})

    assert week_of(ours.specialist) == (["mon-am", "tue-am"], ["mon-am"], None, "")


def test_today_asks_a_partner_teacher_for_the_week_until_it_is_there(client, ours, teacher):
    client.force_login(ours.people[Role.PARTNER])
    asked = "Say on which half-days you can usually be out of class"

    before = text(client.get(reverse("today")))
    client.post(reverse("programmes:partner_week", args=[teacher.pk]), WEEK)
    after = text(client.get(reverse("today")))

    assert asked in before
    assert asked not in after
    assert "Usually out of class: Tue am, Thu am; PPA Fri pm; teaches the class: Monday afternoon, Tuesday" in after


def test_whoever_has_left_the_partnership_keeps_no_week(client, ours, teacher):
    client.force_login(ours.people[Role.PARTNER])
    type(teacher).objects.filter(pk=teacher.pk).update(until=teacher.since)

    assert client.get(reverse("programmes:partner_week", args=[teacher.pk])).status_code == 404
