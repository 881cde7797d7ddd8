"""The calendar: half-days of partnerships, and events for many. No word about a lesson or a pupil."""

from visits.models.attendance import Attendance
from visits.models.events import Event, EventSeries, Group, Slot
from visits.models.visits import Booking, Half, NotOpenToVisits, Visit, WrongState

__all__ = [
    "Attendance",
    "Booking",
    "Event",
    "EventSeries",
    "Group",
    "Half",
    "NotOpenToVisits",
    "Slot",
    "Visit",
    "WrongState",
]
