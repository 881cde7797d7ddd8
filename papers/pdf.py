"""A template and plain values in, the bytes of a tagged PDF out."""

import datetime as dt

from django.template.loader import render_to_string


def render_pdf(
    template: str,
    context: dict,
    made_at: dt.datetime | None = None,
    stylesheets: tuple[str, ...] = ("pdf/report.css",),
    pictures: dict[str, bytes] | None = None,
) -> bytes:
    """
    The PDF/UA of a template. The same values give the same bytes; `made_at` is the only date in them. `pictures` are
    the JPEGs that the template shows, by the address under which it does: "picture:1".

    Its metadata name the title, the language and Lesson Study, and no person.
    """
    from papers.typesetting import typeset

    return typeset(render_to_string(template, context), made_at, stylesheets, pictures or {})


def page_count(pdf: bytes) -> int:
    from papers.typesetting import pages_in

    return pages_in(pdf)
