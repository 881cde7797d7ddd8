"""A programme beside the organiser's one before it, as values for a report: for whoever coordinates both."""

from django.contrib.auth.models import AnonymousUser

from programmes.models import Programme
from pupils.retention.freezing import frozen_figures
from reports.figures.words import block_words
from reports.freezing import Anybody
from reports.frozen import FrozenReader
from reports.years import compare, earlier_among


def reader_of_all(programme: Programme, *, exact: bool):
    """Of the whole programme, exactly or with small numbers hidden, and of no pupil by another role."""
    figures = frozen_figures(programme)
    if figures is None:
        return Anybody(programme, True, exact)
    return FrozenReader(programme, True, exact, AnonymousUser(), figures)


def years_words(programme: Programme) -> dict | None:
    """None where the organiser has no earlier programme."""
    earlier = earlier_among(Programme.objects.all(), programme)
    if earlier is None:
        return None
    found = compare(reader_of_all(programme, exact=True), reader_of_all(earlier, exact=True))
    nobody = "" if any(row["now"].n for row in found.rows) else "Nobody of this year has both grades yet."
    return {
        "earlier": earlier.title,
        "now": programme.academic_year,
        "then": earlier.academic_year,
        "why_not": found.why_not or nobody,
        "compared": found.compared,
        "left_out": found.left_out,
        "with_rate": found.with_rate,
        "rows": [
            {
                "name": row["name"],
                "now": block_words(programme.academic_year, row["now"]),
                "then": block_words(earlier.academic_year, row["then"]),
                "differences": row["differences"]
                | {"mean": None if row["differences"]["mean"] is None else str(row["differences"]["mean"])},
            }
            for row in found.rows
        ],
    }
