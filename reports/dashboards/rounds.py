"""What is made for all schools at once, as far as some of it could not be made."""

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from reports.models import ReportRound, RoundReport
from reports.rounds.services import HAS_FAILED


def reports_not_made() -> Subquery:
    """For a programme: how many reports have failed in its newest rounds, one of each kind; none where none has."""
    ended = ReportRound.objects.filter(programme=OuterRef(OuterRef("pk")), state=ReportRound.State.DONE)
    newest = ended.order_by("kind", "-queued_at", "-pk").distinct("kind").values("pk")
    failed = RoundReport.objects.filter(HAS_FAILED, round__programme=OuterRef("pk"), round__in=newest).order_by()
    return Subquery(failed.values("round__programme").annotate(n=Count("pk")).values("n"))


def round_items(programmes):
    """A line for each of them of which schools have no report."""
    return [
        {
            "title": f"{of_schools(programme.not_made)} no report of those ordered for all",
            "text": f"{programme.title}. The page says why; only what failed is tried again.",
            "url": reverse("reports:rounds", args=[programme.slug]),
            "act": "See which",
        }
        for programme in programmes
        if programme.not_made
    ]


def of_schools(n):
    return "1 school has" if n == 1 else f"{n} schools have"
