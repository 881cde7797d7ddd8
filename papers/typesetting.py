"""HTML in, the bytes of a tagged PDF out. Nothing here reads the database or the network."""

import datetime as dt
import gc
import io
import logging
import mimetypes
import re
import threading
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import pikepdf
from django.contrib.staticfiles import finders
from PIL import ImageFile
from weasyprint import CSS, HTML, URLFetcher
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint has it on for the whole process: half a photo would pass for one

BASE = "static:"
OWN_NAME = re.compile(r"static:(?:[a-z0-9_-]+/)*[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", re.IGNORECASE)
RENDERING = threading.Lock()  # fonts, the garbage collector and WeasyPrint's logger belong to the whole process


class BadPaper(Exception):
    """The template made a document that may not go out."""

    said = "The pages cannot go out as they came out."


class MayNotLoad(BadPaper):
    """The document asked for something that is not one of our own static files."""


class NotReadable(BadPaper):
    """The document would come out incomplete, or unreadable for someone who listens to it."""


class FontMissing(BadPaper):
    """It would be set in whatever font the server has, with other widths and other letters."""

    said = "A font of our papers is missing on the server."


def typeset(html: str, made_at: dt.datetime | None, stylesheets: tuple[str, ...], pictures: dict[str, bytes]) -> bytes:
    """The PDF/UA of a document. Its metadata name the title, the language and Lesson Study, and no person."""
    fetcher = OwnFilesOnly(pictures)
    with RENDERING, _garbage_left_alone(), _errors() as errors:
        try:
            document = HTML(string=html, base_url=BASE, url_fetcher=fetcher).render(
                font_config=_fonts(), stylesheets=[_stylesheet(name) for name in stylesheets], pdf_variant="pdf/ua-1"
            )
            _write_metadata(document.metadata, made_at)
            made = document.write_pdf(finisher=partial(_finish, errors), pdf_variant="pdf/ua-1", pdf_identifier=True)
        except FatalURLFetchingError as error:
            raise MayNotLoad(str(error)) from error
    if fetcher.refused:  # a drawing swallows whatever stops it
        raise MayNotLoad(fetcher.refused[0])
    fetcher.want_fonts()
    if errors:
        raise NotReadable(errors[0])
    return made


def pages_in(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


# What it is made of -----------------------------------------------------------------------------------------------


class OwnFilesOnly(URLFetcher):
    """Loads `static:` names from our own files and the pictures that it was given, refuses anything else and remembers
    that it did."""

    def __init__(self, pictures=None):
        super().__init__()
        self.pictures = pictures or {}
        self.refused = []
        self.missing = []

    def want_fonts(self):
        """A style sheet goes on without a font that is not there."""
        if self.missing:
            raise FontMissing(f"{self.missing[0]} is missing, run `make static`")

    def fetch(self, url, headers=None):
        if url in self.pictures:
            return URLFetcherResponse(url, self.pictures[url], {"Content-Type": "image/jpeg"})
        path = finders.find(url.removeprefix(BASE)) if OWN_NAME.fullmatch(url) else None
        if path is None and url.startswith("static:fonts/"):
            self.missing.append(url)
            raise FileNotFoundError(url)
        if path is None:
            self.refused.append(f"a PDF template may not load {url[:80]!r}")
            raise FatalURLFetchingError(self.refused[-1])
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": kind})


@cache
def _fonts():
    return FontConfiguration()


@cache
def _stylesheet(name):
    fetcher = OwnFilesOnly()
    styles = CSS(url=f"{BASE}{name}", url_fetcher=fetcher, font_config=_fonts())
    fetcher.want_fonts()
    return styles


@contextmanager
def _garbage_left_alone():
    """Some 10,000 objects all die together after a rendering: collecting half-way costs 10 to 15 % of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _errors():
    """What WeasyPrint reports as an error and then goes on without: a drawing, a picture, an alternative text."""
    said = []

    class Listener(logging.Handler):
        def emit(self, record):
            said.append(record.getMessage())

    listener = Listener(logging.ERROR)
    weasyprint = logging.getLogger("weasyprint")
    weasyprint.addHandler(listener)
    try:
        yield said
    finally:
        weasyprint.removeHandler(listener)


def _write_metadata(metadata, made_at):
    if not (metadata.title or "").strip() or not (metadata.lang or "").strip():
        raise NotReadable("a PDF needs a title and a language")
    if metadata.attachments:
        raise MayNotLoad("a PDF template may not attach a file")
    metadata.title = " ".join(metadata.title.split())
    metadata.authors, metadata.generator = ["Lesson Study"], "Lesson Study"
    metadata.description, metadata.keywords, metadata.custom = None, [], {}
    metadata.created = metadata.modified = made_at and made_at.isoformat(timespec="seconds")


# What WeasyPrint leaves out ---------------------------------------------------------------------------------------


def _finish(errors, _, pdf):
    """Scope on every TH of the PDF that is about to be written; an error where a figure has no words."""
    for element in pdf.objects:
        if not isinstance(element, dict):
            continue
        if element.get("S") == "/TH":
            # Matterhorn 15-003: column headers in a THead, else row headers.
            element["A"]["Scope"] = "/Column" if _in_head(element, pdf.objects) else "/Row"
        elif element.get("S") == "/Figure" and not _words_of(element):
            errors.append("a figure of a PDF needs a text: `alt`, or `<title>` in a drawing")


def _in_head(element, objects) -> bool:
    while element.get("S") not in ("/THead", "/Table", None):
        element = objects[int(element["P"].split()[0])]
    return element.get("S") == "/THead"


def _words_of(figure) -> str:
    return figure["Alt"].string.strip() if "Alt" in figure else ""
