"""Grades received as a heat table, and as a sentence."""

from collections import Counter
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from programmes.models import DataReturn, Programme
from programmes.models.partnerships import RESTING
from reports.dashboards.rows import mine

ALL = object()


def heat(user, acting):
    """Partnerships whose grades are all in, of those that owe them: a row for each area, a column for each data point.

    One table for each running programme. Counts of grades received are never hidden. A cell leads to its partnerships,
    for who may see them.
    """
    return tables_of(counted(user, acting), opens=user.may("roster.view"))


def heat_of(facts):
    """The same from what the roster has read anyhow."""
    owing, complete, about = Counter(), Counter(), {}
    for p in facts.partnerships:
        for row in facts.returns.get(p.pk, []) if p.status not in RESTING else []:
            if row.expected:
                key = p.programme_id, row.data_point_id, p.area_id
                about[key] = p.programme, row.data_point, p.area
                owing[key] += 1
                complete[key] += row.is_in
    found = [
        (
            *(programme.pk, programme.name, programme.starts_on, programme.ends_on),
            *(point.pk, point.name, point.due_on),
            *((area.pk, area.name) if area else (None, None)),
            *(owing[key], complete[key]),
        )
        for key, (programme, point, area) in about.items()
    ]
    found.sort(key=lambda row: (row[1], row[2], row[6]))
    return tables_of(found, opens=facts.reader.may("roster.view"))


def counted(user, acting):
    """For each programme, data point and area how many partnerships owe grades, and of how many all are in."""
    return (
        mine(DataReturn, user, acting, "returns.view")
        .filter(partnership__programme__status=Programme.Status.ACTIVE, expected__gt=0)
        .exclude(partnership__status__in=RESTING)
        .order_by(
            "partnership__programme__name",
            "partnership__programme__starts_on",
            "data_point__due_on",
            "partnership__area__name",
        )
        .values_list(
            "partnership__programme",
            "partnership__programme__name",
            "partnership__programme__starts_on",
            "partnership__programme__ends_on",
            "data_point",
            "data_point__name",
            "data_point__due_on",
            "partnership__area",
            "partnership__area__name",
        )
        .annotate(
            owing=Count("pk"),
            complete=Count("pk", filter=Q(expected=F("assessed") + F("excused")) & ~Q(state=DataReturn.State.OPEN)),
        )
    )


def tables_of(found, opens):
    today, tables = timezone.localdate(), {}
    for programme, name, first, last, point, point_name, due, area, area_name, number, complete in found:
        title = Programme(name=name, starts_on=first, ends_on=last).title
        table = tables.setdefault(programme, {"name": title, "points": {}, "areas": {}, "cells": {}})
        table["points"][point] = {"name": point_name, "due": due, "past": due < today}
        table["areas"][area] = area_name or "No area"
        for row in (area, ALL):
            cell = table["cells"].setdefault((row, point), {"owing": 0, "complete": 0})
            cell["owing"] += number
            cell["complete"] += complete
            if opens:
                cell["url"] = cell_url(programme, point, None if row is ALL else row, cell)
    return [heat_table(table) for table in tables.values()]


def cell_url(programme, point, area, cell):
    """The partnerships that still owe grades, or all of the cell where none does."""
    asked = {"programme": programme}
    if area:
        asked["area"] = area
    if cell["complete"] < cell["owing"]:
        asked["owes"] = point
    return f"{reverse('reports:roster')}?{urlencode(asked)}"


def heat_table(table):
    areas = sorted(table["areas"], key=lambda area: (area is None, table["areas"][area]))
    everyone = "All"
    if len(areas) == 1:
        everyone, areas = (table["areas"][areas[0]] if areas[0] else "All"), []
    return {
        "name": table["name"],
        "points": list(table["points"].values()),
        "by_area": bool(areas),
        "rows": [
            {
                "name": everyone if area is ALL else table["areas"][area],
                "total": area is ALL,
                "cells": [tinted(table["cells"].get((area, pk)), point) for pk, point in table["points"].items()],
            }
            for area in [*areas, ALL]
        ],
    }


def tinted(cell, point):
    """The cell with what is late in it, and the tone that follows from its words; None where nobody owes anything."""
    if cell is None:
        return None
    left = cell["owing"] - cell["complete"]
    if not left:
        return cell | {"late": 0, "tone": "all"}
    if point["past"]:
        return cell | {"late": left, "tone": "late"}
    return cell | {"late": 0, "tone": "most" if cell["complete"] else "later"}


def grades_sentence(tables):
    """How the grades stand at the last day that is past, and which day is next."""
    said = []
    for table in tables:
        points = list(zip(table["points"], table["rows"][-1]["cells"], strict=True))
        words = [
            f"{point['name']} grades are in from {cell['complete']} of {cell['owing']} partnerships"
            for point, cell in points
            if point["past"]
        ][-1:]
        to_come = [point for point, _ in points if not point["past"]]
        words += [f"{point['name']} grades are due on {point['due']:%-d %B}" for point in to_come[:1]]
        said.append((f"{table['name']}: " if len(tables) > 1 else "") + "; ".join(words) + ".")
    return " ".join(said)
