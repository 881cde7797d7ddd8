"""The progress of target pupils as one reader may follow it: from the first data point to now, pupil by pupil."""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from papers.charts import NARROW, WIDE, dumbbell
from papers.templatetags.plain import year_words
from programmes.models import DataReturn, Partnership, Programme
from pupils.figures import TWO_SCALES, PlaceFacts, block, set_apart
from pupils.models import Assessment, Place
from pupils.results import place_facts
from pupils.retention.freezing import frozen_figures
from pupils.targets.services import targets_of
from reports.figures.school import given_to, pupil_words, scale_grades
from reports.figures.words import REASONS, number_words, reason_words
from reports.groups import GROUPS, sections_of
from reports.progress.kept import kept_of_school
from reports.progress.years import beside_the_year_before, knows_by_name
from reports.results_page import YEARS, asked_for, narrowed, points_words, why_not

ON_A_PAGE = 10  # partnerships
OPEN, SUBMITTED = DataReturn.State.OPEN, DataReturn.State.SUBMITTED
GROUP_QUERIES = {"subject", "year", "school", *(fact for fact, _, _ in GROUPS)}


class Followed:
    """The target pupils of a programme, or of one of its partnerships, whom this person follows."""

    def __init__(self, person, programme: Programme, partnership: Partnership | None = None):
        self.person, self.partnership = person, partnership
        places = Place.objects.allowed(person, "progress.view")
        self.look(programme, places.filter(partnership=partnership) if partnership else places)

    def look(self, programme, places):
        self.programme, self.today = programme, timezone.localdate()
        self.places = places.filter(partnership__in=programme.partnerships.ever_agreed())
        self.points = list(programme.data_points.all())
        self.first = self.points[0] if len(self.points) > 1 else None
        self.graded = dict(
            Assessment.objects.filter(place__in=self.places.order_by(), grade__isnull=False)
            .order_by()
            .values_list("data_point")
            .annotate(Count("pk"))
        )

    def until(self, asked):
        """The data point that is asked for, else the last one that most of the grades have reached.

        A few grades that came early do not make the page theirs: nearly everybody would be missing from it.
        """
        if not self.first:
            return None
        reached = [point for point in self.points[1:] if self.graded.get(point.pk)]
        if found := [point for point in reached if str(point.pk) == asked]:
            return found[0]
        begun = self.graded.get(self.first.pk, 0)
        most = [point for point in reached if point.due_on < self.today or 2 * self.graded[point.pk] >= begun]
        return (most[-1:] or reached[:1] or self.points[1:2] or [None])[0]

    @property
    def url(self):
        if self.partnership:
            return reverse("reports:partnership_followed", args=[self.partnership.pk])
        return reverse("reports:followed", args=[self.programme.slug])

    @cached_property
    def known(self) -> set[int]:
        """The places whose pupils this person knows by name."""
        return set(self.places.allowed(self.person, "pupils.view").values_list("pk", flat=True))

    def called(self, place) -> str:
        """By name for who may know it, else by reference and initials."""
        pupil = place.pupil
        return place.known.full_name if place.pk in self.known else f"{pupil.ref} {pupil.initials}".strip()

    def facts(self, to) -> list[PlaceFacts]:
        return set_apart(place_facts(self.programme, self.places, to))[0]


def on_another_scale(facts) -> int:
    """How many places do not count, as a grade of theirs is on another scale than that of the programme."""
    return sum(TWO_SCALES in (place.first_reason, place.last_reason) for place in facts)


def progress_page(followed: Followed, asked) -> dict:
    """What both pages say: the answer, its numbers, and a part for each partnership with its chart and its table."""
    programme = followed.programme
    to = followed.until(asked.get("to", ""))
    facts = followed.facts(to)
    areas = sorted({place.area for place in facts if place.area})
    area = asked.get("area") if asked.get("area") in areas else ""
    if area:
        facts = [place for place in facts if place.area == area]
    said = answer(followed, facts, to, area)
    is_final, erased = said["is_final"], said["erased"]
    by_group = "groups" in asked and not erased
    may_compare = bool(facts) and knows_by_name(followed.person, programme)
    by_years = may_compare and "years" in asked
    behind = Behind(followed, facts, to, asked)
    page = Paginator(partnerships_of(behind.found), ON_A_PAGE).get_page(asked.get("page"))
    return said | {
        "kept": kept_of_school(followed.person, programme) if erased else None,
        "choices": choices(followed, to, area),
        "areas": area_choices(areas, area, to if asked.get("to") else None) if len(areas) > 1 else [],
        "area": area,
        "no_area": asked.get("area", "") if not area else "",
        "page_obj": page,
        "query": urlencode([(name, value) for name, value in asked.items() if name != "page"]),
        "by_group": by_group,
        "sections": leading(sections_of(expecting(facts, programme, is_final)), to, area) if by_group else [],
        "by": None if is_final or not followed.points else followed.points[-1],
        "gained": "above" if is_final else "past",
        "behind": behind,
        "may_compare": may_compare,
        "years_url": "?years=1" if may_compare else years_among_the_results(followed) if facts else "",
        "by_years": by_years,
        "years": beside_the_year_before(followed) if by_years else None,
        "parts": [] if by_group or by_years else parts(followed, behind.found, page, to, scale_grades(programme)),
        "here": followed.url,
        "changes": list(programme.expectation_changes.all()),
    }


def brief(followed: Followed) -> dict:
    """The answer and its numbers alone, up to now."""
    to = followed.until("")
    return answer(followed, followed.facts(to), to, "")


def answer(followed, facts, to, area) -> dict:
    """How far the pupils of these facts have come, in counts that lead to them."""
    programme = followed.programme
    everyone = block(facts)
    is_final = to is not None and to == followed.points[-1]
    grades = scale_grades(programme)
    has_points = bool(grades) and all(grade["points"] is not None for grade in grades)
    return {
        "programme": programme,
        "points": followed.points,
        "first": followed.first,
        "to": to,
        "end": followed.points[-1] if followed.points else None,
        "is_final": is_final,
        "so_far": programme.status != Programme.Status.CLOSED,
        "waiting": to is not None and to.due_on >= followed.today,
        "stage": stage_of(followed, everyone, on_another_scale(facts)),
        "two_scales": on_another_scale(facts),
        "not_agreed": followed.partnership is not None and followed.partnership.is_not_agreed,
        "erased": not facts and frozen_figures(programme) is not None,
        "everyone": everyone,
        "met_first": baseline(facts),
        "missing_because": reason_words(everyone.first_reasons, everyone.final_reasons),
        "unit": "target pupil" if len({place.pupil for place in facts}) == len(facts) else "place",
        "moves": moves(facts),
        "past": None if is_final else past_expected(facts, programme.expected_points),
        "expected": number_words(programme.expected_points) if has_points else None,
        "has_points": has_points,
        "places_url": places_url(followed, to, area) or own_url(followed, to, area),
    }


def years_among_the_results(followed) -> str:
    """Where whoever knows the pupils by reference compares whole years; "" for who does not read the results."""
    person, programme = followed.person, followed.programme
    if followed.partnership or not person.may("results.view"):
        return ""
    if not Programme.objects.allowed(person, "results.view").filter(pk=programme.pk).exists():
        return ""
    return f"{reverse('reports:results', args=[programme.slug])}?by={YEARS[0]}"


def stage_of(followed, everyone, two_scales) -> str:
    """How much there is to show: nobody, no data points, grades on another scale, no grades, the first grades only, or
    progress."""
    if not everyone.places:
        return "nobody"
    if followed.first is None:
        return "no points"
    if everyone.n:
        return "progress"
    if two_scales:
        return "two scales"
    return "first" if followed.graded.get(followed.first.pk) else "nothing"


def baseline(facts):
    """How many of those with a first grade were at or above the level for their year then; None where none is set."""
    answers = [place.met_first for place in facts if place.first is not None]
    return None if None in answers or not answers else {"of": sum(answers), "n": len(answers)}


def moves(facts) -> dict:
    """How many of the places with both grades stand higher, the same and lower in the order of the grades."""
    steps = [place.last.position - place.first.position for place in facts if place.matched]
    return {"up": sum(s > 0 for s in steps), "same": sum(s == 0 for s in steps), "down": sum(s < 0 for s in steps)}


def past_expected(facts, expected):
    """How many have gained more already than is expected by the last data point; None where that is not defined."""
    gains = [place.gain for place in facts if place.matched]
    return None if expected is None or None in gains or not gains else sum(gain > expected for gain in gains)


def choices(followed, to, area) -> list[dict]:
    """The data points to which progress can be shown, where there is more than one."""
    found = [point for point in followed.points[1:] if followed.graded.get(point.pk)]
    return [
        {
            "name": point.name,
            "current": point == to,
            "query": urlencode({"to": point.pk} | ({"area": area} if area else {})),
        }
        for point in found
        if len(found) > 1
    ]


def area_choices(areas, area, to) -> list[dict]:
    kept = {"to": to.pk} if to else {}
    return [
        {
            "name": name or "All areas",
            "current": name == area,
            "query": urlencode(kept | ({"area": name} if name else {})),
        }
        for name in ["", *areas]
    ]


def partnerships_of(facts):
    """In the order of the facts, which is by reference."""
    return list(dict.fromkeys(place.partnership for place in facts))


class Behind:
    """The places behind a figure of the page, and in words which they are; all of them where none is asked for."""

    def __init__(self, followed, facts, to, asked):
        group = {name: value for name, value in asked.items() if name in GROUP_QUERIES}
        self.facts, self.group = narrowed(facts, group) if group else (facts, "")
        expected = followed.programme.expected_points
        words, self.of_matched, fits = asked_for(asked, expected)
        self.facts = [place for place in self.facts if place.matched] if self.of_matched else self.facts
        self.found = [place for place in self.facts if fits(place)]
        self.words = words.format(first=followed.first, last=to, expected=points_words(expected))
        self.is_asked = bool(self.group or self.words)


def expecting(facts, programme, is_final):
    """Before the last data point: beside what is expected by then, who has gained it already."""
    return facts if is_final else [replace(place, expected_points=programme.expected_points) for place in facts]


def leading(sections, to, area):
    """Each row leads to its pupils at the same data point, of the same area."""
    kept = urlencode(({"to": to.pk} if to else {}) | ({"area": area} if area else {}))
    for row in (row for section in sections for row in section["rows"]):
        row["query"] = "&".join(filter(None, (kept, row["query"])))
    return sections


def own_url(followed, to, area) -> str:
    """For who knows the pupils by name: this page, of those behind the figure."""
    if to is None:
        return ""
    return f"{followed.url}?{urlencode({'to': to.pk} | ({'area': area} if area else {}))}"


def places_url(followed, to, area) -> str:
    """Where the places behind a figure are listed, for who knows them by reference."""
    if to is None or not followed.person.may("pupils.reference"):
        return ""
    if not followed.places.allowed(followed.person, "pupils.reference").exists():
        return ""
    asked = {"to": to.pk} | ({"area": area} if area else {})
    if followed.partnership:
        asked["partnership"] = followed.partnership.pk
    return f"{reverse('reports:places', args=[followed.programme.slug])}?{urlencode(asked)}"


def parts(followed, facts, page, to, grades) -> list[dict]:
    """For each partnership of the page its pupils in a chart, and the same in a table."""
    partnerships = {p.pk: p for p in Partnership.objects.filter(pk__in=list(page)).with_people()}
    facts = [place for place in facts if place.partnership in partnerships]
    places = followed.places.filter(pk__in=[place.place for place in facts]).select_related("pupil", "former")
    rows = {place.pk: place for place in places}
    given = given_to(followed.programme, rows)
    returns = list(DataReturn.objects.filter(partnership__in=partnerships))
    # A reason that follows from the days of a place is nothing that somebody has typed.
    typed = {(row.partnership_id, row.data_point_id) for row in returns if row.state == OPEN and row.assessed}
    submitted = {(row.partnership_id, row.data_point_id) for row in returns if row.state == SUBMITTED and row.missing}
    targets = targets_of(rows)
    position = {grade["code"]: grade["position"] for grade in grades}
    level = {e.year_group: e.met_from for e in followed.programme.expectations.all()}
    made = []
    for pk in page:
        mine = [place for place in facts if place.partnership == pk]
        year = year_of(mine, partnerships[pk])
        pupils = [
            pupil_words(place, followed.called(rows[place.place]), given[place.place], followed.points, position)
            | {
                "open": place.place in followed.known,
                "pupil": rows[place.place].pupil,
                "facts": place,
                "change": change_words(place),
                "target": agreed_grade(targets.get(place.place)),
                "why": "" if place.matched else why_not(place, rows[place.place], followed.first, to, submitted),
            }
            for place in mine
        ]
        for row in pupils:
            for cell, point in zip(row["grades"], followed.points, strict=True):
                cell |= {"point": point.name}
                if cell["grade"] or cell["reason"] != "no grade":
                    continue
                if excuse := rows[row["facts"].place].excused_on(point.due_on):
                    cell["reason"] = REASONS[excuse]
                elif (pk, point.pk) in typed:
                    cell["reason"] = "not submitted yet"
                elif (pk, point.pk) in submitted:
                    cell["reason"] = "to be added"
                elif point.due_on >= followed.today:
                    cell["reason"] = "not due yet"
            row["in_chart"] = row["label"] if row["year"] == year else f"{row['label']} ({year_words(row['year'])})"
        group = {
            "name": partnerships[pk].label,
            "level": level.get(year) if level.get(year) in position else None,
            "level_label": f"level for {year_words(year)}",
            "rows": sorted(pupils, key=order),
        }
        charts = charts_of(followed, group, grades, to, WIDE)
        group["narrow"] = charts_of(followed, group, grades, to, NARROW)
        group["any_target"] = any(row["target"] for row in pupils)
        made.append(group | {"partnership": partnerships[pk], "charts": charts, "block": block(mine)})
    return made


def year_of(facts, partnership):
    """The year group whose level is drawn: that of the partnership, where somebody is in it, else the commonest."""
    years = Counter(place.year_group for place in facts)
    return partnership.year_group if years[partnership.year_group] else years.most_common(1)[0][0]


def agreed_grade(found):
    """The code of the target grade that both sides have agreed; None without one."""
    agreed = found and found["agreed"]
    return agreed.grade.code if agreed and agreed.grade else None


def order(row):
    """Who gained most first, who is not counted last."""
    place = row["facts"]
    gain = place.gain
    if gain is None and place.matched:
        gain = place.last.position - place.first.position
    return not place.matched, -(gain or 0), row["label"]


def charts_of(followed, group, grades, to, layout) -> list[dict]:
    if to is None or not any(row["first"] or row["last"] for row in group["rows"]):
        return []
    by = followed.points[-1].name if to != followed.points[-1] else None
    expected, first = followed.programme.expected_points, followed.first.name
    return dumbbell(grades, [group], expected, first, to.name, by, layout)


def change_words(place):
    """In the words of the chart: points gained, or only the direction where the scale has none."""
    if not place.matched or place.gain is not None:
        return ""
    step = place.last.position - place.first.position
    return "higher" if step > 0 else "lower" if step < 0 else "the same"
