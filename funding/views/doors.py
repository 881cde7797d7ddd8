"""How money pages come by their rows."""

from django.shortcuts import get_object_or_404

from accounts.access import allowed_rows
from funding.models import FundingPlan, Release


def plan_of(request, slug, action) -> FundingPlan:
    """The plan of this programme: 403 when no role grants the action, 404 when it is out of reach or not there."""
    rows = allowed_rows(FundingPlan, request.user, action).select_related("programme__organisation")
    return get_object_or_404(rows, programme__slug=slug)


def release_of(request, pk, action) -> Release:
    rows = allowed_rows(Release, request.user, action).with_places().select_related("approved_by", "payment__batch")
    return get_object_or_404(rows, pk=pk)
