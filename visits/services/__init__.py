"""The steps of the calendar: whatever writes a visit, its people's half-days and its history."""

from visits.services.following import (
    FOLDED,
    cancel_visits_after,
    hand_bookings_over,
    last_visit_held,
    visit_the_new_home_school,
)
from visits.services.keeping import (
    Taken,
    booked_and_gone,
    cancel_visit,
    in_the_way,
    keep_visit,
    same_visit,
    schools_of,
    visit_took_place,
    who_may_come,
)

__all__ = [
    "FOLDED",
    "Taken",
    "booked_and_gone",
    "cancel_visit",
    "cancel_visits_after",
    "hand_bookings_over",
    "in_the_way",
    "keep_visit",
    "last_visit_held",
    "same_visit",
    "schools_of",
    "visit_the_new_home_school",
    "visit_took_place",
    "who_may_come",
]
