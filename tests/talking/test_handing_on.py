"""What a discussion says is to change stands in the plan of the next lesson, which can begin with the one before."""

import re

import pytest

from desks.services import fresh
from lessons import services
from lessons.models import ResearchLesson, StudyReader
from lessons.pages.sheet import sheet_page
from tests.notebook import FAR, a_lesson, write_boxes
from tests.studies.writing import cell, save
from tests.talking.lessons import address, post, words_of, write
from tests.together import at_once

pytestmark = pytest.mark.django_db


def plan_of(lesson):
    """(the words of its boxes that are no stage's, its stages in words)."""
    texts = fresh(lesson.sheet).texts
    parts = ("name", "minutes", "teacher")
    stages = lesson.stages.filter(removed_at=None)
    others = {name: text for name, text in texts.items() if not name.startswith("stage-") and text}
    return others, [tuple(texts.get(f"stage-{stage.pk}-{part}", "") for part in parts) for stage in stages]


def stage_words(lesson):
    first, second = lesson.stages.all()
    return {
        f"stage_{first.pk}_minutes": "8",
        f"stage_{first.pk}_teacher": "Reads aloud",
        f"stage_{second.pk}_minutes": "20",
    }


def test_what_is_to_change_stands_above_the_next_plan_and_fills_its_box_while_that_is_empty(client, ours):
    write(ours.pat, ours.held, talk_adjust="Shorter model", talk_next="Whisper first")
    before = sheet_page(ours.sara, ours.following)
    write(ours.sara, ours.following, change="Only whisper")
    client.force_login(ours.sara)

    page = client.get(address("sheet", ours.following)).content.decode()

    assert (before.before.number, before.before.words) == (
        1,
        [("Adjust", "Shorter model"), ("Next time", "Whisper first")],
    )
    assert before.change.text == "Shorter model\n\nWhisper first"
    assert sheet_page(ours.sara, ours.following).change.text == "Only whisper"
    assert "From the discussion of lesson 1" in page


def test_until_all_agree_the_next_plan_says_who_has_not_agreed_to_what_is_to_change(client, ours):
    write(ours.pat, ours.held, talk_adjust="Shorter model")
    seen = [waits_above_the_plan(client, ours)]
    for person in (ours.pat, ours.sara):
        services.agree(person, ours.held, fresh(ours.held.sheet).version)
        seen.append(waits_above_the_plan(client, ours))
    write(ours.sara, ours.held, talk_adjust="No model")
    seen.append(waits_above_the_plan(client, ours))

    both = f"Not agreed by {ours.pat} and {ours.sara} yet"
    assert seen == [both, f"Not agreed by {ours.sara} yet", "", both]


def waits_above_the_plan(client, ours):
    """What the sheet of the next lesson says of the agreement, as Sara reads it."""
    client.force_login(ours.sara)
    page = " ".join(client.get(address("sheet", ours.following)).content.decode().split())
    found = re.search(r"Not agreed by [^<]*", page)
    assert "From the discussion of lesson 1" in page
    return found[0].strip() if found else ""


def test_once_the_lesson_has_begun_what_was_to_change_can_still_be_read_and_fills_nothing(client, ours):
    write(ours.pat, ours.held, talk_adjust="Shorter model")
    services.start_lesson(ours.pat, ours.following)
    client.force_login(ours.sara)

    page = client.get(address("sheet", ours.following)).content.decode()

    shown = sheet_page(ours.sara, ResearchLesson.objects.with_study().get(pk=ours.following.pk))
    assert (shown.before.words, shown.before.plan, shown.change.text) == ([("Adjust", "Shorter model")], 0, "")
    assert ("From the discussion of lesson 1" in page, "Begin with the plan" in page) == (True, False)


def test_a_guest_of_the_next_lesson_reads_nothing_of_the_discussion(client, ours):
    write(ours.pat, ours.held, talk_adjust="Shorter model")
    guest = ours.people["guest"]
    services.invite_guest(ours.pat, ours.following, guest.email, "", "", services.last_days(ours.following)[0])
    client.force_login(guest)

    page = client.get(address("sheet", ours.following)).content.decode()

    assert ("Shorter model" in page, "From the discussion" in page) == (False, False)


def test_the_first_agreement_writes_it_into_the_plan_and_never_over_words(ours):
    write(ours.pat, ours.held, talk_adjust="Shorter model")
    services.agree(ours.pat, ours.held, fresh(ours.held.sheet).version)
    filled = plan_of(ours.following)[0]
    write(ours.sara, ours.following, change="")
    write(ours.pat, ours.held, talk_adjust="No model")

    services.agree(ours.pat, ours.held, fresh(ours.held.sheet).version)

    assert (filled, plan_of(ours.following)[0]) == ({"change": "Shorter model"}, {})


def test_a_lesson_begins_with_the_plan_of_the_one_before_and_predicts_anew(client, ours):
    write(ours.pat, ours.held, intention="Hear it", criteria="I say why", criterion_A="Two", **stage_words(ours.held))
    for _ in range(3):  # more blank stages than the plan has
        services.add_stage(ours.following)

    answer = post(client, ours.sara, "begin_with", ours.following, lesson=1)

    assert words_of(answer) == ["This lesson begins with the plan of lesson 1. The predictions are new."]
    assert plan_of(ours.following) == (
        {"intention": "Hear it", "criteria": "I say why", "criterion-A": "Two"},
        [("Modelled write", "8", "Reads aloud"), ("Edit with a partner", "20", "")],
    )


def test_what_the_lesson_has_already_stays_and_only_the_rest_is_taken_over(client, ours):
    write(ours.pat, ours.held, intention="Hear it", criteria="I say why")
    services.add_stage(ours.following)
    write(ours.sara, ours.following, intention="See it", **{f"stage_{ours.following.stages.get().pk}_name": "Look"})

    post(client, ours.sara, "begin_with", ours.following, lesson=1)

    assert plan_of(ours.following) == ({"intention": "See it", "criteria": "I say why"}, [("Look", "", "")])


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_with_it_at_once_take_it_over_once(ours):
    write(ours.pat, ours.held, intention="Hear it")

    outcomes = at_once(
        lambda: services.begin_with_plan(ours.pat, ours.following, 1),
        lambda: services.begin_with_plan(ours.sara, ours.following, 1),
    )

    assert sorted(outcomes) == [False, True]
    assert plan_of(ours.following) == (
        {"intention": "Hear it"},
        [("Modelled write", "", ""), ("Edit with a partner", "", "")],
    )


def test_a_lesson_that_has_begun_keeps_its_plan_and_a_plan_that_is_none_says_so(client, ours):
    none = post(client, ours.sara, "begin_with", ours.following, lesson=7)
    services.start_lesson(ours.pat, ours.following)

    begun = post(client, ours.sara, "begin_with", ours.following, lesson=1)

    assert words_of(none) == ["This lesson has a plan already, so nothing was changed."]
    assert words_of(begun) == ["The lesson has begun, so its plan stays as it is."]
    assert plan_of(ours.following) == ({}, [])


def test_the_plan_of_another_study_is_not_taken(client, ours):
    theirs = ResearchLesson.objects.get(pk=ours.lesson.pk)
    assert theirs.study != ours.following.study
    write_boxes(ours.held.sheet, ours.pat)

    services.begin_with_plan(ours.pat, ours.following, theirs.number)

    assert "Ourside stage" not in str(plan_of(ours.following))


def test_a_reader_sees_what_was_said_and_takes_nothing_over(client, ours):
    reader = ours.people["headteacher"]
    StudyReader.objects.create(study=ours.held.study, person=reader, added_by=ours.pat, until=FAR)
    write(ours.pat, ours.held, talk_adjust="Shorter model")
    client.force_login(reader)

    page = client.get(address("sheet", ours.following)).content.decode()

    assert ("Shorter model" in page, "Begin with the plan" in page) == (True, False)


def test_a_cancelled_lesson_is_passed_over_and_one_that_is_not_discussed_hands_nothing_on(ours):
    third = a_lesson(ours.held.study, stages=(), number=3)
    write(ours.pat, ours.held, talk_adjust="Shorter model")
    waiting = sheet_page(ours.sara, third).before
    services.cancel_lesson(ours.pat, ours.following, "Snow")
    services.agree(ours.pat, ours.held, fresh(ours.held.sheet).version)

    passed = sheet_page(ours.sara, third)

    assert (waiting.words, waiting.plan) == ([], 1)
    assert passed.before.words == [("Adjust", "Shorter model")]
    assert (plan_of(ours.following)[0], plan_of(third)[0]) == ({}, {"change": "Shorter model"})


def test_words_typed_into_a_blank_stage_while_somebody_takes_a_plan_over_stand_on_the_sheet(client, ours):
    for _ in range(3):
        services.add_stage(ours.following)
    last = ours.following.stages.last()
    services.begin_with_plan(ours.pat, ours.following, 1)

    answer = save(client, ours.sara, ours.following, cell(f"stage-{last.pk}-teacher", "Asks why"))

    page = client.get(address("sheet", ours.following)).context["page"]
    assert answer.status_code == 200
    assert page.removed == [(last, "", [("What the teacher does", "Asks why")])]
