"""The calendar: half-days of partnerships, and events for many. No word about a lesson or a pupil."""

from visits.models.attendance import Attendance
from visits.models.away import Away
from visits.models.changes import ProposedTime, VisitChange
from visits.models.cover import CoverMail, CoverRun
from visits.models.events import Event, EventSeries, Group, Slot
from visits.models.feeds import CalendarFeed
from visits.models.plans import Plan, PlanAcceptance, PlannerSettings
from visits.models.visits import HOURS, Booking, Half, NotOpenToVisits, Visit, WrongState

__all__ = [
    "HOURS",
    "Attendance",
    "Away",
    "Booking",
    "CalendarFeed",
    "CoverMail",
    "CoverRun",
    "Event",
    "EventSeries",
    "Group",
    "Half",
    "NotOpenToVisits",
    "Plan",
    "PlanAcceptance",
    "PlannerSettings",
    "ProposedTime",
    "Slot",
    "Visit",
    "VisitChange",
    "WrongState",
]
