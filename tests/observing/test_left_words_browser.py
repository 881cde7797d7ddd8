"""What a device kept for a page that does not open any more is sent from any page, and the person is told there."""

import re
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from lessons import services
from lessons.models import LessonGuest, NoteRevision, StudyMember
from tests import workers
from tests.browsing import kept, problems_at
from tests.notebook import a_lesson
from tests.observing.lessons import address, item, seen_of, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

BOX = "#intention"
WITHOUT_A_LAST_WORD = "document.body.dataset.leaves = 'yes'"  # a closing page sends its words even offline


def typed_offline(page, path, text, box=BOX):
    """The context in which somebody typed without a network into a page whose tab was killed."""
    context = page.context
    page.goto(path)
    page.evaluate("navigator.serviceWorker.ready")
    kept(page, store="pages")
    context.set_offline(True)
    page.locator(box).fill(text)
    kept(page, text)
    page.evaluate(WITHOUT_A_LAST_WORD)
    page.close()
    return context


def opened(context, path="/"):
    context.set_offline(False)
    page = context.new_page()
    page.complaints = []
    page.goto(path)
    return page


def kept_apart(lesson):
    rows = NoteRevision.objects.filter(sheet=lesson.sheet, made=None)
    return list(rows.values_list("field", "text", "by"))


def test_words_of_somebody_who_was_removed_meanwhile_reach_the_group_from_any_page(open_as, ours):
    context = typed_offline(open_as(ours.sara), address("sheet", ours.today), "Typed in the train")

    services.end_member(ours.pat, ours.today.study, ours.sara)
    page = opened(context)

    banner = page.get_by_role("region", name="Words from this device")
    expect(banner).to_contain_text("You are not a member of this study any more")
    expect(banner).to_contain_text("Typed in the train")
    assert problems_at(page, [1280, 375, 320]) == {}
    workers.wait_until(lambda: kept_apart(ours.today), 30, "that the words are kept")
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    expect(banner).to_have_count(0)
    assert kept_apart(ours.today) == [("intention", "Typed in the train", ours.sara.pk)]


def test_words_for_a_study_that_was_finished_meanwhile_are_told_on_the_page_itself(open_as, ours):
    context = typed_offline(open_as(ours.sara), address("sheet", ours.today), "Typed in the train")

    services.finish_study(ours.pat, ours.today.study)
    page = opened(context, address("sheet", ours.today))

    expect(page.get_by_role("region", name="Words from this device")).to_contain_text("The study is finished")
    assert kept_apart(ours.today) == [("intention", "Typed in the train", ours.sara.pk)]


def test_words_that_the_server_has_no_place_for_are_shown_until_they_are_removed(open_as, ours):
    context = typed_offline(open_as(ours.sara), address("sheet", ours.today), "Typed in the train")

    StudyMember.objects.filter(person=ours.sara).delete()
    page = opened(context)
    banner = page.get_by_role("region", name="Words from this device")
    expect(banner).to_contain_text("The server has no place for these words any more")
    page.reload()
    expect(banner).to_contain_text("Typed in the train")
    banner.get_by_role("button", name="Remove it from this device").click()
    expect(banner).to_have_count(0)
    page.reload()

    expect(page.locator("h1")).to_be_visible()
    expect(banner).to_have_count(0)
    assert kept_apart(ours.today) == []


def test_words_that_met_another_text_wait_for_the_choice_on_their_page(open_as, ours):
    context = typed_offline(open_as(ours.sara), address("sheet", ours.today), "Typed in the train")

    services.write_cells(ours.pat, ours.today.sheet, [services.Cell("intention", "Pat's", 0, 1)], uuid.uuid4())
    page = opened(context)
    banner = page.get_by_role("region", name="Words from this device")
    expect(banner).to_contain_text("wrote in the same box")
    banner.get_by_role("link", name="Open the page to choose").click()

    expect(page.locator(".ls-conflict")).to_contain_text("Pat's")
    expect(page.locator(BOX)).to_have_value("Typed in the train")


def test_words_that_nobody_else_met_arrive_without_a_word(open_as, ours):
    context = typed_offline(open_as(ours.sara), address("sheet", ours.today), "Typed in the train")

    with_answer = context.new_page()
    context.set_offline(False)
    with with_answer.expect_response(re.compile("/save/")) as answer:
        with_answer.goto("/")

    assert answer.value.status == 200
    assert ours.today.sheet.notes.get(field="intention").text == "Typed in the train"
    expect(with_answer.locator("#later")).to_have_count(0)


def test_nothing_is_sent_by_somebody_else_in_the_same_browser(open_as, ours):
    context = typed_offline(open_as(ours.sara), address("sheet", ours.today), "Typed in the train")
    context.clear_cookies()
    context.add_cookies(open_as(ours.pat).context.cookies())

    page = opened(context)

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#later")).to_have_count(0)
    assert kept_apart(ours.today) == []


def test_half_a_note_goes_on_where_its_page_opens_and_is_kept_where_it_does_not(open_as, ours):
    guest = ours.people[Role.GUEST]
    row = LessonGuest.objects.create(lesson=ours.today, person=guest, invited_by=ours.pat, until=timezone.localdate())
    context = typed_offline(open_as(guest, 375), address("observe", ours.today), "Half a thou", "#note")
    page = opened(context)
    banner = page.get_by_role("region", name="Words from this device")
    expect(banner).to_contain_text("A note that you began is not kept yet.")
    expect(banner.get_by_role("link", name="Go on with it")).to_be_visible()

    LessonGuest.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    page.reload()

    expect(banner).to_contain_text("You cannot observe this lesson any more")
    expect(banner).to_contain_text("Half a thou")
    assert [(text, bool(apart)) for _, _, text, apart in seen_of(ours.today)] == [("Half a thou", True)]


def test_notes_of_a_lesson_that_is_gone_hold_up_no_others_and_their_words_are_shown(open_as, ours, tmp_path):
    other = a_lesson(ours.today.study, number=2, stages=())
    guest = ours.people[Role.GUEST]
    for lesson in (ours.today, other):
        LessonGuest.objects.create(lesson=lesson, person=guest, invited_by=ours.pat, until=timezone.localdate())
    (tmp_path / "work.png").write_text("no picture")
    page = open_as(guest, 375)
    context = page.context
    for lesson in (ours.today, other):
        page.goto(address("observe", lesson))
        page.evaluate("navigator.serviceWorker.ready")
        kept(page, store="pages")
    context.set_offline(True)
    for lesson, words in [(ours.today, "Of the first"), (other, "Of the second")]:
        page.goto(address("observe", lesson))
        page.locator("#note").fill(words)
        page.get_by_role("button", name=re.compile("Keep note at")).last.click()
        kept(page, words, store="outbox")
    page.get_by_text("Photo of work").first.click()
    page.locator("#file").set_input_files(tmp_path / "work.png")
    kept(page, "no picture", store="outbox")
    page.close()

    LessonGuest.objects.filter(lesson=ours.today).delete()
    page = opened(context)

    banner = page.get_by_role("region", name="Words from this device")
    expect(banner).to_contain_text("Of the first")
    expect(banner).to_contain_text("Photo of work")
    expect(banner).to_contain_text("Observing lesson 2")
    assert problems_at(page, [1280, 375, 320]) == {}
    assert [text for _, _, text, _ in seen_of(other)] == ["Of the second"]
    banner.get_by_role("button", name="Remove it from this device").first.click()
    expect(banner).not_to_contain_text("Of the first")
    page.reload()
    expect(banner).to_contain_text("Photo of work")
    expect(banner).not_to_contain_text("Of the first")


def test_notes_that_were_kept_apart_are_told_on_whichever_page_sent_them(open_as, ours, client):
    page = open_as(ours.sara, 375)
    context = page.context
    page.goto(address("observe", ours.today))
    page.evaluate("navigator.serviceWorker.ready")
    kept(page, store="pages")
    context.set_offline(True)
    page.locator("#note").fill("Seen offline")
    page.get_by_role("button", name=re.compile("Keep note at")).last.click()
    kept(page, "Seen offline", store="outbox")
    page.close()

    services.finish_study(ours.pat, ours.today.study)
    page = opened(context)

    banner = page.get_by_role("region", name="Words from this device")
    expect(banner).to_contain_text("The study is finished")
    expect(banner).to_contain_text("Seen offline")
    assert send(client, ours.sara, ours.today, item(text="Another")).status_code == 410
