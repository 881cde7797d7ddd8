from collections import defaultdict

from accounts.models import Membership, School
from accounts.roles import Role
from programmes.models import Partnership, Programme
from pupils import small_numbers
from pupils.figures import TWO_SCALES, block, set_apart
from pupils.models import Assessment, Grade, Place
from pupils.models.scales import on_other_scale
from pupils.results import place_facts
from reports.figures.words import (
    REASONS,
    block_words,
    day_words,
    list_words,
    number_words,
    point_words,
    reading_words,
    reason_words,
)


def school_figures(programme: Programme, school: School) -> dict:
    """What the target pupils of one partner school did, with their names: for that school's headteacher.

    The whole programme stands beside it as one row, unless it would tell about the pupils of the other schools:
    whoever heads several schools could take away all of theirs from it.
    """
    facts, _ = set_apart(place_facts(programme))
    own = [place for place in facts if place.school == school.pk]
    others = [place for place in facts if place.school != school.pk]
    points = list(programme.data_points.all())
    partnerships = list(
        programme.partnerships.filter(partner_school=school).with_people().order_by("subject", "year_group", "ref")
    )
    grades = scale_grades(programme)
    everyone = block(facts)
    thresholds = (programme.hide_up_to, programme.hide_whole_up_to)
    rests = [block(p for p in facts if p.school not in known) for known in known_together(programme, school)]
    if others:
        everyone = small_numbers.beside_own(everyone, rests, *thresholds)
    ours = block(own)
    return {
        "programme": programme.name,
        "year": programme.academic_year,
        "organiser": programme.organisation.name,
        "school": school.name,
        "closed": programme.status == Programme.Status.CLOSED,
        "points": [point.name for point in points],
        **point_words(programme, points),
        "expected": number_words(programme.expected_points),
        "has_points": bool(grades) and all(grade["points"] is not None for grade in grades),
        "step": scale_step(programme),
        "scale": grades,
        "scope": list_words(dict.fromkeys(f"Year {p.year_group} {p.subject}" for p in partnerships)),
        "groups": groups(programme, own, partnerships, points, grades),
        "ours": block_words("Our school", ours),
        "missing_because": reason_words(ours.first_reasons, ours.final_reasons),
        "everyone": block_words(f"All {len({place.school for place in facts})} schools", everyone) if others else None,
        "levels": [
            {"year": e.year_group, "met": e.met_from, "exceeded": e.exceeded_from}
            for e in programme.expectations.all()
            if e.year_group in {place.year_group for place in own}
        ],
        "partnerships": [partnership_words(p) for p in partnerships],
        "two_scales": sum(TWO_SCALES in (place.first_reason, place.last_reason) for place in own),
        **reading_words(programme, own, grades),
    }


def known_together(programme: Programme, school: School) -> list[set[int]]:
    """The schools whose figures one person has beside this one's: it alone, and all that a head of it heads."""
    heads = Membership.objects.live().filter(role=Role.HEADTEACHER, organisation=programme.organisation_id)
    schools = defaultdict(set)
    of_this = heads.filter(school=school).values("user")
    for user, pk in heads.filter(user__in=of_this).values_list("user", "school"):
        schools[user].add(pk)
    return [{school.pk}, *schools.values()]


def scale_grades(programme):
    return list(
        Grade.objects.filter(scale__name=programme.scale).order_by("position").values("code", "points", "position")
    )


def scale_step(programme):
    return Grade.objects.filter(scale__name=programme.scale).values_list("scale__step", flat=True).first() or ""


def partnership_words(p: Partnership) -> dict:
    return {
        "label": p.label,
        "specialist": str(p.specialist),
        "home_school": p.specialist.home_school.name,
        "teachers": list_words(str(user) for user in p.current_partner_teachers),
        "status": p.get_status_display(),
        "ended_on": day_words(p.ended_on),
        "reason": p.reason,
    }


def groups(programme, own, partnerships, points, grades):
    """A group for each partnership: its pupils, those who gained most first, those not counted last."""
    position = {grade["code"]: grade["position"] for grade in grades}
    rows = {
        place.pk: place for place in Place.objects.filter(pk__in=[place.place for place in own]).select_related("pupil")
    }
    codes = given_to(programme, rows)
    level = {e.year_group: e.met_from for e in programme.expectations.all()}
    labels = [partnership.label for partnership in partnerships]
    made = []
    for partnership in partnerships:
        mine = [place for place in own if place.partnership == partnership.pk]
        years = {place.year_group for place in mine}
        year = years.pop() if len(years) == 1 else None
        several = labels.count(partnership.label) > 1
        name = f"{partnership.label}, with {partnership.specialist}" if several else partnership.label
        made.append(
            {
                "name": name,
                "short": f"{partnership.subject.capitalize()}, {partnership.year_group}",
                "level": level.get(year) if level.get(year) in position else None,
                "level_label": f"level for Year {year}",
                "block": block_words(name, block(mine)),
                "rows": [
                    pupil_words(place, rows[place.place].pupil.full_name, codes[place.place], points, position)
                    for place in sorted(mine, key=lambda place: order(place, rows[place.place].pupil))
                ],
            }
        )
    return made


def given_to(programme, places) -> dict[int, dict[int, tuple]]:
    """place -> data point -> (the grade's code, the reason); the code with its scale where that is another one."""
    found = defaultdict(dict)
    given = Assessment.objects.filter(place__in=places).values_list(
        "place", "data_point", "grade__code", "grade__scale__name", "grade__scale__title", "reason"
    )
    for place, point, code, scale, title, reason in given:
        said = code if code is None or scale == programme.scale else on_other_scale(code, title)
        found[place][point] = (said, reason)
    return found


def order(place, pupil):
    gain = place.gain
    if gain is None and place.matched:
        gain = place.last.position - place.first.position
    return not place.matched, -(gain or 0), pupil.last_name, pupil.first_name, pupil.ref


def pupil_words(place, label, given, points, position):
    """`position` has the grades of the programme's scale; one that is not of them has no place in a chart."""
    reason = place.last_reason if place.last is None else place.first_reason if place.first is None else ""
    return {
        "label": label,
        "year": place.year_group,
        "grades": [cell_words(*given.get(point.pk, (None, ""))) for point in points],
        "first": place.first.code if place.first and place.first.code in position else None,
        "last": place.last.code if place.last and place.last.code in position else None,
        "matched": place.matched,
        "gain": place.gain,
        "above": place.above,
        "met_first": place.met_first,
        "met": place.met,
        "exceeded": place.exceeded,
        "reason": REASONS[reason] if reason and not place.matched else "",
    }


def cell_words(code, reason):
    return {"grade": code, "reason": REASONS[reason] if reason else "" if code else "no grade"}
