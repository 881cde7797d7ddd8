"""Whoever keeps the records says of a visit when it was recorded, and when both sides had signed."""

from visits.models import Visit
from visits.services.keeping import visit_took_place


def visit_recorded(person, visit, at):
    """A record says that the visit took place; the first moment stays."""
    if visit.status == Visit.Status.PLANNED:
        visit_took_place(person, visit)
    Visit.objects.filter(pk=visit.pk, recorded_at=None).update(recorded_at=at)


def visit_signed_off(visit, at):
    Visit.objects.filter(pk=visit.pk, signed_off_at=None).update(signed_off_at=at)
