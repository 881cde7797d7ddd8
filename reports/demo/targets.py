"""Target grades in the demonstration: some agreed, one that waits for the other side."""

from programmes.models import Partnership
from pupils.models import Grade
from pupils.targets.services import agree, open_rows, propose


def aim(programme, today):
    """Two partnerships that have first grades aim two grades higher; the last proposal of each still waits."""
    grades = list(Grade.objects.filter(scale__name=programme.scale).order_by("position"))
    rows = programme.partnerships.filter(status=Partnership.Status.ACTIVE).with_people().order_by("ref")
    for partnership in rows[:2]:
        wanted = {}
        for place in partnership.places.order_by("pupil__ref"):
            first = place.assessments.filter(grade__isnull=False).select_related("grade").first()
            if first and first.grade in grades:
                wanted[place.pk] = grades[min(grades.index(first.grade) + 2, len(grades) - 1)]
        if not wanted or not partnership.current_partner_teachers:
            continue
        propose(partnership.specialist.user, partnership, wanted)
        waiting = open_rows(wanted).order_by("place__pupil__ref").values_list("pk", flat=True)
        agree(partnership.current_partner_teachers[0], partnership, list(waiting)[:-1])
