"""Partnerships that have come some way; it is Wednesday 27 January 2027."""

import datetime as dt

from programmes.models import PartnershipStep
from tests.factories import PartnershipFactory

TODAY = dt.date(2027, 1, 27)


def partnership_at(status, *earlier):
    """A partnership that went through these statuses, the last one in November."""
    partnership = PartnershipFactory(status=status)
    partnership.steps.all().delete()
    for number, stood in enumerate([*earlier, status]):
        PartnershipStep.objects.create(partnership=partnership, status=stood, on=dt.date(2026, 11, 1 + number))
    if status in {"completed", "folded"}:
        partnership.ended_on = dt.date(2026, 11, 1 + len(earlier))
        partnership.save()
    return partnership


def story(partnership):
    return list(partnership.steps.values_list("status", "on", "reason", "note", "by"))
