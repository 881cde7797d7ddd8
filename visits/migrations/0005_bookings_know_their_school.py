from django.db import migrations

# Whose class a booking takes a teacher from: the home school of the specialist teacher, the partner school of a partner.
FILL = """
UPDATE visits_booking b SET school_id = CASE
    WHEN b.person_id = s.user_id THEN s.home_school_id
    WHEN EXISTS (
        SELECT 1 FROM programmes_partnerteacher t WHERE t.partnership_id = p.id AND t.user_id = b.person_id
    ) THEN p.partner_school_id
END
FROM visits_visit v
JOIN programmes_partnership p ON p.id = v.partnership_id
JOIN programmes_specialistteacher s ON s.id = p.specialist_id
WHERE v.id = b.visit_id
"""
OUT = "UPDATE visits_booking SET is_out = FALSE WHERE school_id IS NULL"


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0004_plans_and_changes'),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(OUT, migrations.RunSQL.noop),
    ]
