"""The rows of the year planner: a partnership each, with its visits in their weeks, its closures and its pauses."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from papers.templatetags.plain import listed, plural_count
from programmes.models import PartnershipStep, SchoolClosure
from programmes.models.week import DAYS, in_week_order
from visits.planner.values import day_of
from visits.year_planner.chips import Chip, State

SHORT_ENOUGH = 8


@dataclass
class Cell:
    """One week of one partnership. `closed` is what closes the school, in a word, and `closed_in_full` in more."""

    column: object
    chips: list[Chip] = field(default_factory=list)
    slots: list = field(default_factory=list)
    closed: str = ""
    closed_in_full: str = ""
    is_window: bool = False
    is_plain: bool = True  # nothing to draw; most are, so the template asks no more of them
    place: str = ""

    def settle(self):
        """Once everything is in it."""
        self.is_plain = not (self.chips or self.slots or self.closed or self.is_window)
        self.place = "off" if self.column.is_break else "now" if self.column.is_now else ""


@dataclass
class Row:
    partnership: object
    cells: list[Cell]
    done: int  # signed off
    without: int  # have no half-day
    number: int
    paused: tuple[str, str] = ()
    paused_width: int = 0
    is_chosen: bool = False


@dataclass
class Group:
    name: str
    words: str
    rows: list[Row]
    breaks_page: bool = False


def row_of(partnership, columns, chips, asked, closures, pause) -> Row:
    """`chips` are those of its visits, `asked` what each is for, `closures` those of its school."""
    cells = [Cell(column) for column in columns]
    until = len(cells)
    if pause:
        until = columns.nearest(max(pause.on, columns.first)) if pause.on <= columns.last else len(cells)
    waiting = 0
    for chip, one in zip(chips, asked, strict=True):
        on = chip.visit.on if chip.visit else middle_of(one.step)
        at = columns.at(on)
        if at is None:
            continue
        if pause and chip.state != State.DONE and on >= pause.on:
            waiting += 1
        elif at < until or not pause:
            cells[at].chips.append(chip)
    for closure in closures:
        mark(closure, partnership, columns, cells)
    row = Row(
        partnership,
        cells[:until],
        done=sum(chip.state == State.DONE for chip in chips),
        without=sum(chip.state == State.NONE for chip in chips),
        number=len(chips),
    )
    if pause and until < len(cells):
        row.paused_width = len(cells) - until
        row.paused = pause_words(pause, waiting)
    return row


@dataclass(frozen=True)
class Slot:
    """A free half-day of the chosen visit in its week."""

    number: int
    day: str
    half: str


def offer(row, columns, page):
    """Show in the row of the chosen visit its window and its best free half-days."""
    row.is_chosen = True
    for cell in row.cells:
        if not cell.column.is_break:
            cell.is_window = cell.column.last >= page.need.first and cell.column.first <= page.need.last
    for one in page.free[:3]:
        on = day_of(one.choice.slot)
        at = columns.at(on)
        if at is not None and at < len(row.cells):
            row.cells[at].slots.append(Slot(one.number, f"{on:%a} {on.day}", one.value[-2:]))


def middle_of(step) -> dt.date:
    return step.window_start + (step.window_end - step.window_start) / 2


def mark(closure, partnership, columns, cells):
    if closure.year_groups and partnership.year_group not in closure.year_groups:
        return
    for cell in cells:
        column = cell.column
        if column.is_break or closure.last_on < column.first or closure.first_on > column.last:
            continue
        cell.closed = cell.closed or short(closure)
        full = f"{closure}, {span(closure)}"
        cell.closed_in_full = f"{cell.closed_in_full}; {full}" if cell.closed_in_full else full


def short(closure) -> str:
    """One word for the closure: the last of its own where that is short, else its kind."""
    if closure.kind == SchoolClosure.Kind.INSET:
        return "INSET"
    last = closure.words.split()[-1] if closure.words else ""
    if last and len(last) <= SHORT_ENOUGH:
        return last[0].upper() + last[1:]
    return "Closed" if closure.kind == SchoolClosure.Kind.CLOSED else "No-go"


def span(closure) -> str:
    first, last = closure.first_on, closure.last_on
    if first == last:
        part = f", {closure.get_half_display().lower()}" if closure.half else ""
        return f"{first:%A %-d %B}{part}"
    return f"{first:%-d %B} to {last:%-d %B}"


def pause_words(pause, waiting) -> tuple[str, str]:
    parts = [part.rstrip(".") + "." for part in (pause.reason, pause.note) if part]
    if waiting:
        parts.append(f"{plural_count(waiting, 'visit')} {'waits' if waiting == 1 else 'wait'}.")
    return f"Paused since {pause.on:%-d %B}.", " ".join(parts)


def pauses_of(partnerships) -> dict[int, PartnershipStep]:
    """The step by which each paused partnership was paused; one query."""
    paused = [one.pk for one in partnerships if one.is_paused]
    steps = PartnershipStep.objects.filter(partnership__in=paused, status="paused").order_by("on", "at", "pk")
    return {step.partnership_id: step for step in steps}


def closures_of(partnerships, first, last) -> dict[int, list[SchoolClosure]]:
    """School -> its closures between two days; one query."""
    schools = {one.partner_school_id for one in partnerships}
    found = defaultdict(list)
    for closure in SchoolClosure.objects.between(first, last).filter(school__in=schools):
        found[closure.school_id].append(closure)
    return found


def grouped(rows, by) -> list[Group]:
    """Under their specialist teacher, or under their area; each in the order of names."""
    together = defaultdict(list)
    for row in rows:
        together[key_of(row.partnership, by)].append(row)
    groups = []
    for key in sorted(together, key=lambda key: (key[0], key[1])):
        theirs = sorted(together[key], key=lambda row: (row.partnership.partner_school.name, row.partnership.ref))
        count = placed(theirs)
        words = f"{plural_count(len(theirs), 'partnership')}, {count}."
        if by == "specialist":
            specialist = theirs[0].partnership.specialist
            words = f"{specialist.home_school}. {words}{out_of_class(specialist)}"
        groups.append(Group(key[2], words, theirs, breaks_page=by == "area"))
    return groups


def key_of(partnership, by):
    if by == "area":
        name = partnership.area.name if partnership.area else "Without an area"
        return (partnership.area is None, name.casefold(), name)
    person = partnership.specialist.user
    return (False, f"{person.last_name} {person.first_name} {person.pk}".casefold(), str(person))


def placed(rows) -> str:
    """26 of 27 visits have a half-day"""
    number = sum(row.number for row in rows)
    having = number - sum(row.without for row in rows)
    return f"{having} of {plural_count(number, 'visit')} {'has' if number == 1 else 'have'} a half-day"


def out_of_class(specialist) -> str:
    """Out of class Tuesdays and Thursday mornings."""
    codes = in_week_order(specialist.release_half_days)
    if not codes:
        return ""
    said = []
    for day, name in DAYS.items():
        halves = [code[-2:] for code in codes if code.startswith(day)]
        if halves:
            said.append(
                f"{name}s" if len(halves) == 2 else f"{name} {'mornings' if halves == ['am'] else 'afternoons'}"
            )
    return f" Out of class {listed(said)}."
