"""The pack of a steering group: the parts that the coordinator chose, in the chosen order, as one document."""

from collections.abc import Callable
from dataclasses import dataclass

from papers.sheets import Sheet
from papers.templatetags.plain import money, of, plural_count
from programmes.models import Programme
from reports.figures import steering
from reports.figures.programme import returns_words
from reports.figures.public import public_figures
from reports.figures.words import list_words, returns_sheet
from reports.kinds import public
from reports.kinds.kind import Kind
from reports.kinds.whose import coordinates, to_coordinators
from reports.models import Report


@dataclass(frozen=True)
class Part:
    title: str
    holds: str  # for whoever chooses: what stands in it
    figures: Callable[[Programme], object]
    brief: Callable[[object], str]  # what its figures come to, in a sentence: for the choice and for the contents


def results_brief(f) -> str:
    b = f["everyone"]
    if b["hidden"]:
        return "Not shown: so few pupils can be compared that single ones could be recognised."
    if not b["n"]:
        return f"Nobody can be compared yet: {plural_count(b['places'], 'target pupil')}, no result."
    met = sum(c["verdict"] == "met" for c in f["criteria"])
    said = [f"{of(b['above']['of'], b['n'])} gained more than expected"] if b["above"]["of"] is not None else []
    said += [f"{of(b['met']['of'], b['n'])} at the level for their year"] if b["met"]["of"] is not None else []
    said += [f"{met} of {len(f['criteria'])} success criteria met"] if f["criteria"] else []
    return f"{list_words(said)}." if said else f"{plural_count(b['n'], 'target pupil')} can be compared."


def returns_brief(rows) -> str:
    if not rows:
        return "No grades are asked for yet."
    said = [f"{row['point']} {of(row['complete'], row['partnerships'])}" for row in rows]
    return f"Partnerships complete: {', '.join(said)}."


def visits_brief(f) -> str:
    said = f"{plural_count(f['held'], 'half-day')} took place, {f['to_come']} to come"
    return f"{said}, {f['unconfirmed']} past and not confirmed." if f["unconfirmed"] else f"{said}."


def events_brief(f) -> str:
    if not f["rows"]:
        return f"No event so far, {f['to_come']} to come."
    came = f"; {of(f['came'], f['invited'])} invited came where the register is closed" if f["closed"] else ""
    return f"{plural_count(len(f['rows']), 'event')} so far, {f['to_come']} to come{came}."


def money_brief(f) -> str:
    if f is None:
        return "No funding plan is in force."
    budget = f["budget"]
    return f"{money(budget['spent'])} of {money(budget['whole'])} is approved or paid."


def findings_brief(f) -> str:
    if not f["number"]:
        return "None is shared with the programme yet."
    return f"{plural_count(f['number'], 'finding')} shared by {'its' if f['number'] == 1 else 'their'} authors."


def risks_brief(f) -> str:
    if not f["under_way"]:
        return "No partnership is under way."
    return f"{of(f['slipping'], f['under_way'])} partnerships under way {'slips' if f['slipping'] == 1 else 'slip'}."


def next_brief(f) -> str:
    dates = len(f["days"]) + f["more"]
    return f"{plural_count(f['visits'], 'visit')} planned and {plural_count(dates, 'date')} until {f['until']}."


PARTS = {
    "results": Part(
        "Programme results",
        "What changed for the target pupils, success criteria, the table by subject and year group.",
        public_figures,
        results_brief,
    ),
    "completeness": Part(
        "How complete the grades are",
        "Partnerships complete, grades and reasons at each data point.",
        returns_words,
        returns_brief,
    ),
    "visits": Part(
        "Visits by month",
        "Half-days that took place, are planned or were cancelled, month by month.",
        steering.visits_words,
        visits_brief,
    ),
    "events": Part(
        "Events and attendance",
        "Each event so far, with how many were invited and came. No name.",
        steering.events_words,
        events_brief,
    ),
    "money": Part(
        "Money by stage",
        "Paid, waiting, held back and to come, stage by stage, beside the budget.",
        steering.money_words,
        money_brief,
    ),
    "findings": Part(
        "Findings shared with the programme",
        "The newest findings that their authors share with everyone in the programme.",
        steering.findings_words,
        findings_brief,
    ),
    "risks": Part(
        "Risks",
        "What slips, by kind, and the partnerships where it has for longest.",
        steering.risks_words,
        risks_brief,
    ),
    "next": Part(
        "The next three months",
        "Visits that are planned, events, days on which grades and stages are due.",
        steering.next_words,
        next_brief,
    ),
}


def figures(report) -> dict:
    programme = report.programme
    found = {name: PARTS[name].figures(programme) for name in report.parts}
    return {
        "programme": programme.name,
        "year": programme.academic_year,
        "organiser": programme.organisation.name,
        "parts": [
            {"name": name, "title": PARTS[name].title, "brief": PARTS[name].brief(found[name])} for name in report.parts
        ],
        "found": {"of": found["findings"]["of"]} if "findings" in found else {},
        **found,
    }


def tables(f) -> list[Sheet]:
    return [sheet for part in f["parts"] for sheet in TABLES[part["name"]](f[part["name"]])]


def returns_table(rows):
    return [returns_sheet(rows)]


def visits_table(f):
    rows = [[row[name] for name in ("month", "held", "planned", "cancelled")] for row in f["months"]]
    return [Sheet("Visits by month", ["Month", "Took place", "Planned", "Cancelled"], rows)]


def events_table(f):
    rows = [[row[name] for name in ("on", "title", "area", "invited", "came", "others")] for row in f["rows"]]
    return [Sheet("Events", ["Day", "Event", "Area", "Invited", "Of these, came", "Others who came"], rows)]


def money_table(f):
    rows = [
        [stage["line"], part["label"], part["number"], part["amount"]]
        for stage in (f["stages"] if f else [])
        for part in stage["parts"]
    ]
    return [Sheet("Money by stage", ["Stage", "How it stands", "Releases", "Amount, £"], rows)]


def findings_table(f):
    rows = [[row[name] for name in ("on", "about", "headline", "technique")] for row in f["rows"]]
    return [Sheet("Findings", ["Published", "About", "Headline", "Technique"], rows)]


def risks_table(f):
    rows = [[row[name] for name in ("label", "partnerships", "late", "oldest")] for row in f["kinds"]]
    return [Sheet("Risks", ["What slips", "Partnerships", "Overdue", "Longest, school days"], rows)]


def next_table(f):
    return [Sheet("Next three months", ["Day", "What", "Area"], [list(row.values()) for row in f["days"]])]


TABLES = {
    "results": public.tables,
    "completeness": returns_table,
    "visits": visits_table,
    "events": events_table,
    "money": money_table,
    "findings": findings_table,
    "risks": risks_table,
    "next": next_table,
}


def may_order(person, report) -> bool:
    return bool(report.parts) and coordinates(person, report)


KINDS = [
    Kind(
        value=Report.Kind.STEERING,
        template="reports/pdf/steering.html",
        figures=figures,
        tables=tables,
        may_order=may_order,
        offers=to_coordinators(Report.Kind.STEERING),
        parts=frozenset(PARTS),
        whose="The steering group, through its coordinator. It names no pupil, and small numbers of pupils are "
        "hidden: do not publish it as it is.",
    )
]
