"""Half-days and visits to come when people change: passed on, moved, or left waiting."""

import datetime as dt

from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.services import people
from tests.factories import (
    BookingFactory,
    MembershipFactory,
    PartnershipFactory,
    SpecialistTeacherFactory,
    VisitFactory,
)
from tests.replacing import SUMMER, TODAY, booked, replace_teacher, teacher_row
from visits.models import Visit


def test_a_half_day_that_the_successor_cannot_take_over_is_listed_not_lost(ours, client):
    gone, known = (
        ours.people[Role.PARTNER],
        MembershipFactory(role=Role.PARTNER, organisation=ours.organisation, school=ours.school).user,
    )
    other = VisitFactory(partnership=PartnershipFactory(), on=SUMMER)
    BookingFactory(visit=other, person=known)
    clash = VisitFactory(partnership=ours.partnership, on=SUMMER)
    BookingFactory(visit=clash, person=gone)

    replace_teacher(ours, email=known.email)

    assert list(Visit.objects.waiting_for_a_successor(TODAY)) == [clash]
    assert (booked(clash), booked(other)) == ({gone.pk}, {known.pk})
    client.force_login(ours.people[Role.COORDINATOR])
    page = client.get(reverse("programmes:partnership", args=[ours.partnership.pk])).content.decode()
    assert "1 visit still waits for someone" in page
    form = client.get(reverse("visits:change", args=[clash.pk]))
    assert "has left this partnership" in form.content.decode()
    assert set(form.context["form"].fields["people"].initial) == {ours.people[Role.SPECIALIST].pk, known.pk}


def test_nobody_yet_leaves_the_half_days_waiting_until_somebody_joins(ours, coordinator):
    gone = ours.people[Role.PARTNER]
    assert people.replace_partner_teacher(coordinator, teacher_row(ours), on=TODAY, because="Parental leave") is None
    waiting = list(Visit.objects.waiting_for_a_successor(TODAY))

    row = people.add_partner_teacher(
        coordinator, ours.partnership, email="late@schools.example", first_name="L", last_name="Ate", on=TODAY
    )

    assert waiting == [ours.visit]
    assert booked(ours.visit) == {ours.people[Role.SPECIALIST].pk, row.user_id}
    assert gone.pk not in booked(ours.visit)


def test_visits_to_come_at_the_old_home_school_take_place_at_the_new_one(ours, coordinator):
    partnership, home = ours.partnership, ours.partnership.specialist.home_school
    successor = SpecialistTeacherFactory(programme=ours.programme)
    visits = {
        "past": VisitFactory(partnership=partnership, on=dt.date(2027, 1, 13), host=home, status="took place"),
        "cancelled": VisitFactory(
            partnership=partnership, on=SUMMER, host=home, status="cancelled", cancelled_because="Snow"
        ),
        "here": VisitFactory(partnership=partnership, on=dt.date(2027, 5, 5), half="am"),
        "there": VisitFactory(partnership=partnership, on=dt.date(2027, 5, 5), half="pm", host=home),
        "of others": VisitFactory(on=SUMMER, host=home),
    }

    people.replace_specialist(coordinator, partnership, successor, on=TODAY, because="Parental leave")

    hosts = {name: Visit.objects.get(pk=visit.pk).host for name, visit in visits.items()}
    assert hosts == {
        "past": home,
        "cancelled": home,
        "here": ours.school,
        "there": successor.home_school,
        "of others": home,
    }
    assert AuditEvent.objects.filter(did="visits.moved", row=visits["there"].pk).count() == 1
