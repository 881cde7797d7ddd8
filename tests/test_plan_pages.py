"""The pages of a plan: ordered, watched, looked at, compared, accepted; who is away; what counts."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from jobs.work import work_on
from programmes.models import Programme, SchoolClosure
from tests.years import (
    MONDAY,
    coordinator_of,
    partner_of,
    partnership_of,
    programme_of,
    release,
    stand,
    step,
    worked_out,
    written,
)
from visits.models import Away, Plan, PlanAcceptance, PlannerSettings, Visit
from visits.planner import Weights
from visits.planning.proposing import propose
from visits.planning.reading import settings_of, weights_of

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


@pytest.fixture
def programme():
    return programme_of("First visit", "Lesson study 1")


@pytest.fixture
def page_of(client, programme):
    """The words of a page as the coordinator reads it; with `data` what is posted."""
    client.force_login(coordinator_of(programme))

    def read(url, data=None, **how):
        response = client.get(url) if data is None else client.post(url, data, follow=True, **how)
        words = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
        return response, words.replace("&#x27;", "'")

    return read


def plans_url(programme, name="plans"):
    return reverse(f"visits:{name}", args=[programme.slug])


def test_a_plan_is_ordered_watched_looked_at_and_accepted(page_of, programme):
    partnership = partnership_of(programme)
    SchoolClosure.objects.create(
        school=partnership.partner_school, kind="closed", first_on=MONDAY, last_on=MONDAY + dt.timedelta(days=11)
    )

    _, before = page_of(plans_url(programme))
    _, waiting = page_of(plans_url(programme), {"scope": "all", "moves": "nothing"})
    plan = Plan.objects.get()
    work_on(Plan, plan.pk, propose)
    _, proposal = page_of(plan.get_absolute_url())
    _, check = page_of(reverse("visits:plan_accept", args=[plan.pk]))
    _, writing = page_of(reverse("visits:plan_accept", args=[plan.pk]), {})
    _, twice = page_of(reverse("visits:plan_accept", args=[plan.pk]), {})
    assert not Visit.objects.exists()
    written(plan)
    _, done = page_of(plan.get_absolute_url())
    _, late = page_of(reverse("visits:plan_accept", args=[plan.pk]), {})

    assert "0 of 2 visits of 1 partnership have a half-day." in before
    assert "no release half-day entered" in before
    assert "The plan waits for its turn." in waiting
    assert "Stop, and keep what is found" in waiting
    assert "1 visit would get a half-day" in proposal
    assert f"20 half-days: {partnership.partner_school} is closed" in proposal
    assert "It could be on Friday 15 January, afternoon if its window began 1 week earlier." in proposal
    assert "1 visit gets a half-day. 2 people and 0 cover managers are told by email." in check
    assert "The plan waits for its turn to be written." in writing
    assert "has accepted this plan already: it is being written." in twice
    assert "at 09:00. 1 visit has a half-day now." in done
    assert "This plan is accepted already." in late
    assert PlanAcceptance.objects.count() == 1
    assert partnership.visits.count() == 1


def test_every_reason_leads_to_the_page_that_mends_it(page_of, programme, client):
    partnership = partnership_of(programme)
    specialist, school = partnership.specialist, partnership.partner_school
    release(specialist, "mon-am", "tue-am")
    partner = partner_of(partnership, release_half_days=["mon-am"])
    second = MONDAY + dt.timedelta(days=7)
    SchoolClosure.objects.create(school=school, kind="no-go", first_on=MONDAY, last_on=MONDAY)
    Away.objects.create(person=specialist.user, first_on=second, last_on=second)
    row = partnership.partner_teachers.get()

    response, _ = page_of(worked_out(programme).get_absolute_url())

    line = next(line for _, line in response.context["impossible"])
    ways = {reason.words: reason.way.url for reason in line.why}
    week = reverse("programmes:specialist_release", args=[specialist.pk])
    assert ways == {
        f"{specialist.user} is not released": week,
        f"{specialist.user} is away": reverse("visits:away", args=[specialist.user.pk]),
        f"{school} lets nobody go": reverse("programmes:school_calendar", args=[school.urn]),
        f"{partner} is not released": reverse("programmes:partner_week", args=[row.pk]),
    }
    assert line.ways
    for url in [*ways.values(), *(way.url for way in line.ways)]:
        assert client.get(url).status_code == 200


def test_only_what_was_chosen_is_planned_and_nothing_chosen_is_told(page_of, programme):
    one, two = partnership_of(programme), partnership_of(programme)
    url = plans_url(programme)

    _, none = page_of(url, {"scope": "some", "moves": "nothing"})
    _, odd = page_of(url, {"scope": "all", "moves": "sideways"})
    page_of(url, {"scope": "some", "moves": "everything", "partnerships": [two.pk]})

    assert "Tick at least one partnership below, or choose all of them." in none
    assert "Choose from what is offered here." in odd
    assert Plan.objects.values_list("partnerships", "moves").get() == ([two.pk], "everything")
    assert str(one.partner_school) in none


def test_optional_visits_can_be_left_out_and_are_called_so(page_of, programme):
    step(programme, 3, "Lesson study 2", 28, 39, required=False)
    partnership_of(programme)
    url = plans_url(programme)

    _, asked = page_of(url)
    _, odd = page_of(url, {"scope": "all", "visits": "none", "moves": "nothing"})
    page_of(url, {"scope": "all", "visits": "required", "moves": "nothing"})
    Plan.objects.update(state="failed")
    _, whole = page_of(worked_out(programme).get_absolute_url())

    assert "Required visits only" in asked
    assert "Choose from what is offered here." in odd
    assert Plan.objects.order_by("pk").first().asking == {"only_required": True}
    assert "Lesson study 2 (optional)" in whole
    assert "Lesson study 1 (optional)" not in whole


def test_a_plan_that_is_in_hand_is_shown_instead_of_a_second_one(page_of, programme):
    partnership_of(programme)
    page_of(plans_url(programme), {"scope": "all", "moves": "nothing"})

    _, words = page_of(plans_url(programme), {"scope": "all", "moves": "everything"})
    _, stopped = page_of(reverse("visits:plan_stop", args=[Plan.objects.get().pk]), {})

    assert "A plan for this programme is being worked out already." in words
    assert "The plan stops after the groups that are begun." in stopped


def test_what_must_be_mended_stands_instead_of_the_form(page_of, programme):
    programme.timetable.all().delete()

    _, words = page_of(plans_url(programme))
    _, posted = page_of(plans_url(programme), {"scope": "all", "moves": "nothing"})

    for page in (words, posted):
        assert "The timetable has no visits, so there is nothing to plan. Open the timetable" in page
        assert "Work out a plan" not in page
    assert not Plan.objects.exists()


def test_two_plans_are_put_side_by_side(page_of, programme):
    partnership = partnership_of(programme)
    first = worked_out(programme)
    release(partnership.specialist, "thu-am")
    second = worked_out(programme)

    response, words = page_of(reverse("visits:plan_compare", args=[first.pk, second.pk]))

    moved = [line for line in response.context["lines"] if line["there"].startswith("Thursday")]
    assert "They differ on 2 visits." in words
    assert "Visits that get a half-day 2 2" in words
    assert len(moved) == 2


def test_plans_about_other_visits_are_compared_in_what_both_are_about(page_of, programme):
    one, other = partnership_of(programme), partnership_of(programme)
    whole = worked_out(programme)
    part = worked_out(programme, partnerships=[one.pk])

    _, words = page_of(reverse("visits:plan_compare", args=[whole.pk, part.pk]))

    assert "They give every visit that both are about the same half-day." in words
    assert "They are not about the same visits" in words
    assert "those of 2 visits that both are about. 2 visits are in plan A only." in words
    assert "All partnerships" in words
    assert f"1 partnership {one.ref}" in words
    assert other.ref not in words
    assert "Visits that get a half-day 2 2" in words
    assert "the fewer, the better" not in words
    assert words.count("09:00:00") == 2


def test_a_visit_on_the_same_half_day_is_no_difference_whatever_keeps_it_there(page_of, programme):
    one, step_of_it = partnership_of(programme), programme.timetable.first()
    visit = stand(one, 5, step=step_of_it)
    leaves = worked_out(programme)
    stays = worked_out(programme, moves=Plan.Moves.EVERYTHING)
    rows = [row | {"to": row["stands"]} for row in stays.result["visits"] if row["visit"] == visit.pk]
    Plan.objects.filter(pk=stays.pk).update(result=stays.result | {"visits": rows})

    response, words = page_of(reverse("visits:plan_compare", args=[leaves.pk, stays.pk]))

    assert len(rows) == 1
    assert response.context["lines"] == []
    assert "Everything that is still to come and not locked" in words


def test_a_plan_that_was_overtaken_says_by_what_and_is_worked_out_again(page_of, programme):
    partnership = partnership_of(programme)
    plan = worked_out(programme)
    on = dt.date.fromordinal(plan.result["visits"][0]["to"] // 2)
    SchoolClosure.objects.create(school=partnership.partner_school, kind="inset", first_on=on, last_on=on)

    _, check = page_of(reverse("visits:plan_accept", args=[plan.pk]))
    page_of(reverse("visits:plan_accept", args=[plan.pk]), {})
    written(plan)
    _, words = page_of(plan.get_absolute_url())
    response, _ = page_of(reverse("visits:plan_again", args=[plan.pk]), {})

    for page, said in ((check, "The plan no longer holds"), (words, "so nothing was written:")):
        assert said in page
        assert f"{partnership.partner_school} has an INSET day." in page
    assert not Visit.objects.exists()
    assert response.request["PATH_INFO"] == Plan.objects.exclude(pk=plan.pk).get().get_absolute_url()


def test_an_absence_is_entered_and_a_plan_around_it_ordered(page_of, programme):
    partnership = partnership_of(programme)
    stand(partnership, 2, step=programme.timetable.first())
    person = partnership.specialist.user
    url = plans_url(programme, "plan_absence")
    days = {"person": person.pk, "first_on": "20/1/2027", "last_on": "", "half": ""}

    _, backwards = page_of(url, days | {"last_on": "19/1/2027"})
    _, past = page_of(url, days | {"first_on": "4/1/2027"})
    _, outside = page_of(url, days | {"first_on": "20/1/2028"})
    _, half = page_of(url, days | {"last_on": "21/1/2027", "half": "am"})
    assert not Away.objects.exists()
    page_of(url, days)
    page_of(url, days)

    assert "The last day must not be before the first day." in backwards
    assert "These days have passed: visits of the past do not move." in past
    assert "This day is outside the programme's year: give one from 1 September 2026 to 31 August 2027." in outside
    assert "A morning or an afternoon is one of a single day: give the same day twice." in half
    away = Away.objects.get()
    plan = Plan.objects.get()
    assert (away.first_on, away.last_on, plan.moves, plan.asking) == (
        dt.date(2027, 1, 20),
        dt.date(2027, 1, 20),
        "what must",
        {"away": away.pk},
    )


def test_what_counts_is_kept_and_weighs_in_the_next_plan(page_of, programme):
    url = plans_url(programme, "plan_wishes")
    typed = {"preferred": 3, "spread": 0, "edges": 1, "together": 2, "weekday": 2, "changes": 2}
    more = {"a_week": "", "a_term": "12", "near_km": "5"}

    _, wrong = page_of(url, typed | more | {"a_term": "lots", "preferred": 9})
    _, kept = page_of(url, typed | more)

    assert "Half-days a term, at most: enter a whole number from 1 to 60." in wrong
    assert "Choose from what is offered here." in wrong
    assert "Kept. The next plan goes by it" in kept
    settings = settings_of(programme)
    assert (settings.a_week, settings.a_term, settings.near_km, settings.host_is_out) == (None, 12, 5, False)
    assert weights_of(settings) == Weights(36, 0, 8, 10, 6, 40)
    assert PlannerSettings.objects.count() == 1


def test_nothing_is_planned_in_a_programme_that_is_closed(page_of, programme):
    partnership_of(programme)
    Programme.objects.update(status=Programme.Status.CLOSED)

    for name, data in (("plans", {"scope": "all", "moves": "nothing"}), ("plan_absence", {}), ("plan_wishes", {})):
        _, words = page_of(plans_url(programme, name), data)
        assert "This programme is closed, and nothing is planned in it any more." in words
    assert not Plan.objects.exists()
