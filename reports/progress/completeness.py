"""Which grades are in: partnerships by data points, as counts, which are never hidden."""

from django.urls import reverse
from django.utils import timezone

from programmes.models import DataReturn, Partnership, Programme
from programmes.models.partnerships import RESTING


def completeness_page(person, programme: Programme, only_owing=False) -> dict:
    """A row for each partnership in reach, by area, and one for all; received of expected at each data point."""
    today = timezone.localdate()
    points = [
        {"pk": point.pk, "name": point.name, "due": point.due_on, "past": point.due_on < today}
        for point in programme.data_points.all()
    ]
    found = (
        DataReturn.objects.allowed(person, "returns.view")
        .filter(partnership__in=programme.partnerships.ever_agreed())
        .select_related("partnership__partner_school", "partnership__area")
        .order_by("partnership__area__name", "partnership__ref", "data_point__due_on")
    )
    by_partnership = {}
    for row in found:
        by_partnership.setdefault(row.partnership, {})[row.data_point_id] = row
    follows = Partnership.objects.allowed(person, "progress.view").filter(programme=programme)
    opens = set(follows.values_list("pk", flat=True)) if person.may("progress.view") else set()
    may_read = person.may("returns.read") and not programme.erased_at  # of erased pupils there is none to read
    readable = DataReturn.objects.allowed(person, "returns.read") if may_read else found.none()
    readable = set(readable.filter(partnership__programme=programme).values_list("pk", flat=True))
    rows = [
        {
            "partnership": partnership,
            "area": partnership.area.name if partnership.area else "",
            "url": reverse("reports:partnership_followed", args=[partnership.pk]) if partnership.pk in opens else "",
            "cells": [cell_of(given.get(point["pk"]), partnership, point, readable) for point in points],
        }
        for partnership, given in by_partnership.items()
    ]
    total = [total_of([row["cells"][place] for row in rows], point) for place, point in enumerate(points)]
    owing = [row for row in rows if any(cell and cell["owes"] for cell in row["cells"])]
    to_submit = [row for row in owing if not any(cell and cell["late"] for cell in row["cells"])]
    return {
        "programme": programme,
        "points": points,
        "rows": owing if only_owing else rows,
        "total": total,
        "only_owing": only_owing,
        "owing": len(owing),
        "lacking": len(owing) - len(to_submit),
        "to_submit": len(to_submit),
        "resting": sum(row["partnership"].status in RESTING for row in rows),
        "partnerships": len(rows),
        "by_area": len({row["area"] for row in rows}) > 1,
        "latest": next((pair for pair in reversed(list(zip(points, total, strict=True))) if pair[0]["past"]), None),
        "next": next((point for point in points if not point["past"]), None),
    }


def cell_of(row, partnership, point, readable):
    """Counts in words and the tone that follows from them; None where no grade is asked for.

    What is submitted is in; what is typed in an open return is not, and its partnership owes it.
    """
    if row is None or not row.expected:
        return None
    rests = partnership.status in RESTING
    late = row.missing if point["past"] and not rests else 0
    unsubmitted = row.is_complete and row.is_owed
    late_to_submit = unsubmitted and point["past"] and not rests
    is_open = row.state == row.State.OPEN
    tone = "all" if row.is_in else "late" if late or late_to_submit else "most" if row.received else "later"
    return {
        "received": row.received,
        "in": 0 if is_open else row.received,
        "typed": row.assessed if is_open else 0,
        "without": row.excused if is_open else 0,
        "expected": row.expected,
        "excused": row.excused,
        "owes": bool(late or late_to_submit),
        "to_submit": late_to_submit,
        "url": reverse("pupils:return", args=[row.pk]) if row.pk in readable else "",
        "late": late,
        "complete": row.is_in or (row.state == row.State.CLOSED and not row.missing),
        "unsubmitted": unsubmitted and not rests,
        "tone": "later" if rests else tone,
        "rests": partnership.get_status_display().lower() if rests else "",
    }


def total_of(cells, point) -> dict:
    """Grades and reasons of the partnerships that do not rest, and how many of them have all of theirs in."""
    cells = [cell for cell in cells if cell and not cell["rests"]]
    expected, received = (sum(cell[name] for cell in cells) for name in ("expected", "received"))
    late, is_whole = sum(cell["late"] for cell in cells), all(cell["complete"] for cell in cells)
    return {
        "received": received,
        "in": sum(cell["in"] for cell in cells),
        "typed": sum(cell["typed"] for cell in cells),
        "without": sum(cell["without"] for cell in cells),
        "expected": expected,
        "url": "?owing=1" if any(cell["owes"] for cell in cells) else "",
        "excused": sum(cell["excused"] for cell in cells),
        "complete": sum(cell["complete"] for cell in cells),
        "unsubmitted": sum(cell["unsubmitted"] for cell in cells),
        "partnerships": len(cells),
        "late": late,
        "tone": "all" if is_whole else "late" if late else "most" if received else "later",
        "rests": "",
    }


COUNTED = ["asked for", "in", "in without a grade", "typed, not submitted", "without a grade, not submitted"]


def counted(cell) -> list[int]:
    """What is in is submitted, as the page says."""
    return [cell["expected"], cell["in"], cell["excused"] - cell["without"], cell["typed"], cell["without"]]


def completeness_table(page) -> tuple[list[str], list[list]]:
    columns = ["Partnership", "Partner school", "Subject", "Year", "Area", "Status"]
    for point in page["points"]:
        columns += [f"{point['name']}: {what}" for what in COUNTED]
    rows = [
        [
            row["partnership"].ref,
            row["partnership"].partner_school.name,
            row["partnership"].subject,
            row["partnership"].year_group,
            row["area"],
            row["partnership"].get_status_display(),
            *(value for cell in row["cells"] for value in (counted(cell) if cell else [0] * len(COUNTED))),
        ]
        for row in page["rows"]
    ]
    return columns, rows
