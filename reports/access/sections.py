"""The parts of a file about one person: plain values that become pages, a PDF and JSON alike."""

from django.utils import timezone

from reports.figures.words import day_words


def section(title, *, lead="", facts=(), head=(), rows=(), quotes=(), none="Nothing is kept."):
    """A part: facts (what, value), a table, and words as they were written, each with where it stands."""
    made = {
        "title": title,
        "lead": lead,
        "facts": [[str(what), str(value)] for what, value in facts],
        "head": list(head),
        "rows": [[str(cell) for cell in row] for row in rows],
        "quotes": [{"where": where, "text": text} for where, text in quotes if text.strip()],
    }
    made["none"] = "" if made["facts"] or made["rows"] or made["quotes"] else none
    return made


def day(moment) -> str:
    if moment is None:
        return ""
    return day_words(timezone.localtime(moment).date() if hasattr(moment, "hour") else moment)


def minute(moment) -> str:
    return f"{day(moment)}, {timezone.localtime(moment):%H:%M}" if moment else ""
