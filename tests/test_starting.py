"""Starting a programme: which answers do not fit together, which are only odd, and what is said before the button."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes import setting_up
from programmes.models import AgreementText, Area, AreaConsultant, Expectation, Partnership, Programme
from programmes.services import data_points, timetables
from pupils.expectations import without_a_rate
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SpecialistTeacherFactory,
)
from tests.reading import text_of
from tests.term_dates import YEAR_2026, YEAR_2027, give_term_dates
from tests.timetables import template_called
from tests.world import person

SEPTEMBER = dt.date(2026, 9, 1)
ALL = ["areas", "timetable", "data_points", "assessment", "criteria", "staff"]


def on(*day):
    return time_machine.travel(dt.datetime(*day, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture(autouse=True)
def first_day():
    with on(2026, 9, 1):
        yield


@pytest.fixture
def organisation(db):
    organisation = OrganisationFactory(name="Quiet Council")
    give_term_dates(organisation, YEAR_2026)
    return organisation


@pytest.fixture
def coordinator(client, organisation):
    someone = person("Quiet", Role.COORDINATOR)
    MembershipFactory(user=someone, role=Role.COORDINATOR, organisation=organisation)
    client.force_login(someone)
    client.person = someone
    return client


def complete(organisation, someone, year=SEPTEMBER, **more):
    """A draft of which nothing is missing and nothing odd, before its first day."""
    programme = ProgrammeFactory(
        organisation=organisation,
        **{"name": "Quiet study", "status": "draft", "starts_on": year, "expected_points": 3, "tasks_done": ALL}
        | {"ends_on": year.replace(year=year.year + 1, month=8, day=31)}
        | more,
    )
    timetables.place_template(someone, programme, template_called("Essex two-way 2009-10"))
    data_points.use_suggested(someone, programme, timetables.calendar_for(programme))
    AgreementText.objects.create(
        programme=programme, version=1, protocol="P", data_commitments="D", release_time="[release time]"
    )
    return programme


@pytest.fixture
def draft(coordinator, organisation):
    return complete(organisation, coordinator.person)


def check(client, programme):
    client.force_login(client.person)  # a session does not last for weeks
    return client.get(reverse("programmes:check", args=[programme.slug]))


def missing(client, programme):
    return [(task.key, str(gap)) for task, gap in check(client, programme).context["missing"]]


def odd(client, programme):
    return [(task.key, sentence) for task, sentence in check(client, programme).context["odd"]]


def start(client, programme):
    response = client.post(reverse("programmes:check", args=[programme.slug]), follow=True)
    return Programme.objects.get(pk=programme.pk).status, [str(message) for message in response.context["messages"]]


def test_a_programme_whose_answers_fit_together_is_started_without_a_remark(coordinator, draft):
    found = missing(coordinator, draft), odd(coordinator, draft)

    assert found == ([], [])
    assert start(coordinator, draft) == ("active", ["Quiet study 2026-27 is running."])


def test_what_the_assessment_lacks_besides_is_said_by_this():
    assert [without_a_rate] == setting_up.ASSESSMENT_GAPS


@pytest.mark.parametrize(
    ("scale", "sentence", "way"),
    [
        ("nc-sublevels", "no expected progress is set.", "pupils:expectations"),
        ("ta-codes", "the scale has no points to count it by.", "pupils:assessment"),
    ],
)
def test_a_criterion_that_counts_on_expected_progress_waits_for_it(coordinator, draft, scale, sentence, way):
    draft.success_criteria.create(measure="above_expected_rate", target_pct=50)
    Programme.objects.filter(pk=draft.pk).update(scale=scale, expected_points=None)

    page = check(coordinator, draft)
    tried = start(coordinator, draft)
    draft.success_criteria.all().delete()
    without = start(coordinator, draft)

    whole = f"“Target pupils who gained more than expected” is a success criterion, but {sentence}"
    assert [(task.key, str(gap)) for task, gap in page.context["missing"]] == [("assessment", whole)]
    args = [draft.slug, scale] if way == "pupils:expectations" else [draft.slug]
    assert f'href="{reverse(way, args=args)}"' in page.content.decode()
    assert f'href="{reverse("programmes:criteria", args=[draft.slug])}">take the criterion out' in page.content.decode()
    assert tried == (
        "draft",
        [f"The programme was not started. Assessment: scale and expectations: {whole}"],
    )
    assert without[0] == "active"


def test_answers_that_contradict_each_other_are_missing(coordinator, draft):
    draft.timetable.update(funded_specialist_half_days=0, funded_partner_half_days=0)
    draft.timetable.filter(order=1).update(window_end=dt.date(2026, 10, 27))
    draft.data_points.filter(name="March").update(due_on=dt.date(2027, 3, 27))
    Programme.objects.filter(pk=draft.pk).update(agreement_revisited_on=dt.date(2027, 2, 16))
    AgreementText.objects.create(programme=draft, version=2, protocol=" \n", data_commitments="D")

    found = missing(coordinator, draft)

    assert found == [
        (
            "timetable",
            f"“{draft.timetable.first().name}”: The last day, Tuesday 27 October 2026, is not in term time. "
            "Choose a day on which schools are open.",
        ),
        ("timetable", "Release time is funded, but no step funds a half-day."),
        (
            "data_points",
            "“March” is due on Saturday 27 March 2027, on which schools are closed. "
            "The nearest school day is Thursday 25 March 2027.",
        ),
        ("agreement", "Write the part “How we work together”: nobody can sign without it."),
        (
            "staff",
            "The agreement is looked at again on Tuesday 16 February 2027, on which schools are closed. "
            "The nearest school day is Friday 12 February 2027.",
        ),
    ]
    assert start(coordinator, draft)[0] == "draft"


def test_without_funding_no_half_day_has_to_be_funded(coordinator, draft):
    draft.timetable.update(funded_specialist_half_days=0, funded_partner_half_days=0)
    Programme.objects.filter(pk=draft.pk).update(funded=False)

    assert missing(coordinator, draft) == []


def test_odd_answers_are_said_and_the_programme_starts_all_the_same(coordinator, organisation, draft):
    complete(organisation, coordinator.person, name="quiet study", status="active")
    for name in ("North", "South", "West"):
        Area.objects.create(programme=draft, name=name)
    AreaConsultant.objects.create(area=draft.areas.get(name="South"), user=coordinator.person)
    visit = draft.timetable.filter(type="visit").first()
    draft.timetable.filter(pk=visit.pk).update(half_days=0)
    Programme.objects.filter(pk=draft.pk).update(year_groups=[4, 5, 6], agreement_revisited_on=dt.date(2026, 10, 5))
    Expectation.objects.create(programme=draft, year_group=5, met_from="3a", exceeded_from="4b")
    AgreementText.objects.create(
        programme=draft, version=2, protocol="P", data_commitments="By 11 December 2025", targets="2027"
    )

    with on(2026, 10, 20):
        found, started = odd(coordinator, draft), start(coordinator, draft)

    past = [f"“{step.name}”" for step in draft.timetable.filter(window_end__lt=dt.date(2026, 10, 20))]
    assert found == [
        (
            "settings",
            "Another programme of the same year has this name too: give this one a name by which people tell them "
            "apart.",
        ),
        (
            "areas",
            "Nobody is named as consultant of North and West: partnerships there have no one but you to support them.",
        ),
        ("timetable", f"“{visit.name}” is to take 0 half-days out of class. A visit takes one."),
        (
            "timetable",
            f"The days of {past[0]}, {past[1]} and {len(past) - 2} more have gone by: give them other days, or leave "
            "them as they were.",
        ),
        (
            "data_points",
            "“October” was due on Friday 16 October 2026: its grades are late from the day on which you start.",
        ),
        (
            "assessment",
            "Year 4 and Year 6 have no expected level: the results leave out how many reached it.",
        ),
        ("agreement", "The text says nothing about time out of class, although release time is funded."),
        ("agreement", "The text names 2025, and the programme runs in 2026-27."),
        ("staff", "The agreement was to be looked at again on Monday 5 October 2026: that day has gone by."),
    ]
    assert started[0] == "active"


def test_a_timetable_without_a_visit_is_odd(coordinator, draft):
    draft.timetable.filter(type="visit").delete()

    assert odd(coordinator, draft) == [
        ("timetable", "There is no visit among its steps: the teachers of a partnership never meet in class.")
    ]


def test_who_starts_next_years_programme_early_is_told_what_that_means(coordinator, organisation, draft):
    give_term_dates(organisation, YEAR_2027)
    Programme.objects.filter(pk=draft.pk).update(status="active")
    following = complete(organisation, coordinator.person, dt.date(2027, 9, 1), copied_from=draft)
    teacher = SpecialistTeacherFactory(programme=draft).user
    SpecialistTeacherFactory(programme=following, user=teacher)
    for _ in range(2):
        PartnershipFactory(programme=following, status=Partnership.Status.PROPOSED)

    with on(2027, 5, 26):
        page = check(coordinator, following)
        said = page.context["early"] + page.context["consequences"]
        start(coordinator, following)

    first = following.timetable.order_by("window_start").first()
    assert said == [
        "Its year begins on Wednesday 1 September 2027, in 98 days. The first dates: "
        f"“{first.name}” from {first.window_start:%A %-d %B %Y} and the October grades by Friday 15 October 2027. "
        "Until you start it, it stays a draft that nobody at the schools sees.",
        "Quiet study 2026-27 runs until Tuesday 31 August 2027. Until then both run beside each other, each with its "
        "own partnerships, visits and grades. 1 specialist teacher is in both.",
        "The headteachers of 2 partnerships that are proposed are asked by email today to agree, and can decline until "
        "Wednesday 9 June 2027.",
        "Teachers and heads of its partnerships see the programme from today. Agreements can be signed, visits "
        "planned and grades asked for.",
        "Most answers may still be changed; the year may not. On another scale all grades are given anew.",
    ]
    assert all(sentence in text_of(page) for sentence in said)
    assert OutgoingMail.objects.filter(kind="pairing_proposed").exists()


def test_who_starts_it_in_its_year_hears_nothing_of_early_and_after_it_what_cannot_be_any_more(coordinator, draft):
    in_its_year = check(coordinator, draft).context
    with on(2027, 9, 1):
        after = check(coordinator, draft).context["consequences"]

    assert in_its_year["early"] == []
    assert in_its_year["consequences"][:-1] == [
        "Partnerships can be proposed to schools, visits planned and grades asked for."
    ]
    assert after[:-1] == [
        "Its year ended on Tuesday 31 August 2027: no visit can be planned and no grade is asked for."
    ]


@pytest.mark.parametrize("given", ["50", "50%", "50 %", " 50\N{NO-BREAK SPACE}% ", "50 per cent", "50percent"])
def test_a_percentage_may_have_its_sign(coordinator, draft, given):
    coordinator.post(reverse("programmes:criteria", args=[draft.slug]), {"positive_feedback": given})

    assert list(draft.success_criteria.values_list("measure", "target_pct")) == [("positive_feedback", 50)]


@pytest.mark.parametrize("given", ["0%", "101", "50.5%", "%", "50% of them", "half"])
def test_what_is_no_whole_percentage_is_refused_and_stays_in_its_box(coordinator, draft, given):
    response = coordinator.post(reverse("programmes:criteria", args=[draft.slug]), {"positive_feedback": given})

    form = response.context["form"]
    assert form.errors == {
        "positive_feedback": [
            "Positive feedback from partner teachers and schools, per cent: enter a whole number from 1 to 100."
        ]
    }
    assert form["positive_feedback"].value() == given
    assert not draft.success_criteria.exists()


def test_a_programme_that_runs_counts_no_criterion_on_nothing(coordinator, draft):
    Programme.objects.filter(pk=draft.pk).update(status="active", expected_points=None, year_groups=[5])
    criteria = reverse("programmes:criteria", args=[draft.slug])
    expectations = reverse("pupils:expectations", args=[draft.slug, draft.scale])
    without_points = reverse("pupils:expectations", args=[draft.slug, "ta-codes"])
    levels = {"met_5": "", "exceeded_5": ""}

    too_soon = coordinator.post(criteria, {"above_expected_rate": "50%"})
    coordinator.post(expectations, levels | {"expected_points": "3"})
    coordinator.post(criteria, {"above_expected_rate": "50%"})
    taken_away = coordinator.post(expectations, levels | {"expected_points": ""})
    other_scale = coordinator.post(without_points, levels)

    draft.refresh_from_db()
    assert too_soon.context["form"].errors["above_expected_rate"][0].startswith("No expected progress is set")
    assert taken_away.context["form"].errors["expected_points"][0].endswith("or first take the criterion out.")
    instead = "first take the criterion out, or choose a scale with points."
    assert other_scale.context["form"].errors["__all__"][0].endswith(instead)
    assert (draft.scale, draft.expected_points) == ("nc-sublevels", 3)
