"""Who is in a partnership: joined, replaced and left, with nothing lost and no page left open."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEvent, Invitation, Membership, OutgoingMail, User
from accounts.roles import Role
from accounts.services import OwnInvitation
from programmes.forms.people import SpecialistForm
from programmes.models import (
    ConflictOfInterest,
    Partnership,
    PartnerTeacher,
    PastSpecialist,
    Programme,
    SpecialistTeacher,
)
from programmes.services import people
from programmes.services.agreements import after_people_change
from programmes.services.history import history_of
from pupils.models import Assessment, Place
from tests.factories import (
    BookingFactory,
    MembershipFactory,
    PartnershipFactory,
    SpecialistTeacherFactory,
    UserFactory,
    VisitFactory,
)
from tests.world import build_world
from visits.models import Booking, Visit
from visits.services import hand_bookings_over, visit_the_new_home_school

TODAY = dt.date(2027, 1, 27)
SUMMER = dt.date(2027, 6, 2)


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def ours(world):
    return world[0]


@pytest.fixture
def coordinator(ours):
    return ours.people[Role.COORDINATOR]


def teacher_row(ours):
    return PartnerTeacher.objects.get(partnership=ours.partnership, until=None)


def replace_teacher(ours, on=TODAY, **who):
    who = who or {"email": "new@schools.example", "first_name": "New", "last_name": "Comer"}
    person = ours.people[Role.COORDINATOR]
    return people.replace_partner_teacher(person, teacher_row(ours), on=on, because="Left the school", **who)


def booked(visit):
    return set(visit.bookings.values_list("person", flat=True))


def test_the_list_of_what_follows_when_people_change():
    follows = list(people.AFTER_PEOPLE_CHANGE)

    assert follows[:3] == [hand_bookings_over, visit_the_new_home_school, after_people_change]


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


def test_those_known_at_the_school_are_offered_with_what_they_are_there(client, ours, coordinator):
    known = UserFactory(first_name="Ann", last_name="Aardvark")
    for role in (Role.PARTNER, Role.HEADTEACHER):
        MembershipFactory(user=known, role=role, organisation=ours.organisation, school=ours.school)
    client.force_login(coordinator)

    page = client.get(reverse("programmes:partner_teacher_add", args=[ours.partnership.pk]))

    offered = [(row[1], row.hint) for row in page.context["form"].fields["who"].choices[:-1]]
    assert offered[0] == ("Ann Aardvark", "Partner teacher and Headteacher")
    assert {hint for _, hint in offered[1:]} == {"Headteacher"}


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


def test_everyone_concerned_is_told_who_came_and_who_left(ours):
    known = MembershipFactory(role=Role.PARTNER, organisation=ours.organisation, school=ours.school).user
    gone = ours.people[Role.PARTNER]

    replace_teacher(ours, email=known.email)

    mails = {(mail.to, mail.kind) for mail in OutgoingMail.objects.filter(kind__startswith="partnership_")}
    assert mails == {
        (ours.people[Role.SPECIALIST], "partnership_people_changed"),
        (ours.people[Role.HEADTEACHER], "partnership_people_changed"),
        (ours.people[Role.CONSULTANT], "partnership_people_changed"),
        (gone, "partnership_people_changed"),
        (known, "partnership_joined"),
    }
    farewell = OutgoingMail.objects.get(to=gone, kind__startswith="partnership_").text
    assert "The pages of the partnership are closed to you" in farewell
    assert "/partnerships/" not in farewell
    welcome = OutgoingMail.objects.get(to=known, kind__startswith="partnership_").text
    assert reverse("reports:handover", args=[ours.partnership.pk]) in welcome
    assert "Left the school" not in " ".join(
        OutgoingMail.objects.filter(kind__startswith="partnership_").values_list("text", flat=True)
    )


def test_the_history_tells_who_came_and_who_left(ours, coordinator):
    successor = SpecialistTeacherFactory(programme=ours.programme, user__first_name="Sue", user__last_name="Cessor")
    people.replace_specialist(
        coordinator, ours.partnership, successor, on=dt.date(2027, 1, 20), because="Parental leave"
    )
    replace_teacher(ours)

    told = [
        (event["on"].isoformat(), event["what"], str(event["by"] or ""), event["reason"])
        for event in history_of(Partnership.objects.get(pk=ours.partnership.pk))
    ]

    assert told == [
        ("2026-09-01", "Active", "", ""),
        (
            "2027-01-20",
            "Sue Cessor took over from Ourside OursideSpecialist as specialist teacher",
            str(coordinator),
            "Parental leave",
        ),
        (
            "2027-01-27",
            "New Comer took over from Ourside OursidePartner as partner teacher",
            str(coordinator),
            "Left the school",
        ),
    ]


def test_what_was_done_is_audited_by_ids(ours, coordinator):
    replace_teacher(ours)

    done = AuditEvent.objects.filter(who=coordinator).order_by("pk").values_list("did", "about", "model")
    assert list(done) == [
        ("partner teacher left", "", "programmes.partnerteacher"),
        ("ended role", "partner", "accounts.membership"),
        ("gave role", "partner", "accounts.membership"),
        ("partner teacher joined", "", "programmes.partnerteacher"),
        ("visits.handed over", "", "visits.visit"),
        ("agreements.signers changed", "", "programmes.agreement"),
    ]


# Two at once ------------------------------------------------------------------------------------------------------


def at_once(*acts):
    start, said = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            start.wait()
            act()
            said[number] = "done"
        except people.CannotChange as error:
            said[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_of_two_who_replace_one_teacher_one_wins_and_the_other_is_told():
    partnership, person = PartnershipFactory(), UserFactory()
    pk = partnership.partner_teachers.get().pk

    def replace(email):
        row = PartnerTeacher.objects.select_related("partnership__programme", "user").get(pk=pk)
        people.replace_partner_teacher(person, row, on=TODAY, because="Left the school", email=email, first_name="A")

    said = at_once(lambda: replace("one@schools.example"), lambda: replace("two@schools.example"))

    assert sorted(said) == ["CannotChange", "done"]
    assert partnership.partner_teachers.filter(until=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_one_specialist_teacher_the_last_room_one_is_told():
    programme = PartnershipFactory().programme
    first, second = PartnershipFactory(programme=programme), PartnershipFactory(programme=programme)
    person, free = UserFactory(), SpecialistTeacherFactory(programme=programme)

    def replace(pk):
        partnership = Partnership.objects.get(pk=pk)
        people.replace_specialist(person, partnership, free, on=TODAY, because="Left the school")

    said = at_once(lambda: replace(first.pk), lambda: replace(second.pk))

    assert sorted(said) == ["CannotChange", "done"]
    assert Partnership.objects.filter(specialist=free).count() == 1
    assert Booking.objects.count() == 0


# In the browser ---------------------------------------------------------------------------------------------------


def typed(**fields):
    return {"on": "27/1/2027", "who": "someone else", "first_name": "New", "last_name": "Comer"} | fields


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": ""}, "Enter the email address."),
        ({"email": "nobody"}, "Enter one email address, such as name@school.example."),
        ({"email": "a@schools.example", "last_name": ""}, "Enter the last name."),
        ({"email": "a@schools.example", "first_name": "<b>"}, "A name cannot contain &lt; or &gt;."),
        ({"email": "a@schools.example", "on": "28/1/2027"}, "Give a day from 1 September 2026 to 27 January 2027."),
        ({"email": "ouresidecoordinator@schools.example", "who": "99999"}, "Choose"),
        ({"email": "oursidecoordinator@schools.example"}, "You cannot give yourself a role."),
        ({"email": "oursidespecialist@schools.example"}, "is the specialist teacher of this partnership."),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_stays(ours, coordinator, client, fields, says):
    MembershipFactory(role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school)
    client.force_login(coordinator)
    before = PartnerTeacher.objects.count(), User.objects.count()

    page = client.post(reverse("programmes:partner_teacher_add", args=[ours.partnership.pk]), typed(**fields))

    assert page.status_code == 200
    assert says in page.content.decode()
    assert "Comer" in page.content.decode() or fields.get("last_name") == ""
    assert (PartnerTeacher.objects.count(), User.objects.count()) == before


def test_someone_known_at_the_school_is_offered_and_others_are_not(ours, world, coordinator, client):
    known = MembershipFactory(
        user__first_name="Known", role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school
    ).user
    MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=ours.school)
    client.force_login(coordinator)
    address = reverse("programmes:partner_teacher_add", args=[ours.partnership.pk])

    offered = {value for value, *_ in client.get(address).context["form"].fields["who"].choices}
    stranger = client.post(address, {"on": "27/1/2027", "who": world[1].people[Role.PARTNER].pk})
    done = client.post(address, {"on": "27/1/2027", "who": known.pk}, follow=True)

    assert offered == {str(known.pk), str(ours.people[Role.HEADTEACHER].pk), "someone else"}
    assert stranger.status_code == 200
    assert "The partner teacher has joined." in done.content.decode()
    assert teacher_ids(ours) == {ours.people[Role.PARTNER].pk, known.pk}


def teacher_ids(ours):
    return set(ours.partnership.partner_teachers.filter(until=None).values_list("user", flat=True))


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


def test_whoever_has_left_already_is_not_replaced_again(ours, coordinator, client):
    row = teacher_row(ours)
    replace_teacher(ours)
    client.force_login(coordinator)

    page = client.get(reverse("programmes:partner_teacher_replace", args=[ours.partnership.pk, row.pk]), follow=True)

    assert "has left this partnership already." in page.content.decode()


def test_a_closed_programme_keeps_its_people(ours, coordinator, client):
    Programme.objects.filter(pk=ours.programme.pk).update(status="closed")
    client.force_login(coordinator)

    page = client.get(reverse("programmes:partner_teacher_add", args=[ours.partnership.pk]))

    assert page.status_code == 404
