"""Hiding small numbers from everyone but those who know the pupils anyway.

A block is hidden when few pupils stand behind it, or when all or none of a few did something. Totals are printed beside
their parts, so where the printed blocks give a hidden one away, more are hidden.

Whether they do is a question about flows. The table has a total, a block for each value of two features (subject and
year group) and one for each pair of values, a cell. Each count flows from the total through a subject, a cell and a
year group back to the total, and each block is an edge:

    top -- subject --> row -- cell --> column -- year group --> bottom -- total --> top

A hidden count can have a second value exactly when there is a ring of edges through it, all of them hidden, along which
every count can rise or fall by one and stay between nobody and everybody. Where there is none, the blocks of the
cheapest ring are hidden too; a block costs as much as pupils stand behind it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from pupils.figures import Block, Share

QUESTIONS = ("met_first", "met", "exceeded", "above")


def is_small(b: Block, hide_up_to: int = 5, hide_whole_up_to: int = 10) -> bool:
    """Whether this block alone would tell about single pupils. A block of nobody tells nothing."""
    if not b.n:
        return False
    if b.n <= hide_up_to:
        return True
    return b.n <= hide_whole_up_to and any(getattr(b, question).of in (0, b.n) for question in QUESTIONS)


def hide(b: Block) -> Block:
    """The block with its counts of places kept (completeness is never hidden) and every result taken out."""
    nothing = Share(None, b.n)
    return replace(b, **dict.fromkeys(QUESTIONS, nothing), mean_points=None, hidden=True)


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

    def given_away(self, hidden: set[frozenset]) -> set[frozenset]:
        """What has to be hidden besides, so that every hidden count can have a second value."""
        more = set()
        for question in QUESTIONS:
            asked = [cells for cells in hidden if getattr(self.blocks[cells], question).of is not None]
            flows = [Flow(self, question, hidden, together) for together in (False, True)]
            for cells in asked:
                rings = [ring for flow in flows for ring in flow.rings(cells)]
                more |= min(rings, key=lambda ring: ring[0])[1]
        return more


def room(b: Block, question: str, together: bool) -> tuple[int, int]:
    """By how much a cell's count can rise and fall, alone or together with the one it is tied to.

    Whoever exceeded the expectation has met it: the first count cannot rise above the second.
    """
    share = getattr(b, question)
    if share.of is None:
        return 0, 0
    if question not in {"met", "exceeded"} or None in (b.met.of, b.exceeded.of):
        return (0, 0) if together else (share.n - share.of, share.of)
    below, between, above = share.n - b.met.of, b.met.of - b.exceeded.of, b.exceeded.of
    if together:
        return below, above
    return (below, between) if question == "met" else (between, above)


class Flow:
    """The counts of one question as they flow through the table's edges."""

    def __init__(self, table: Table, question: str, hidden: set[frozenset], together: bool):
        self.edges = table.edges
        self.printed = {cells for cells, b in table.blocks.items() if getattr(b, question).of is not None} - hidden
        self.cost = {cells: b.n for cells, b in table.blocks.items()}
        self.rise, self.fall = {}, {}
        for edge in self.edges:
            rooms = [room(table.blocks[frozenset({cell})], question, together) for cell in edge.cells]
            self.rise[edge.cells] = sum(rise for rise, _ in rooms)
            self.fall[edge.cells] = sum(fall for _, fall in rooms)

    def rings(self, cells: frozenset) -> Iterable[tuple[int, frozenset]]:
        """The cheapest rings through this block, one where its count rises and one where it falls."""
        edge = next(edge for edge in self.edges if edge.cells == cells)
        if self.rise[cells]:
            yield self.cheapest_way(edge.head, edge.tail, edge)
        if self.fall[cells]:
            yield self.cheapest_way(edge.tail, edge.head, edge)

    def cheapest_way(self, start: tuple, goal: tuple, without: Edge) -> tuple[int, frozenset]:
        """What it costs to go from node to node, and what must be hidden for it (Dijkstra's algorithm).

        There always is a way: through a cell that has room, its column, the total and its row.
        """
        order = count()
        waiting, seen = [(0, next(order), start, frozenset())], set()
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
                    more = {edge.cells} & self.printed
                    price = cost + sum(self.cost[cells] for cells in more)
                    heappush(waiting, (price, next(order), edge.head if ahead else edge.tail, hiding | more))


def protect(
    blocks: Mapping[str, Block],
    made_of: Mapping[str, Iterable[tuple]],
    hide_up_to: int = 5,
    hide_whole_up_to: int = 10,
) -> dict[str, Block]:
    """The blocks as an outsider may see them: small ones hidden, and as many more as it takes that none follows.

    `made_of` says of which cells, such as (subject, year group), each block is the sum; each cell has a block too.
    """
    cells_of = {name: frozenset(made_of[name]) for name in blocks}
    table = Table({cells_of[name]: b for name, b in blocks.items()})
    hidden = {cells for cells, b in table.blocks.items() if is_small(b, hide_up_to, hide_whole_up_to)}
    while more := table.given_away(hidden) - hidden:
        hidden |= more
    return {name: hide(b) if cells_of[name] in hidden else b for name, b in blocks.items()}
