"""The tasks of setting a programme up: how far each is, and what is missing, in words.

What is missing keeps a programme from being started. What is merely odd is said by `starting`, and keeps nobody.
"""

from dataclasses import dataclass, field
from enum import Enum

from django.urls import reverse

from programmes.calendar import calendar_of
from programmes.models import AgreementText, Programme
from programmes.placing import said, wrong_with_window

FEWEST_DATA_POINTS = 2


class State(Enum):
    DONE = "Completed"
    BEGUN = "In progress"
    OPEN = "Not started"
    BLOCKED = "Cannot start yet"


@dataclass(frozen=True)
class Gap:
    """What is missing, in a sentence. `ways` are words and addresses, where more than the task's own page mends it."""

    sentence: str
    ways: tuple[tuple[str, str], ...] = ()

    def __str__(self):
        return self.sentence


@dataclass
class Task:
    key: str
    title: str
    url: str
    state: State
    missing: list[Gap] = field(default_factory=list)

    @property
    def colour(self):
        return {State.DONE: "", State.BEGUN: "blue", State.OPEN: "teal", State.BLOCKED: "grey"}[self.state]


# Tasks that a person ends by saying so: the rows alone do not tell whether there are more to come.
ENDED_BY_HAND = {"areas", "timetable", "data_points"}

# What `assessment` lacks besides: (programme) -> gaps. The scales belong to an app to the right, which appends its own.
ASSESSMENT_GAPS = []


def tasks_of(programme: Programme) -> list[Task]:
    """Every task in its order."""
    calendar = calendar_of(programme.organisation_id)
    return [
        settings(programme),
        areas(programme),
        term_dates(programme, calendar),
        timetable(programme, calendar),
        data_points(programme, calendar),
        assessment(programme),
        criteria(programme),
        agreement(programme),
        staff(programme, calendar),
    ]


def page(name, programme):
    return reverse(name, args=[programme.slug])


def back_words(programme) -> str:
    """Of the link to the list of tasks: a programme that runs has none, but settings."""
    return "Back to the tasks" if programme.status == Programme.Status.DRAFT else "Back to the settings"


def may_end(programme, key) -> bool:
    """Whether a person can still say that this task is completed."""
    return programme.status == Programme.Status.DRAFT and not done(programme, key)


def done(programme, key):
    return key in programme.tasks_done


def settings(programme):
    return Task("settings", "Name, year and who takes part", page("programmes:settings", programme), State.DONE)


def areas(programme):
    url, title = page("programmes:areas", programme), "Areas and their consultants"
    if done(programme, "areas"):
        return Task("areas", title, url, State.DONE)
    if programme.areas.exists():
        return Task("areas", title, url, State.BEGUN, [Gap("Say when all areas are there.")])
    return Task("areas", title, url, State.OPEN, [Gap("Add the areas, or say that there are none.")])


def term_dates(programme, calendar):
    here = page("programmes:set_up", programme)
    url = reverse("programmes:term_dates_enter", args=[programme.organisation_id, programme.starts_on])
    title = f"Term dates {programme.academic_year}"
    if calendar.has_term_dates(programme.starts_on):
        url = reverse("programmes:term_dates_year", args=[programme.organisation_id, programme.starts_on])
        return Task("term_dates", title, url, State.DONE)
    return Task("term_dates", title, f"{url}?next={here}", State.OPEN, [Gap("Enter the six half terms of the year.")])


def timetable(programme, calendar):
    url, title = page("programmes:timetable", programme), "Timetable"
    steps = list(programme.timetable.all())
    if not steps and not calendar.has_term_dates(programme.starts_on):
        return Task("timetable", title, url, State.BLOCKED, [Gap("Enter the term dates first.")])
    if not steps:
        return Task("timetable", title, url, State.OPEN, [Gap("Choose a template, or add the steps.")])
    wrong = [wrong_with_window(step.window_start, step.window_end, calendar, programme.starts_on) for step in steps]
    missing = [Gap(f"“{step.name}”: {sentence}") for step, sentence in zip(steps, wrong, strict=True) if sentence]
    if programme.funded and not any(funded_half_days(step) for step in steps):
        missing.append(
            Gap(
                "Release time is funded, but no step funds a half-day.",
                (
                    ("Say how many half-days each step funds", url),
                    ("say that release time is not funded", page("programmes:settings", programme)),
                ),
            )
        )
    if not missing and not done(programme, "timetable"):
        missing = [Gap("Say when the timetable is complete.")]
    return Task("timetable", title, url, State.BEGUN if missing else State.DONE, missing)


def funded_half_days(step):
    return step.funded_specialist_half_days + step.funded_partner_half_days


def data_points(programme, calendar):
    url, title = page("programmes:data_points", programme), "Data points"
    points = list(programme.data_points.all())
    if not points:
        what = [Gap("Say by which days the grades are in: two days or more.")]
        return Task("data_points", title, url, State.OPEN, what)
    wrong = [(point, wrong_with_day(point.due_on, calendar, programme)) for point in points]
    missing = [Gap(f"“{point.name}” is due on {sentence}") for point, sentence in wrong if sentence]
    if len(points) < FEWEST_DATA_POINTS:
        missing.append(Gap("Add a second data point: progress is counted from the first to the last."))
    if not missing and not done(programme, "data_points"):
        missing = [Gap("Say when all data points are there.")]
    return Task("data_points", title, url, State.BEGUN if missing else State.DONE, missing)


def wrong_with_day(on, calendar, programme) -> str:
    """The day, and what is wrong with it; nothing where schools are open on it in the programme's year."""
    if not programme.starts_on <= on <= programme.ends_on:
        return f"{said(on)}, which is not in the year."
    if not calendar.is_school_day(on):
        near = said(calendar.nearest_school_day(on))
        return f"{said(on)}, on which schools are closed. The nearest school day is {near}."
    return ""


def assessment(programme):
    url, title = page("pupils:assessment", programme), "Assessment: scale and expectations"
    if done(programme, "assessment"):
        missing = [gap for gaps in ASSESSMENT_GAPS for gap in gaps(programme)]
        return Task("assessment", title, url, State.BEGUN if missing else State.DONE, missing)
    begun = programme.expectations.exists()
    what = "Look at the expectations again." if begun else "Choose the scale and say what is expected."
    return Task("assessment", title, url, State.BEGUN if begun else State.OPEN, [Gap(what)])


def criteria(programme):
    url, title = page("programmes:criteria", programme), "Success criteria"
    if done(programme, "criteria") or programme.success_criteria.exists():
        return Task("criteria", title, url, State.DONE)
    what = [Gap("Say when the programme is a success, or that you set no criteria.")]
    return Task("criteria", title, url, State.OPEN, what)


def agreement(programme):
    url, title = page("programmes:agreement_text", programme), "Agreement text"
    text = programme.agreement_texts.last()
    if text is None:
        what = "Read the text that comes with the app, change what you like, and save it as yours."
        return Task("agreement", title, url, State.OPEN, [Gap(what)])
    lacking = [part for part in AgreementText.NEEDED if not getattr(text, part).strip()]
    missing = [Gap(f"Write the part “{text.title_of(part)}”: nobody can sign without it.") for part in lacking]
    return Task("agreement", title, url, State.BEGUN if missing else State.DONE, missing)


def staff(programme, calendar):
    url = page("programmes:staff", programme)
    title = "Training places and review of the agreement" if programme.funded else "Review of the agreement"
    if done(programme, "staff"):
        on = programme.agreement_revisited_on
        wrong = wrong_with_day(on, calendar, programme) if on else ""
        missing = [Gap(f"The agreement is looked at again on {wrong}")] if wrong else []
        return Task("staff", title, url, State.BEGUN if missing else State.DONE, missing)
    if programme.staff_funded is not None or programme.agreement_revisited_on:
        # Set for other dates or another kind of funding: the answers are there, and nobody has looked at them since.
        what = "Look again at what is set."
        return Task("staff", title, url, State.BEGUN, [Gap(what)])
    what = "Say how many staff are funded, and when the agreement is looked at again."
    what = what if programme.funded else "Say when the agreement is looked at again."
    return Task("staff", title, url, State.OPEN, [Gap(what)])


def missing_in(tasks) -> list[tuple[Task, Gap]]:
    """What stands in the way of running the programme, with the task that mends it."""
    return [(task, gap) for task in tasks for gap in task.missing]
