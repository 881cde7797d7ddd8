"""The blocks of the published table counted by the database: the same digits as `figures.block` gives, for many places.

A block is not the sum of its parts, as a pupil may stand in two of them: so each is grouped for itself.
"""

from collections import Counter, defaultdict

from django.db import connection

from programmes.models import Programme
from pupils.figures import Block, Share, TwoScales, mean_of, off_scale_words, two_scales_words
from pupils.models import Scale

FACTS = """
    WITH places AS (
        SELECT place.id, place.pupil_id, partnership.subject, pupil.year_group,
            g1.position AS first, g2.position AS last, g1.position IS NOT NULL AND g2.position IS NOT NULL AS matched,
            g2.points - g1.points AS gain, g1.scale_id <> g2.scale_id AS two_scales,
            g1.scale_id = g2.scale_id AND g1.scale_id <> %(scale)s AS off_scale,
            met.position AS met_from, exceeded.position AS exceeded_from,
            coalesce(a1.reason, '') AS first_reason, coalesce(a2.reason, '') AS last_reason
        FROM pupils_place place
        JOIN programmes_partnership partnership ON partnership.id = place.partnership_id
        JOIN pupils_targetpupil pupil ON pupil.id = place.pupil_id
        LEFT JOIN pupils_assessment a1 ON a1.place_id = place.id AND a1.data_point_id = %(first)s
        LEFT JOIN pupils_grade g1 ON g1.id = a1.grade_id
        LEFT JOIN pupils_assessment a2 ON a2.place_id = place.id AND a2.data_point_id = %(last)s
        LEFT JOIN pupils_grade g2 ON g2.id = a2.grade_id
        LEFT JOIN programmes_expectation level
            ON level.programme_id = partnership.programme_id AND level.year_group = pupil.year_group
        LEFT JOIN pupils_grade met ON met.scale_id = %(scale)s AND met.code = level.met_from
        LEFT JOIN pupils_grade exceeded ON exceeded.scale_id = %(scale)s AND exceeded.code = level.exceeded_from
        WHERE partnership.programme_id = %(programme)s
    )
"""
COUNTS = """
    SELECT grouping(subject) = 0, grouping(year_group) = 0, subject, year_group,
        count(*),
        count(*) FILTER (WHERE matched),
        count(DISTINCT pupil_id) FILTER (WHERE matched),
        count(*) FILTER (WHERE matched AND first >= met_from),
        count(*) FILTER (WHERE matched AND last >= met_from),
        count(*) FILTER (WHERE matched AND last >= exceeded_from),
        count(*) FILTER (WHERE matched AND gain > %(expected)s),
        count(*) FILTER (WHERE met_from IS NULL), count(*) FILTER (WHERE matched AND met_from IS NULL),
        count(*) FILTER (WHERE exceeded_from IS NULL), count(*) FILTER (WHERE matched AND exceeded_from IS NULL),
        count(*) FILTER (WHERE matched AND gain IS NULL),
        sum(gain) FILTER (WHERE matched),
        min(id) FILTER (WHERE matched AND two_scales),
        min(id) FILTER (WHERE matched AND off_scale)
    FROM places
    GROUP BY GROUPING SETS ((), (subject), (year_group), (subject, year_group))
"""
MISSING = """
    SELECT grouping(subject) = 0, grouping(year_group) = 0, subject, year_group,
        last IS NULL, CASE WHEN last IS NULL THEN last_reason ELSE first_reason END, count(*)
    FROM places WHERE NOT matched
    GROUP BY GROUPING SETS (
        (5, 6), (subject, 5, 6), (year_group, 5, 6), (subject, year_group, 5, 6)
    )
"""


def tallied_blocks(programme: Programme) -> dict[str, Block]:
    """Every block of the published table by its name, as `results.blocks` names them. Raises TwoScales."""
    points = list(programme.data_points.all())
    scale = Scale.objects.filter(name=programme.scale).first()
    expected = programme.expected_points if scale and scale.has_points else None
    asked = {
        "programme": programme.pk,
        "first": points[0].pk if len(points) > 1 else None,
        "last": points[-1].pk if len(points) > 1 else None,
        "scale": scale and scale.pk,
        "expected": expected,
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS + COUNTS, asked)
        rows = cursor.fetchall()
        cursor.execute(FACTS + MISSING, asked)
        reasons = defaultdict(lambda: (Counter(), Counter()))
        for *named, at_last, reason, number in cursor.fetchall():
            reasons[name_of(*named)][at_last][reason] += number
    found = {name_of(*row[:4]): block_of(row[4:], expected, *reasons[name_of(*row[:4])]) for row in rows}
    return {"all": found.pop("all")} | {name: found[name] for name in sorted(found)}


def name_of(by_subject, by_year, subject, year) -> str:
    """all, maths, year 5, maths year 5"""
    return " ".join([*([subject] if by_subject else []), *([f"year {year}"] if by_year else [])]) or "all"


def block_of(row, expected, first_reasons, final_reasons) -> Block:
    places, n, pupils, met_first, met, exceeded, above, *rest = row
    no_level, no_level_matched, no_upper, no_upper_matched, no_gain, points, two_scales, off_scale = rest
    if two_scales:
        raise TwoScales(two_scales_words(two_scales))
    if off_scale:
        raise TwoScales(off_scale_words(off_scale))

    def share(of, unanswered, without_limit):
        return Share(None if (unanswered if n else without_limit) else of, n)

    return Block(
        places=places,
        n=n,
        pupils=pupils,
        missing_first=first_reasons.total(),
        missing_final=final_reasons.total(),
        first_reasons=first_reasons,
        final_reasons=final_reasons,
        met_first=share(met_first, no_level_matched, no_level),
        met=share(met, no_level_matched, no_level),
        exceeded=share(exceeded, no_upper_matched, no_upper),
        above=share(above, no_gain or expected is None, places and expected is None),
        mean_points=None if no_gain or not n else mean_of(points, n),
    )
