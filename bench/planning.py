"""Generated programmes planned: how long it takes, what is left over, and what first-fit by hand would give."""

from bench.plans import broken_rules, cost_of, county, first_fit
from visits.planner import Outcome, solve

SIZES = (50, 200, 2_000)


def planning(seconds):
    solve(county(2))  # the solver is loaded once
    figures = {}
    for size in SIZES:
        problem = county(size)
        taken, results = seconds(lambda problem=problem: solve(problem))
        slots = {key: slot for result in results for key, slot in result.slots.items()}
        by_hand = first_fit(problem)
        broken = broken_rules(problem, slots)
        if broken:
            raise AssertionError(f"{len(broken)} rules broken, such as: {broken[0]}")
        outcomes = [result.outcome for result in results]
        title = f"{size:,} partnerships x 9 visits"
        figures |= {
            f"{title} (s)": taken,
            f"{title}: groups": ", ".join(
                f"{outcomes.count(outcome)} {outcome}" for outcome in Outcome if outcome in outcomes
            ),
            f"{title}: gap to the best possible": sum(result.gap for result in results),
            f"{title}: without a half-day": len(problem.needs) - len(slots),
            f"{title}: cost": cost_of(problem, slots),
            f"{title}: without one, first fit by hand": len(problem.needs) - len(by_hand),
            f"{title}: cost, first fit by hand": cost_of(problem, by_hand),
        }
    return figures
