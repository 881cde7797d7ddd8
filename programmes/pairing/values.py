"""The plain values that pairing works on, and what is said of them."""

import math
from dataclasses import dataclass, field

from papers.templatetags.plain import listed, year_words
from programmes.subjects import wanted_in_words

# A pair that worked together before counts as this much nearer.
KNOWN_IS_WORTH = 5_000
ORDINALS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True)
class Wish:
    """What one partner school still asks for: so many partnerships (`places`) in a subject and a year group.

    A school that names no subject or no year group takes any of those that the programme has.
    """

    key: int
    ref: str
    school: int
    subject: str
    year_group: int | None
    places: int
    at: tuple[int, int] | None = None
    is_closed: bool = False
    against: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()  # of the programme; none said is any at all
    year_groups: frozenset[int] = frozenset()

    @property
    def what(self):
        return wanted_in_words(self.subject, self.year_group)

    @property
    def taught(self):
        """What somebody must teach for it; nothing where the school takes whatever they teach."""
        if not self.subject:
            return "" if self.year_group is None else year_words(self.year_group)
        return self.subject if self.year_group is None else self.what

    def suits_subject(self, teacher) -> bool:
        if self.subject:
            return self.subject.casefold() in teacher.subjects
        return not self.subjects or bool(self.subjects & teacher.subjects)

    def suits_year_group(self, teacher) -> bool:
        if self.year_group is not None:
            return self.year_group in teacher.year_groups
        return not self.year_groups or bool(self.year_groups & teacher.year_groups)


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


def who_teach(wish, number) -> str:
    """Of one " who teaches Year 5 maths"; nothing where the school takes whatever they teach."""
    return f" who {'teaches' if number == 1 else 'teach'} {wish.taught}" if wish.taught else ""


def no_preference(wish, teacher) -> list[str]:
    """Where the school names no subject or no year group, what this specialist teacher would bring."""
    words = []
    if not wish.subject:
        subjects = sorted(teacher.subjects & wish.subjects or teacher.subjects)
        words.append(f"the school takes any subject: teaches {listed(subjects)}")
    if wish.year_group is None:
        years = sorted(teacher.year_groups & wish.year_groups or teacher.year_groups)
        words.append(f"the school takes any year group: teaches Year{'' if len(years) == 1 else 's'} {listed(years)}")
    return words
