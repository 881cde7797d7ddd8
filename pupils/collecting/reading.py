"""What a file of grades says: drafts for places that lack one, and for each wrong cell what is wrong and what to do."""

import io
from collections import defaultdict
from dataclasses import dataclass, field

from papers.sheets import Mending, Problems, Wrong, plain_name, quote, read_table, read_year_group, rows_to_mend
from papers.templatetags.plain import year_words
from programmes.models import DataReturn, Partnership, Programme
from pupils.collecting import rows
from pupils.models import Assessment, Place, ReturnNote, ReturnRevision
from pupils.returns.answers import (
    REASONS,
    answer_from,
    answer_of,
    former_scales,
    former_words,
    grades_of,
    is_blank,
    is_on,
)
from pupils.returns.writing import once_opened, why_closed

PASTED = "pasted.csv"
NOT_UNDERSTOOD = "something that is no grade"  # their words may name the pupil
YES, NO = {"y", "yes", "true", "1"}, {"n", "no", "false", "0"}
FAILED = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}
LEAVE_OUT = "Leave the row out."


@dataclass
class Draft:
    """A grade for one place: the texts of the boxes that change, and the version and text that stood there."""

    place: Place
    data_return: DataReturn
    texts: dict[str, str]
    stood: tuple[int, str] = (0, "")
    instead_of: str = ""  # what an earlier upload put there


@dataclass
class Reading(Mending):
    """`left` are places whose teachers have typed something else, which stays. `blank` rows have no grade yet."""

    drafts: list[Draft] = field(default_factory=list)
    same: int = 0
    blank: int = 0
    unmarked: int = 0  # rows with a mark beside a reason, where nothing is moderated
    left: list[tuple] = field(default_factory=list)  # (place, what the teachers typed, what the file says)
    outside: list[tuple] = field(default_factory=list)  # (return, place) of grades outside its days
    opening: set[DataReturn] = field(default_factory=set)  # submitted ones that a draft opens for what is missing

    @property
    def by_return(self):
        found = defaultdict(list)
        for draft in self.drafts:
            found[draft.data_return].append(draft)
        return sorted(found.items(), key=lambda pair: (pair[0].data_point.due_on, pair[0].partnership.ref))

    @property
    def opened(self):
        return [f"{row.partnership.ref}, {row.data_point}" for row, _ in self.by_return if row in self.opening]

    @property
    def points(self):
        return sorted({draft.data_return.data_point for draft in self.drafts}, key=lambda point: point.due_on)


def read(text, programme: Programme, partnerships) -> Reading:
    """What the rows say of these partnerships (a queryset). A few queries, however many rows."""
    reading, problems = Reading(), Problems()
    table = read_table(
        io.BytesIO(text.encode("utf-8", "replace")),
        PASTED,
        required=rows.REQUIRED,
        optional=rows.OPTIONAL,
        aliases=rows.ALIASES,
        problems=problems,
        max_rows=rows.MOST_ROWS,
        private=True,
    )
    if table is not None:
        known = Known(programme, partnerships, table)
        for row in table:
            read_line(row, table, known, problems, reading)
        if not table and not problems:
            problems.add(PASTED, "There are no rows below the names of the columns.", "Add a row for each pupil.")
        reading.rows, reading.number_wrong = rows_to_mend(problems, table, text, known.about)
    reading.problems = problems.shown()
    return reading


class Known:
    """What stands: partnerships, places, returns and what is typed in them, by what people write for each."""

    def __init__(self, programme, partnerships, table):
        self.programme, self.grades = programme, grades_of(programme)
        self.former = former_scales(programme)
        found = partnerships.filter(programme=programme).select_related("programme", "partner_school")
        named = {plain_name(row["Partnership"]) for row in table}
        self.partnerships: dict[str, Partnership] = {
            plain_name(row.ref): row for row in found if plain_name(row.ref) in named
        }
        self.points = {plain_name(point.name): point for point in programme.data_points.all()}
        year = programme.starts_on.year
        self.spellings = {
            plain_name(f"{point.name} {when}"): point
            for point in self.points.values()
            for when in (point.due_on.year, f"{year}-{(year + 1) % 100:02}", f"{year}/{(year + 1) % 100:02}")
        } | self.points
        places = list(Place.objects.filter(partnership__in=self.partnerships.values()).select_related("pupil"))
        self.places = {(place.partnership_id, plain_name(place.pupil.ref)): place for place in places}
        self.refs = {plain_name(place.pupil.ref) for place in places}
        returns = DataReturn.objects.filter(partnership__in=self.partnerships.values())
        returns = returns.select_related("data_point", "submitted_by", "partnership__programme")
        self.returns = {(row.partnership_id, row.data_point_id): row for row in returns}
        self.notes = {
            (note.sheet.data_return_id, note.field): note
            for note in ReturnNote.objects.filter(sheet__data_return__in=returns).select_related("sheet")
        }
        self.uploaded = ReturnRevision.objects.filter(sheet__data_return__in=returns).uploaded()
        self.given = {
            (row.place_id, row.data_point_id): row
            for row in Assessment.objects.filter(place__in=places).select_related("grade__scale")
        }
        self.closed = {}
        self.seen = {}

    def why_closed(self, row):
        if row.pk not in self.closed:
            self.closed[row.pk] = why_closed(row)
        return self.closed[row.pk]

    def is_missing(self, place, row):
        """Whether a submitted return lacks this place, whose pupil came since, and can be opened for it."""
        is_asked = row.state == DataReturn.State.SUBMITTED and (place.pk, row.data_point_id) not in self.given
        is_asked = is_asked and not place.excused_on(row.data_point.due_on)
        return is_asked and not why_closed(once_opened(row))

    def place_of(self, row):
        partnership = self.partnerships.get(plain_name(row["Partnership"]))
        return partnership, partnership and self.places.get((partnership.pk, plain_name(row["Pupil"])))

    def about(self, row):
        """Initials, of the pupil or as the row has them; beside them partnership, pupil and grade."""
        _, place = self.place_of(row)
        who = place.pupil.initials or place.pupil.ref if place else quote(row["Initials"], "", 10)
        beside = [f"{quote(row['Partnership'], '', 20)} {quote(row['Pupil'], '', 20)}"]
        return who, beside + ([f"Grade {row['Grade']}"] if row["Grade"] else [])


def read_line(row, table, known, problems, reading):
    """A draft of the row, or everything that is wrong with it."""
    partnership, place = known.place_of(row)
    who = f"{place.pupil.initials or place.pupil.ref}: " if place else ""
    found, is_missing = [], False

    def wrong(column, what, mend):
        found.append(column)
        problems.add(PASTED, what, mend, row=row.number, column=table.header(column))

    look_who(row, partnership, place, known, wrong)
    point = known.spellings.get(plain_name(row["Data point"]))
    if not row["Data point"]:
        wrong("Data point", f"{who}the cell is empty." if who else "The cell is empty.", use_point(known))
    elif point is None:
        wrong("Data point", f"{who}{quote(row['Data point'])} is no data point.", use_point(known))
    answer = answer_of(row["Grade"], known.programme.scale, known.grades)
    is_filled = answer.is_in or not is_blank(row["Grade"])
    if row["Grade"].upper() in FAILED:
        wrong("Grade", f"{who}the formula in this cell has failed: {quote(row['Grade'])}.", use(known))
    elif is_filled and not answer.is_in:
        of_before = former_words(row["Grade"], known.former)
        what = of_before or f"{quote(row['Grade'])} is no grade of this scale and no reason."
        wrong("Grade", f"{who}{what}", use(known))
    moderated = row["Moderated"].casefold()
    if moderated and moderated not in YES | NO:
        wrong("Moderated", f"{who}{quote(row['Moderated'])} is neither yes nor no.", "Write yes or no.")
    if place is not None and point is not None and is_filled:
        before, grade = known.seen.setdefault((place.pk, point.pk), (row.number, row["Grade"]))
        if before != row.number:
            what = f"{who}this pupil stands in row {before} as well, there with {quote(grade)}."
            wrong("Pupil", what, "Keep one of the two rows.")
        data_return = known.returns.get((partnership.pk, point.pk))
        if data_return is not None and known.is_missing(place, data_return):
            is_missing = True
        elif data_return is None or known.why_closed(data_return):
            why = known.why_closed(data_return) if data_return else "No grades are asked for here."
            wrong("Data point", f"{who}{why}", mend_closed(data_return))
    if found:
        return
    if not is_filled:
        reading.blank += 1
        return
    if is_missing:
        reading.opening.add(data_return)
    ticked = moderated in YES and answer.grade is not None if moderated else None
    reading.unmarked += moderated in YES and answer.grade is None
    draft(place, data_return, ticked, answer, known, reading)


def look_who(row, partnership, place, known, wrong):
    """Whether the row names a place, and whether its initials and year are that pupil's."""
    if partnership is None:
        named = row["Partnership"]
        what = f"{quote(named)} is no partnership of this programme that you look after." if named else EMPTY
        wrong("Partnership", what, "Write its reference as it stands on the roster, or leave the row out.")
        return
    if place is None:
        where = " The pupil has a place in another partnership." if plain_name(row["Pupil"]) in known.refs else ""
        what = f"{quote(row['Pupil'])} is no target pupil of {partnership.ref}.{where}" if row["Pupil"] else EMPTY
        wrong("Pupil", what, "Take the reference from the template of this data point.")
        return
    who, pupil = f"{place.pupil.ref} of {partnership.ref}", place.pupil
    if not are_alike(row["Initials"], pupil.initials):
        wrong("Initials", f"{who} is {pupil.initials}.", f"Check whose grade this is, then write {pupil.initials}.")
    if (year := year_of(row["Year"])) is not None and year != pupil.year_group:
        words = year_words(pupil.year_group)
        wrong("Year", f"{who} is in {words}.", "Check whose grade this is, then correct the year.")


EMPTY = "The cell is empty."


def are_alike(said, initials):
    """Whether these may be the same initials: dots, spaces, capitals and middle names do not matter."""
    said, known = ["".join(filter(str.isalpha, text)).casefold() for text in (said, initials)]
    return not said or not known or said == known or (len(said) > 2 and (said[0], said[-1]) == (known[0], known[-1]))


def year_of(text):
    """The year group, None where the cell names none: of an academic year, for example."""
    try:
        return read_year_group(text) if text else None
    except Wrong:
        return None


def use_point(known):
    return f"Use one of: {', '.join(point.name for point in known.points.values())}."


def mend_closed(data_return):
    if data_return is not None and data_return.state == DataReturn.State.SUBMITTED:
        return "Leave the row out, or open the grades for a correction first."
    return LEAVE_OUT


def draft(place, row, ticked_now, answer, known, reading):
    """What the row changes in the return. What a teacher has typed stays; what an earlier file put there is mended."""
    name, moderated = f"grade-{place.pk}", f"moderated-{place.pk}"
    note = known.notes.get((row.pk, name))
    answered = answer_of(note.text, known.programme.scale, known.grades) if note else None
    stands = answered.words or (answered.is_unclear and NOT_UNDERSTOOD) or "" if answered else ""
    if note is None and (assessment := known.given.get((place.pk, row.data_point_id))):
        counts = not assessment.is_automatic and is_on(known.programme.scale, assessment)
        stands = answer_from(assessment).words if counts else ""
    texts = {} if stands == answer.words else {name: answer.words}
    ticked = known.notes.get((row.pk, moderated))
    is_ticked = bool(ticked and ticked.text == "yes")
    if ticked_now is None and name in texts and stands:
        ticked_now = False  # the mark was about the grade that stood there
    if ticked_now is not None and ticked_now != is_ticked:
        texts[moderated] = "yes" if ticked_now else ""
    is_ours = note is not None and (row.pk, name, note.text, note.written_by_id) in known.uploaded
    if stands and stands != answer.words and not is_ours:
        reading.left.append((place, stands, answer.words))
    elif texts:
        stood = (note.version, note.text) if note else (0, "")
        instead = stands if name in texts else ""
        reading.drafts.append(Draft(place, row, texts, stood, instead))
        if answer.grade and place.excused_on(row.data_point.due_on):
            reading.outside.append((row, place))
    else:
        reading.same += 1


def use(known):
    codes = list(known.grades)
    some = ", ".join(codes) if len(codes) <= 20 else f"{codes[0]} to {codes[-1]}"
    return f"Use {some}; or a reason: {', '.join(reason.label.lower() for reason in REASONS)}."
