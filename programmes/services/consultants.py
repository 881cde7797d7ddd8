from django.db import transaction

from accounts import audit
from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import AreaConsultant


def consultants_of(organisation):
    """The people who are area consultants of the organisation today."""
    live = Membership.objects.live().filter(role=Role.CONSULTANT, organisation=organisation)
    return User.objects.filter(pk__in=live.values("user")).order_by("last_name", "first_name", "pk")


def consultants_in(areas):
    return AreaConsultant.objects.filter(area__in=areas).select_related("area__programme", "user")


@transaction.atomic
def name_consultant(person, area, user) -> AreaConsultant:
    """From now on the consultant reaches the area. Naming someone twice changes nothing."""
    row, new = AreaConsultant.objects.get_or_create(area=area, user=user)
    if new:
        audit.record(person, "consultant named", row)
    return row


@transaction.atomic
def remove_consultant(person, row):
    """The consultant no longer reaches the area; visits that are booked stay booked."""
    audit.record(person, "consultant removed", row)
    row.delete()
