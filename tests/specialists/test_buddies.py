"""Who is beside a specialist teacher: working buddy, coach, link consultant."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Partnership, Programme, SpecialistTeacher
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.specialists.adding import change, text

pytestmark = pytest.mark.django_db


def buddies(programme):
    return {(a.ref, a.buddy.ref) for a in programme.specialists.exclude(buddy=None).select_related("buddy")}


def test_working_buddies_are_each_others_and_a_new_one_frees_the_old_one(client, ours, coordinator):
    a, b, c = (SpecialistTeacherFactory(programme=ours.programme, ref=ref) for ref in ("A", "B", "C"))

    change(client, a, buddy=b.pk)
    first = buddies(ours.programme)
    change(client, a, buddy=c.pk)
    second = buddies(ours.programme)
    change(client, c, buddy="")

    assert first == {("A", "B"), ("B", "A")}
    assert second == {("A", "C"), ("C", "A")}
    assert buddies(ours.programme) == set()


def test_whoever_has_a_buddy_withdrew_or_is_of_another_programme_is_not_offered(client, ours, coordinator):
    a, b, c, gone = (SpecialistTeacherFactory(programme=ours.programme, ref=ref) for ref in ("A", "B", "C", "D"))
    other = SpecialistTeacherFactory(programme=ProgrammeFactory(organisation=ours.organisation))
    SpecialistTeacher.objects.filter(pk=gone.pk).update(status="withdrawn")
    change(client, b, buddy=c.pk)

    answers = [change(client, a, buddy=wrong.pk) for wrong in (a, c, gone, other)]

    assert all("Choose one of those that are offered" in text(answer) for answer in answers)
    assert buddies(ours.programme) == {("B", "C"), ("C", "B")}


def test_two_coaches_of_each_other_are_refused(client, ours, coordinator):
    a, b = (SpecialistTeacherFactory(programme=ours.programme, ref=ref) for ref in ("A", "B"))

    change(client, a, coach=b.pk)
    answer = change(client, b, coach=a.pk)
    page = text(client.get(b.get_absolute_url()))

    b.refresh_from_db()
    assert "it cannot be both ways round" in text(answer)
    assert b.coach is None
    assert f"<dt>Coaches</dt><dd>{a}</dd>" in page


def test_a_change_of_the_form_leaves_the_status_alone(client, ours, coordinator):
    row = SpecialistTeacherFactory(programme=ours.programme, status="recruited")

    change(client, row, outcome="Deputy headship", joined="pilot")

    row.refresh_from_db()
    assert (row.status, row.outcome, row.joined) == ("recruited", "Deputy headship", "pilot")


def test_a_link_consultant_reaches_the_partnerships_of_the_teacher_named_and_no_others(client, ours, coordinator):
    consultant = UserFactory()
    MembershipFactory(user=consultant, role=Role.CONSULTANT, organisation=ours.organisation)
    named = SpecialistTeacherFactory(programme=ours.programme)
    partnership = PartnershipFactory(programme=ours.programme, specialist=named)
    before = list(Partnership.objects.allowed(consultant, "partnerships.view"))

    change(client, named, consultant=consultant.pk)

    client.force_login(consultant)
    page = text(client.get(reverse("programmes:specialists", args=[ours.programme.slug])))
    assert before == []
    assert list(Partnership.objects.allowed(consultant, "partnerships.view")) == [partnership]
    assert list(SpecialistTeacher.objects.allowed(consultant, "specialists.view")) == [named]
    assert list(Programme.objects.allowed(consultant, "programmes.view")) == [ours.programme]
    assert "1 specialist teacher<" in page
    assert str(named) in page
    assert str(ours.specialist) not in page


def test_someone_who_is_no_consultant_of_the_organisation_cannot_be_linked(client, ours, coordinator):
    row = SpecialistTeacherFactory(programme=ours.programme)

    answer = change(client, row, consultant=ours.people[Role.FINANCE].pk)

    row.refresh_from_db()
    assert "Choose from what is offered here." in text(answer)
    assert row.consultant is None
