"""A record in a real browser: on a phone, with the network cut in the middle, and with two who write at once."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from lessons import services
from tests.browsing import kept, problems_at, problems_of
from tests.records.writing import address, past_visit, texts_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

ON_DEVICE = """async () => {
  const database = await new Promise((done, failed) => {
    const asked = indexedDB.open("lesson-study-drafts", 2);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const all = (store, what) => new Promise((done) => {
    const asked = database.transaction(store).objectStore(store)[what]();
    asked.onsuccess = () => done(asked.result);
  });
  const drafts = await all("drafts", "getAll");
  const pages = await all("pages", "getAll");
  const bytes = [...drafts, ...pages].map((kept) => new TextDecoder().decode(kept.sealed));
  const keys = await all("keys", "getAll");
  const stored = JSON.stringify([bytes, Object.entries(localStorage), Object.entries(sessionStorage)]);
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) cached.push(await (await cache.match(asked)).text());
  }
  database.close();
  const [extractable, text] = [keys.map((kept) => kept.key.extractable), stored + cached.join("")];
  return {drafts: drafts.length, pages: pages.length, cached: cached.length, extractable, text};
}"""

# What a device has that was last used with the first version: one draft, of a record of a visit.
FIRST_VERSION = """async ([who, visit, text]) => {
  const key = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const cells = {"section-focus": {text, base: 0, label: "Focus"}};
  const words = new TextEncoder().encode(JSON.stringify({client: crypto.randomUUID(), seq: 1, title: "", cells}));
  const sealed = await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, words);
  await new Promise((done, failed) => {
    const asked = indexedDB.open("lesson-study-drafts", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keys").put({key, made: Date.now()}, who);
      asked.result.createObjectStore("drafts").put({iv, sealed, at: Date.now()}, `${who}/${visit}`);
    };
    asked.onsuccess = () => (asked.result.close(), done());
    asked.onerror = () => failed(asked.error);
  });
}"""
NO_ROOM = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') } }"


@pytest.fixture
def ours():
    return past_visit(on=timezone.localdate() - dt.timedelta(days=1))


def offline(page, is_offline):
    page.context.set_offline(is_offline)


def reopened(page):
    """The tab is killed, and its address opened in another one."""
    context, url = page.context, page.url
    page.close()
    page = context.new_page()
    page.complaints = []
    page.goto(url)
    return page


def test_a_teacher_records_a_visit_on_a_phone_with_the_network_cut_in_the_middle(open_as, ours):
    page = open_as(ours.pat, 375)
    page.goto(address("write", ours.past))
    line = page.locator("#saved-words")
    untouched = problems_at(page, [375, 320, 1280])
    page.set_viewport_size({"width": 375, "height": 900})
    page.get_by_label("Focus").fill("Talk before writing")
    expect(line).to_have_text(re.compile(r"^Saved at \d\d:\d\d\.$"), timeout=15_000)
    page.evaluate("navigator.serviceWorker.ready")
    page.complaints.clear()

    offline(page, True)
    page.get_by_label("Barriers").fill("Canary in the corridor")
    expect(line).to_contain_text("Not saved to the server.", timeout=15_000)
    page.get_by_role("button", name="Save and read it over").click()
    expect(page.get_by_label("Barriers")).to_have_value("Canary in the corridor")
    kept = page.evaluate(ON_DEVICE)
    cut = problems_of(page)
    named = page.get_by_role("main").inner_text()
    page = reopened(page)
    expect(page.locator("#offline")).to_contain_text("No network: this is the page as this device has it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Record of this visit")
    expect(page.get_by_label("Focus")).to_have_value("Talk before writing")
    expect(page.get_by_label("Barriers")).to_have_value("Canary in the corridor")
    from_device, shell = page.get_by_role("main").inner_text(), problems_at(page, [375])
    page.get_by_label("Barriers").fill("Canary in the corridor, and noise")
    offline(page, False)
    expect(page.locator("#saved-words")).to_have_text(re.compile(r"^Saved at"), timeout=20_000)
    page.get_by_role("button", name="Save and read it over").click()
    page.get_by_role("button", name="Sign the record").click()

    expect(page.get_by_role("main")).to_contain_text(f"Waiting for {ours.sara} to sign.")
    assert texts_of(ours.past.record) == {
        "section-focus": "Talk before writing",
        "section-barriers": "Canary in the corridor, and noise",
    }
    assert (untouched, shell) == ({}, {})
    assert (ours.pupil.full_name in named, ours.pupil.full_name in from_device, "Target pupil 1" in from_device) == (
        True,
        False,
        True,
    )
    assert [problem for problem in cut if "ERR_INTERNET_DISCONNECTED" not in problem] == []
    assert (kept["drafts"], kept["extractable"], "Canary" in kept["text"]) == (1, [False], False)
    assert page.evaluate(ON_DEVICE)["drafts"] == 0


def test_two_who_write_in_one_box_both_see_both_texts(open_as, ours, client):
    pat = open_as(ours.pat, 375)
    client.cookies.clear()  # a session of her own, beside his
    sara = open_as(ours.sara)
    for page in (pat, sara):
        page.goto(address("write", ours.past))
    sara.get_by_label("Focus").fill("Sara's words")
    expect(sara.locator("#saved-words")).to_contain_text("Saved at", timeout=15_000)

    pat.get_by_label("Focus").fill("Pat's words")
    clash = pat.get_by_role("group", name="Two texts: Focus")
    expect(clash).to_contain_text("Sara's words", timeout=15_000)
    pat.complaints.clear()  # the browser logs every 409
    problems = problems_of(pat)
    clash.get_by_role("button", name="Keep both").click()
    expect(pat.locator("#saved-words")).to_contain_text("Saved at", timeout=15_000)
    together = texts_of(ours.past.record)
    services.sign(ours.sara, ours.past.record, ours.past.record.sheet.version)
    pat.get_by_label("Focus").fill("Too late")
    expect(pat.locator("#saved-words")).to_contain_text("The record was signed meanwhile.", timeout=5_000)
    expect(pat.get_by_role("link", name="Read the record")).to_be_visible()

    assert problems == []
    assert texts_of(ours.past.record) == together == {"section-focus": "Sara's words\n\nPat's words"}


def test_words_of_an_older_version_are_back_in_their_boxes_and_a_device_without_room_says_so(open_as, ours):
    page = open_as(ours.pat)
    page.goto(reverse("health"))  # no script of ours runs there
    page.evaluate(FIRST_VERSION, [str(ours.pat.pk), str(ours.past.pk), "Typed before the update"])

    page.goto(address("write", ours.past))
    expect(page.get_by_label("Focus")).to_have_value("Typed before the update")
    expect(page.locator("#saved-words")).to_contain_text("Saved at", timeout=15_000)
    page.evaluate(NO_ROOM)
    page.route("**/record/save/", lambda route: route.fulfill(status=500, body="{}"))
    page.get_by_label("Barriers").fill("No room")
    expect(page.locator("#saved-words")).to_contain_text("This device has no room for your words", timeout=15_000)
    page.unroute("**/record/save/")

    expect(page.locator("#saved-words")).to_have_text(re.compile(r"^Saved at"), timeout=20_000)
    assert texts_of(ours.past.record) == {"section-focus": "Typed before the update", "section-barriers": "No room"}


def test_signing_out_asks_first_and_then_takes_the_words_off_the_device(open_as, ours):
    page = open_as(ours.pat)
    page.goto(address("write", ours.past))
    page.route("**/record/save/", lambda route: route.fulfill(status=500, body="{}"))
    page.get_by_label("Focus").fill("Canary")
    expect(page.locator("#saved-words")).to_contain_text("Not saved to the server.", timeout=15_000)
    asked = []

    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_timeout(500)
    stayed = page.evaluate(ON_DEVICE)["drafts"]
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")

    gone = page.evaluate(ON_DEVICE)
    assert (len(asked), stayed) == (2, 1)
    assert "On this device and not on the server yet: words of a page." in asked[0]
    assert (gone["drafts"], gone["pages"], gone["cached"], gone["extractable"]) == (0, 0, 0, [])
    assert "Canary" not in gone["text"]


def test_without_a_network_nobody_is_signed_out_and_the_words_stay(open_as, ours):
    page = open_as(ours.pat)
    page.goto(address("write", ours.past))
    kept(page, store="pages")
    page.context.set_offline(True)
    page.get_by_label("Focus").fill("Typed offline")
    kept(page, "Typed offline")

    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#trouble")).to_contain_text("You cannot be signed out now")
    page.context.set_offline(False)

    expect(page.locator("#saved-words")).to_contain_text("Saved at", timeout=30_000)
    assert texts_of(ours.past.record) == {"section-focus": "Typed offline"}


def test_whoever_is_signed_out_while_writing_goes_on_after_signing_in_again(open_as, ours):
    page = open_as(ours.pat)
    page.goto(address("write", ours.past))
    session = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Focus").fill("Talk before writing")
    expect(page.locator("#saved-words")).to_contain_text("You are signed out.", timeout=15_000)
    here = page.url

    page.context.add_cookies([cookie for cookie in session if cookie["name"] != "csrf"])

    expect(page.locator("#saved-words")).to_contain_text("Saved at", timeout=25_000)
    assert page.url == here
    assert texts_of(ours.past.record) == {"section-focus": "Talk before writing"}


def test_the_head_reads_the_record_and_answers(open_as, ours):
    page = open_as(ours.people[Role.HEADTEACHER], 375)
    page.goto(address("record", ours.visit))

    page.get_by_label("It is not accurate").check()
    page.get_by_label("Comment").fill("Our deputy covered the class.")
    page.get_by_role("button", name="Change the answer").click()

    expect(page.get_by_role("main")).to_contain_text("You called it not accurate")
    assert problems_at(page, [375, 1280]) == {}
    assert ours.record.newest_replies[0].comment == "Our deputy covered the class."
