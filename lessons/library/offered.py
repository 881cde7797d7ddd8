"""By what the findings that a person may read can be narrowed: what stands in them, and nothing else."""

from dataclasses import dataclass, field

from django.db import connection

MOST_OFFERED = 60  # techniques and themes, those that stand in most findings

# Whose findings they are is worked out once, for all lists together.
OFFERED = """
WITH readable (subject, year_group, technique, themes, programme, name) AS MATERIALIZED ({rows})
SELECT 'subjects', subject, NULL FROM readable GROUP BY subject
UNION ALL SELECT 'years', year_group::text, NULL FROM readable GROUP BY year_group
UNION ALL SELECT 'programmes', programme::text, name FROM readable GROUP BY programme, name
UNION ALL (SELECT 'techniques', technique, NULL FROM readable WHERE technique <> ''
    GROUP BY technique ORDER BY count(*) DESC, technique LIMIT {most})
UNION ALL (SELECT 'themes', theme, NULL FROM (SELECT unnest(themes) AS theme FROM readable) AS each_theme
    GROUP BY theme ORDER BY count(*) DESC, theme LIMIT {most})
"""
COLUMNS = [
    "subject",
    "year_group",
    "technique",
    "themes",
    "study__partnership__programme",
    "study__partnership__programme__name",
]


@dataclass
class Offered:
    subjects: list = field(default_factory=list)
    years: list = field(default_factory=list)
    techniques: list = field(default_factory=list)
    themes: list = field(default_factory=list)
    programmes: list = field(default_factory=list)  # (key, name)


def offered_of(rows) -> Offered:
    sql, params = rows.order_by().values_list(*COLUMNS).query.sql_with_params()
    offered = Offered()
    with connection.cursor() as cursor:
        cursor.execute(OFFERED.format(rows=sql, most=MOST_OFFERED), params)
        for which, value, name in cursor.fetchall():
            getattr(offered, which).append((int(value), name) if name is not None else value)
    offered.years = sorted(int(year) for year in offered.years)
    offered.subjects.sort()
    offered.techniques.sort()
    offered.themes.sort()
    offered.programmes.sort(key=lambda row: row[1])
    return offered
