"""The columns of the roster. Each is a function of the facts; a later one is a function, a template and a line here.

`cell` gives what a row shows, for the cell's template; `sheet` gives the same as named columns of a spreadsheet.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from papers.templatetags.plain import listed, said, year_number
from programmes.models import DataReturn, Partnership
from reports.roster.facts import UNDER_WAY
from reports.roster.rows import Row
from reports.roster.slips import is_head, signers

SIGNS = {"in": "✓", "late": "!"}


@dataclass(frozen=True)
class Column:
    key: str
    heading: str
    label: str  # beside the cell, where the rows are cards
    cell: Callable
    sheet: Callable  # (facts, row) -> [(heading, value)], with the same headings for each row
    is_shown: Callable = lambda facts: True

    @property
    def template(self):
        return f"reports/roster/_{self.key}.html"


def fill(facts, rows) -> list[Column]:
    """Put into each row what its columns show. Returns the columns that are shown."""
    shown = [column for column in COLUMNS if column.is_shown(facts)]
    for row in rows:
        row.cells = {column.key: column.cell(facts, row) for column in shown}
        row.shown = [(column, row.cells[column.key]) for column in shown]
    return shown


def table_of(facts, rows):
    """Headings and rows of a spreadsheet: what the page says of the same rows, in the same order."""
    columns = fill(facts, rows)
    lines = [[pair for column in columns for pair in column.sheet(facts, row)] for row in rows]
    headings = [heading for heading, _ in lines[0]] if lines else ["Partner school"]
    return headings, [[value for _, value in line] for line in lines]


def partnership(facts, row: Row):
    p = row.partnership
    return {"partnership": p, "school": p.partner_school, "label": p.label, "teachers": facts.partner_teachers[p.pk]}


def partnership_sheet(facts, row):
    p = row.partnership
    return [
        ("Reference", p.ref),
        ("Partner school", p.partner_school.name),
        ("URN", p.partner_school.urn),
        ("Specialist teacher", str(p.specialist)),
        ("Home school", p.specialist.home_school.name),
        ("Partner teachers", listed(facts.partner_teachers[p.pk])),
    ]


def subject(facts, row):
    return {"partnership": row.partnership}


def subject_sheet(facts, row):
    p = row.partnership
    return [
        ("Area", p.area.name if p.area else ""),
        ("Subject", p.subject.capitalize()),
        ("Year", year_number(p.year_group)),
        ("Status", p.get_status_display()),
    ]


def agreement(facts, row):
    """Signed by all 4; or 3 of 4 signed, and for whom it waits."""
    found = facts.agreements.get(row.pk)
    if found is None:
        return {"strong": "", "rest": "None yet" if row.partnership.status in UNDER_WAY else "None"}
    signatures = list(found.signatures.all())
    waiting = [signature for signature in signatures if not signature.is_signed]
    if not waiting:
        number = len(signatures)
        return {"strong": "", "rest": f"Signed by {'both' if number == 2 else f'all {number}'}", "is_signed": True}
    heads = sum(map(is_head, waiting))
    names = signers(waiting) if len(waiting) < 3 else [count_signers(len(waiting) - heads, heads)]
    return {
        "strong": f"{len(signatures) - len(waiting)} of {len(signatures)} signed",
        "rest": f", waits for {listed(names)}",
    }


def has_agreements(facts):
    return bool(facts.agreements or facts.programmes_with_agreements)


def count_signers(teachers, heads):
    """2 teachers and 1 head"""
    parts = [(teachers, "teacher"), (heads, "head")]
    return listed([f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n])


def agreement_sheet(facts, row):
    cell = row.cells["agreement"]
    return [("Agreement", cell["strong"] + cell["rest"])]


def visits(facts, row):
    return {"last": row.last_visit, "next": row.next_visit, "today": facts.today}


def visits_sheet(facts, row):
    last, following = row.last_visit, row.next_visit
    return [
        ("Last visit", last and last.on),
        ("Kind of the last visit", last and last.get_kind_display()),
        ("Next visit", following and following.on),
        ("Half-day", following and following.get_half_display()),
        ("Kind of the next visit", following and following.get_kind_display()),
    ]


def grades(facts, row):
    boxes = [box(facts, row, point, found) for point, found in points(facts, row)]
    return [
        one | {"said": f"{one['point']}: {one['words']}", "sign": SIGNS.get(one["state"], "\N{EN DASH}")}
        for one in boxes
    ]


def points(facts, row):
    """Each data point of the programme with the row's return there, or None."""
    mine = {found.data_point_id: found for found in facts.returns.get(row.pk, [])}
    return [(point, mine.get(point.pk)) for point in facts.points.get(row.partnership.programme_id, [])]


def box(facts, row, point, found):
    """A letter with a sign and a word: in, late, to come, nothing owed."""
    one = {"letter": point.name[:1].upper(), "point": point.name, "due": point.due_on}
    if row.partnership.is_not_agreed:
        return one | {"state": "none", "words": "not asked for before it is agreed", "received": 0, "expected": 0}
    if found is None or not found.expected:
        return one | {"state": "none", "words": "no target pupils", "received": 0, "expected": 0}
    one |= {"received": found.received, "expected": found.expected}
    if found.state == DataReturn.State.CLOSED or (
        found.missing and row.partnership.status == Partnership.Status.FOLDED
    ):
        return one | {"state": "none", "received": found.assessed, "words": closed_words(row.partnership, found)}
    if found.is_in:
        return one | {"state": "in", "words": f"all {found.expected} in{without_words(found)}"}
    so_far = "not submitted" if found.is_complete else so_far_words(found)
    if row.partnership.is_paused:
        return one | {"state": "none", "words": f"not asked while paused, {so_far}"}
    if point.due_on < facts.today:
        return one | {"state": "late", "words": f"late, {so_far}"}
    return one | {"state": "later", "words": f"due {said(point.due_on, 'D j M')}, {so_far}"}


def so_far_words(found):
    """3 of 6 typed, 1 without a grade; of what is submitted, or not begun, how many are in."""
    if found.state == DataReturn.State.SUBMITTED or not found.received:
        return f"{found.received} of {found.expected} in"
    return f"{found.assessed} of {found.expected} typed{without_words(found)}"


def without_words(found):
    return f", {found.excused} without a grade" if found.excused else ""


def closed_words(partnership, found):
    """That nothing is owed any more, and how much had come until the partnership folded."""
    on = f" on {said(partnership.ended_on, 'j F Y')}" if partnership.ended_on else ""
    how = "" if found.submitted_by_id else ", not submitted"
    return f"closed when it folded{on}, {found.assessed} of {found.expected} in{how}"


def grades_sheet(facts, row):
    return [(f"{cell['point']} grades", cell["words"]) for cell in row.cells["grades"]]


def money(facts, row):
    return facts.money.get(row.pk)


def has_money(facts):
    return bool(facts.money)


def money_sheet(facts, row):
    brief = row.cells["money"]
    return [("Money", f"{brief.stage}: {brief.words}" if brief else "")]


def slips(facts, row):
    return {"row": row}


def slips_sheet(facts, row):
    last = max((nudge.last for nudge in row.nudges if nudge.last), key=lambda mail: mail.queued_at, default=None)
    return [
        ("How it stands", row.group.value.capitalize()),
        ("What slips", "; ".join(slip.words for slip in row.slips)),
        ("School days overdue", row.overdue),
        ("Waits for", listed(row.waits_words)),
        ("Last nudged", last and timezone.localdate(last.queued_at)),
    ]


COLUMNS = [
    Column("partnership", "Partnership", "Partnership", partnership, partnership_sheet),
    Column("subject", "Area, subject", "Area", subject, subject_sheet),
    Column("agreement", "Agreement", "Agreement", agreement, agreement_sheet, has_agreements),
    Column("visits", "Visits", "Visits", visits, visits_sheet),
    Column("grades", "Grades", "Grades", grades, grades_sheet),
    Column("money", "Money", "Money", money, money_sheet, has_money),
    Column("slips", "What slips and what to do", "", slips, slips_sheet),
]
