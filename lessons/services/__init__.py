"""The steps of a visit record: words that arrive, two signatures, and what follows from them."""

from lessons.services.afterwards import correct, mark_done, mark_not_done, reply, see_reply
from lessons.services.leaving import visit_left_by
from lessons.services.recording import keep_beside_record, sheet_of_record, write_record
from lessons.services.rows import why_not_read
from lessons.services.sheets import Cell, Outcome, State, changed, keep_apart, news, write_cells
from lessons.services.signing import NotAsSeen, NotReady, reopen, sign, what_is_lacking

__all__ = [
    "Cell",
    "NotAsSeen",
    "NotReady",
    "Outcome",
    "State",
    "changed",
    "correct",
    "keep_apart",
    "keep_beside_record",
    "mark_done",
    "mark_not_done",
    "news",
    "reopen",
    "reply",
    "see_reply",
    "sheet_of_record",
    "sign",
    "visit_left_by",
    "what_is_lacking",
    "why_not_read",
    "write_cells",
    "write_record",
]
