"""A real Chromium for the tests: its windows, and what is wrong with the page that one of them shows."""

import contextlib
import http.client
import os
import re
import threading
import time
import weakref
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from playwright.sync_api import expect, sync_playwright

# A busy machine is no wrong answer here either.
expect.set_options(timeout=30_000)

AXE = Path("node_modules/axe-core/axe.min.js")
WIDTHS = [1280, 375, 320]
STYLES = Path("static/built/css/app.css")
OF_ROOM = ["target-size", "color-contrast"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A page lives for a second: making its scripts faster takes longer than it saves.
PLAIN_SCRIPTS = "--js-flags=--no-turbofan --no-maglev --max-lazy"
# Reads along what a page keeps on the device, so that a test waits for just that and for no length of time.
READS_ALONG = """(() => {
  const { encrypt } = SubtleCrypto.prototype, { put } = IDBObjectStore.prototype;
  let words = "";
  window.onDevice = {};
  SubtleCrypto.prototype.encrypt = function (how, key, bytes) {
    words = new TextDecoder().decode(bytes);
    return encrypt.call(this, how, key, bytes);
  };
  IDBObjectStore.prototype.put = function (...given) {
    const { name, transaction } = this, sealed = words;
    transaction.addEventListener("complete", () => (window.onDevice[name] = sealed));
    return put.apply(this, given);
  };
})()"""
WITH_AXE = weakref.WeakSet()
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)


@contextlib.contextmanager
def launched():
    """One browser. Playwright runs an event loop in this thread, where Django would refuse the ORM.

    It also has a database connection of its own there, which nobody else would ever close.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", PLAIN_SCRIPTS]
        )
        yield browser
        connections.close_all()
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextlib.contextmanager
def windows(browser, base_url, client):
    """A function that opens a page of someone signed in, at a width; what it logs as an error is kept."""
    contexts = []

    def opened(user=None, width=1280):
        context = browser.new_context(
            base_url=base_url, viewport={"width": width, "height": 900}, accept_downloads=True
        )
        contexts.append(context)
        context.add_init_script(READS_ALONG)
        if user is not None:
            context.add_cookies([session_of(user, client, base_url)])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    none_left_running(base_url)


def kept(page, words="", store="drafts"):
    """Waits until the device holds these words of the page, or in "pages" the page itself."""
    page.wait_for_function(
        "([words, store]) => window.onDevice[store]?.includes(words)", arg=[words, store], timeout=30_000
    )


def none_left_running(base_url):
    """The server has answered whatever it was asked: a request that a closed window asked for would still write while
    the database is emptied for the next test.

    A window may have asked for something that the server has not even taken up. It takes up in turn, so that after it
    answered here it has, and each connection has a thread until it is closed and answered.
    """
    server = http.client.HTTPConnection(base_url.removeprefix("http://"))
    server.request("GET", "/health/", headers={"Connection": "close"})
    server.getresponse().read()
    server.close()
    until = time.monotonic() + 30
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(max(0, until - time.monotonic()))


def session_of(user, client, base_url):
    """The cookie of a new session of this person, beside those of others."""
    client.cookies.clear()  # else signing in would end the session of whom the client was before
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert SessionStore(cookie).exists(cookie)
    return {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base_url}


def problems_at(page, widths):
    """What is wrong with the page at each of these widths, which its window is given in turn.

    Where no style changes between a width and the one before it, only what depends on room is looked at again.
    """
    axe_from_the_start(page.context)
    found, before = {}, None
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page, width)
        found[width] = problems_of(page, OF_ROOM if before and styled_alike(before, width) else None)
        before = width
    return {width: problems for width, problems in found.items() if problems}


def axe_from_the_start(context):
    """The pages that this context opens from now on bring axe along: to send it to each takes three times as long."""
    if context not in WITH_AXE:
        WITH_AXE.add(context)
        context.add_init_script(path=AXE)


@cache
def styled_alike(one, other) -> bool:
    """Whether no media query of the stylesheet tells these two widths apart."""
    low, high = sorted([one, other])
    queries = re.findall(r"\((min|max)-width:\s*([\d.]+)(px|em)\)", STYLES.read_text())
    edges = [(kind, float(number) * (16 if unit == "em" else 1)) for kind, number, unit in queries]
    return not any(low < edge <= high if kind == "min" else low <= edge < high for kind, edge in edges)


def settle(page, width):
    """The window is that wide, its fonts are there, and the scripts that watch its width have run."""
    page.evaluate(
        "width => new Promise(settled => requestAnimationFrame(function look() {"
        "innerWidth === width ? document.fonts.ready.then(() => settled()) : requestAnimationFrame(look)}))",
        width,
    )


def problems_of(page, rules=None):
    """What axe finds (all WCAG tags and best practice, or these rules), whether anything is wider than the window, and
    what was logged."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        # Only what is wrong is worked out in full: what is right would take as long again.
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']}).then("
        "result => result.violations.map("
        "rule => rule.id + ': ' + rule.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')))",
        {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS},
    )
    return [*found, *(["wider than the window"] if is_too_wide(page) else []), *page.complaints]


def is_too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
