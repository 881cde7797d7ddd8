"""Visits of a demo programme: one in each window of its timetable, past ones taken place but for a few."""

import random

from programmes.calendar import calendar_of
from programmes.models import TimetableStep
from visits import services
from visits.models import Visit

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
    for step in programme.timetable.filter(type=TimetableStep.Type.VISIT):
        window = calendar.school_days(step.window_start, step.window_end)
        slots = [(on, half) for on in window for half in ("am", "pm")]
        for partnership in partnerships:
            people = [partnership.specialist.user, *partnership.current_partner_teachers]
            home = step.name == "Reciprocal visit"
            for on, half in rng.sample(slots, len(slots)):
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
                break
