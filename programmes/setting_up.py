"""The tasks of setting a programme up: how far each is, and what is missing, in words."""

from dataclasses import dataclass, field
from enum import Enum

from django.urls import reverse

from programmes.calendar import calendar_of
from programmes.models import Programme
from programmes.placing import wrong_with_window

FEWEST_DATA_POINTS = 2


class State(Enum):
    DONE = "Completed"
    BEGUN = "In progress"
    OPEN = "Not started"
    BLOCKED = "Cannot start yet"


@dataclass
class Task:
    """`missing` says what is still to be done, a sentence each."""

    key: str
    title: str
    url: str
    state: State
    missing: list[str] = field(default_factory=list)

    @property
    def colour(self):
        return {State.DONE: "", State.BEGUN: "blue", State.OPEN: "teal", State.BLOCKED: "grey"}[self.state]


# Tasks that a person ends by saying so: the rows alone do not tell whether there are more to come.
ENDED_BY_HAND = {"areas", "timetable", "data_points"}


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
        staff(programme),
    ]


def page(name, programme):
    return reverse(name, args=[programme.slug])


def done(programme, key):
    return key in programme.tasks_done


def settings(programme):
    return Task("settings", "Name, year and who takes part", page("programmes:settings", programme), State.DONE)


def areas(programme):
    url, title = page("programmes:areas", programme), "Areas and their consultants"
    if done(programme, "areas"):
        return Task("areas", title, url, State.DONE)
    names = programme.areas.count()
    what = ["Say when all areas are there."] if names else ["Add the areas, or say that there are none."]
    return Task("areas", title, url, State.BEGUN if names else State.OPEN, what)


def term_dates(programme, calendar):
    here = page("programmes:set_up", programme)
    url = reverse("programmes:term_dates_enter", args=[programme.organisation_id, programme.starts_on])
    title = f"Term dates {programme.academic_year}"
    if calendar.has_term_dates(programme.starts_on):
        url = reverse("programmes:term_dates_year", args=[programme.organisation_id, programme.starts_on])
        return Task("term_dates", title, url, State.DONE)
    return Task("term_dates", title, f"{url}?next={here}", State.OPEN, ["Enter the six half terms of the year."])


def timetable(programme, calendar):
    url, title = page("programmes:timetable", programme), "Timetable"
    steps = list(programme.timetable.all())
    if not steps and not calendar.has_term_dates(programme.starts_on):
        return Task("timetable", title, url, State.BLOCKED, ["Enter the term dates first."])
    if not steps:
        return Task("timetable", title, url, State.OPEN, ["Choose a template, or add the steps."])
    wrong = [wrong_with_window(step.window_start, step.window_end, calendar, programme.starts_on) for step in steps]
    missing = [f"“{step.name}”: {sentence}" for step, sentence in zip(steps, wrong, strict=True) if sentence]
    if not missing and not done(programme, "timetable"):
        missing = ["Say when the timetable is complete."]
    return Task("timetable", title, url, State.BEGUN if missing else State.DONE, missing)


def data_points(programme, calendar):
    url, title = page("programmes:data_points", programme), "Data points"
    points = list(programme.data_points.all())
    if not points:
        return Task("data_points", title, url, State.OPEN, ["Say by which days the grades are in: two days or more."])
    missing = [
        f"“{point.name}” is due on {point.due_on:%-d %B %Y}, which is not in the year."
        for point in points
        if not programme.starts_on <= point.due_on <= programme.ends_on
    ]
    if len(points) < FEWEST_DATA_POINTS:
        missing.append("Add a second data point: progress is counted from the first to the last.")
    if not missing and not done(programme, "data_points"):
        missing = ["Say when all data points are there."]
    return Task("data_points", title, url, State.BEGUN if missing else State.DONE, missing)


def assessment(programme):
    url, title = page("pupils:assessment", programme), "Assessment: scale and expectations"
    if done(programme, "assessment"):
        return Task("assessment", title, url, State.DONE)
    begun = programme.expectations.exists()
    what = "Look at the expectations again." if begun else "Choose the scale and say what is expected."
    return Task("assessment", title, url, State.BEGUN if begun else State.OPEN, [what])


def criteria(programme):
    url, title = page("programmes:criteria", programme), "Success criteria"
    if done(programme, "criteria") or programme.success_criteria.exists():
        return Task("criteria", title, url, State.DONE)
    return Task(
        "criteria", title, url, State.OPEN, ["Say when the programme is a success, or that you set no criteria."]
    )


def agreement(programme):
    url, title = page("programmes:agreement_text", programme), "Agreement text"
    if programme.agreement_texts.exists():
        return Task("agreement", title, url, State.DONE)
    what = "Read the text that comes with the app, change what you like, and save it as yours."
    return Task("agreement", title, url, State.OPEN, [what])


def staff(programme):
    url = page("programmes:staff", programme)
    title = "Training places and review of the agreement" if programme.funded else "Review of the agreement"
    if done(programme, "staff"):
        return Task("staff", title, url, State.DONE)
    what = "Say how many staff are funded, and when the agreement is looked at again."
    return Task(
        "staff", title, url, State.OPEN, [what if programme.funded else "Say when the agreement is looked at again."]
    )


def missing_in(tasks) -> list[tuple[Task, str]]:
    """What stands in the way of running the programme, with the task that mends it."""
    return [(task, sentence) for task in tasks for sentence in task.missing]
