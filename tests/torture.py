"""Two people write one sheet on two devices while everything goes wrong: networks, servers, tabs, sessions, clocks.

What they type are tokens, each typed once, so that every one can be looked for afterwards.
"""

import contextlib
import os
import random
import signal
from dataclasses import dataclass, field

from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler

from lessons.models import Note, NoteRevision
from tests.browsing import session_of

# In every page: a clock that can be wrong, a store that can be full, and a count of the conflicts that are shown.
WATCHED = """(shift) => {
  const Real = Date;
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (window.isFull) throw new DOMException("", "QuotaExceededError");
    return put.apply(this, given);
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) if (node.classList?.contains("ls-conflict")) window.conflictShown();
  }).observe(document, { subtree: true, childList: true });
}"""

TYPE = """([token, atStart, pick]) => {
  const open = [...document.querySelectorAll("form[data-notes] textarea, form[data-notes] .ls-box--line")].filter(
    (box) => !box.readOnly && box.checkVisibility() && !box.closest(".ls-gridbox")?.querySelector(".ls-conflict"));
  if (!open.length) return "";
  const box = open[Math.floor(pick * open.length)];
  box.focus();
  const where = atStart ? 0 : box.value.length;
  box.setSelectionRange(where, where);
  document.execCommand("insertText", false, `${token} `);
  return box.value.includes(token) ? box.name : "";
}"""

LEFT = """async () => {
  const databases = await indexedDB.databases();
  const found = [JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])];
  for (const { name } of databases) {
    const database = await new Promise((done) => {
      indexedDB.open(name).onsuccess = (event) => done(event.target.result);
    });
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store);
      const all = await new Promise((done) => (rows.getAll().onsuccess = (event) => done(event.target.result)));
      const names = await new Promise((done) => {
        database.transaction(store).objectStore(store).getAllKeys().onsuccess = (event) => done(event.target.result);
      });
      found.push(JSON.stringify(names));
      for (const row of all)
        for (const part of [row.sealed, row.file?.sealed]) if (part) found.push(new TextDecoder().decode(part));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) found.push(asked.url, await (await cache.match(asked)).text());
  }
  return found.join("\\n");
}"""
WAITING = """async () => {
  const database = await new Promise((done) => {
    indexedDB.open("lesson-study-drafts").onsuccess = (event) => done(event.target.result);
  });
  const names = await new Promise((done) => {
    database.transaction("drafts").objectStore("drafts").getAllKeys().onsuccess = (event) => done(event.target.result);
  });
  database.close();
  const isTroubled = document.querySelector("#saved").classList.contains("is-kept-here");
  return names.length + document.querySelectorAll("form .ls-conflict").length + isTroubled;
}"""

FAULTS = {  # what may go wrong, and how often among ten
    "offline": 3,
    "error": 2,
    "lost answer": 2,
    "cut off": 2,
    "full": 1,
    "signed out": 1,
    "killed": 3,
    "crashed": 2,
    "restarted": 1,
}


@dataclass
class Counts:
    edits: int = 0
    characters: int = 0
    faults: dict = field(default_factory=dict)
    made: int = 0
    shown: int = 0

    def fault(self, name):
        self.faults[name] = self.faults.get(name, 0) + 1


class AtTheSameAddress(LiveServerThread):
    """A server that takes an address over from the one that was stopped there a moment ago."""

    def _create_server(self, connections_override=None):
        return self.server_class(
            (self.host, self.port),
            QuietWSGIRequestHandler,
            allow_reuse_address=True,
            connections_override=connections_override,
        )


class Server:
    """The web server, which can be stopped and started again at the same address."""

    def __init__(self):
        self.port = 0
        self.start()
        self.port = self.running.port
        self.url = f"http://localhost:{self.port}"

    def start(self):
        self.running = AtTheSameAddress("localhost", static_handler=StaticFilesHandler, port=self.port)
        self.running.daemon = True
        self.running.start()
        self.running.is_ready.wait()
        if self.running.error:
            raise self.running.error

    def restart(self):
        self.stop()
        self.start()

    def stop(self):
        self.running.terminate()


class Device:
    """One person's browser with the sheet open in it."""

    def __init__(self, browser, server, client, person, path, clock_shift, counts):
        self.person, self.client, self.url, self.path, self.counts = person, client, server.url, path, counts
        self.context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900})
        self.context.add_init_script(f"({WATCHED})({clock_shift})")
        self.context.expose_function("conflictShown", self.conflict_shown)
        self.context.route("**/save/**", self.answered)
        self.context.route("**/save/", self.answered)
        self.context.on("response", self.heard)
        self.trouble = ""
        self.is_offline = False
        self.sign_in()
        self.open()
        self.page.evaluate("navigator.serviceWorker.ready")
        self.page.wait_for_timeout(2500)  # until the page is kept on the device

    def conflict_shown(self):
        self.counts.shown += 1

    def heard(self, response):
        if response.status == 409 and "/save/" in response.url and '"beside"' not in (response.request.post_data or ""):
            with contextlib.suppress(Exception):  # a page that was killed takes its answers with it
                states = response.json()["cells"].values()
                self.counts.made += sum(state["state"] == "conflict" for state in states)

    def answered(self, route):
        """What becomes of a request to save, in the trouble of the moment."""
        trouble, self.trouble = self.trouble, ""
        if trouble == "error":
            return route.fulfill(status=500, body="{}")
        if trouble == "cut off":
            return route.abort("timedout")
        if trouble == "lost answer":
            with contextlib.suppress(Exception):
                route.fetch()
            return route.abort("connectionreset")
        return route.continue_()

    def sign_in(self):
        self.client.cookies.clear()  # a session of their own: to sign in over another's would end that
        self.context.add_cookies([session_of(self.person, self.client, self.url)])

    def open(self):
        self.page = self.context.new_page()
        self.page.goto(self.path)
        if "/sign-in/" in self.page.url:
            self.sign_in()
            self.page.goto(self.path)
        self.page.locator("form[data-notes]").wait_for()

    def type(self, rng, token):
        written = self.page.evaluate(TYPE, [token, rng.random() < 0.3, rng.random()])
        if written:
            self.counts.edits += 1
            self.counts.characters += len(token)
        return bool(written)

    def settle_conflict(self, rng):
        choices = self.page.locator("form .ls-conflict").first.get_by_role("button")
        if choices.count():
            choices.nth(rng.randrange(choices.count())).click()

    def go_offline(self, is_offline):
        self.is_offline = is_offline
        self.context.set_offline(is_offline)

    def fill_store(self, is_full):
        self.page.evaluate("is => { window.isFull = is; }", is_full)

    def open_again(self):
        """The tab is gone, and opened anew: with or without a network, as it is at the moment."""
        self.page.close()
        self.open()

    @property
    def is_full(self):
        return self.page.evaluate("Boolean(window.isFull)")

    @property
    def waits(self):
        return self.page.evaluate(WAITING)


def torture(browser, client, people, path, edits, seed, at_half=lambda: None):
    """(counts, tokens, what is left on each device after signing out) of that many edits, random by the seed."""
    rng, counts, server, tokens, devices = random.Random(seed), Counts(), Server(), [], []
    shifts = [0, -3 * 24 * 3600 * 1000 + 7 * 60 * 1000]
    try:
        for person, shift in zip(people, shifts, strict=True):
            devices.append(Device(browser, server, client, person, path, shift, counts))
        while counts.edits < edits:
            device = rng.choice(devices)
            token = f"z{len(tokens):05}{rng.choice('äéßñ☂')}{rng.choice('kqxv')}"
            if device.type(rng, token):
                tokens.append(token)
                if len(tokens) == edits // 2:
                    at_half()
            device.page.wait_for_timeout(rng.choice([5, 20, 60, 150]))
            if rng.random() < 0.06:
                device.settle_conflict(rng)
            if rng.random() < 0.07:
                go_wrong(rng, device, devices, server, counts)
            if rng.random() < 0.05:
                heal(device)
        for device in devices:
            bring_home(rng, device)
        left = [signed_out(device) for device in devices]
    finally:
        for device in devices:
            device.context.close()
        server.stop()
    return counts, tokens, left


def go_wrong(rng, device, devices, server, counts):
    (fault,) = rng.choices(list(FAULTS), weights=FAULTS.values())
    gone = {"killed": [device], "crashed": devices}.get(fault, [])
    if any(one.is_full for one in gone):
        return  # the words are in this page only, which says so
    counts.fault(fault)
    if gone:
        die(gone, fault)
    elif fault == "offline":
        device.go_offline(True)
    elif fault == "full":
        device.fill_store(True)
    elif fault == "signed out":
        Session.objects.all().delete()
    elif fault == "restarted":
        server.restart()
    else:
        device.trouble = fault


def die(devices, how):
    """The tab is closed; or the browser's processes are killed, without a last word to any page."""
    for device in devices:
        device.page.wait_for_timeout(1500)  # what is typed is kept on the device after 0.8 seconds
    if how == "crashed":
        browser = devices[0].context.browser.new_browser_cdp_session()
        for process in browser.send("SystemInfo.getProcessInfo")["processInfo"]:
            if process["type"] == "renderer":
                os.kill(process["id"], signal.SIGKILL)
        browser.detach()
    for device in devices:
        device.open_again()


def heal(device):
    device.trouble = ""
    device.go_offline(False)
    device.fill_store(False)
    device.sign_in()


def bring_home(rng, device):
    """Everything is well again: what waits on the device reaches the server."""
    heal(device)
    device.page.evaluate("document.activeElement.blur()")  # what was typed last is sent at once
    device.page.wait_for_timeout(5000)
    for _ in range(120):
        if not device.waits:
            return
        device.settle_conflict(rng)
        device.page.wait_for_timeout(1000)
    raise AssertionError(f"still waiting: {device.page.locator('#saved-words').inner_text()}")


def signed_out(device):
    """What a reader finds on the device after its person has signed out."""
    device.page.goto("/")  # the page from the device has no such button: it cannot reach the server
    device.page.get_by_role("button", name="Sign out").click()
    device.page.wait_for_url("**/sign-in/**")
    return device.page.evaluate(LEFT)


def lost(lesson, tokens):
    """The tokens that stand nowhere on the server."""
    texts = list(NoteRevision.objects.filter(sheet=lesson.sheet).values_list("text", flat=True))
    texts += Note.objects.filter(sheet=lesson.sheet).values_list("text", flat=True)
    everything = "\n".join(texts)
    return [token for token in tokens if token not in everything]
