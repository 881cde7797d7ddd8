"""Someone's way through the pages of the browser, by what stands on their links, buttons and fields."""

import re
from urllib.parse import urlsplit

from django.urls import resolve

from tests.browsing import is_too_wide, problems_of

NARROW = {"width": 320, "height": 900}
OF_ONE_ROW = {"pk", "urn", "token"}  # headed by the name of someone or of a school


def beginning(name):
    """How an accessible name begins: between its visible and its hidden part the browser may put a space."""
    return re.compile("^" + r"\s*".join(re.escape(part) for part in re.findall(r"\w+|[^\w\s]", name)))


class Walk:
    """Whoever walks finds the next page by what can be read on this one; each page is checked the first time.

    `found` holds, by the name of the page, what is wrong with it: axe, its width there and at 320 px, what is logged.
    """

    def __init__(self, page, found):
        self.page, self.found = page, found

    @property
    def path(self):
        return urlsplit(self.page.url).path

    def enter(self, address):
        """The one way in that is no link of ours: the start page, or the link in a mail."""
        self.page.goto(address)
        self.look()

    def follow(self, name, **kwargs):
        self.leave("link", name, **kwargs)

    def press(self, name, **kwargs):
        self.leave("button", name, **kwargs)

    def leave(self, role, name, within=None):
        """By the link or button whose name begins so; of two the first, as one reads."""
        place = self.page.locator(within) if isinstance(within, str) else self.page
        way, menu = place.get_by_role(role, name=beginning(name)).first, self.page.get_by_role("button", name="Menu")
        if not way.is_visible() and menu.is_visible():
            menu.click()
        if not way.is_visible():
            raise AssertionError(f"No {role} \u201c{name}\u201d on {self.path}:\n{self.page.inner_text('main')}")
        with self.page.expect_navigation():
            way.click()
        self.look()

    def fill(self, answers):
        """What stands beside a label is typed, ticked or chosen."""
        for label, value in answers.items():
            field = self.page.get_by_label(label, exact=True)
            if value is True:
                field.check()
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(field.locator("option", has_text=value).first.get_attribute("value"))
            else:
                field.fill(value)

    def tick(self, *labels, within=None):
        for label in labels:
            place = self.page.get_by_role("group", name=within) if within else self.page
            place.get_by_label(label, exact=True).check()

    def choose_school(self, label, name, typed=None):
        """Type a part of its name, and take it from those that appear."""
        self.page.get_by_label(label, exact=True).fill(typed or name)
        self.page.get_by_role("radio", name=name, exact=True).check()

    def look(self):
        """The page is whole and in order."""
        key, complaints = self.key, self.page.complaints
        if key not in self.found:
            self.found[key] = problems_of(self.page)
            width = self.page.viewport_size
            self.page.set_viewport_size(NARROW)
            if is_too_wide(self.page):
                self.found[key].append("wider than 320 px")
            self.page.set_viewport_size(width)
        else:
            self.found[key] += complaints
        complaints.clear()

    @property
    def key(self):
        """The name of the page, and of several that stand under one address how the heading begins."""
        page = resolve(self.path)
        word = self.page.locator("h1").first.inner_text().split()[0]
        word = "n" if word.isdecimal() else "" if set(page.kwargs) & OF_ONE_ROW else word
        return f"{page.view_name} {word}".strip()
