"""When a partnership began, and what of its year is left from that day on: whoever begins late owes nothing earlier."""

from django.db.models import Min
from django.utils import timezone

from programmes.models import PartnershipStep
from programmes.models.partnerships import NOT_AGREED, OPEN_TO_VISITS


def days_begun(programme) -> dict:
    """For each partnership whose history is known the day from which it has been agreed."""
    rows = PartnershipStep.objects.filter(partnership__programme=programme, status__in=OPEN_TO_VISITS)
    return dict(rows.order_by().values("partnership").annotate(day=Min("on")).values_list("partnership", "day"))


def begun(days, partnership):
    """The day from which the year counts for a partnership, None where all of it does.

    One that is not agreed yet begins today.
    """
    return days.get(partnership.pk, timezone.localdate() if partnership.status in NOT_AGREED else None)


def is_left(last_day, since) -> bool:
    """Whether what ends on this day was not over yet for whoever began on `since`."""
    return since is None or last_day >= since
