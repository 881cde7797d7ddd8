"""Programmes past the day until which their pupil data is kept: somebody has to look at what would go."""

from django.urls import reverse

from programmes.models import Programme
from reports.dashboards.to_do import day_of


def erasing_items(programmes, today):
    """A line for each of them that is past its day, the longest past first."""
    begun = [programme for programme in programmes if programme.status != Programme.Status.DRAFT]
    past = [p for p in begun if p.erased_at is None and p.pupils_kept_until < today]
    return [
        {
            "title": f"The pupil data of {programme.title} is past its date: look at what would go",
            "text": "Nothing is erased before you have looked at it and confirmed it. Its results stay.",
            "url": reverse("reports:erasing", args=[programme.slug]),
            "when": f"It was kept until {day_of(programme.pupils_kept_until, today)}",
            "act": "Look at what would go",
            "late": True,
        }
        for programme in sorted(past, key=lambda programme: (programme.ends_on, programme.pk))[:10]
    ]
