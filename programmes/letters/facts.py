"""What the letter to a head says, as plain values that JSON can hold: frozen with the letter."""

import hashlib
import json
from collections import defaultdict
from itertools import groupby

from django.utils.dateformat import format as format_date

from accounts.models import Membership
from accounts.roles import Role
from papers.templatetags.plain import listed
from programmes.beginning import days_begun, is_left
from programmes.letters.asked import asked_of
from programmes.models import AreaConsultant
from programmes.paragraphs import blocks

EDITION = 5  # raise it when a template changes what the letter says: then asking again makes a new one

AUDIENCES = {"heads": "headteachers"}

# What other apps know of the year: (programme, what the letters ask of each partner school, as `Asked`) -> dates by the
# id of the school's row, as `dated` makes them. A date that has its step of the timetable stands in the letter instead
# of that step. Apps to the right append theirs in AppConfig.ready.
ALSO_AHEAD = []


def facts_of(row) -> dict:
    return letter_facts(row.programme, [row])[row.pk]


def digest_of(facts) -> str:
    """The same for the same facts and edition, whoever asks and when."""
    text = json.dumps([EDITION, facts], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def letter_facts(programme, rows) -> dict[int, dict]:
    """The facts of each of these partner schools of a programme, in as many queries for one as for all."""
    schools = [row.school_id for row in rows]
    asked = asked_of(programme, rows, days_begun(programme))
    steps = list(programme.timetable.all())
    points = list(programme.data_points.all())
    coordinators = staff_of(programme, Role.COORDINATOR)
    consultants = consultants_by_area(programme)
    linked = {user.pk: user for user in staff_of(programme, Role.CONSULTANT)}
    heads = heads_by_school(programme, schools)
    ahead = [also(programme, asked) for also in ALSO_AHEAD]
    shared = {
        "programme": programme.name,
        "title": programme.title,
        "year": programme.academic_year,
        "organiser": programme.organisation.name,
        "words": blocks(programme.heads_letter_words),
        "subjects": programme.subjects,
        "funded": programme.funded,
        "signed_by": [str(user) for user in coordinators],
    }
    found = {}
    for school in asked:
        row, own = school.row, school.own
        areas = {p.area_id for p in own} | {row.area_id}
        named = [user for area in sorted(areas - {None}) for user in consultants.get(area, [])]
        named += [linked[p.specialist.consultant_id] for p in own if p.specialist.consultant_id in linked]
        known = [entry for also in ahead for entry in also.get(row.pk, [])]
        found[row.pk] = shared | {
            "school": row.school.name,
            "dear": addressed(heads.get(row.school_id, []), row.school),
            "staff_funded": row.staff_covered,
            "partnerships": [partnership_words(p) for p in own],
            "away": [away_words(p) for p in school.away],
            **year_of(school, steps, points, known),
            "contacts": [contact(user, "Coordinator", programme.organisation.name) for user in coordinators]
            + [contact(user, "Consultant", "") for user in dict.fromkeys(named)]
            + [
                contact(s.user, "Specialist teacher", s.home_school.name)
                for s in dict.fromkeys(p.specialist for p in own)
            ],
        }
    return found


def year_of(school, steps, points, known) -> dict:
    """What is left of the year for a school: its dates, in order, and the sums at the top of the letter."""
    left = [step for step in steps if is_left(step.window_end, school.since)]
    due = [point for point in points if is_left(point.due_on, school.due_since)]
    dated_steps = {entry["step"] for entry in known} - {None}
    dates = known + [step_words(step, school) for step in left if step.pk not in dated_steps]
    dates += [point_words(point) for point in due]
    visits = school.visits(steps)
    return {
        # Not since when: of a school that has not begun that is today, and its letter would be another one every day.
        "rest": len(left) < len(steps) or len(due) < len(points),
        "visits": max(visits),
        "visits_differ": len(set(visits)) > 1,
        "funded_half_days": sum(school.of_step(step) for step in left if step.required),
        "funded_extra": sum(school.of_step(step) for step in left if not step.required),
        "extras": [step.name for step in left if not step.required],
        "released": len({seat.teacher for seat in school.released}),
        "points": [{"name": point.name, "day": day_words(point.due_on)} for point in due],
        "dates": sorted(dates, key=lambda entry: (entry["from"], entry["to"], entry["what"])),
    }


def staff_of(programme, role):
    """Whoever has the role in the organisation today and can sign in."""
    live = Membership.objects.live().filter(role=role, organisation=programme.organisation_id, user__is_active=True)
    rows = live.select_related("user").order_by("user__last_name", "user__first_name", "pk")
    return list(dict.fromkeys(m.user for m in rows))


def consultants_by_area(programme):
    found = defaultdict(list)
    rows = AreaConsultant.objects.filter(area__programme=programme).select_related("user")
    for row in rows.order_by("user__last_name", "user__first_name", "pk"):
        found[row.area_id].append(row.user)
    return found


def heads_by_school(programme, schools) -> dict[int, list[Membership]]:
    """The heads of each school, and their deputies, who can sign in to what this organisation runs."""
    live = Membership.objects.live().filter(
        role=Role.HEADTEACHER, organisation=programme.organisation_id, school__in=schools, user__is_active=True
    )
    found = defaultdict(list)
    for m in live.select_related("user").order_by("deputy", "user__last_name", "user__first_name", "pk"):
        if m.user not in [known.user for known in found[m.school_id]]:
            found[m.school_id].append(m)
    return found


def addressed(heads, school) -> str:
    """The head who signs in, or whom the register names: by the whole name, as in every mail, and with the title where
    the first name is not known. Nobody by name where there are several."""
    own = [m for m in heads if not m.deputy]
    if len(own) == 1:
        return str(own[0].user)
    if not own and school.head_last_name:
        return " ".join(part for part in (school.head_first_name or school.head_title, school.head_last_name) if part)
    return "headteacher"


def contact(user, what, where):
    return {"name": str(user), "what": what, "where": where, "email": user.email}


def partnership_words(p):
    return {
        "label": p.label,
        "specialist": str(p.specialist),
        "home_school": "" if p.is_in_own_school else p.specialist.home_school.name,
        "teachers": [str(user) for user in p.current_partner_teachers],
    }


def away_words(p):
    """Of a specialist teacher of this school who works with another one."""
    return {"label": p.label, "specialist": str(p.specialist), "partner_school": p.partner_school.name}


def dated(start, end, what, *, kind, where="", who="", half_days=0, required=True, step=None, days=()):
    """A line of the year ahead. `half_days` are those of the school's teachers for which cover is funded.

    What meets several times is one line, with all of its `days`.
    """
    return {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "when": window_words(start, end),
        "days": days_words(days),
        "what": what,
        "kind": kind,
        "where": where,
        "who": who,
        "half_days": half_days,
        "required": required,
        "step": step,
    }


def step_words(step, school):
    return dated(
        step.window_start,
        step.window_end,
        step.name,
        kind=step.type,
        where=school.host(step.host),
        who=audience_words(step.audience),
        half_days=school.of_step(step),
        required=step.required,
        step=step.pk,
    )


def audience_words(audience) -> str:
    """Headteachers and specialist teachers"""
    parts = [part.strip() for part in audience.split(";")]
    words = listed([AUDIENCES.get(part, part) for part in parts if part])
    return f"{words[:1].upper()}{words[1:]}"


def point_words(point):
    return dated(point.due_on, point.due_on, f"{point.name} grades are in", kind="grades")


def day_words(day) -> str:
    """Friday 16 October 2026"""
    return format_date(day, "l j F Y")


def days_words(days) -> str:
    """5 and 19 November, 3 December; the year is said by the window."""
    months = [(month, list(of)) for month, of in groupby(sorted(days), key=lambda day: f"{day:%B}")]
    return ", ".join(f"{listed([day.day for day in of])} {month}" for month, of in months)


def window_words(start, end) -> str:
    """Friday 16 October 2026; 5 to 16 October 2026; 2 November to 4 December 2026."""
    if start == end:
        return day_words(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {format_date(end, 'j F Y')}"
    first = format_date(start, "j F" if start.year == end.year else "j F Y")
    return f"{first} to {format_date(end, 'j F Y')}"
