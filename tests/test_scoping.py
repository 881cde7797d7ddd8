"""Role and reach come from one membership: what two of them do not add up to, and what an ended one leaves."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, School, User
from accounts.models.organisations import TAKING_PART
from accounts.roles import DOES, Role
from programmes.models import Area, AreaConsultant, Partnership, Programme
from programmes.models.partnerships import home_schools, partner_schools
from pupils.models import Place, TargetPupil
from reports.models import Report
from tests.factories import MembershipFactory, PartnershipFactory, ProgrammeFactory
from visits.models import Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_day")]

REACHED = [
    (Programme, "programmes.view"),
    (Partnership, "partnerships.view"),
    (Visit, "visits.view"),
    (Place, "pupils.view"),
    (TargetPupil, "pupils.view"),
]


def fresh(person):
    """Without the memberships that a request has read."""
    return User.objects.get(pk=person.pk)


def reached(person):
    person = fresh(person)
    return {f"{model.__name__}, {action}": list(model.objects.allowed(person, action)) for model, action in REACHED}


def test_two_memberships_do_not_lend_each_other_reach(world):
    ours, _, elsewhere = world
    specialist = ours.people[Role.SPECIALIST]
    before = reached(specialist)

    MembershipFactory(user=specialist, role=Role.FINANCE, organisation=elsewhere.organisation)

    after = reached(specialist)
    programmes = after.pop("Programme, programmes.view")
    assert set(programmes) == {ours.programme, elsewhere.programme}
    assert before.pop("Programme, programmes.view") == [ours.programme]
    assert after == before
    assert after["TargetPupil, pupils.view"] == [ours.pupil]


@pytest.mark.parametrize(
    "days",
    [
        {"ends_on": dt.date(2027, 1, 26)},
        {"starts_on": dt.date(2027, 1, 28)},
        {"ended_at": dt.datetime(2027, 1, 27, 8, tzinfo=dt.UTC)},
    ],
)
def test_a_membership_that_is_over_or_still_to_come_reaches_nothing(world, days):
    ours = world[0]
    person = ours.people[Role.SPECIALIST]
    person.memberships.update(**days)

    assert not any(reached(person).values())


def test_an_unknown_action_is_a_mistake_and_not_a_refusal(world):
    person = world[0].people[Role.SPECIALIST]

    with pytest.raises(KeyError):
        Visit.objects.allowed(person, "visits.veiw")


def test_two_roles_double_no_row(world):
    ours = world[0]
    specialist = ours.people[Role.SPECIALIST]
    for role in (Role.COORDINATOR, Role.HEADTEACHER, Role.PARTNER):
        school = None if role == Role.COORDINATOR else ours.school
        MembershipFactory(user=specialist, role=role, organisation=ours.organisation, school=school)
    ours.partnership.partner_teachers.create(user=specialist, since=dt.date(2026, 9, 1))

    rows = reached(specialist)

    assert all(rows.values())
    assert {name: len(found) for name, found in rows.items()} == {name: len(set(found)) for name, found in rows.items()}


def test_a_partner_teacher_who_was_replaced_reaches_nothing(world):
    ours = world[0]
    teacher = ours.people[Role.PARTNER]
    assert all(reached(teacher).values())

    ours.partnership.partner_teachers.update(until=dt.date(2027, 1, 26))

    assert not any(reached(teacher).values())


def test_the_head_of_two_schools_orders_a_report_only_where_one_role_opens_both(client, world):
    """Head of our school in our programmes, and of the school next door elsewhere: next door here is neither."""
    ours, next_door, elsewhere = world
    head = ours.people[Role.HEADTEACHER]
    MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=elsewhere.organisation, school=next_door.school)
    client.force_login(head)

    def order(programme, school):
        asked = {"kind": Report.Kind.SCHOOL, "programme": programme.pk, "school": school.pk}
        return client.post(reverse("reports:order"), asked).status_code

    before = Report.objects.count()
    assert order(ours.programme, next_door.school) == 404
    assert Report.objects.count() == before
    assert order(ours.programme, ours.school) == 302


def test_the_schools_that_take_part_are_told_by_these():
    assert [partner_schools, home_schools] == TAKING_PART


def test_schools_that_take_part_are_reached_once_and_only_by_their_organiser(world):
    ours, _, elsewhere = world
    guest = PartnershipFactory(programme=ours.programme).partner_school
    PartnershipFactory(programme=ours.programme, partner_school=guest)

    def found(corner):
        coordinator = fresh(corner.people[Role.COORDINATOR])
        return School.objects.allowed(coordinator, "people.invite").filter(pk=guest.pk).count()

    assert (found(ours), found(elsewhere)) == (1, 0)


def test_a_coordinator_names_and_removes_the_consultant_of_an_area(client, world):
    ours, next_door, _ = world
    coordinator, area = ours.people[Role.COORDINATOR], next_door.partnership.area
    consultant = MembershipFactory(role=Role.CONSULTANT, organisation=ours.organisation).user
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)
    client.force_login(coordinator)
    add = reverse("programmes:consultant_add", args=[ours.programme.slug])

    client.post(add, {"area": area.pk, "consultant": consultant.pk})
    named = client.post(add, {"area": area.pk, "consultant": consultant.pk}, follow=True)
    row = AreaConsultant.objects.get(area=area, user=consultant)
    reach = list(Partnership.objects.allowed(fresh(consultant), "partnerships.view"))
    removed = client.post(reverse("programmes:consultant_remove", args=[row.pk]), follow=True)

    assert f"{consultant} is a consultant of Nextdoor area now." in named.content.decode()
    assert reach == [next_door.partnership]
    assert f"{consultant} is no longer a consultant of Nextdoor area." in removed.content.decode()
    assert not reached(consultant)["Partnership, partnerships.view"]
    did = AuditEvent.objects.filter(who=coordinator, model="programmes.areaconsultant", row=row.pk).order_by("pk")
    assert list(did.values_list("did", flat=True)) == ["consultant named", "consultant removed"]


def test_only_consultants_and_areas_of_the_own_organisation_can_be_joined(client, world):
    ours, _, elsewhere = world
    client.force_login(ours.people[Role.COORDINATOR])
    add = reverse("programmes:consultant_add", args=[ours.programme.slug])
    ended = MembershipFactory(role=Role.CONSULTANT, organisation=ours.organisation, ends_on=dt.date(2027, 1, 26)).user
    before = AreaConsultant.objects.count()

    for area, person in (
        (ours.partnership.area, elsewhere.people[Role.CONSULTANT]),
        (ours.partnership.area, ours.people[Role.FINANCE]),
        (ours.partnership.area, ended),
        (elsewhere.partnership.area, ours.people[Role.CONSULTANT]),
    ):
        answer = client.post(add, {"area": area.pk, "consultant": person.pk}, follow=True)
        assert "Choose an area of this programme" in answer.content.decode()

    assert AreaConsultant.objects.count() == before


def test_an_organisation_without_consultants_is_led_to_inviting_one(client, world):
    ours = world[0]
    for corner in world[:2]:
        corner.people[Role.CONSULTANT].memberships.update(ended_at=dt.datetime(2027, 1, 27, 8, tzinfo=dt.UTC))
    client.force_login(ours.people[Role.COORDINATOR])

    here = ours.programme.get_absolute_url()
    page = client.get(here).content.decode()

    assert f'href="{reverse("accounts:invite")}?role=consultant&amp;next={here}"' in page


def test_the_filter_offers_the_newest_year_first(world):
    ours = world[0]
    for year in (2024, 2028, 2025):
        programme = ProgrammeFactory(
            organisation=ours.organisation, starts_on=dt.date(year, 9, 1), ends_on=dt.date(year + 1, 8, 31)
        )
        area = Area.objects.create(programme=programme, name=f"A{2030 - year}")
        PartnershipFactory(programme=programme, area=area)
    rows = Partnership.objects.allowed(ours.people[Role.COORDINATOR], "partnerships.view")

    assert [p.starts_on.year for p in rows.programmes()] == [2028, 2026, 2025, 2024]
    assert [a.programme.starts_on.year for a in rows.areas()] == [2028, 2026, 2026, 2025, 2024]


def test_the_finance_officer_is_told_of_areas_because_the_pages_count_by_area():
    assert "each area" in DOES[Role.FINANCE]
    assert "partnership" not in DOES[Role.FINANCE]
