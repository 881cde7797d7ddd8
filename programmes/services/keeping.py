"""Until when pupil data is kept: twelve months after a programme's year, unless its coordinator says why not."""

from django.db import transaction

from accounts import audit
from programmes.models import KeepingChange, Programme
from programmes.models.programmes import years_later

LONGEST_YEARS = 3


class Erased(Exception):
    """The pupil data is gone, so there is nothing left to keep."""


def bounds(programme, today):
    """The first and the last day that can be chosen: from today on, not before its year has ended, for three years."""
    return max(programme.ends_on, today), years_later(programme.ends_on, LONGEST_YEARS)


@transaction.atomic
def keep_until(person, programme, day, because) -> Programme:
    """The data is kept until this day. The same day again changes nothing."""
    row = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if row.erased_at:
        raise Erased(f"programme {row.pk}")
    before = row.pupils_kept_until
    if before != day:
        KeepingChange.objects.create(programme=row, before=before, after=day, because=because, by=person)
        row.kept_until = day
        row.save(update_fields=["kept_until"])
        audit.record(person, "keeping changed", row)
    return row
