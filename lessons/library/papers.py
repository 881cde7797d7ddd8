"""Findings on paper: a poster of one page, and a booklet of several with a list of what is in it."""

import io

import pikepdf
from django.utils import timezone

from papers.pdf import render_pdf
from papers.qr import qr_drawing

SIZES = ["xxl", "xl", "l", "m", "s", "xs", "xxs"]  # of the letters, the largest first
ROOM = {
    "xxl": 1150,
    "xl": 1500,
    "l": 2000,
    "m": 2300,
    "s": 3400,
    "xs": 5200,
    "xxs": 0,
}  # characters that usually fit on the page
SHORTER = [1, 0.8, 0.6, 0.45, 0.3, 0.2, 0.1]
ON_A_POSTER = {"What we did", "What we saw", "What we now know", "What next"}


def poster_pdf(reading, address="") -> bytes:
    """One page A4: the letters as large as the words allow. Where even small ones do not, long texts end early and say
    that the rest is in the library."""
    made_at = timezone.localtime(reading.at)
    parts = [(title, text) for title, text in reading.parts if title in ON_A_POSTER]
    length = len(reading.headline) * 3 + sum(len(text) + 120 for _, text in parts)
    first = next((size for size in SIZES if length <= ROOM[size]), SIZES[-1])
    tries = [(size, 1) for size in SIZES[SIZES.index(first) :]] + [(SIZES[-1], share) for share in SHORTER[1:]]
    for size, share in tries:
        shown = [(title, shortened(text, share, parts)) for title, text in parts]
        context = {"r": reading, "parts": shown, "size": size, "address": address, "made_at": made_at}
        context["qr"] = qr_drawing(address, "The address of this finding, for a phone") if address else ""
        pdf = render_pdf("lessons/pdf/poster.html", context, made_at, stylesheets=("pdf/report.css", "pdf/poster.css"))
        if pages_of(pdf) == 1:
            return pdf
    return pdf


def shortened(text, share, parts):
    """Each part gives up as much; cut at a word, with a sign that it goes on."""
    most = int(share * 5200 / max(len(parts), 1))
    if share == 1 or len(text) <= most:
        return text
    return text[:most].rsplit(maxsplit=1)[0].rstrip(".,;:") + " … (the whole is in the library)"


def pages_of(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as pages:
        return len(pages.pages)


def booklet_pdf(title, readings, made_at) -> bytes:
    """The findings in the order in which they were chosen, after a list of them with the page of each."""
    context = {"title": title, "readings": readings, "made_at": made_at}
    return render_pdf("lessons/pdf/booklet.html", context, made_at, stylesheets=("pdf/report.css", "pdf/booklet.css"))
