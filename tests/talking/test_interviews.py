"""What the case pupils say after a lesson is written down, and marked where it is word for word."""

import datetime as dt

import pytest
from django.utils import timezone

from lessons.models import LessonGuest, StudyReader
from lessons.pages.interviews import interviews_page
from tests.factories import MembershipFactory
from tests.notebook import FAR
from tests.reading import text_of
from tests.talking.lessons import address, post, words_of, write

pytestmark = pytest.mark.django_db


def texts(lesson):
    return {name: text for name, text in lesson.sheet.texts.items() if name.startswith("interview-")}


def test_what_a_pupil_said_is_kept_by_form_and_a_tick_can_be_taken_away_again(client, ours):
    can, own = "interview-A-can", "interview-A-can-verbatim"
    bases = {f"base-{name}": "0" for name in (can, own, "interview-B-can-verbatim")}

    post(client, ours.sara, "interviews", ours.held, **bases, **{can: "I 😀 hear it", own: "yes"})
    ticked = texts(ours.held)
    post(client, ours.pat, "interviews", ours.held, **{f"base-{can}": "1", f"base-{own}": "1", can: "I 😀 hear it"})

    assert ticked == {can: "I 😀 hear it", own: "yes"}
    assert texts(ours.held) == {can: "I 😀 hear it", own: ""}


def test_the_page_has_an_interview_for_each_pupil_and_the_way_to_it_says_how_many_are_held(client, ours):
    write(ours.sara, ours.held, interview_A_enjoyed="The gulls", interview_A_by="Sara", interview_C_at="11:40")
    client.force_login(ours.pat)

    response = client.get(address("interviews", ours.held), {"pupil": "B"})

    page = response.context["page"]
    assert [(one.letter, one.is_held) for one in page.interviews] == [("A", True), ("B", False), ("C", False)]
    assert response.context["letter"] == "B"
    assert [entry["label"] for entry in response.context["entries"]] == [
        "Sheet",
        "Observe",
        "What was seen",
        "Interviews, 1 of 3",
        "Discussion",
        "Private notes",
        "Guests",
    ]


def test_who_talked_is_chosen_from_the_group_and_its_guests_and_an_older_name_stays(ours):
    guest = MembershipFactory(organisation=ours.organisation).user
    until = timezone.localdate() + dt.timedelta(days=1)
    LessonGuest.objects.create(lesson=ours.held, person=guest, invited_by=ours.pat, until=until)
    write(ours.sara, ours.held, interview_A_by="Someone who left")

    page = interviews_page(ours.pat, ours.held)

    people = [str(ours.pat), str(ours.sara), str(guest)]
    choices = [[value for value, _ in one.by.choices] for one in page.interviews[:2]]
    assert choices == [["", *people, "Someone who left"], ["", *people]]


@pytest.mark.parametrize(
    ("typed", "is_read"),
    [
        ("10:40", True),
        ("Today, 9.05", True),
        ("25.11., 11:40", True),
        ("", True),
        ("25:99", False),
        ("At break", False),
    ],
)
def test_a_time_that_cannot_be_read_is_kept_and_said(client, ours, typed, is_read):
    name = "interview-A-at"
    why = f"“{typed}” is no time. Write a time such as 10:40."

    posted = post(client, ours.pat, "interviews", ours.held, **{name: typed, f"base-{name}": "0"})

    assert (why in text_of(posted)) is not is_read
    said = "Saved." if is_read else "Saved. Something cannot be read as it stands: what it is, is said below."
    assert words_of(posted) == [said]
    assert ours.held.sheet.texts.get(name, "") == typed


def test_a_reader_reads_the_words_in_quotation_marks_and_has_no_boxes(client, ours):
    reader = MembershipFactory(role="consultant", organisation=ours.organisation).user
    StudyReader.objects.create(study=ours.held.study, person=reader, added_by=ours.pat, until=FAR)
    write(ours.sara, ours.held, interview_A_can="I hear it", interview_A_can_verbatim="yes", interview_B_can="Hears it")
    client.force_login(reader)

    page = client.get(address("interviews", ours.held)).content.decode()

    assert ("<q>I hear it</q>" in page, "<q>Hears it</q>" in page, "Hears it" in page) == (True, False, True)
    assert ("<textarea" in page, "data-save" in page, "data-timer" in page) == (False, False, False)


def test_a_finished_study_is_read_only_and_what_comes_late_is_kept(client, ours):
    study = ours.held.study
    study.finished_at, study.finished_by = timezone.now(), ours.pat
    study.save()

    sent = {"interview-A-can": "Too late", "base-interview-A-can": "0"}
    answer = post(client, ours.sara, "interviews", ours.held, **sent)

    assert (answer.status_code, texts(ours.held)) == (409, {})
    assert [row.text for row in ours.held.sheet.revisions.all()] == ["Too late"]
