"""What one school reads of the programme when it must not tell single pupils: its governors, or the school that lends a
specialist teacher. Nobody is named, and small numbers are hidden."""

from accounts.models import School
from lessons.models import Finding
from papers.templatetags.plain import year_words
from programmes.models import Partnership, Programme
from pupils import small_numbers
from pupils.figures import block, set_apart
from pupils.results import place_facts
from reports.figures.found import OUR_SCHOOLS, found_words
from reports.figures.happened import happened_words, next_words
from reports.figures.headlines import headline_words
from reports.figures.school import beside_them, frame_words, partnerships_of
from reports.figures.spent import spent_words
from reports.figures.words import block_words, day_words, ends_of, reading_words, reason_words

PUBLIC = (Finding.Audience.PUBLIC,)


def governors_figures(programme: Programme, school: School) -> dict:
    """Of the school as a partner school. Governors take no part, so that only what is public is quoted."""
    found = outside_figures(programme, school, partnerships_of(programme, partner_school=school), PUBLIC, "Our school")
    headlines = headline_words(programme, [school], hide_up_to=programme.hide_up_to, by_school=False)
    return found | {"headlines": headlines}


def home_figures(programme: Programme, school: School) -> dict:
    """Of the pupils that the school's specialist teachers helped to teach, wherever they are."""
    partnerships = partnerships_of(programme, specialist__home_school=school)
    return outside_figures(programme, school, partnerships, OUR_SCHOOLS, "All pupils they worked with")


def outside_figures(programme, school, partnerships, audiences, name) -> dict:
    facts, _ = set_apart(place_facts(programme))
    keys = {p.pk for p in partnerships}
    own = [place for place in facts if place.partnership in keys]
    points = list(programme.data_points.all())
    frame = frame_words(programme, school, points, partnerships, own)
    cells, whole = protected(programme, own, len(frame["scale"]) <= small_numbers.FEW_GRADES)
    everyone = beside_them(programme, school, facts, own)
    if whole.hidden:  # else whoever has it from another school could subtract the others
        everyone = everyone and small_numbers.hide(everyone)
    names = names_of(partnerships, school)
    exact = block(own)
    return {
        **frame,
        "groups": [{"name": label, "block": block_words(label, b)} for label, b in cells.items()],
        "ours": block_words(name, whole),
        "small": whole.hidden and small_numbers.is_small(exact, programme.hide_up_to, programme.hide_whole_up_to),
        "hide_up_to": programme.hide_up_to,
        "missing_because": reason_words(exact.first_reasons, exact.final_reasons),
        "everyone": everyone and block_words(f"All {len({place.school for place in facts})} schools", everyone),
        "partnerships": [
            {
                "label": p.label,
                "partner_school": p.partner_school.name,
                "home_school": p.specialist.home_school.name,
                "status": p.get_status_display(),
                "ended_on": day_words(p.ended_on),
            }
            for p in partnerships
        ],
        "happened": happened_words(programme, partnerships, names, points),
        "found": found_words(partnerships, names, audiences, by_name=False),
        "spent": spent_words(programme, school),
        "next": next_words(programme, partnerships, names, points),
        **reading_words(programme, own, frame["scale"], ends_of(points)),
    }


def protected(programme, own, few_grades) -> tuple[dict, object]:
    """The blocks by subject and year group, and that of all together, as somebody may see them who knows no pupil."""
    cells = sorted({(place.subject, place.year_group) for place in own})
    found = {cell: block(p for p in own if (p.subject, p.year_group) == cell) for cell in cells}
    if not cells:
        return {}, block(own)
    blocks, made_of = {"": block(own)} | found, {"": cells} | {cell: [cell] for cell in cells}
    shown = small_numbers.protect(blocks, made_of, programme.hide_up_to, programme.hide_whole_up_to, few_grades)
    labels = {(subject, year): f"{subject.capitalize()}, {year_words(year)}" for subject, year in cells}
    return {labels[cell]: shown[cell] for cell in cells}, shown[""]


def names_of(partnerships: list[Partnership], school: School) -> dict[int, str]:
    """Each by subject, year group and the other school: people stand in no edition for outsiders."""
    found = {}
    for p in partnerships:
        other = p.specialist.home_school if p.partner_school_id == school.pk else p.partner_school
        found[p.pk] = f"{p.label}, {'in our school' if other == school else f'with {other}'}"
    return found
