"""Boxes belong to a sheet, which a record owns, so that other pages than records can have boxes."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.migrations
from django.db import migrations, models

# Each record gets the sheet of its own number; there are no others yet. What is signed stays.
GIVE_SHEETS = """
INSERT INTO lessons_sheet (id, programme_id, version, locked)
SELECT r.id, p.programme_id, r.version, CASE WHEN r.status = 'draft' THEN '{}' ELSE '{""}' END::varchar(80)[]
FROM lessons_visitrecord r
JOIN visits_visit v ON v.id = r.visit_id
JOIN programmes_partnership p ON p.id = v.partnership_id;
SELECT setval(pg_get_serial_sequence('lessons_sheet', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM lessons_sheet), false);
UPDATE lessons_visitrecord SET sheet_id = id;
UPDATE lessons_note n SET sheet_id = n.record_id, in_sheet = (SELECT version FROM lessons_sheet s WHERE s.id = n.record_id);
UPDATE lessons_noterevision SET sheet_id = record_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def to_sheet(related_name, null):
    return models.ForeignKey(
        "lessons.sheet", on_delete=django.db.models.deletion.CASCADE, related_name=related_name, null=null
    )


def of_record(null):
    return models.OneToOneField(
        "lessons.sheet", on_delete=django.db.models.deletion.CASCADE, related_name="record", null=null
    )


class Migration(migrations.Migration):
    dependencies = [
        ("lessons", "0001_visit_records"),
        ("programmes", "0001_initial"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="note", name="note_stays_once_signed_off"),
        pgtrigger.migrations.RemoveTrigger(model_name="noterevision", name="note_revision_is_only_added"),
        migrations.RemoveConstraint(model_name="note", name="note_once_per_field"),
        migrations.RemoveConstraint(model_name="noterevision", name="note_revision_once_per_version"),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "locked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(blank=True, max_length=80), blank=True, default=list, size=None
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programmes.programme"
                    ),
                ),
            ],
        ),
        migrations.AddField("visitrecord", "sheet", of_record(null=True)),
        migrations.AddField("note", "sheet", to_sheet("notes", null=True)),
        migrations.AddField("note", "in_sheet", models.PositiveIntegerField(default=0)),
        migrations.AddField("noterevision", "sheet", to_sheet("revisions", null=True)),
        migrations.RunSQL(GIVE_SHEETS, migrations.RunSQL.noop),
        migrations.AlterField("visitrecord", "sheet", of_record(null=False)),
        migrations.AlterField("note", "sheet", to_sheet("notes", null=False)),
        migrations.AlterField("noterevision", "sheet", to_sheet("revisions", null=False)),
        migrations.RemoveField("visitrecord", "version"),
        migrations.RemoveField("note", "record"),
        migrations.RemoveField("noterevision", "record"),
    ]
