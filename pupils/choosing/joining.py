"""Since when a pupil is there: what a first day, or none, means for grades that are due or submitted by now."""

from django.utils import timezone

from papers.templatetags.plain import listed
from programmes.models import DataReturn, Partnership
from pupils.choosing import dates
from pupils.choosing.lines import Wrong

BEGINNING, LATE = "beginning", "late"
QUESTION = "Was the pupil there from the beginning?"
UNANSWERED = "Say whether the pupil was there from the beginning, or joined later."
NO_DAY = "Enter the day on which the pupil joined."


def behind(partnership: Partnership) -> list[DataReturn]:
    """The returns whose day is past, or that are submitted already: a pupil without a first day owes a grade there."""
    today = timezone.localdate()
    rows = partnership.returns.exclude(state=DataReturn.State.CLOSED).select_related("data_point")
    rows = rows.order_by("data_point__due_on", "pk")
    return [row for row in rows if row.data_point.due_on < today or row.state == DataReturn.State.SUBMITTED]


def waiting_again(partnership: Partnership, since=None, place=None) -> list[DataReturn]:
    """The submitted returns that lack a grade once a pupil is there since this day, or since the beginning."""
    rows = partnership.returns.filter(state=DataReturn.State.SUBMITTED).select_related("data_point")
    if place is not None:
        answered = place.assessments.filter(is_automatic=False).order_by().values("data_point")
        rows = rows.exclude(data_point__in=answered)
    rows = rows.order_by("data_point__due_on", "pk")
    return [row for row in rows if since is None or row.data_point.due_on >= since]


def waiting_for_taken(partnership: Partnership, places) -> tuple[list[DataReturn], str]:
    """The submitted returns that lack a grade of one of these new places, and for whose they wait."""
    days = {place.since for place in places}
    first = None if None in days else min(days)
    rows = [row for row in waiting_again(partnership, first) if row.missing]
    if len(places) == 1:
        return rows, "the pupil who is added"
    asked = [[row for row in rows if day is None or row.data_point.due_on >= day] for day in days]
    is_one = all(given == rows for given in asked)
    return rows, "each pupil who is added" if is_one else "each added pupil who was there by then"


def points_of(rows) -> str:
    """October and December"""
    return listed([str(row.data_point) for row in rows])


def from_the_beginning(rows, whose="A grade") -> str:
    """What it means to have been there from the beginning."""
    submitted = [row for row in rows if row.state == DataReturn.State.SUBMITTED]
    said = f"{whose} for {points_of(rows)} is asked for."
    return f"{said} The {points_of(submitted)} grades, submitted already, wait for it again." if submitted else said


def what_waits(rows, who) -> str:
    """A sentence for before it is done."""
    if not rows:
        return ""
    return (
        f"The {points_of(rows)} grades are submitted. They will wait for a grade of {who} again, and are incomplete "
        "until a teacher enters it: choose “Add the missing grades” on the page Grades."
    )


def what_waits_now(rows, who) -> str:
    """The same for afterwards."""
    if not rows:
        return ""
    return (
        f"The {points_of(rows)} grades, which were submitted, wait for a grade of {who} now: "
        "a teacher of the partnership adds it on the page Grades, with “Add the missing grades”."
    )


class Joined:
    """What is said once of all the pupils of a list that have no day of their own."""

    def __init__(self, content, partnership):
        self.behind = behind(partnership)
        self.answer, self.text = content.get("joined", ""), content.get("joined_on", "")
        self.day, self.wrong = None, ""
        if self.answer == LATE:
            self.read(partnership.programme)

    def read(self, programme):
        try:
            self.day = dates.read(self.text, dates.DAY_FIRST) if self.text else None
        except Wrong as wrong:
            self.wrong = f"{wrong.what} {wrong.mend}"
            return
        if self.day is None:
            self.wrong = "Enter the day on which they joined."
        elif not programme.starts_on < self.day <= programme.ends_on:
            self.day = None
            self.wrong = f"Enter a day after {programme.starts_on:%-d/%-m/%Y} and up to {programme.ends_on:%-d/%-m/%Y}."

    def put(self, lines):
        """The day into the lines that have none. Which lines they are."""
        added = [line for line in lines if line.is_added]
        self.lines = [line for line in added if not line.values.get("since") and "since" not in line.soft]
        for line in self.lines if self.day else []:
            line.values["since"], line.soft["since"] = self.day, "As said below"
        return self.lines

    @property
    def is_asked(self):
        return bool(self.behind and self.lines)

    @property
    def lacks(self):
        """What is to be said yet, or ""."""
        if not self.is_asked:
            return ""
        if self.answer not in {BEGINNING, LATE}:
            return "Say whether the pupils without a day were there from the beginning, or joined later."
        return self.wrong

    @property
    def hint(self):
        return from_the_beginning(self.behind, "A grade of each")


def waiting_for(partnership, lines) -> list[dict]:
    """Each submitted return with the pupils of these lines whose grade it will lack."""
    made = []
    for row in waiting_again(partnership):
        since = [(line, line.values.get("since")) for line in lines]
        who = [name_of(line) for line, day in since if day is None or day <= row.data_point.due_on]
        if who:
            made.append({"row": row, "who": who})
    return made


def name_of(line):
    return " ".join(filter(None, (line.values.get("first_name"), line.values.get("last_name"))))
