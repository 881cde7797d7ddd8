"""The file beside the register, in the database: what would change, and the change itself.

The rows of the file go into temporary tables by COPY; two sets of 52,000 schools are compared there in a second, and
Python holds none of them. Whatever is put into SQL here is a name of our own models, never a word of a file.
"""

import itertools

from django.db import connection
from psycopg import sql

from accounts.models import RegisterChange, School, SchoolLink
from accounts.register.columns import COLUMNS

BATCH = 4000
INCOMING, LINKS = sql.Identifier("register_incoming"), sql.Identifier("register_links")
SCHOOL, LINK = sql.Identifier(School._meta.db_table), sql.Identifier(SchoolLink._meta.db_table)
CHANGE = sql.Identifier(RegisterChange._meta.db_table)
Kind = RegisterChange.Kind


def fields(names, table=None):
    return sql.SQL(", ").join(sql.Identifier(table, name) if table else sql.Identifier(name) for name in names)


def begin(cursor, given):
    """Empty temporary tables for this connection's file."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.register_incoming, pg_temp.register_links")
    cursor.execute(
        sql.SQL("CREATE TEMPORARY TABLE {} AS SELECT {} FROM {} WITH NO DATA").format(INCOMING, fields(given), SCHOOL)
    )
    cursor.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {} (predecessor varchar(10), successor varchar(10), kind varchar(10), on_day date)"
        ).format(LINKS)
    )


def take_in(cursor, register, links, told):
    """Copy the rows of the files; `told(rows so far)` after each batch. Raises NotRead where a file is refused."""
    done = 0
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(INCOMING, fields(register.given))
    for batch in batches(register.rows()):
        put(cursor, copy, batch)
        done += len(batch)
        told(done)
    cursor.execute(sql.SQL("CREATE UNIQUE INDEX ON {} (urn)").format(INCOMING))
    if links is not None:
        copy = sql.SQL("COPY {} FROM STDIN").format(LINKS)
        for batch in batches(links.rows()):
            put(cursor, copy, batch)
    # A link counts where both of its schools are known, or come with this file.
    cursor.execute(
        sql.SQL(
            "DELETE FROM {links} WHERE EXISTS (SELECT FROM unnest(ARRAY[predecessor, successor]) AS named"
            " WHERE NOT EXISTS (SELECT FROM {incoming} i WHERE i.urn = named)"
            " AND NOT EXISTS (SELECT FROM {school} s WHERE s.urn = named))"
        ).format(links=LINKS, incoming=INCOMING, school=SCHOOL)
    )
    cursor.execute(sql.SQL("ANALYZE {}").format(INCOMING))
    return done


def batches(rows):
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def put(cursor, statement, batch):
    with cursor.copy(statement.as_string(connection.connection)) as copy:
        for row in batch:
            copy.write_row(row)


def changes(given):
    """The rows of RegisterChange, without their file: one for each school that differs, is new, or is followed.

    And one for each that has not closed and is not in the file.
    """
    known = [name for name in given if name != "urn"]
    kinds = [
        (Kind.NEW, "s.id IS NULL"),
        (Kind.CLOSED, "i.status = 'closed' AND s.status <> 'closed'"),
        (Kind.ACADEMY, "f.is_news AND f.to_academy AND NOT s.type ILIKE '%academy%'"),
        (Kind.MERGED, "s.id IS NOT NULL AND f.is_news AND f.merged"),
        (
            Kind.SUCCEEDED,
            "f.is_news AND NOT f.merged AND (NOT f.to_academy AND s.id IS NOT NULL OR s.type ILIKE '%academy%')",
        ),
        (Kind.CLOSING, "i.status = 'closing' AND s.status NOT IN ('closing', 'closed')"),
        (Kind.REOPENED, "i.status <> 'closed' AND s.status = 'closed'"),
        (Kind.OPENED, "i.status IN ('open', 'closing') AND s.status = 'proposed'"),
        (Kind.RENAMED, "i.name <> s.name"),
        (Kind.MOVED, "i.la_code <> s.la_code"),
    ]
    seen = ["name", "la_code", "la_name", "status", "closed_on"]
    rest = [name for name in known if name not in seen]
    kinds.append((Kind.DETAILS, f"s.id IS NOT NULL AND {differ(rest)}" if rest else "false"))
    before_and_after = sql.SQL(", ").join(
        sql.SQL("{}, CASE WHEN {} IS DISTINCT FROM {} THEN jsonb_build_array({}, {}) END").format(
            sql.Literal(name),
            sql.Identifier("i", name),
            sql.Identifier("s", name),
            sql.Identifier("s", name),
            sql.Identifier("i", name),
        )
        for name in known
    )
    return sql.SQL(
        """
        WITH each_link AS (
            SELECT p.urn AS predecessor, n.urn AS successor, old.kind, false AS is_news FROM {link} old
            JOIN {school} p ON p.id = old.predecessor_id JOIN {school} n ON n.id = old.successor_id
            UNION ALL
            SELECT predecessor, successor, kind, true FROM {links}
        ), all_links AS (
            SELECT predecessor, successor, bool_and(is_news) AS is_news,
                bool_or(kind = 'merged') OR count(*) OVER (PARTITION BY successor) > 1 AS merged
            FROM each_link GROUP BY predecessor, successor
        ), followed AS (
            SELECT all_links.predecessor AS urn, bool_or(is_news) AS linked_now, bool_or(merged) AS merged,
                bool_or(coalesce(i.type, s.type) ILIKE '%academy%') AS to_academy,
                (array_agg(coalesce(i.name, s.name) || ' (' || successor || ')' ORDER BY successor))[1] AS successor
            FROM all_links LEFT JOIN {incoming} i ON i.urn = successor LEFT JOIN {school} s ON s.urn = successor
            GROUP BY all_links.predecessor
        )
        SELECT s.id AS school_id, coalesce(i.urn, s.urn) AS urn, coalesce(i.name, s.name) AS name,
            {town} AS town, coalesce(i.la_name, s.la_name) AS la_name,
            array_remove(ARRAY[{kinds}]::varchar(10)[], NULL) AS kinds,
            CASE WHEN s.id IS NULL THEN jsonb_build_object('status', jsonb_build_array(NULL, i.status))
                ELSE jsonb_strip_nulls(jsonb_build_object({before_and_after}))
            END || CASE WHEN s.id IS NOT NULL AND f.is_news THEN
                jsonb_build_object('successor', jsonb_build_array(NULL, f.successor)) ELSE '{{}}' END AS fields
        FROM {incoming} i LEFT JOIN {school} s ON s.urn = i.urn
        LEFT JOIN LATERAL (
            SELECT merged, to_academy, successor,
                linked_now OR (i.status = 'closed' AND s.status <> 'closed') AS is_news
            FROM followed WHERE followed.urn = i.urn
        ) f ON true
        WHERE s.id IS NULL OR f.is_news OR {differs}
        UNION ALL
        SELECT s.id, s.urn, s.name, s.town, s.la_name, ARRAY['absent']::varchar(10)[], '{{}}'::jsonb
        FROM {school} s WHERE s.status <> 'closed' AND NOT EXISTS (SELECT FROM {incoming} i WHERE i.urn = s.urn)
        """
    ).format(
        link=LINK,
        links=LINKS,
        school=SCHOOL,
        incoming=INCOMING,
        town=sql.SQL("coalesce(i.town, s.town)" if "town" in given else "coalesce(s.town, '')"),
        kinds=sql.SQL(", ").join(
            sql.SQL("CASE WHEN {} THEN {} END").format(sql.SQL(when), sql.Literal(kind.value)) for kind, when in kinds
        ),
        before_and_after=before_and_after,
        differs=sql.SQL(differ(known)),
    )


def differ(names):
    """SQL that is true where a school and its row in the file are not the same in one of these fields."""
    return "({}) IS DISTINCT FROM ({})".format(*(", ".join(f"{t}.{name}" for name in names) for t in "is"))


CHANGE_COLUMNS = ["school_id", "urn", "name", "town", "la_name", "kinds", "fields"]


def keep_changes(cursor, register_file, given):
    """The changes as rows of the file; returns how many schools there are of each kind, and how many change."""
    insert = sql.SQL("INSERT INTO {} (register_file_id, {}) SELECT {}, {} FROM ({}) found")
    cursor.execute(sql.SQL("DELETE FROM {} WHERE register_file_id = %s").format(CHANGE), [register_file.pk])
    cursor.execute(
        insert.format(
            CHANGE, fields(CHANGE_COLUMNS), sql.Literal(register_file.pk), fields(CHANGE_COLUMNS), changes(given)
        )
    )
    counted = sql.SQL("SELECT kind, count(*) FROM {}, unnest(kinds) AS kind WHERE register_file_id = %s GROUP BY kind")
    cursor.execute(counted.format(CHANGE), [register_file.pk])
    counts = dict(cursor.fetchall())
    return counts, register_file.changes.real().count()


def count_links(cursor):
    """How many links of the file are not kept yet, or are kept as something else."""
    cursor.execute(
        sql.SQL(
            "SELECT count(*) FROM {links} links WHERE NOT EXISTS (SELECT FROM {link} old"
            " JOIN {school} p ON p.id = old.predecessor_id JOIN {school} n ON n.id = old.successor_id"
            " WHERE p.urn = links.predecessor AND n.urn = links.successor"
            " AND (old.kind, old.established_on) IS NOT DISTINCT FROM (links.kind, links.on_day))"
        ).format(links=LINKS, link=LINK, school=SCHOOL)
    )
    return cursor.fetchone()[0]


def are_as_shown(cursor, register_file, given):
    """Whether the changes are today what a person saw and confirmed."""
    shown = sql.SQL("SELECT {} FROM {} WHERE register_file_id = {} AND kinds <> ARRAY['absent']::varchar(10)[]").format(
        fields(CHANGE_COLUMNS), CHANGE, sql.Literal(register_file.pk)
    )
    now = sql.SQL("SELECT * FROM ({}) found WHERE kinds <> ARRAY['absent']::varchar(10)[]").format(changes(given))
    cursor.execute(
        sql.SQL(
            "WITH shown AS ({shown}), now AS MATERIALIZED ({now})"
            " SELECT EXISTS (SELECT FROM (SELECT * FROM shown EXCEPT SELECT * FROM now) gone)"
            " OR EXISTS (SELECT FROM (SELECT * FROM now EXCEPT SELECT * FROM shown) more)"
        ).format(shown=shown, now=now)
    )
    return not cursor.fetchone()[0]


def lock(cursor):
    """Nobody else writes schools until the transaction ends; everyone reads on."""
    cursor.execute(sql.SQL("LOCK TABLE {}, {} IN SHARE ROW EXCLUSIVE MODE").format(SCHOOL, LINK))


def write(cursor, given):
    """The register is what the file says. Columns and schools that are not in the file stay as they are."""
    known = [name for name in given if name != "urn"]
    pairs = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Identifier("i", name)) for name in known
    )
    cursor.execute(
        sql.SQL("UPDATE {school} s SET {pairs} FROM {incoming} i WHERE s.urn = i.urn AND {differs}").format(
            school=SCHOOL, pairs=pairs, incoming=INCOMING, differs=sql.SQL(differ(known))
        )
    )
    blank = [name for name in COLUMNS if name not in given and not School._meta.get_field(name).null]
    cursor.execute(
        sql.SQL(
            "INSERT INTO {school} ({all}) SELECT {values} FROM {incoming} i"
            " WHERE NOT EXISTS (SELECT FROM {school} s WHERE s.urn = i.urn)"
        ).format(
            school=SCHOOL,
            all=fields([*given, *blank]),
            values=sql.SQL(", ").join([fields(given, "i"), *[sql.Literal("")] * len(blank)]),
            incoming=INCOMING,
        )
    )
    cursor.execute(
        sql.SQL(
            "INSERT INTO {link} AS old (predecessor_id, successor_id, kind, established_on)"
            " SELECT p.id, n.id, links.kind, links.on_day FROM {links} links"
            " JOIN {school} p ON p.urn = links.predecessor JOIN {school} n ON n.urn = links.successor"
            " ON CONFLICT (predecessor_id, successor_id) DO UPDATE"
            " SET kind = excluded.kind, established_on = excluded.established_on"
            " WHERE (old.kind, old.established_on) IS DISTINCT FROM (excluded.kind, excluded.established_on)"
        ).format(link=LINK, links=LINKS, school=SCHOOL)
    )


def end(cursor):
    cursor.execute("DROP TABLE IF EXISTS pg_temp.register_incoming, pg_temp.register_links")
