"""The words of a visit record: its sheet is begun with the first of them, and some boxes have rows that follow."""

from functools import partial

from django.db import transaction

from desks.services import Outcome, keep_apart, write_cells
from lessons.models import Sheet, VisitRecord
from lessons.services.rows import follow_cells


@transaction.atomic
def write_record(person, visit, cells, client) -> list[Outcome]:
    """Keep what was typed for the record of the visit, which is begun where there is none."""
    record = record_for(person, visit)
    return write_cells(person, record.sheet, cells, client, follow=partial(follow_cells, record))


@transaction.atomic
def keep_beside_record(person, visit, cells, client):
    """Words of someone who has left, or of a visit that takes no record: they are kept, and no part of it."""
    keep_apart(person, record_for(person, visit).sheet, cells, client)


def sheet_of_record(visit) -> Sheet | None:
    return Sheet.objects.filter(record__visit=visit).first()


def record_for(person, visit):
    begun = {
        "written_by": person,
        "sheet": lambda: Sheet.objects.create(programme_id=visit.partnership.programme_id),
    }
    record, _ = VisitRecord.objects.select_related("sheet").get_or_create(visit=visit, defaults=begun)
    return record
