from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pupils", "0013_what_is_not_agreed_owes_nothing"),
    ]

    operations = [
        migrations.AddField(
            model_name="returnversion",
            name="opened_for_missing",
            field=models.BooleanField(
                default=False, verbose_name="opened for pupils who came since, and for nothing else"
            ),
        ),
        migrations.AddField(
            model_name="returnversion",
            name="changed_because",
            field=models.CharField(
                blank=True, default="", max_length=300, verbose_name="why it changed other grades than those"
            ),
            preserve_default=False,
        ),
    ]
