"""A pupil who is added after grades were due or submitted: the first day is asked for, and what waits again is said."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import DataReturn
from pupils.models import Place
from tests.choosing.lists import text
from tests.choosing.places import other_school
from tests.factories import PartnershipFactory, PlaceFactory, SchoolFactory

pytestmark = pytest.mark.django_db
LIST = "Forename\tSurname\tYear\nUna\tByrne\t5\nLeo\tMbeki\t5\n"


def october(ours):
    return DataReturn.objects.get(partnership=ours.partnership, data_point__name="October")


def added(choosing):
    return [row for row in choosing.places() if not row[0].startswith("Ours")]


def test_by_hand_it_is_asked_whether_the_pupil_was_there_from_the_beginning(choosing, submitted):
    page = text(choosing.client.get(reverse("pupils:add", args=[choosing.partnership.pk])))
    unsaid = text(choosing.by_hand(joined=""))
    no_day = text(choosing.by_hand(joined="late"))
    both = text(choosing.by_hand(joined="beginning", since="2/11/2026"))

    assert "A grade for October and Summer is asked for. The October and Summer grades, submitted already, wait" in page
    assert "Say whether the pupil was there from the beginning, or joined later." in unsaid
    assert "Enter the day on which the pupil joined." in no_day
    assert "You said that the pupil was there from the beginning: leave the day blank." in both
    assert added(choosing) == []


def test_a_pupil_from_the_beginning_opens_what_was_submitted_and_that_is_said(choosing, ours, submitted):
    answer = text(choosing.by_hand(joined="beginning"))

    assert "The October and Summer grades, which were submitted, wait for a grade of Una Byrne now" in answer
    assert october(ours).missing == 1


def test_a_pupil_who_joined_later_owes_nothing_for_before(choosing, ours, submitted):
    answer = text(choosing.by_hand(joined="late", since="2/11/2026"))

    assert "The Summer grades, which were submitted, wait for a grade of Una Byrne now" in answer
    assert (october(ours).missing, october(ours).excused) == (0, 1)


def test_nothing_is_asked_while_no_data_point_is_past(choosing, ours):
    ours.programme.data_points.filter(name="October").update(due_on=dt.date(2027, 3, 1))
    ours.partnership.returns.update(state="open", submitted_by=None, submitted_at=None)

    page = text(choosing.client.get(reverse("pupils:add", args=[choosing.partnership.pk])))

    assert "Was the pupil there from the beginning?" not in page
    assert "Joined on, if the pupil came late" in page


def test_of_a_list_it_is_asked_once_for_all_who_have_no_day(choosing, ours, submitted):
    page = text(choosing.paste(LIST))
    unsaid = text(choosing.take(joined=""))
    wrong = text(choosing.take(joined="late", joined_on="31/2/2026"))
    blank = text(choosing.take(joined="late", joined_on=""))

    assert "Were the 2 pupils without a day there from the beginning?" in page
    assert "Submitted grades will wait again." in page
    assert "October, due Friday 16 October 2026: a grade of Una Byrne and Leo Mbeki" in page
    assert "Say whether the pupils without a day were there from the beginning, or joined later." in unsaid
    assert "31/2/2026" in wrong
    assert "Enter the day on which they joined." in blank
    assert added(choosing) == []


def test_the_day_that_is_said_for_all_goes_to_those_without_one_of_their_own(choosing, ours, submitted):
    choosing.paste("Forename\tSurname\tYear\tJoined\nUna\tByrne\t5\t9/11/2026\nLeo\tMbeki\t5\t\n")

    looked = text(choosing.check(joined="late", joined_on="2/11/2026"))
    choosing.take(joined="late", joined_on="2/11/2026")

    assert "October, due" not in looked
    assert added(choosing) == [("Una Byrne", "", dt.date(2026, 11, 9)), ("Leo Mbeki", "", dt.date(2026, 11, 2))]
    assert october(ours).missing == 0


def test_a_list_from_the_beginning_is_added_and_told_what_waits(choosing, ours, submitted):
    choosing.paste(LIST)

    answer = text(choosing.take(joined="beginning"))

    assert "The October and Summer grades, which were submitted, wait for a grade of each pupil who is added" in answer
    assert october(ours).missing == 2


def test_only_what_waits_for_the_added_is_told(choosing, ours, submitted):
    choosing.by_hand(joined="beginning", first_name="Ida", last_name="Lowe")
    choosing.paste(LIST)
    answer = text(choosing.take(joined="late", joined_on="2/11/2026"))
    choosing.paste("Forename\tSurname\tYear\tJoined\nEva\tRuiz\t5\t9/11/2026\nBo\tLund\t5\t5/9/2026\n")
    mixed = text(choosing.take())

    assert "The Summer grades, which were submitted, wait for a grade of each pupil who is added now" in answer
    assert (
        "The October and Summer grades, which were submitted, wait for a grade of each added pupil who was there"
        in (mixed)
    )


def test_taking_a_pupil_over_says_before_and_after_what_waits(client, choosing, ours, submitted):
    elsewhere = PartnershipFactory(programme=ours.programme, partner_school=SchoolFactory(), subject="maths")
    place = PlaceFactory(partnership=elsewhere, pupil__first_name="Una", pupil__last_name="Byrne")
    Place.objects.filter(pk=place.pk).update(until=dt.date(2026, 11, 21), ended_because="moved")
    address = reverse("pupils:take_over", args=[choosing.partnership.pk])

    page = text(client.get(address))
    answer = client.post(address, {"ref": place.pupil.ref, "initials": "UB", "since": "23/11/2026"}, follow=True)

    assert "Grades that are submitted here already: October (Friday 16 October 2026), Summer" in page
    assert "The Summer grades, which were submitted, wait for a grade of Una Byrne now" in text(answer)


def test_going_on_after_all_says_what_waits_and_needs_a_reason(choosing, ours, submitted):
    Place.objects.filter(pk=ours.place.pk).update(until=dt.date(2026, 10, 1), ended_because="replaced")
    ours.place.assessments.all().delete()
    choosing.by_hand(query=f"?after={ours.place.pk}", since="2/10/2026")
    address = reverse("pupils:place_back", args=[ours.place.pk])

    page = text(choosing.client.get(address))
    unsaid = text(choosing.client.post(address, {"reason": " "}))
    answer = text(choosing.client.post(address, {"reason": "It was her sister"}, follow=True))

    assert "Una Byrne has taken over this place." in page
    assert "The October and Summer grades are submitted. They will wait for a grade of Ourside" in page
    assert "Say why the place goes on after all." in unsaid
    assert "The October and Summer grades, which were submitted, wait for a grade of Ourside" in answer


def test_a_first_day_that_is_moved_back_says_what_waits(choosing, ours, submitted):
    choosing.by_hand(since="2/11/2026")
    place = Place.objects.get(pupil__last_name="Byrne")

    page = text(choosing.client.get(reverse("pupils:place_change", args=[place.pk])))

    assert "The grades of October (16 October 2026) are submitted." in page


def test_the_page_of_a_pupil_names_who_has_taken_the_place_over(choosing, ours, submitted):
    Place.objects.filter(pk=ours.place.pk).update(until=dt.date(2026, 11, 21), ended_because="replaced")

    before = text(choosing.client.get(ours.place.pupil.get_absolute_url()))
    choosing.by_hand(query=f"?after={ours.place.pk}", since="21/11/2026")
    after = text(choosing.client.get(ours.place.pupil.get_absolute_url()))

    assert "Nobody has taken the place over yet. Say who takes it" in before
    assert "Una Byrne (" in after
    assert "has taken the place over." in after


def test_who_moved_within_the_programme_has_not_left_the_school(choosing, ours):
    ours.place.assessments.filter(data_point__name="Summer").delete()
    Place.objects.filter(pk=ours.place.pk).update(until=dt.date(2026, 11, 21), ended_because="moved")

    page = text(choosing.client.get(ours.place.pupil.get_absolute_url()))

    assert "Summer Not asked for: moved to another partner school" in page


def test_a_place_goes_on_only_where_the_pupil_has_no_other_in_the_subject(choosing, ours):
    Place.objects.filter(pk=ours.place.pk).update(until=dt.date(2026, 11, 21), ended_because="moved")
    address = reverse("pupils:place_back", args=[ours.place.pk])

    before = text(choosing.client.get(ours.place.pupil.get_absolute_url()))
    PlaceFactory(pupil=ours.place.pupil, partnership=other_school(ours))
    after = text(choosing.client.get(ours.place.pupil.get_absolute_url()))
    refused = text(choosing.client.get(address, follow=True))

    assert "The place goes on after all" in before
    assert "The place goes on after all" not in after
    assert "Change class, year group or first day" in after
    assert f"Nothing has changed. The pupil has a place in {ours.partnership.subject} elsewhere by now." in refused


@pytest.mark.parametrize("role", [Role.PARTNER, Role.SPECIALIST])
def test_today_and_grades_lead_to_where_the_missing_grade_is_added(client, choosing, ours, submitted, role):
    choosing.by_hand(joined="beginning")
    client.force_login(ours.people[role])
    address = reverse("pupils:return_correct", args=[october(ours).pk])

    today = client.get(reverse("today")).content.decode()
    grades = client.get(reverse("pupils:returns")).content.decode()
    read = text(client.get(reverse("pupils:return", args=[october(ours).pk])))
    page = client.get(address)
    opened = client.post(address, {"reason": page.context["form"].initial["reason"]})

    assert f'href="{address}"' in today
    assert f'href="{address}">Add the missing grade' in grades
    assert "1 pupil has neither a grade nor a reason: Una Byrne" in read
    assert "Missing: Una Byrne." in text(page)
    assert opened.url == reverse("pupils:return", args=[october(ours).pk]) + "#first"
    assert october(ours).state == "open"
