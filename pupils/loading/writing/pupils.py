"""Pupils, their places, their grades, and the returns that these make up."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from programmes.models import DataReturn, Partnership
from programmes.services import life
from programmes.services.people import AFTER_PEOPLE_CHANGE
from pupils import scales
from pupils.choosing.reading import cut_to_initials
from pupils.models import Assessment, Place, TargetPupil
from pupils.returns.counting import count_returns
from pupils.returns.submitting import from_file
from pupils.upn import upn_index

NAMES = ("first_name", "last_name")


def write_pupils(account, files, programme):
    """The pupils by reference."""
    wanted = {
        ref: {"programme": programme, "ref": ref, "upn_index": upn_index(fields["upn"])} | fields
        for ref, fields in files.pupils_by_ref.items()
    }
    for fields in wanted.values() if programme.initials_only else []:
        fields |= {name: cut_to_initials(fields[name], False) for name in NAMES if fields.get(name)}
    standing = {row.ref: row for row in programme.pupils.all()}
    absent = files.absent("pupils.csv")
    if "upn" in absent:
        absent = absent | {"upn_index"}
    # Two pupils may swap their UPNs: free the ones that change before anyone takes them.
    leaving = [
        row.pk
        for ref, row in standing.items()
        if "upn" not in absent
        and ref in wanted
        and row.upn_index is not None
        and bytes(row.upn_index) != wanted[ref]["upn_index"]
    ]
    TargetPupil.objects.filter(pk__in=leaving).update(upn_index=None)
    pupils = account.bring(TargetPupil, "pupil", standing, wanted, absent=absent)
    return {ref: pupils[ref] for ref in wanted}


def write_places(account, files, programme, pupils, partnerships):
    """The places by references of pupil and partnership.

    A pupil whose place stands in no file any more, but who has another one in its subject, has moved with it.
    """
    rows = Place.objects.filter(partnership__programme=programme).select_related("pupil", "partnership")
    standing = {(row.pupil.ref, row.partnership.ref): row for row in rows}
    wanted = {
        (row.pupil, row.partnership): {"pupil": pupils[row.pupil], "partnership": partnerships[row.partnership]}
        for _, row in files.pupils
    }
    left = {
        (pupil, row.partnership.subject): (pupil, ref)
        for (pupil, ref), row in standing.items()
        if (pupil, ref) not in wanted
    }
    for pupil, ref in wanted.keys() - standing.keys():
        if before := left.get((pupil, partnerships[ref].subject)):
            standing[pupil, ref] = standing.pop(before)
    return account.bring(Place, "place", standing, wanted, " in ".join)


def write_assessments(account, files, programme, places):
    """Writes them, and returns the (partnership, data point) ids of those that are new or changed."""
    scale = scales.load_scale(programme.scale)
    grades = {grade.code: grade for grade in scale.grades.all()}
    points = {point.name.casefold(): point for point in programme.data_points.all()}
    standing = {
        (row.place_id, row.data_point_id): row
        for row in Assessment.objects.filter(place__partnership__programme=programme).select_related("grade")
    }
    wanted, names, partnership_of = {}, {}, {}
    for _, row in files.assessments:
        place, point = places[row.pupil, row.partnership], points[row.data_point.casefold()]
        names[place.pk, point.pk] = f"{row.pupil} in {row.partnership}, {point.name}"
        partnership_of[place.pk] = place.partnership_id
        wanted[place.pk, point.pk] = {
            "place_id": place.pk,
            "data_point_id": point.pk,
            "grade": grades[scales.find(scale.name, row.grade)] if row.grade else None,
            "reason": row.not_assessed_reason,
            "assessed_on": row.assessed_on,
            "is_automatic": False,
        }
    before = {key: (row.grade_id, row.reason) for key, row in standing.items()}
    absent = files.absent("assessments.csv") & {"assessed_on"}  # of grade and reason, one says that there is no other
    rows = account.bring(Assessment, "assessment", standing, wanted, names.get, absent)
    touched = [key for key in wanted if before.get(key) != (rows[key].grade_id, rows[key].reason)]
    return {(partnership_of[place], point) for place, point in touched}


def write_returns(programme, touched):
    """Returns that come whole with a folder count as submitted, by nobody in particular; any other stays open.

    One that was submitted before and holds other grades now has the next version, whether or not its counts changed.
    """
    of_programme = DataReturn.objects.filter(partnership__programme=programme)
    versions = dict(of_programme.values_list("pk", "version"))
    count_returns(programme)
    given = [row for row in of_programme if (row.partnership_id, row.data_point_id) in touched]
    arrived = [row.pk for row in given if row.state == DataReturn.State.OPEN and row.is_complete]
    of_programme.filter(pk__in=arrived).update(state=DataReturn.State.SUBMITTED, submitted_at=timezone.now())
    corrected = [
        row.pk for row in given if row.state == DataReturn.State.SUBMITTED and row.version == versions.get(row.pk)
    ]
    of_programme.filter(pk__in=corrected).update(version=F("version") + 1)
    for row in given:
        if row.state == DataReturn.State.SUBMITTED and (last := row.versions.last()):
            from_file(row, last.number + 1)  # what was submitted before stays as it was


def follow_people(account):
    """What follows where the files name other people than before, without mails."""
    for partnership, left, joined, on in account.people_changed:
        partnership = Partnership.objects.with_people().get(pk=partnership.pk)
        for function in AFTER_PEOPLE_CHANGE:
            function(None, partnership, left, joined, on)


def finish_folded(programme, account):
    """What a fold brings about in partnerships that were there before, without mails. No folded one is asked for more.

    Where one runs again its returns are open again.
    """
    for partnership in account.newly_folded:
        life.call_each(life.AFTER_FOLD, None, partnership, partnership.ended_on)
    for partnership in account.taken_back:  # the files say which grades lack, and why
        life.open_returns(None, partnership, None)
    of_folded = DataReturn.objects.filter(
        partnership__programme=programme, partnership__status=Partnership.Status.FOLDED
    )
    never_came = Assessment.objects.filter(
        place__partnership=OuterRef("partnership"), data_point=OuterRef("data_point"), reason=Assessment.Reason.ENDED
    )
    of_folded.filter(Q(state=DataReturn.State.OPEN) | Exists(never_came)).update(state=DataReturn.State.CLOSED)
