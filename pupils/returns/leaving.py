from django.db.models import Q

from programmes.models import DataReturn, PartnerTeacher, PastSpecialist


def return_left_by(person, pk) -> DataReturn | None:
    """The return, if the person was a teacher of its partnership and is none any more."""
    partner = PartnerTeacher.objects.filter(user=person).exclude(until=None)
    past = PastSpecialist.objects.filter(specialist__user=person)
    was_there = Q(partnership__in=partner.values("partnership")) | Q(partnership__in=past.values("partnership"))
    rows = DataReturn.objects.filter(was_there, pk=pk)
    return rows.select_related("data_point", "submitted_by", "partnership__programme").first()
