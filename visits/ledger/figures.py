"""The arithmetic of the ledger, on plain values.

The unit is one teacher's half-day out of class: two partner teachers out for one visit use two.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

NOT_SAID = ""


class Side(Enum):
    SPECIALIST = "Specialist teacher\u2019s school"
    PARTNER = "Partner school"


@dataclass(frozen=True)
class Account:
    """Half-days of one side, or of several together. `covers` says of the used ones who covered, in counts, and
    `unfunded` how many of them a teacher spent hosting a visitor where the timetable funds the other side alone."""

    promised: int = 0
    covers: Counter = field(default_factory=Counter)
    late: int = 0
    unfunded: int = 0

    @property
    def used(self):
        return self.covers.total()

    @property
    def left(self):
        """Below nothing where more of the promise was used than there is; it is never hidden."""
        return self.promised - (self.used - self.unfunded) - self.late

    @property
    def is_over(self):
        return self.left < 0

    @property
    def left_in_words(self):
        return f"{-self.left} more than promised" if self.is_over else f"{self.left}"

    def __add__(self, other):
        return Account(
            self.promised + other.promised,
            self.covers + other.covers,
            self.late + other.late,
            self.unfunded + other.unfunded,
        )


def total(accounts: Iterable[Account]) -> Account:
    return sum(accounts, Account())


@dataclass(frozen=True)
class Loss:
    """Half-days that one class loses in a school year: gone, and planned beside them."""

    gone: int
    planned: int
    ceiling: int | None

    @property
    def over(self):
        """By how many half-days the class comes to be over what the school allows, with what is planned."""
        return max(0, self.gone + self.planned - self.ceiling) if self.ceiling is not None else 0

    @property
    def words(self):
        if self.ceiling is None:
            return "No ceiling is set"
        at_most = f"at most {self.ceiling}"
        if not self.over:
            return f"Within {at_most}"
        if self.gone > self.ceiling:
            return f"{self.gone - self.ceiling} more than {at_most}"
        return f"Would be {self.over} more than {at_most}"
