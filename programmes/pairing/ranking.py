"""Everyone in order for one school: the best with reasons for and against, and why the others are not possible."""

from dataclasses import dataclass

from programmes.pairing.rules import first_broken, kept_out, kept_out_words
from programmes.pairing.values import cost, farthest, kilometres, metres, more, no_preference, ordinal, who_teach


@dataclass(frozen=True)
class Candidate:
    """A possible specialist teacher for one wish, with what speaks for and against them."""

    teacher: int
    metres: int | None
    reasons_for: list[str]
    reasons_against: list[str]


@dataclass(frozen=True)
class KeptOut:
    """How many others one rule keeps out, in words, and who they are."""

    rule: str
    count: int
    words: str
    teachers: list[int]


@dataclass(frozen=True)
class Ranking:
    best: list[Candidate]
    others: list[KeptOut]


def possible(wish, teachers, asking) -> list:
    """Whom the rules let through, nearest first; whose distance is not known come last."""
    found = [(metres(wish, teacher), teacher) for teacher in teachers if first_broken(wish, teacher, asking) is None]
    found.sort(key=lambda pair: (pair[0] is None, pair[0], pair[1].ref, pair[1].key))
    return [teacher for _, teacher in found]


def ranking(wish, teachers, asking) -> Ranking:
    """The possible ones, best first, and everyone else counted under the one rule that keeps them out."""
    near = possible(wish, teachers, asking)
    unknown = farthest([wish], near)
    order = sorted(near, key=lambda teacher: (cost(wish, teacher, unknown), near.index(teacher)))
    return Ranking(
        best=[
            Candidate(teacher.key, metres(wish, teacher), reasons_for(wish, teacher, near), against(wish, teacher))
            for teacher in order
        ],
        others=[
            KeptOut(rule, len(group), kept_out_words(rule, len(group)), [teacher.key for teacher in group])
            for rule, group in kept_out(wish, teachers, asking).items()
        ],
    )


def reasons_for(wish, teacher, near) -> list[str]:
    """Why this pair: how near among how many, what went before, and for how many more there is room."""
    reasons = [place_among(wish, teacher, near)] if metres(wish, teacher) is not None else []
    if wish.school in teacher.worked:
        reasons.append(f"worked together in {teacher.worked[wish.school]}")
    return [*reasons, *no_preference(wish, teacher), f"has room for {more(teacher.room)}"]


def place_among(wish, teacher, near) -> str:
    """Nearest of 7 who teach Year 5 writing and have room: 3.2 km."""
    far = metres(wish, teacher)
    if wish.school == teacher.school:
        return "in the same school: nobody travels"
    if len(near) == 1:
        return f"the only one with room{who_teach(wish, 1)}: {kilometres(far)}"
    before = sum(nearer(wish, other, far) for other in near)
    place = "nearest" if before == 0 else f"{ordinal(before + 1)} nearest"
    return f"{place} of {len(near)} with room{who_teach(wish, len(near))}: {kilometres(far)}"


def nearer(wish, teacher, far) -> bool:
    own = metres(wish, teacher)
    return own is not None and own < far


def against(wish, teacher) -> list[str]:
    """What a coordinator should know before accepting."""
    reasons = []
    if metres(wish, teacher) is None:
        whose = "this school" if wish.at is None else "the school of the specialist teacher"
        reasons.append(f"the distance is not known: the register does not say where {whose} is")
    return [*reasons, *teacher.against, *wish.against]
