"""Specialist teachers on their way into a programme: who reads what, and what steps there are."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from programmes.models import ConflictOfInterest, Nomination, SpecialistStep, SpecialistTeacher
from programmes.services.specialists import STEPS, WrongStep, move_specialist
from tests.access_rows import MATRIX, address_of
from tests.factories import (
    NominationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.pages_by_role import pages_of
from tests.specialists.adding import add, listed, text
from tests.together import at_once

pytestmark = pytest.mark.django_db

Status = SpecialistTeacher.Status


def test_someone_is_added_with_a_role_a_reference_and_a_history_and_cannot_sign_in(client, ours, coordinator):
    school = SchoolFactory(name="Quarry Lane School")
    SpecialistTeacherFactory(programme=ours.programme, ref="S41")

    answer = add(client, ours.programme, home_school=school.urn)

    row = SpecialistTeacher.objects.get(user__email="nell.orchard@schools.example")
    assert "Nell Orchard is in the list as S42, nominated." in text(answer)
    assert (row.ref, row.status, row.home_school, row.partnerships_wanted) == ("S42", "nominated", school, 2)
    assert (row.subjects, row.year_groups) == (["maths"], [5])
    assert list(row.steps.values_list("status", "on", "by")) == [("nominated", dt.date(2026, 9, 1), coordinator.pk)]
    assert [(m.role, m.organisation) for m in row.user.live_memberships] == [(Role.SPECIALIST, ours.organisation)]
    assert row.user.is_active is False


def test_several_are_added_one_after_the_other(client, ours, coordinator):
    school = SchoolFactory(name="Quarry Lane School")

    answer = add(client, ours.programme, home_school=school.urn, another="Add, and enter another")

    assert answer.redirect_chain == [(reverse("programmes:specialist_add", args=[ours.programme.slug]), 302)]
    assert "Nell Orchard is in the list as" in text(answer)
    assert "Record the nomination next" not in text(answer)
    assert answer.context["form"]["first_name"].value() is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"email": "OursideCoordinator@schools.example"}, "This is your own address. You cannot give yourself a role."),
        ({"email": "oursidespecialist@schools.example"}, "is a specialist teacher of this programme already."),
        ({"email": "two@a.example two@b.example"}, "Enter one email address, such as name@school.example."),
        ({"last_name": "<b>"}, "A name cannot contain &lt; or &gt;."),
        ({"home_school": ""}, "Choose the home school."),
        ({"on": "1/9/2090"}, "This day is still to come."),
        ({"subjects": ["alchemy"]}, "Choose from what is offered here."),
        ({"partnerships_wanted": "21"}, "less than or equal to 20"),
    ],
)
def test_what_cannot_be_added_is_said_and_what_was_typed_stays(client, ours, coordinator, given, sentence):
    school, before = SchoolFactory(), SpecialistTeacher.objects.count()

    answer = add(client, ours.programme, **({"home_school": school.urn} | given))

    assert sentence in text(answer)
    assert "Nell" in text(answer)
    assert SpecialistTeacher.objects.count() == before
    assert not User.objects.filter(email="nell.orchard@schools.example").exists()


def test_a_nomination_is_in_no_page_of_anyone_but_the_coordinator(client, ours):
    """Every role, at the two pages that show it and at all that the access matrix, which has this canary, leaves out.

    Those are other orders and selections of a list, other ways into a form, and the pages of the sign-in.
    """
    canaries = ["Ourside nominator", "Ourside nomination note"]
    page = reverse("programmes:specialist", args=[ours.specialist.pk])
    form = reverse("programmes:specialist_nomination", args=[ours.specialist.pk])
    in_the_matrix = {address_of(row.split()[0], ours) for row in MATRIX if row.endswith(" GET")}
    everything = {address for pages in pages_of(ours).values() for address in pages}
    readers = set()

    for role, person in ours.people.items():
        client.force_login(person)
        for address in sorted(everything - in_the_matrix | {page, form}):
            response = client.get(address)
            if response.status_code == 200 and any(words in text(response) for words in canaries):
                readers.add((role, address))

    assert readers == {(Role.COORDINATOR, page), (Role.COORDINATOR, form)}


def test_no_role_but_the_coordinators_reaches_a_nomination_by_any_action(ours):
    reached = {
        role
        for role, person in ours.people.items()
        if any(Nomination.objects.allowed(person, a) for a in ("recruiting.manage", "specialists.view", "release.keep"))
    }

    assert reached == {Role.COORDINATOR}


def test_a_nomination_is_kept_and_the_page_says_what_it_is_not(client, ours, coordinator):
    row = SpecialistTeacherFactory(programme=ours.programme)
    address = reverse("programmes:specialist_nomination", args=[row.pk])

    page = client.get(address)
    answer = client.post(
        address,
        {
            "nominated_by": "The head of Alder",
            "nominated_on": "4 May 2026",
            "excellent_practice": "on",
            "note": "Led moderation.",
        },
        follow=True,
    )

    assert "No grade of a lesson and no judgement of a teacher is stored in Lesson Study." in text(page)
    assert "Led moderation." in text(answer)
    kept = Nomination.objects.values_list("nominated_by", "nominated_on", "excellent_practice", "communication_skills")
    assert kept.get(specialist=row) == ("The head of Alder", dt.date(2026, 5, 4), True, False)


def test_the_reason_of_a_withdrawal_and_the_conflicts_are_not_for_the_consultant(client, ours):
    specialist = ours.specialist
    move_specialist(
        ours.people[Role.COORDINATOR], specialist, Status.WITHDRAWN, on=timezone.localdate(), reason="Secret reason"
    )
    client.force_login(ours.people[Role.CONSULTANT])

    page = text(client.get(specialist.get_absolute_url()))

    assert "Withdrawn" in page
    assert [words in page for words in ("Secret reason", "Ourside declarer", "Conflict School", "Nomination")] == [
        False
    ] * 4


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("after", Status.values)
def test_every_step_is_open_or_not_as_the_table_says(before, after):
    open_steps = {
        ("nominated", "recruited"),
        ("nominated", "withdrawn"),
        ("recruited", "trained"),
        ("recruited", "active"),
        ("recruited", "withdrawn"),
        ("trained", "active"),
        ("trained", "withdrawn"),
        ("active", "withdrawn"),
        ("active", "completed"),
        ("withdrawn", "recruited"),
        ("completed", "active"),
    }
    row, person = SpecialistTeacherFactory(status=before), UserFactory()
    today = timezone.localdate()

    if (before, after) in open_steps:
        move_specialist(person, row, after, on=today, reason="Why")
        kept = [(after, today, "Why")]
    else:
        with pytest.raises(WrongStep):
            move_specialist(person, row, after, on=today, reason="Why")
        kept = []

    row.refresh_from_db()
    assert row.status == (after if kept else before)
    assert list(row.steps.values_list("status", "on", "reason")) == kept
    assert {(b, a) for a, befores in STEPS.items() for b in befores} == open_steps


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"status": "withdrawn"}, "Say why they withdraw."),
        ({"status": "completed", "on": "1/1/2090"}, "This day is still to come."),
        ({"status": "completed", "on": "1/9/2020"}, "Active since 1 September 2026: give that day or a later one."),
        ({"status": "trained"}, "is active now: choose from what is offered here."),
        ({}, "Choose what happens."),
    ],
)
def test_a_step_that_is_not_open_is_said_and_nothing_changes(client, ours, coordinator, given, sentence):
    row = SpecialistTeacherFactory(programme=ours.programme, status="active")
    SpecialistStep.objects.create(specialist=row, status="active", on=dt.date(2026, 9, 1))
    typed = {"on": "2/9/2026", "reason": ""} | given

    answer = client.post(reverse("programmes:specialist_move", args=[row.pk]), typed, follow=True)

    row.refresh_from_db()
    assert sentence in text(answer)
    assert (row.status, row.steps.count()) == ("active", 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_someone_at_once_one_wins_and_the_other_is_told():
    row, people = SpecialistTeacherFactory(status="nominated"), [UserFactory(), UserFactory()]
    rows = [SpecialistTeacher.objects.get(pk=row.pk) for _ in people]
    how = {"on": timezone.localdate(), "reason": "x"}

    found = at_once(
        lambda: move_specialist(people[0], rows[0], "recruited", **how),
        lambda: move_specialist(people[1], rows[1], "withdrawn", **how),
        expecting=(WrongStep,),
    )

    (told,) = [str(answer) for answer in found if isinstance(answer, WrongStep)]
    assert "a moment ago" in told
    assert row.steps.count() == 1


def test_the_list_narrows_by_status_subject_and_room(client, ours, coordinator):
    programme = ProgrammeFactory(organisation=ours.organisation, subjects=["maths", "writing"])
    for ref, status, subject, wanted, partnerships in [
        ("A", "active", "maths", 2, ["active"]),
        ("B", "active", "writing", 1, ["active"]),
        ("C", "active", "maths", 1, ["completed", "folded"]),
        ("D", "withdrawn", "maths", 3, []),
        ("E", "nominated", "writing", 1, []),
    ]:
        row = SpecialistTeacherFactory(
            programme=programme, ref=ref, status=status, subjects=[subject], partnerships_wanted=wanted
        )
        for standing in partnerships:
            PartnershipFactory(programme=programme, specialist=row, status=standing)

    found = {
        query: listed(client, programme, query)
        for query in (
            "",
            "status=active",
            "subject=writing",
            "room=free",
            "room=none",
            "status=none",
            "status=active&room=free",
        )
    }

    assert found == {
        "": {"A", "B", "C", "D", "E"},
        "status=active": {"A", "B", "C"},
        "subject=writing": {"B", "E"},
        "room=free": {"A", "C", "E"},
        "room=none": {"B", "D"},
        "status=none": {"A", "B", "C", "D", "E"},
        "status=active&room=free": {"A", "C"},
    }


def test_a_conflict_of_interest_is_declared_once_and_can_be_taken_back(client, ours, coordinator):
    row, school = SpecialistTeacherFactory(programme=ours.programme), SchoolFactory()
    address = reverse("programmes:specialist_conflicts", args=[row.pk])

    client.post(address, {"school": school.urn, "declared_by": "The teacher"})
    twice = client.post(address, {"school": school.urn, "declared_by": "The head"})
    (conflict,) = row.conflicts.all()
    client.post(reverse("programmes:conflict_remove", args=[conflict.pk]))

    assert "This conflict of interest is declared already." in text(twice)
    assert conflict.declared_by == "The teacher"
    assert not ConflictOfInterest.objects.filter(specialist=row).exists()


def test_the_page_of_a_closed_nomination_offers_one_main_act(client, ours, coordinator):
    bare = SpecialistTeacherFactory(programme=ours.programme, status="nominated")
    put_forward = NominationFactory(specialist__programme=ours.programme, specialist__status="nominated").specialist

    pages = [text(client.get(row.get_absolute_url())) for row in (bare, put_forward)]

    assert ["Record the nomination</a>" in page for page in pages] == [True, False]
    assert ["Recruit or withdraw</a>" in page for page in pages] == [False, True]
