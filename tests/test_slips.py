"""The slip radar: each kind of slip alone and with others, in words, with its age and whom it waits for."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import (
    Acceptance,
    ActionItem,
    Agreement,
    DataReturn,
    Objection,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Programme,
    SpecialistStep,
    SpecialistTeacher,
    TermDate,
)
from programmes.services.agreements import follow_people
from reports.roster.slips import Waits
from tests.factories import BookingFactory, MembershipFactory, UserFactory, VisitFactory
from tests.rosters import NOW, TERMS, TODAY, agreement, late, partnership, rows, scene, words
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_27_january():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at():
    return scene()


def only_row(at):
    (row,) = rows(at)
    return row


def told(row):
    """Each slip whole: words, since when, how many school days, for whom it waits, who can do it, the button."""
    return [
        (
            slip.words,
            slip.since,
            slip.age,
            sorted(slip.waits),
            [str(person) for person in slip.people],
            slip.act and slip.act.label,
        )
        for slip in row.slips
    ]


def test_a_partnership_that_has_done_everything_is_on_course(at):
    agreement(partnership(at, "Beckney Junior"), dt.date(2026, 9, 10))

    row = only_row(at)

    assert (row.group, told(row), row.nudges) == ("on course", [], [])


def test_late_grades_wait_for_the_partner_teacher(at):
    late(at, partnership(at, "Fenwick Green"))

    row = only_row(at)

    assert told(row) == [
        (
            "December grades 18 school days late, 0 of 5 in",
            dt.date(2026, 12, 18),
            18,
            ["teacher"],
            ["Nia Holt"],
            None,
        )
    ]
    assert (row.group, row.overdue) == ("slipping", 18)


def test_where_the_partner_teacher_cannot_sign_in_the_specialist_teacher_is_asked(at):
    late(at, partnership(at, "Fenwick Green"))
    User.objects.filter(last_name="Holt").update(is_active=False)

    row = only_row(at)

    assert [str(nudge.person) for nudge in row.nudges] == ["Umar Mbeki"]


def test_a_grade_or_a_reason_for_every_pupil_is_enough(at):
    p = partnership(at, "Fenwick Green")
    DataReturn.objects.filter(partnership=p, data_point=at.points[0]).update(assessed=3, excused=2)

    assert words(at) == {"Fenwick Green": []}


def test_a_partnership_without_target_pupils_is_not_on_course_after_a_data_point(at):
    p = partnership(at, "Fenwick Green")
    DataReturn.objects.filter(partnership=p).update(expected=0, assessed=0)

    assert words(at) == {"Fenwick Green": ["No target pupils yet; December grades were due on 18 December"]}


def test_an_unsigned_agreement_names_everyone_for_whom_it_waits(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2027, 1, 12), signed=("specialist", "home head"))

    assert told(only_row(at)) == [
        (
            "Agreement unsigned for 11 school days; waits for Nia Holt and the head of Saltmarsh",
            dt.date(2027, 1, 12),
            11,
            ["head", "teacher"],
            ["Nia Holt", "Head of Saltmarsh"],
            None,
        )
    ]


def test_someone_who_joined_later_is_counted_from_that_day(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2026, 9, 10), signed=("specialist", "partner head", "home head"))
    PartnerTeacher.objects.filter(partnership=p).update(until=dt.date(2027, 1, 11))
    newcomer = UserFactory(first_name="Yara", last_name="Costa")
    MembershipFactory(user=newcomer, role=Role.PARTNER, organisation=at.organisation, school=p.partner_school)
    PartnerTeacher.objects.create(partnership=p, user=newcomer, since=dt.date(2027, 1, 12))
    follow_people(at.coordinator, p)

    assert told(only_row(at)) == [
        (
            "Agreement unsigned for 11 school days; Yara Costa joined on 12 January",
            dt.date(2027, 1, 12),
            11,
            ["teacher"],
            ["Yara Costa"],
            None,
        )
    ]


def test_an_agreement_of_last_week_does_not_slip_yet(at):
    agreement(partnership(at, "Saltmarsh"), dt.date(2027, 1, 21), signed=())

    assert words(at) == {"Saltmarsh": []}


def test_a_new_version_of_an_unsigned_agreement_does_not_begin_the_wait_anew(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2026, 9, 10))
    for made_on in (dt.date(2026, 11, 2), dt.date(2027, 1, 12), dt.date(2027, 1, 26)):
        Agreement.objects.filter(partnership=p, superseded_at=None).update(superseded_at=NOW)
        agreement(p, made_on, signed=())

    (slip,) = only_row(at).slips

    days = len([day for day in school_days_after(dt.date(2026, 11, 2)) if day <= TODAY])
    assert (slip.what, slip.since, slip.age) == (
        f"Agreement unsigned for {days} school days",
        dt.date(2026, 11, 2),
        days,
    )


def test_an_agreement_that_was_signed_by_all_is_counted_from_the_version_after(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2026, 9, 10))
    Agreement.objects.filter(partnership=p).update(superseded_at=NOW)
    VisitFactory(partnership=p, on=dt.date(2027, 1, 14), status="took place")
    agreement(p, dt.date(2027, 1, 25), signed=())

    assert words(at) == {"Saltmarsh": []}


@pytest.mark.parametrize(
    ("on", "status", "slips"),
    [
        (dt.date(2027, 2, 2), "planned", True),
        (dt.date(2027, 1, 14), "took place", True),
        (dt.date(2027, 2, 3), "planned", False),
        (dt.date(2027, 1, 28), "cancelled", False),
    ],
)
def test_an_agreement_that_nobody_has_ever_signed_slips_at_once_where_visits_are_under_way(at, on, status, slips):
    made, none = partnership(at, "Saltmarsh"), partnership(at, "Without", "Tom Ash", "Eve Birch")
    PartnershipStep.objects.update(on=dt.date(2027, 1, 26))
    agreement(made, dt.date(2027, 1, 26), signed=("specialist", "partner", "home head"))
    because = "Snow" if status == "cancelled" else ""
    for p in (made, none):
        VisitFactory(partnership=p, on=on, half="pm", status=status, cancelled_because=because)

    found = {row.partnership.partner_school.name: row.slips for row in rows(at)}

    said = {
        "Saltmarsh": ["Agreement unsigned, and visits are under way; waits for the head of Saltmarsh"],
        "Without": ["No agreement to sign, and visits are under way"],
    }
    assert {school: [slip.words for slip in found[school]] for school in said} == (
        said if slips else {"Saltmarsh": [], "Without": []}
    )


def school_days_after(day):
    """Counted on the fingers: weekdays of the terms of the scene."""
    days = (day + dt.timedelta(days=n) for n in range(1, 365))
    return [day for day in days if day.weekday() < 5 and any(first <= day <= last for first, last in TERMS)]


def test_where_a_programme_has_an_agreement_a_started_partnership_needs_one(at):
    agreement(partnership(at, "Beckney"), dt.date(2026, 9, 10))
    partnership(at, "Saltmarsh")

    row = rows(at)[0]

    assert row.partnership.partner_school.name == "Saltmarsh"
    assert told(row) == [
        (
            "No agreement to sign; active for 91 school days",
            dt.date(2026, 9, 1),
            91,
            ["coordinator"],
            [],
            "Make the agreement",
        )
    ]


def test_a_past_visit_that_nobody_confirmed_waits_for_the_specialist_teacher(at):
    p = partnership(at, "Fenwick Green")
    VisitFactory(partnership=p, on=dt.date(2027, 1, 13))

    assert told(only_row(at)) == [
        (
            "Visit of 13 January: nobody has said whether it took place, 10 school days",
            dt.date(2027, 1, 13),
            10,
            ["teacher"],
            ["Umar Mbeki"],
            None,
        )
    ]


def test_a_visit_of_the_timetable_without_a_half_day_slips_once_its_window_is_open(at):
    Visit.objects.filter(partnership=partnership(at, "Jaywell")).delete()

    row = only_row(at)

    assert words(at) == {"Jaywell": ["No visit planned for Lesson study 2, its window ends on 12 February"]}
    assert (row.slips[0].is_due, row.overdue) == (False, None)


def test_before_its_window_it_slips_when_its_end_is_near_and_not_before(at):
    partnership(at, "Jaywell").visits.all().delete()
    later = {"window_start": dt.date(2027, 2, 15), "window_end": dt.date(2027, 2, 26)}
    at.programme.timetable.update(**later)

    assert words(at) == {"Jaywell": []}


def test_a_window_that_is_over_is_overdue(at):
    partnership(at, "Jaywell").visits.all().delete()
    at.programme.timetable.update(window_start=dt.date(2027, 1, 4), window_end=dt.date(2027, 1, 22))

    row = only_row(at)

    assert words(at) == {
        "Jaywell": ["No visit for Lesson study 2, its window ended on 22 January, 3 school days"],
    }
    assert row.overdue == 3


def test_a_visit_entered_by_hand_stands_for_the_window_in_which_it_lies(at):
    p = partnership(at, "Jaywell")
    p.visits.update(step=None)

    assert words(at) == {"Jaywell": []}


def test_a_cancelled_visit_leaves_its_window_empty(at):
    p = partnership(at, "Jaywell")
    p.visits.update(status=Visit.Status.CANCELLED, cancelled_because="Snow")

    assert words(at) == {"Jaywell": ["No visit planned for Lesson study 2, its window ends on 12 February"]}


def test_windows_from_before_a_partnership_began_are_not_asked_of_it(at):
    p = partnership(at, "Jaywell")
    p.visits.all().delete()
    at.programme.timetable.update(window_start=dt.date(2026, 10, 5), window_end=dt.date(2026, 10, 16))
    PartnershipStep.objects.filter(partnership=p).update(on=dt.date(2026, 11, 2))

    assert words(at) == {"Jaywell": []}


@pytest.mark.parametrize(("ends", "asked"), [("2027-01-26", 0), ("2027-02-01", 0), ("2027-02-02", 1)])
def test_a_window_with_less_than_a_school_week_left_when_a_partnership_began_is_not_asked_of_it(at, ends, asked):
    p = partnership(at, "Jaywell")
    p.visits.all().delete()
    at.programme.timetable.update(window_end=dt.date.fromisoformat(ends))
    PartnershipStep.objects.filter(partnership=p).update(on=TODAY)

    assert words(at) == {"Jaywell": ["No visit planned for Lesson study 2, its window ends on 2 February"] * asked}


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


def test_a_proposal_slips_from_its_first_day_where_a_head_who_must_agree_cannot_sign_in(at):
    p = partnership(at, "New", status=Partnership.Status.PROPOSED)
    PartnershipStep.objects.filter(partnership=p).update(on=TODAY)
    heads = Membership.objects.filter(role=Role.HEADTEACHER)
    heads.filter(school=p.partner_school).delete()
    User.objects.filter(pk__in=heads.filter(school=p.specialist.home_school).values("user")).update(is_active=False)

    nobody = only_row(at)
    Acceptance.objects.create(partnership=p, school=p.specialist.home_school, by=at.coordinator)
    one_agreed = only_row(at)

    untold = "cannot sign in, and has not been told of this proposal"
    assert told(nobody) == [
        (f"The head of New {untold}", TODAY, 0, ["coordinator"], [], "Invite the head of New"),
        (f"The head of Home of Mbeki {untold}", TODAY, 0, ["coordinator"], [], "Invite the head of Home of Mbeki"),
    ]
    assert [act.url.partition("?")[2] for act in nobody.acts] == [
        f"role=headteacher&urn={school.urn}&next=/roster/" for school in p.schools
    ]
    assert [slip.words for slip in one_agreed.slips] == [f"The head of New {untold}"]
    assert nobody.group == "slipping"


def test_a_proposal_slips_after_ten_school_days(at):
    for school, on in (("Old", dt.date(2027, 1, 12)), ("New", dt.date(2027, 1, 14))):
        p = partnership(at, school, status=Partnership.Status.PROPOSED)
        PartnershipStep.objects.filter(partnership=p).update(on=on)

    old, new = rows(at)

    assert told(old) == [
        (
            "Partnership proposed 11 school days ago; waits for the heads of Old and Home of Mbeki",
            dt.date(2027, 1, 12),
            11,
            ["head"],
            ["Head of Old", "Head of Home of Mbeki"],
            None,
        )
    ]
    assert (new.partnership.partner_school.name, new.slips) == ("New", [])


def test_a_proposal_waits_for_the_head_who_has_not_agreed_or_for_the_coordinator_where_that_one_cannot(at):
    p = partnership(at, "Old", status=Partnership.Status.PROPOSED)
    home = p.specialist.home_school
    PartnershipStep.objects.filter(partnership=p).update(on=dt.date(2027, 1, 12))
    Acceptance.objects.create(partnership=p, school=p.partner_school, by=at.coordinator)

    one_agreed = told(only_row(at))
    objection = Objection.objects.create(
        partnership=p, kind="dispute", reason="Subject", school=home, by=at.coordinator
    )
    asks = [slip for slip in told(only_row(at)) if slip[0].startswith("Partnership")]
    objection.delete()
    Membership.objects.filter(role=Role.HEADTEACHER, school=home).update(ends_on=dt.date(2027, 1, 26))
    nobody, untold = told(only_row(at))

    said = ("Partnership proposed 11 school days ago; waits for the head of Home of Mbeki", dt.date(2027, 1, 12), 11)
    assert one_agreed == [(*said, ["head"], ["Head of Home of Mbeki"], None)]
    assert asks == [nobody] == [(*said, ["coordinator"], [], "Settle it")]
    assert untold[0] == "The head of Home of Mbeki cannot sign in, and has not been told of this proposal"


def test_a_dispute_waits_for_the_coordinators_answer(at):
    p = partnership(at, "Rolphby", status=Partnership.Status.AGREED)
    objection = Objection.objects.create(
        partnership=p,
        kind=Objection.Kind.DISPUTE,
        reason="Subject",
        school=p.partner_school,
        by=at.coordinator,
        at=dt.datetime(2027, 1, 21, 23, 30, tzinfo=dt.UTC),
    )

    open_ = told(only_row(at))
    Objection.objects.filter(pk=objection.pk).update(
        answered_at=NOW, answered_by=at.coordinator, answer="Agreed by phone.", outcome="keep"
    )

    assert open_ == [
        (
            "Rolphby disputes this pairing, 4 school days",
            dt.date(2027, 1, 21),
            4,
            ["coordinator"],
            [],
            "Answer the school",
        )
    ]
    assert words(at) == {"Rolphby": []}


@pytest.mark.parametrize(
    ("owner", "waits", "people"),
    [
        ("coordinator", Waits.COORDINATOR, []),
        ("teacher", Waits.TEACHER, ["Nia Holt"]),
        ("other", Waits.OTHER, ["Tom X"]),
    ],
)
def test_an_overdue_action_waits_for_its_owner(at, owner, waits, people):
    p = partnership(at, "Rolphby")
    owners = {
        "coordinator": at.coordinator,
        "teacher": p.current_partner_teachers[0],
        "other": UserFactory(first_name="Tom", last_name="X"),
    }
    ActionItem.objects.create(
        programme=at.programme,
        partnership=p,
        what="Send the books",
        owner=owners[owner],
        due_on=dt.date(2027, 1, 20),
        made_by=at.coordinator,
    )

    (slip,) = only_row(at).slips

    by = {"coordinator": "yours", "teacher": "Nia Holt", "other": "Tom X"}[owner]
    assert slip.words == f"Action 5 school days late: Send the books ({by})"
    assert (slip.waits, [str(person) for person in slip.people]) == ({waits}, people)
    assert "books" not in slip.mail


def test_everything_at_once_is_listed_with_the_oldest_first(at):
    p = partnership(at, "Fenwick Green")
    late(at, p, assessed=2)
    agreement(p, dt.date(2027, 1, 12), signed=("specialist", "home head", "partner head"))
    VisitFactory(partnership=p, on=dt.date(2027, 1, 13))
    Visit.objects.filter(partnership=p, step=at.step).delete()
    Membership.objects.filter(role=Role.HEADTEACHER, school=p.partner_school).delete()

    row = only_row(at)

    assert [slip.words for slip in row.slips] == [
        "December grades 18 school days late, 2 of 5 in",
        "Agreement unsigned for 11 school days; waits for Nia Holt",
        "Visit of 13 January: nobody has said whether it took place, 10 school days",
        "No visit planned for Lesson study 2, its window ends on 12 February",
        "Head of the partner school cannot sign in",
    ]
    assert [(str(nudge.person), len(nudge.slips)) for nudge in row.nudges] == [("Nia Holt", 2), ("Umar Mbeki", 2)]
    assert row.waits == {Waits.TEACHER, Waits.COORDINATOR}


def test_the_most_overdue_partnership_stands_first(at):
    late(at, partnership(at, "Grades"))
    VisitFactory(partnership=partnership(at, "Visit"), on=dt.date(2027, 1, 13))
    no_head = partnership(at, "Head")
    Membership.objects.filter(role=Role.HEADTEACHER, school=no_head.partner_school).delete()
    partnership(at, "Later", on=dt.date(2027, 2, 9))
    partnership(at, "Sooner", on=dt.date(2027, 1, 28))
    partnership(at, "Paused", status=Partnership.Status.PAUSED)
    partnership(at, "Folded", status=Partnership.Status.FOLDED)

    order = [(row.partnership.partner_school.name, row.group) for row in rows(at)]

    assert order == [
        ("Grades", "slipping"),
        ("Visit", "slipping"),
        ("Head", "slipping"),
        ("Sooner", "on course"),
        ("Later", "on course"),
        ("Paused", "paused"),
        ("Folded", "folded"),
    ]


@pytest.mark.parametrize("status", [Partnership.Status.PAUSED, Partnership.Status.COMPLETED, Partnership.Status.FOLDED])
def test_who_is_paused_or_over_does_not_slip(at, status):
    late(at, partnership(at, "Fenwick Green", status=status))

    assert words(at) == {"Fenwick Green": []}


def test_nothing_slips_in_a_programme_that_is_closed_or_whose_year_is_over(at):
    late(at, partnership(at, "Fenwick Green"))

    Programme.objects.update(status=Programme.Status.CLOSED)
    closed = words(at)
    Programme.objects.update(status=Programme.Status.ACTIVE, ends_on=dt.date(2027, 1, 26))

    assert (closed, words(at)) == ({"Fenwick Green": []}, {"Fenwick Green": []})


def test_a_school_with_term_dates_of_its_own_is_counted_by_them(at):
    late(at, partnership(at, "Fenwick Green"))
    own = partnership(at, "Own Dates")
    late(at, own)
    # 21 and 22 December are open there, and the first week of January is not.
    autumn, spring = (dt.date(2026, 9, 2), dt.date(2026, 12, 22)), (dt.date(2027, 1, 11), dt.date(2027, 2, 12))
    for first, last in (autumn, spring):
        TermDate.objects.create(
            organisation=at.organisation, school=own.partner_school, name="Own", starts_on=first, ends_on=last
        )

    ages = {row.partnership.partner_school.name: row.overdue for row in rows(at)}

    assert ages == {"Fenwick Green": 18, "Own Dates": 15}


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
