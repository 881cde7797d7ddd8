"""The discussion: pupils first and teaching last, soon after the lesson, and agreed by each member."""

import datetime as dt

import pytest
from django.utils import timezone

from desks.services import fresh
from lessons import services
from lessons.models import DiscussionAgreement, StudyReader
from lessons.pages.discussion import discussion_page, gap_of
from lessons.pages.studies import lessons_of
from lessons.words import standing_of_study
from tests.factories import MembershipFactory
from tests.notebook import FAR
from tests.talking.lessons import address, after_lesson, post, words_of, write
from tests.together import at_once

pytestmark = pytest.mark.django_db


def version_of(lesson):
    return fresh(lesson.sheet).version


def steps_of(person, lesson):
    return [(step.title, step.is_open, step.after) for step in discussion_page(person, lesson).steps]


def standing_of(ours):
    study = ours.held.study
    return standing_of_study(study, lessons_of(study), has_question=True, has_pupils=True).words


def client_page(client, person, lesson):
    client.force_login(person)
    return client.get(address("discussion", lesson)).content.decode()


def test_the_pupils_come_first_and_each_later_step_says_after_what_it_comes(ours):
    assert steps_of(ours.pat, ours.held) == [
        ("Pupil A", True, ""),
        ("Pupil B", False, "comes after A"),
        ("Pupil C", False, "comes after A and B"),
        ("How the technique worked", False, "comes after A, B and C"),
        ("What to adjust", False, "comes after A, B and C"),
        ("Next time", False, "comes after A, B and C"),
        ("What each of us learned", False, "comes after A, B and C"),
    ]


def test_the_next_step_opens_once_the_one_before_is_written(ours):
    write(ours.pat, ours.held, talk_A_happened="Waited", talk_A_progress="Some")
    begun = [is_open for _, is_open, _ in steps_of(ours.pat, ours.held)]
    write(ours.pat, ours.held, talk_A_group="Alike")

    whole = [is_open for _, is_open, _ in steps_of(ours.pat, ours.held)]

    assert (begun, whole) == ([True] + [False] * 6, [True, True] + [False] * 5)


def test_beside_each_pupil_stands_what_was_predicted_judged_and_said(client, ours):
    write(ours.sara, ours.held, met_B="partly", evidence_B="One of two", interview_B_can="It needs a stop")
    write(ours.sara, ours.held, interview_B_can_verbatim="yes")
    client.force_login(ours.pat)

    page = client.get(address("discussion", ours.held)).content.decode()

    beside = page.partition('<span class="ls-abc">B</span> in the lesson')[2].partition("</details>")[0]
    wanted = ["Partly met", "One of two", "B in modelled write", "B in edit with a partner", "<q>It needs a stop</q>"]
    assert [words for words in wanted if words not in beside] == []
    assert "A in modelled write" not in beside


@pytest.mark.parametrize(
    ("minutes", "words", "tone"),
    [
        (20, "The lesson ended less than an hour ago.", ""),
        (60, "The lesson ended 1 hour ago.", ""),
        (24 * 60, "The lesson ended 24 hours ago.", ""),
        (24 * 60 + 1, "The lesson ended 24 hours ago. Talk today.", "amber"),
        (36 * 60, "The lesson ended 36 hours ago. Talk today.", "amber"),
        (36 * 60 + 1, "The lesson ended 36 hours ago. Talk as soon as you can: memory fades.", "red"),
        (80 * 60, "The lesson ended 3 days ago. Talk as soon as you can: memory fades.", "red"),
    ],
)
def test_the_hours_since_the_lesson_are_said_in_words_as_well_as_in_a_colour(ours, minutes, words, tone, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    ours.held.ended_at = timezone.now() - dt.timedelta(minutes=minutes)

    gap = gap_of(ours.held, None)

    tag = {"": "within a day", "amber": "over 24 hours", "red": "over 36 hours"}[tone]
    assert (gap.words, gap.tone, gap.tag) == (words, tone, tag)


def test_once_it_is_written_the_page_says_how_long_after_the_lesson_that_was():
    ours = after_lesson(hours=27)
    write(ours.pat, ours.held, talk_A_happened="Waited")

    gap = discussion_page(ours.pat, ours.held).gap

    assert (gap.words, gap.tone) == ("First written down 27 hours after the lesson.", "amber")


def test_each_member_agrees_and_whoever_agreed_is_asked_again_once_the_words_change(client, ours):
    write(ours.pat, ours.held, talk_A_happened="Waited")
    for person in (ours.pat, ours.sara):
        post(client, person, "discussion", ours.held, agree=version_of(ours.held))
    agreed = standing_of(ours)
    write(ours.sara, ours.held, talk_A_happened="Waited, then wrote")

    page = client.get(address("discussion", ours.held)).content.decode()

    assert agreed.startswith("Lesson 2 is on ")
    assert standing_of(ours) == f"Waiting for {ours.pat} and {ours.sara} to agree the discussion of lesson 1"
    assert page.count("the words have changed since: asked again") == 2
    assert "I agree this is what we said" in page


def test_words_of_another_page_of_the_lesson_ask_nobody_again(ours):
    write(ours.pat, ours.held, talk_A_happened="Waited")
    services.agree(ours.pat, ours.held, version_of(ours.held))

    write(ours.sara, ours.held, interview_A_can="More")

    assert discussion_page(ours.pat, ours.held).mine.stands


def test_today_asks_again_whoever_agreed_to_words_that_have_changed(client, ours):
    write(ours.pat, ours.held, talk_A_happened="Waited")
    services.agree(ours.pat, ours.held, version_of(ours.held))
    services.agree(ours.sara, ours.held, version_of(ours.held))
    asks = address("discussion", ours.held)
    client.force_login(ours.pat)
    agreed = asks in client.get("/").content.decode()

    write(ours.sara, ours.held, talk_A_happened="Waited, then wrote")

    assert (agreed, asks in client.get("/").content.decode()) == (False, True)


def test_what_somebody_else_wrote_meanwhile_is_read_before_it_is_agreed(client, ours):
    write(ours.pat, ours.held, talk_A_happened="Waited")
    seen = version_of(ours.held)
    write(ours.sara, ours.held, talk_A_happened="Waited, then wrote")

    answer = post(client, ours.pat, "discussion", ours.held, agree=seen)

    told = f"{ours.sara} wrote in the discussion after you opened the page. Read it again, then agree."
    assert (words_of(answer), DiscussionAgreement.objects.count()) == ([told], 0)


def test_words_that_are_typed_with_the_agreement_are_part_of_it(client, ours):
    sent = {"talk-A-happened": "Waited", "base-talk-A-happened": "0", "agree": version_of(ours.held)}

    answer = post(client, ours.pat, "discussion", ours.held, **sent)

    assert words_of(answer) == ["You agree that this is what the group said."]
    assert discussion_page(ours.pat, ours.held).mine.stands


def test_beside_the_agreement_stands_what_nobody_has_written_about(client, ours):
    write(
        ours.pat, ours.held, talk_A_happened="Waited", talk_next="Whisper", **{f"talk_learned_{ours.pat.pk}": "To wait"}
    )

    page = client_page(client, ours.sara, ours.held)

    told = "Nothing is written yet under Pupil B, Pupil C, How the technique worked, What to adjust and "
    told += f"What {ours.sara} learned. Agree if there was no more to say."
    assert told in " ".join(page.split())


def test_once_something_stands_in_each_step_nothing_is_missed(client, ours):
    learned = {f"talk_learned_{person.pk}": "To wait" for person in (ours.pat, ours.sara)}
    words = {
        f"talk_{name}": "Waited" for name in ("A_happened", "B_group", "C_progress", "surprises", "adjust", "next")
    }
    write(ours.pat, ours.held, **words, **learned)

    page = client_page(client, ours.sara, ours.held)

    assert ("I agree this is what we said" in page, "Nothing is written yet" in page) == (True, False)


@pytest.mark.parametrize(
    ("ended", "words", "told"),
    [
        (False, "Waited", "You can agree the discussion once the lesson has ended."),
        (True, "", "Nothing is written of the discussion yet, so there is nothing to agree."),
    ],
)
def test_nobody_agrees_before_there_is_something_to_agree(client, ours, ended, words, told):
    if not ended:
        ours.held.ended_at = None
        ours.held.save()
    write(ours.pat, ours.held, talk_A_happened=words)

    answer = post(client, ours.pat, "discussion", ours.held, agree=version_of(ours.held))

    assert (words_of(answer), DiscussionAgreement.objects.count()) == ([told], 0)


@pytest.mark.django_db(transaction=True)
def test_agreeing_twice_at_once_is_agreeing_once(ours):
    write(ours.pat, ours.held, talk_A_happened="Waited", talk_adjust="Shorter")
    seen = version_of(ours.held)

    outcomes = at_once(*[lambda: services.agree(ours.pat, ours.held, seen)] * 2)

    assert sorted(outcomes) == [False, True]
    assert DiscussionAgreement.objects.count() == 1
    assert ours.following.sheet.texts == {"change": "Shorter"}


def test_a_reader_reads_all_of_it_and_agrees_nothing(client, ours):
    reader = MembershipFactory(role="headteacher", organisation=ours.organisation, school=ours.school).user
    StudyReader.objects.create(study=ours.held.study, person=reader, added_by=ours.pat, until=FAR)
    write(ours.pat, ours.held, talk_technique="It helped")
    client.force_login(reader)

    page = client.get(address("discussion", ours.held)).content.decode()

    assert (page.count("<details"), page.count('<details class="ls-step" open>')) == (7, 7)
    assert ("It helped" in page, "<textarea" in page, "I agree" in page) == (True, False, False)


def test_what_someone_learned_stays_when_they_leave_and_others_have_no_box_for_them(ours):
    write(ours.pat, ours.held, **{f"talk_learned_{ours.pat.pk}": "To wait"})
    study = ours.held.study
    newcomer = MembershipFactory(role="specialist", organisation=ours.organisation).user
    services.add_member(ours.sara, study, newcomer)
    services.end_member(ours.sara, study, ours.pat)
    lesson = type(ours.held).objects.with_study().get(pk=ours.held.pk)

    labels = [box.label for box in discussion_page(ours.sara, lesson).steps[-1].boxes]

    assert labels == [f"What {person} learned" for person in (ours.pat, ours.sara, newcomer)]


def test_under_what_another_wrote_for_a_member_stands_who_wrote_it_until_that_member_does(ours, client):
    box = f"talk_learned_{ours.pat.pk}"
    write(ours.sara, ours.held, **{box: "To wait", f"talk_learned_{ours.sara.pk}": "To listen"})
    theirs = [(one.field, one.by) for one in discussion_page(ours.pat, ours.held).steps[-1].boxes]
    page = client_page(client, ours.pat, ours.held)

    write(ours.pat, ours.held, **{box: "To wait longer"})
    own = [one.by for one in discussion_page(ours.pat, ours.held).steps[-1].boxes]

    assert dict(theirs) == {
        f"talk-learned-{ours.pat.pk}": str(ours.sara),
        f"talk-learned-{ours.sara.pk}": "",
    }
    assert page.count(f"Written by {ours.sara}") == 1
    assert set(own) == {""}


def test_nobody_is_named_under_a_box_that_was_emptied(ours):
    write(ours.sara, ours.held, **{f"talk_learned_{ours.pat.pk}": "To wait"})
    write(ours.sara, ours.held, **{f"talk_learned_{ours.pat.pk}": ""})

    assert {one.by for one in discussion_page(ours.pat, ours.held).steps[-1].boxes} == {""}


def test_a_reader_sees_as_well_who_wrote_for_a_member(ours, client):
    write(ours.sara, ours.held, **{f"talk_learned_{ours.pat.pk}": "To wait"})
    head = ours.people["headteacher"]
    until = timezone.localdate() + dt.timedelta(days=2)
    StudyReader.objects.create(study=ours.held.study, person=head, until=until, added_by=ours.pat)

    assert client_page(client, head, ours.held).count(f"Written by {ours.sara}") == 1
