"""The slip radar as a whole: who is on course, who comes first, and how slips stand together."""

import datetime as dt

import pytest

from accounts.models import Membership
from accounts.roles import Role
from programmes.models import Partnership, Programme, TermDate
from reports.roster.slips import Waits
from tests.factories import VisitFactory
from tests.rosters import agreement, late, only_row, partnership, rows, told, words
from visits.models import Visit

pytestmark = pytest.mark.django_db


def test_a_partnership_that_has_done_everything_is_on_course(at):
    agreement(partnership(at, "Beckney Junior"), dt.date(2026, 9, 10))

    row = only_row(at)

    assert (row.group, told(row), row.nudges) == ("on course", [], [])


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
        "Visit of 13 January: no record yet, 10 school days",
        "No visit planned for Lesson study 2, its window ends on 12 February",
        "Head of the partner school cannot sign in",
    ]
    assert [(str(nudge.person), len(nudge.slips)) for nudge in row.nudges] == [("Nia Holt", 3), ("Umar Mbeki", 2)]
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
