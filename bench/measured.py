"""One run in a process of its own: `python -m bench.measured ours FILE` prints its seconds and its peak memory."""

import json
import logging
import re
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.files import File

from accounts.models import RegisterFile, RegisterUpdate, School, User
from accounts.register import services, work
from accounts.register.columns import COLUMNS, STATUSES
from jobs.work import work_on


def megabytes(name):
    """VmHWM is the most that this process ever held, VmRSS what it holds now."""
    return int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


def timed(do):
    began = time.perf_counter()
    given = do()
    return time.perf_counter() - began, given


def ours(path):
    """From the sent file to the preview, and from the confirmation to the last row."""
    person = User.objects.filter(email="bench@county.example").first()
    person = person or User.objects.create_user("bench@county.example", first_name="Robin", last_name="Bench")
    with path.open("rb") as file:
        row = services.send(person, None, File(file, name=path.name))
    read, _ = timed(lambda: work_on(RegisterFile, row.pk, work.read))
    row.refresh_from_db()
    assert row.is_done, (row.failure, row.problems)
    update = services.confirm(person, row)
    write, _ = timed(lambda: work_on(RegisterUpdate, update.pk, work.write))
    update.refresh_from_db()
    assert update.is_done, update.failure
    return read, write


def theirs(path):
    """The same schools by django-import-export at its fastest; a dry run is its preview."""
    from import_export import fields, resources, widgets
    from tablib import Dataset

    day = widgets.DateWidget(format="%d-%m-%Y")
    special = {"opened_on": day, "closed_on": day}

    class SchoolResource(resources.ModelResource):
        class Meta:
            model = School
            import_id_fields = ["urn"]
            fields = list(COLUMNS)
            use_bulk = True
            batch_size = 1000
            skip_unchanged = True
            skip_diff = True
            report_skipped = False

        def before_import_row(self, row, **kwargs):
            row["EstablishmentStatus (name)"] = STATUSES[row["EstablishmentStatus (name)"].casefold()]

    for name, column in COLUMNS.items():
        made = SchoolResource.fields[name]
        SchoolResource.fields[name] = fields.Field(name, column, special.get(name, made.widget))
    before = School.objects.count()

    def run(dry_run):
        data = Dataset().load(path.read_text("cp1252"), format="csv")
        result = SchoolResource().import_data(data, dry_run=dry_run, raise_errors=True)
        assert not result.has_errors()

    preview, _ = timed(lambda: run(True))
    write, _ = timed(lambda: run(False))
    assert School.objects.count() == before + 5000
    return preview, write


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    before = megabytes("VmRSS")
    read, write = {"ours": ours, "theirs": theirs}[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"read": read, "write": write, "before": before, "peak": megabytes("VmHWM")}))
