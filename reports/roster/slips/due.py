"""What had a day and is not done: grades, visits, actions."""

from django.urls import reverse

from reports.roster.slips.slip import Act, Slip, Waits, day_words, for_days, late

A_WEEK = 5  # school days: less than that was never enough to find a half-day
RECORD_WITHIN = 2  # school days in which teachers write what they saw
PLAN_AHEAD = 15  # school days before a window ends a half-day should be found, for cover takes time
TEACHERS = frozenset({Waits.TEACHER})


def first_who_can(facts, *groups):
    """Of the first group whoever can sign in, else of the next."""
    return next((tuple(able) for able in map(facts.can, groups) if able), ())


def who_enters_grades(facts, p):
    """The target pupils are in the partner teacher's class."""
    return first_who_can(facts, facts.partner_teachers[p.pk], [p.specialist.user])


def who_arranges_visits(facts, p):
    return first_who_can(facts, [p.specialist.user], facts.partner_teachers[p.pk])


def late_grades(facts):
    for p in facts.started:
        past = [row for row in facts.returns.get(p.pk, []) if row.data_point.due_on < facts.today]
        for row in past:
            if row.is_owed:
                age = facts.age(p, row.data_point.due_on)
                what = f"{row.data_point} grades {late(age)}"
                so_far = "not submitted" if row.is_complete else f"{row.received} of {row.expected} in"
                yield p, grades_slip(facts, p, row, what, f", {so_far}")
        if past and not past[-1].expected:
            point = past[-1].data_point
            more = f"; {point} grades were due on {day_words(point.due_on, facts)}"
            yield p, grades_slip(facts, p, past[-1], "No target pupils yet", more)


def grades_slip(facts, p, row, what, more):
    return Slip(
        kind="grades",
        what=what,
        more=more,
        since=row.data_point.due_on,
        age=facts.age(p, row.data_point.due_on),
        waits=TEACHERS,
        people=who_enters_grades(facts, p),
        at=("programmes:partnership", p.pk),
        about=row,
    )


def unrecorded_visits(facts):
    """A visit took place when its record says so: one without is the matter of both teachers."""
    for p in facts.under_way:
        for visit in facts.visits.get(p.pk, []):
            age = facts.age(p, visit.on) if visit.on < facts.today and not visit.recorded_at else 0
            if age < RECORD_WITHIN:
                continue
            yield (
                p,
                Slip(
                    kind="visit",
                    what=f"Visit of {day_words(visit.on, facts)}",
                    more=f": no record yet{for_days(age)}",
                    since=visit.on,
                    age=age,
                    waits=TEACHERS,
                    people=tuple(facts.can(facts.teachers[p.pk])),
                    at=("visits:detail", visit.pk),
                    about=visit,
                ),
            )


def displaced_visits(facts):
    """A planned visit lost its half-day: a school is closed then, or somebody who comes is away, for instance."""
    for p in facts.started:
        for visit in facts.visits.get(p.pk, []):
            if (why := facts.took.get(visit.pk)) is None:
                continue
            yield (
                p,
                Slip(
                    kind="move",
                    what=f"Visit of {day_words(visit.on, facts)} must move",
                    more=f", {why} then",
                    since=facts.today,
                    age=0,
                    waits=TEACHERS,
                    is_due=False,
                    people=who_arranges_visits(facts, p),
                    at=("planner:half_day", visit.planner_slug),
                    about=visit,
                ),
            )


def unplanned_visits(facts):
    for p in facts.started:
        for step in steps_without_visit(facts, p):
            is_over = step.window_end < facts.today
            look_from = min(facts.days_before(p, step.window_end, PLAN_AHEAD), step.window_start)
            if not is_over and facts.today < look_from:
                continue
            end = day_words(step.window_end, facts)
            since = step.window_end if is_over else look_from
            age = facts.age(p, since)
            yield (
                p,
                Slip(
                    kind="plan",
                    what=f"No visit for {step.name}" if is_over else f"No visit planned for {step.name}",
                    more=f", its window ended on {end}{for_days(age)}" if is_over else f", its window ends on {end}",
                    since=since,
                    age=age,
                    waits=TEACHERS,
                    is_due=is_over,
                    people=who_arranges_visits(facts, p),
                    at=("visits:create", p.pk),
                    about=step,
                ),
            )


def steps_without_visit(facts, p):
    """Visits of the timetable that have no half-day. One that names no step stands for that in whose window it lies.

    A window that had ended when the partnership began, or had less than a school week left, is not asked of it.
    """
    asked_from, visits = facts.days_after(p, facts.began(p), A_WEEK), facts.visits.get(p.pk, [])
    taken = {visit.step_id for visit in visits}
    loose = [visit for visit in visits if visit.step_id is None]
    for step in facts.timetable.get(p.programme_id, []):
        if step.pk in taken or step.window_end < asked_from:
            continue
        inside = next((visit for visit in loose if step.window_start <= visit.on <= step.window_end), None)
        if inside is None:
            yield step
        else:
            loose.remove(inside)


def overdue_actions(facts):
    """The words of an action are the coordinator's own, and so no mail carries them."""
    for action in facts.overdue_actions:
        p = facts.by_pk[action.partnership_id]
        if p.pk not in facts.pks_under_way:
            continue
        age, mine = facts.age(p, action.due_on), action.owner == facts.reader
        at = ("programmes:action", action.pk)
        yield (
            p,
            Slip(
                kind="action",
                what=f"Action {late(age)}",
                more=f": {action.what} ({'yours' if mine else action.owner})",
                since=action.due_on,
                age=age,
                waits=frozenset({whose(facts, p, action.owner)}),
                people=(action.owner,) if action.owner.is_active and not mine else (),
                at=at,
                act=Act("Do it", reverse(at[0], args=at[1:])) if mine else None,
                mail=f"An action of yours in the action plan of the programme is {late(age)}",
                about=action,
            ),
        )


def whose(facts, p, owner):
    if owner in facts.teachers[p.pk]:
        return Waits.TEACHER
    if any(owner in facts.heads.get(school, []) for school in (p.partner_school_id, p.specialist.home_school_id)):
        return Waits.HEAD
    return Waits.COORDINATOR if owner == facts.reader else Waits.OTHER
