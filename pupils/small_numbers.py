"""Hiding small numbers from everyone but those who know the pupils anyway.

A block is hidden when few pupils stand behind it, or when all or none of a few did something. Totals are printed beside
their parts, so where the printed figures give a hidden one away, more are hidden: of other blocks only the answers
that would tell.

Whether they do is a question about flows. The table has a total, a block for each value of two features (subject and
year group) and one for each pair of values, a cell. Each count, and the sum of the points, flows from the total through
a subject, a cell and a year group back to the total, and each block is an edge:

    top -- subject --> row -- cell --> column -- year group --> bottom -- total --> top

A hidden figure can have a second value exactly when there is a ring of edges through it, all of them hidden, along
which every figure can rise or fall by one and stay between nobody and everybody. Where there is none, the cheapest ring
is hidden too: without the total where that is possible, else with the fewest sums, else with the fewest pupils. On such
a ring every figure has a second value, so that one ring for each small block is enough.

Each question is protected by itself. That is enough where a scale has grades to spare: another pupil's grades can make
up for whatever one figure has to do with the others. On a scale of a few grades they cannot, and the mean tells who met
the level: there a block that hides one answer hides them all, each of these has a ring of its own, and where anything
is hidden no mean is printed at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from pupils.figures import Block, Share

SHARES = ("met_first", "met", "exceeded", "above")
QUESTIONS = (*SHARES, "points")
FEW_GRADES = 7
TIED = {"met": ("met", "exceeded"), "exceeded": ("met", "exceeded")}
NOTHING = (0, 0, 0)


def is_small(b: Block, hide_up_to: int = 5, hide_whole_up_to: int = 10) -> bool:
    """Whether this block alone would tell about single pupils. A block of nobody tells nothing."""
    if not b.n:
        return False
    if b.n <= hide_up_to:
        return True
    return b.n <= hide_whole_up_to and any(getattr(b, question).of in (0, b.n) for question in SHARES)


def answered(b: Block, question: str) -> bool:
    return (b.mean_points if question == "points" else getattr(b, question).of) is not None


def hide(b: Block, questions: Iterable[str] = QUESTIONS) -> Block:
    """The block without these answers; the counts of places (completeness) stay, and so does what never applied."""
    taken = [question for question in questions if answered(b, question)]
    changes = {question: Share(None, b.n, hidden=True) for question in taken if question != "points"}
    if "points" in taken:
        changes |= {"mean_points": None, "mean_hidden": True}
    return replace(b, **changes)


def beside_own(everyone: Block, rests: Iterable[Block], *thresholds: int) -> Block:
    """The block of all, for a reader who knows some of the pupils and is left with one of `rests` without them."""
    small = any(is_small(b, *thresholds) for b in (everyone, *rests))
    return hide(everyone) if small else everyone


class Edge(NamedTuple):
    """A block of the table in the flow, as the set of its cells."""

    tail: tuple
    head: tuple
    cells: frozenset


def edges_of(cells: frozenset) -> list[Edge]:
    """In one order for ever: a page and an export that chose between two equal rings would tell both."""

    def those(place, value):
        return frozenset(cell for cell in cells if cell[place] == value)

    return [
        Edge(("bottom",), ("top",), cells),
        *(Edge(("top",), ("row", row), those(0, row)) for row in sorted({row for row, _ in cells})),
        *(Edge(("row", row), ("column", column), frozenset({(row, column)})) for row, column in sorted(cells)),
        *(Edge(("column", column), ("bottom",), those(1, column)) for column in sorted({col for _, col in cells})),
    ]


class Table:
    """The blocks by their cells. Blocks of the same cells are one: with a single subject it is the total as well."""

    def __init__(self, blocks: Mapping[frozenset, Block]):
        self.blocks = blocks
        self.edges = edges_of(frozenset().union(*blocks))
        if strange := blocks.keys() - {edge.cells for edge in self.edges}:
            raise ValueError(f"{len(strange)} blocks are neither a cell, a row, a column nor the total")

    def hidden_with(self, small: set[frozenset]) -> dict[str, set[frozenset]]:
        """For each question the blocks that must not answer it, so that every hidden figure can have a second value."""
        hidden = {question: set(small) for question in QUESTIONS}
        in_order = dict.fromkeys(edge.cells for edge in self.edges if edge.cells in small)
        in_order = sorted(in_order, key=len, reverse=True)  # the ring of a sum often serves its cells too
        for question in QUESTIONS:
            for cells in in_order:
                if not answered(self.blocks[cells], question):
                    continue
                ways = [(question,), *([TIED[question]] if question in TIED else [])]
                rings = [(ring, moved) for moved in ways for ring in Flow(self, moved, hidden).rings(cells)]
                (_, more), moved = min(rings, key=lambda found: found[0][0])
                for each in moved:
                    hidden[each] |= more
        return hidden


def room(b: Block, moved: tuple[str, ...]) -> tuple[int, int]:
    """By how much a cell's figure can rise and fall, alone or together with the one it is tied to.

    Whoever exceeded the expectation has met it: the first count cannot rise above the second. A pupil's points can be
    more as well as fewer.
    """
    if moved == ("points",):
        return (0, 0) if b.mean_points is None else (b.n, b.n)
    shares = [getattr(b, question) for question in moved]
    if any(share.of is None for share in shares):
        return 0, 0
    if moved[0] not in TIED or None in (b.met.of, b.exceeded.of):
        return b.n - shares[0].of, shares[0].of
    below, between, above = b.n - b.met.of, b.met.of - b.exceeded.of, b.exceeded.of
    if len(moved) > 1:
        return below, above
    return (below, between) if moved == ("met",) else (between, above)


class Flow:
    """The figures of one question, or of two that move together, as they flow through the table's edges."""

    def __init__(self, table: Table, moved: tuple[str, ...], hidden: Mapping[str, set[frozenset]]):
        self.edges = table.edges
        everything = table.edges[0].cells
        self.cost, self.rise, self.fall = {}, {}, {}
        for cells, b in table.blocks.items():
            printed = sum(answered(b, question) and cells not in hidden[question] for question in moved)
            if printed:
                self.cost[cells] = (printed * (cells == everything), printed * (len(cells) > 1), printed * b.n)
        for edge in self.edges:
            rooms = [room(table.blocks[frozenset({cell})], moved) for cell in edge.cells]
            self.rise[edge.cells] = sum(rise for rise, _ in rooms)
            self.fall[edge.cells] = sum(fall for _, fall in rooms)

    def rings(self, cells: frozenset) -> Iterable[tuple[tuple, frozenset]]:
        """The cheapest rings through this block, one where its figure rises and one where it falls."""
        edge = next(edge for edge in self.edges if edge.cells == cells)
        if self.rise[cells]:
            yield self.cheapest_way(edge.head, edge.tail, edge)
        if self.fall[cells]:
            yield self.cheapest_way(edge.tail, edge.head, edge)

    def cheapest_way(self, start: tuple, goal: tuple, without: Edge) -> tuple[tuple, frozenset]:
        """What it costs to go from node to node, and what must be hidden for it (Dijkstra's algorithm).

        There always is a way: through a cell that has room, its column, the total and its row.
        """
        order = count()
        waiting, seen = [(NOTHING, next(order), start, frozenset())], set()
        while True:
            cost, _, node, hiding = heappop(waiting)
            if node == goal:
                return cost, hiding
            if node in seen:
                continue
            seen.add(node)
            for edge in self.edges:
                ahead = edge.tail == node and self.rise[edge.cells]
                back = edge.head == node and self.fall[edge.cells]
                if edge is not without and (ahead or back):
                    price = tuple(map(sum, zip(cost, self.cost.get(edge.cells, NOTHING), strict=True)))
                    more = hiding | ({edge.cells} & self.cost.keys())
                    heappush(waiting, (price, next(order), edge.head if ahead else edge.tail, more))


def protect(
    blocks: Mapping[str, Block],
    made_of: Mapping[str, Iterable[tuple]],
    hide_up_to: int = 5,
    hide_whole_up_to: int = 10,
    few_grades: bool = False,
) -> dict[str, Block]:
    """The blocks as an outsider may see them: small ones hidden, and more answers until none of them follows.

    `made_of` says of which cells, such as (subject, year group), each block is the sum; each cell has a block too.
    `few_grades`: the scale has up to FEW_GRADES grades.
    """
    cells_of = {name: frozenset(made_of[name]) for name in blocks}
    table = Table({cells_of[name]: b for name, b in blocks.items()})
    small = {cells for cells, b in table.blocks.items() if is_small(b, hide_up_to, hide_whole_up_to)}
    hidden = table.hidden_with(small)
    while few_grades and len(set(map(frozenset, hidden.values()))) > 1:
        hidden = table.hidden_with(set().union(*hidden.values()))  # every answer of these needs a ring of its own
    if few_grades and any(hidden.values()):
        hidden["points"] = set(table.blocks)
    return {
        name: hide(b, [question for question in QUESTIONS if cells_of[name] in hidden[question]])
        for name, b in blocks.items()
    }
