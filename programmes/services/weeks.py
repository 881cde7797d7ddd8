"""The usual week of a teacher, of either side."""

from django.db import transaction

from accounts import audit


@transaction.atomic
def keep_week(person, teacher, fields):
    """These fields of the teacher's week, as the form has put them on the row."""
    teacher.save(update_fields=fields)
    audit.record(person, "release pattern kept", teacher)
    return teacher
