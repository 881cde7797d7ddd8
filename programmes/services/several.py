"""One step for many at once: who can take it, and why the others cannot. All of them take it, or nobody does."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts import audit
from programmes.models import PartnerSchool, SpecialistStep, SpecialistTeacher
from programmes.services.schools import running_in
from programmes.services.schools import why_not_moved as why_school_not_moved
from programmes.services.specialists import why_not_moved


@dataclass(frozen=True)
class Look:
    """Who of those that are ticked can take the step, and the others, each with the reason."""

    able: list
    hindered: list  # (row, sentence)


class Overtaken(Exception):
    """Somebody cannot take the step any more, and nothing was written. `look` is how it stands now."""

    def __init__(self, look):
        super().__init__(f"{len(look.hindered)} rows")
        self.look = look


def look_at_specialists(rows, status, on) -> Look:
    """In as many queries for one as for all."""
    rows = list(rows)
    steps = SpecialistStep.objects.filter(specialist__in=rows).order_by("on", "at", "pk")
    last = {step.specialist_id: step for step in steps}
    return sorted_out((row, why_not_moved(row, status, on, last.get(row.pk))) for row in rows)


def look_at_schools(rows, stage) -> Look:
    rows = list(rows)
    running = running_in(rows)
    return sorted_out((row, why_school_not_moved(row, stage, row.pk in running)) for row in rows)


def sorted_out(found) -> Look:
    able, hindered = [], []
    for row, sentence in found:
        if sentence:
            hindered.append((row, sentence))
        else:
            able.append(row)
    return Look(able, hindered)


@transaction.atomic
def move_specialists(person, programme, pks, status, *, on, reason="") -> list[SpecialistTeacher]:
    """Everyone of `pks` has taken the step on this day, with a line in the history of each; or Overtaken, and nobody.

    Their rows are held in order, so of two who move the same people one waits for the other and is told.
    """
    rows = programme.specialists.select_for_update(of=["self"]).select_related("user", "home_school")
    look = look_at_specialists(rows.filter(pk__in=pks).order_by("pk"), status, on)
    if look.hindered or len(look.able) != len(set(pks)):
        raise Overtaken(look)
    SpecialistTeacher.objects.filter(pk__in=pks).update(status=status)
    steps = [SpecialistStep(specialist=row, status=status, on=on, reason=reason, by=person) for row in look.able]
    SpecialistStep.objects.bulk_create(steps)
    audit.record_all(person, "specialist moved", [(row, f"{row.status} to {status}") for row in look.able])
    return look.able


@transaction.atomic
def move_schools(person, programme, pks, stage, *, because="") -> list[PartnerSchool]:
    """Every school of `pks` stands at this stage from today; or Overtaken, and none."""
    rows = programme.partner_schools.select_for_update(of=["self"]).select_related("school")
    look = look_at_schools(rows.filter(pk__in=pks).order_by("pk"), stage)
    if look.hindered or len(look.able) != len(set(pks)):
        raise Overtaken(look)
    today = timezone.localdate()
    PartnerSchool.objects.filter(pk__in=pks).update(stage=stage, stage_since=today, stage_because=because)
    audit.record_all(person, "partner school moved", [(row, f"{row.stage} to {stage}") for row in look.able])
    return look.able
