"""The hard rules: which pairs are possible, and which rule stands in the way of the others."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """In the order in which they are named: of several that are broken the first is said."""

    CONFLICT = "conflict"
    ABLE = "able"
    OWN_SCHOOL = "own school"
    PAIRED = "paired"
    FOLDED = "folded"
    UNKNOWN = "unknown"
    SUBJECT = "subject"
    YEAR_GROUP = "year group"
    ROOM = "room"
    REFUSED = "refused"


# What is said of a group of specialist teachers whom the rule keeps out, after their number: of many, and of one where
# that is said otherwise.
KEPT_OUT = {
    Rule.CONFLICT: "declared a conflict of interest with this school",
    Rule.ABLE: "cannot start: nominated only, withdrawn or completed",
    Rule.OWN_SCHOOL: "of this school itself: pairs inside one school come only when you ask for them",
    Rule.PAIRED: "paired with this school already",
    Rule.FOLDED: "paired with this school earlier this year, and it folded",
    Rule.UNKNOWN: "have no subject or no year group entered",
    Rule.SUBJECT: "teach other subjects",
    Rule.YEAR_GROUP: "teach the subject in other year groups",
    Rule.ROOM: "teach it and have no room left",
    Rule.REFUSED: "rejected by you for this school",
}

KEPT_OUT_ONE = {
    Rule.UNKNOWN: "has no subject or no year group entered",
    Rule.SUBJECT: "teaches other subjects",
    Rule.YEAR_GROUP: "teaches the subject in other year groups",
    Rule.ROOM: "teaches it and has no room left",
}


def kept_out_words(rule, number) -> str:
    return KEPT_OUT_ONE.get(rule, KEPT_OUT[rule]) if number == 1 else KEPT_OUT[rule]


# What it would take to pair them all the same; a rule that is not here is never relaxed.
RELAXED = {
    Rule.ABLE: "is nominated and could start once recruited",
    Rule.OWN_SCHOOL: "is of this school: ask for pairs inside one school",
    Rule.SUBJECT: "teaches this year group, but another subject",
    Rule.YEAR_GROUP: "teaches the subject, but in other year groups",
    Rule.ROOM: "teaches it, and would have to take one more partnership",
    Rule.REFUSED: "is possible, and was rejected by you",
}


@dataclass(frozen=True)
class Asking:
    """How the coordinator asks: pairs inside one school or not, and which pairs they rejected or keep."""

    own_school: bool = False
    refused: frozenset[tuple[int, int]] = frozenset()  # (wish, teacher)
    kept: frozenset[tuple[int, int]] = frozenset()


def broken(wish, teacher, asking):
    """The rules that this pair breaks, one after the other, in the order of `Rule`."""
    if wish.school in teacher.conflicts:
        yield Rule.CONFLICT
    if not teacher.is_able:
        yield Rule.ABLE
    if not asking.own_school and wish.school == teacher.school:
        yield Rule.OWN_SCHOOL
    if wish.school in teacher.paired:
        yield Rule.PAIRED
    if wish.school in teacher.folded:
        yield Rule.FOLDED
    if not teacher.subjects or not teacher.year_groups:
        yield Rule.UNKNOWN
    else:
        if not wish.suits_subject(teacher):
            yield Rule.SUBJECT
        if not wish.suits_year_group(teacher):
            yield Rule.YEAR_GROUP
    if teacher.room < 1:
        yield Rule.ROOM
    if (wish.key, teacher.key) in asking.refused:
        yield Rule.REFUSED


def first_broken(wish, teacher, asking) -> Rule | None:
    return next(broken(wish, teacher, asking), None)


def is_open(wish) -> bool:
    """Whether anybody can be looked for: the school is open and wants somebody."""
    return not wish.is_closed and wish.places > 0


def kept_out(wish, teachers, asking) -> dict[Rule, list]:
    """Everyone who is not possible, under the first rule that keeps them out, in the order of the rules."""
    groups = {rule: [] for rule in Rule}
    for teacher in teachers:
        if rule := first_broken(wish, teacher, asking):
            groups[rule].append(teacher)
    return {rule: group for rule, group in groups.items() if group}


def can_be_relaxed(rules, teacher) -> bool:
    """Whether one rule alone stands in the way, and a person may decide to relax it."""
    if len(rules) != 1 or rules[0] not in RELAXED:
        return False
    return rules[0] != Rule.ABLE or teacher.is_coming
