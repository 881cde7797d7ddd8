"""The arithmetic of money, on plain values: pounds as Decimal, to the penny."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO, PENNY = Decimal("0.00"), Decimal("0.01")


def pounds(value) -> Decimal:
    """To the penny, half a penny up."""
    return Decimal(value).quantize(PENNY, ROUND_HALF_UP)


def split(amount: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """The amount in parts by these shares, each in whole pence, together exactly the amount.

    The running totals are rounded, so that no part is a penny or more away from its exact share.
    """
    whole, parts, running, before = sum(shares), [], Decimal(0), ZERO
    if not whole:
        return [ZERO for _ in shares]
    for share in shares:
        running += share
        until = pounds(amount * running / whole)
        parts.append(until - before)
        before = until
    return parts


def planned_by_stage(required: Decimal, shares: Sequence[Decimal], named: Sequence[Decimal]) -> list[Decimal]:
    """What each stage pays of the required items: those named for it, and its share of all that no stage names.

    Together exactly `required`, where some stage has a share or every item is named.
    """
    rest = split(required - sum(named, ZERO), shares)
    return [part + own for part, own in zip(rest, named, strict=True)]


def adjustments(
    planned: Sequence[Decimal], fixed: Sequence[Decimal | None], returned: Decimal = ZERO
) -> tuple[list[Decimal], Decimal]:
    """What the stages that are still open pay more or less because those that are fixed paid something else than is
    planned by now, and what no open stage can take: below nothing where too much was paid.

    `fixed` has what each stage paid, None where it is open; `returned` what was given back of it since. An open stage
    never pays less than nothing: the rest goes to the next one.
    """
    difference = sum((plan - paid for plan, paid in zip(planned, fixed, strict=True) if paid is not None), returned)
    found = []
    for plan, paid in zip(planned, fixed, strict=True):
        taken = ZERO if paid is not None else max(difference, -plan)
        difference -= taken
        found.append(taken)
    return found, difference


def financial_year(day) -> int:
    """The calendar year in which the financial year of this day begins, on 1 April."""
    return day.year if day.month >= 4 else day.year - 1


def financial_year_words(year: int) -> str:
    """2026-27"""
    return f"{year}-{(year + 1) % 100:02}"
