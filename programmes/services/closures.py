"""Writing what a school's calendar says: closures one by one or many at once, and how much the school can spare."""

from collections import defaultdict

from django.db import transaction

from accounts import audit
from accounts.models import School
from programmes.closures import key_of, overlap
from programmes.models import SchoolClosure, SchoolLimits

# Which planned visits fall on closures: (person, closures) -> {closure's pk: [(words, address)]}, as far as the person
# reaches them. An app to the right appends its own in AppConfig.ready.
WHAT_IT_HITS = []


class Overlaps(Exception):
    """Another entry of the school says the same of part of these days; the text is the sentence."""


class Gone(Exception):
    """Somebody took the entry away a moment ago."""


def hits(person, closures) -> dict[int, list[tuple[str, str]]]:
    """The planned visits that fall on each closure, as words and address."""
    found = defaultdict(list)
    for function in WHAT_IT_HITS:
        for pk, visits in function(person, closures).items():
            found[pk] += visits
    return found


def held(school_ids):
    """Nobody else writes closures of these schools until the transaction ends."""
    list(School.objects.select_for_update(no_key=True).filter(pk__in=school_ids).order_by("pk"))


@transaction.atomic
def keep_closure(person, closure) -> SchoolClosure:
    """The entry stands as given, or Overlaps is raised: of two who enter the same days at once, one is told."""
    held([closure.school_id])
    new = closure.pk is None
    if not new and not SchoolClosure.objects.filter(pk=closure.pk).exists():
        raise Gone(f"closure {closure.pk}")
    near = SchoolClosure.objects.filter(school=closure.school_id).between(closure.first_on, closure.last_on)
    if sentence := overlap(closure, near):
        raise Overlaps(sentence)
    if new:
        closure.entered_by = person
    closure.save()
    audit.record(person, "closure entered" if new else "closure changed", closure.school)
    return closure


@transaction.atomic
def delete_closure(person, closure) -> bool:
    """The entry is gone. False when it was gone before."""
    deleted, _ = SchoolClosure.objects.filter(pk=closure.pk).delete()
    if deleted:
        audit.record(person, "closure deleted", closure.school)
    return bool(deleted)


@transaction.atomic
def keep_closures(person, closures) -> list[SchoolClosure]:
    """All of these are there, and those that were not are returned: repeating it adds nothing.

    Overlaps is raised, and nothing written, where one came in between that says the same of part of the days.
    """
    schools = {closure.school_id for closure in closures}
    held(schools)
    standing = defaultdict(list)
    for row in SchoolClosure.objects.filter(school__in=schools):
        standing[row.school_id].append(row)
    there = {key_of(row) for rows in standing.values() for row in rows}
    new = [closure for closure in closures if key_of(closure) not in there]
    for closure in new:
        if sentence := overlap(closure, standing[closure.school_id]):
            raise Overlaps(f"{closure.school}: {sentence}")
        standing[closure.school_id].append(closure)
        closure.entered_by = person
    SchoolClosure.objects.bulk_create(new)
    audit.record_all(person, "closures entered", [(school, "") for school in {closure.school for closure in new}])
    return new


@transaction.atomic
def keep_limits(person, school, class_ceiling, cover_capacity) -> SchoolLimits:
    """So much the school can spare; None is no limit."""
    limits, _ = SchoolLimits.objects.update_or_create(
        school=school, defaults={"class_ceiling": class_ceiling, "cover_capacity": cover_capacity}
    )
    audit.record(person, "school limits kept", school)
    return limits
