from django.db import transaction

from accounts import audit
from programmes.services.in_use import delete_unused


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
