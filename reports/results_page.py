"""The results page: the published table, its criteria, and the places behind each figure, for the reader's reach."""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils import timezone

from accounts.models import School
from papers.page_tables import on_a_page
from papers.templatetags.plain import year_words
from programmes.models import Partnership, Programme
from pupils.life.services import moved
from pupils.results import completion, criteria, outcomes
from reports.figures.words import BLOCK_COLUMNS, REASONS, block_cells, block_words, in_section, number_words
from reports.groups import narrowed_to_group
from reports.models import Report
from reports.readers import Reader, reader_for
from reports.years import compare, earlier_of

YEARS = ("years", "Year on year")


def results_page(person, programme: Programme, by: str) -> dict:
    reader = reader_for(person, programme)
    tabs = [*reader.tabs, YEARS]
    by = by if by in dict(tabs) else ""
    partnerships, specialists = completion(programme)
    points = list(programme.data_points.all())
    first, last = (points[0], points[-1]) if len(points) > 1 else (None, None)
    waiting = last is not None and last.due_on >= timezone.localdate()
    so_far = programme.status != Programme.Status.CLOSED
    found = reader.shown("" if by == "years" else by)
    sections = found["sections"]
    shown = sections[0]["rows"][0]["b"]
    judged = criteria(programme, shown, specialists) if reader.whole else []
    return found | {
        "programme": programme,
        "reader": reader,
        "current_tab": by,
        "years": compare(reader, earlier_of(person, programme)) if by == "years" else None,
        "everyone": shown,
        "waiting": waiting,
        "so_far": so_far,
        "criteria": judged,
        "criteria_words": criteria_words(judged, so_far=so_far),
        "partnerships": partnerships if reader.whole else None,
        "specialists": specialists,
        "outcomes": outcomes(programme) if reader.whole else {},
        "first": first,
        "last": last,
        "expected": number_words(programme.expected_points),
        "any_hidden": any(row["b"].hidden for section in sections for row in section["rows"]),
        "tabs": [{"name": label, "value": value, "current": value == by} for value, label in tabs],
        "places_url": reverse("reports:places", args=[programme.slug]) if reader.leads_to_places else "",
        "target": next(
            (c.target_pct for c in programme.success_criteria.all() if c.measure == "above_expected_rate"), None
        ),
        "may_order": any(
            m.organisation_id == programme.organisation_id for m in person.memberships_granting("reports.programme")
        )
        and Report(kind=Report.Kind.PROGRAMME, programme=programme),
    }


def criteria_words(judged, *, so_far) -> str:
    """2 of 3 met, 1 without data"""
    verdicts = Counter(criterion.verdict for criterion in judged)
    words = [f"{verdicts['met']} of {len(judged)} met{' so far' if so_far else ''}"]
    for verdict, said in (
        ("no data yet", "without data"),
        ("not shown", "not shown"),
        ("not applicable", "not applicable"),
    ):
        if verdicts[verdict]:
            words.append(f"{verdicts[verdict]} {said}")
    return ", ".join(words)


# The places behind a figure --------------------------------------------------------------------------------------

# What may be asked: in words, whether only matched places are asked, and which of them fit.
OF = {
    "n": ("with a grade for both {first} and {last}", False, lambda place: place.matched),
    "missing": ("without a grade for {first} or {last}", False, lambda place: not place.matched),
    "met_first": ("at or above the level for their year in {first}", True, lambda place: place.met_first),
    "met": ("at or above the level for their year in {last}", True, lambda place: place.met),
    "exceeded": ("above the level for their year in {last}", True, lambda place: place.exceeded),
    "above": ("who gained more than the expected {expected}", True, lambda place: place.above),
    "up": ("with a higher grade in {last} than in {first}", True, lambda place: step(place) > 0),
    "same": ("with the same grade in {first} and {last}", True, lambda place: step(place) == 0),
    "down": ("with a lower grade in {last} than in {first}", True, lambda place: step(place) < 0),
}


def step(place):
    """By how many grades a place has moved."""
    return place.last.position - place.first.position


def points_words(expected) -> str:
    """3 points, 1 point"""
    return f"{number_words(expected)} point{'' if expected == 1 else 's'}"


def asked_for(asked, expected):
    """What a query asks of places: in words with {first} and {last}, whether of matched ones only, which of them fit.

    `past` is asked before the last data point: who has gained already what is expected by then.
    """
    if asked.get("of") == "past" and expected is not None:
        words = "who have gained more than the expected {expected} already"
        return words, True, lambda place: place.gain is not None and place.gain > expected
    return OF.get(asked.get("of"), ("", False, lambda place: True))


def places_page(person, programme: Programme, asked) -> dict:
    """The places of one figure, for who knows the pupils: reference, initials, year and grades, no name.

    `to` asks for the figures up to a data point before the last one.
    """
    points = list(programme.data_points.all())
    first, last = (points[0], points[-1]) if len(points) > 1 else (None, None)
    last = next((point for point in points[1:] if str(point.pk) == asked.get("to")), last)
    reader = Reader(person, programme, last)
    in_reach = set(reader.reach.values_list("pk", flat=True))
    facts, group = narrowed([place for place in reader.facts if place.place in in_reach], asked)
    words, of_matched, fits = asked_for(asked, programme.expected_points)
    whole = [place for place in facts if place.matched] if of_matched else facts
    found = [place for place in whole if fits(place)]
    page = Paginator(found, on_a_page(asked, 50)).get_page(asked.get("page"))
    rows = {
        row.pk: row
        for row in reader.reach.filter(pk__in=[place.place for place in page]).select_related(
            "pupil", "partnership__partner_school"
        )
    }
    moved_on = set(moved(programme).values_list("pk", flat=True)) if person.may("pupils.move") else set()
    return {
        "programme": programme,
        "moved": moved_on,
        "of_partnership": next(iter(rows.values())).partnership if asked.get("partnership") and rows else None,
        "group": group,
        "fits": words.format(first=first, last=last, expected=points_words(programme.expected_points)),
        "of_matched": of_matched,
        "whole": len(whole),
        "page_obj": page,
        "query": urlencode([(name, value) for name, value in asked.items() if name != "page"]),
        "first": first,
        "last": last,
        "has_points": any(place.gain is not None for place in facts),
        "unit": "target pupil" if len({place.pupil for place in reader.facts}) == len(reader.facts) else "place",
        "rows": [
            {
                "ref": rows[place.place].pupil.ref,
                "initials": rows[place.place].pupil.initials,
                "waits": rows[place.place].pupil_id in moved_on and rows[place.place].pupil_id,
                "year": place.year_group,
                "partnership": rows[place.place].partnership,
                "facts": place,
                "why": "" if place.matched else why_not(place, rows[place.place], first, last),
            }
            for place in page
        ],
    }


def why_missing(place, first, last, submitted=()) -> str:
    """For each end without a grade the reason that was given, or who has to act: also before the day, where the others
    of the partnership are `submitted` (partnership, data point) already."""
    words = []
    for point, grade, reason in ((first, place.first, place.first_reason), (last, place.last, place.last_reason)):
        if grade is not None or point is None:
            continue
        if reason:
            words.append(f"{point}: {REASONS[reason]}")
        elif point.due_on >= timezone.localdate() and (place.partnership, point.pk) not in submitted:
            words.append(f"{point} is not due yet")
        else:
            words.append(f"waiting for the {point} grade from the teachers")
    return ", ".join(words)


def why_not(place, row, first, to, submitted=()) -> str:
    """Why a place does not count: also where it had not begun or had ended, and no grade was asked for."""
    excused = {
        f"{end}_reason": row.excused_on(point.due_on)
        for end, point in (("first", first), ("last", to))
        if point and not getattr(place, f"{end}_reason")
    }
    return why_missing(replace(place, **excused), first, to, submitted)


def narrowed(facts, asked):
    """The facts that fit the query, and in words whose they are. A value that means nothing narrows nothing."""
    group = []
    if subject := asked.get("subject"):
        facts = [place for place in facts if place.subject == subject]
        group.append(subject.capitalize())
    if (year := asked.get("year", "")).isdecimal():
        facts = [place for place in facts if place.year_group == int(year)]
        group.append(year_words(int(year)))
    if "area" in asked:
        facts = [place for place in facts if place.area == asked["area"]]
        group.append(asked["area"] or "No area")
    if (school := asked.get("school", "")).isdecimal():
        facts = [place for place in facts if place.school == int(school)]
        group += School.objects.filter(pk__in={place.school for place in facts}).values_list("name", flat=True)
    if (partnership := asked.get("partnership", "")).isdecimal():
        facts = [place for place in facts if place.partnership == int(partnership)]
        found = Partnership.objects.filter(pk__in={place.partnership for place in facts})
        group += [f"{p.label}, {p.partner_school}" for p in found.select_related("partner_school")]
    facts = narrowed_to_group(facts, asked, group)
    return facts, ", ".join(group)


# As a file -------------------------------------------------------------------------------------------------------


def table_of(person, programme: Programme) -> tuple[list[str], list[list]]:
    """The table as the page shows it, every tab of it but the years: c stands for hidden, z for not applicable."""
    reader = reader_for(person, programme)
    rows = []
    for by, _ in reader.tabs:
        for section in reader.shown(by)["sections"][1 if by else 0 :]:
            cells = [block_cells(block_words(row["name"], row["b"])) for row in section["rows"]]
            rows += [in_section(section["title"], row) for row in cells]
    return in_section("Section", BLOCK_COLUMNS), rows
