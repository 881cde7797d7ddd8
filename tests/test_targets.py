"""Target grades: proposed by one teacher, agreed by one of the other side, with what stood before kept."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from pupils import scales
from pupils.models import TargetGrade
from pupils.targets.services import agree, propose
from tests.factories import PlaceFactory
from tests.reading import text_of
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    TargetGrade.objects.all().delete()
    corner.partnership = type(corner.partnership).objects.with_people().get(pk=corner.partnership.pk)
    return corner


def grade(corner, code):
    return scales.load_scale(corner.programme.scale).grades.get(code=code)


def sent(client, corner, role, data):
    client.force_login(corner.people[role])
    return client.post(reverse("pupils:targets", args=[corner.partnership.pk]), data, follow=True)


def test_what_waits_for_agreement_stands_on_today_of_the_other_side_alone(client, ours):
    sent(client, ours, Role.SPECIALIST, {f"target_{ours.place.pk}": "4c"})

    found = {}
    for role in (Role.SPECIALIST, Role.PARTNER):
        client.force_login(ours.people[role])
        found[role] = "Agree 1 target grade" in text_of(client.get("/"))
    sent(client, ours, Role.PARTNER, {"agree": "1", "target": TargetGrade.objects.get().pk})

    assert found == {Role.SPECIALIST: False, Role.PARTNER: True}
    assert "Agree 1 target grade" not in text_of(client.get("/"))


def test_one_teacher_proposes_and_one_of_the_other_side_agrees(client, ours):
    page = text_of(sent(client, ours, Role.SPECIALIST, {f"target_{ours.place.pk}": "4c"}))
    target = TargetGrade.objects.get()
    own = text_of(sent(client, ours, Role.SPECIALIST, {"agree": "1", "target": target.pk}))
    agreed = text_of(sent(client, ours, Role.PARTNER, {"agree": "1", "target": target.pk}))

    assert "1 target grade is proposed." in page
    assert "Tick the target grades" in own
    assert "1 target grade is agreed." in agreed
    target.refresh_from_db()
    assert (target.proposed_by, target.agreed_by) == (ours.people[Role.SPECIALIST], ours.people[Role.PARTNER])
    did = AuditEvent.objects.filter(did__startswith="targets.").order_by("pk").values_list("did", flat=True)
    assert list(did) == ["targets.proposed", "targets.agreed"]


def test_a_change_needs_agreeing_again_and_the_history_stays(ours):
    specialist, partner = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    propose(specialist, ours.partnership, {ours.place.pk: grade(ours, "4c")})
    agree(partner, ours.partnership, [TargetGrade.objects.get().pk])

    again = propose(partner, ours.partnership, {ours.place.pk: grade(ours, "4c")})
    other = propose(partner, ours.partnership, {ours.place.pk: grade(ours, "4b")})
    other_still = propose(specialist, ours.partnership, {ours.place.pk: grade(ours, "4a")})

    assert (again, other, other_still) == (0, 1, 1)
    standing = TargetGrade.objects.filter(ended_at=None, agreed_at__isnull=False).get()
    assert standing.grade.code == "4c"
    assert agree(partner, ours.partnership, TargetGrade.objects.values_list("pk", flat=True)) == 1
    assert [(row.grade.code, row.ended_how) for row in TargetGrade.objects.all()] == [
        ("4c", "replaced"),
        ("4b", "set aside"),
        ("4a", ""),
    ]


def test_a_target_grade_can_be_taken_back_by_both(ours):
    specialist, partner = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    propose(specialist, ours.partnership, {ours.place.pk: grade(ours, "4c")})
    agree(partner, ours.partnership, [TargetGrade.objects.get().pk])
    propose(partner, ours.partnership, {ours.place.pk: None})
    agree(specialist, ours.partnership, TargetGrade.objects.values_list("pk", flat=True))

    standing = TargetGrade.objects.get(ended_at=None)
    assert (standing.grade, standing.agreed_by) == (None, specialist)


def test_nobody_agrees_with_themselves_in_the_database_either(ours):
    person = ours.people[Role.PARTNER]
    propose(person, ours.partnership, {ours.place.pk: grade(ours, "4c")})

    with pytest.raises(IntegrityError), transaction.atomic():
        TargetGrade.objects.update(agreed_by=person, agreed_at="2026-11-27T12:00Z")


def test_places_of_another_partnership_and_grades_of_no_scale_change_nothing(client, ours):
    other = PlaceFactory()

    sent(client, ours, Role.PARTNER, {f"target_{other.pk}": "4c"})
    wrong = sent(client, ours, Role.PARTNER, {f"target_{ours.place.pk}": "Snow"})

    assert not TargetGrade.objects.exists()
    assert "Choose one of the grades" in text_of(wrong)


def test_it_stands_in_the_chart_in_the_table_and_on_the_pupils_page(client, ours):
    propose(ours.people[Role.SPECIALIST], ours.partnership, {ours.place.pk: grade(ours, "4c")})
    client.force_login(ours.people[Role.HEADTEACHER])
    progress = reverse("reports:partnership_followed", args=[ours.partnership.pk])
    before = client.get(progress).content.decode()

    agree(ours.people[Role.PARTNER], ours.partnership, [TargetGrade.objects.get().pk])
    after = client.get(progress).content.decode()
    pupil = text_of(client.get(ours.pupil.get_absolute_url()))

    assert ("target grade 4c" in before, "Target grade</th>" in before) == (False, False)
    assert ("target grade 4c" in after, "Target grade</th>" in after) == (True, True)
    assert "<polygon" in after
    assert "Target grade: 4c" in pupil


def test_a_page_opened_earlier_does_not_set_the_other_sides_proposals_aside(client, ours):
    specialist, partner = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    second = PlaceFactory(partnership=ours.partnership)
    propose(partner, ours.partnership, {ours.place.pk: grade(ours, "4b")})
    stale = {f"shown_{ours.place.pk}": "", f"shown_{second.pk}": ""}

    untouched = stale | {f"target_{ours.place.pk}": "", f"target_{second.pk}": "3a"}
    first = text_of(sent(client, ours, Role.SPECIALIST, untouched))
    touched = text_of(sent(client, ours, Role.SPECIALIST, stale | {f"target_{ours.place.pk}": "5c"}))
    seen = {f"shown_{ours.place.pk}": "4b", f"target_{ours.place.pk}": "5c"}
    again = text_of(sent(client, ours, Role.SPECIALIST, seen))

    assert "1 target grade is proposed." in first
    assert "Since you opened the page 4b was proposed. Choose again." in touched
    assert "1 target grade is proposed." in again
    rows = TargetGrade.objects.order_by("pk").values_list("place", "grade__code", "proposed_by", "ended_how")
    assert list(rows) == [
        (ours.place.pk, "4b", partner.pk, "set aside"),
        (second.pk, "3a", specialist.pk, ""),
        (ours.place.pk, "5c", specialist.pk, ""),
    ]
