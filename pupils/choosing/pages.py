"""What the page of a list shows: its rows with every problem in its cell, and how it was read."""

import re

from django.utils import timezone

from papers.templatetags.plain import year_number, year_words
from pupils.choosing import checking, columns, dates, joining, lines, reading, services
from pupils.life.services import untaken
from pupils.models import TargetPupil

LABELS = columns.FIELDS | {"first_name": "Forename", "last_name": "Surname"}
DISPLAYED = {
    "sex": dict(TargetPupil.Sex.choices) | {"": ""},
    "pupil_premium": dict(TargetPupil.YesNo.choices),
    "sen": dict(TargetPupil.Sen.choices) | {lines.SEN.PLAN: "Plan (EHCP)"},
    "eal": dict(TargetPupil.YesNo.choices),
}
SHOWN_PROBLEMS = 20
LONGEST_FIX = 200


def check_page(waiting, change=""):
    """The page on which a list is checked; of the row `change` every cell is a box."""
    content, partnership = waiting.content, waiting.partnership
    checked = checking.check(content, partnership)
    shown = shown_fields(content, checked)
    problems = checked.problems
    return {
        "list": waiting,
        "partnership": partnership,
        "checked": checked,
        "labels": [LABELS[name] for name in shown],
        "rows": [row_of(line, shown, str(line.number) == change) for line in checked.lines],
        "problems": [say(*problem) for problem in problems[:SHOWN_PROBLEMS]],
        "number_of_problems": len(problems),
        "more_problems": max(0, len(problems) - SHOWN_PROBLEMS),
        "before": services.read_before(waiting),
        "read": how_it_was_read(content),
        "initials": partnership.programme.initials_only,
        "most": checking.MOST,
        "usual": checking.USUAL,
        "joined": checked.joined,
        "waits": joining.waiting_for(partnership, checked.added),
    }


def shown_fields(content, checked):
    """The columns that the list has, with the name and the year group in any case."""
    fields = {column["field"] for column in content["columns"]} | {"last_name", "first_name", "year_group"}
    fields |= {name for line in checked.lines for name in line.wrong}
    return [name for name in lines.SHOWN if name in fields]


def row_of(line, shown, is_open):
    return {
        "line": line,
        "is_open": is_open,
        "cells": [cell_of(line, name, is_open) for name in shown],
        "out": f"r{line.number}-out",
        "as": f"r{line.number}-as",
    }


def cell_of(line, name, is_open):
    wrong = line.wrong.get(name)
    cell = {"label": LABELS[name], "soft": line.soft.get(name, ""), "wrong": wrong, "is_box": bool(wrong) or is_open}
    if cell["is_box"]:
        cell |= {
            "id": f"r{line.number}-{name}",
            "value": line.texts.get(name, ""),
            "about": f"{LABELS[name]} of row {line.number}, {line.initials}",
            "options": options_of(line, name) if name in lines.CHOICES else None,
            "narrow": name in {"year_group", "class_name"},
        }
        return cell
    return cell | {"text": text_of(line, name)}


def options_of(line, name):
    """(value, label, whether it is what the cell means) each."""
    meant, offered, *_ = lines.CHOICES[name]
    value = line.values.get(name)
    return [(code, label, value == meant.get(code.casefold(), code)) for code, label in offered]


def text_of(line, name):
    if name not in line.values:
        return line.texts.get(name, "")
    value = line.values[name]
    if name == "upn":
        return "Given" if value else ""
    if name == "year_group" and value is not None:
        return str(year_number(value))
    if name == "since":
        return f"{value:%-d %b %Y}" if value else ""
    return DISPLAYED[name].get(value, "") if name in DISPLAYED else "" if value is None else str(value)


def say(line, name, what, mend):
    """A problem where it is listed: row, initials of the pupil, column, what is wrong, and what to do."""
    return {
        "url": f"#r{line.number}-{name}",
        "where": f"Row {line.number}, {line.initials}, {LABELS[name]}",
        "what": what,
        "mend": mend,
    }


def how_it_was_read(content):
    ignored = content["ignored"]
    whys = {}
    for row in ignored:
        whys.setdefault(row["why"], []).append(row["header"])
    return {
        "header_row": content["header_row"],
        "guessed": content["guessed"],
        "sheet": "".join(content.get("sheets", [])),
        "alike": content["alike"],
        "never": sorted((why, headers) for why, headers in whys.items() if why),
        "others": whys.get("", []),
        "unused": [column["header"] for column in content["columns"] if not column["field"]],
        "days": content["dates"] and day_told(content),
        "columns": [
            {
                "number": number,
                "header": column["header"],
                "field": column["field"],
                "first": example(content, number, column["field"]),
            }
            for number, column in enumerate(content["columns"])
        ],
        "fields": [("", "Not used"), *columns.FIELDS.items()],
        "orders": list(dates.ORDERS.items()) if content["dates"] else [],
        "order": content["dates"],
    }


def example(content, place, field):
    """What stands first in the column, a number of a pupil hidden."""
    found = next((row["cells"][place] for row in content["rows"] if row["cells"][place]), "")
    return "" if field == "upn" else found


def day_told(content):
    """How the days are read, with the first of them as an example."""
    place = next((place for place, column in enumerate(content["columns"]) if column["field"] == "since"), None)
    texts = [row["cells"][place] for row in content["rows"] if row["cells"][place]] if place is not None else []
    for text in texts:
        try:
            return {"order": dates.ORDERS[content["dates"]], "text": text, "day": dates.read(text, content["dates"])}
        except lines.Wrong:
            continue
    return {"order": dates.ORDERS[content["dates"]]}


def corrected(content, post, initials):
    """The content with what was typed into its cells, whom it is about, and which rows are left out."""
    for row in content["rows"]:
        if not row["take"]:
            continue
        start = f"r{row['n']}-"
        for name in lines.SHOWN:
            if (given := post.get(f"{start}{name}")) is not None:
                row["fixed"][name] = clean(given, initials and name in columns.NAMES)
        row["as"] = checking.ANOTHER if post.get(f"{start}as") == checking.ANOTHER else ""
        row["take"] = f"{start}out" not in post
    if "joined" in post:
        answer = post["joined"]
        content["joined"] = answer if answer in {joining.BEGINNING, joining.LATE} else ""
        content["joined_on"] = clean(post.get("joined_on", ""), False)
    return content


def clean(text, is_initial):
    text = "".join(char for char in " ".join(text.split()) if char.isprintable())[:LONGEST_FIX]
    return reading.cut_to_initials(text, False) if is_initial else text


def rows_page(waiting, wrong=""):
    """All rows of a list, those of the partnership's year group first, to tick whom it is about."""
    fields = [column["field"] for column in waiting.content["columns"]]
    rows = [lines.read(row, fields, waiting.content["dates"] or dates.DAY_FIRST) for row in waiting.content["rows"]]
    of_year = [line for line in rows if line.values.get("year_group") == waiting.partnership.year_group]
    others = [line for line in rows if line.values.get("year_group") != waiting.partnership.year_group]
    groups = [(year_words(waiting.partnership.year_group), of_year), ("Other year groups" if of_year else "", others)]
    return {
        "list": waiting,
        "partnership": waiting.partnership,
        "groups": [(title, group) for title, group in groups if group],
        "number": len(rows),
        "wrong": wrong,
        "has_classes": "class_name" in fields,
        "initials": waiting.partnership.programme.initials_only,
    }


def ticked(content, post):
    """The content with the rows that were ticked, and why these cannot be taken, or ""."""
    wanted = {int(text) for text in post.getlist("take") if re.fullmatch(r"\d{1,7}", text, re.ASCII)}
    for row in content["rows"]:
        row["take"] = row["n"] in wanted
    number = sum(row["take"] for row in content["rows"])
    if not number:
        return content, "Tick the pupils whom you want to add."
    if number > checking.MOST:
        return content, f"{number} pupils are ticked: a partnership has at most {checking.MOST}, and usually 3 to 6."
    return content, ""


def mapped(content, post):
    """The content with what a person says of its columns, and why that cannot be, or ""."""
    fields = []
    for number, column in enumerate(content["columns"]):
        given = post.get(f"c{number}", column["field"])
        fields.append(given if given in columns.FIELDS else "")
    twice = next((name for name in fields if name and fields.count(name) > 1), None)
    if twice:
        return content, f"Two columns cannot both be “{columns.FIELDS[twice]}”. Choose another for one of them."
    if not set(fields) & columns.NAMES:
        return content, "One of the columns must be the name of the pupils."
    for column, field in zip(content["columns"], fields, strict=True):
        column["field"] = field
    if content["dates"] or "since" in fields:
        order = post.get("dates")
        content["dates"] = order if order in dates.ORDERS else content["dates"] or dates.DAY_FIRST
    for row in content["rows"]:
        row["fixed"] = {}
    return content, ""


def present(partnership, places):
    """What the page about the target pupils of a partnership says of those who are there."""
    today = timezone.localdate()
    holding = [place for place in places if place.until is None or place.until > today]
    ended = [place for place in places if place not in holding]
    return {"places": holding, "ended": ended, "untaken": untaken(ended)}


def told(waiting):
    """By what one of several lists is known again: how many rows it has, and who stands in the first."""
    content = waiting.content
    first = lines.read(content["rows"][0], [column["field"] for column in content["columns"]], dates.DAY_FIRST)
    name = " ".join(filter(None, (first.texts.get("first_name"), first.texts.get("last_name"))))
    number = len(content["rows"])
    rows = "1 row" if number == 1 else f"{number} rows"
    return f"{rows}{', the first is' if number > 1 else ','} {name}" if name else rows


def is_short(waiting):
    """Whether every row may be a target pupil, so that nobody has to be ticked."""
    return any(row["take"] for row in waiting.content["rows"])
