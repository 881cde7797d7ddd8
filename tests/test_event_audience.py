"""Who is expected at an event: by rule, corrected by hand, and who reaches its page because of it."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import Area, AreaConsultant, Partnership, PartnerTeacher
from tests.factories import (
    AttendanceFactory,
    EventFactory,
    MembershipFactory,
    PartnershipFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from visits.events import invitations
from visits.events.audience import Known, audience, audiences, people_of
from visits.models import Event, Group

pytestmark = pytest.mark.django_db
EVERYONE = [group.value for group in Group]
NEXT_WEEK = timezone.localdate() + dt.timedelta(days=7)


def of_programme(corner, **fields):
    return EventFactory(programme=corner.programme, **{"audience": EVERYONE, "on": NEXT_WEEK} | fields)


def names(event):
    return sorted(one.person.last_name for one in audience(event) if one.person)


def known(person, role="", school=None):
    return Known(person, role, school)


def test_everyone_means_the_teachers_heads_and_consultants_of_the_programme_and_nobody_elsewhere(ours):
    event = of_programme(ours)

    assert names(event) == [
        "NextdoorConsultant",
        "NextdoorHeadteacher",
        "NextdoorPartner",
        "NextdoorSpecialist",
        "OursideConsultant",
        "OursideHeadteacher",
        "OursidePartner",
        "OursideSpecialist",
    ]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("specialist", ["OursideSpecialist"]),
        ("partner", ["OursidePartner"]),
        ("head", ["OursideHeadteacher"]),
        ("consultant", ["OursideConsultant"]),
    ],
)
def test_an_area_s_event_expects_one_group_of_that_area_alone(ours, group, expected):
    event = of_programme(ours, audience=[group], area=ours.partnership.area)

    assert names(event) == expected


def test_the_head_of_the_home_school_is_expected_as_well(ours):
    head = UserFactory(last_name="HomeHead")
    home = ours.partnership.specialist.home_school
    MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=ours.organisation, school=home)

    event = of_programme(ours, audience=["head"], area=ours.partnership.area)

    assert names(event) == ["HomeHead", "OursideHeadteacher"]
    assert [one.school for one in audience(event) if one.person == head] == [home]


def test_whoever_joins_the_programme_later_is_in_by_rule(ours):
    event = of_programme(ours, audience=["specialist", "partner"], area=ours.partnership.area)
    before = names(event)

    late = PartnershipFactory(
        programme=ours.programme,
        area=ours.partnership.area,
        specialist=SpecialistTeacherFactory(programme=ours.programme, user=UserFactory(last_name="LateSpecialist")),
        partner_teacher=UserFactory(last_name="LatePartner"),
    )

    assert names(event) == sorted([*before, "LatePartner", "LateSpecialist"])
    assert late.status == "active"


def test_those_who_left_are_not_expected_any_more(ours):
    event = of_programme(ours, audience=["specialist", "partner", "head"], area=ours.partnership.area)
    PartnerTeacher.objects.filter(partnership=ours.partnership).update(until=event.on - dt.timedelta(days=1))
    Membership.objects.filter(user=ours.people[Role.HEADTEACHER]).update(ended_at=timezone.now())
    ours.partnership.specialist.status = "withdrawn"
    ours.partnership.specialist.save()

    assert names(event) == []


def test_a_folded_partnership_and_a_mere_enquiry_bring_nobody(ours):
    event = of_programme(ours, audience=["partner", "head"], area=ours.partnership.area)

    for status in ("folded", "enquiry"):
        Partnership.objects.filter(pk=ours.partnership.pk).update(status=status)
        assert names(event) == []
    Partnership.objects.filter(pk=ours.partnership.pk).update(status="proposed")
    assert names(event) == ["OursideHeadteacher", "OursidePartner"]


def test_whoever_is_taken_off_stays_off_and_whoever_is_put_on_stays_on(ours, world):
    event = of_programme(ours, audience=["partner"], area=ours.partnership.area)
    coordinator, partner = ours.people[Role.COORDINATOR], ours.people[Role.PARTNER]
    guest = UserFactory(last_name="Guest")

    invitations.take_off_the_list(coordinator, event, partner)
    invitations.put_on_the_list(coordinator, event, known(guest, school=ours.school))
    PartnerTeacher.objects.filter(partnership=ours.partnership).update(until=None)  # the rule still holds of them

    assert names(event) == ["Guest"]
    invitations.put_on_the_list(coordinator, event, known(partner, Group.PARTNER, ours.school))
    assert names(event) == ["Guest", "OursidePartner"]


def test_the_chair_and_the_minute_taker_are_expected_whatever_the_rule(ours):
    chair, minute_taker = ours.people[Role.HEADTEACHER], ours.people[Role.SPECIALIST]
    event = of_programme(ours, audience=[], chair=chair, minute_taker=minute_taker)

    assert names(event) == ["OursideHeadteacher", "OursideSpecialist"]


def test_someone_in_two_capacities_is_expected_once_as_a_teacher_first(ours):
    specialist = ours.people[Role.SPECIALIST]
    MembershipFactory(user=specialist, role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school)
    event = of_programme(ours, area=ours.partnership.area)

    found = [(one.role, one.school) for one in audience(event) if one.person == specialist]

    assert found == [("specialist", ours.partnership.specialist.home_school)]


def test_once_the_register_is_closed_whoever_joins_was_not_expected(ours):
    event = of_programme(ours, audience=["partner"], area=ours.partnership.area)
    recorded = {"recorded_by": ours.people[Role.COORDINATOR], "recorded_at": timezone.now()}
    AttendanceFactory(event=event, person=ours.people[Role.PARTNER], present=False, **recorded)
    Event.objects.filter(pk=event.pk).update(register_closed_at=timezone.now())
    PartnershipFactory(programme=ours.programme, area=ours.partnership.area)

    assert names(event) == ["OursidePartner"]


def test_a_person_reaches_exactly_the_events_that_expect_them(ours, world):
    """The list of the invited and the reach of a page come from one rule; here they are compared for everyone."""
    areas = [None, ours.partnership.area, world[1].partnership.area, Area.objects.create(programme=ours.programme)]
    for area in areas:
        for group in (*EVERYONE, None):
            of_programme(ours, area=area, audience=[group] if group else [])
    of_programme(ours, audience=[], chair=ours.people[Role.PARTNER])
    event = of_programme(ours, area=ours.partnership.area)
    invitations.take_off_the_list(None, event, ours.people[Role.SPECIALIST])
    invitations.put_on_the_list(None, of_programme(ours, audience=[]), known(ours.people[Role.SPECIALIST]))
    events = list(Event.objects.all())

    lists = audiences(events)
    expected, reached = {}, {}
    for corner in world:
        for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER):
            someone = User.objects.get(pk=corner.people[role].pk)
            key = corner.corner, role.value
            expected[key] = {pk for pk, list_ in lists.items() if someone in [one.person for one in list_]}
            reached[key] = set(Event.objects.allowed(someone, "events.view").values_list("pk", flat=True))

    assert reached == expected
    assert all(expected.values())


def test_a_consultant_reaches_the_own_area_and_what_is_of_the_whole_programme(ours, world):
    own = of_programme(ours, area=ours.partnership.area, audience=[])
    whole = of_programme(ours, audience=[])
    other = of_programme(ours, area=world[1].partnership.area, audience=[])
    consultant = ours.people[Role.CONSULTANT]

    seen = set(Event.objects.allowed(consultant, "events.view"))
    kept = set(Event.objects.allowed(consultant, "events.record"))

    assert {own, whole} <= seen
    assert other not in seen
    assert own in kept
    assert not {whole, other} & kept


def test_two_roles_lend_each_other_no_reach(ours, world):
    """A partner teacher there who is expected at nothing gains nothing from being a specialist teacher here."""
    elsewhere = world[2]
    person = ours.people[Role.SPECIALIST]
    MembershipFactory(
        user=person, role=Role.PARTNER, organisation=elsewhere.organisation, school=elsewhere.partnership.partner_school
    )
    event = of_programme(elsewhere, audience=["specialist", "partner", "head"])

    assert not Event.objects.allowed(User.objects.get(pk=person.pk), "events.view").filter(pk=event.pk).exists()


def test_any_number_of_events_takes_the_same_queries(ours, django_assert_num_queries):
    one = of_programme(ours)
    many = [of_programme(ours, area=ours.partnership.area) for _ in range(20)]
    PartnershipFactory.create_batch(10, programme=ours.programme, area=ours.partnership.area)

    with django_assert_num_queries(4):
        audiences([one])
    with django_assert_num_queries(4):
        lists = audiences([one, *many])

    assert len(lists[many[0].pk]) == 24


def test_the_people_of_a_programme_are_offered_once_each_with_their_school(ours):
    offered = people_of(ours.programme, ours.partnership.area)

    assert [(k.person.last_name, k.role, str(k.school)) for k in offered] == [
        ("OursideConsultant", "consultant", "None"),
        ("OursideCoordinator", "", "None"),
        ("OursideHeadteacher", "head", "Ourside Partner School"),
        ("OursidePartner", "partner", "Ourside Partner School"),
        ("OursideSpecialist", "specialist", "Ourside Home School"),
    ]


def test_a_consultant_who_left_is_not_expected(ours):
    event = of_programme(ours, audience=["consultant"], area=ours.partnership.area)
    assert AreaConsultant.objects.filter(area=event.area).exists()

    Membership.objects.filter(user=ours.people[Role.CONSULTANT]).update(ends_on=event.on - dt.timedelta(days=1))

    assert names(event) == []
