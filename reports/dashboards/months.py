"""The visits of a year, month by month, from what the roster has read anyhow: how many of each are recorded, and how
many have no half-day yet."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.urls import reverse

WIDTH, HEIGHT = 800, 14
SIGNED, UNSIGNED, MISSING = "signed off", "recorded, not signed by both", "without a record"
TO_COME, UNPLANNED = "to come", "no half-day yet"


@dataclass(frozen=True)
class Look:
    """A fill and an edge that tell the parts apart in grey, too."""

    fill: str
    edge: str = ""
    dash: str = ""


LOOKS = {
    SIGNED: Look("#0b5a5e"),
    UNSIGNED: Look("#b8d8d8", "#0b4a4d"),
    MISSING: Look("#b45309"),
    TO_COME: Look("#ffffff", "#0b4a4d"),
    UNPLANNED: Look("#ffffff", "#595f60", "4 3"),
}


def visits_by_month(facts) -> dict | None:
    """Months with the number of their visits in each part, a bar of them, and the words; None without any visit."""
    months = counted(facts)
    if not months:
        return None
    most = max(sum(parts.values()) for parts in months.values())
    whole = sum(months.values(), Counter())
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "key": [{"words": f"{part.capitalize()}: {whole[part]}", "look": LOOKS[part]} for part in LOOKS],
        "rows": [
            {
                "name": f"{dt.date(year, month, 1):%b %Y}",
                "bar": bar(parts, most),
                "words": words(parts),
                "missing": parts[MISSING],
                "url": f"{reverse('visits:month')}?month={year}-{month:02}",
            }
            for (year, month), parts in sorted(months.items())
        ],
        "missing_url": f"{reverse('visits:list')}?when=waiting",
    }


def counted(facts) -> dict[tuple[int, int], Counter]:
    """Year and month -> the parts. A visit of the timetable without a half-day counts where its window ends."""
    months = defaultdict(Counter)
    for partnership in facts.started:
        visits = facts.visits.get(partnership.pk, [])
        for visit in visits:
            if (part := part_of(visit, facts.today)) != MISSING or partnership.status != partnership.Status.PAUSED:
                months[visit.on.year, visit.on.month][part] += 1  # nobody is asked for the record while it rests
        planned, began = Counter(visit.step_id for visit in visits), facts.began(partnership)
        for step in facts.timetable.get(partnership.programme_id, []):
            lacking = step.half_days - planned[step.pk]
            if lacking > 0 and step.window_end >= began:
                months[step.window_end.year, step.window_end.month][UNPLANNED] += lacking
    return months


def part_of(visit, today) -> str:
    """By the same rule as the list of visits without a record."""
    if visit.signed_off_at:
        return SIGNED
    if visit.recorded_at:
        return UNSIGNED
    return MISSING if visit.on < today else TO_COME


def words(parts) -> str:
    """3 of 5 signed off, 1 to come, 1 no half-day yet; what has no record is said by the page, as it leads there."""
    whole = sum(parts.values())
    first = [f"{parts[SIGNED]} of {whole} signed off"] if parts[SIGNED] or parts[UNSIGNED] or parts[MISSING] else []
    if not first:
        return f"{parts[TO_COME]} of {whole} have a half-day"
    return ", ".join(first + [f"{parts[part]} {part}" for part in (UNSIGNED, TO_COME, UNPLANNED) if parts[part]])


def bar(parts, most) -> list[dict]:
    """Whole units beside each other; none so narrow that it cannot be seen."""
    made, at = [], 0
    for part, look in LOOKS.items():
        if parts[part]:
            width = max(6, WIDTH * parts[part] // most - 2)
            made.append({"x": at + 1, "width": width - 2, "look": look})
            at += width + 2
    return made
