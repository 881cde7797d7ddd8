"""Where words arrive: one page's sheet, as the views that keep any sheet need it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from desks.models import Sheet
from desks.services import Cell, Outcome

SEE_BESIDE = "This was locked meanwhile, so what you typed did not go into it. Your words are kept beside it."


NO_TICKS = re.compile(r"(?!)")


def nothing_to_say(name, text):
    return ""


def only_wrote(outcome):
    return ""


def as_posted(data):
    return data


@dataclass(frozen=True)
class Desk:
    """A sheet at which a person writes. `known` matches the names of its boxes.

    `write(cells, client)` keeps what was typed in it. Where `apart` says why nothing can be written in it, what arrives
    is kept beside it by `keep_apart(cells, client)`, and the person reads that sentence.
    """

    name: str  # what the page is called, in the middle of a sentence: "record of 10 November"
    sheet: Callable[[], Sheet | None]  # as it stands; None where none is begun, or where it is not theirs to read
    known: re.Pattern
    write: Callable[[list[Cell], UUID], list[Outcome]]
    keep_apart: Callable[[list[Cell], UUID], None]
    boxes: Callable[[], list]  # those of the page, by which two texts are named
    write_url: str
    read_url: str
    apart: str = ""
    fixed: str = SEE_BESIDE  # the sentence for a text that came for a locked box
    problem: Callable[[str, str], str] = nothing_to_say
    did: Callable[[Outcome], str] = only_wrote  # what somebody else did to the box, where they have not written in it
    ticks: re.Pattern = NO_TICKS  # the names of boxes that hold a tick
    given: Callable = as_posted  # what was posted -> that with what a button of the page fills in

    def box_of(self, name):
        return next((box for box in self.boxes() if box.field == name), None)

    def label_of(self, name):
        box = self.box_of(name)
        return box.label if box else name.replace("-", " ").capitalize()
