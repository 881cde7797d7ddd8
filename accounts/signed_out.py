"""What somebody sent after their session had ended: nothing of it is done, and the words are shown to copy."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

# Steps of our forms that nobody types: what a page hands on to the next, and buttons.
STEPS = {
    "action",
    "again",
    "another",
    "asked_at",
    "back",
    "base",
    "change",
    "checked",
    "confirmed",
    "csrfmiddlewaretoken",
    "from",
    "look",
    "next",
    "present",
    "preview",
    "save",
    "seen",
    "sequence",
    "shown",
    "shown_email",
    "shown_first_name",
    "shown_last_name",
    "signature",
    "standing",
    "step",
    "submit",
    "way",
}
COUNTS = re.compile(r"(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$")
SECRET = re.compile(r"password|token|secret|csrf|(^|[-_])(code|key|otp)$", re.IGNORECASE)


@dataclass(frozen=True)
class Typed:
    """One field in words, and what was in it."""

    label: str
    text: str

    @property
    def rows(self):
        """How many lines its box has, so that all of an ordinary note is seen at once."""
        return min(20, sum(1 + len(line) // 70 for line in self.text.splitlines()))


def answer(request):
    """The page for a form that came without a session. It offers no button that sends again: a foreign page could have
    made the form."""
    page = render(
        request,
        "accounts/signed_out.html",
        {"typed": typed_in(request), "files": sorted(map(in_words, request.FILES)), "sign_in": sign_in_for(request)},
        status=403,
    )
    page["Cache-Control"] = "no-store, private"
    return page


def typed_in(request) -> list[Typed]:
    return [
        Typed(in_words(name), text)
        for name, values in request.POST.lists()
        if name not in STEPS and not COUNTS.search(name) and not SECRET.search(name)
        if (text := "\n".join("Ticked" if value == "on" else value for value in values if value.strip()))
    ]


def in_words(name) -> str:
    """ "First name" for first_name; "Note, row 3" for rows-2-note."""
    *before, last = name.split("-")
    rows = [f"row {int(part) + 1}" for part in before if re.fullmatch("[0-9]{1,6}", part)]
    words = " ".join(last.replace("_", " ").split()).capitalize()
    return ", ".join([words, *rows])


def sign_in_for(request) -> str:
    """Where one signs in to come back to the page of the form; the address itself where the browser names no page."""
    page = urlsplit(request.headers.get("Referer", ""))
    own = url_has_allowed_host_and_scheme(page.geturl(), {request.get_host()}) and page.path.startswith("/")
    back = page._replace(scheme="", netloc="", fragment="").geturl() if own and page.netloc else request.get_full_path()
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
