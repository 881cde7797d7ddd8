from reports.models.papers import (
    AccessFile,
    Digest,
    DigestRun,
    HandOverPack,
    ProgrammeCopy,
    Report,
    SavedView,
)

__all__ = ["AccessFile", "Digest", "DigestRun", "HandOverPack", "ProgrammeCopy", "Report", "SavedView"]
