"""What happens to visits of the demonstration: most half-days are confirmed, one waits for an answer, one went late."""

import datetime as dt

from django.utils import timezone

from programmes.calendar import calendar_of
from programmes.models import Partnership
from visits import services
from visits.models import Booking, Visit
from visits.planning.what_took import what_took

TO_CONFIRM, PROPOSED, LATE, MOVED, AGREED = 0, 1, 3, 4, 5  # places among the running partnerships


def change_visits(programme, today):
    """Half-days up to three weeks ahead are confirmed, but those of one partnership; and some are changed."""
    partnerships = list(programme.partnerships.filter(status=Partnership.Status.ACTIVE).with_people())
    if len(partnerships) <= AGREED:
        return
    confirmed = Booking.objects.filter(visit__partnership__programme=programme, confirmed_at=None)
    confirmed = confirmed.exclude(visit__partnership=partnerships[TO_CONFIRM], on__gte=today)
    confirmed.update(confirmed_at=timezone.now() - dt.timedelta(days=12))
    propose(partnerships[PROPOSED], today)
    cancel_late(partnerships[LATE], today)
    move(partnerships[MOVED], today)
    next(filter(None, (agree(partnership, today) for partnership in partnerships[AGREED:])), None)


def ahead(partnership, today):
    visits = Visit.objects.filter(partnership=partnership, status=Visit.Status.PLANNED, on__gt=today)
    return visits.order_by("on", "pk").with_people().first()


def free_day(visit, after):
    """The first school day from a day on, on whose morning the people of the visit are free."""
    calendar = calendar_of(visit.partnership.programme.organisation_id, visit.host_id)
    people = visit.people.all()
    for day in calendar.school_days(after, visit.partnership.programme.ends_on):
        if not Booking.objects.filter(person__in=people, on=day, half="am").exists():
            return day
    return None


def propose(partnership, today):
    """The partner teacher proposes another morning for the next visit."""
    visit = ahead(partnership, today)
    if visit and (day := free_day(visit, visit.on + dt.timedelta(days=2))):
        teacher = partnership.current_partner_teachers[0]
        services.propose_time(teacher, visit, day, "am", "Year 5 go swimming that morning")


def cancel_late(partnership, today):
    """A visit that was to be tomorrow is cancelled today: its cover is counted."""
    visit = ahead(partnership, today)
    day = visit and free_day(visit, today + dt.timedelta(days=1))
    if day:
        services.move_visit(None, visit, day, "am")
        services.cancel_visit(partnership.specialist.user, visit, "Half of the class is ill")


def move(partnership, today):
    """The specialist teacher moves the next visit by a few days; the others have not confirmed yet."""
    visit = ahead(partnership, today)
    if visit and (day := free_day(visit, visit.on + dt.timedelta(days=3))):
        services.move_visit(partnership.specialist.user, visit, day, "am", "Our inspection week")


def agree(partnership, today) -> bool:
    """The last visit takes place outside the usual week of the specialist teacher, as the two have agreed; False where
    no such half-day is free."""
    visit = Visit.objects.filter(partnership=partnership, status=Visit.Status.PLANNED, on__gt=today).last()
    usual = partnership.specialist.release_half_days
    if visit is None or visit.step is None or not usual:
        return False
    day = max(visit.step.window_start, today + dt.timedelta(days=21))
    while (day := free_day(visit, day)) and day <= visit.step.window_end:
        there = Visit(pk=visit.pk, partnership=partnership, host=visit.host, on=day, half="am")
        if f"{day:%a}-am".lower() not in usual and not what_took([there], today):
            services.move_visit(partnership.specialist.user, visit, day, "am", "We have swapped our free mornings")
            return True
        day += dt.timedelta(days=1)
    return False
