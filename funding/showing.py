"""How money is shown: what each release is called by who has to act, sums by how they stand, and the bar of a sum."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices

from funding.figures import ZERO
from funding.reasons import owed_by
from funding.standing import Standing, Word, is_nothing
from funding.stopped import NO_PAYEE, REJECTED, UNCONFIRMED


class Part(TextChoices):
    """The parts of a sum, as a school or a budget holder asks about them."""

    PAID = "paid", "Paid"
    FINANCE = "finance", "Waiting for finance"
    APPROVAL = "approval", "Waiting for approval"
    HELD = "held", "Held back"
    LATER = "later", "Not due yet"


@dataclass(frozen=True)
class Look:
    """How a part is drawn. Any two differ in lightness by 3 to 1 or in their lines, so that grey tells them apart."""

    fill: str
    edge: str = ""  # of its outline, and of its lines
    lines: str = ""

    def drawn(self, x, width, height) -> dict:
        """As attributes of a drawing, from its upper edge."""
        inside = 1 if self.edge else 0
        return {
            "x": x,
            "y": inside,
            "width": width,
            "height": height - 2 * inside,
            "fill": self.fill,
            "edge": self.edge,
            "hatch": LINES[self.lines](x, width, height) if self.lines else "",
        }


def across(x, width, height) -> str:
    thick = 4 if height > 20 else 2
    return "".join(f"M{x} {y}h{width}v{thick}h-{width}z" for y in range(thick, height - thick, 2 * thick))


def upright(x, width, height) -> str:
    thick = min(6 if height > 20 else 3, max(1, width // 3))
    return "".join(f"M{x + at} 0h{thick}v{height}h-{thick}z" for at in range(thick, width - thick + 1, 2 * thick))


LINES = {"across": across, "upright": upright}
LOOKS = {
    Part.PAID: Look("#0b4a4d"),
    Part.FINANCE: Look("#6c9c9a"),
    Part.APPROVAL: Look("#ffffff", "#0b4a4d", "across"),
    Part.HELD: Look("#ffffff", "#b45309", "upright"),
    Part.LATER: Look("#ffffff", "#595f60"),
}
OF_WORD = {
    Word.PAID: Part.PAID,
    Word.APPROVED: Part.FINANCE,
    Word.AUTHORISED: Part.FINANCE,
    Word.READY: Part.APPROVAL,
    Word.AWAITING: Part.HELD,
    Word.NOT_DUE: Part.LATER,
}


def part_of(row: Standing) -> str:
    held = row.hold is not None and row.word not in {Word.PAID, Word.AUTHORISED, Word.NOT_DUE}
    return Part.HELD if held else OF_WORD[row.word]


@dataclass(frozen=True)
class Tag:
    text: str
    colour: str


OF_STOP = {
    REJECTED: "Payment rejected",
    NO_PAYEE: "Waiting for a payee",
    UNCONFIRMED: "Waiting for a second person to confirm the payee",
}


def tag_of(row: Standing) -> Tag:
    """In one line who has to act, or what is done."""
    if row.hold and row.word not in {Word.PAID, Word.AUTHORISED}:
        return Tag("On hold", "orange")
    if is_nothing(row):
        return Tag("Nothing to pay", "grey")
    match row.word:
        case Word.PAID if row.amount == ZERO:
            return Tag("Settled: nothing to pay", "green")
        case Word.PAID:
            return Tag(f"Paid {row.release.paid_on:%-d %B %Y}", "green")
        case Word.AUTHORISED:
            return Tag("With the finance system", "blue")
        case Word.APPROVED if row.is_stopped:
            return Tag(OF_STOP[row.stop.kind], "orange")
        case Word.APPROVED:
            return Tag("Waiting for finance to pay", "blue")
        case Word.READY:
            return Tag("Waiting for approval", "teal")
        case Word.AWAITING:
            return Tag(f"Waiting for {owed_by(row.missing)}", "orange")
        case Word.NOT_DUE:
            return Tag("Not due yet", "grey")
    return Tag("Not paid any more", "grey")


def missing_of(row: Standing) -> str:
    """Why it waits, in the column of a file: of one that is not due yet nothing is missing, as on the pages."""
    held = [f"On hold: {row.hold.because}"] if row.hold and row.word not in {Word.PAID, Word.AUTHORISED} else []
    missing = [reason.words for reason in row.missing] if row.word == Word.AWAITING else []
    stopped = [row.stop.sentence] if row.is_stopped else []
    return " ".join([*held, *missing, *stopped])


@dataclass(frozen=True)
class Sum:
    """One part of a sum of money, with the number of releases in it."""

    part: str
    amount: Decimal
    number: int

    @property
    def label(self):
        return Part(self.part).label

    @property
    def swatch(self) -> list[dict]:
        """The same look as in the bar, beside its name."""
        return [LOOKS[self.part].drawn(0, 12, 12)]


def sums_of(rows) -> list[Sum]:
    """All five parts, whatever is in them."""
    rows = [row for row in rows if not is_nothing(row)]
    found = []
    for part in Part:
        own = [row for row in rows if part_of(row) == part]
        found.append(Sum(part, sum((row.amount for row in own), ZERO), len(own)))
    return found


def bar_of(sums: list[Sum], width=800, height=28) -> dict:
    """Where each part stands in a bar of this width, in whole units: none is so narrow that it cannot be seen."""
    whole = sum((one.amount for one in sums), ZERO)
    seen = [one for one in sums if one.amount > 0]
    if not seen:
        return {"parts": [], "words": "No money yet", "width": width, "height": height}
    free = width - 2 * (len(seen) - 1)
    widths = [max(4, round(free * one.amount / whole)) for one in seen]
    widths[widths.index(max(widths))] += free - sum(widths)
    parts, at = [], 0
    for one, wide in zip(seen, widths, strict=True):
        parts.append(LOOKS[one.part].drawn(at, wide, height))
        at += wide + 2
    words = ", ".join(f"\u00a3{one.amount:,.2f} {one.label.lower()}" for one in seen)
    words = f"\u00a3{whole:,.2f} in {len(seen)} parts: {words}"
    return {"parts": parts, "words": words, "width": width, "height": height}
