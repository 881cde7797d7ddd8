"""What is kept in the end of what is paid out: all releases, less what was paid back and what is still to be paid back.
Counted in one way for the statement of a school, that of a programme, and the preview of a change of plan."""

from dataclasses import dataclass
from decimal import Decimal

from funding.figures import ZERO
from funding.models import Recovery
from funding.standing import Word


@dataclass(frozen=True)
class Kept:
    """The money of a school, of several, or of all."""

    total: Decimal  # all releases
    paid: Decimal
    paid_back: Decimal
    owed: Decimal  # asked back, approved, and not paid back yet

    @property
    def net(self) -> Decimal:
        """All releases less what was paid back: the sum of the amounts in the file of a school."""
        return self.total - self.paid_back

    @property
    def entitled(self) -> Decimal:
        return self.net - self.owed

    @property
    def paid_net(self) -> Decimal:
        return self.paid - self.paid_back

    @property
    def lines(self) -> list[tuple[str, Decimal]]:
        """For the page, the files and the paper alike; what nobody paid back or owes is not spoken of."""
        back, owed, asked = bool(self.paid_back), bool(self.owed), bool(self.paid_back or self.owed)
        lines = [
            (asked, "All releases", self.total),
            (back, "Paid back by schools", self.paid_back),
            (back, "All releases, less paid back", self.net),
            (owed, "Still to be paid back", self.owed),
            (True, "Entitled", self.entitled),
            (True, "Paid", self.paid),
            (back, "Paid, less paid back", self.paid_net),
        ]
        return [(label, amount) for is_told, label, amount in lines if is_told]


def kept_of(rows, recoveries) -> Kept:
    """Of these releases, as they stand. What is set against a release is a line of that one already."""
    return Kept(
        total=sum((row.amount for row in rows), ZERO),
        paid=sum((row.amount for row in rows if row.word == Word.PAID), ZERO),
        paid_back=sum((row.amount for row in recoveries if row.state == Recovery.State.RECOVERED), ZERO),
        owed=sum((row.amount for row in recoveries if row.is_owed), ZERO),
    )
