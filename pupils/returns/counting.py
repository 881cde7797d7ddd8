"""The counts of data returns, which money reads: how many grades are expected, given, and excused with a reason."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from programmes.models import DataReturn, Partnership, Programme
from pupils.models import Assessment, FrozenFigures, Place, ReturnNote
from pupils.returns.answers import answer_of, grades_of

OPEN, SUBMITTED = DataReturn.State.OPEN, DataReturn.State.SUBMITTED


@transaction.atomic
def count_returns(programme: Programme, partnerships=None) -> int:
    """Make the counts of the programme's returns true, a row for each partnership and data point. How many changed.

    Of a partnership that was never agreed nothing is expected, unless grades were loaded with it. An open return counts
    what is typed by now, any other what was submitted; what was submitted on another scale than that of the programme
    does not count while the return is open. A return whose counts change after it was submitted gets the next version.
    Once the pupils are erased the counts stand: money hangs on them.
    """
    if FrozenFigures.objects.filter(programme=programme).exists():
        return 0
    rows = programme.partnerships.all() if partnerships is None else partnerships
    # Whoever counts second sees what the first has written.
    locked = list(rows.order_by("pk").select_for_update(of=["self"], no_key=True).values_list("pk", flat=True))
    points = list(programme.data_points.all())
    places = defaultdict(list)
    agreed = Partnership.objects.filter(pk__in=locked).ever_agreed().values("pk")
    has_grades = Assessment.objects.filter(place__partnership=OuterRef("pk"), grade__isnull=False)
    asked = Partnership.objects.filter(Q(pk__in=agreed) | Q(pk__in=locked) & Exists(has_grades))
    for place in Place.objects.filter(partnership__in=asked).order_by("pk"):
        places[place.partnership_id].append(place)
    standing = {
        (row.partnership_id, row.data_point_id): row
        for row in DataReturn.objects.select_for_update(no_key=True).filter(partnership__in=locked)
    }
    submitted = {key for key, row in standing.items() if row.state == SUBMITTED}
    excuse_by_days(places, [point for point in points if any(at == point.pk for _, at in submitted)], submitted)
    given = {
        (place, point): (scale, reason, is_automatic)
        for place, point, scale, reason, is_automatic in Assessment.objects.filter(place__partnership__in=locked)
        .order_by()
        .values_list("place", "data_point", "grade__scale__name", "reason", "is_automatic")
    }
    typed = typed_in(programme, locked)
    new, changed = [], []
    for partnership in locked:
        for point in points:
            row = standing.get((partnership, point.pk))
            is_open = row is None or row.state == OPEN
            counts = {"expected": len(places[partnership]), "assessed": 0, "excused": 0}
            for place in places[partnership]:
                scale, reason, is_automatic = given.get((place.pk, point.pk), (None, "", False))
                has_grade = scale is not None
                if is_open:
                    has_grade = scale == programme.scale
                    standing_answer = (False, "") if is_automatic else (has_grade, reason)
                    has_grade, reason, says = (*standing_answer, any(standing_answer))
                    if (place.pk, point.pk) in typed:
                        has_grade, reason, says = typed[place.pk, point.pk]
                    reason = reason or ("" if says else place.excused_on(point.due_on))
                counts["assessed"] += has_grade
                counts["excused"] += bool(reason)
            if row is None:
                new.append(DataReturn(partnership_id=partnership, data_point=point, **counts))
            elif any(getattr(row, name) != value for name, value in counts.items()):
                for name, value in counts.items():
                    setattr(row, name, value)
                row.version += row.state == SUBMITTED
                changed.append(row)
    DataReturn.objects.bulk_create(new)
    DataReturn.objects.bulk_update(changed, ["expected", "assessed", "excused", "version"])
    return len(new) + len(changed)


def typed_in(programme, partnerships):
    """(place, data point) -> (whether a grade, the reason, whether anything), of the grades' boxes of open returns."""
    notes = ReturnNote.objects.filter(
        sheet__data_return__partnership__in=partnerships,
        sheet__data_return__state=OPEN,
        field__startswith="grade-",
    ).values_list("sheet__data_return__data_point", "field", "text")
    typed, grades = {}, None
    for point, field, text in notes:
        grades = grades_of(programme) if grades is None else grades
        answer = answer_of(text, programme.scale, grades)
        says = bool(text.strip())
        typed[int(field.removeprefix("grade-")), point] = (answer.grade is not None, answer.reason, says)
    return typed


def excuse_by_days(places, points, submitted):
    """At submitted returns a place outside its days has the reason of that, and loses it when its days change."""
    dated = [place for rows in places.values() for place in rows]
    rows = Assessment.objects.filter(place__in=[place.pk for place in dated], data_point__in=points)
    standing = {(row.place_id, row.data_point_id): row for row in rows.filter(is_automatic=True)}
    outside = [place for place in dated if place.since or place.until]
    if not outside and not standing:
        return
    given = set(rows.filter(is_automatic=False).values_list("place", "data_point"))
    new, gone = [], []
    for place in dated:
        for point in points:
            key, row = (place.pk, point.pk), standing.get((place.pk, point.pk))
            reason = place.excused_on(point.due_on) if (place.partnership_id, point.pk) in submitted else ""
            if row is not None and row.reason != reason and (place.partnership_id, point.pk) in submitted:
                gone.append(row.pk)
                row = None
            if reason and row is None and key not in given:
                new.append(Assessment(place=place, data_point=point, reason=reason, is_automatic=True))
    Assessment.objects.filter(pk__in=gone).delete()
    Assessment.objects.bulk_create(new)
