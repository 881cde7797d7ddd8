"""The steps of the calendar: whatever writes a visit, its people's half-days and its history."""

from visits.services.changing import (
    CannotMove,
    Target,
    confirm,
    lock_visit,
    move_many,
    move_visit,
    swap_visits,
    who_comes,
)
from visits.services.following import FOLDED, cancel_visits_after, last_visit_held, let_visits_follow
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
from visits.services.proposing import AlreadyProposed, answer_proposal, at, propose_time, withdraw
from visits.services.recording import visit_record_reopened, visit_recorded, visit_signed_off
from visits.services.telling import tell_people

__all__ = [
    "FOLDED",
    "AlreadyProposed",
    "CannotMove",
    "Taken",
    "Target",
    "answer_proposal",
    "at",
    "booked_and_gone",
    "cancel_visit",
    "cancel_visits_after",
    "confirm",
    "in_the_way",
    "keep_visit",
    "last_visit_held",
    "let_visits_follow",
    "lock_visit",
    "move_many",
    "move_visit",
    "propose_time",
    "same_visit",
    "schools_of",
    "swap_visits",
    "tell_people",
    "visit_record_reopened",
    "visit_recorded",
    "visit_signed_off",
    "visit_took_place",
    "who_comes",
    "who_may_come",
    "withdraw",
]
