"""Words that a device keeps for a sheet reach the server, whatever becomes of the tab that they were typed in."""

import re

import pytest
from playwright.sync_api import expect

from lessons import services
from lessons.models import NoteRevision
from tests.browsing import kept
from tests.studies.writing import address, with_group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_words_that_wait_on_the_device_outlive_the_start_of_the_lesson(open_as):
    ours = with_group()
    page = open_as(ours.sara)
    page.goto(address("sheet", ours.first))
    page.route("**/save/**", lambda route: route.abort())
    page.route("**/save/", lambda route: route.abort())
    page.get_by_label("A predicted, stage 1").fill("Waits to be asked")
    expect(page.locator("#saved-words")).to_contain_text("Not saved to the server.")

    services.start_lesson(ours.pat, ours.first)
    page.unroute_all()
    page.reload()
    expect(page.get_by_role("link", name="Words from this device were kept")).to_be_visible()
    page.reload()

    expect(page.get_by_text("Waits to be asked")).to_be_visible()
    assert {row.made for row in NoteRevision.objects.filter(text="Waits to be asked")} == {None}  # it may come twice


BOTH = re.compile("Calls out\n\nListens|Listens\n\nCalls out")
IS_FULL = """is => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    if (window.isFull) throw new DOMException("", "QuotaExceededError");
    return put.apply(this, given);
  };
  window.isFull = is;
}"""

NO_ANSWER = "() => { window.fetch = () => Promise.reject(new TypeError()); }"
WITHOUT_A_LAST_WORD = "document.body.dataset.leaves = 'yes'"
SLOW_TO_READ = """
  const { decrypt } = SubtleCrypto.prototype;
  const gate = new Promise((done) => { window.goOn = done; });
  SubtleCrypto.prototype.decrypt = async function (...given) {
    await gate;
    return decrypt.apply(this, given);
  };
"""


def opened(context, path):
    page = context.new_page()
    page.goto(path)
    return page


def test_what_is_typed_before_the_page_has_its_words_back_stands_beside_them(open_as):
    ours = with_group()
    path, minutes = address("sheet", ours.first), f"[name='stage-{ours.stages[0].pk}-minutes']"
    page = open_as(ours.sara)
    context = page.context
    page.goto(path)
    page.evaluate(NO_ANSWER)
    page.locator(minutes).fill("8")
    page.get_by_label("A predicted, stage 1").fill("Calls out")
    kept(page, "Calls out")
    page.evaluate(WITHOUT_A_LAST_WORD)
    page.close()

    context.add_init_script(SLOW_TO_READ)
    page = opened(context, path)
    page.locator(minutes).fill("or 10")
    page.get_by_label("A predicted, stage 1").fill("Or stops")
    page.evaluate("goOn()")

    expect(page.locator(minutes)).to_have_value("8 or 10")
    expect(page.get_by_label("A predicted, stage 1")).to_have_value("Calls out\n\nOr stops")


def test_two_tabs_that_are_closed_keep_the_words_of_both(open_as):
    ours = with_group()
    first = open_as(ours.sara)
    context, path = first.context, address("sheet", ours.first)
    first.goto(path)
    second = opened(context, path)
    second.evaluate("navigator.serviceWorker.ready")
    kept(second, store="pages")
    context.set_offline(True)
    for page, words in [(first, "Calls out"), (second, "Listens")]:
        page.get_by_label("A predicted, stage 1").fill(words)
        kept(page, words)
    first.close()
    second.close()

    page = opened(context, path)
    expect(page.get_by_label("A predicted, stage 1")).to_have_value(BOTH)


def test_a_device_that_has_room_again_keeps_the_words_without_another_key(open_as):
    ours = with_group()
    page = open_as(ours.sara)
    context, path = page.context, address("sheet", ours.first)
    page.goto(path)
    page.evaluate(NO_ANSWER)
    page.evaluate(IS_FULL, True)
    page.get_by_label("A predicted, stage 1").fill("Calls out")
    expect(page.locator("body")).to_have_attribute("data-unkept", "yes")
    page.evaluate("window.isFull = false")
    kept(page, "Calls out")
    page.evaluate(WITHOUT_A_LAST_WORD)
    page.close()

    page = opened(context, path)

    expect(page.get_by_label("A predicted, stage 1")).to_have_value("Calls out")


WHY = "What did you see or hear that shows it?"


def test_a_judgement_without_evidence_is_asked_softly_what_shows_it(open_as):
    ours = with_group()
    services.start_lesson(ours.pat, ours.first)
    page = open_as(ours.sara)
    page.goto(address("sheet", ours.first))
    cell = page.locator(".ls-endcell[data-of=B]")
    judge = page.get_by_role("group", name="B: did the pupil meet it?")

    expect(page.get_by_text(WHY).locator("visible=true")).to_have_count(0)
    judge.get_by_label("Partly").check(force=True)
    expect(page.get_by_text(WHY).locator("visible=true")).to_have_count(1)
    expect(cell.get_by_text(WHY)).to_be_visible()
    cell.get_by_label("What shows it").fill("Two stops put in")
    expect(cell.get_by_text(WHY)).to_be_hidden()
    cell.get_by_label("What shows it").fill("")
    expect(cell.get_by_text(WHY)).to_be_visible()
    judge.get_by_label("Not seen").check(force=True)
    expect(cell.get_by_text(WHY)).to_be_hidden()
