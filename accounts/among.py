"""`among`: rows whose key is one of many. The ids travel as one array, where `in` writes and reads each apart."""

from django.db.models import BigAutoField, ForeignKey, Lookup


@ForeignKey.register_lookup
@BigAutoField.register_lookup
class Among(Lookup):
    """`Booking.objects.filter(visit__among=ids)`: for hundreds of ids, and for keys alone."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]
