"""Django's PostgreSQL, emptied faster: with a hundred tables a TRUNCATE of all takes longer than most tests."""

from django.db.backends.postgresql import base, operations

# Of no use to a test, and written anew after each flush when they are missing.
KEPT = {"auth_permission", "django_content_type"}
# Beyond this a table is slow to read for what was deleted or rolled back in it, which a TRUNCATE alone clears away.
LARGE = 2**20


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        """Like a TRUNCATE it waits for whoever still writes, and heeds neither triggers nor foreign keys."""
        if not tables or reset_sequences or allow_cascade or self.has_large(tables):
            return super().sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        names = [self.quote_name(table) for table in tables if table not in KEPT]
        return [
            f"LOCK TABLE {', '.join(names)}",
            "SET LOCAL session_replication_role = replica",
            *[f"DELETE FROM {name}" for name in names],
        ]

    def has_large(self, tables):
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT bool_or(pg_relation_size(name::regclass) > %s) FROM unnest(%s::text[]) AS name",
                [LARGE, [self.quote_name(table) for table in tables]],
            )
            return cursor.fetchone()[0]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
