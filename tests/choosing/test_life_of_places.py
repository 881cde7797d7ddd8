"""A pupil leaves, is replaced, moves, comes back, changes class: with a day, a reason, a history and right results."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import DataReturn, Partnership
from pupils.choosing.services import NotNow
from pupils.figures import block
from pupils.life.services import change_place, end_place, take_over
from pupils.models import Assessment, Place
from pupils.results import place_facts
from tests.choosing.lists import text
from tests.choosing.places import changes, end, other_school, reasons, step
from tests.factories import PartnershipFactory, PlaceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("submitted")]


def test_who_has_left_is_missing_from_the_results_with_the_reason(choosing, ours, una):
    answer = text(end(choosing, una))

    una.refresh_from_db()
    facts = next(fact for fact in place_facts(ours.programme) if fact.place == una.pk)
    summer = DataReturn.objects.get(partnership=ours.partnership, data_point__name="Summer")
    assert "The place ends on 20 November 2026: left the school." in answer
    assert "Left the school Maths, Year 5 Moved to Leeds" in answer
    assert (una.until, una.ended_because) == (dt.date(2026, 11, 21), "left")
    assert reasons(una) == [("Summer", "left")]
    assert (facts.last_reason, block([facts]).n) == ("left", 0)
    assert (summer.expected, summer.excused) == (2, 1)
    assert changes(una) == [("ended", dt.date(2026, 11, 21), "", "Left the school", "Moved to Leeds")]
    assert AuditEvent.objects.filter(did="pupils.place_ended", row=una.pk).count() == 1


def test_an_end_by_mistake_is_taken_back(choosing, una):
    end(choosing, una)

    step(choosing, una, "back", reason="It was her sister")

    una.refresh_from_db()
    assert (una.until, una.ended_because, reasons(una)) == (None, "", [])
    assert changes(una)[1] == ("back", dt.date(2026, 11, 27), "Left the school", "", "It was her sister")


def test_another_pupil_takes_the_place_from_the_day_after(choosing, una):
    page = end(choosing, una, because="replaced")
    choosing.by_hand(query=f"?after={una.pk}", first_name="Leo", last_name="Mbeki", since="21/11/2026")

    leo = Place.objects.get(pupil__last_name="Mbeki")
    assert "Who takes over from Una Byrne?" in text(page)
    assert 'value="21/11/2026"' in page.content.decode()
    assert (leo.since, reasons(leo)) == (dt.date(2026, 11, 21), [("October", "not enrolled yet")])
    assert changes(leo) == [("chosen", dt.date(2026, 11, 21), "", "", f"Takes over from {una.pupil.ref}")]


def test_who_takes_over_is_asked_on_today_and_on_the_list_until_it_is_said(choosing, una):
    end(choosing, una, because="replaced")
    pages = [reverse("today"), choosing.page]

    before = [text(choosing.client.get(page)) for page in pages]
    choosing.by_hand(query=f"?after={una.pk}", first_name="Leo", last_name="Mbeki", since="21/11/2026")
    after = [text(choosing.client.get(page)) for page in pages]

    said = ["Say who takes over: ", "Nobody has taken over the place of Una Byrne yet."]
    assert [words in page for words, page in zip(said, before, strict=True)] == [True, True]
    assert [words in page for words, page in zip(said, after, strict=True)] == [False, False]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"because": ""}, "Choose why."),
        ({"last_on": ""}, "Enter the last day."),
        ({"last_on": "20/11/2031"}, "Enter a day from 1/9/2026 to 31/8/2027."),
        ({"last_on": "31/2/2027"}, "is not in the calendar"),
        ({"because": "other", "reason": ""}, "Say which other reason it is."),
    ],
)
def test_what_is_wrong_is_said_and_the_place_goes_on(choosing, una, typed, sentence):
    answer = text(end(choosing, una, **typed))

    una.refresh_from_db()
    assert sentence in answer
    assert una.until is None


def test_who_has_moved_is_taken_over_by_reference_and_initials(client, choosing, ours, una):
    there = other_school(ours, specialist=ours.partnership.specialist)
    end(choosing, una, because="moved")
    client.force_login(ours.people[Role.SPECIALIST])
    address = reverse("pupils:take_over", args=[there.pk])

    wrong = client.post(address, {"ref": una.pupil.ref, "initials": "XY", "since": "24/11/2026"})
    said = {
        "ref": una.pupil.ref.lower(),
        "initials": "u.b.",
        "since": "24/11/2026",
        "reason": "Now in the class of Ms Cole",
    }
    right = client.post(address, said, follow=True)

    new = Place.objects.get(partnership=there)
    assert "No pupil with this reference and these initials has moved" in text(wrong)
    assert "Una Byrne is a target pupil here now." in text(right)
    assert (new.pupil, new.since) == (una.pupil, dt.date(2026, 11, 24))
    assert una.pupil.places.count() == 2
    assert changes(new)[0][-1] == "Moved from another partner school: Now in the class of Ms Cole"


def test_who_moves_today_is_taken_over_from_tomorrow(client, choosing, ours, una):
    there = other_school(ours, specialist=ours.partnership.specialist)
    end(choosing, una, because="moved", last_on="27/11/2026")
    client.force_login(ours.people[Role.SPECIALIST])
    address, who = reverse("pupils:take_over", args=[there.pk]), {"ref": una.pupil.ref, "initials": "UB"}

    early = text(client.post(address, who | {"since": "27/11/2026"}))
    client.post(address, who | {"since": "28/11/2026"})

    assert "The pupil is at the other school until 27 November 2026: give a later day." in early
    assert there.places.get().since == dt.date(2026, 11, 28)


def test_the_page_of_the_pupil_says_where_no_grade_is_asked_for(choosing, una):
    DataReturn.objects.filter(partnership=una.partnership).update(state="open", submitted_by=None, submitted_at=None)

    page = text(end(choosing, una))
    pupils = text(choosing.client.get(reverse("pupils:list")))

    assert "Summer Not asked for: left the school" in page
    assert "Ended on Friday 20 November 2026: left the school" in page
    assert "Left the school, last day Friday 20 November 2026" in pupils


def test_nobody_is_taken_over_who_has_not_moved(client, choosing, ours, una):
    there = other_school(ours, specialist=ours.partnership.specialist)
    end(choosing, una)
    client.force_login(ours.people[Role.SPECIALIST])

    answer = client.post(
        reverse("pupils:take_over", args=[there.pk]), {"ref": una.pupil.ref, "initials": "UB", "since": "24/11/2026"}
    )

    assert "has moved in this programme" in text(answer)
    assert not there.places.exists()


@pytest.fixture
def waits(client, choosing, ours, una):
    """Una has moved, and waits for a place; the coordinator looks after it."""
    end(choosing, una, because="moved")
    client.force_login(ours.people[Role.COORDINATOR])
    return reverse("pupils:move_on", args=[ours.programme.slug, una.pupil_id])


def test_who_has_moved_is_found_on_today_and_where_the_coordinator_looks(client, ours, una, waits):
    listed = reverse("pupils:moved", args=[ours.programme.slug])
    places = reverse("reports:places", args=[ours.programme.slug])
    pages = {url: client.get(url) for url in [reverse("today"), listed, f"{places}?partnership={una.partnership_id}"]}
    today, on_list, of_partnership = pages.values()

    assert "1 pupil has moved to another partner school and has no place there yet" in text(today)
    assert f'href="{listed}"' in today.content.decode()
    assert [f'href="{waits}"' in page.content.decode() for page in (on_list, of_partnership)] == [True, True]
    assert f"{una.pupil.ref} UB 5" in text(on_list)


def test_the_coordinator_gives_who_has_moved_a_place_from_a_day_with_a_reason(client, ours, una, waits):
    there = other_school(ours)
    follows = f"{waits}?partnership={there.pk}&since=24/11/2026"

    asked = text(client.get(waits))
    looked = text(client.get(follows))
    other = other_school(ours, year_group=6)
    older = text(client.get(f"{waits}?partnership={other.pk}&since=24/11/2026"))
    no_reason = text(client.post(follows, {"reason": " "}))
    before = there.places.count()
    given = text(client.post(follows, {"reason": "Their office rang"}, follow=True))

    new = there.places.get()
    assert "From 21/11/2026 to 31/8/2027." in asked
    assert "Nothing is saved yet" in looked
    assert f"The teachers of {there.label} at {there.partner_school}" in looked
    assert "Grades are asked for from then on: Summer" in looked
    assert "No grade is asked for before: October" in looked
    assert "Is it the right partnership?" not in looked
    assert "Is it the right partnership? The pupil is in Year 5, and it is for Year 6." in older
    assert "Say how you know, or who has asked for it." in no_reason
    assert before == 0
    assert "has a place in" in given
    assert "from Tuesday 24 November 2026" in given
    assert "Byrne" not in asked + looked + given
    assert (new.pupil, new.since) == (una.pupil, dt.date(2026, 11, 24))
    assert changes(new) == [
        ("chosen", new.since, "", "", "Moved from another partner school: Their office rang"),
    ]
    assert "Every pupil who has moved has a place again." in given


@pytest.mark.parametrize("status", ["enquiry", "proposed"])
def test_nobody_is_taken_over_into_a_partnership_that_is_not_agreed(client, ours, una, waits, status):
    there = other_school(ours, status=status)

    asked = text(client.get(waits))
    client.post(f"{waits}?partnership={there.pk}&since=24/11/2026", {"reason": "Their office rang"})
    with pytest.raises(NotNow, match="The partnership is not agreed yet"):
        take_over(ours.people[Role.COORDINATOR], there, una.pupil, dt.date(2026, 11, 24))

    assert there.partner_school.name not in asked
    assert not there.places.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"partnership": ""}, "Choose a partnership."),
        ({"since": ""}, "Enter the first day there."),
        ({"since": "20/11/2026"}, "Enter a day from 21/11/2026 to 31/8/2027."),
    ],
)
def test_what_is_wrong_about_the_new_place_is_said_and_stays_typed(client, ours, waits, typed, sentence):
    there = other_school(ours)
    given = {"partnership": str(there.pk), "since": "24/11/2026"} | typed

    answers = [client.get(waits, given), client.post(f"{waits}?{urlencode(given)}", {"reason": "Their office rang"})]

    assert [sentence in text(answer) for answer in answers] == [True, True]
    assert [answer.context["form"].data.dict() for answer in answers] == [given, given]
    assert not there.places.exists()


def test_a_place_that_somebody_gave_meanwhile_is_not_given_twice(client, ours, una, waits):
    there = other_school(ours)
    follows = f"{waits}?partnership={there.pk}&since=24/11/2026"
    client.post(follows, {"reason": "Their office rang"})

    again = text(client.post(follows, {"reason": "Their office rang"}, follow=True))

    assert f"Pupil {una.pupil.ref} has a place by now, or is not marked as moved any more." in again
    assert there.places.count() == 1


def test_the_page_of_the_pupil_says_who_takes_over(choosing, una):
    page = text(end(choosing, una, because="moved"))

    assert f"No partner school has taken the pupil over yet. Tell the teachers there {una.pupil.ref} and UB" in page


def test_class_year_group_and_first_day_change_and_what_they_were_stays(choosing, una):
    typed = {"class_name": "6A", "year_group": "6", "since": "2/11/2026", "on": "23/11/2026", "reason": "New class"}
    typed["sure"] = "2026-11-02"  # there is a grade for October
    page = text(step(choosing, una, "change", **typed))
    step(choosing, una, "change", **(typed | {"since": "", "on": "24/11/2026", "reason": "Was here all along"}))

    una.refresh_from_db()
    day = dt.date(2026, 11, 23)
    assert "Class not said, now 6A" in page
    assert (una.class_name, una.pupil.year_group, una.since) == ("6A", 6, None)
    assert changes(una) == [
        ("class", day, "", "6A", "New class"),
        ("year", day, "Year 5", "Year 6", "New class"),
        ("since", day, "The beginning", "2 November 2026", "New class"),
        ("since", dt.date(2026, 11, 24), "2 November 2026", "The beginning", "Was here all along"),
    ]
    assert una.assessments.get().grade is not None


def test_what_stood_changes_only_with_a_reason_and_a_blank_class_is_filled_in_without(choosing, una):
    first = {"class_name": "6A", "year_group": "5", "since": "", "on": "23/11/2026", "reason": ""}
    filled = text(step(choosing, una, "change", **first))
    asked = text(step(choosing, una, "change", **(first | {"class_name": "6B", "year_group": "6"})))
    una.refresh_from_db()

    assert "It is saved" in filled
    assert "Give the reason: it stands in the history of the pupil." in asked
    assert (una.class_name, una.pupil.year_group) == ("6A", 5)


def test_a_grade_that_was_given_stays_whatever_the_days_say(choosing, una):
    end(choosing, una, last_on="1/10/2026", sure="2026-10-01")

    assert [(row.data_point.name, bool(row.grade)) for row in una.assessments.order_by("data_point__due_on")] == [
        ("October", True),
        ("Summer", False),
    ]


def test_the_head_reads_the_history_and_changes_nothing(client, choosing, ours, una):
    end(choosing, una)
    client.force_login(ours.people[Role.HEADTEACHER])

    page = client.get(una.pupil.get_absolute_url()).content.decode()

    assert "Moved to Leeds" in page
    assert "/pupils/places/" not in page


def test_while_a_partnership_is_paused_nothing_changes(choosing, una):
    Partnership.objects.filter(pk=una.partnership_id).update(status="paused")

    answer = text(end(choosing, una))

    una.refresh_from_db()
    assert "Nothing has changed. The partnership is paused" in answer
    assert una.until is None


def test_a_place_that_ended_meanwhile_does_not_begin_after_its_end(una):
    with pytest.raises(NotNow, match="The place ended on 20 November 2026 meanwhile"):
        change_after_end(una)

    una.refresh_from_db()
    assert una.since is None


def change_after_end(place):
    """Somebody opens the page, somebody else ends the place, the first one saves."""
    person = place.partnership.specialist.user
    opened = Place.objects.get(pk=place.pk)
    end_place(person, place, because="left", last_on=dt.date(2026, 11, 20))
    change_place(
        person, opened, class_name="", year_group=5, since=dt.date(2026, 12, 1), on=dt.date(2026, 12, 1), reason=""
    )


@pytest.fixture
def twice(ours, una):
    """Una's place in writing, at the same school."""
    other = PartnershipFactory(programme=ours.programme, partner_school=ours.school, subject="writing")
    return PlaceFactory(partnership=other, pupil=una.pupil)


@pytest.mark.parametrize("because", ["left", "moved"])
def test_who_has_left_the_school_has_left_both_places(choosing, una, twice, because):
    page = text(choosing.client.get(reverse("pupils:place_end", args=[una.pk])))
    answer = text(end(choosing, una, because=because))

    twice.refresh_from_db()
    assert page.count("The place in writing ends on the same day.") == 2
    assert "The place of Una Byrne in Writing, Year 5 ends on the same day." in answer
    assert (twice.last_on, twice.ended_because) == (dt.date(2026, 11, 20), because)
    assert [what for what, *_ in changes(twice)] == ["ended"]


def test_who_is_replaced_in_one_place_keeps_the_other(choosing, una, twice):
    end(choosing, una, because="replaced")

    twice.refresh_from_db()
    assert twice.until is None


def test_grades_of_the_other_place_speak_against_the_day_too(choosing, una, twice):
    october = una.assessments.get()
    Assessment.objects.create(place=twice, data_point=october.data_point, grade=october.grade)
    una.assessments.all().delete()

    answer = text(end(choosing, una, last_on="1/10/2026"))

    assert "Writing, Year 5: Una Byrne has a grade for October" in answer
    twice.refresh_from_db()
    assert twice.until is None
