"""Timetables: what is shipped, how it comes to lie on term dates, and how its steps change."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import Role
from programmes import placing
from programmes.calendar import Calendar
from programmes.models import Programme, TemplateStep, TermDate, TimetableStep, TimetableTemplate
from programmes.services import timetables as services
from programmes.services.in_use import InUse
from programmes.timetables import load_templates, shipped
from tests.factories import ProgrammeFactory, UserFactory, VisitFactory
from tests.term_dates import ESSEX_2008, calendars, give_term_dates
from tests.timetables import template_called
from tests.together import at_once

SEPTEMBER = dt.date(2026, 9, 1)
ESSEX = "Essex 2008-09"
TWO_WAY = "Essex two-way 2009-10"
IN_SCHOOL = "Lesson study in one school"


def in_a_half_term(day, term_dates):
    return any(first <= day <= last for _, first, last in term_dates)


def taught(first, last, term_dates):
    """Whether any day from the first to the last is a school day, worked out from the rows themselves."""
    import holidays

    england = holidays.country_holidays("GB", subdiv="ENG", years=[first.year, last.year])
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return any(d.weekday() < 5 and d not in england and in_a_half_term(d, term_dates) for d in days)


@given(
    calendars(),
    st.integers(1, 6),
    st.lists(st.integers(1, 9), min_size=2, max_size=2).map(sorted),
)
def test_a_window_lies_in_its_half_term_and_has_a_school_day_whatever_the_calendar(made, half_term, weeks):
    year, term_dates = made
    step = TemplateStep(half_term=half_term, first_week=weeks[0], last_week=weeks[1])

    window = placing.place(step, Calendar(term_dates), year)

    _, first, last = term_dates[half_term - 1]
    assert first <= window.start <= window.end <= last
    assert taught(window.start, window.start, term_dates)
    assert taught(window.end, window.end, term_dates)
    assert placing.wrong_with_window(window.start, window.end, Calendar(term_dates), year) == ""


@given(calendars(), calendars(), st.data())
def test_a_day_moves_to_a_school_day_of_the_same_half_term_of_any_other_year(made, other, data):
    before, after = Calendar(made[1]), Calendar(other[1])
    day = data.draw(st.dates(made[0], made[0] + dt.timedelta(days=360)))

    moved = placing.moved(day, before, after, other[0])

    assert taught(moved, moved, other[1])
    stood = before.position(before.nearest_school_day(day))
    stands = after.position(moved)
    assert stands.half_term == stood.half_term
    assert stands.week == min(stood.week, len(after.weeks(other[0], stood.half_term)))


@given(calendars(), st.data())
def test_a_day_of_a_year_without_term_dates_moves_into_term_too(made, data):
    year, term_dates = made
    day = data.draw(st.dates(dt.date(2008, 9, 1), dt.date(2009, 8, 31)))

    moved = placing.moved(day, Calendar(), Calendar(term_dates), year)

    assert taught(moved, moved, term_dates)
    assert year <= moved <= dt.date(year.year + 1, 8, 31)


@given(calendars(), calendars(), st.data())
def test_several_days_move_in_their_order_and_no_two_to_one(made, other, data):
    days = data.draw(st.lists(st.dates(made[0], made[0] + dt.timedelta(days=360)), unique=True, max_size=8))

    moved = placing.moved_days(days, Calendar(made[1]), Calendar(other[1]), other[0])

    assert len(moved) == len(days)
    assert moved == sorted(set(moved))
    assert all(taught(day, day, other[1]) for day in moved)


@given(calendars())
def test_a_day_that_moves_to_its_own_year_stays(made):
    year, term_dates = made
    calendar = Calendar(term_dates)

    for day in calendar.school_days_of_year(year):
        assert placing.moved(day, calendar, calendar, year) == day


@pytest.mark.django_db
def test_essex_on_the_term_dates_of_2008_has_the_windows_of_its_timetable():
    """Whole weeks: the two events of one day lie in their week, every other window is the very same."""
    template, calendar = template_called(ESSEX), Calendar(ESSEX_2008)
    rows = list(csv.DictReader(Path("data/essex-2008-09/timetable.csv").read_text().splitlines()))

    steps = list(template.steps.all())
    windows = [placing.place(step, calendar, dt.date(2008, 9, 1)) for step in steps]

    assert [(s.type, s.name, s.half_days, s.host, s.audience, s.records) for s in steps] == [
        (r["type"], r["name"], int(r["half_days"]), r["host"], r["audience"], r["records"]) for r in rows
    ]
    assert [(s.funded_specialist_half_days, s.funded_partner_half_days, s.required) for s in steps] == [
        (int(r["funded_specialist_half_days"]), int(r["funded_partner_half_days"]), True) for r in rows
    ]
    for row, window in zip(rows, windows, strict=True):
        start, end = dt.date.fromisoformat(row["window_start"]), dt.date.fromisoformat(row["window_end"])
        if start == end:
            assert window.start <= start <= window.end
            assert window.end - window.start == dt.timedelta(days=4)
        else:
            assert (window.start, window.end, window.note) == (start, end, "")


@pytest.mark.django_db
def test_the_two_way_timetable_has_nine_visits_and_pays_each_side_for_its_own():
    steps = list(template_called(TWO_WAY).steps.all())
    visits = [s for s in steps if s.type == "visit"]
    funded = {(s.host, s.funded_specialist_half_days, s.funded_partner_half_days, s.required) for s in visits}
    moderation = [(s.funded_specialist_half_days, s.funded_partner_half_days) for s in steps if s.name == "Moderation"]

    assert [s.host for s in visits].count("partner school") == 6
    assert [s.host for s in visits].count("specialist school") == 3
    assert funded == {("partner school", 1, 0, True), ("specialist school", 0, 1, False)}
    assert moderation == [(1, 1), (1, 1)]
    assert sum(s.funded_specialist_half_days for s in steps) == 6 + 2 + 2 + 1 + 1 + 1
    assert sum(s.funded_partner_half_days for s in steps) == 3 + 2 + 2 + 1 + 1 + 1


@pytest.mark.django_db
def test_the_timetable_of_one_school_funds_nothing():
    steps = template_called(IN_SCHOOL).steps.all()

    assert {(s.funded_specialist_half_days, s.funded_partner_half_days) for s in steps} == {(0, 0)}
    assert sum("Research lesson" in s.name for s in steps) == 3
    assert {s.host for s in steps} == {"partner school"}


@pytest.mark.django_db
def test_shipped_templates_are_written_once_and_mended_when_they_differ():
    load_templates()
    TemplateStep.objects.filter(template__name=ESSEX, order=3).update(name="Spoilt")
    kept = TimetableTemplate.objects.get(name=TWO_WAY).steps.first().pk

    load_templates()
    load_templates()

    assert TimetableTemplate.objects.filter(organisation=None).count() == len(shipped()) == 3
    assert TemplateStep.objects.get(template__name=ESSEX, order=3).name == "First visit"
    assert TimetableTemplate.objects.get(name=TWO_WAY).steps.first().pk == kept


@pytest.mark.django_db(transaction=True)
def test_two_first_uses_at_once_write_the_templates_once():
    at_once(load_templates, load_templates)

    assert TimetableTemplate.objects.count() == 3
    assert TemplateStep.objects.count() == sum(len(file["steps"]) for file in shipped())


@pytest.fixture
def programme(db):
    programme = ProgrammeFactory(status=Programme.Status.DRAFT)
    give_term_dates(programme.organisation)
    return programme


def windows(programme):
    return list(programme.timetable.order_by("order").values_list("name", "window_start", "window_end"))


def test_a_template_is_placed_on_the_programmes_term_dates(programme):
    template = template_called(TWO_WAY)

    steps = services.place_template(UserFactory(), programme, template)

    assert [s.name for s in steps] == [s.name for s in template.steps.all()]
    assert windows(programme)[2] == ("First visit", dt.date(2026, 9, 28), dt.date(2026, 10, 9))
    assert [wrong for _, wrong in services.with_trouble(programme) if wrong] == []


def test_an_unfunded_programme_takes_the_steps_without_their_money(programme):
    Programme.objects.filter(pk=programme.pk).update(funded=False)
    programme.refresh_from_db()

    steps = services.place_template(UserFactory(), programme, template_called(TWO_WAY))

    assert {(s.funded_specialist_half_days, s.funded_partner_half_days) for s in steps} == {(0, 0)}


def test_placing_twice_leaves_one_timetable(programme):
    for _ in range(2):
        services.place_template(UserFactory(), programme, template_called(IN_SCHOOL))

    assert programme.timetable.count() == 7


def test_a_timetable_whose_steps_have_visits_is_not_replaced(programme):
    services.place_template(UserFactory(), programme, template_called(IN_SCHOOL))
    before = windows(programme)
    step = programme.timetable.get(name="Research lesson 1")
    VisitFactory(partnership__programme=programme, step=step)

    with pytest.raises(InUse, match="its steps are used by 1 visit"):
        services.place_template(UserFactory(), programme, template_called(TWO_WAY))
    with pytest.raises(InUse, match="“Research lesson 1” cannot be deleted: it is used by 1 visit"):
        services.remove_step(UserFactory(), step)

    assert windows(programme) == before


def test_without_term_dates_nothing_is_placed(programme):
    TermDate.objects.all().delete()

    with pytest.raises(services.NoTermDates):
        services.place_template(UserFactory(), programme, template_called(ESSEX))

    assert programme.timetable.count() == 0


def test_a_half_term_that_is_shorter_cuts_the_window_and_says_so(programme):
    TermDate.objects.filter(starts_on=dt.date(2026, 9, 2)).update(ends_on=dt.date(2026, 10, 2))

    placed = {step.name: window for step, window in services.preview(programme, template_called(ESSEX))}

    assert placed["First visit"].start == dt.date(2026, 9, 28)
    assert placed["First visit"].end == dt.date(2026, 10, 2)
    assert placed["First visit"].note == "Autumn term, first half has 5 weeks: the window is cut to fit."


def test_a_timetable_saved_as_a_template_comes_to_lie_where_it_lay(programme):
    person = UserFactory()
    services.place_template(person, programme, template_called(TWO_WAY))
    before = windows(programme)

    template = services.save_as_template(person, programme, "Ours")
    services.place_template(person, programme, template)

    assert windows(programme) == before
    assert template.organisation == programme.organisation


def test_a_copy_is_the_organisations_own_and_takes_a_free_name(programme):
    first, second = [
        services.copy_template(UserFactory(), template_called(ESSEX), programme.organisation) for _ in range(2)
    ]

    assert [first.name, second.name] == ["Essex 2008-09, our copy", "Essex 2008-09, our copy (2)"]
    assert list(first.steps.values_list("name", "first_week")) == list(
        template_called(ESSEX).steps.values_list("name", "first_week")
    )


# In the browser ---------------------------------------------------------------------------------------------------


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


STEP = {
    "type": "visit",
    "name": "Extra visit",
    "window_start": "9/11/2026",
    "window_end": "20/11/2026",
    "half_days": "1",
    "host": "partner school",
    "funded_specialist_half_days": "1",
    "funded_partner_half_days": "0",
    "required": "on",
}


def test_a_step_is_added_where_its_window_begins(coordinator, ours):
    programme, person = ours.programme, ours.people[Role.COORDINATOR]
    programme.timetable.all().delete()
    services.place_template(person, programme, template_called(ESSEX))

    coordinator.post(reverse("programmes:step_add", args=[programme.slug]), STEP)

    names = [name for name, _, _ in windows(programme)]
    assert names[3:6] == ["Lesson study 1", "Extra visit", "Cluster twilight: moderation"]
    assert list(programme.timetable.values_list("order", flat=True)) == list(range(1, 14))


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"window_start": "1/8/2026"}, "window_start", "The first day, Saturday 1 August 2026, is outside the year"),
        ({"window_end": "1/9/2027"}, "window_end", "The last day, Wednesday 1 September 2027, is outside the year"),
        ({"window_end": "8/11/2026"}, "window_end", "The last day, Sunday 8 November 2026, is before the first day"),
        (
            {"window_start": "26/10/2026", "window_end": "30/10/2026"},
            "window_start",
            "From Monday 26 October 2026 to Friday 30 October 2026 there is no school day.",
        ),
        (
            {"window_start": "14/11/2026", "window_end": "14/11/2026"},
            "window_start",
            "On Saturday 14 November 2026 there is no school day.",
        ),
        ({"window_end": "22/12/2026"}, "window_end", "The last day, Tuesday 22 December 2026, is not in term time."),
        ({"window_start": "9/11/26"}, "window_start", "“9/11/26” has a year of two digits."),
        ({"half_days": "many"}, "half_days", "Half-days out of class: enter a whole number from 0 to 20."),
        ({"funded_specialist_half_days": "2"}, "funded_specialist_half_days", "The step takes 1 half-days"),
    ],
)
def test_a_window_that_cannot_be_kept_is_refused_in_a_sentence(coordinator, ours, given, field, sentence):
    before = windows(ours.programme)

    response = coordinator.post(reverse("programmes:step_add", args=[ours.programme.slug]), STEP | given)

    assert response.context["form"].errors[field][0].startswith(sentence)
    assert 'value="Extra visit"' in response.content.decode()
    assert windows(ours.programme) == before


def test_steps_change_places_and_leave(coordinator, ours):
    programme = ours.programme
    programme.timetable.all().delete()
    services.place_template(ours.people[Role.COORDINATOR], programme, template_called(IN_SCHOOL))
    steps = list(programme.timetable.all())

    def post(name, step, **data):
        coordinator.post(reverse(f"programmes:{name}", args=[programme.slug, step.pk]), data)

    post("step_move", steps[2], to="earlier")
    post("step_move", steps[0], to="earlier")
    post("step_move", steps[0], to="later")
    post("step_remove", steps[6])

    stands = [step.pk for step in programme.timetable.order_by("order")]
    assert stands == [steps[2].pk, steps[0].pk, *(step.pk for step in (steps[1], *steps[3:6]))]


def test_an_own_template_is_changed_and_a_shipped_one_is_not(coordinator, ours):
    own, shipped_one = ours.template, template_called(ESSEX)
    step = {
        "type": "event",
        "name": "Showcase",
        "half_term": "6",
        "first_week": "2",
        "last_week": "3",
        "half_days": "0",
        "host": "cluster venue",
        "audience": ["heads", "partner teachers"],
        "funded_specialist_half_days": "0",
        "funded_partner_half_days": "0",
    }

    coordinator.post(reverse("programmes:template_step_add", args=[own.pk]), step)
    wrong = coordinator.post(reverse("programmes:template_step_add", args=[own.pk]), step | {"last_week": "1"})
    refused = [
        coordinator.post(reverse("programmes:template_step_add", args=[shipped_one.pk]), step).status_code,
        coordinator.post(reverse("programmes:template_delete", args=[shipped_one.pk])).status_code,
        coordinator.post(reverse("programmes:template_change", args=[shipped_one.pk]), {"name": "Ours"}).status_code,
    ]

    added = own.steps.last()
    assert (added.order, added.name, added.audience, added.required) == (
        2,
        "Showcase",
        "heads; partner teachers",
        False,
    )
    assert wrong.context["form"].errors["last_week"] == ["The last week of a window must not be before its first week."]
    assert refused == [404, 404, 404]


def test_a_name_that_is_taken_is_refused_and_kept_in_the_box(coordinator, ours):
    services.copy_template(ours.people[Role.COORDINATOR], template_called(ESSEX), ours.organisation)

    response = coordinator.post(
        reverse("programmes:template_change", args=[ours.template.pk]), {"name": "essex 2008-09, OUR copy"}
    )

    assert "There is a timetable template of this name already." in response.content.decode()
    assert 'value="essex 2008-09, OUR copy"' in response.content.decode()


def test_new_term_dates_say_which_timetables_they_break(coordinator, ours):
    services.place_template(ours.people[Role.COORDINATOR], ours.programme, template_called(ESSEX))
    TermDate.objects.filter(organisation=ours.organisation, school=None, starts_on__month=6).update(
        starts_on=dt.date(2027, 7, 5)
    )

    page = coordinator.get(reverse("programmes:term_dates_year", args=[ours.organisation.pk, SEPTEMBER]))
    timetable = coordinator.get(reverse("programmes:timetable", args=[ours.programme.slug]))

    assert "1 step not in term time" in page.content.decode()
    assert "From Monday 28 June 2027 to Friday 2 July 2027 there is no school day." in timetable.content.decode()
    assert "1 step cannot stay where it is." in timetable.content.decode()


def test_a_closed_programme_keeps_its_timetable(coordinator, ours):
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)

    answers = [
        coordinator.get(reverse("programmes:timetable", args=[ours.programme.slug])).status_code,
        coordinator.post(reverse("programmes:step_add", args=[ours.programme.slug]), STEP).status_code,
    ]

    assert answers == [404, 404]
    assert not TimetableStep.objects.filter(name="Extra visit").exists()
