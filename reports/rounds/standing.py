"""What stands behind a school's report that can be looked at for all schools at once: so that a round can say what has
changed since, without working all its figures out again."""

import hashlib
import json
from collections import defaultdict

from programmes.models import Partnership
from pupils.models import Assessment, Place
from reports.figures.headlines import headlines_of
from visits.models import Visit

PARTS = {
    "grades": "grades",
    "places": "target pupils",
    "partnerships": "partnerships",
    "visits": "visits",
    "headlines": "headline percentages",
}


def standing(programme, school=None) -> dict[int, dict[str, str]]:
    """School -> part -> a hash of it. Of all schools, or of one. Five queries."""
    of_school = {} if school is None else {"partner_school": school}

    def through(path):
        return {f"{path}__{name}": value for name, value in ({"programme": programme} | of_school).items()}

    rows = {
        "grades": Assessment.objects.filter(**through("place__partnership")).values_list(
            "place__partnership__partner_school", "place", "data_point", "grade", "reason"
        ),
        "places": Place.objects.filter(**through("partnership")).values_list(
            "partnership__partner_school", "pk", "pupil", "since", "until", "pupil__year_group"
        ),
        "partnerships": Partnership.objects.filter(programme=programme, **of_school).values_list(
            "partner_school", "pk", "status", "ended_on", "specialist"
        ),
        "visits": Visit.objects.filter(**through("partnership")).values_list(
            "partnership__partner_school", "pk", "status", "on", "signed_off_at"
        ),
    }
    schools = programme.partnerships.values("partner_school") if school is None else [school]
    rows["headlines"] = headlines_of(programme, schools).values_list(
        "school", "measure", "year", "percentage", "pupils"
    )
    found = defaultdict(dict)
    for part in PARTS:
        by_school = defaultdict(list)
        for pk, *values in rows[part].order_by():
            by_school[pk].append([str(value) for value in values])
        for pk, lines in by_school.items():
            text = json.dumps(sorted(lines))
            found[pk][part] = hashlib.sha256(text.encode()).hexdigest()[:32]
    return found


def changed_since(found) -> list[dict]:
    """The schools of a round of which something is otherwise than when its report was made, and what."""
    parts = [part for part in found.parts.select_related("school") if part.stood]
    now = standing(found.programme) if parts else {}
    changed = [
        {
            "school": part.school,
            "what": [
                words for name, words in PARTS.items() if part.stood.get(name) != now.get(part.school_id, {}).get(name)
            ],
        }
        for part in parts
    ]
    return [line for line in changed if line["what"]]
