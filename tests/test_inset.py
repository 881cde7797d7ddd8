"""Uncommon INSET: days on which a school trains while those it could visit are open, counted a second way."""

import datetime as dt
import random

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.inset import Year, common, proposed, training, verdicts
from programmes.models import SchoolClosure
from tests.factories import VisitFactory
from tests.world import build_world

MONDAY = dt.date(2027, 3, 1)
WEEK = [MONDAY + dt.timedelta(days=n) for n in range(5)]
KINDS = ["inset", "closed", "unseen", "holiday", "after"]


def year(name, **days):
    given = {field: frozenset(found) for field, found in days.items() if field not in {"unseen", "school_days"}}
    return Year(name, frozenset(days.get("school_days", WEEK)), unseen=days.get("unseen", {}), **given)


def test_each_training_day_is_judged_in_words():
    own = year("Ash", inset=WEEK, after_break=[WEEK[3]])
    oak = year("Oak", inset=[WEEK[1]], closed=[WEEK[2]], unseen={WEEK[4]: "Sports day"})
    elm = year("Elm", school_days=WEEK[:1] + WEEK[2:])

    found = [(verdict.is_good, verdict.words) for verdict in verdicts(own, [oak, elm])]

    assert found == [
        (True, "All 2 partner schools are open: staff could visit."),
        (False, "Oak trains too and Elm is in its holidays."),
        (False, "Oak is closed."),
        (False, "It is in the first week after the holidays."),
        (False, "Oak lets nobody in (Sports day)."),
    ]
    assert [v.words for v in verdicts(year("Ash", inset=[MONDAY]), [elm])] == ["Elm is open: staff could visit."]
    assert [v.words for v in verdicts(year("Ash", inset=[MONDAY]), [])] == ["There is no partner school to visit."]


@pytest.mark.parametrize("seed", range(25))
def test_verdicts_and_proposals_agree_with_a_table_filled_cell_by_cell(seed):
    rng = random.Random(seed)
    days = [MONDAY + dt.timedelta(days=n) for n in range(20)]
    cells = {  # school -> day -> what it does
        name: {day: rng.choice([*KINDS, "open", "open", "open", "open"]) for day in days}
        for name in "ABCD"[: seed % 4 + 1]
    }
    taken = set(rng.sample(days, 3))
    today = days[4]

    years = {
        name: Year(
            name,
            frozenset(day for day, what in row.items() if what != "holiday"),
            frozenset(day for day, what in row.items() if what == "after"),
            frozenset(day for day, what in row.items() if what == "inset"),
            frozenset(day for day, what in row.items() if what == "closed"),
            {day: "" for day, what in row.items() if what == "unseen"},
        )
        for name, row in cells.items()
    }
    own, *others = years.values()
    trains = training(years.values())
    good = [verdict.day for verdict in verdicts(own, others) if verdict.is_good]
    better = proposed(own, others, today, trains, taken.__contains__)

    hosts = [row for name, row in cells.items() if name != "A"]

    def all_open(day):
        return bool(hosts) and all(row[day] in {"open", "after"} for row in hosts)

    counted = {day: sum(row[day] == "inset" for row in cells.values()) for day in days}
    free = [day for day in days if cells["A"][day] == "open" and all_open(day) and day > today and day not in taken]
    assert good == [day for day in days if cells["A"][day] == "inset" and all_open(day)]
    assert better == sorted(free, key=lambda day: (counted[day], day))[:5]
    several = sorted((-number, day) for day, number in counted.items() if number > 1)
    assert common(years.values()) == [(day, -number) for number, day in several[:5]]


@pytest.fixture
def ours(db, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC))
    ours = build_world()[0]
    SchoolClosure.objects.all().delete()
    return ours


def inset(school, *days):
    for day in days:
        SchoolClosure.objects.create(school=school, kind="inset", first_on=day, last_on=day)


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def test_a_coordinator_sees_the_verdicts_of_all_schools_and_better_days_around_visits_and_events(client, ours):
    home, partner = ours.specialist.home_school, ours.school
    inset(partner, dt.date(2027, 2, 22), dt.date(2027, 3, 12))
    inset(home, dt.date(2027, 3, 12))
    for day in (dt.date(2026, 11, 30), dt.date(2026, 12, 2)):
        VisitFactory(partnership=ours.partnership, on=day)
    client.force_login(ours.people[Role.COORDINATOR])

    page = client.get(reverse("programmes:inset", args=[ours.programme.slug]))

    rows = {row["school"]: row for row in page.context["rows"]}
    assert [(verdict.day, verdict.is_good, verdict.words) for verdict in rows[partner]["verdicts"]] == [
        (dt.date(2027, 2, 22), False, "It is in the first week after the holidays."),
        (dt.date(2027, 3, 12), False, "Ourside Home School trains too."),
    ]
    assert rows[partner]["proposed"][:2] == [dt.date(2026, 12, 1), dt.date(2026, 12, 3)]
    assert page.context["common"] == [(dt.date(2027, 3, 12), 2)]
    assert len(rows) == 4
    assert "0 of 4 schools have an INSET day on which staff could visit the partner schools." in text(page)


def test_a_head_sees_the_own_school_only_and_a_good_day_as_such(client, ours):
    inset(ours.school, dt.date(2027, 3, 12))
    client.force_login(ours.people[Role.HEADTEACHER])

    page = client.get(reverse("programmes:inset", args=[ours.programme.slug]) + "?with=area")

    assert [row["school"] for row in page.context["rows"]] == [ours.school]
    assert "Good</strong> Ourside Home School is open: staff could visit." in text(page)
    assert "Nextdoor" not in text(page)
