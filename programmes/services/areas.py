"""The areas of a programme, and which of its partnerships and schools are in which."""

from django.db import transaction

from accounts import audit
from programmes.models import Area, AreaChange, PartnerSchool, Partnership, Programme
from programmes.services.in_use import delete_unused


class MovedMeanwhile(Exception):
    """Someone else gave the partnership another area first."""


@transaction.atomic
def save_area(person, area):
    new = area.pk is None
    area.save()
    audit.record(person, "area added" if new else "area renamed", area)
    return area


@transaction.atomic
def delete_area(person, area):
    """The area is gone, and its consultants reach it no longer; or InUse says what is in it."""
    about = area.pk
    delete_unused(area, f"“{area}”")
    audit.record(person, "area deleted", area.programme, about=f"area {about}")


def may_be_changed(partnership) -> bool:
    """Its programme has areas and is not closed."""
    programme = partnership.programme
    return programme.status != Programme.Status.CLOSED and programme.areas.exists()


@transaction.atomic
def change_area(person, partnership, area):
    """The partnership is in this area, or in none, and within reach of its consultants; of two changes one wins."""
    if not put_into(person, Partnership.objects.filter(pk=partnership.pk, area=partnership.area_id), area):
        raise MovedMeanwhile(f"partnership {partnership.pk} is not in area {partnership.area_id} any more")
    partnership.area = area


def give_to_partnerships(person, row) -> list[Partnership]:
    """Those partnerships of a partner school that had no area have the school's now."""
    rows = Partnership.objects.filter(programme=row.programme_id, partner_school=row.school_id, area=None)
    return put_into(person, rows, row.area)


@transaction.atomic
def put_into(person, rows, area) -> list[Partnership]:
    """These partnerships are in the area, which their history tells."""
    held = list(rows.order_by("ref").select_for_update(no_key=True))
    before = dict(Area.objects.filter(pk__in={p.area_id for p in held}).values_list("pk", "name"))
    Partnership.objects.filter(pk__in=[p.pk for p in held]).update(area=area)
    after = area.name if area else ""
    AreaChange.objects.bulk_create(
        AreaChange(partnership=p, before=before.get(p.area_id, ""), after=after, by=person) for p in held
    )
    about = [(p, f"area {p.area_id} to {area and area.pk}") for p in held]
    audit.record_all(person, "area of partnership changed", about)
    return held


def in_other_areas(row):
    """Partnerships of a partner school that are in another area than the school, which they keep."""
    rows = Partnership.objects.filter(programme=row.programme_id, partner_school=row.school_id)
    return rows.exclude(area=None).exclude(area=row.area).select_related("area").order_by("ref")


def inside(area) -> tuple[int, int]:
    """How many partnerships and how many partner schools are in an area."""
    return area.partnerships.count(), PartnerSchool.objects.filter(area=area).count()


@transaction.atomic
def move_all(person, area, other) -> tuple[int, int]:
    """What was in one area is in the other: how many partnerships and how many partner schools."""
    partnerships = put_into(person, Partnership.objects.filter(area=area), other)
    schools = list(PartnerSchool.objects.filter(area=area).order_by("pk").select_for_update(no_key=True))
    PartnerSchool.objects.filter(pk__in=[row.pk for row in schools]).update(area=other)
    audit.record_all(person, "partner school changed", [(row, f"area {area.pk} to {other.pk}") for row in schools])
    return len(partnerships), len(schools)
