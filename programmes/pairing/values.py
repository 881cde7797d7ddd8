"""The plain values that pairing works on, and what is said of them."""

import math
from dataclasses import dataclass, field

# A pair that worked together before counts as this much nearer.
KNOWN_IS_WORTH = 5_000
ORDINALS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True)
class Wish:
    """What one partner school still asks for: so many partnerships (`places`) in a subject and a year group."""

    key: int
    ref: str
    school: int
    subject: str
    year_group: int | None
    places: int
    at: tuple[int, int] | None = None
    is_closed: bool = False
    against: tuple[str, ...] = ()

    @property
    def is_complete(self):
        return bool(self.subject) and self.year_group is not None

    @property
    def what(self):
        return f"Year {self.year_group} {self.subject}"


@dataclass(frozen=True)
class Teacher:
    """A specialist teacher: where from, what they teach, and for how many more partnerships they have room."""

    key: int
    ref: str
    school: int
    subjects: frozenset[str]
    year_groups: frozenset[int]
    room: int
    at: tuple[int, int] | None = None
    is_able: bool = True
    is_coming: bool = False  # not able yet, and will be: nominated
    against: tuple[str, ...] = ()
    paired: frozenset[int] = frozenset()  # schools of standing partnerships of this programme
    folded: frozenset[int] = frozenset()  # schools with which a pairing of this programme folded
    conflicts: frozenset[int] = frozenset()
    worked: dict[int, str] = field(default_factory=dict, hash=False)  # school -> the year in which it went well


def metres(wish, teacher) -> int | None:
    """The straight line between the two schools; None when the register does not say where one of them is."""
    if wish.school == teacher.school:
        return 0
    if wish.at is None or teacher.at is None:
        return None
    return round(math.dist(wish.at, teacher.at))


def farthest(wishes, teachers) -> int:
    """The longest distance that is known: as far an unknown one counts, so that nothing is gained by not knowing."""
    known = (metres(wish, teacher) for wish in wishes for teacher in teachers)
    return max((far for far in known if far is not None), default=0)


def cost(wish, teacher, unknown) -> int:
    """What a pair costs: its metres, less what working together before is worth."""
    far = metres(wish, teacher)
    return (unknown if far is None else far) - (KNOWN_IS_WORTH if wish.school in teacher.worked else 0)


def kilometres(far) -> str:
    """3.2 km, half up."""
    tenths = (far + 50) // 100
    return f"{tenths // 10:,}.{tenths % 10} km"


def ordinal(number) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number % 100 in {11, 12, 13} else ORDINALS.get(number % 10, "th")
    return f"{number}{ending}"


def more(number, word="partnership") -> str:
    return f"{number} more {word}{'' if number == 1 else 's'}"
