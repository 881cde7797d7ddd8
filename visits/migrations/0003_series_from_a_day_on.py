import django.contrib.postgres.fields
from django.db import migrations, models

FIRST_DAYS = """
    UPDATE visits_eventseries SET first_on = COALESCE(
        (SELECT min("on") FROM visits_event WHERE series_id = visits_eventseries.id), until
    )
"""
# Which fields were changed by hand nobody kept: all of those that a series can change.
OWN = """
    UPDATE visits_event SET own = ARRAY[
        'audience', 'chair', 'ends_at', 'funded_partner_half_days', 'funded_specialist_half_days', 'host', 'kind',
        'link', 'minute_taker', 'name', 'on', 'place', 'starts_at', 'takes', 'venue'
    ] WHERE changed_by_hand
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_events")]

    operations = [
        migrations.AddField(
            model_name="eventseries",
            name="first_on",
            field=models.DateField(null=True, verbose_name="first day in this rhythm"),
        ),
        migrations.AddField(
            model_name="event",
            name="own",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30),
                default=list,
                editable=False,
                size=None,
                verbose_name="fields changed by hand",
            ),
        ),
        migrations.RunSQL(FIRST_DAYS, migrations.RunSQL.noop),
        migrations.RunSQL(OWN, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="eventseries",
            name="first_on",
            field=models.DateField(verbose_name="first day in this rhythm"),
        ),
        migrations.RemoveField(model_name="event", name="changed_by_hand"),
    ]
