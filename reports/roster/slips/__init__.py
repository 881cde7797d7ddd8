"""The slip radar: what a partnership waits for, said in words, with its age in school days and whom it waits for.

A kind of slip is a function of all the facts that yields (partnership, slip). `SLIPS` is the whole list: a new kind is
a function and a line here. None of them asks the database about a single partnership.
"""

from reports.roster.slips.agreements import SIGN_WITHIN, is_head, signers, unsigned_agreements
from reports.roster.slips.due import (
    PLAN_AHEAD,
    RECORD_WITHIN,
    displaced_visits,
    late_grades,
    overdue_actions,
    unplanned_visits,
    unrecorded_visits,
)
from reports.roster.slips.people import half_days_without_a_successor, nobody_follows
from reports.roster.slips.schools import closed_schools
from reports.roster.slips.slip import Act, Kind, Slip, Waits, urgency
from reports.roster.slips.standing import AGREE_WITHIN, disputed, head_cannot_sign_in, nobody_signs_in, not_agreed

__all__ = ["LABELS", "SLIPS", "Act", "Slip", "Waits", "find_slips", "is_head", "signers", "urgency"]

SLIPS = [
    Kind("grades", "Grades late", "grades of target pupils are missing after the day they were due", late_grades),
    Kind(
        "agreement",
        "Agreement not signed",
        f"somebody has not signed the agreement after {SIGN_WITHIN} school days, or visits are under way "
        "and no version of it was ever signed by all",
        unsigned_agreements,
    ),
    Kind(
        "visit",
        "Visit not recorded",
        f"no record says after {RECORD_WITHIN} school days that a visit took place, and it is not cancelled",
        unrecorded_visits,
    ),
    Kind(
        "move",
        "Visit must move",
        "on its half-day a school that takes part is closed to it, or somebody who comes is away",
        displaced_visits,
    ),
    Kind(
        "plan",
        "Visit not planned",
        "a visit of the timetable has no half-day although its window is open, "
        f"or ends in less than {PLAN_AHEAD} school days",
        unplanned_visits,
    ),
    Kind("proposed", "Not agreed", f"it was proposed {AGREE_WITHIN} school days ago and is not agreed", not_agreed),
    Kind("dispute", "Pairing disputed", "a school disputes or declines its pairing and waits for an answer", disputed),
    Kind(
        "place",
        "Nobody in the place",
        "the specialist teacher has withdrawn and nobody has followed, or it has no partner teacher",
        nobody_follows,
    ),
    Kind(
        "successor",
        "Visit without a successor",
        "a visit to come is booked for someone who has left, and whoever followed has another on that half-day",
        half_days_without_a_successor,
    ),
    Kind(
        "school",
        "School has closed",
        "the partner school or the home school has closed, and what hangs on it has not moved to its successor",
        closed_schools,
    ),
    Kind("action", "Action overdue", "an action of the plan that is about it is overdue", overdue_actions),
    Kind("nobody", "Nobody can sign in", "none of its teachers can sign in", nobody_signs_in),
    Kind(
        "head",
        "Head cannot sign in",
        "no headteacher of the partner school can sign in, or of either school while it is proposed to them",
        head_cannot_sign_in,
    ),
]
LABELS = {kind.key: kind.label for kind in SLIPS}


def find_slips(facts) -> dict[int, list[Slip]]:
    """Partnership -> what slips there, the most overdue first."""
    found = {}
    for kind in SLIPS:
        for partnership, slip in kind.find(facts):
            found.setdefault(partnership.pk, []).append(slip)
    return {pk: sorted(slips, key=urgency) for pk, slips in found.items()}
