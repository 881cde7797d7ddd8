"""What the reports say, as plain values that JSON can hold: frozen with the report, so that it can be made again.

The only module that may join pupils to everything else. Figures are for a reader: what a person may not see is not in
them.
"""

import hashlib
import json

from papers.look import look
from pupils.retention.freezing import frozen_figures
from reports.figures.programme import programme_figures
from reports.figures.school import school_figures
from reports.models import Report

# Raise it when a template changes what a report says or how it looks: then asking again makes a new one.
EDITION = {Report.Kind.SCHOOL: 2, Report.Kind.PROGRAMME: 2}

__all__ = ["digest_of", "figures_of", "programme_figures", "school_figures"]


def figures_of(report) -> dict:
    """The figures of a report as they are now, for whoever holds its role in its place."""
    if report.kind == Report.Kind.SCHOOL:
        return school_figures(report.programme, report.school)
    if frozen := frozen_figures(report.programme):
        return frozen["report"]
    return programme_figures(report.programme)


def digest_of(kind, figures) -> str:
    """The same for the same figures, edition, templates, styles and fonts, whoever asks and when."""
    text = json.dumps([kind, EDITION[kind], look(), figures], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
