from reports.models.papers import (
    AccessFile,
    Digest,
    DigestRun,
    HandOverPack,
    ProgrammeCopy,
    SavedView,
)
from reports.models.reports import ABOUT, SUBJECTS, Report
from reports.models.rounds import ReportRound, ReportSchedule, RoundReport, ScheduledRound

__all__ = [
    "ABOUT",
    "SUBJECTS",
    "AccessFile",
    "Digest",
    "DigestRun",
    "HandOverPack",
    "ProgrammeCopy",
    "Report",
    "ReportRound",
    "ReportSchedule",
    "RoundReport",
    "SavedView",
    "ScheduledRound",
]
