from django.db import migrations
from django.db.models import Exists, OuterRef, Q

AGREED = ["agreed", "active", "paused", "completed", "embedding"]


def ask_for_nothing(apps, schema_editor):
    """The returns of partnerships that were never agreed expect no grade. Where grades were loaded with them, or the
    pupils are erased, the counts stand."""
    steps = apps.get_model("programmes", "PartnershipStep").objects
    agreed = steps.filter(partnership=OuterRef("partnership"), status__in=AGREED)
    rows = apps.get_model("programmes", "DataReturn").objects.filter(partnership__programme__erased_at=None)
    rows = rows.filter(
        Q(partnership__status__in=["enquiry", "proposed"]) | Q(partnership__status="folded") & ~Exists(agreed)
    )
    graded = apps.get_model("pupils", "Assessment").objects.filter(place__partnership=OuterRef("partnership"))
    rows = rows.exclude(Exists(graded.filter(grade__isnull=False)))
    rows.update(expected=0, assessed=0, excused=0)


class Migration(migrations.Migration):
    dependencies = [
        ("pupils", "0012_grades_files"),
        ("programmes", "0014_keeping_of_pupil_data"),
    ]

    operations = [migrations.RunPython(ask_for_nothing, migrations.RunPython.noop)]
