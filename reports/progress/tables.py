"""The pupils of a progress page as a file: what the page says of each, for whoever may see it."""

from papers.templatetags.plain import year_number
from programmes.models import Partnership
from pupils.figures import PlaceFacts
from pupils.targets.services import targets_of
from reports.figures.school import given_to
from reports.figures.words import NOT_APPLICABLE, NOT_AVAILABLE, REASONS


def pupils_table(followed, asked="") -> tuple[list[str], list[list]]:
    """A row for each place with every grade, and what came of it by the data point that the page shows.

    z: not applicable, x: not available.
    """
    to = followed.until(asked)
    facts = followed.facts(to)
    partnerships = {
        p.pk: p
        for p in Partnership.objects.filter(pk__in={place.partnership for place in facts}).select_related(
            "partner_school"
        )
    }
    names = {place.pk: followed.called(place) for place in followed.places.select_related("pupil", "former")}
    aims = targets_of(names)
    given = {
        (place, point): code or REASONS[reason]
        for place, found in given_to(followed.programme, names).items()
        for point, (code, reason) in found.items()
    }
    columns = ["Partnership", "Partner school", "Subject", "Pupil", "Year", *(point.name for point in followed.points)]
    columns += [
        "Target grade",
        f"Gain by {to}, points" if to else "Gain, points",
        "Gained more than expected",
        f"At or above level, {followed.first}" if to else "At or above level, first",
        f"At or above level, {to}" if to else "At or above level, last",
    ]
    rows = [
        [
            partnerships[place.partnership].ref,
            partnerships[place.partnership].partner_school.name,
            place.subject,
            names[place.place],
            year_number(place.year_group),
            *(given.get((place.place, point.pk), "") for point in followed.points),
            agreed_code(aims.get(place.place)),
            *answers(place),
        ]
        for place in facts
    ]
    return columns, rows


def agreed_code(found) -> str:
    agreed = found and found["agreed"]
    return agreed.grade.code if agreed and agreed.grade else ""


def answers(place: PlaceFacts) -> list:
    """Gain, above expected, and the level at both ends."""
    return [
        (NOT_APPLICABLE if place.gain is None else place.gain) if place.matched else NOT_AVAILABLE,
        yes_no(place.above) if place.matched else NOT_AVAILABLE,
        yes_no(place.met_first) if place.first else NOT_AVAILABLE,
        yes_no(place.met) if place.last else NOT_AVAILABLE,
    ]


def yes_no(answer) -> str:
    return NOT_APPLICABLE if answer is None else "yes" if answer else "no"
