from django.conf import settings
from django.db import models

from accounts.models import Organisation, School
from jobs.models import Job


class CoverRun(Job):
    """The weekly mails about who is out of class: a worker that dies leaves the rest to the next."""

    task = "visits.tasks.write_cover_mails"
    kept_for = "KEEP_MAIL_DAYS"

    friday = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["friday"],
                name="cover_run_once_a_week",
                violation_error_message="The mails of this week are being written already.",
            )
        ]


class CoverMail(models.Model):
    """The weekly mail to one person about one school, written in one transaction with this row."""

    run = models.ForeignKey(CoverRun, on_delete=models.CASCADE, related_name="cover_mails")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "organisation", "school", "person"],
                name="cover_mail_once_a_week",
                violation_error_message="This person has the mail of this week.",
            )
        ]
