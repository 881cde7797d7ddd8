"""What of pupils, and of what people typed in the apps to the left of it, goes."""

from django.urls import reverse

from programmes.models import ActionNote, Partnership, PartnershipStep
from pupils.models import (
    Assessment,
    Erasure,
    ExpectationChange,
    FormerDetails,
    FrozenFigures,
    Grade,
    GradesFile,
    ModeratedGrade,
    Place,
    PlaceChange,
    PupilList,
    ReturnNote,
    ReturnRevision,
    ReturnSheet,
    ReturnsUpload,
    ReturnVersion,
    Scale,
    TargetGrade,
    TargetPupil,
    VersionGrade,
)
from pupils.retention.parts import Cleared, Kept, Part
from visits.models import Event, ProposedTime, Visit, VisitChange

OF_A_VISIT = "visit__partnership__programme"
NOT_KEPT = "Not kept any more"

OF_A_RETURN = "data_return__partnership__programme"

PARTS = [
    Part(ReturnRevision, f"sheet__{OF_A_RETURN}", "text typed for a grade", "texts typed for grades"),
    Part(ReturnNote, f"sheet__{OF_A_RETURN}", "box of a return", "boxes of returns"),
    Part(ReturnSheet, OF_A_RETURN, "sheet of a return", "sheets of returns"),
    Kept(
        VersionGrade,
        f"version__{OF_A_RETURN}",
        "grade of a submitted version",
        "grades of submitted versions",
        without={"comment": ""},
    ),
    Part(TargetGrade, "place__partnership__programme", "target grade", "target grades"),
    Part(PlaceChange, "pupil__programme", "change of a place", "changes of places"),
    Part(
        FormerDetails,
        "place__partnership__programme",
        "set of details kept at a former school",
        "sets of details kept at former schools",
    ),
    Part(GradesFile, "programme", "file of grades that waits", "files of grades that wait"),
    Part(PupilList, "partnership__programme", "list of pupils that was sent", "lists of pupils that were sent"),
    Kept(ModeratedGrade, "event__programme", "grade of a moderation session", "grades of moderation sessions"),
    Kept(Assessment, "place__partnership__programme", "grade", "grades"),
    Kept(
        Place,
        "partnership__programme",
        "place of a pupil in a partnership",
        "places of pupils in partnerships",
        without={"class_name": ""},
    ),
    # What a school knows of a child would tell who is meant among the few of a partnership.
    Kept(
        TargetPupil,
        "programme",
        "target pupil",
        "target pupils",
        without={
            "first_name": "",
            "last_name": "",
            "sex": "",
            "pupil_premium": TargetPupil.YesNo.UNKNOWN,
            "sen": TargetPupil.Sen.NONE,
            "eal": TargetPupil.YesNo.UNKNOWN,
            "upn": "",
            "upn_index": None,
        },
        renamed="ref",
    ),
]
WORDS = [
    Cleared(
        ExpectationChange,
        "programme",
        "reason why other progress was expected",
        "reasons why other progress was expected",
        instead={"reason": NOT_KEPT},
    ),
    Cleared(
        ReturnVersion,
        OF_A_RETURN,
        "reason why grades were opened again or changed",
        "reasons why grades were opened again or changed",
        instead={"opened_because": NOT_KEPT, "changed_because": NOT_KEPT},
    ),
    Cleared(
        Visit,
        "partnership__programme",
        "reason why a visit was cancelled",
        "reasons why visits were cancelled",
        instead={"cancelled_because": NOT_KEPT},
    ),
    Cleared(
        VisitChange,
        OF_A_VISIT,
        "reason why a visit was changed",
        "reasons why visits were changed",
        instead={"reason": ""},
    ),
    Cleared(
        ProposedTime,
        OF_A_VISIT,
        "reason for another time of a visit",
        "reasons for another time of a visit",
        instead={"reason": ""},
    ),
    Cleared(
        Event,
        "programme",
        "event with minutes, or a reason why it was cancelled",
        "events with minutes, or a reason why they were cancelled",
        instead={"minutes": "", "cancelled_because": NOT_KEPT},
    ),
    Cleared(ActionNote, "action__programme", "note on an action", "notes on actions", instead={"text": NOT_KEPT}),
    Cleared(
        PartnershipStep,
        "partnership__programme",
        "note on a step of a partnership",
        "notes on steps of partnerships",
        instead={"note": ""},
    ),
]

# While a partnership is one of these, its teachers go on entering what would be erased.
GOING_ON = [
    Partnership.Status.PROPOSED,
    Partnership.Status.AGREED,
    Partnership.Status.ACTIVE,
    Partnership.Status.PAUSED,
]


def open_partnerships(programme):
    rows = programme.partnerships.filter(status__in=GOING_ON).count()
    if not rows:
        return []
    what = "1 partnership is" if rows == 1 else f"{rows} partnerships are"
    address = f"{reverse('reports:roster')}?programme={programme.pk}"
    return [(f"{what} not completed and not folded.", address)]


# Models of this app that hold nothing of a pupil, and why they stay.
STAYS = {
    Scale: "a list of grades, the same for every programme",
    Grade: "a grade of a scale, of nobody",
    Erasure: "who erased what when, in counts",
    ReturnsUpload: "who uploaded how many grades when, in counts",
    FrozenFigures: "the results, in counts, with small numbers as they were protected",
}
