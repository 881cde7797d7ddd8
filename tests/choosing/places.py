"""What happens to the place of a pupil, by its pages, and what is then kept of it."""

from django.urls import reverse

from pupils.models import PlaceChange
from tests.factories import PartnershipFactory, SchoolFactory


def step(choosing, place, name, **typed):
    return choosing.client.post(reverse(f"pupils:place_{name}", args=[place.pk]), typed, follow=True)


def end(choosing, place, **typed):
    return step(
        choosing, place, "end", **({"because": "left", "last_on": "20/11/2026", "reason": "Moved to Leeds"} | typed)
    )


def reasons(place):
    rows = place.assessments.exclude(reason="").order_by("data_point__due_on")
    return [(row.data_point.name, row.reason) for row in rows]


def changes(place):
    rows = PlaceChange.objects.filter(place=place).order_by("pk")
    return [(row.what, row.on, row.before, row.after, row.reason) for row in rows]


def other_school(ours, **fields):
    return PartnershipFactory(programme=ours.programme, partner_school=SchoolFactory(), subject="maths", **fields)
