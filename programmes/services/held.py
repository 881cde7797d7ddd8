"""Days that took place, before which no partnership ends or rests and nobody leaves it."""

import datetime as dt

from django.utils import timezone

from papers.templatetags.plain import longday

# What is asked for the last day on which something took place: (partnership, person), the day or None. With a person
# only what they took part in counts. Apps to the right append theirs in AppConfig.ready.
LAST_HELD = []


def last_held(partnership, person=None) -> dt.date | None:
    days = [function(partnership, person) for function in LAST_HELD]
    return max((day for day in days if day), default=None)


def why_too_early(on, held, same_day) -> str:
    """The sentence where that day contradicts the last one that took place; empty where it does not."""
    if held is None or on > held or (same_day and on == held):
        return ""
    if same_day:
        return f"A visit took place on {longday(held)}: give that day or a later one."
    if held >= timezone.localdate():
        return "A visit took place today: come back tomorrow, and give a day after it."
    return f"A visit took place on {longday(held)}: give a later day."


def earliest(first, held, same_day) -> dt.date:
    """The first day that is neither before `first` nor contradicts the last one that took place."""
    return first if held is None else max(first, held if same_day else held + dt.timedelta(days=1))
