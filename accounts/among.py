"""`among`: rows whose key is one of many. Ids travel as one array, where `in` writes and reads each apart. A query
gives its keys before anything is joined, where `in` may be looked at last, after all rows of the country."""

from django.db.models import BigAutoField, ForeignKey, Lookup
from django.db.models.sql import Query


@ForeignKey.register_lookup
@BigAutoField.register_lookup
class Among(Lookup):
    """`Booking.objects.filter(visit__among=ids)`, or `visit__among=Visit.objects.filter(...).values("pk")`.

    For hundreds of ids, and for the keys in a person's reach: PostgreSQL works the array out once and finds the rows by
    their index. Keys alone, and a query that stands by itself.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Query):
            self.rhs.clear_ordering(clear_default=True)
            query, asked = self.process_rhs(compiler, connection)
            return f"{column} = ANY(ARRAY{query})", [*params, *asked]
        # Written here: as a list it would be looked through for what it is a list of, and each key for quotes.
        return f"{column} = ANY(%s::bigint[])", [*params, f"{{{','.join(str(int(key)) for key in self.rhs)}}}"]
