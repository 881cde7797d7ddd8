"""Days on which a teacher is away: whose they may be, writing them, and which planned visits fall on them."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from programmes.models import PartnerTeacher, SpecialistTeacher
from visits.models import Away, Booking
from visits.services.displaced import planned_between, said

ACTION = "away.keep"


def teachers(person):
    """Whose days the person may enter: their own as a teacher, and those of all teachers whom they coordinate."""
    specialists = SpecialistTeacher.objects.allowed(person, ACTION).values("user")
    partners = PartnerTeacher.objects.allowed(person, ACTION).filter(until=None).values("user")
    return User.objects.filter(pk__in=specialists) | User.objects.filter(pk__in=partners)


@transaction.atomic
def keep_away(person, away) -> Away:
    away.entered_by = person
    away.save()
    audit.record(person, "days away entered", away)
    return away


@transaction.atomic
def delete_away(person, away) -> bool:
    """The days can be used again. False when they were taken back before."""
    deleted, _ = Away.objects.filter(pk=away.pk).delete()
    if deleted:
        audit.record(person, "days away taken back", away)
    return bool(deleted)


def visits_on(person, rows) -> dict[int, list[tuple[str, str]]]:
    """For each row of days away of one teacher the planned visits on which they are booked, as words and address."""
    rows = list(rows)
    if not rows:
        return {}
    span = min(row.first_on for row in rows), max(row.last_on for row in rows)
    booked = Booking.objects.filter(person=rows[0].person_id).values("visit")
    visits = list(planned_between(person, *span).filter(pk__in=booked))
    return {
        row.pk: [
            said(visit) for visit in visits if row.first_on <= visit.on <= row.last_on and visit.half in row.halves
        ]
        for row in rows
    }
