"""Visits of a demo programme: one in each window of its timetable, past ones taken place but for a few."""

import random
from collections import Counter

from programmes.calendar import calendar_of
from programmes.models import TimetableStep
from programmes.models.week import HALF_DAYS
from visits import services
from visits.models import Visit

A_WEEK = 2
KINDS = {
    "First visit": Visit.Kind.FIRST,
    "Observation": Visit.Kind.OBSERVATION,
    "Reciprocal visit": Visit.Kind.RECIPROCAL,
}


def plan_visits(programme, today):
    """Book a half-day for every running partnership and visit step; two past ones wait to be confirmed."""
    rng = random.Random(programme.slug)
    unconfirmed = 2
    partnerships = list(programme.partnerships.filter(status="active").with_people())
    calendar = calendar_of(programme.organisation_id)
    out = Counter()
    for step in programme.timetable.filter(type=TimetableStep.Type.VISIT):
        window = calendar.school_days(step.window_start, step.window_end)
        slots = [(on, half) for on in window for half in ("am", "pm")]
        for partnership in partnerships:
            people = [partnership.specialist.user, *partnership.current_partner_teachers]
            home = step.name == "Reciprocal visit"
            week, after = week_of(partnership, home), max(partnership.visits.values_list("on", flat=True), default=None)

            def against(slot, people=people, week=week, after=after):
                """How many of its rules the half-day breaks: whether it suits both, the order, and two a week each."""
                on, half = slot
                is_full = any(out[person.pk, *on.isocalendar()[:2]] >= A_WEEK for person in people)
                return sum((f"{on:%a}-{half}".lower() not in week, after is not None and on <= after, is_full))

            for on, half in sorted(rng.sample(slots, len(slots)), key=against):
                visit = Visit(
                    partnership=partnership,
                    step=step,
                    kind=KINDS.get(step.name, Visit.Kind.RESEARCH_LESSON),
                    on=on,
                    half=half,
                    host=partnership.specialist.home_school if home else partnership.partner_school,
                )
                try:
                    services.keep_visit(None, visit, people, changes=[])  # nobody is told of a year gone by
                except services.Taken:
                    continue
                if on < today and (today - on).days > 14:
                    visit.move_to(Visit.Status.TOOK_PLACE)
                elif on < today:
                    if unconfirmed:
                        unconfirmed -= 1
                    else:
                        visit.move_to(Visit.Status.TOOK_PLACE)
                out.update((person.pk, *on.isocalendar()[:2]) for person in people)
                break


def week_of(partnership, home) -> set[str]:
    """The half-days of the week that suit everyone; none where they have none in common."""
    found = set(HALF_DAYS)
    teachers = [row for row in partnership.partner_teachers.all() if row.until is None]
    for row in [partnership.specialist, *teachers]:
        found &= (set(row.release_half_days) or found) - {row.ppa}
    for row in teachers if not home else []:
        found &= set(row.teaches) or found
    return found
