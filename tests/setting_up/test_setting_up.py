"""Setting a programme up in the browser, from an empty organisation to a programme that runs."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, Organisation
from accounts.roles import Role
from programmes import setting_up
from programmes.models import AreaConsultant, Programme, TimetableTemplate
from programmes.services import data_points, programmes, timetables
from programmes.services.agreements.words import shipped as shipped_words
from pupils import scales
from tests.factories import MembershipFactory, OrganisationFactory, ProgrammeFactory, UserFactory
from tests.term_dates import YEAR_2026, give_term_dates, hidden, lines
from tests.timetables import template_called
from tests.together import at_once
from tests.typed_settings import SEPTEMBER, SETTINGS
from tests.world import person


def states(client, programme):
    page = client.get(reverse("programmes:set_up", args=[programme.slug]))
    return {task.key: task.state.value for task in page.context["tasks"]}


def post(client, page, *args, **data):
    return client.post(reverse(page, args=args), data)


def test_a_new_coordinator_sets_up_the_two_way_programme_from_an_empty_organisation(newcomer):
    consultant = person("Empty", Role.CONSULTANT)
    MembershipFactory(user=consultant, role=Role.CONSULTANT, organisation=newcomer.organisation)

    assert "Add the first one" in newcomer.get(reverse("programmes:list")).content.decode()
    newcomer.post(reverse("programmes:add"), SETTINGS)
    programme = Programme.objects.get()
    slug = programme.slug
    at_first = states(newcomer, programme)

    post(newcomer, "programmes:areas", slug, name="North")
    area = programme.areas.get()
    post(newcomer, "programmes:consultant_add", slug, area=area.pk, consultant=consultant.pk)
    post(newcomer, "programmes:task_done", slug, "areas")

    enter = reverse("programmes:term_dates_enter", args=[newcomer.organisation.pk, SEPTEMBER])
    here = reverse("programmes:set_up", args=[slug])
    look = newcomer.post(enter, {"way": "paste", "pasted": lines(YEAR_2026), "next": here})
    back = newcomer.post(enter, hidden(look) | {"save": "", "next": here})
    in_between = states(newcomer, programme)

    newcomer.get(reverse("programmes:timetable_choose", args=[slug]))
    template = TimetableTemplate.objects.get(name="Essex two-way 2009-10")
    post(newcomer, "programmes:timetable_place", slug, template.pk)
    post(newcomer, "programmes:task_done", slug, "timetable")
    post(newcomer, "programmes:data_points_suggest", slug)
    post(newcomer, "programmes:task_done", slug, "data_points")
    chosen = post(newcomer, "pupils:assessment", slug, scale="nc-sublevels")
    levels = {"met_5": "3a", "exceeded_5": "4b", "met_6": "4c", "exceeded_6": "5c"}
    newcomer.post(chosen.url, levels | {"expected_points": "3"})
    post(newcomer, "programmes:criteria", slug, above_expected_rate="50", positive_feedback="90")
    post(newcomer, "programmes:agreement_text_change", slug, base="0", **shipped_words())
    post(newcomer, "programmes:staff", slug, staff_funded="4", agreement_revisited_on="26/2/2027")

    check = newcomer.get(reverse("programmes:check", args=[slug]))
    activated = post(newcomer, "programmes:check", slug)
    again = newcomer.post(reverse("programmes:check", args=[slug]), follow=True)

    assert slug == "essex-lesson-study-2026-27"
    assert at_first == {
        "settings": "Completed",
        "areas": "Not started",
        "term_dates": "Not started",
        "timetable": "Cannot start yet",
        "data_points": "Not started",
        "assessment": "Not started",
        "criteria": "Not started",
        "agreement": "Not started",
        "staff": "Not started",
    }
    assert back.url == here
    assert (in_between["areas"], in_between["term_dates"], in_between["timetable"]) == (
        "Completed",
        "Completed",
        "Not started",
    )
    assert check.context["missing"] == []
    assert {"13 for the specialist teacher", "10 for the partner school"} <= {
        part for row in check.context["rows"] for part in row["value"].replace("\u2019s school", "").split(", ")
    }
    assert activated.url == programme.get_absolute_url()
    assert "runs already" in again.content.decode()
    programme.refresh_from_db()
    assert programme.status == Programme.Status.ACTIVE
    assert (programme.subjects, programme.year_groups, programme.scale) == (
        ["maths", "Writing"],
        [5, 6],
        "nc-sublevels",
    )
    assert (programme.expected_points, programme.staff_funded) == (3, 4)
    assert AreaConsultant.objects.get().user == consultant
    assert [(p.name, p.due_on) for p in programme.data_points.all()] == [
        ("October", dt.date(2026, 10, 16)),
        ("December", dt.date(2026, 12, 11)),
        ("March", dt.date(2027, 3, 25)),
        ("Summer", dt.date(2027, 7, 2)),
    ]
    assert programme.timetable.filter(type="visit").count() == 9
    assert AuditEvent.objects.filter(did="programme activated", row=programme.pk).count() == 1


def test_an_unfunded_network_sets_up_lesson_study_in_one_school(client, db):
    network = OrganisationFactory(kind=Organisation.Kind.NETWORK, la_code="", name="Quiet Network")
    coordinator = person("Network", Role.COORDINATOR)
    MembershipFactory(user=coordinator, role=Role.COORDINATOR, organisation=network)
    client.force_login(coordinator)
    give_term_dates(network)

    client.post(reverse("programmes:add"), SETTINGS | {"name": "Quiet study", "funded": "no"})
    slug = Programme.objects.get().slug
    post(client, "programmes:task_done", slug, "areas")
    post(client, "programmes:timetable_place", slug, template_called("Lesson study in one school").pk)
    post(client, "programmes:task_done", slug, "timetable")
    post(client, "programmes:data_points_suggest", slug)
    post(client, "programmes:task_done", slug, "data_points")
    chosen = post(client, "pupils:assessment", slug, scale="free", highest="5")
    client.post(chosen.url, {"expected_points": ""})
    post(client, "programmes:criteria", slug, sent="")
    post(client, "programmes:agreement_text_change", slug, base="0", **shipped_words())
    post(client, "programmes:staff", slug, agreement_revisited_on="")
    client.post(reverse("programmes:check", args=[slug]))

    programme = Programme.objects.get()
    assert (programme.status, programme.funded, programme.scale) == ("active", False, "free-5")
    assert (programme.areas.count(), programme.expectations.count(), programme.success_criteria.count()) == (0, 0, 0)
    assert scales.description(programme.scale)["grades"][-1]["code"] == "5"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_a_programme_one_does_and_the_other_is_told():
    who, organisation = UserFactory(), OrganisationFactory()
    give_term_dates(organisation)
    programme = ProgrammeFactory(organisation=organisation, status="draft", funded=False)
    timetables.place_template(who, programme, template_called("Lesson study in one school"))
    data_points.use_suggested(who, programme, timetables.calendar_for(programme))
    programme.agreement_texts.create(version=1, protocol="P", data_commitments="D")
    Programme.objects.update(tasks_done=["areas", "timetable", "data_points", "assessment", "criteria", "staff"])
    rows = [Programme.objects.get() for _ in range(2)]

    found = at_once(
        *[lambda row=row: programmes.activate(who, row) for row in rows],
        expecting=(programmes.MovedMeanwhile,),
    )

    assert sorted(isinstance(answer, programmes.MovedMeanwhile) for answer in found) == [False, True]


def test_a_programme_with_something_missing_is_not_started(newcomer):
    newcomer.post(reverse("programmes:add"), SETTINGS)
    programme = Programme.objects.get()

    response = newcomer.post(reverse("programmes:check", args=[programme.slug]), follow=True)

    programme.refresh_from_db()
    assert programme.status == "draft"
    assert (
        "The programme was not started. Areas and their consultants: Add the areas, or say" in response.content.decode()
    )
    assert len(response.context["missing"]) == 8


def test_the_programmes_page_leads_whoever_sets_it_up_on(coordinator, ours):
    Programme.objects.filter(pk=ours.programme.pk).update(status="draft")
    address = ours.programme.get_absolute_url()

    page = coordinator.get(address).content.decode()
    coordinator.force_login(ours.people[Role.HEADTEACHER])
    heads = coordinator.get(address).content.decode()

    assert "Go on setting up" in page
    assert "See the results" not in page
    assert "Go on setting up" not in heads


def test_a_programme_that_runs_has_no_tasks_but_what_each_part_says_now(coordinator, ours):
    Programme.objects.filter(pk=ours.programme.pk).update(tasks_done=[], funded=True, staff_funded=3)
    slug = ours.programme.slug

    page = coordinator.get(reverse("programmes:set_up", args=[slug])).content.decode()
    areas = coordinator.get(reverse("programmes:areas", args=[slug])).content.decode()
    points = coordinator.get(reverse("programmes:data_points", args=[slug])).content.decode()

    rows = coordinator.get(reverse("programmes:set_up", args=[slug])).context["rows"]
    said = {row["key"]: (row["value"], row["url"]) for row in rows}
    assert said["Staff funded for training in each school"] == ("3", reverse("programmes:staff", args=[slug]))
    assert said["Areas"][1] == reverse("programmes:areas", args=[slug])
    for words in ("Not started", "In progress", "Completed", "tasks", "Say "):
        assert words not in page
    assert "All areas are there" not in areas
    assert "All data points are there" not in points
    assert "Back to the settings" in areas
    assert "Back to the settings" in points


def test_one_task_that_is_completed_is_said_in_the_singular(newcomer):
    newcomer.post(reverse("programmes:add"), SETTINGS)
    programme = Programme.objects.get()

    page = newcomer.get(reverse("programmes:set_up", args=[programme.slug])).content.decode()
    detail = newcomer.get(programme.get_absolute_url()).content.decode()

    assert "1 of 9 tasks is completed. You can leave at any time" in page
    assert "1 of 9 tasks is completed" in detail


def test_places_that_are_set_and_have_to_be_looked_at_again_are_not_asked_for_as_if_nobody_had_said(newcomer):
    newcomer.post(reverse("programmes:add"), SETTINGS)
    programme = Programme.objects.get()
    programme.staff_funded = 3

    (task,) = [task for task in setting_up.tasks_of(programme) if task.key == "staff"]

    assert (task.state.value, str(task.missing[0])) == ("In progress", "Look again at what is set.")


def test_every_task_of_setting_up_has_its_own_key_and_a_page(ours):
    tasks = setting_up.tasks_of(ours.programme)

    assert len({task.key for task in tasks}) == len(tasks) == 9
    assert all(task.url.startswith("/") for task in tasks)
    assert {task.key for task in tasks} > setting_up.ENDED_BY_HAND
