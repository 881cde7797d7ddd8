"""Setting a programme up in the browser: from an empty organisation to a programme that runs, and what is refused."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEvent, Organisation
from accounts.roles import Role
from programmes import setting_up
from programmes.models import (
    Area,
    AreaConsultant,
    DataPoint,
    DataReturn,
    Expectation,
    Programme,
    TimetableTemplate,
)
from programmes.services import data_points, programmes, timetables
from programmes.services.agreements.words import shipped as shipped_words
from pupils import scales
from pupils.expectations import ScaleInUse, save_assessment
from pupils.models import Assessment
from pupils.services import count_returns
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    UserFactory,
)
from tests.term_dates import YEAR_2026, give_term_dates
from tests.test_term_dates import hidden, lines
from tests.test_timetables import template_called
from tests.world import build_world, person

SEPTEMBER = dt.date(2026, 9, 1)
SETTINGS = {
    "name": "Essex lesson study",
    "year": "2026-27",
    "subjects": "maths, Writing, maths",
    "year_groups": ["5", "6"],
    "funded": "yes",
}


@pytest.fixture(autouse=True)
def autumn():
    with time_machine.travel(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def newcomer(client, db):
    """A coordinator of an organisation that has nothing yet."""
    organisation = OrganisationFactory(name="Empty Council")
    coordinator = person("Empty", Role.COORDINATOR)
    MembershipFactory(user=coordinator, role=Role.COORDINATOR, organisation=organisation)
    client.force_login(coordinator)
    client.person, client.organisation = coordinator, organisation
    return client


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


def test_what_was_typed_stays_when_something_is_missing(newcomer):
    response = newcomer.post(reverse("programmes:add"), SETTINGS | {"subjects": "all, maths", "year": "", "funded": ""})

    form = response.context["form"]
    assert form.errors == {
        "year": ["Choose the year."],
        "subjects": ["The results have a line “all” of their own. Choose another name."],
        "funded": ["Say whether release time is funded."],
    }
    assert 'value="Essex lesson study"' in response.content.decode()
    assert 'value="all, maths"' in response.content.decode()
    assert not Programme.objects.exists()


def test_programmes_whose_names_differ_in_marks_only_get_slugs_of_their_own(newcomer):
    for name in ("Essex lesson study", "Essex: lesson study", "Essex lesson study!"):
        newcomer.post(reverse("programmes:add"), SETTINGS | {"name": name})

    assert sorted(Programme.objects.values_list("slug", flat=True)) == [
        "essex-lesson-study-2026-27",
        "essex-lesson-study-2026-27-2",
        "essex-lesson-study-2026-27-3",
    ]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Essex lesson study 2026-27", "essex-lesson-study-2026-27"),
        ("…", "programme-2026-27"),
        ("é" * 120, f"{'e' * 68}-2026-27"),
    ],
)
def test_a_slug_is_made_of_any_name(name, slug):
    assert programmes.slug_for(name, SEPTEMBER) == slug


@pytest.mark.django_db(transaction=True)
def test_two_who_add_one_name_at_once_get_two_programmes():
    organisation, who = OrganisationFactory(), UserFactory()

    def add():
        try:
            programme = ProgrammeFactory.build(organisation=organisation, name="Same", status="draft")
            programmes.add_programme(who, programme)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Programme.objects.values_list("slug", flat=True)) == ["same-2026-27", "same-2026-27-2"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_a_programme_one_does_and_the_other_is_told():
    who, organisation = UserFactory(), OrganisationFactory()
    give_term_dates(organisation)
    programme = ProgrammeFactory(organisation=organisation, status="draft", funded=False)
    timetables.place_template(who, programme, template_called("Lesson study in one school"))
    data_points.use_suggested(who, programme, timetables.calendar_for(programme))
    programme.agreement_texts.create(version=1, protocol="P", data_commitments="D")
    Programme.objects.update(tasks_done=["areas", "timetable", "data_points", "assessment", "criteria", "staff"])
    outcomes = []

    def start():
        try:
            programmes.activate(who, Programme.objects.get())
            outcomes.append("started")
        except programmes.MovedMeanwhile:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["started", "told"]


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


# A programme that runs --------------------------------------------------------------------------------------------


@pytest.fixture
def ours(db):
    return build_world()[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


def settings_of(programme, **changed):
    given = {
        "name": programme.name,
        "subjects": ", ".join(programme.subjects),
        "year_groups": [str(year) for year in programme.year_groups],
        "funded": "yes" if programme.funded else "no",
    }
    return given | ({"other_authorities": "on"} if programme.other_authorities else {}) | changed


def test_what_a_partnership_is_about_cannot_be_taken_out(coordinator, ours):
    response = coordinator.post(
        reverse("programmes:settings", args=[ours.programme.slug]),
        settings_of(ours.programme, subjects="writing", year_groups=["6"]),
    )

    assert response.context["form"].errors == {
        "subjects": ["Maths cannot be taken out: 2 partnerships are about it."],
        "year_groups": ["Year 5 cannot be taken out: 2 partnerships are about it."],
    }


def test_schools_of_other_authorities_that_take_part_cannot_be_shut_out(coordinator, ours):
    guest = SchoolFactory(name="Ourside Guest School", la_code="999")
    PartnershipFactory(programme=ours.programme, partner_school=guest)

    response = coordinator.post(reverse("programmes:settings", args=[ours.programme.slug]), settings_of(ours.programme))

    errors = response.context["form"].errors
    assert errors == {"other_authorities": ["Schools of other authorities take part already: Ourside Guest School."]}


def test_a_change_that_matters_to_schools_is_asked_about_first(coordinator, ours):
    address = reverse("programmes:settings", args=[ours.programme.slug])
    given = settings_of(ours.programme, funded="no", name="Ourside renamed")

    asked = coordinator.post(address, given)
    before = Programme.objects.get(pk=ours.programme.pk).funded
    coordinator.post(address, given | {"sure": "Yes, change it"})

    ours.programme.refresh_from_db()
    assert "Release time will not be funded any more." in asked.content.decode()
    assert 'value="Ourside renamed"' in asked.content.decode()
    assert before
    assert (ours.programme.funded, ours.programme.name, ours.programme.status) == (False, "Ourside renamed", "active")


def test_the_year_of_a_programme_with_dates_stays(coordinator, ours):
    page = coordinator.get(reverse("programmes:settings", args=[ours.programme.slug]))
    coordinator.post(
        reverse("programmes:settings", args=[ours.programme.slug]), settings_of(ours.programme, year="2027-28")
    )

    ours.programme.refresh_from_db()
    assert "year" not in page.context["form"].fields
    assert ours.programme.starts_on == SEPTEMBER


def test_an_area_in_use_is_not_deleted_and_an_empty_one_is(coordinator, ours):
    empty = Area.objects.create(programme=ours.programme, name="Empty")
    AreaConsultant.objects.create(area=empty, user=ours.people[Role.CONSULTANT])
    slug, used = ours.programme.slug, Area.objects.create(programme=ours.programme, name="Used")
    PartnershipFactory(programme=ours.programme, area=used)

    refused = coordinator.post(reverse("programmes:area_delete", args=[slug, used.pk]), follow=True)
    coordinator.post(reverse("programmes:area_delete", args=[slug, empty.pk]))

    said = [str(message) for message in refused.context["messages"]]
    assert said == ["“Used” cannot be deleted: it is used by 1 partnership. Move them to another area first."]
    assert Area.objects.filter(pk=used.pk).exists()
    assert not Area.objects.filter(pk=empty.pk).exists()


def test_an_area_is_renamed_and_no_two_have_one_name(coordinator, ours):
    slug, area = ours.programme.slug, ours.partnership.area

    coordinator.post(reverse("programmes:area_change", args=[slug, area.pk]), {"name": "Ourside  west "})
    taken = coordinator.post(reverse("programmes:areas", args=[slug]), {"name": "Ourside west"})

    area.refresh_from_db()
    assert area.name == "Ourside west"
    assert taken.context["form"].errors == {"__all__": ["This programme has an area of this name already."]}


def test_a_data_point_with_grades_is_not_deleted_and_one_without_is(coordinator, ours):
    slug = ours.programme.slug
    with_grades = ours.programme.data_points.first()
    coordinator.post(reverse("programmes:data_points", args=[slug]), {"name": "Extra", "due_on": "29/1/2027"})
    extra = DataPoint.objects.get(name="Extra")
    owed = DataReturn.objects.filter(data_point=extra).count()

    refused = coordinator.post(reverse("programmes:data_point_delete", args=[slug, with_grades.pk]), follow=True)
    coordinator.post(reverse("programmes:data_point_delete", args=[slug, extra.pk]))

    assert owed == ours.programme.partnerships.count()
    assert "“October” cannot be deleted: 2 grades and reasons are in for it." in refused.content.decode()
    assert list(ours.programme.data_points.values_list("name", flat=True)) == ["October", "Summer"]
    assert not DataReturn.objects.filter(data_point=extra.pk).exists()


def test_the_database_keeps_a_data_point_whose_grades_nobody_counted(ours):
    DataReturn.objects.all().delete()
    point = ours.programme.data_points.first()

    with pytest.raises(data_points.InUse, match="“October” cannot be deleted: it is used by 2 assessments"):
        data_points.delete_data_point(ours.people[Role.COORDINATOR], point)

    assert Assessment.objects.filter(data_point=point).count() == 2


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        ("1/9/2027", "Wednesday 1 September 2027 is outside the programme's year"),
        ("26/10/2026", "Monday 26 October 2026 is no school day. The nearest is Friday 23 October 2026."),
        ("16/10/2026", "Two data points cannot be due on one day."),
        ("16/10/26", "“16/10/26” has a year of two digits."),
    ],
)
def test_a_data_point_that_cannot_be_is_refused(coordinator, ours, due_on, sentence):
    response = coordinator.post(
        reverse("programmes:data_points", args=[ours.programme.slug]), {"name": "Extra", "due_on": due_on}
    )

    assert next(e for errors in response.context["form"].errors.values() for e in errors).startswith(sentence)
    assert 'value="Extra"' in response.content.decode()
    assert not DataPoint.objects.filter(name="Extra").exists()


def test_what_follows_a_change_of_data_points_is_this():
    assert [count_returns] == data_points.AFTER_DATA_POINTS


def test_the_scale_stays_once_grades_are_in(coordinator, ours):
    slug = ours.programme.slug

    first = coordinator.post(reverse("pupils:assessment", args=[slug]), {"scale": "app"})
    second = coordinator.post(
        reverse("pupils:expectations", args=[slug, "app"]), {"expected_points": "3", "sure": "Yes, change it"}
    )

    sentence = "The scale cannot change: 4 grades are in on the one that stands"
    assert first.context["form"].errors["scale"][0].startswith(sentence)
    assert second.context["form"].errors["__all__"][0].startswith(sentence)
    ours.programme.refresh_from_db()
    assert ours.programme.scale == "nc-sublevels"
    with pytest.raises(ScaleInUse):
        save_assessment(ours.people[Role.COORDINATOR], ours.programme, "app", None, {})


def test_other_expectations_are_asked_about_once_grades_are_in(coordinator, ours):
    address = reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"])
    given = {"expected_points": "4", "met_5": "3b", "exceeded_5": "4c"}

    asked = coordinator.post(address, given)
    before = Programme.objects.get(pk=ours.programme.pk).expected_points
    coordinator.post(address, given | {"sure": "Yes, change it"})

    ours.programme.refresh_from_db()
    assert "4 grades are in. All results of the programme are worked out anew" in asked.content.decode()
    assert before == 3
    assert ours.programme.expected_points == 4
    assert Expectation.objects.get(programme=ours.programme).met_from == "3b"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"met_5": "4b", "exceeded_5": "3a"}, {"exceeded_5": ["Year 5: 3a is below 4b. Swap or correct them."]}),
        ({"met_5": "4b"}, {"exceeded_5": ["Year 5: give both grades, or neither."]}),
        (
            {"expected_points": "lots"},
            {"expected_points": ["Enter the expected points as a number from 0 to 999, such as 3."]},
        ),
    ],
)
def test_expectations_that_cannot_be_are_refused(coordinator, ours, given, errors):
    response = coordinator.post(reverse("pupils:expectations", args=[ours.programme.slug, "nc-sublevels"]), given)

    assert response.context["form"].errors == errors


def test_a_scale_without_points_asks_for_none_and_proposes_its_own_levels(coordinator, ours):
    Assessment.objects.all().delete()
    slug = ours.programme.slug

    chosen = coordinator.post(reverse("pupils:assessment", args=[slug]), {"scale": "ta-codes"})
    page = coordinator.get(chosen.url)
    form = page.context["form"]
    coordinator.post(chosen.url, {name: form[name].value() for name in form.fields})

    ours.programme.refresh_from_db()
    assert "expected_points" not in form.fields
    assert "This scale has no points" in page.content.decode()
    assert (ours.programme.scale, ours.programme.expected_points) == ("ta-codes", None)
    assert list(ours.programme.expectations.values_list("year_group", "met_from", "exceeded_from")) == [
        (5, "EXS", "GDS")
    ]


@pytest.mark.parametrize("highest", ["", "1", "101", "five"])
def test_a_scale_of_ones_own_needs_its_highest_number(coordinator, ours, highest):
    response = coordinator.post(
        reverse("pupils:assessment", args=[ours.programme.slug]), {"scale": "free", "highest": highest}
    )

    assert list(response.context["form"].errors) == ["highest"]


def test_a_scale_that_is_none_is_not_found(coordinator, ours):
    for scale in ("levels", "free-1", "..%2Fapp"):
        assert coordinator.get(f"/programmes/{ours.programme.slug}/set-up/assessment/{scale}/").status_code == 404


def test_a_year_group_more_opens_the_expectations_again(coordinator, ours):
    programme = ours.programme
    Programme.objects.filter(pk=programme.pk).update(tasks_done=["areas", "assessment", "staff"])

    coordinator.post(
        reverse("programmes:settings", args=[programme.slug]),
        settings_of(programme, year_groups=["4", "5"], other_authorities="on"),
    )

    programme.refresh_from_db()
    assert programme.tasks_done == ["areas", "staff"]


def test_a_day_outside_the_year_or_term_cannot_be_the_review_of_the_agreement(coordinator, ours):
    address = reverse("programmes:staff", args=[ours.programme.slug])

    said = [
        coordinator.post(address, {"staff_funded": "4", "agreement_revisited_on": day}).context["form"].errors
        for day in ("1/9/2027", "15/2/2027")
    ]

    assert "outside the programme's year" in said[0]["agreement_revisited_on"][0]
    assert "is no school day" in said[1]["agreement_revisited_on"][0]


def test_the_programmes_page_leads_whoever_sets_it_up_on(coordinator, ours):
    Programme.objects.filter(pk=ours.programme.pk).update(status="draft")
    address = ours.programme.get_absolute_url()

    page = coordinator.get(address).content.decode()
    coordinator.force_login(ours.people[Role.HEADTEACHER])
    heads = coordinator.get(address).content.decode()

    assert "Go on setting up" in page
    assert "See the results" not in page
    assert "Go on setting up" not in heads


def test_every_task_of_setting_up_has_its_own_key_and_a_page(ours):
    tasks = setting_up.tasks_of(ours.programme)

    assert len({task.key for task in tasks}) == len(tasks) == 9
    assert all(task.url.startswith("/") for task in tasks)
    assert {task.key for task in tasks} > setting_up.ENDED_BY_HAND
