from pupils.models.changes import ExpectationChange
from pupils.models.lists import FormerDetails, PlaceChange, PupilList
from pupils.models.places import Assessment, Place, TargetPupil
from pupils.models.retention import Erasure, FrozenFigures
from pupils.models.returns import (
    GradesFile,
    ModeratedGrade,
    ReturnNote,
    ReturnRevision,
    ReturnSheet,
    ReturnsUpload,
    ReturnVersion,
    VersionGrade,
)
from pupils.models.scales import Grade, Scale
from pupils.models.targets import TargetGrade

__all__ = [
    "Assessment",
    "Erasure",
    "ExpectationChange",
    "FormerDetails",
    "FrozenFigures",
    "Grade",
    "GradesFile",
    "ModeratedGrade",
    "Place",
    "PlaceChange",
    "PupilList",
    "ReturnNote",
    "ReturnRevision",
    "ReturnSheet",
    "ReturnVersion",
    "ReturnsUpload",
    "Scale",
    "TargetGrade",
    "TargetPupil",
    "VersionGrade",
]
