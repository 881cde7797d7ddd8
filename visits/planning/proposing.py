"""What the worker does for a plan: read, solve group by group, and keep what was found as raw values.

Names and words are made when somebody looks at it, so that a plan keeps ids, days and numbers alone.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

from jobs.work import CannotBeDone
from visits.planner import Blocker, Outcome, Problem, Result, Rule, day_of, solve, week_of
from visits.planner.solver import groups
from visits.planner.values import Relaxation, Why, half_day_of_week
from visits.planning.faults import faults_of
from visits.planning.reading import Read, read


def read_for(plan, reader=None, today=None) -> Read:
    """The rows as this plan asks for them."""
    return read(
        plan.programme,
        partnerships=plan.partnerships or None,
        moves=plan.moves,
        only_standing=bool(plan.asking.get("away")),
        only_required=bool(plan.asking.get("only_required")),
        reader=reader,
        today=today,
    )


def propose(plan):
    """Work the plan out; what was found before somebody stopped it is kept."""
    if wrong := [fault.text for fault in faults_of(plan.programme) if fault.stops]:
        raise CannotBeDone(wrong[0][:300])
    got = read_for(plan, plan.ordered_by)
    problem = to_plan(got.problem)

    def told(done, total):
        plan.progress(done, total)
        return not type(plan).objects.filter(pk=plan.pk, stop_asked=True).exists()

    told(0, len(groups(problem)))
    plan.finish(result=kept(got, problem, planned(problem, told)))


def planned(problem: Problem, told: Callable[[int, int], bool]) -> list[Result]:
    """Every group planned, in one go that says how far it is; where `told` answers False no further group is begun.

    A visit that stands and finds no possible half-day is not cancelled by a plan: it stays where it is, and its group
    is planned once more around it, with the reasons of the first time. A group whose turn for that does not come any
    more had no turn at all: its first plan goes by a half-day that is not free.
    """
    standing = {need.key for need in problem.needs if need.stands is not None}
    stuck, unproven, why, results = set(), set(), {}, []
    done, total, goes_on = 0, 0, True

    def hear(result):
        nonlocal done, goes_on
        done += 1
        goes_on = told(done, total)
        return goes_on

    waiting = problem
    while waiting.needs and goes_on:
        total = done + len(groups(waiting))
        again = set()
        for result in solve(waiting, told=hear):
            why |= {reason.need: reason for reason in result.reasons}
            if result.outcome == Outcome.FOUND:
                unproven.update(result.needs)
            if fresh := standing.intersection(result.missing) - stuck:
                stuck |= fresh
                again.update(result.needs)
            else:
                results.append(result)
        needs = [replace(need, is_locked=need.is_locked or need.key in stuck) for need in problem.needs]
        waiting = replace(problem, needs=tuple(need for need in needs if need.key in again))
    return [around(result, stuck, why, is_proven=unproven.isdisjoint(result.needs)) for result in results]


def around(result: Result, stuck, why, *, is_proven) -> Result:
    """The plan of a group with what stays for want of a half-day said of it."""
    missing = tuple(key for key in result.needs if key in stuck or key in result.missing)
    return replace(
        result,
        outcome=Outcome.FOUND if not is_proven else Outcome.IMPOSSIBLE if missing else Outcome.PROVEN,
        slots={key: slot for key, slot in result.slots.items() if key not in stuck},
        missing=missing,
        reasons=tuple(why[key] for key in missing),
    )


def to_plan(problem: Problem) -> Problem:
    """The groups in which something may move: the others stay as they are, and need no thought."""
    found = [need for group in groups(problem) if not all(need.is_locked for need in group) for need in group]
    return replace(problem, needs=tuple(sorted(found, key=lambda need: need.key)))


def kept(got: Read, problem: Problem, results) -> dict:
    slots = {key: slot for result in results for key, slot in result.slots.items()}
    tried = {key for result in results for key in result.needs}
    open_needs = [need for need in problem.needs if not need.is_locked]
    may_move = {need.key for need in open_needs}
    visits = [
        {
            "slug": got.asked[need.key].slug,
            "partnership": got.asked[need.key].partnership.pk,
            "visit": got.asked[need.key].visit and got.asked[need.key].visit.pk,
            "stands": need.stands,
            "to": slots.get(need.key),
            "tried": need.key in tried,
        }
        for need in open_needs
    ]
    return {
        "today": problem.today.isoformat(),
        "counts": Counter(map(state_of, visits)),
        "groups": [
            {
                "outcome": result.outcome,
                "visits": [got.asked[key].slug for key in result.needs if key in may_move],
                "missing": len(result.missing),
                "gap": result.gap,
            }
            for result in results
        ],
        "visits": visits,
        "reasons": {got.asked[why.need].slug: as_json(why) for result in results for why in result.reasons},
        "wishes": wishes(problem, {need.key: slots[need.key] for need in open_needs if need.key in slots}),
        "cost": sum(result.cost for result in results),
    }


PLACED, MOVED, STAYS, MISSING, UNTRIED = "placed", "moved", "stays", "missing", "untried"
STUCK = "stuck"  # it stands where it should not, finds no other half-day, and stays


def state_of(row) -> str:
    """What becomes of one visit of a proposal."""
    if not row["tried"]:
        return UNTRIED
    if row["to"] is None:
        return MISSING if row["stands"] is None else STUCK
    if row["stands"] is None:
        return PLACED
    return STAYS if row["to"] == row["stands"] else MOVED


def wishes(problem: Problem, slots) -> dict:
    """How far the wishes are met, as numbers that can be put beside those of another plan."""
    needs = {need.key: need for need in problem.needs}
    asked = [
        half_day_of_week(slot) in problem.preferred[person]
        for key, slot in slots.items()
        for person in needs[key].people
        if person in problem.preferred
    ]
    weekdays = {(needs[key].partnership, day_of(slot).weekday()) for key, slot in slots.items()}
    days = defaultdict(list)
    for key, slot in slots.items():
        for person in needs[key].people:
            days[person, day_of(slot)].append(needs[key])
    return {
        "preferred": sum(asked),
        "preferences": len(asked),
        "edges": sum(week_of(slot) in problem.edge_weeks for slot in slots.values()),
        "weekdays": len(weekdays),
        "partnerships": len({needs[key].partnership for key in slots}),
        "together": sum(on_one_day(problem, there) for there in days.values()),
        "from_middle": sum(abs(slot - needs[key].middle) // 2 for key, slot in slots.items()),
    }


def on_one_day(problem, needs) -> bool:
    """Whether a person travels to two partnerships whose schools are near each other, or the same."""
    travels = [need for need in needs if any(school != need.host for _, school in need.out)]
    return any(
        one.partnership != other.partnership
        and (one.host == other.host or frozenset((one.host, other.host)) in problem.near)
        for one, other in itertools.combinations(travels, 2)
    )


# Reasons as raw values ------------------------------------------------------------------------------------------------


def as_json(why: Why) -> dict:
    return {
        "counts": [[blocker.rule, blocker.owner, blocker.words, n] for blocker, n in sorted(why.counts.items())],
        "culprits": [[way.rule, way.owner, way.what, way.slot] for way in why.culprits],
        "yields": why.yields,
    }


def as_why(key, given) -> Why:
    return Why(
        key,
        {Blocker(Rule(rule), owner, words): n for rule, owner, words, n in given["counts"]},
        tuple(Relaxation(Rule(rule), owner, what, slot) for rule, owner, what, slot in given["culprits"]),
        given["yields"],
    )
