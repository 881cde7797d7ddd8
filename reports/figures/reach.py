"""Whom a programme reached and what took place: counts of people, schools and half-days, without a name."""

from lessons.models import ResearchLesson, VisitRecord
from programmes.models import Partnership, PartnerTeacher, Programme
from pupils.models import Place
from visits.models import Visit


def reach_words(programme: Programme) -> dict:
    """Of the partnerships that were ever active: everybody who was in one counts, also who left it."""
    partnerships = programme.partnerships.ever_active()
    rows = list(partnerships.values_list("pk", "specialist__user", "partner_school", "specialist__home_school"))
    keys = [pk for pk, *_ in rows]
    partners = set(PartnerTeacher.objects.filter(partnership__in=keys).values_list("user", flat=True))
    specialists = {user for _, user, _, _ in rows}
    places = list(
        Place.objects.filter(partnership__in=programme.partnerships.ever_agreed()).values_list("pupil", flat=True)
    )
    visits = Visit.objects.filter(partnership__programme=programme, status=Visit.Status.TOOK_PLACE)
    lessons = ResearchLesson.objects.filter(study__partnership__programme=programme, cancelled_at=None)
    return {
        "partnerships": len(rows),
        "schools": len({school for _, _, *schools in rows for school in schools}),
        "partner_schools": len({school for _, _, school, _ in rows}),
        "teachers": len(specialists | partners),
        "specialists": len(specialists),
        "partners": len(partners),
        "pupils": len(set(places)),
        "places": len(places),
        "visits": visits.count(),
        "recorded": visits.filter(record__status=VisitRecord.Status.SIGNED_OFF).count(),
        "lessons": lessons.exclude(started_at=None).count(),
        "others": others_words(partnerships),
    }


def others_words(partnerships) -> dict:
    """The other teachers and pupils that the teachers of a partnership say they reached: in the newest signed record of
    each that says so. `said` partnerships did, out of `of`."""
    said = VisitRecord.objects.filter(
        visit__partnership__in=Partnership.objects.filter(pk__in=partnerships), status=VisitRecord.Status.SIGNED_OFF
    ).exclude(reached_teachers=None, reached_pupils=None)
    newest = {}
    for partnership, *numbers in said.order_by("visit__on", "pk").values_list(
        "visit__partnership", "reached_teachers", "reached_pupils"
    ):
        newest[partnership] = numbers
    return {
        "said": len(newest),
        "of": partnerships.count(),
        "teachers": sum(teachers or 0 for teachers, _ in newest.values()),
        "pupils": sum(pupils or 0 for _, pupils in newest.values()),
    }
