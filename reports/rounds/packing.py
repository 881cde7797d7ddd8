"""Many files as one: the same files make the same bytes."""

import shutil
import tempfile
import zipfile

from django.core.files import File

from reports.services import file_name

BEGINNING = (1980, 1, 1, 0, 0, 0)  # of the time that a ZIP knows: when it was packed is no part of what is in it


def pack(found, reports, **fields):
    """The files of these reports in one, by programme and URN. The file and "done" become true together."""
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as box:
            for report in reports:
                with report.file.open() as source, box.open(entry(f"{file_name(report)}.pdf"), "w") as into:
                    shutil.copyfileobj(source, into)
        size = target.tell()
        target.seek(0)
        name = found.store(File(target), "zip")
    found.finish(file=name, size=size, **fields)


def entry(name):
    """PDFs are packed already, so they are stored as they are."""
    made = zipfile.ZipInfo(name, BEGINNING)
    made.create_system, made.external_attr = 3, 0o644 << 16
    return made
