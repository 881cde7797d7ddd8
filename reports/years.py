"""This year beside an earlier one, on matched definitions: what is compared is said in words, and why not the rest.

A row is compared where it is made of the same subjects and year groups both times, on one scale, with the same level
for each year. Who sees the protected tables of both years sees the same answers here and no others: the two years have
no pupil count in common, so that a difference of two printed figures tells no more than these.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

from papers.templatetags.plain import year_words
from programmes.models import Programme
from pupils.figures import Block, block
from reports.figures.words import list_words, number_words
from reports.frozen import together
from reports.readers import reader_for

MOST_DAYS_APART = 45  # by which the time between the first and the last data point may differ


@dataclass
class Comparison:
    earlier: Programme | None
    why_not: str = ""
    compared: str = ""
    left_out: list[str] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)
    with_rate: bool = True
    places_before: bool = False


def earlier_of(person, programme: Programme):
    """A reader of the earlier programme."""
    chosen = earlier_programme(person, programme, "results.view")
    return chosen and reader_for(person, chosen)


def earlier_programme(person, programme: Programme, action) -> Programme | None:
    """The programme that this one was copied from, else the organiser's latest of an earlier year in reach."""
    return earlier_among(Programme.objects.allowed(person, action), programme)


def earlier_among(programmes, programme: Programme) -> Programme | None:
    rows = (
        programmes.filter(organisation=programme.organisation_id, starts_on__lt=programme.starts_on)
        .exclude(status=Programme.Status.DRAFT)
        .order_by("-starts_on", "-pk")
    )
    rows = list(rows)
    return next((row for row in rows if row.pk == programme.copied_from_id), rows[0] if rows else None)


def compare(now, before) -> Comparison:
    if before is None:
        return Comparison(None, "No earlier programme of yours is here to compare with.")
    earlier = before.programme
    made = Comparison(earlier, places_before=before.leads_to_places)
    made.why_not = why_not(now, before)
    if made.why_not:
        return made
    cells, made.left_out = matched_cells(now, before)
    made.with_rate = now.programme.expected_points == earlier.expected_points
    if not made.with_rate:
        made.left_out.append(
            f"Gaining more than expected is not compared: {rate_words(now.programme)} now, {rate_words(earlier)} then."
        )
    if not cells:
        made.why_not = "No subject and year group is in both with the same level for the year. " + " ".join(
            made.left_out
        )
        return made
    made.compared = cells_words(cells)
    can_add_up = all(reader.facts is not None or reader.cells for reader in (now, before))
    pairs = exact_rows(now, before, cells) if can_add_up and now.exact and before.exact else protected_rows(now, before)
    if not can_add_up and now.exact and before.exact:
        made.left_out.append("Sums of several groups are not compared: the pupils of one of the two years are erased.")
    made.rows = [row_of(name, query, *blocks, with_rate=made.with_rate) for name, query, *blocks in pairs]
    if not made.rows:
        made.why_not = "No group of the table is made of the same subjects and year groups in both years."
    return made


def why_not(now, before) -> str:
    """What makes every figure of the two incomparable, in a sentence; nothing where it is not so."""
    earlier = before.programme
    if now.programme.scale != earlier.scale:
        return f"{earlier.title} assessed on another scale, and gains on two scales cannot be compared."
    spans = [span_of(reader.programme) for reader in (now, before)]
    if None in spans:
        return "One of the two has fewer than two data points, so it has no gain."
    if abs(spans[0] - spans[1]) > MOST_DAYS_APART:
        return f"From the first to the last data point it is {spans[0]} days now and was {spans[1]} then."
    if not cells_of(before):
        return f"You follow no target pupils of {earlier.title}."
    return ""


def span_of(programme):
    points = list(programme.data_points.all())
    return (points[-1].due_on - points[0].due_on).days if len(points) > 1 else None


def matched_cells(now, before) -> tuple[set, list[str]]:
    """The subjects and years that both have with the same level for the year, and in words what is left out."""
    here, there = cells_of(now), cells_of(before)
    levels = [levels_of(reader.programme) for reader in (now, before)]
    other_level = {year for _, year in here & there if levels[0].get(year) != levels[1].get(year)}
    words = []
    if only := cells_words(here - there):
        words.append(f"Only this year: {only}.")
    if only := cells_words(there - here):
        words.append(f"Only in {before.programme.title}: {only}.")
    words += [f"{year_words(year)} has another level for the year now than then." for year in sorted(other_level)]
    return {cell for cell in here & there if cell[1] not in other_level}, words


def cells_of(reader) -> set[tuple]:
    """The subjects and year groups that the table has; also where its pupils are erased and the table is frozen."""
    if reader.facts is not None:
        return {(place.subject, place.year_group) for place in reader.facts}
    asked = (asked_of(row) for section in reader.shown("")["sections"] for row in section["rows"])
    return {(query["subject"], query["year"]) for query in asked if len(query) > 1}


def asked_of(row) -> dict:
    """Of which subject, and of which year, a row of the table is."""
    query = dict(parse_qsl(row["query"]))
    return query | ({"year": int(query["year"])} if "year" in query else {})


def levels_of(programme):
    return {e.year_group: (e.met_from, e.exceeded_from) for e in programme.expectations.all()}


def cells_words(cells) -> str:
    """maths in Years 5 and 6, writing in Year 6"""
    years = {}
    for subject, year in sorted(cells):
        years.setdefault(subject, []).append(str(year))
    return list_words(
        f"{subject} in Year{'s' if len(found) > 1 else ''} {list_words(found)}" for subject, found in years.items()
    )


def rate_words(programme):
    expected = number_words(programme.expected_points)
    return (
        f"{expected} point{'' if expected == '1' else 's'} {'is' if expected == '1' else 'are'} expected"
        if expected
        else "no rate is expected"
    )


def exact_rows(now, before, cells):
    """For who knows the pupils: all that is matched, and the subjects and years among it."""
    asked = [("All that is compared", {})]
    subjects, years = (sorted({cell[place] for cell in cells}) for place in (0, 1))
    asked += [(subject.capitalize(), {"subject": subject}) for subject in subjects if len(subjects) > 1]
    asked += [(year_words(year), {"year": year}) for year in years if len(years) > 1]
    rows = []
    for name, query in asked:
        blocks, leads = [], True
        for reader in (now, before):
            asked_for = {cell for cell in cells_of(reader) if fits(cell, query)}
            leads = leads and asked_for <= cells
            blocks.append(block_of(reader, asked_for & cells))
        rows.append((name, query if leads else None, *blocks))
    return rows


def block_of(reader, cells) -> Block:
    """Of the places while they are there, else of what was written down of each subject and year group."""
    if reader.facts is not None:
        return block(p for p in reader.facts if (p.subject, p.year_group) in cells)
    return together([cell for cell in reader.cells if (cell["subject"], cell["year"]) in cells])


def fits(cell, query) -> bool:
    return query.get("subject", cell[0]) == cell[0] and query.get("year", cell[1]) == cell[1]


def protected_rows(now, before):
    """The rows that both tables, as this reader sees them, have of the same cells: all of it is printed there."""
    levels = [levels_of(reader.programme) for reader in (now, before)]
    tables = [rows_by_query(reader) for reader in (now, before)]
    rows = []
    for key, (name, query, made_of, b) in tables[0].items():
        _, _, made_then, then = tables[1].get(key, (None, None, None, None))
        same_levels = all(levels[0].get(year) == levels[1].get(year) for _, year in made_of)
        if made_of == made_then and same_levels:
            rows.append((name, query, b, then))
    return rows


def rows_by_query(reader):
    cells = cells_of(reader)
    found = {}
    for section in reader.shown("")["sections"]:
        for row in section["rows"]:
            asked = asked_of(row)
            found[row["query"]] = (row["name"], asked, {cell for cell in cells if fits(cell, asked)}, row["b"])
    return found


def row_of(name, query, now: Block, then: Block, *, with_rate, query_then=None) -> dict:
    """A row with the differences in percentage points and points; None where one of the two is not printed.

    `query_then` leads to the places of the earlier year where another query does than to those of this one.
    """
    questions = ["met", *(["above"] if with_rate else [])]
    return {
        "name": name,
        "query": None if query is None else urlencode(query),
        "query_then": None if query is None else urlencode(query_then or query),
        "now": now,
        "then": then,
        "differences": {
            question: difference(getattr(now, question).pct, getattr(then, question).pct) for question in questions
        }
        | {"mean": difference(now.mean_points, then.mean_points)},
    }


def difference(now: int | Decimal | None, then: int | Decimal | None):
    return None if now is None or then is None else now - then


COLUMNS = [
    "Group",
    "Both grades (n), now",
    "Both grades (n), then",
    "At or above level, last, now",
    "At or above level, last, now, %",
    "At or above level, last, then",
    "At or above level, last, then, %",
    "Gained more than expected, now",
    "Gained more than expected, now, %",
    "Gained more than expected, then",
    "Gained more than expected, then, %",
    "Mean gain, points, now",
    "Mean gain, points, then",
]


def table_of_years(comparison: Comparison) -> tuple[list[str], list[list]]:
    """c: hidden, z: not applicable, x: not compared."""
    rows = []
    for row in comparison.rows:
        cells = [row["name"], row["now"].n, row["then"].n]
        for question in ("met", "above"):
            for side in (row["now"], row["then"]):
                share = getattr(side, question)
                if question == "above" and not comparison.with_rate:
                    cells += ["x", "x"]
                else:
                    cells += [symbol(share.of, share.hidden), symbol(share.pct, share.hidden)]
        cells += [symbol(side.mean_points, side.mean_hidden) for side in (row["now"], row["then"])]
        rows.append(cells)
    return COLUMNS, rows


def symbol(value, hidden):
    return "c" if hidden else "z" if value is None else value
