from reports.models.papers import (
    AccessFile,
    Digest,
    DigestRun,
    HandOverPack,
    ProgrammeCopy,
    SavedView,
)
from reports.models.reports import ABOUT, SUBJECTS, Report

__all__ = [
    "ABOUT",
    "SUBJECTS",
    "AccessFile",
    "Digest",
    "DigestRun",
    "HandOverPack",
    "ProgrammeCopy",
    "Report",
    "SavedView",
]
