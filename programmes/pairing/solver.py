"""The assignment: as many pairs as possible, and of all such assignments the cheapest."""

from dataclasses import dataclass

MOST_COST = 2**62


@dataclass(frozen=True)
class Edge:
    """A pair that is possible: the index of the wish, the index of the teacher, and what it costs."""

    wish: int
    teacher: int
    cost: int


class NoAssignment(Exception):
    """The solver gave no answer, which an assignment always has: the input is broken."""


def assign(places, room, edges) -> list[Edge]:
    """The chosen edges: most of them first, least cost second, the earlier wish with the earlier teacher last.

    `places` and `room` say how often each wish and each teacher may be chosen; a pair comes at most once. The answer
    depends on the order of wishes and teachers alone, so whoever calls puts them in order of their references.
    """
    from ortools.graph.python import min_cost_flow

    edges = sorted(edges, key=lambda edge: (edge.wish, edge.teacher))
    if not edges:
        return []
    source, sink = len(places) + len(room), len(places) + len(room) + 1
    weigh = weights(places, room, edges)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = [
        flow.add_arc_with_capacity_and_unit_cost(edge.wish, len(places) + edge.teacher, 1, weigh(edge))
        for edge in edges
    ]
    for wish, number in enumerate(places):
        flow.add_arc_with_capacity_and_unit_cost(source, wish, number, 0)
    for teacher, number in enumerate(room):
        flow.add_arc_with_capacity_and_unit_cost(len(places) + teacher, sink, number, 0)
    most = min(sum(places), sum(room))
    flow.set_node_supply(source, most)
    flow.set_node_supply(sink, -most)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise NoAssignment(f"min-cost flow ended with {status}")
    return [edge for edge, arc in zip(edges, arcs, strict=True) if flow.flow(arc)]


def weights(places, room, edges):
    """Costs from zero up, with room below each unit for the order of the references to decide between equals.

    The earlier wish goes to the earlier teacher: the product of their distances from the end is to be large, so what
    is missing to the largest product is the tie's weight. Where numbers would not fit, equals are left to the solver,
    which decides alike each time.
    """
    least = min(edge.cost for edge in edges)
    greatest = max(edge.cost for edge in edges) - least
    largest = len(places) * len(room)
    unit = 1 + largest * min(sum(places), sum(room))
    if (greatest + 1) * unit * (len(places) + len(room) + 4) > MOST_COST:
        return lambda edge: edge.cost - least
    return lambda edge: (edge.cost - least) * unit + largest - (len(places) - edge.wish) * (len(room) - edge.teacher)


def nearest_first(places, room, edges) -> list[Edge]:
    """What a patient person does by hand: again and again the cheapest pair that is still possible."""
    places, room, chosen = list(places), list(room), []
    for edge in sorted(edges, key=lambda edge: (edge.cost, edge.wish, edge.teacher)):
        if places[edge.wish] > 0 and room[edge.teacher] > 0:
            places[edge.wish] -= 1
            room[edge.teacher] -= 1
            chosen.append(edge)
    return chosen
