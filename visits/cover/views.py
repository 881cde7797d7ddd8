import datetime as dt

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import allowed_rows
from visits.cover.weeks import WEEK, monday_of, weeks_of
from visits.models import Booking

WEEKS = 6


@require_safe
def who_is_out(request):
    """Who of the own school is out of class, six weeks at a time."""
    rows = allowed_rows(Booking, request.user, "cover.view").needing_cover()
    today = timezone.localdate()
    first = monday_of(asked_for(request.GET.get("from", "")) or today)
    bookings = list(rows.filter(on__range=(first, first + WEEK * WEEKS - dt.timedelta(days=1))))
    context = {
        "weeks": weeks_of(bookings, first, WEEKS),
        "count": len(bookings),
        "several": len({booking.school_id for booking in bookings}) > 1,
        "schools": schools_of(request.user),
        "today": today,
        "first": first,
        "last": first + WEEK * WEEKS - dt.timedelta(days=3),
        "earlier": first - WEEK * WEEKS,
        "later": first + WEEK * WEEKS,
        "is_now": first == monday_of(today),
    }
    return render(request, "visits/cover/who_is_out.html", context)


def schools_of(user):
    """The schools that the page is about, each once."""
    return list(dict.fromkeys(m.school for m in user.memberships_granting("cover.view")))


def asked_for(given):
    """The day that the address names, if it is one that a page of weeks can begin with."""
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
