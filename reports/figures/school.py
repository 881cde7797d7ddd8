from collections import defaultdict

from accounts.models import Membership, School
from accounts.roles import Role
from papers.templatetags.plain import year_words
from programmes.models import Partnership, Programme
from pupils import small_numbers
from pupils.figures import TWO_SCALES, block, set_apart
from pupils.models import Assessment, Grade, Place
from pupils.models.scales import on_other_scale
from pupils.results import place_facts
from reports.figures.found import OUR_SCHOOLS, found_words
from reports.figures.happened import happened_words, next_words
from reports.figures.headlines import headline_words
from reports.figures.spent import spent_words
from reports.figures.words import (
    REASONS,
    block_words,
    day_words,
    ends_of,
    list_words,
    number_words,
    point_words,
    reading_words,
    reason_words,
)


def school_figures(programme: Programme, school: School) -> dict:
    """What the target pupils of one partner school did, with their names, and how it came about: for that school's
    headteacher."""
    facts, _ = set_apart(place_facts(programme))
    own = [place for place in facts if place.school == school.pk]
    points = list(programme.data_points.all())
    partnerships = partnerships_of(programme, partner_school=school)
    everyone = beside_them(programme, school, facts, own)
    ours = block(own)
    names = dict(zip((p.pk for p in partnerships), group_names(partnerships), strict=True))
    frame = frame_words(programme, school, points, partnerships, own)
    return {
        **frame,
        "groups": groups(programme, own, partnerships, points, frame["scale"]),
        "ours": block_words("Our school", ours),
        "missing_because": reason_words(ours.first_reasons, ours.final_reasons),
        "everyone": everyone and block_words(f"All {len({place.school for place in facts})} schools", everyone),
        "partnerships": [partnership_words(p) for p in partnerships],
        "two_scales": sum(TWO_SCALES in (place.first_reason, place.last_reason) for place in own),
        "headlines": headline_words(programme, [school], by_school=False),
        "happened": happened_words(programme, partnerships, names, points),
        "found": found_words(partnerships, names, OUR_SCHOOLS),
        "spent": spent_words(programme, school),
        "next": next_words(programme, partnerships, names, points, people_of(programme, school)),
        **reading_words(programme, own, frame["scale"], ends_of(points)),
    }


def frame_words(programme, school, points, partnerships, own) -> dict:
    """What every edition says of the programme and of how its grades are read."""
    grades = scale_grades(programme)
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
        "scope": list_words(dict.fromkeys(f"{year_words(p.year_group)} {p.subject}" for p in partnerships)),
        "levels": [
            {"year": e.year_group, "met": e.met_from, "exceeded": e.exceeded_from}
            for e in programme.expectations.all()
            if e.year_group in {place.year_group for place in own}
        ],
    }


def partnerships_of(programme: Programme, **which) -> list:
    rows = programme.partnerships.filter(**which).ever_agreed()
    rows = rows.select_related("partner_school", "specialist__home_school")
    return list(rows.with_people().order_by("subject", "year_group", "ref"))


def people_of(programme: Programme, school: School):
    """The heads and teachers of the school whose actions its report lists."""
    here = Membership.objects.filter(organisation=programme.organisation_id, school=school)
    return here.filter(role__in=[Role.HEADTEACHER, Role.PARTNER, Role.SPECIALIST]).values("user")


def beside_them(programme, school, facts, own):
    """The block of the whole programme beside the own pupils, unless it would tell about those of other schools:
    whoever heads several schools could take away all of theirs from it. None where there are no others."""
    if len(own) == len(facts):
        return None
    rests = [block(p for p in facts if p.school not in known) for known in known_together(programme, school)]
    mine = {place.place for place in own}
    rests.append(block(p for p in facts if p.place not in mine))
    return small_numbers.beside_own(block(facts), rests, programme.hide_up_to, programme.hide_whole_up_to)


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
        "reason": p.why_stopped,
    }


def group_names(partnerships) -> list[str]:
    """Each by its label, and where several have the same by its specialist teacher as well."""
    labels = [p.label for p in partnerships]
    return [f"{p.label}, with {p.specialist}" if labels.count(p.label) > 1 else p.label for p in partnerships]


def groups(programme, own, partnerships, points, grades):
    """A group for each partnership: its pupils, those who gained most first, those not counted last."""
    position = {grade["code"]: grade["position"] for grade in grades}
    named = Place.objects.filter(pk__in=[place.place for place in own]).select_related("pupil", "former")
    rows = {place.pk: place for place in named}
    codes = given_to(programme, rows)
    level = {e.year_group: e.met_from for e in programme.expectations.all()}
    made = []
    for partnership, name in zip(partnerships, group_names(partnerships), strict=True):
        mine = [place for place in own if place.partnership == partnership.pk]
        years = {place.year_group for place in mine}
        year = years.pop() if len(years) == 1 else None
        made.append(
            {
                "name": name,
                "short": f"{partnership.subject.capitalize()}, {partnership.year_group}",
                "level": level.get(year) if level.get(year) in position else None,
                "level_label": f"level for {year_words(year)}",
                "block": block_words(name, block(mine)),
                "rows": [
                    pupil_words(place, rows[place.place].known.full_name, codes[place.place], points, position)
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
