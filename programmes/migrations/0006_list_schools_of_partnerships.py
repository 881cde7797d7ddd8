from django.db import migrations
from django.utils import timezone


def list_schools(apps, schema_editor):
    """Programmes that were loaded before partner schools had a list of their own."""
    PartnerSchool = apps.get_model("programmes", "PartnerSchool")
    Partnership = apps.get_model("programmes", "Partnership")
    stages = {"enquiry": "enquiry", "proposed": "in talks"}
    order = ["enquiry", "in talks", "joined"]
    rows = {}
    for p in Partnership.objects.select_related("programme").order_by("programme", "ref"):
        stage = stages.get(p.status, "joined")
        row = rows.setdefault(
            (p.programme_id, p.partner_school_id),
            PartnerSchool(
                programme_id=p.programme_id,
                school_id=p.partner_school_id,
                area_id=p.area_id,
                stage=stage,
                stage_since=min(timezone.localdate(), p.programme.starts_on),
                subject=p.subject,
                year_group=p.year_group,
            ),
        )
        row.stage = max(row.stage, stage, key=order.index)
    PartnerSchool.objects.bulk_create(rows.values(), ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("programmes", "0005_recruiting")]

    operations = [migrations.RunPython(list_schools, migrations.RunPython.noop)]
