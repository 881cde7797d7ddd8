"""Half-days and visits to come when people change: passed on, moved, or left waiting."""

import datetime as dt

from django.urls import reverse

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from programmes.services import people
from tests.factories import (
    BookingFactory,
    MembershipFactory,
    PartnershipFactory,
    SpecialistTeacherFactory,
    VisitFactory,
)
from tests.icalendars import events_in
from tests.replacing import SUMMER, TODAY, booked, replace_teacher, teacher_row
from visits.models import Booking, Visit


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


def test_a_new_specialist_teacher_takes_over_and_everyone_gets_one_mail_with_all_of_it(ours, coordinator):
    """Half-days, the school that covers, the history, the sequence and the calendars say the same."""
    partnership, before = ours.partnership, ours.partnership.specialist
    successor = SpecialistTeacherFactory(programme=ours.programme)
    office = MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=successor.home_school).user
    away = VisitFactory(partnership=partnership, on=SUMMER, half="am")
    home = VisitFactory(partnership=partnership, on=SUMMER, half="pm", host=before.home_school)
    for visit in (away, home):
        BookingFactory(visit=visit, person=before.user, school=before.home_school, confirmed_at=visit.recorded_at)
        BookingFactory(visit=visit, person=ours.people[Role.PARTNER], school=ours.school)
    sequences = {visit.pk: visit.sequence for visit in (away, home)}

    people.replace_specialist(coordinator, partnership, successor, on=TODAY, because="Parental leave")

    for visit in (away, home):
        line = visit.changes.get()
        visit.refresh_from_db()
        assert visit.sequence == sequences[visit.pk] + 1
        assert (line.what, line.reason, line.by) == (
            "changed",
            "Another teacher follows in the partnership.",
            coordinator,
        )
        assert [row["person"] for row in line.given_up] == [before.user_id]
        own = Booking.objects.get(visit=visit, person=successor.user)
        assert (own.school, own.confirmed_at) == (successor.home_school, None)
    assert (home.host, home.changes.get().before_host) == (successor.home_school, before.home_school)
    mails = OutgoingMail.objects.filter(kind="visits_changed")
    told = {mail.to: {event["STATUS"] for event in events_in(mail.calendar)} for mail in mails}
    assert len(mails) == len(told)
    assert told[before.user] == {"CANCELLED"}
    assert "CANCELLED" not in told[successor.user] | told[ours.people[Role.PARTNER]]
    cover = OutgoingMail.objects.get(kind="cover_changed", to=office)
    assert cover.text.count(f"noon: {successor}") + cover.text.count(f"morning: {successor}") == 3


def test_where_the_successor_is_not_free_only_the_place_changes_and_the_visit_waits(ours, coordinator):
    partnership, before = ours.partnership, ours.partnership.specialist
    successor = SpecialistTeacherFactory(programme=ours.programme)
    home = VisitFactory(partnership=partnership, on=SUMMER, host=before.home_school)
    BookingFactory(visit=home, person=before.user, school=before.home_school)
    BookingFactory(visit=VisitFactory(on=SUMMER), person=successor.user)

    people.replace_specialist(coordinator, partnership, successor, on=TODAY, because="Parental leave")

    home.refresh_from_db()
    left = Booking.objects.get(visit=home)
    assert (home.host, left.person, left.school) == (successor.home_school, before.user, before.home_school)
    assert list(Visit.objects.waiting_for_a_successor(TODAY)) == [home]
    assert home.changes.get().given_up == []


def test_somebody_who_joins_where_nothing_waits_changes_no_visit(ours, coordinator):
    VisitFactory(partnership=ours.partnership, on=SUMMER)
    before = dict(Visit.objects.values_list("pk", "sequence"))

    people.add_partner_teacher(
        coordinator, ours.partnership, email="two@schools.example", first_name="T", last_name="Wo", on=TODAY
    )

    assert dict(Visit.objects.values_list("pk", "sequence")) == before
    assert not OutgoingMail.objects.filter(kind__in=["visits_changed", "cover_changed"]).exists()
