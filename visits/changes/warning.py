"""What is in the way of a change, and what somebody reads before they go on all the same."""

from visits.changes.forms import SOMEONE
from visits.forms import who_is_booked


def warnings_of(found) -> int:
    """How many things somebody reads before going on all the same: with another number they are asked again."""
    return sum(len(one.warned) for one in found)


def is_sure(request, found) -> bool:
    number = warnings_of(found)
    return not number or request.POST.get("sure") == str(number)


def in_the_way_of(user, error):
    """The sentences of what is in the way; at least one."""
    found = [
        who_is_booked(user, booking, "")
        if bookings
        else f"{visit.partnership.label} has another visit there, or one of its people is booked twice."
        for visit, bookings in error.problems
        for booking in bookings or [None]
    ]
    return list(dict.fromkeys(found)) or [SOMEONE]
