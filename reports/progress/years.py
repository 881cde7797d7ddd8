"""The own pupils of this year beside those of the year before, for who knows them by name.

Compared is what a school has of the same subject and year group both times. Definitions match as in `reports.years`;
nothing is hidden here, as each year's pupils are in reach of this person by name.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.models import School
from papers.templatetags.plain import longdate, year_words
from programmes.models import DataPoint, Programme
from pupils.figures import PlaceFacts, block, set_apart
from pupils.models import Place
from pupils.results import place_facts
from reports.progress.kept import kept_of_school
from reports.years import Comparison, cells_words, earlier_programme, levels_of, rate_words, row_of, why_not


@dataclass
class Year:
    """What this person follows of a programme: of all of it, or of one school and subject."""

    programme: Programme
    points: list[DataPoint]
    facts: list[PlaceFacts]
    within: dict

    @property
    def cells(self) -> set[tuple]:
        return {cell_of(place) for place in self.facts}

    @property
    def url(self):
        return reverse("reports:followed", args=[self.programme.slug])

    def of(self, cells) -> list[PlaceFacts]:
        return [place for place in self.facts if cell_of(place) in cells]

    def query(self, cell=None) -> dict:
        """Of the places of a cell, or of all of them, at the last data point."""
        narrow = dict(zip(("school", "subject", "year"), cell, strict=True)) if cell else self.within
        return {"to": self.points[-1].pk} | narrow


def cell_of(place) -> tuple:
    return place.school, place.subject, place.year_group


def knows_by_name(person, programme) -> bool:
    """Who knows pupils of the organiser by reference compares whole years among the results."""
    return person.may("pupils.view") and not any(
        m.organisation_id == programme.organisation_id for m in person.memberships_granting("pupils.reference")
    )


def year_of(followed, programme) -> Year:
    places = Place.objects.allowed(followed.person, "pupils.view").filter(partnership__programme=programme)
    within = {}
    if partnership := followed.partnership:
        within = {"school": partnership.partner_school_id, "subject": partnership.subject}
        places = places.filter(partnership__partner_school=within["school"], partnership__subject=within["subject"])
    return Year(programme, list(programme.data_points.all()), set_apart(place_facts(programme, places))[0], within)


def beside_the_year_before(followed) -> dict:
    """The comparison, and where the places of the two years are listed."""
    now = year_of(followed, followed.programme)
    earlier = earlier_programme(followed.person, followed.programme, "pupils.view")
    if earlier is None:
        return {"c": Comparison(None, f"You can see no earlier programme. {WHOSE}")}
    if earlier.erased_at:
        return beside_erased(followed, now, earlier)
    before = year_of(followed, earlier)
    then_url = before.url if before.facts else ""
    return {"c": compared(now, before, followed.partnership), "now_url": now.url, "then_url": then_url}


def beside_erased(followed, now, earlier) -> dict:
    """Why there is no comparison, and where the figures are that this person still reads of the year before."""
    kept = kept_of_school(followed.person, earlier)
    made = Comparison(earlier, f"The pupils of {earlier.title} are erased, as their data was past its date. ")
    if kept:
        made.why_not += (
            "The figures of your school that were kept are of all its pupils together, and years are compared only "
            "for the same subject and year group."
        )
    else:
        made.why_not += (
            "Its results stay with its organiser for the whole programme; of single partnerships none were kept."
        )
    then_url = reverse("reports:followed", args=[earlier.slug]) if kept else ""
    return {"c": made, "now_url": now.url, "then_url": then_url}


WHOSE = "Of an earlier year teachers see the pupils of their own partnerships, and headteachers those of their school."


def compared(now, before, partnership) -> Comparison:
    made = Comparison(before.programme, places_before=True)
    made.why_not = nobody(now, before, partnership) or why_not(now, before)
    if made.why_not:
        return made
    names = dict(School.objects.filter(pk__in={cell[0] for cell in now.cells | before.cells}).values_list("pk", "name"))
    cells, made.left_out = matched(now, before, names)
    if not cells:
        made.why_not = " ".join(["Nothing is the same in both years.", *made.left_out])
        return made
    made.why_not = too_early(now, cells) or too_early(before, cells)
    made.compared = said(cells, names)
    made.with_rate = now.programme.expected_points == before.programme.expected_points
    if not made.with_rate:
        rates = f"{rate_words(now.programme)} now, {rate_words(before.programme)} then"
        made.left_out.append(f"Gaining more than expected is not compared: {rates}.")
    missing = [block(year.of(cells)).missing for year in (now, before)]
    if any(missing):
        made.left_out.append(f"Not counted, as a grade is missing: {missing[0]} now, {missing[1]} then.")
    made.rows = [] if made.why_not else rows_of(now, before, cells, names, made.with_rate)
    return made


def nobody(now, before, partnership) -> str:
    """Why one of the two years has no pupils for this person, in a sentence; nothing where both have some."""
    scope = f" in {partnership.subject} at {partnership.partner_school}" if partnership else ""
    for year in (now, before):
        if not year.facts:
            return f"You follow no target pupils of {year.programme.title}{scope}. {WHOSE}"
    return ""


def matched(now, before, names) -> tuple[set, list[str]]:
    """What both years have of a school with the same level for the year, and in words what is left out."""
    here, there = now.cells, before.cells
    levels = [levels_of(year.programme) for year in (now, before)]
    other_level = {year for _, _, year in here & there if levels[0].get(year) != levels[1].get(year)}
    words = []
    if only := said(here - there, names):
        words.append(f"Only this year: {only}.")
    if only := said(there - here, names):
        words.append(f"Only in {before.programme.title}: {only}.")
    words += [f"{year_words(year)} has another level for the year now than then." for year in sorted(other_level)]
    return {cell for cell in here & there if cell[2] not in other_level}, words


def said(cells, names) -> str:
    """maths in Year 5; with the school where there are several"""
    if len(names) < 2:
        return cells_words({cell[1:] for cell in cells})
    schools = sorted({cell[0] for cell in cells}, key=lambda school: names[school].casefold())
    return "; ".join(
        f"{cells_words({cell[1:] for cell in cells if cell[0] == school})} at {names[school]}" for school in schools
    )


def too_early(year, cells) -> str:
    """That nobody has both grades, in a sentence; nothing where somebody has."""
    if block(year.of(cells)).n:
        return ""
    first, last = year.points[0], year.points[-1]
    if last.due_on >= timezone.localdate():
        return f"The {last} grades of {year.programme.title} are due on {longdate(last.due_on)}."
    return f"No pupil of {year.programme.title} who could be compared has a grade for both {first} and {last}."


def rows_of(now, before, cells, names, with_rate) -> list[dict]:
    """One for each school, subject and year group, and where these are several one for all of them before."""
    rows = []
    if len(cells) > 1:
        whole = now.cells == before.cells == cells
        rows.append(("All that is compared", cells, (now.query(), before.query()) if whole else (None, None)))
    for cell in sorted(cells, key=lambda cell: (names[cell[0]].casefold(), *cell[1:])):
        school, subject, year = cell
        name = f"{subject.capitalize()}, {year_words(year)}" + (f", {names[school]}" if len(names) > 1 else "")
        rows.append((name, {cell}, (now.query(cell), before.query(cell))))
    return [
        row_of(name, query, block(now.of(of)), block(before.of(of)), with_rate=with_rate, query_then=query_then)
        for name, of, (query, query_then) in rows
    ]
