"""Places that slip: nobody has taken them, or whoever did has left or cannot sign in."""

import datetime as dt

import pytest

from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import Partnership, PartnershipStep, PartnerTeacher, SpecialistStep, SpecialistTeacher
from tests.factories import BookingFactory, MembershipFactory, UserFactory
from tests.rosters import TODAY, agreement, only_row, partnership, rows, told, words

pytestmark = pytest.mark.django_db


def test_nobody_and_the_head_who_cannot_sign_in_are_the_coordinators(at):
    p = partnership(at, "Orsett Vale")
    User.objects.filter(pk__in=[person.pk for person in p.teachers]).update(is_active=False)
    Membership.objects.filter(role=Role.HEADTEACHER, school=p.partner_school).update(ends_on=dt.date(2027, 1, 26))
    since = dt.date(2026, 9, 1)

    row = only_row(at)

    assert told(row) == [
        ("Nobody of the partnership can sign in", since, 91, ["coordinator"], [], "Invite the teachers"),
        ("Head of the partner school cannot sign in", since, 91, ["coordinator"], [], "Invite the head"),
    ]
    assert (row.overdue, row.acts[1].url.partition("?")[2]) == (
        None,
        f"role=headteacher&urn={p.partner_school.urn}&next=/roster/",
    )


def test_a_place_that_nobody_has_taken_waits_for_the_coordinator(at):
    p = partnership(at, "Beckney Junior")
    agreement(p, dt.date(2026, 9, 10))
    PartnerTeacher.objects.filter(partnership=p).update(until=dt.date(2027, 1, 20))
    SpecialistTeacher.objects.filter(pk=p.specialist_id).update(status="withdrawn")
    SpecialistStep.objects.create(specialist=p.specialist, status="withdrawn", on=dt.date(2027, 1, 25))

    row = only_row(at)

    assert [slip for slip in told(row) if slip[0].startswith(("No partner", "Umar"))] == [
        (
            "No partner teacher, 5 school days",
            dt.date(2027, 1, 20),
            5,
            ["coordinator"],
            [],
            "Name a partner teacher",
        ),
        ("Umar Mbeki has withdrawn, 2 school days", dt.date(2027, 1, 25), 2, ["coordinator"], [], "Choose who follows"),
    ]


@pytest.mark.parametrize("status", [Partnership.Status.AGREED, Partnership.Status.ACTIVE])
def test_a_started_partnership_that_never_had_a_partner_teacher_waits_for_one(at, status):
    agreement(partnership(at, "Beckney Junior"), dt.date(2026, 9, 10))
    p = partnership(at, "Nobody Yet", "Tom Ash", "Eve Birch", status=status)
    proposed = partnership(at, "Only Proposed", "Ada Elm", "Kit Oak", status=Partnership.Status.PROPOSED)
    PartnerTeacher.objects.filter(partnership__in=[p, proposed]).delete()
    PartnershipStep.objects.filter(partnership=p).update(on=dt.date(2027, 1, 20), status=status)
    p.visits.all().delete()

    found = {row.partnership.partner_school.name: row for row in rows(at)}

    slips = {slip[0]: (slip[3], slip[5]) for slip in told(found["Nobody Yet"])}
    assert slips == {
        "No partner teacher, 5 school days": (["coordinator"], "Name a partner teacher"),
        f"No agreement to sign; {status} for 5 school days": (["coordinator"], None),
        "No visit planned for Lesson study 2, its window ends on 12 February": (["teacher"], None),
    }
    assert "place" not in found["Only Proposed"].kinds


def test_visits_of_a_partner_teacher_who_left_without_a_successor_still_wait_for_someone(at):
    p = partnership(at, "Beckney Junior")
    BookingFactory(visit=p.visits.get(), person=p.partner_teachers.get().user)
    PartnerTeacher.objects.filter(partnership=p).update(until=dt.date(2027, 1, 20))

    assert words(at) == {"Beckney Junior": ["No partner teacher, 5 school days; 1 visit still waits for someone"]}


def test_a_half_day_booked_for_someone_who_has_left_waits_for_the_coordinator(at):
    p = partnership(at, "Beckney Junior")
    agreement(p, dt.date(2026, 9, 10))
    gone = p.partner_teachers.get()
    BookingFactory(visit=p.visits.get(), person=gone.user)
    PartnerTeacher.objects.filter(pk=gone.pk).update(until=dt.date(2027, 1, 20))
    user = UserFactory()
    PartnerTeacher.objects.create(partnership=p, user=user, since=dt.date(2027, 1, 21))
    MembershipFactory(user=user, role=Role.PARTNER, organisation=at.organisation, school=p.partner_school)

    row = only_row(at)

    assert [slip for slip in told(row) if slip[0].startswith("Visit")] == [
        ("Visit of 3 February is booked for someone who has left", TODAY, 0, ["coordinator"], [], "Choose who comes")
    ]
