"""Specialist teachers who are replaced: who may follow, what passes on and what stays."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from programmes.forms.people import SpecialistForm
from programmes.models import ConflictOfInterest, Partnership, PastSpecialist, SpecialistTeacher
from programmes.services import people
from pupils.models import Place
from tests.factories import BookingFactory, PartnershipFactory, SpecialistTeacherFactory, UserFactory, VisitFactory
from tests.replacing import TODAY, booked
from tests.together import at_once
from visits.models import Booking


def test_a_replaced_specialist_teacher_stays_in_the_history_and_loses_the_pages(ours, coordinator, client):
    gone, partnership = ours.people[Role.SPECIALIST], ours.partnership
    successor = SpecialistTeacherFactory(programme=ours.programme)
    before = partnership.specialist
    past = VisitFactory(partnership=partnership, on=dt.date(2027, 1, 13), status="took place")
    BookingFactory(visit=past, person=gone)

    people.replace_specialist(
        coordinator, partnership, successor, on=dt.date(2027, 1, 20), because="Illness or long absence"
    )

    stored = Partnership.objects.get(pk=partnership.pk)
    assert stored.specialist == successor
    assert list(PastSpecialist.objects.values_list("specialist", "since", "until", "because", "ended_by")) == [
        (before.pk, dt.date(2026, 9, 1), dt.date(2027, 1, 19), "Illness or long absence", coordinator.pk)
    ]
    assert booked(past) == {gone.pk}
    assert booked(ours.visit) == {ours.people[Role.PARTNER].pk, successor.user_id}
    client.force_login(gone)
    assert client.get(stored.get_absolute_url()).status_code == 404
    assert not Place.objects.allowed(User.objects.get(pk=gone.pk), "pupils.view").exists()
    assert SpecialistTeacher.objects.filter(pk=before.pk, programme=ours.programme).exists()


def test_only_those_with_room_whom_nothing_keeps_from_the_school_may_follow(ours, coordinator):
    partnership, programme = ours.partnership, ours.programme
    programme.specialists.exclude(pk=partnership.specialist_id).update(status="completed")
    fits = SpecialistTeacherFactory(programme=programme, ref="B", subjects=["maths"], year_groups=[5])
    plain = SpecialistTeacherFactory(programme=programme, ref="A")
    half = SpecialistTeacherFactory(programme=programme, ref="C", partnerships_wanted=2)
    PartnershipFactory(programme=programme, specialist=half)
    full = SpecialistTeacherFactory(programme=programme, ref="D")
    PartnershipFactory(programme=programme, specialist=full, status="agreed")
    freed = SpecialistTeacherFactory(programme=programme, ref="E")
    PartnershipFactory(programme=programme, specialist=freed, status="folded")
    kept_away = SpecialistTeacherFactory(programme=programme, ref="F")
    ConflictOfInterest.objects.create(specialist=kept_away, school=partnership.partner_school, declared_by="Head")
    SpecialistTeacherFactory(programme=programme, ref="G", status="withdrawn")
    SpecialistTeacherFactory(programme=programme, ref="H", user=ours.people[Role.PARTNER])
    SpecialistTeacherFactory(ref="I")
    other_year = SpecialistTeacherFactory(programme=programme, ref="J", subjects=["maths"], year_groups=[2])
    PartnershipFactory(programme=programme, specialist=other_year, status="folded")

    offered = [(row.ref, row.taken, row.teaches_it, row.fits) for row in people.may_follow(partnership)]
    hints = [
        row.hint.rpartition(". ")[2]
        for row in SpecialistForm(person=coordinator, partnership=partnership, since=TODAY).fields["successor"].choices
    ]

    assert offered == [
        ("B", 0, True, True),
        ("J", 0, True, False),
        ("A", 0, False, False),
        ("E", 0, False, False),
        ("C", 1, False, False),
    ]
    assert hints == ["Fits", "Other year groups", *["Does not teach maths"] * 3]
    with pytest.raises(people.CannotChange, match="cannot take this partnership any more"):
        people.replace_specialist(coordinator, partnership, full, on=TODAY, because="Parental leave")
    assert Partnership.objects.get(pk=partnership.pk).specialist != full
    assert {fits.ref, plain.ref} == {"A", "B"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_one_specialist_teacher_the_last_room_one_is_told():
    programme = PartnershipFactory().programme
    first, second = PartnershipFactory(programme=programme), PartnershipFactory(programme=programme)
    person, free = UserFactory(), SpecialistTeacherFactory(programme=programme)

    def replacing(partnership):
        row = Partnership.objects.get(pk=partnership.pk)
        return lambda: people.replace_specialist(person, row, free, on=TODAY, because="Left the school")

    found = at_once(*map(replacing, (first, second)), expecting=(people.CannotChange,))

    assert sorted(isinstance(answer, people.CannotChange) for answer in found) == [False, True]
    assert Partnership.objects.filter(specialist=free).count() == 1
    assert Booking.objects.count() == 0


def test_the_specialist_teacher_is_replaced_in_the_browser(ours, coordinator, client):
    successor = SpecialistTeacherFactory(programme=ours.programme, subjects=["maths"], year_groups=[5])
    client.force_login(coordinator)
    address = reverse("programmes:specialist_replace", args=[ours.partnership.pk])

    blank = client.post(address, {})
    done = client.post(
        address, {"successor": successor.pk, "on": "27/1/2027", "because": "Parental leave"}, follow=True
    )

    said = blank.content.decode()
    assert [s in said for s in ("Choose who follows.", "Enter the day.", "Choose why.")] == [True] * 3
    assert "The specialist teacher is replaced." in done.content.decode()
    assert Partnership.objects.get(pk=ours.partnership.pk).specialist == successor
