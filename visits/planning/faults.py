"""What must be mended before a programme is planned, and what is worth knowing: each with the page that mends it."""

from dataclasses import dataclass

from django.urls import reverse

from papers.templatetags.plain import listed
from programmes.calendar import calendar_of
from programmes.models import TimetableStep
from programmes.placing import wrong_with_window

FEW = 5  # so many names stand in a sentence


@dataclass(frozen=True)
class Fault:
    """One sentence, and where to put it right. One that `stops` leaves nothing to plan with."""

    text: str
    url: str
    act: str
    stops: bool = True


def faults_of(programme) -> list[Fault]:
    """Everything wrong with what a plan is made from, what stops it first; the same queries for any number of rows."""
    timetable = reverse("programmes:timetable", args=[programme.slug])
    calendar = calendar_of(programme.organisation_id)
    steps = [step for step in programme.timetable.all() if step.type == TimetableStep.Type.VISIT]
    partnerships = list(programme.partnerships.open_to_visits().with_people())
    found = []
    if not any(step.half_days for step in steps):
        found.append(
            Fault("The timetable has no visits, so there is nothing to plan.", timetable, "Open the timetable")
        )
    if not partnerships:
        where = reverse("programmes:partnerships")
        words = "No partnership is open to visits: one has to be agreed first, and neither paused nor over."
        found.append(Fault(words, where, "Open the partnerships"))
    if not calendar.has_term_dates(programme.starts_on):
        words = f"The six half terms of {programme.academic_year} are not entered, so school days are not known."
        found.append(Fault(words, reverse("programmes:term_dates"), "Enter the term dates"))
    for step in steps:
        wrong = wrong_with_window(step.window_start, step.window_end, calendar, programme.starts_on)
        # A window that only begins or ends in a break has days enough.
        if wrong and (
            "outside the year" in wrong or not calendar.number_of_school_days(step.window_start, step.window_end)
        ):
            found.append(Fault(f"“{step.name}”: {wrong}", timetable, "Change the window"))
    return (
        found + [fault for partnership in partnerships for fault in never_together(partnership)] + unsaid(partnerships)
    )


def never_together(partnership) -> list[Fault]:
    """Both sides have said when they are released, and no half-day of the week suits everyone."""
    specialist = partnership.specialist
    rows = [specialist, *(row for row in partnership.partner_teachers.all() if row.until is None)]
    said = [row for row in rows if row.release_half_days]
    if len(said) < 2 or set.intersection(*(set(row.release_half_days) for row in said)):
        return []
    words = (
        f"{listed([str(row.user) for row in said])} ({partnership.ref}) are never released on the same half-day of the "
        "week, so none of their visits finds one."
    )
    return [Fault(words, reverse("programmes:partnership", args=[partnership.pk]), "Look at their weeks", stops=False)]


def unsaid(partnerships) -> list[Fault]:
    """Whose release pattern has no half-day: any half-day is as good as another then."""
    people = {}
    for partnership in partnerships:
        for row in [partnership.specialist, *partnership.partner_teachers.all()]:
            if getattr(row, "until", None) is None:
                people[row.user] = people.get(row.user, False) or bool(row.release_half_days)
    silent = [str(someone) for someone, has_said in people.items() if not has_said]
    if not silent:
        return []
    names = listed(silent) if len(silent) <= FEW else f"{len(silent)} of {len(people)} teachers"
    verb = "has" if len(silent) == 1 else "have"
    words = f"{names} {verb} no release half-day entered: any half-day of the week counts as possible."
    return [Fault(words, reverse("programmes:partnerships"), "Open the partnerships", stops=False)]
