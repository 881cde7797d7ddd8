"""A school's INSET days, closures and no-go dates: who enters them, what is refused and in which words."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.calendar import Calendar
from programmes.closures import wrong_with
from programmes.models import SchoolClosure, SchoolLimits
from programmes.services.closures import Overlaps, keep_closure, keep_closures
from tests.factories import BookingFactory, SchoolFactory, UserFactory, VisitFactory
from tests.term_dates import YEAR_2026
from tests.together import at_once

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 27)
INSET, CLOSED, NO_GO = SchoolClosure.Kind.values


@pytest.fixture(autouse=True)
def on_a_day(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC))


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def enter(client, ours, **given):
    typed = {"kind": "inset", "first_on": "12/3/2027", "last_on": "", "half": "", "words": ""}
    return client.post(reverse("programmes:closure_add", args=[ours.school.urn]), typed | given, follow=True)


def rows_of(school):
    values = school.closures.order_by("first_on", "pk").values_list(
        "kind", "first_on", "last_on", "half", "year_groups"
    )
    return [row for row in values if row[1] != dt.date(2027, 2, 22)]


@pytest.mark.parametrize("role", [Role.HEADTEACHER, Role.OFFICE, Role.COORDINATOR])
def test_the_school_and_the_coordinator_enter_days_and_see_them_in_the_order_of_the_year(client, ours, role):
    client.force_login(ours.people[role])

    answer = enter(client, ours, words="Phonics")
    enter(client, ours, kind="no-go", first_on="10/5/2027", last_on="13/5/2027", year_groups=["6"], words="KS2 tests")

    page = text(client.get(reverse("programmes:school_calendar", args=[ours.school.urn])))
    assert "Phonics, Friday 12 March 2027: saved." in text(answer)
    assert rows_of(ours.school) == [
        ("inset", dt.date(2027, 3, 12), dt.date(2027, 3, 12), "", []),
        ("no-go", dt.date(2027, 5, 10), dt.date(2027, 5, 13), "", [6]),
    ]
    assert ours.school.closures.last().entered_by == ours.people[role]
    assert "2 of the usual 5 INSET days are entered, and 1 closure or no-go date." in page
    order = ["Autumn term, first half", "Ourside training", "Phonics", "Monday 3 May", "KS2 tests", "Mon 31 May"]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
    assert AuditEvent.objects.filter(did="closure entered", row=ours.school.pk).count() == 2


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"first_on": "12/3/2027", "last_on": "10/3/2027"}, "last_on", "is before the first day, Friday 12 March 2027"),
        ({"first_on": "12/3/2031"}, "first_on", "2030-31. Enter days of 2026-27, 2027-28 or 2028-29."),
        ({"first_on": "13/3/2027"}, "first_on", "Saturday 13 March 2027 is at a weekend"),
        ({"first_on": "13/3/2027", "last_on": "14/3/2027", "kind": "closed"}, "first_on", "These days are a weekend"),
        ({"first_on": "28/10/2026"}, "first_on", "is in the holidays: an INSET day is a day of term"),
        ({"first_on": "28/10/2026", "kind": "closed"}, "first_on", "when nobody is at school anyway"),
        ({"first_on": "3/5/2027"}, "first_on", "Monday 3 May 2027 is a bank holiday"),
        ({"first_on": "11/2/2027", "last_on": "15/2/2027"}, "first_on", "Monday 15 February 2027 is in the holidays"),
        ({"first_on": "20/7/2027", "last_on": "6/9/2027", "kind": "closed"}, "last_on", "26-27 and end in 2027-28"),
        ({"half": "am"}, "half", "An INSET day is a whole day."),
        ({"half": "pm", "kind": "closed", "last_on": "15/3/2027"}, "half", "An afternoon is one of a single day"),
        ({"year_groups": ["5"]}, "year_groups", "An INSET day is for the whole school."),
        ({"kind": ""}, "kind", "Choose what it is."),
        ({"first_on": "31/2/2027"}, "first_on", "is not in the calendar."),
        ({"words": "x" * 61, "kind": "closed"}, "words", "Keep it to 60 characters."),
        ({"first_on": "22/2/2027"}, "__all__", "This school has entered exactly that already."),
        ({"first_on": "22/2/2027", "last_on": "23/2/2027"}, "first_on", "February 2027, “Ourside training”, is there"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_box_and_nothing_is_written(client, ours, given, field, sentence):
    client.force_login(ours.people[Role.OFFICE])

    answer = enter(client, ours, **given)

    assert sentence in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"]["first_on"].value() == given.get("first_on", "12/3/2027")
    assert rows_of(ours.school) == []


def test_the_same_kind_overlaps_only_where_half_and_year_groups_meet(ours):
    def given(kind=NO_GO, first=3, last=3, half="", groups=()):
        days = {"first_on": dt.date(2027, 3, first), "last_on": dt.date(2027, 3, last)}
        return SchoolClosure(school=ours.school, kind=kind, half=half, year_groups=list(groups), **days)

    keep_closure(None, given(half="am", groups=[5]))
    for fits in (
        given(half="pm", groups=[5]),
        given(half="am", groups=[6]),
        given(kind=CLOSED),
        given(first=4, last=5),
    ):
        keep_closure(None, fits)

    for meets in (given(half="am"), given(groups=[5, 3]), given(first=1, last=3), given(first=5, last=5, half="pm")):
        with pytest.raises(Overlaps):
            keep_closure(None, meets)
    assert len(rows_of(ours.school)) == 5


def test_an_entry_is_changed_without_meeting_itself_and_taken_away(client, ours):
    client.force_login(ours.people[Role.HEADTEACHER])
    change = reverse("programmes:closure_change", args=[ours.closure.pk])

    client.post(change, {"kind": "inset", "first_on": "22/2/2027", "last_on": "23/2/2027", "words": "Two days"})
    ours.closure.refresh_from_db()
    answer = client.post(reverse("programmes:closure_delete", args=[ours.closure.pk]), follow=True)

    assert (ours.closure.last_on, str(ours.closure)) == (dt.date(2027, 2, 23), "Two days")
    assert "Two days, Monday 22 February 2027 to Tuesday 23 February 2027: taken away." in text(answer)
    assert ours.school.closures.count() == 0
    assert client.post(change, {}).status_code == 404


def test_planned_visits_on_a_new_closure_are_counted_and_named_with_a_link(client, ours):
    client.force_login(ours.people[Role.OFFICE])
    ours.visit.bookings.update(school=ours.school)
    afternoon = VisitFactory(partnership=ours.partnership, on=ours.visit.on, half="pm", host=SchoolFactory())

    answer = enter(client, ours, kind="no-go", first_on="9/2/2027", half="am", year_groups=["5"])
    elsewhere = enter(client, ours, kind="no-go", first_on="9/2/2027", half="pm", year_groups=["6"])
    BookingFactory(visit=afternoon, person=UserFactory(), school=ours.school)
    page = text(enter(client, ours, kind="closed", first_on="9/2/2027"))

    assert "1 planned visit falls on Tuesday 9 February 2027, morning. Below you see it." in text(answer)
    assert "planned visit" not in text(elsewhere).replace("Planned visits on it", "")
    assert "2 planned visits fall on Tuesday 9 February 2027." in page
    named = f'<a class="govuk-link" href="{ours.visit.get_absolute_url()}">Tuesday 9 February, morning: observation</a>'
    assert page.count(named) == 2


def test_the_school_says_how_much_it_can_spare(client, ours):
    client.force_login(ours.people[Role.OFFICE])
    page = reverse("programmes:school_limits", args=[ours.school.urn])

    wrong = text(client.post(page, {"class_ceiling": "0", "cover_capacity": "61"}))
    answer = client.post(page, {"class_ceiling": "12", "cover_capacity": ""}, follow=True)

    assert "enter a whole number from 1 to 60." in wrong
    assert "at most 12 half-days in a school year" in text(answer)
    assert list(SchoolLimits.objects.values_list("school", "class_ceiling", "cover_capacity")) == [
        (ours.school.pk, 12, None)
    ]


@pytest.mark.parametrize("role", [Role.HEADTEACHER, Role.OFFICE])
def test_today_leads_the_school_to_its_calendar(client, ours, role):
    client.force_login(ours.people[role])

    before = text(client.get(reverse("today")))
    ours.school.closures.all().delete()
    after = text(client.get(reverse("today")))

    address = reverse("programmes:school_calendar", args=[ours.school.urn])
    assert "For 2026-27 you have entered 1 INSET day and 0 closures and no-go dates." in before
    assert "None is entered for 2026-27 yet, so visits may be planned on any school day." in after
    assert f'href="{address}"' in before
    assert f'href="{address}"' in after


def test_a_closed_week_may_reach_into_the_holidays_and_any_day_goes_where_no_term_dates_are_known():
    given = {"kind": CLOSED, "first_on": dt.date(2026, 10, 22), "last_on": dt.date(2026, 10, 27)}
    august = SchoolClosure(kind=INSET, first_on=dt.date(2027, 8, 25), last_on=dt.date(2027, 8, 25))

    assert wrong_with(SchoolClosure(**given), Calendar(YEAR_2026), TODAY) == []
    assert wrong_with(august, Calendar(), TODAY) == []
    assert [field for field, _ in wrong_with(august, Calendar(YEAR_2026), TODAY)] == ["first_on"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_days_at_once_one_is_told():
    school = SchoolFactory()

    def enter_days(last):
        days = {"first_on": dt.date(2027, 3, 1), "last_on": dt.date(2027, 3, last)}
        return lambda: keep_closure(None, SchoolClosure(school=school, kind=INSET, **days))

    told = at_once(enter_days(1), enter_days(2), expecting=Overlaps)

    assert sorted(type(answer).__name__ for answer in told) == ["Overlaps", "SchoolClosure"]
    assert school.closures.count() == 1


def test_entering_many_again_adds_nothing():
    school = SchoolFactory()

    def many():
        days = [dt.date(2027, 3, day) for day in (1, 2, 3)]
        return [SchoolClosure(school=school, kind=INSET, first_on=day, last_on=day) for day in days]

    first, again = keep_closures(None, many()), keep_closures(None, many())

    assert (len(first), again, school.closures.count()) == (3, [], 3)
