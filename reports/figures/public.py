"""What a programme may say to anybody: counts of groups, with small numbers hidden, and of nobody else a word."""

from programmes.models import Programme
from pupils.results import completion, criteria
from pupils.retention.freezing import frozen_figures
from reports.figures.programme import criterion_words, programme_figures
from reports.figures.words import block_words
from reports.year_on_year import reader_of_all

# Of the figures for the coordinator: definitions, and counts of what is there and what is missing.
SAID = [
    "programme", "year", "organiser", "closed", "first", "last", "first_due", "last_due", "last_day", "expected",
    "has_points", "step", "scope", "levels", "missing_because", "have_first", "have_last", "twice", "without_level",
    "least_above", "one_pct", "two_scales", "partnerships",
]  # fmt: skip


def public_figures(programme: Programme) -> dict:
    """The results as somebody sees them who knows no pupil: also of a programme whose pupils are erased."""
    frozen = frozen_figures(programme)
    known = frozen["report"] if frozen else programme_figures(programme)
    total, *parts = reader_of_all(programme, exact=False).shown("")["sections"]
    everyone = total["rows"][0]["b"]
    sections = [
        {"title": part["title"], "rows": [block_words(row["name"], row["b"]) for row in part["rows"]]}
        for part in parts
        if len(part["rows"]) > 1
    ]
    _, specialists = completion(programme)
    return {name: known[name] for name in SAID} | {
        "everyone": block_words(total["rows"][0]["name"], everyone),
        "sections": sections,
        "any_hidden": everyone.hidden or any(b["hidden"] for part in sections for b in part["rows"]),
        "hide_up_to": programme.hide_up_to,
        "hide_whole_up_to": programme.hide_whole_up_to,
        "criteria": [criterion_words(criterion) for criterion in criteria(programme, everyone, specialists)],
        "outcomes": [outcome for outcome in known["outcomes"] if outcome["n"] > programme.hide_up_to],
        "reach": known.get("reach") or {},
        **{end: known.get(end, 0) for end in ("first_open", "last_open")},
    }
