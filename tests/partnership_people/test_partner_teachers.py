"""Partner teachers who join, are replaced and leave, with no page left open."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from accounts.services import OwnInvitation
from programmes.models import Partnership, PartnerTeacher
from programmes.services import people
from pupils.models import Assessment
from tests.factories import BookingFactory, PartnershipFactory, UserFactory, VisitFactory
from tests.replacing import TODAY, booked, replace_teacher
from tests.together import at_once
from visits.models import Visit


def test_another_partner_teacher_joins_as_an_equal(ours, coordinator):
    row = people.add_partner_teacher(
        coordinator, ours.partnership, email="New@Schools.example ", first_name="New", last_name="Comer", on=TODAY
    )

    assert (row.user.email, row.since, row.until) == ("new@schools.example", TODAY, None)
    assert (str(row.user), row.user.is_active) == ("New Comer", False)
    membership = row.user.memberships.get()
    assert (membership.role, membership.organisation, membership.school) == (
        Role.PARTNER,
        ours.organisation,
        ours.school,
    )
    partnership = Partnership.objects.with_people().get(pk=ours.partnership.pk)
    assert partnership.current_partner_teachers == [ours.people[Role.PARTNER], row.user]


def test_nobody_joins_twice_and_nobody_is_partner_to_themselves(ours, coordinator):
    before = User.objects.count()

    for email, error in [
        (ours.people[Role.PARTNER].email, "is a partner teacher of this partnership already"),
        (ours.people[Role.SPECIALIST].email, "is the specialist teacher of this partnership"),
    ]:
        with pytest.raises(people.CannotChange, match=error):
            people.add_partner_teacher(coordinator, ours.partnership, email=email, on=TODAY)
    with pytest.raises(OwnInvitation):
        people.add_partner_teacher(coordinator, ours.partnership, email=coordinator.email, on=TODAY)

    assert User.objects.count() == before
    assert ours.partnership.partner_teachers.count() == 1
    assert not Membership.objects.filter(user=ours.people[Role.SPECIALIST], role=Role.PARTNER).exists()


def test_who_replaces_a_partner_teacher_takes_over_and_nothing_is_lost(ours):
    gone, sst = ours.people[Role.PARTNER], ours.people[Role.SPECIALIST]
    past = VisitFactory(partnership=ours.partnership, on=dt.date(2027, 1, 13), status="took place")
    BookingFactory(visit=past, person=gone)
    assessment = ours.place.assessments.first()
    Assessment.objects.filter(pk=assessment.pk).update(entered_by=gone)
    grades = list(Assessment.objects.order_by("pk").values())

    successor = replace_teacher(ours, on=dt.date(2027, 1, 20))

    rows = ours.partnership.partner_teachers.values_list("user", "since", "until", "because", "ended_by")
    assert list(rows) == [
        (gone.pk, dt.date(2026, 9, 1), dt.date(2027, 1, 19), "Left the school", ours.people[Role.COORDINATOR].pk),
        (successor.user_id, dt.date(2027, 1, 20), None, "", None),
    ]
    assert booked(past) == {gone.pk}
    assert booked(ours.visit) == {sst.pk, successor.user_id}
    assert list(Assessment.objects.order_by("pk").values()) == grades
    assert not Visit.objects.waiting_for_a_successor(TODAY).exists()


def test_the_pages_close_to_whoever_is_replaced(ours, client):
    gone = ours.people[Role.PARTNER]
    Invitation.objects.create(
        email=gone.email,
        first_name="A",
        last_name="B",
        role=Role.PARTNER,
        organisation=ours.organisation,
        school=ours.school,
        invited_by=ours.people[Role.COORDINATOR],
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
        digest=b"of the one who leaves",
    )
    client.force_login(gone)
    pages = [
        reverse("programmes:partnership", args=[ours.partnership.pk]),
        reverse("visits:detail", args=[ours.visit.pk]),
        reverse("pupils:detail", args=[ours.pupil.pk]),
        reverse("reports:handover", args=[ours.partnership.pk]),
    ]
    before = [client.get(page).status_code for page in pages]

    replace_teacher(ours)
    after = [client.get(page).status_code for page in pages]

    assert (before, after) == ([200] * 4, [403] * 4)
    assert not Membership.objects.live().filter(user=gone).exists()
    assert not Invitation.objects.open().filter(email=gone.email).exists()


def test_a_teacher_of_two_partnerships_keeps_the_other_one(ours, client):
    gone = ours.people[Role.PARTNER]
    other = PartnershipFactory(programme=ours.programme, partner_school=ours.school, partner_teacher=gone)

    replace_teacher(ours)
    client.force_login(gone)
    answers = [
        client.get(reverse("programmes:partnership", args=[pk])).status_code for pk in (ours.partnership.pk, other.pk)
    ]

    assert answers == [404, 200]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_replace_one_teacher_one_wins_and_the_other_is_told():
    partnership, person = PartnershipFactory(), UserFactory()
    pk = partnership.partner_teachers.get().pk

    def replacing(email):
        row = PartnerTeacher.objects.select_related("partnership__programme", "user").get(pk=pk)
        who = {"email": email, "first_name": "A"}
        return lambda: people.replace_partner_teacher(person, row, on=TODAY, because="Left the school", **who)

    found = at_once(
        replacing("one@schools.example"), replacing("two@schools.example"), expecting=(people.CannotChange,)
    )

    assert sorted(isinstance(answer, people.CannotChange) for answer in found) == [False, True]
    assert partnership.partner_teachers.filter(until=None).count() == 1
