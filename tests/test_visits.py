"""Half-days: who is booked where, and that nobody is booked twice."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from programmes.models import Programme
from tests.factories import BookingFactory, PartnershipFactory, VisitFactory
from tests.together import at_once
from tests.world import build_world
from visits import services
from visits.models import Booking, Visit, WrongState

pytestmark = pytest.mark.usefixtures("one_day")

FREE = "2027-02-10"


@pytest.fixture
def teacher(client, ours):
    client.force_login(ours.people[Role.SPECIALIST])
    return ours.people[Role.SPECIALIST]


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def typed(partnership, **fields):
    """What a person would post who adds a visit of this partnership."""
    people = [someone.pk for someone in partnership.teachers]
    visit = {"kind": "observation", "on": FREE, "half": "am", "host": partnership.partner_school_id, "people": people}
    return visit | fields


def add(client, partnership, **fields):
    address = reverse("visits:create", args=[partnership.pk])
    return client.post(address, typed(partnership, **fields), follow=True)


def change(client, visit, **fields):
    return client.post(reverse("visits:change", args=[visit.pk]), typed(visit.partnership, **fields), follow=True)


def booked(person):
    return list(Booking.objects.filter(person=person).order_by("on", "half").values_list("on", "half"))


def test_a_teacher_adds_a_visit_and_both_sides_are_booked(client, ours, teacher):
    answer = add(client, ours.partnership)

    visit = Visit.objects.exclude(pk=ours.visit.pk).get(partnership=ours.partnership)
    assert "The visit is saved." in text(answer)
    assert "Booked for Wednesday 10 February, morning, at Ourside Partner School." in text(answer)
    assert set(visit.people.all()) == {ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]}
    assert booked(teacher) == [(dt.date(2027, 2, 9), "am"), (dt.date(2027, 2, 10), "am")]
    assert AuditEvent.objects.filter(who=teacher, did="visits.planned", row=visit.pk).exists()


@pytest.mark.parametrize(
    "on", ["10/2/2027", "10-02-2027", "2027-02-10", "10.2.2027", "10 February 2027", " 10 feb 2027"]
)
def test_a_day_is_read_as_people_write_it(client, ours, teacher, on):
    add(client, ours.partnership, on=on)

    assert Visit.objects.filter(partnership=ours.partnership, on=dt.date(2027, 2, 10)).count() == 1


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("13/2/2027", "13 February 2027 is a Saturday. Give a weekday."),
        ("1/9/2027", "This day is outside the programme's year: give one from 1 September 2026 to 31 August 2027."),
        ("31/8/2026", "This day is outside the programme's year: give one from 1 September 2026 to 31 August 2027."),
        ("30/2/2027", "“30/2/2027” is not in the calendar."),
        ("2/13/2027", "“2/13/2027” is not a date: there is no month 13."),
        ("10/2/27", "“10/2/27” has a year of two digits."),
        ("soon", "“soon” is not a date."),
        ("", "Enter the day."),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_its_reason_and_kept(client, ours, teacher, on, sentence):
    answer = add(client, ours.partnership, on=on)

    assert sentence.replace("'", "&#x27;") in text(answer)
    assert f'value="{on}"' in answer.content.decode() or not on
    assert Visit.objects.filter(partnership=ours.partnership).count() == 1


def test_a_teacher_who_is_booked_is_named_with_the_place(client, ours, teacher):
    second = PartnershipFactory(
        programme=ours.programme, specialist=ours.partnership.specialist, partner_teacher=ours.people[Role.COORDINATOR]
    )

    answer = add(client, second, on="9/2/2027")

    sentence = (
        f"{teacher} is booked on Tuesday 9 February, morning: observation at Ourside Partner School. "
        "Choose another half-day."
    )
    assert sentence in text(answer)
    assert not second.visits.exists()
    assert booked(teacher) == [(dt.date(2027, 2, 9), "am")]


def test_of_a_visit_out_of_reach_only_that_there_is_one_is_said(client, world):
    ours, _, elsewhere = world
    client.force_login(ours.people[Role.COORDINATOR])
    busy = ours.people[Role.SPECIALIST]
    BookingFactory(
        visit=VisitFactory(partnership=elsewhere.partnership, on=dt.date(2027, 2, 10), half="pm"), person=busy
    )

    answer = add(client, ours.partnership, half="pm")

    assert f"{busy} is booked on Wednesday 10 February, afternoon. Choose another half-day." in text(answer)
    assert "Elsewhere" not in text(answer)


def test_a_partnership_has_one_visit_a_half_day(client, ours, teacher):
    answer = add(client, ours.partnership, on="9/2/2027", people=[ours.people[Role.CONSULTANT].pk])

    assert "This partnership has a visit on this half-day already." in text(answer)


def test_the_same_visit_sent_twice_is_one_and_leads_to_its_page(client, ours, teacher):
    first, second = add(client, ours.partnership), add(client, ours.partnership)
    other = add(client, ours.partnership, kind="showcase")

    visit = Visit.objects.exclude(pk=ours.visit.pk).get(partnership=ours.partnership)
    assert first.redirect_chain == second.redirect_chain == [(visit.get_absolute_url(), 302)]
    assert "The visit is saved." in text(second)
    assert "This partnership has a visit on this half-day already." in text(other)
    assert AuditEvent.objects.filter(did="visits.planned").count() == 1


def test_the_day_is_asked_for_without_a_promise_about_holidays(client, ours, teacher):
    page = text(client.get(reverse("visits:create", args=[ours.partnership.pk])))

    assert "A weekday in the programme's year, for example" in page.replace("&#x27;", "'").replace("&#39;", "'")
    assert "school day" not in page


def test_an_unknown_view_of_the_list_is_that_of_what_is_to_come(client, ours, teacher):
    assert client.get(reverse("visits:list"), {"when": "never"}).context["when"] == ""


def test_moving_a_visit_frees_the_old_half_day_and_books_the_new_one(client, ours, teacher):
    answer = change(client, ours.visit, on="11/2/2027", half="pm", kind="research lesson")

    ours.visit.refresh_from_db()
    assert "Thursday 11 February, afternoon" in text(answer)
    assert (ours.visit.kind, ours.visit.half) == ("research lesson", "pm")
    assert booked(teacher) == booked(ours.people[Role.PARTNER]) == [(dt.date(2027, 2, 11), "pm")]


def test_a_visit_that_cannot_be_moved_stays_where_it_was(client, ours, teacher):
    BookingFactory(
        visit=VisitFactory(partnership=ours.partnership, on=dt.date(2027, 2, 11)), person=ours.people[Role.PARTNER]
    )

    answer = change(client, ours.visit, on="11/2/2027")

    ours.visit.refresh_from_db()
    assert "already" in text(answer)
    assert ours.visit.on == dt.date(2027, 2, 9)
    assert booked(teacher) == [(dt.date(2027, 2, 9), "am")]


def test_a_visit_that_was_cancelled_meanwhile_is_not_brought_back_by_a_change(ours):
    coordinator, stale = ours.people[Role.COORDINATOR], Visit.objects.get(pk=ours.visit.pk)
    services.cancel_visit(coordinator, ours.visit, "Snow")

    stale.on = dt.date(2027, 2, 12)
    with pytest.raises(WrongState):
        services.keep_visit(coordinator, stale, ours.partnership.teachers)

    ours.visit.refresh_from_db()
    assert (ours.visit.status, ours.visit.on) == ("cancelled", dt.date(2027, 2, 9))
    assert not ours.visit.bookings.exists()


def test_cancelling_frees_the_half_day_and_keeps_the_reason(client, ours, teacher):
    address = reverse("visits:cancel", args=[ours.visit.pk])

    without = client.post(address, {"reason": " "})
    answer = client.post(address, {"reason": "Snow"}, follow=True)
    again = add(client, ours.partnership, on="9/2/2027")

    assert "Say why, in one sentence." in text(without)
    assert "Cancelled: Snow" in text(answer)
    assert "The visit is saved." in text(again)
    assert client.get(address).status_code == 404


def test_a_past_visit_waits_for_its_record_and_leads_its_teachers_to_it(client, ours, teacher):
    past = VisitFactory(partnership=ours.partnership, on=dt.date(2027, 1, 20))
    names = " or ".join(str(someone) for someone in ours.partnership.teachers)

    waits = text(client.get(reverse("visits:list") + "?when=waiting"))
    asked = client.get(past.get_absolute_url())
    client.force_login(ours.people[Role.COORDINATOR])
    coordinator = text(client.get(past.get_absolute_url()))
    services.visit_recorded(teacher, past, timezone.now())
    services.visit_recorded(teacher, past, timezone.now())
    recorded = text(client.get(past.get_absolute_url()))

    assert f"Waiting for {names} to write the record" in waits
    assert reverse("lessons:write", args=[past.pk]) in asked.content.decode()
    assert "It did not take place" in text(asked)
    assert f"Waiting for {names} to write the record." in coordinator
    assert "It did not take place" in coordinator
    assert "It took place on Wednesday 20 January at Ourside Partner School." in recorded
    assert AuditEvent.objects.filter(did="visits.took place").count() == 1


def test_a_closed_programme_takes_no_visit_and_changes_none(client, ours, teacher):
    Programme.objects.update(status=Programme.Status.CLOSED)
    visit = VisitFactory(partnership=ours.partnership, on=dt.date(2027, 1, 20))

    answers = {
        "add": add(client, ours.partnership).status_code,
        "change": change(client, visit).status_code,
        "cancel": client.post(reverse("visits:cancel", args=[visit.pk]), {"reason": "Snow"}).status_code,
    }

    assert answers == dict.fromkeys(answers, 404)
    assert "Add a visit" not in text(client.get(reverse("visits:list")))


@pytest.mark.parametrize("status", ["proposed", "completed", "folded"])
def test_only_a_partnership_that_runs_takes_a_visit(client, ours, teacher, status):
    type(ours.partnership).objects.filter(pk=ours.partnership.pk).update(status=status)

    assert add(client, ours.partnership).status_code == 404


def test_a_paused_partnership_says_so_where_a_visit_would_be_planned_changed_or_answered(client, ours, teacher):
    VisitFactory(partnership=ours.partnership, on=dt.date(2027, 1, 20))
    type(ours.partnership).objects.filter(pk=ours.partnership.pk).update(status="paused")
    rests = "This partnership is paused: its visits rest as they are, and nothing is planned until it goes on."

    pages = [
        add(client, ours.partnership),
        client.get(reverse("visits:change", args=[ours.visit.pk]), follow=True),
        client.post(reverse("visits:confirm", args=[ours.visit.pk]), follow=True),
    ]
    listed = text(client.get(reverse("visits:list"), {"when": "all"}))
    waiting = text(client.get(reverse("visits:list"), {"when": "waiting"}))

    assert [rests in text(page) for page in pages] == [True] * 3
    assert set(Visit.objects.filter(partnership=ours.partnership).values_list("status", flat=True)) == {"planned"}
    assert listed.count("Rests while the partnership is paused") == 2
    assert "Rests" not in waiting


@pytest.mark.parametrize(
    ("on", "asked", "told"), [(dt.date(2027, 1, 20), "It did not take place", 0), (dt.date(2027, 2, 17), "Cancel", 1)]
)
def test_while_a_partnership_is_paused_its_visits_can_be_cancelled_and_nothing_else(
    client, ours, teacher, on, asked, told
):
    visit = Visit(partnership=ours.partnership, kind="observation", on=on, half="am", host=ours.school)
    services.keep_visit(None, visit, ours.partnership.teachers, changes=[])
    type(ours.partnership).objects.filter(pk=ours.partnership.pk).update(status="paused")

    page = client.get(visit.get_absolute_url())
    form = client.get(reverse("visits:cancel", args=[visit.pk]))
    cancelled = client.post(reverse("visits:cancel", args=[visit.pk]), {"reason": "Ofsted"}, follow=True)

    assert asked in text(page)
    assert [reverse(f"visits:{name}", args=[visit.pk]) in page.content.decode() for name in ("cancel", "change")] == [
        True,
        False,
    ]
    assert form.status_code == 200
    assert "Cancelled: Ofsted" in text(cancelled)
    assert not visit.bookings.exists()
    assert OutgoingMail.objects.filter(kind="visits_changed").count() == told


def test_people_and_schools_of_others_are_refused(client, world, teacher):
    ours, next_door, _ = world
    stranger = next_door.people[Role.PARTNER]

    people = add(client, ours.partnership, people=[teacher.pk, stranger.pk])
    school = add(client, ours.partnership, host=next_door.school.pk)
    nobody = add(client, ours.partnership, people=[])

    assert "Choose from what is offered here." in text(people)
    assert "Choose from what is offered here." in text(school)
    assert "Choose at least one person." in text(nobody)
    assert str(stranger) not in text(people)
    assert Visit.objects.filter(partnership=ours.partnership).count() == 1


def test_the_choice_offers_what_a_person_may_plan(client, world):
    ours, next_door, _ = world
    client.force_login(ours.people[Role.COORDINATOR])

    page = text(client.get(reverse("visits:choose")))
    chosen = client.get(reverse("visits:choose"), {"partnership": next_door.partnership.pk})
    nothing = client.get(reverse("visits:choose"), {"partnership": ""})

    assert "Ourside Partner School" in page
    assert "Elsewhere" not in page
    assert chosen["Location"] == reverse("visits:create", args=[next_door.partnership.pk])
    assert "Choose a partnership." in text(nothing)


def test_the_list_has_what_is_to_come_what_is_past_and_all(client, ours, teacher):
    Visit.objects.filter(partnership=ours.partnership).update(on=dt.date(2027, 1, 27))
    past = VisitFactory(partnership=ours.partnership, on=dt.date(2027, 1, 26), status="took place")

    shown = {
        when: [visit.pk for visit in client.get(reverse("visits:list"), {"when": when}).context["object_list"]]
        for when in ("", "past", "waiting", "all")
    }

    assert shown == {"": [ours.visit.pk], "past": [past.pk], "waiting": [], "all": [past.pk, ours.visit.pk]}


def post_at_once(posts):
    """The answers to (user, address, form), each posted from a browser of its own in the same moment."""

    def posting(user, address, form):
        client = Client()
        client.force_login(user)
        return lambda: client.post(address, form, follow=True)

    return at_once(*[posting(*each) for each in posts])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_one_teacher_at_once_one_wins_and_the_other_is_told():
    ours = build_world()[0]
    specialist = ours.people[Role.SPECIALIST]
    second = PartnershipFactory(programme=ours.programme, specialist=ours.partnership.specialist)
    both = [ours.partnership, second]

    for day in range(15, 20):
        answers = post_at_once(
            [
                (user, reverse("visits:create", args=[p.pk]), typed(p, on=f"{day}/3/2027"))
                for user, p in zip([specialist, ours.people[Role.COORDINATOR]], both, strict=True)
            ]
        )

        told = sorted("The visit is saved." in text(answer) for answer in answers)
        loser = next(answer for answer in answers if "The visit is saved." not in text(answer))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert told == [False, True]
        assert f"{specialist} is booked on" in text(loser)
        assert Visit.objects.filter(on=dt.date(2027, 3, day)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_visit_at_once_both_are_led_to_the_one():
    ours = build_world()[0]
    address = reverse("visits:create", args=[ours.partnership.pk])

    for day in range(15, 20):
        form = typed(ours.partnership, on=f"{day}/3/2027")
        answers = post_at_once([(ours.people[role], address, form) for role in (Role.SPECIALIST, Role.PARTNER)])

        assert [answer.status_code for answer in answers] == [200, 200]
        assert all("The visit is saved." in text(answer) for answer in answers)
        assert Visit.objects.filter(on=dt.date(2027, 3, day)).count() == 1
