"""What starting a programme today would mean, in words: what is odd about its answers, and what will then happen.

Nothing here keeps a programme from being started: that is what `setting_up` says is missing.
"""

import datetime as dt
import re

from papers.templatetags.plain import listed, longdate, plural_count, year_words
from programmes.models import Objection, Partnership, Programme, SpecialistTeacher, TimetableStep
from programmes.setting_up import Task

A_YEAR = re.compile(r"\b20\d\d\b")
NAMED = 3  # areas or steps in a sentence

Status = Partnership.Status


def odd_answers(programme: Programme, tasks: dict[str, Task], today: dt.date) -> list[tuple[Task, str]]:
    """What a coordinator may well mean, but had better look at again, each with the task that changes it."""
    found = [
        ("settings", same_name(programme)),
        ("areas", areas_without_consultant(programme)),
        *(("timetable", sentence) for sentence in odd_steps(programme, today)),
        ("data_points", points_gone_by(programme, today)),
        ("assessment", years_without_expectation(programme)),
        *(("agreement", sentence) for sentence in odd_words(programme)),
        ("staff", review_gone_by(programme, today)),
    ]
    return [(tasks[key], sentence) for key, sentence in found if sentence]


def same_name(programme):
    others = Programme.objects.filter(
        organisation=programme.organisation_id, starts_on=programme.starts_on, name__iexact=programme.name
    )
    if not others.exclude(pk=programme.pk).exclude(status=Programme.Status.CLOSED).exists():
        return ""
    return "Another programme of the same year has this name too: give this one a name by which people tell them apart."


def areas_without_consultant(programme):
    areas = [area.name for area in programme.areas.filter(consultants=None)]
    if not areas:
        return ""
    return f"Nobody is named as consultant of {some(areas)}: partnerships there have no one but you to support them."


def odd_steps(programme, today):
    steps = list(programme.timetable.all())
    visits = [step for step in steps if step.type == TimetableStep.Type.VISIT]
    if steps and not visits:
        yield "There is no visit among its steps: the teachers of a partnership never meet in class."
    if idle := [f"“{step.name}”" for step in visits if not step.half_days]:
        yield f"{some(idle)} {is_or_are(idle)} to take 0 half-days out of class. A visit takes one."
    if gone := [f"“{step.name}”" for step in steps if step.window_end < today]:
        yield f"The days of {some(gone)} have gone by: give them other days, or leave them as they were."


def points_gone_by(programme, today):
    gone = [point for point in programme.data_points.all() if point.due_on < today]
    if not gone:
        return ""
    one = len(gone) == 1
    days = listed([f"“{point.name}” was due on {longdate(point.due_on)}" for point in gone])
    return f"{days}: {'its' if one else 'their'} grades are late from the day on which you start."


def years_without_expectation(programme):
    """One that has none for any year group does without on purpose."""
    expected = {row.year_group for row in programme.expectations.all()}
    lacking = [year_words(year) for year in programme.year_groups if year not in expected]
    if not expected or not lacking:
        return ""
    return f"{listed(lacking)} {has_or_have(lacking)} no expected level: the results leave out how many reached it."


def odd_words(programme):
    text = programme.agreement_texts.last()
    if text is None:
        return
    if programme.funded and not text.release_time.strip():
        yield "The text says nothing about time out of class, although release time is funded."
    named = {int(year) for part in text.PARTS for year in A_YEAR.findall(getattr(text, part))}
    if others := sorted(named - {programme.starts_on.year, programme.ends_on.year}):
        yield f"The text names {listed(others)}, and the programme runs in {programme.academic_year}."


def review_gone_by(programme, today):
    on = programme.agreement_revisited_on
    if on is None or on >= today:
        return ""
    return f"The agreement was to be looked at again on {longdate(on)}: that day has gone by."


def consequences(programme: Programme, today: dt.date) -> list[str]:
    """What starting the programme today brings about, a sentence each, the most pressing first."""
    found = [asks_schools(programme, today), everyone_sees_it(programme)]
    if today > programme.ends_on:
        found = [f"Its year ended on {longdate(programme.ends_on)}: no visit can be planned and no grade is asked for."]
    stays = "Most answers may still be changed; the year may not. On another scale all grades are given anew."
    return [*filter(None, found), stays]


def early(programme: Programme, today: dt.date) -> list[str]:
    """What it means to start a programme before its year begins; nothing from its first day on."""
    if today >= programme.starts_on:
        return []
    return [begins(programme, today), *runs_beside(programme, today)]


def asks_schools(programme, today):
    number = programme.partnerships.filter(status=Status.PROPOSED).count()
    if not number:
        return ""
    until = longdate(today + Objection.WITHIN)
    return (
        f"The headteachers of {plural_count(number, 'partnership')} that {is_or_are(number)} proposed are asked by "
        f"email today to agree, and can decline until {until}."
    )


def everyone_sees_it(programme):
    if not programme.partnerships.exists():
        return "Partnerships can be proposed to schools, visits planned and grades asked for."
    return (
        "Teachers and heads of its partnerships see the programme from today. Agreements can be signed, "
        "visits planned and grades asked for."
    )


def begins(programme, today):
    days = [
        f"“{step.name}” from {longdate(step.window_start)}" for step in programme.timetable.order_by("window_start")[:1]
    ]
    days += [f"the {point} grades by {longdate(point.due_on)}" for point in programme.data_points.all()[:1]]
    dates = f" The first dates: {listed(days)}." if days else ""
    return (
        f"Its year begins on {longdate(programme.starts_on)}, in "
        f"{plural_count((programme.starts_on - today).days, 'day')}.{dates} Until you start it, it stays a draft that "
        "nobody at the schools sees."
    )


def runs_beside(programme, today):
    """The programmes of an earlier year that go on, and who is then in both."""
    running = Programme.objects.filter(
        organisation=programme.organisation_id,
        status=Programme.Status.ACTIVE,
        starts_on__lt=programme.starts_on,
        ends_on__gte=today,
    )
    people = programme.specialists.values("user")
    for other in running:
        both = SpecialistTeacher.objects.filter(programme=other, user__in=people).values("user").distinct().count()
        who = f" {plural_count(both, 'specialist teacher')} {is_or_are(both)} in both." if both else ""
        yield (
            f"{other.title} runs until {longdate(other.ends_on)}. Until then both run beside each other, each with "
            f"its own partnerships, visits and grades.{who}"
        )


def copied_early(programme: Programme, completed: int, today: dt.date) -> list[str]:
    """What it means to copy a programme whose year goes on, `completed` of whose partnerships end with the copy."""
    if programme.status != Programme.Status.ACTIVE or not programme.starts_on <= today <= programme.ends_on:
        return []
    found = ["It goes on as it is. The copy stays a draft that nobody at the schools sees, until you start it."]
    if completed:
        found.append(
            f"{plural_count(completed, 'partnership')} of it {is_or_are(completed)} marked as completed today, "
            f"{longdate(today)}, and no visit can be planned there any more."
        )
    return found


def some(names):
    return listed(names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"])


def is_or_are(found):
    return "is" if (found if isinstance(found, int) else len(found)) == 1 else "are"


def has_or_have(found):
    return "has" if len(found) == 1 else "have"
