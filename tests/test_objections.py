"""What is refused, and what is asked about first, where somebody puts a visit on another half-day."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from programmes.models import SchoolClosure, SchoolLimits
from tests.factories import MembershipFactory
from tests.years import MONDAY, TODAY, coordinator_of, partner_of, partnership_of, programme_of, release, stand
from visits import services
from visits.models import Away, ProposedTime, Visit
from visits.planning.objections import Objections, objections_to

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


@pytest.fixture
def programme():
    return programme_of("First visit", "Lesson study 1")


@pytest.fixture
def visit(programme):
    """Of the first step, on its Monday, with Lesson study 1 two weeks later."""
    partnership = partnership_of(programme)
    first, second = programme.timetable.all()
    stand(partnership, 15, step=second)
    return stand(partnership, 0, step=first)


@pytest.fixture
def coordinator(client, programme):
    client.force_login(coordinator_of(programme))
    return client


def day(days):
    return MONDAY + dt.timedelta(days=days)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def put(client, visit, days, half="am", name="move", **more):
    form = {"on": f"{day(days):%d/%m/%Y}", "half": half, "seen": visit.sequence, "reason": "Trip"} | more
    return client.post(reverse(f"visits:{name}", args=[visit.pk]), form, follow=True)


def close(visit, **fields):
    SchoolClosure.objects.create(first_on=day(1), last_on=day(1), **fields)


@pytest.mark.parametrize("name", ["move", "propose"])
@pytest.mark.parametrize("reason", ["ppa", "inset", "closed", "no-go", "away"])
def test_what_cannot_be_is_refused_with_its_reason_whoever_it_is_about(coordinator, visit, name, reason):
    partner, home = partner_of(visit.partnership), visit.partnership.specialist.home_school
    if reason == "ppa":
        partner_of(visit.partnership, ppa="tue-am")
    elif reason == "away":
        Away.objects.create(person=partner, first_on=day(1), last_on=day(1), entered_by=partner)
    else:
        close(visit, school=home, kind=reason, words="" if reason == "inset" else "Trip")

    answer = put(coordinator, visit, 1, name=name, sure=f"{day(1)}-am")

    said = {
        "ppa": f"{partner} has PPA.",
        "inset": f"{home} has an INSET day.",
        "closed": f"{home} is closed (Trip).",
        "no-go": f"{home} lets nobody go (Trip).",
        "away": f"{partner} is away.",
    }[reason]
    assert f"{said} Choose another half-day." in text(answer)
    assert 'value="Trip"' in answer.content.decode()
    assert (Visit.objects.get(pk=visit.pk).on, ProposedTime.objects.count()) == (MONDAY, 0)


def test_what_else_speaks_against_it_is_asked_about_once_and_again_for_another_day(coordinator, visit):
    release(visit.partnership.specialist, "mon-am")
    SchoolLimits.objects.create(school=visit.partnership.partner_school, cover_capacity=0)
    specialist, partner_school = visit.partnership.specialist, visit.partnership.partner_school

    asked = put(coordinator, visit, 17)
    stands = Visit.objects.get(pk=visit.pk).on
    sure = re.search(r'name="sure" value="([^"]+)"', asked.content.decode())[1]
    other = put(coordinator, visit, 18, sure=sure)
    moved = put(coordinator, visit, 17, sure=sure)

    assert f"{specialist} is not released." in text(asked)
    assert "It is outside the window of First visit, 18 January to 29 January." in text(asked)
    assert "Lesson study 1 would come before First visit." in text(asked)
    assert f"{partner_school} has nobody left to cover." in text(asked)
    assert "Move it all the same" in asked.content.decode()
    assert 'value="Trip"' in asked.content.decode()
    assert stands == MONDAY
    assert "Move it all the same" in other.content.decode()
    assert "The visit is now on Thursday 4 February, morning." in text(moved)


def test_a_half_day_that_nothing_speaks_against_is_taken_without_a_question(coordinator, visit):
    answer = put(coordinator, visit, 1)

    assert "The visit is now on Tuesday 19 January, morning." in text(answer)


def test_a_visit_to_come_does_not_move_to_a_day_that_is_over(coordinator, visit):
    answer = put(coordinator, visit, -13)

    assert "This day is past. Give one from today on." in text(answer)
    assert Visit.objects.get(pk=visit.pk).on == MONDAY


def test_a_swap_names_what_speaks_against_each_and_is_done_all_the_same(coordinator, visit):
    other = Visit.objects.exclude(pk=visit.pk).get()
    address, seen = reverse("visits:swap", args=[visit.pk]), f"{visit.sequence}:{other.sequence}"

    check = coordinator.get(address, {"other": other.pk})
    unasked = coordinator.post(address, {"other": other.pk, "seen": seen})
    stands = Visit.objects.get(pk=visit.pk).on
    done = coordinator.post(address, {"other": other.pk, "seen": seen, "sure": check.context["sure"]}, follow=True)

    assert "It is outside the window of First visit, 18 January to 29 January." in text(check)
    assert "It is outside the window of Lesson study 1, 1 February to 12 February." in text(check)
    assert text(check).count("Lesson study 1 would come before First visit.") == 2
    assert "Swap the two visits all the same" in text(unasked)
    assert stands == MONDAY
    assert "Swapped: this visit is now on Tuesday 2 February, morning." in text(done)


def test_a_swap_onto_a_closure_is_refused(coordinator, visit):
    other = Visit.objects.exclude(pk=visit.pk).get()
    school = visit.partnership.partner_school
    SchoolClosure.objects.create(school=school, kind="closed", first_on=day(15), last_on=day(15), words="Flood")
    address, form = reverse("visits:swap", args=[visit.pk]), {"other": other.pk, "sure": "4"}

    answers = [text(coordinator.get(address, form)), text(coordinator.post(address, form))]

    assert [f"{school} is closed (Flood)." in answer for answer in answers] == [True, True]
    assert ["Swap the two visits" in answer for answer in answers] == [False, False]
    assert Visit.objects.get(pk=visit.pk).on == MONDAY


def test_many_visits_are_told_apart_into_what_cannot_move_and_what_is_asked_about(coordinator, visit):
    other = Visit.objects.exclude(pk=visit.pk).get()
    partner_of(visit.partnership, ppa="tue-am")
    address = reverse("visits:move_many")
    keys = [visit.pk, other.pk]

    both = text(coordinator.post(address, {"visit": keys, "weeks": 1}, follow=True))
    one = coordinator.post(address, {"visit": [visit.pk], "weeks": 2}, follow=True)
    form = {"visit": [visit.pk], "weeks": 2, "seen": f"{visit.pk}:{visit.sequence}"}
    unasked = text(coordinator.post(address, form))
    moved = text(coordinator.post(address, form | {"sure": one.context["sure"]}, follow=True))

    assert "1 of 2 can move" in both
    assert f"{partner_of(visit.partnership)} has PPA." in both
    assert "It is outside the window of First visit, 18 January to 29 January." in text(one)
    assert "Move 1 visit all the same" in text(one)
    assert "Nothing was moved" in unasked
    assert "Moved: 1 visit." in moved


def test_a_visit_that_is_kept_where_it_is_is_left_out_of_many_unless_it_is_ticked(coordinator, visit):
    Visit.objects.filter(pk=visit.pk).update(is_locked=True)
    other = Visit.objects.exclude(pk=visit.pk).get()
    address = reverse("visits:move_many")
    asked = {"visit": [visit.pk, other.pk], "weeks": 1}

    left_out = coordinator.post(address, asked, follow=True)
    ticked = coordinator.post(address, asked | {"locked": [visit.pk]}, follow=True)
    only = coordinator.post(address, {"visit": [visit.pk], "weeks": 1}, follow=True)

    assert [shift.visit for shift in left_out.context["shifts"]] == [other]
    assert "Left out: 1 visit is kept where it is" in text(left_out)
    assert [shift.visit for shift in ticked.context["shifts"]] == [visit, other]
    assert "Left out" not in text(ticked)
    assert "All of them are kept where they are" in text(only)
    assert "Kept where it is" in text(coordinator.get(address))


def test_visits_are_looked_at_together_in_as_many_queries_for_one_as_for_three(programme):
    step = programme.timetable.first()
    visits = [stand(partnership_of(programme), 0, step=step) for _ in range(3)]
    wanted = {visit.pk: (day(1), "am") for visit in visits}
    reader, counts = coordinator_of(programme), []

    for several in (visits[:1], visits):
        with CaptureQueriesContext(connection) as queries:
            found = objections_to(reader, several, wanted, TODAY)
        counts.append(len(queries))

    assert found == {visit.pk: Objections() for visit in visits}
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("on", "half", "late"), [(TODAY - dt.timedelta(days=1), "pm", 0), (TODAY, "am", 2)])
def test_a_past_visit_is_put_right_and_costs_no_cover_within_its_day(coordinator, visit, on, half, late):
    visit = stand(visit.partnership, -13)
    form = {"on": f"{on:%d/%m/%Y}", "half": half, "seen": 0}
    address = reverse("visits:move", args=[visit.pk])

    asked = coordinator.post(address, form, follow=True)
    if late:
        coordinator.post(address, form | {"sure": f"{on}-{half}"})

    change = visit.changes.get()
    assert ("Move it all the same" in asked.content.decode()) == bool(late)
    assert (change.after_on, change.after_half) == (on, half)
    assert change.late_specialist_half_days + change.late_partner_half_days == late


def test_a_visit_to_come_is_not_put_on_a_past_day_by_its_form_either(coordinator, visit):
    people = [person.pk for person in visit.people.all()]
    form = {"kind": visit.kind, "host": visit.host_id, "on": "5/1/2027", "half": "am", "people": people}

    answer = coordinator.post(reverse("visits:change", args=[visit.pk]), form)

    assert "This day is past, and the visit is still to come. Give a day from today on." in text(answer)


def test_while_another_time_is_proposed_only_the_answer_is_asked_for(coordinator, visit):
    specialist = visit.partnership.specialist.user
    partner = partner_of(visit.partnership)
    asked = "Does this half-day suit you?"
    pages = {}

    organisation, school = visit.partnership.programme.organisation, visit.partnership.partner_school
    MembershipFactory(user=specialist, organisation=organisation, role=Role.SPECIALIST)
    MembershipFactory(user=partner, organisation=organisation, role=Role.PARTNER, school=school)
    services.propose_time(specialist, visit, day(1), "am")
    for person in (specialist, partner):
        coordinator.force_login(person)
        pages[person] = text(coordinator.get(visit.get_absolute_url()))

    assert [asked in page for page in pages.values()] == [False, False]
    assert "Take it back" in pages[specialist]
    assert "Accept: move the visit" in pages[partner]


def test_cancelled_visits_are_not_among_those_to_come(coordinator, visit):
    services.cancel_visit(visit.partnership.specialist.user, visit, "Snow", changes=[])

    page = coordinator.get(reverse("visits:list"))

    assert "1 visit to come. 1 cancelled" in text(page)
    assert visit not in page.context["object_list"]
    assert visit in coordinator.get(reverse("visits:list"), {"when": "all"}).context["object_list"]


def test_a_weekend_is_no_day_away(coordinator, programme, visit):
    person = visit.partnership.specialist.user
    days = {"first_on": "16/1/2027", "last_on": "17/1/2027", "half": ""}

    answers = [
        text(coordinator.post(reverse("visits:away", args=[person.pk]), days)),
        text(coordinator.post(reverse("visits:plan_absence", args=[programme.slug]), days | {"person": person.pk})),
    ]

    sentence = "These days are a weekend, when schools are closed anyway. Choose a day from Monday to Friday."
    assert [sentence in answer for answer in answers] == [True, True]
    assert not Away.objects.exists()


def test_a_closure_of_more_than_three_weeks_is_asked_about_once(coordinator, visit):
    address = reverse("programmes:closure_add", args=[visit.partnership.partner_school.urn])
    days = {"kind": "closed", "first_on": "1/9/2026", "last_on": "31/8/2027", "half": "", "words": "Works"}

    asked = coordinator.post(address, days)
    number = SchoolClosure.objects.count()
    sure = asked.context["form"]["sure"].value()
    coordinator.post(address, days | {"sure": sure})

    assert re.search(r"That is 1\d\d school days\. Save it all the same", asked.content.decode())
    assert number == 0
    assert SchoolClosure.objects.count() == 1


def test_another_time_is_chosen_of_the_free_half_days_or_typed(coordinator, visit):
    release(visit.partnership.specialist, "tue-am", "thu-am", preferred_half_days=["thu-am"])
    address = reverse("visits:propose", args=[visit.pk])

    page = coordinator.get(address)
    nothing = coordinator.post(address, {"half": "am", "seen": visit.sequence})
    no_day = coordinator.post(address, {"free": "other", "half": "am", "seen": visit.sequence})
    gone = coordinator.post(address, {"free": "2027-01-20-am", "seen": visit.sequence})
    proposed = coordinator.post(address, {"free": "2027-01-21-am", "seen": visit.sequence}, follow=True)

    offered = [choice[0] for choice in page.context["form"].fields["free"].choices]
    assert sorted(offered) == ["2027-01-19-am", "2027-01-21-am", "2027-01-26-am", "2027-01-28-am", "other"]
    assert f"{visit.partnership.specialist} likes it best." in text(page)
    assert "Choose a half-day." in text(nothing)
    assert "Enter the day." in text(no_day)
    assert "This half-day is not free any more. Choose another one." in text(gone)
    assert "Thursday 21 January, morning is proposed." in text(proposed)


@pytest.mark.parametrize("is_new", [True, False])
def test_a_visit_that_is_written_by_hand_is_kept_from_a_ppa_as_well(coordinator, visit, is_new):
    partner = partner_of(visit.partnership, ppa="tue-am")
    name, key = ("create", visit.partnership_id) if is_new else ("change", visit.pk)
    form = {"kind": "observation", "host": visit.host_id, "on": f"{day(1):%d/%m/%Y}", "half": "am"}
    form["people"] = [someone.pk for someone in visit.partnership.teachers]

    answer = coordinator.post(reverse(f"visits:{name}", args=[key]), form)

    assert f"{partner} has PPA then. Choose another half-day." in text(answer)
    assert not Visit.objects.filter(on=day(1)).exists()


def test_a_proposed_time_is_not_accepted_where_a_closure_was_entered_since(coordinator, visit):
    specialist = visit.partnership.specialist.user
    proposal = services.propose_time(specialist, visit, day(1), "am")
    close(visit, school=visit.host, kind="closed", words="Flood")

    answer = coordinator.post(reverse("visits:answer", args=[proposal.pk]), {"answer": "accept"}, follow=True)

    assert f"{visit.host} is closed (Flood). So the visit stays where it is." in text(answer)
    assert Visit.objects.get(pk=visit.pk).on == MONDAY
