"""Whoever has left a partnership may still have words on the screen: they are kept, and that person is told."""

from django.db.models import Q

from programmes.models import PartnerTeacher, PastSpecialist
from visits.models import Visit


def visit_left_by(person, visit) -> Visit | None:
    """The visit, if the person was a teacher of its partnership and is none any more."""
    partner = PartnerTeacher.objects.filter(user=person).exclude(until=None)
    past = PastSpecialist.objects.filter(specialist__user=person)
    was_there = Q(partnership__in=partner.values("partnership")) | Q(partnership__in=past.values("partnership"))
    return Visit.objects.filter(was_there, pk=visit).with_people().first()
