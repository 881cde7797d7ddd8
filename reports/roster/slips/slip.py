"""What a slip is, and the words that all kinds of it share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, cached_property

from django.db.models import Model
from django.urls import reverse

from accounts.addresses import address_of
from programmes.models import Partnership, academic_year


class Waits(StrEnum):
    COORDINATOR = "coordinator"
    TEACHER = "teacher"
    HEAD = "head"
    OTHER = "other"


@dataclass(frozen=True)
class Act:
    """What the coordinator does about it, and where."""

    label: str
    url: str


@dataclass(frozen=True)
class Slip:
    """`what` and `more` are one sentence; `mail` says the same to the person, where that must be in other words."""

    what: str
    more: str
    since: date
    age: int  # school days
    waits: frozenset
    kind: str = ""
    is_due: bool = True  # its day is past; what has no day is no more urgent for being old
    people: tuple = ()  # who can do it, and can sign in
    at: tuple = ()  # the name of the page where they do it, and its arguments
    act: Act | None = None
    mail: str = ""
    about: Model | None = field(default=None, compare=False)

    @property
    def words(self):
        return f"{self.what}{self.more}"

    @cached_property
    def url(self):
        """Worked out where it is shown: a county has hundreds of slips, and few of them in a mail."""
        match self.at:
            case ():
                return ""
            case (name, int(pk)):
                return address_of(name, pk)
            case (name, *args):
                return reverse(name, args=args)


@dataclass(frozen=True)
class Kind:
    key: str
    label: str
    rule: str  # when a partnership slips, for whoever asks
    find: Callable[..., Iterator[tuple[Partnership, Slip]]]


def urgency(slip):
    return (not slip.is_due, -slip.age if slip.is_due else 0)


def school_days(number):
    return f"{number} school day{'' if number == 1 else 's'}"


def late(number):
    """18 school days late; only late, when it was due at the end of last week."""
    return f"{school_days(number)} late" if number else "late"


def for_days(number, otherwise=""):
    return f", {school_days(number)}" if number else otherwise


def day_words(day, facts):
    """13 January, and the year where it is not in this academic year."""
    first, last = academic_year(facts.today)
    return written(day, first <= day <= last)


@cache
def written(day, is_of_this_year):
    return f"{day:%-d %B}" if is_of_this_year else f"{day:%-d %B %Y}"
