"""The kinds of report, each in a module of its own; and the figures that a report of a kind freezes."""

import hashlib
import json

from papers.look import look
from reports.kinds import programme, progress, public, records, school, steering, year
from reports.kinds.kind import Kind

MODULES = [school, programme, progress, records, public, steering, year]
KINDS: dict[str, Kind] = {kind.value: kind for module in MODULES for kind in module.KINDS}


def figures_of(report) -> dict:
    """The figures of a report as they are now, for whoever holds its role in its place."""
    return KINDS[report.kind].figures(report)


def digest_of(kind, figures) -> str:
    """The same for the same figures, templates and fonts, whoever asks and when."""
    text = json.dumps([kind, look(), figures], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
