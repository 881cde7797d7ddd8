"""A study is started once, with its lessons on the half-days that are planned for one."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lessons import services
from lessons.models import Study
from pupils.models import Grade
from reports.dashboards.to_do import day_of
from tests.factories import AssessmentFactory, DataPointFactory, PlaceFactory, VisitFactory
from tests.reading import text_of
from tests.studies.writing import address
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    ours, ours.next_door, ours.elsewhere = build_world()
    places = [ours.place, *(PlaceFactory(partnership=ours.partnership) for _ in range(2))]
    ours.places = sorted(places, key=lambda place: place.pupil.last_name)  # as they are offered
    ours.pat, ours.sara = ours.people[Role.PARTNER], ours.people[Role.SPECIALIST]
    return ours


def start(browser, ours, **data):
    browser.force_login(ours.pat)
    sent = {"question": "to edit", "lessons": "3", "client": str(uuid.uuid4())} | data
    return browser.post(reverse("lessons:study_start", args=[ours.partnership.pk]), sent, follow=True)


def today_of(browser, person):
    browser.force_login(person)
    return text_of(browser.get("/"))


def whole(study):
    return {
        "texts": study.sheet.texts,
        "members": {(member.person, member.until) for member in study.members.all()},
        "pupils": {case_pupil.letter: case_pupil.place for case_pupil in study.case_pupils.all()},
        "lessons": [(row.number, row.visit, row.stages.count()) for row in study.research_lessons.order_by("number")],
        "parts": [
            {(part.person, part.part) for part in row.parts.all()} for row in study.research_lessons.order_by("number")
        ],
    }


def test_a_study_is_started_with_its_group_its_pupils_and_its_lessons(client, ours):
    days = [dt.date(2027, 1, 14), dt.date(2027, 3, 11)]
    visits = [VisitFactory(partnership=ours.partnership, kind="research lesson", on=on) for on in days]
    VisitFactory(
        partnership=ours.partnership, kind="research lesson", status="cancelled", cancelled_because="Snow", on=days[0]
    )

    response = start(client, ours, technique="Talk partners", pupils=[place.pk for place in ours.places])

    study = Study.objects.latest("pk")
    parts = {(ours.pat, "teaches"), (ours.sara, "observes")}
    assert response.redirect_chain == [(study.get_absolute_url(), 302)]
    assert whole(study) == {
        "texts": {"question": "to edit", "technique": "Talk partners"},
        "members": {(ours.pat, None), (ours.sara, None)},
        "pupils": dict(zip("ABC", ours.places, strict=True)),
        "lessons": [(1, visits[0], 4), (2, visits[1], 4), (3, None, 4)],
        "parts": [parts] * 3,
    }


def test_sent_twice_it_is_started_once(client, ours):
    before, form = Study.objects.count(), str(uuid.uuid4())

    first, second = (start(client, ours, client=form) for _ in range(2))

    assert Study.objects.count() == before + 1
    assert first.redirect_chain == second.redirect_chain


def test_everything_but_the_number_of_lessons_can_wait(client, ours):
    start(client, ours, question="", lessons="2")

    study = Study.objects.latest("pk")
    assert (study.sheet.texts, study.case_pupils.count(), study.research_lessons.count()) == ({}, 0, 2)
    page = text_of(client.get(study.get_absolute_url()))
    assert "to write the question" in page


@pytest.mark.parametrize("lessons", ["", "1", "5", "many"])
def test_a_study_has_two_to_four_lessons(client, ours, lessons):
    before = Study.objects.count()

    response = start(client, ours, lessons=lessons)

    assert (response.status_code, Study.objects.count()) == (422, before)
    assert "to edit" in response.content.decode()  # what was typed stands in the box again


def test_seven_pupils_are_too_many_and_pupils_of_others_are_not_offered(client, ours):
    seven = [*ours.places, *(PlaceFactory(partnership=ours.partnership) for _ in range(4))]

    too_many = start(client, ours, pupils=[place.pk for place in seven])
    foreign = start(client, ours, pupils=[ours.next_door.place.pk])

    assert "A study watches at most 6 pupils. Untick some." in text_of(too_many)
    assert "Choose from the pupils that are offered here." in text_of(foreign)
    assert foreign.status_code == 422


def test_no_study_is_started_in_a_partnership_that_is_paused(client, ours):
    ours.partnership.status = "paused"
    ours.partnership.save()

    assert start(client, ours).status_code == 404


def test_today_leads_to_the_beginning_of_the_first_study(client, ours):
    Study.objects.filter(partnership=ours.partnership).update(partnership=ours.next_door.partnership)
    ours.partnership.status = "active"
    ours.partnership.save()
    client.force_login(ours.pat)

    page = client.get(reverse("today"))

    assert page.context["without_study"] == [ours.partnership]
    assert reverse("lessons:study_start", args=[ours.partnership.pk]) in page.content.decode()


def test_a_new_form_offers_as_many_lessons_as_are_planned(client, ours):
    client.force_login(ours.pat)
    for month in (1, 2, 3, 5):
        VisitFactory(partnership=ours.partnership, kind="research lesson", on=dt.date(2027, month, 14))

    form = client.get(reverse("lessons:study_start", args=[ours.partnership.pk])).context["form"]

    assert form["lessons"].value() == 4


def test_three_pupils_are_ticked_to_begin_with_from_both_ends_of_their_grades_and_the_middle(client, ours):
    client.force_login(ours.pat)
    path = reverse("lessons:study_start", args=[ours.partnership.pk])
    all_three = client.get(path).context["form"].initial["pupils"]
    point = DataPointFactory(programme=ours.programme, name="March", due_on=dt.date(2027, 3, 19))
    more = [PlaceFactory(partnership=ours.partnership) for _ in range(2)]
    grades = list(Grade.objects.filter(scale__name="nc-sublevels").order_by("position"))
    for place, step in zip([*ours.places, *more], (3, 0, 4, 1, 2), strict=True):
        AssessmentFactory(place=place, data_point=point, grade=grades[step])

    page = client.get(path)

    assert all_three == ours.places
    assert page.context["form"].initial["pupils"] == [ours.places[1], more[1], ours.places[2]]
    assert page.content.decode().count(" checked") == 4  # three pupils, and how many lessons


def test_a_study_that_somebody_else_began_is_told_today_until_something_of_it_is_to_be_done(client, ours):
    today = timezone.localdate()
    VisitFactory(partnership=ours.partnership, kind="research lesson", on=today + dt.timedelta(days=60))
    start(client, ours, pupils=[place.pk for place in ours.places])

    told = [today_of(client, person) for person in (ours.sara, ours.pat)]

    study = Study.objects.latest("pk")
    line = f"You are in a new lesson study {study.label}. {ours.pat} began it on {day_of(today, today)}."
    assert [line in page for page in told] == [True, False]


def test_what_is_still_open_is_said_beside_the_button_that_finishes(client, ours):
    start(client, ours, lessons="4")
    study = Study.objects.latest("pk")
    first, second, *_ = study.research_lessons.order_by("number")
    services.start_lesson(ours.pat, first)
    services.start_lesson(ours.pat, second)
    services.end_lesson(ours.pat, second)

    page = text_of(client.get(study.get_absolute_url()))

    begun, talked = "lesson 1 has begun and not ended", "the discussion of lesson 2 is not agreed"
    assert f"Still open: {begun}, {talked} and lessons 3 and 4 have not been held." in page


def test_a_case_pupil_keeps_the_letter_and_stays_once_observed(client, ours):
    start(client, ours, pupils=[place.pk for place in ours.places])
    study = Study.objects.latest("pk")
    lesson = study.research_lessons.first()
    lesson.observations.create(person=ours.sara, case_pupil=study.case_pupils.get(letter="C"), text="Reads aloud")
    new = PlaceFactory(partnership=ours.partnership)
    client.force_login(ours.pat)

    client.post(address("case_pupils", study), {"pupils": [new.pk, ours.places[1].pk, ours.places[2].pk]})
    refused = client.post(address("case_pupils", study), {"pupils": [new.pk]})

    assert whole(study)["pupils"] == {"B": ours.places[1], "C": ours.places[2], "D": new}
    assert "C stays a case pupil: something about C was seen in lesson 1. Tick C again." in text_of(refused)


def test_a_lesson_is_added_up_to_four_and_the_last_taken_out_while_nothing_is_written_in_it(client, ours):
    start(client, ours, lessons="2")
    study = Study.objects.latest("pk")

    answers = [client.post(address("study_lessons", study), {"do": do}, follow=True) for do in ("add", "add", "add")]
    client.post(address("study_lessons", study), {"do": "remove"})
    third = study.research_lessons.get(number=3)
    services.write_cells(ours.pat, third.sheet, [services.Cell("intention", "Edit", 0, 1)], uuid.uuid4())
    kept = client.post(address("study_lessons", study), {"do": "remove"}, follow=True)

    study.refresh_from_db()
    assert "A study has at most 4 research lessons." in text_of(answers[2])
    assert "Something is written in lesson 3, so it stays." in text_of(kept)
    assert list(study.research_lessons.values_list("number", flat=True)) == [1, 2, 3]
    assert study.lessons_planned == 3


def test_a_study_keeps_two_lessons(client, ours):
    start(client, ours, lessons="2")
    study = Study.objects.latest("pk")

    refused = client.post(address("study_lessons", study), {"do": "remove"}, follow=True)

    assert "A study has at least 2 research lessons." in text_of(refused)
    assert study.research_lessons.count() == 2


def test_the_list_begins_with_the_studies_that_go_on(client, ours):
    for _ in range(2):
        start(client, ours)
    newest, oldest = Study.objects.filter(begun_by=ours.pat).order_by("-pk")[:2]
    services.finish_study(ours.pat, oldest)

    rows = client.get(reverse("lessons:studies")).context["rows"]

    assert [row["study"] for row in rows if row["study"] in {newest, oldest}] == [newest, oldest]
    assert [row["study"].is_finished for row in rows] == sorted(row["study"].is_finished for row in rows)
