"""Hiding small numbers from everyone but those who know the pupils anyway.

A block is hidden when few pupils stand behind it, or when all or none of a few did something. Since totals are printed
beside their parts, a block that the printed ones give away is hidden too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from pupils.figures import Block, Share


def is_small(b: Block, hide_up_to: int = 5, hide_whole_up_to: int = 10) -> bool:
    """Whether this block alone would tell about single pupils. A block of nobody tells nothing."""
    if not b.n:
        return False
    if b.n <= hide_up_to:
        return True
    shares = (b.met_first, b.met, b.exceeded, b.above)
    return b.n <= hide_whole_up_to and any(share.of in (0, b.n) for share in shares)


def hide(b: Block) -> Block:
    """The block with its counts of places kept (completeness is never hidden) and every result taken out."""
    nothing = Share(None, b.n)
    return replace(b, met_first=nothing, met=nothing, exceeded=nothing, above=nothing, mean_points=None, hidden=True)


def given_away(made_of: Mapping[str, frozenset], hidden: set[str]) -> set[str]:
    """The hidden blocks whose counts follow from the printed ones by adding and subtracting.

    `made_of` says of which smallest parts each block is the sum. A hidden block follows when its row of parts is a
    combination of the rows of printed blocks (exact elimination over fractions).
    """
    parts = sorted(set().union(*made_of.values()), key=str) if made_of else []
    basis = []  # rows in echelon form: (pivot, row)

    def reduce(row):
        for pivot, base in basis:
            if row[pivot]:
                factor = row[pivot]
                row = [value - factor * other for value, other in zip(row, base, strict=True)]
        return row

    for name, of in made_of.items():
        if name not in hidden:
            row = reduce([Fraction(part in of) for part in parts])
            pivot = next((place for place, value in enumerate(row) if value), None)
            if pivot is not None:
                basis.append((pivot, [value / row[pivot] for value in row]))
    return {name for name in hidden if not any(reduce([Fraction(part in made_of[name]) for part in parts]))}


def protect(
    blocks: Mapping[str, Block],
    made_of: Mapping[str, Iterable],
    hide_up_to: int = 5,
    hide_whole_up_to: int = 10,
) -> dict[str, Block]:
    """The blocks as an outsider may see them: small ones hidden, and as many more as it takes that none follows.

    The next one hidden is always the smallest printed block that shares a part with one that is given away.
    """
    parts = {name: frozenset(of) for name, of in made_of.items()}
    hidden = {name for name, b in blocks.items() if is_small(b, hide_up_to, hide_whole_up_to)}
    while exposed := given_away(parts, hidden):
        touching = [
            name
            for name in blocks
            if name not in hidden and blocks[name].n and any(parts[name] & parts[other] for other in exposed)
        ]
        if not touching:
            break
        hidden.add(min(touching, key=lambda name: (blocks[name].n, name)))
    return {name: hide(b) if name in hidden else b for name, b in blocks.items()}
