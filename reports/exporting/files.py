"""Everything of an organisation as a folder of tables: written row by row to the disk, however large it is."""

import csv
import io
import tempfile
import zipfile

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation
from jobs.work import CannotBeDone, publish
from papers.sheets import csv_bytes, defuse
from pupils.models import TargetPupil
from reports.exporting.tables import ALL, LEFT_OUT, TABLES
from reports.models import OrganisationExport

AT_ONCE = 2000  # rows that are read at a time
DICTIONARY = ["File", "Column", "What it says", "Type", "Values", "Leads to", "May be blank"]
README = """Everything of {organisation} in Lesson Study, as it stood on {day}

{tables} tables as CSV files (UTF-8, with commas, the first row names the columns). dictionary.csv says of every column
of every file what it holds, which values it may have, and to which file it leads: a column that leads to another file
holds the value of the column id there.

Pupils stand by their reference, initials and year group, as you see them in Lesson Study: no name, no UPN.
Days are written 2026-10-16, yes and no in words. An apostrophe before = + - @ keeps a spreadsheet from taking words
for a formula. A blank cell says that nothing was given.

What is not in it: what the members of a lesson study wrote in their notebook, files and letters (they are made anew
from these tables), mails, and whatever opens an account or a calendar.
"""


@transaction.atomic
def order_export(person, organisation) -> OrganisationExport:
    """It is being made; asking twice gives the one in hand."""
    rows = OrganisationExport.objects.filter(organisation=organisation)
    export, new = rows.in_hand().get_or_create(defaults={"organisation": organisation, "ordered_by": person})
    if new:
        audit.record(person, "export.ordered", export)
        publish(export)
    return export


def coordinating(person, organisation):
    """The membership by which this person may take it away, or None."""
    found = person.memberships_granting("reports.programme")
    return next((m for m in found if m.organisation_id == organisation.pk), None)


def build_export(export):
    """Write the tables of a claimed export into one file. The file and "done" become true together."""
    membership = coordinating(export.ordered_by, export.organisation) if export.ordered_by.is_active else None
    if membership is None:
        raise CannotBeDone("You do not coordinate this organisation any more, so there is nothing for you to take.")
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
            pack.writestr("README.txt", readme(export.organisation))
            pack.writestr("dictionary.csv", csv_bytes(DICTIONARY, dictionary()))
            for number, table in enumerate(ALL, 1):
                with pack.open(f"{table.name}.csv", "w") as raw:
                    write_table(table, membership, raw)
                export.progress(number, len(ALL) + 1)
        size = file.tell()
        file.seek(0)
        name = export.store(File(file), "zip")
    export.finish(file=name, size=size, done=len(ALL) + 1, total=len(ALL) + 1)


def readme(organisation: Organisation) -> str:
    return README.format(organisation=organisation.name, day=f"{timezone.localdate():%-d %B %Y}", tables=len(ALL))


def columns_of(table) -> list[str]:
    return [*(field.name for field in table.fields), *(["initials"] if table.model is TargetPupil else [])]


def write_table(table, membership, raw):
    """Row by row: what is read is never all in memory."""
    with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(columns_of(table))
        names = [field.attname for field in table.fields]
        rows = table.rows(membership)
        if table.model is TargetPupil:
            for row in rows.iterator(AT_ONCE):
                writer.writerow([defuse(cell(getattr(row, name))) for name in [*names, "initials"]])
            return
        for row in rows.values_list(*names).iterator(AT_ONCE):
            writer.writerow([defuse(cell(value)) for value in row])


def cell(value):
    if isinstance(value, (list, tuple)):
        return "; ".join(str(one) for one in value)
    return str(value) if isinstance(value, dict) else value


def dictionary() -> list[list]:
    """A row for each column, from the models themselves."""
    rows = []
    for table in ALL:
        for field in table.fields:
            leads = TABLES.get(field.related_model) if field.is_relation else None
            rows.append(
                [
                    f"{table.name}.csv",
                    field.name,
                    ". ".join(filter(None, [str(field.verbose_name), str(field.help_text)])),
                    field.get_internal_type(),
                    "; ".join(f"{value}: {label}" for value, label in field.flatchoices),
                    f"{leads.name}.csv" if leads else "",
                    field.null or field.blank,
                ]
            )
        if table.model is TargetPupil:
            rows.append([f"{table.name}.csv", "initials", "The initials of the pupil", "CharField", "", "", True])
    return rows


def left_out() -> list[tuple[str, str]]:
    return sorted((name, why) for names in LEFT_OUT.values() for name, why in names.items())
