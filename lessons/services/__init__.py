"""The steps of a visit record: words that arrive, two signatures, and what follows from them."""

from lessons.services.afterwards import correct, mark_done, mark_not_done, reply, see_reply
from lessons.services.leaving import visit_left_by
from lessons.services.notes import Cell, Outcome, State, changed, keep_left_words, write_cells
from lessons.services.rows import why_not_read
from lessons.services.signing import NotAsSeen, NotReady, reopen, sign, what_is_lacking

__all__ = [
    "Cell",
    "NotAsSeen",
    "NotReady",
    "Outcome",
    "State",
    "changed",
    "correct",
    "keep_left_words",
    "mark_done",
    "mark_not_done",
    "reopen",
    "reply",
    "see_reply",
    "sign",
    "visit_left_by",
    "what_is_lacking",
    "why_not_read",
    "write_cells",
]
