"""Whoever keeps the records says of a visit when it was recorded, and when both sides had signed."""

from django.db import transaction

from accounts import audit
from visits.models import Visit, VisitChange, WrongState
from visits.services.history import tell
from visits.services.keeping import visit_took_place
from visits.used import used_otherwise


def visit_recorded(person, visit, at):
    """A record says that the visit took place; the first moment stays."""
    if visit.status == Visit.Status.CANCELLED:
        raise WrongState(f"visit {visit.pk} is cancelled")
    if visit.status == Visit.Status.PLANNED:
        visit_took_place(person, visit)
    Visit.objects.filter(pk=visit.pk, recorded_at=None).update(recorded_at=at)


def visit_signed_off(visit, at):
    Visit.objects.filter(pk=visit.pk, signed_off_at=None).update(signed_off_at=at)


@transaction.atomic
def visit_record_reopened(person, visit):
    """No signature says any more that the visit took place: it is planned again, to be recorded or cancelled."""
    visit.move_to(Visit.Status.PLANNED, recorded_at=None)
    tell(person, visit, before=visit, what=VisitChange.What.REOPENED)
    audit.record(person, "visits.record reopened", visit)
    used_otherwise(person, [visit.partnership_id], f"The record of the visit of {visit.on:%-d %B %Y} was withdrawn.")
