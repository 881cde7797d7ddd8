from reports.models.headlines import HeadlinePercentage, academic_year_of
from reports.models.papers import (
    AccessFile,
    Digest,
    DigestRun,
    HandOverPack,
    OrganisationExport,
    ProgrammeCopy,
    SavedView,
)
from reports.models.reports import ABOUT, OF_A_SCHOOL, SUBJECTS, Report
from reports.models.rounds import ReportRound, ReportSchedule, RoundReport, ScheduledRound

__all__ = [
    "ABOUT",
    "OF_A_SCHOOL",
    "SUBJECTS",
    "AccessFile",
    "Digest",
    "DigestRun",
    "HandOverPack",
    "HeadlinePercentage",
    "OrganisationExport",
    "ProgrammeCopy",
    "Report",
    "ReportRound",
    "ReportSchedule",
    "RoundReport",
    "SavedView",
    "ScheduledRound",
    "academic_year_of",
]
