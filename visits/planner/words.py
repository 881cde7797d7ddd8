"""The reasons of the planner in the words of whoever reads them: which rule, whose calendar, what would help."""

from collections.abc import Mapping
from dataclasses import dataclass

from papers.templatetags.plain import listed
from programmes.models.week import DAYS, HALVES
from visits.planner.values import MORNING, Blocker, Need, Relaxation, Rule, Why, day_of, slot_of, words_of_slot

HALF_DAYS = [f"{day} {half}s" for day in DAYS.values() for half in HALVES.values()]


@dataclass(frozen=True)
class Names:
    """What people, schools and visits are called, by id."""

    people: Mapping[int, str]
    schools: Mapping[int, str]
    visits: Mapping[int, str]


def number(n, what):
    return f"{n} {what}{'' if n == 1 else 's'}"


def ruled_out(why: Why, names: Names) -> list[tuple[Blocker, int, str]]:
    """What keeps how many half-days of the window from being used, the most first, with the words for it."""
    found = {}
    for blocker, n in sorted(why.counts.items()):
        words = cause(blocker, names)
        first, number = found.get(words, (blocker, 0))
        found[words] = first, number + n
    counts = sorted(found.items(), key=lambda item: -item[1][1])
    return [(blocker, n, words) for words, (blocker, n) in counts]


ALREADY = {
    Rule.WEEK: "{person} is out {times} that week already",
    Rule.TERM: "{person} is out {times} that term already",
    Rule.CEILING: "the class of {person} may lose no more than {times}",
}


def cause(blocker: Blocker, names: Names) -> str:
    person, school = names.people.get(blocker.owner, ""), names.schools.get(blocker.owner, "")
    if blocker.rule in ALREADY:
        return ALREADY[blocker.rule].format(person=person, times=half_days(blocker.words))
    said = f" ({blocker.words})" if blocker.words else ""
    return {
        Rule.PAST: "passed",
        Rule.SOON: "too soon to find cover",
        Rule.HOLIDAY: f"{school} is on holiday",
        Rule.INSET: f"{school} has an INSET day",
        Rule.CLOSED: f"{school} is closed{said}",
        Rule.NO_GO: f"{school} lets nobody go{said}",
        Rule.NOT_RELEASED: f"{person} is not released",
        Rule.PPA: f"{person} has PPA",
        Rule.CLASS: f"{person} does not teach the class the subject",
        Rule.AWAY: f"{person} is away{said}",
        Rule.BUSY: f"{person} is booked{said}",
        Rule.COVER: f"{school} has nobody left to cover",
        Rule.GAP: blocker.words,
    }[blocker.rule]


def smallest_thing(why: Why, need: Need, names: Names) -> str:
    """One sentence: what would have to give way, and which half-day the visit would have then."""
    if not why.culprits:
        return "Nothing that could give way is enough: look at the window and at who comes."
    ways = listed([relaxed(way, need, names) for way in why.culprits])
    return f"It could be on {words_of_slot(why.yields)} if {ways}."


def relaxed(way: Relaxation, need: Need, names: Names) -> str:
    person, school = names.people.get(way.owner, ""), names.schools.get(way.owner, "")
    said = f" ({way.what})" if way.what else ""
    day = f"{day_of(way.slot):%A %-d %B}" if way.slot is not None else ""
    match way.rule:
        case Rule.WINDOW:
            weeks, before = number(int(way.what), "week"), way.slot < slot_of(need.first, MORNING)
            return f"its window began {weeks} earlier" if before else f"its window ended {weeks} later"
        case Rule.NOT_RELEASED:
            return f"{person} were released on {HALF_DAYS[int(way.what)]}"
        case Rule.CLASS:
            return f"{person} taught the class the subject on {HALF_DAYS[int(way.what)]}"
        case Rule.CLOSED:
            return f"{school} were open on {day}{said}"
        case Rule.NO_GO:
            return f"{school} let people go on {day}{said}"
        case Rule.AWAY:
            return f"{person} were back on {day}{said}"
        case Rule.BUSY:
            return f"{person} were free on {day}{said}"
        case Rule.GAP:
            return f"the days between it and the visit before were others ({way.what} now)"
        case Rule.WEEK:
            return f"{person} could be out more than {half_days(way.what)} in the week of {day}"
        case Rule.TERM:
            return f"{person} could be out more than {half_days(way.what)} in that term"
        case Rule.CEILING:
            return f"the class of {person} could lose more than {half_days(way.what)}"
        case Rule.COVER:
            return f"{school} could cover more than {way.what} at once on {day}"
    raise ValueError(f"{way.rule} never gives way")


def half_days(text):
    return number(int(text), "half-day")
