from django.db import migrations, models


class Migration(migrations.Migration):
    """A case pupil who is taken out keeps the letter: what is said about it is never read as about another child."""

    dependencies = [
        ('lessons', '0009_findings_set_aside'),
    ]

    operations = [
        migrations.AddField(
            model_name='casepupil',
            name='removed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
