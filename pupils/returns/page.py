"""What the page of a return shows, as plain values for one reader."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from django.urls import reverse
from django.utils import timezone

from papers.templatetags.plain import listed
from programmes.models import DataReturn
from pupils.models import Assessment, Place, ReturnNote, ReturnRevision, VersionGrade
from pupils.returns.answers import REASONS, answer_from, is_on, said_of
from pupils.returns.standing import Standing
from pupils.returns.writing import why_closed

TEACHERS_SHOWN_PAST = 3  # data points beside the one that is open, the first of all among them


def due_words(day, today) -> str:
    """in 8 days, today, 3 days ago"""
    apart = (day - today).days
    if apart == 0:
        return "today"
    days = f"{abs(apart)} day{'' if abs(apart) == 1 else 's'}"
    return f"in {days}" if apart > 0 else f"{days} ago"


@dataclass
class Grid:
    """The page on which grades are typed."""

    standing: Standing
    person: object

    def __post_init__(self):
        self.data_return = self.standing.data_return
        self.partnership, self.point = self.standing.partnership, self.standing.point
        self.rows = self.standing.rows
        self.past_points = shown_past(self.standing.past_points)
        for row, following in pairwise([*self.rows, None]):
            row.leads_to_excused = following is not None and bool(following.excuse)
        for row in self.rows:
            row.past = [past for past in row.past if past.point in self.past_points]

    @property
    def total(self):
        return len(self.rows)

    @property
    def first_point(self):
        return self.standing.points[0]

    @property
    def without_first(self):
        """Those whose grade will not count in results, as the first one is not there."""
        if self.point == self.first_point:
            return []
        return [row.name for row in self.rows if row.answer.grade and not row.past[0].counts]

    @property
    def has_old_first(self):
        return any(row.past and row.past[0].has_grade and not row.past[0].counts for row in self.rows)

    @property
    def last_point(self):
        """That for which target grades are."""
        return self.standing.points[-1]

    @property
    def has_targets(self):
        return any(row.target for row in self.rows)

    @property
    def others(self):
        return [teacher for teacher in self.partnership.teachers if teacher != self.person]

    @property
    def is_late(self):
        return self.point.due_on < timezone.localdate()

    @property
    def due_words(self):
        return due_words(self.point.due_on, timezone.localdate())

    @property
    def options(self):
        """The grades from the lowest to the highest, and the reasons why there is none."""
        return list(self.standing.grades.values()), [reason.label for reason in REASONS]

    @property
    def boxes(self):
        return [box for row in self.rows for box in (row.grade, row.moderated, row.comment, row.sure)]

    @property
    def kept_names(self):
        return [row.name for row in self.standing.kept]

    @property
    def old_names(self):
        """Those whose grade was typed on another scale, and has to be given anew."""
        return [row.name for row in self.standing.missing if row.old]

    @property
    def missing_names(self):
        return [row.name for row in self.standing.missing]

    @property
    def odd_names(self):
        return [row.name for row in self.standing.odd]

    @property
    def first_empty(self):
        return next((row for row in self.rows if not row.is_in and not row.kept), None)

    @property
    def scale_words(self):
        return self.rows and next(iter(self.standing.grades.values())).scale.title


def shown_past(points):
    """The first data point, and the last ones before this."""
    if len(points) <= TEACHERS_SHOWN_PAST:
        return points
    return [points[0], *points[-TEACHERS_SHOWN_PAST + 1 :]]


# A return to be read --------------------------------------------------------------------------------------------------


@dataclass
class Said:
    """One place of a version, and what the version before said of it where that was something else."""

    place: Place
    words: str
    points: int | None
    moderated: bool
    comment: str
    before: str = ""


def reading_of(person, data_return: DataReturn) -> dict:
    """The return as it stands for somebody who reads it: with names for the pupils' own, else by reference."""
    partnership = data_return.partnership
    by_name = Place.objects.allowed(person, "pupils.view").filter(partnership=partnership).exists()
    versions = list(
        data_return.versions.select_related("submitted_by", "opened_by").prefetch_related(
            "grades__grade__scale", "grades__place__pupil__programme", "grades__place__former"
        )
    )
    shown, before = [], {}
    for version in versions:
        lines = []
        for row in version.grades.all():
            words = said_of(row, partnership.programme.scale)
            line = Said(row.place, words, row.grade.points if row.grade else None, row.moderated, row.comment)
            line.before = before[row.place_id] if before.get(row.place_id, words) != words else ""
            before[row.place_id] = words
            lines.append(line)
        lines.sort(key=lambda line: place_in_order(line.place, data_return.data_point, by_name=by_name))
        shown.append({"version": version, "lines": lines, "changed": sum(bool(line.before) for line in lines)})
    is_in = data_return.state != DataReturn.State.OPEN
    now = now_lines(data_return, by_name=by_name) if is_in else []
    return {
        "by_name": by_name,
        "versions": list(reversed(shown)),
        "now": now,
        "on_other_scale": sum(not line["is_on_scale"] for line in now),
        "is_in": is_in,
        "lacking": lacking(data_return, by_name=by_name),
        "closed": why_closed(data_return),
    }


def lacking(data_return, *, by_name) -> list[str]:
    """Of a submitted return the pupils with neither grade nor reason: they came, or came back, since."""
    if data_return.state != DataReturn.State.SUBMITTED:
        return []
    answered = Assessment.objects.filter(data_point=data_return.data_point_id).values("place")
    places = Place.objects.filter(partnership=data_return.partnership_id).exclude(pk__in=answered)
    pupils = [place.pupil for place in places.select_related("pupil__programme")]
    pupils.sort(key=lambda pupil: name_of(pupil, by_name=by_name).casefold())
    return [pupil.full_name if by_name else f"{pupil.ref} {pupil.initials}".strip() for pupil in pupils]


def now_lines(data_return, *, by_name):
    """What counts in results now: also where a file brought it, and nobody submitted it here."""
    rows = Assessment.objects.filter(
        place__partnership=data_return.partnership_id, data_point=data_return.data_point_id
    )
    rows = rows.select_related("grade__scale", "place__pupil__programme", "place__former", "entered_by")
    rows, uploaded = list(rows), uploaded_in(data_return)
    comments = comments_of([row.place_id for row in rows]) if by_name else {}
    lines = [
        {
            "place": row.place,
            "comment": comments.get((row.place_id, data_return.data_point_id), ""),
            "words": said_of(row, data_return.partnership.programme.scale),
            "is_on_scale": is_on(data_return.partnership.programme.scale, row),
            "points": row.grade.points if row.grade else None,
            "moderated": row.moderated,
            "by_days": row.is_automatic,
            "from_upload": as_uploaded(row) in uploaded,
            "by": row.entered_by,
            "on": row.assessed_on,
        }
        for row in rows
    ]
    return sorted(lines, key=lambda line: place_in_order(line["place"], data_return.data_point, by_name=by_name))


def comments_of(places) -> dict:
    """(place, data point) -> what its teachers wrote beside the grade that counts."""
    rows = VersionGrade.objects.filter(place__in=places, version__opened_at=None).exclude(comment="")
    return {
        (place, point): comment
        for place, point, comment in rows.values_list("place", "version__data_return__data_point", "comment")
    }


def place_in_order(place, point, *, by_name):
    """As in the grid: who is outside the days of the place comes last."""
    return bool(place.excused_on(point.due_on)), name_of(place.pupil, by_name=by_name).casefold()


def name_of(pupil, *, by_name):
    return f"{pupil.last_name} {pupil.first_name} {pupil.ref}" if by_name else pupil.ref


# The list of returns -------------------------------------------------------------------------------------------------


def list_of(rows, today):
    """The returns of each partnership in the order of their days, with what is to be done with each."""
    partnerships = {}
    for row in rows:
        partnerships.setdefault(row.partnership, []).append(row)
    made = []
    for partnership, returns in partnerships.items():
        nearest = next((row for row in returns if row.is_owed and row.state == DataReturn.State.OPEN), None)
        lines = [
            {"row": row, "is_to_do": row is nearest or row.is_to_submit, "due": due_words(row.data_point.due_on, today)}
            for row in returns
        ]
        made.append({"partnership": partnership, "lines": lines})
    return made


def entered_words(data_return, standing=None) -> str:
    """3 by Hannah Osei and 2 from an upload of Amira Byrne, of the grades as they stand; and who else changed one on
    the way. Who uploads has not entered: a teacher checks and submits it.
    """
    uploaded = uploaded_in(data_return)
    if standing is None:
        rows = Assessment.objects.filter(
            place__partnership=data_return.partnership_id, data_point=data_return.data_point_id, is_automatic=False
        )
        by = Counter(
            (row.entered_by, as_uploaded(row) in uploaded)
            for row in rows.select_related("entered_by", "grade")
            if row.entered_by_id
        )
    else:
        fields = [row.grade.field for row in standing.rows if row.is_in]
        notes = ReturnNote.objects.filter(sheet__data_return=data_return, field__in=fields, version__gt=0)
        notes = notes.exclude(text="").select_related("written_by")
        by = Counter((note.written_by, (note.field, note.text, note.written_by_id) in uploaded) for note in notes)
    typed = {person for person, is_upload in by if not is_upload}
    also = [entry.user for entry in data_return.entries.select_related("user") if entry.user not in typed]
    words = listed(
        [
            f"{number} from an upload of {person}" if is_upload else f"{number} by {person}"
            for (person, is_upload), number in sorted(by.items(), key=lambda pair: pair[0][1])
        ]
    )
    if not also:
        return words
    return f"{words}, also changed by {listed(also)}" if words else f"changed by {listed(also)}"


def uploaded_in(data_return) -> set[tuple]:
    """(box, text, person) of the grades that came with a coordinator's file, and were not typed over since."""
    return {tuple(row) for _, *row in ReturnRevision.objects.filter(sheet__data_return=data_return).uploaded()}


def as_uploaded(row: Assessment) -> tuple:
    """As `uploaded_in` has it, if it came so."""
    return f"grade-{row.place_id}", answer_from(row).words, row.entered_by_id


def typed_since(data_return) -> list[dict]:
    """What was typed after the latest version was submitted, and so is not in it: of each box and person the last."""
    version = data_return.versions.last()
    if version is None:
        return []
    rows = ReturnRevision.objects.filter(
        sheet__data_return=data_return, field__startswith="grade-", made=None, at__gte=version.submitted_at
    )
    if version.opened_at:
        rows = rows.filter(at__lte=version.opened_at)
    latest = {(row.field, row.by_id): row for row in rows.select_related("by").exclude(text="").order_by("pk")}
    places = {f"grade-{place.pk}": place for place in data_return.partnership.places.select_related("pupil__programme")}
    standing = {f"grade-{row.place_id}": answer_from(row).words for row in version.grades.select_related("grade")}
    return [
        {"place": places[row.field], "text": row.text, "by": row.by, "at": row.at}
        for row in latest.values()
        if row.field in places and row.text != standing.get(row.field)
    ]


def address_of(data_return, row=None):
    """Where grades are typed, at the box of a row."""
    return reverse("pupils:return", args=[data_return.pk]) + (f"#{row.grade.field}" if row else "")


def counts_by_state(rows) -> Counter:
    return Counter(row.state for row in rows)


def names_in(partnership) -> list[str]:
    """Forenames and surnames of its target pupils, those of more than an initial."""
    rows = partnership.places.values_list("pupil__first_name", "pupil__last_name")
    return sorted({name for row in rows for name in row if len(name.rstrip(".")) > 1})
