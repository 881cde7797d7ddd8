"""What a file of grades says: drafts for places that lack one, and for each wrong cell what is wrong and what to do."""

import io
from collections import defaultdict
from dataclasses import dataclass, field

from pydantic import BaseModel

from papers.sheets import Problem, Problems, Text, YesNo, parse_rows, plain_name, quote, read_rows, read_table
from programmes.models import DataReturn, Partnership, Programme
from pupils.models import Assessment, Place, ReturnNote
from pupils.returns.answers import REASONS, answer_from, answer_of, grades_of
from pupils.returns.writing import why_closed

PASTED = "pasted.csv"
NOT_UNDERSTOOD = "something that is no grade"  # their words may name the pupil
MOST_ROWS = 20_000
LONGEST = 2_000_000
REQUIRED = ["partnership", "pupil", "data_point", "grade"]
OPTIONAL = ["moderated"]
ALIASES = {
    "partnership": ["Partnership ref", "Partnership reference"],
    "pupil": ["Pupil ref", "Pupil reference", "Reference"],
    "data_point": ["Point", "Term", "When"],
    "grade": ["Level", "Mark", "Score", "Result", "Assessment"],
}
UNUSED = {plain_name(name) for name in ("Partner school", "Initials", "Year")}  # of our own template


class Line(BaseModel):
    partnership: Text
    pupil: Text
    data_point: Text
    grade: Text = ""
    moderated: YesNo | None = None


@dataclass
class Draft:
    """A grade for one place: the texts of the boxes that change."""

    place: Place
    data_return: DataReturn
    texts: dict[str, str]


@dataclass
class Reading:
    """`left` are places whose teachers have typed something else, which stays. `blank` rows have no grade yet."""

    drafts: list[Draft] = field(default_factory=list)
    same: int = 0
    blank: int = 0
    left: list[tuple] = field(default_factory=list)  # (place, what the teachers typed, what the file says)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def by_return(self):
        found = defaultdict(list)
        for draft in self.drafts:
            found[draft.data_return].append(draft)
        return sorted(found.items(), key=lambda pair: (pair[0].data_point.due_on, pair[0].partnership.ref))


def text_of(file, name) -> tuple[str, list[str]]:
    """The rows of a CSV or XLSX file as lines of the same numbers, cells parted by tabs; and why it is no table."""
    problems = Problems()
    rows = read_rows(file, name, problems=problems, max_bytes=5_000_000, max_rows=MOST_ROWS)
    lines = ["\t".join(" ".join(cell.replace('"', "”").split()) for cell in row).rstrip("\t") for row in rows or []]
    return "\n".join(lines).rstrip(), [f"{problem.what} {problem.mend}" for problem in problems.shown()]


def read(text, programme: Programme, partnerships) -> Reading:
    """What the rows say of these partnerships (a queryset). A few queries, however many rows."""
    reading, problems = Reading(), Problems()
    table = read_table(
        io.BytesIO(text.encode("utf-8", "replace")),
        PASTED,
        required=REQUIRED,
        optional=OPTIONAL,
        aliases=ALIASES,
        problems=problems,
        max_rows=MOST_ROWS,
        private=True,
    )
    if table is not None:
        reading.ignored = [name for name in table.ignored if plain_name(name) not in UNUSED]
        lines = parse_rows(table, Line, problems)
        known = Known(programme, partnerships, lines)
        for number, line in lines:
            read_line(number, line, table, known, problems, reading)
        if not table and not problems:
            problems.add(PASTED, "There are no rows below the names of the columns.", "Add a row for each pupil.")
    reading.problems = problems.shown()
    return reading


class Known:
    """What stands: partnerships, places, returns and what is typed in them, by what people write for each."""

    def __init__(self, programme, partnerships, lines):
        self.programme, self.grades = programme, grades_of(programme)
        named = {line.partnership for _, line in lines}
        rows = partnerships.filter(programme=programme, ref__in=named).select_related("programme", "partner_school")
        self.partnerships: dict[str, Partnership] = {row.ref: row for row in rows}
        self.points = {point.name.casefold(): point for point in programme.data_points.all()}
        places = list(Place.objects.filter(partnership__in=self.partnerships.values()).select_related("pupil"))
        self.places = {(place.partnership_id, place.pupil.ref): place for place in places}
        self.refs = {place.pupil.ref: place for place in places}
        returns = DataReturn.objects.filter(partnership__in=self.partnerships.values())
        returns = returns.select_related("data_point", "submitted_by", "partnership__programme")
        self.returns = {(row.partnership_id, row.data_point_id): row for row in returns}
        self.notes = {
            (note.sheet.data_return_id, note.field): note
            for note in ReturnNote.objects.filter(sheet__data_return__in=returns).select_related("sheet")
        }
        self.given = {
            (row.place_id, row.data_point_id): row
            for row in Assessment.objects.filter(place__in=places).select_related("grade")
        }
        self.closed = {}
        self.seen = {}

    def why_closed(self, row):
        if row.pk not in self.closed:
            self.closed[row.pk] = why_closed(row)
        return self.closed[row.pk]


def read_line(number, line, table, known, problems, reading):
    def wrong(column, what, mend):
        problems.add(PASTED, what, mend, row=number, column=table.header(column))

    partnership = known.partnerships.get(line.partnership)
    if partnership is None:
        return wrong(
            "partnership",
            f"{quote(line.partnership)} is no partnership of this programme that you look after.",
            "Write its reference as it stands on the roster, or take the row out.",
        )
    place = known.places.get((partnership.pk, line.pupil))
    if place is None:
        elsewhere = known.refs.get(line.pupil)
        where = " The pupil has a place in another partnership." if elsewhere else ""
        return wrong(
            "pupil",
            f"{quote(line.pupil)} is no target pupil of {line.partnership}.{where}",
            "Take the reference from the template of this data point.",
        )
    who = place.pupil.initials or place.pupil.ref
    point = known.points.get(line.data_point.casefold())
    if point is None:
        names = ", ".join(point.name for point in known.points.values())
        return wrong("data_point", f"{who}: {quote(line.data_point)} is no data point.", f"Use one of: {names}.")
    if not line.grade:
        reading.blank += 1
        return None
    answer = answer_of(line.grade, known.programme.scale, known.grades)
    if not answer.is_in:
        return wrong("grade", f"{who}: {quote(line.grade)} is no grade of this scale and no reason.", use(known))
    before = known.seen.setdefault((place.pk, point.pk), number)
    if before != number:
        return wrong("pupil", f"{who}: this pupil stands in row {before} as well.", "Keep one of the two rows.")
    row = known.returns.get((partnership.pk, point.pk))
    if row is None or known.why_closed(row):
        why = known.why_closed(row) if row else "No grades are asked for here."
        return wrong("data_point", f"{who}: {why}", "Take the row out, or open the grades for a correction first.")
    return draft(place, row, line, answer, known, reading)


def draft(place, row, line, answer, known, reading):
    """What the row changes in the return. What a teacher has typed stays."""
    name, moderated = f"grade-{place.pk}", f"moderated-{place.pk}"
    note = known.notes.get((row.pk, name))
    answered = answer_of(note.text, known.programme.scale, known.grades) if note else None
    stands = answered.words or (answered.is_unclear and NOT_UNDERSTOOD) or "" if answered else ""
    if note is None and (assessment := known.given.get((place.pk, row.data_point_id))):
        stands = "" if assessment.is_automatic else answer_from(assessment).words
    texts = {} if stands == answer.words else {name: answer.words}
    ticked = known.notes.get((row.pk, moderated))
    if line.moderated is not None and line.moderated != bool(ticked and ticked.text == "yes"):
        texts[moderated] = "yes" if line.moderated else ""
    if stands and stands != answer.words:
        reading.left.append((place, stands, answer.words))
    elif texts:
        reading.drafts.append(Draft(place, row, texts))
    else:
        reading.same += 1


def use(known):
    codes = list(known.grades)
    some = ", ".join(codes) if len(codes) <= 20 else f"{codes[0]} to {codes[-1]}"
    return f"Use {some}; or a reason: {', '.join(reason.label.lower() for reason in REASONS)}."
