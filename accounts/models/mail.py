from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from accounts.models.organisations import Organisation
from accounts.models.people import Invitation, correctable_as
from accounts.roles import Role
from accounts.scoping import EVERYTHING, ScopedQuerySet
from jobs.models import Job, JobQuerySet


class OutgoingMailQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id)}

    def about(self, row):
        return self.filter(about_model=row._meta.label_lower, about_row=row.pk)

    def search(self, text):
        """Each word stands in the name of the person or in the address that the mail went to."""
        rows = self
        for word in text.split()[:6]:
            rows = rows.filter(
                Q(to__first_name__icontains=word) | Q(to__last_name__icontains=word) | Q(address__icontains=word)
            )
        return rows

    def shown_as(self, what):
        """Those that `SHOWN` describes in these words."""
        if what == "waiting":
            return self.in_hand()
        return self.filter(state=Job.State.FAILED if what == "failed" else Job.State.DONE)


class OutgoingMail(Job):
    """One mail to one person: the words as they were when it was written, and what became of it.

    Never pupil data, a code or a sign-in link: what stands here can be read by the organisation's coordinators. A mail
    cannot commit with a row, so a send that is interrupted may be repeated, under the same Message-ID.
    """

    task = "accounts.tasks.send_mail"
    kept_for = "KEEP_MAIL_DAYS"
    SHOWN = {
        "waiting": "Waiting to be sent",
        "sent": "Handed to the mail server",
        "failed": "Could not be delivered",
    }

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mails")
    address = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    calendar = models.TextField(blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    about_model = models.CharField(max_length=50, blank=True)
    about_row = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    message_id = models.CharField(max_length=100, unique=True)
    nudge_rests_until = models.DateTimeField(null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["about_model", "about_row"], name="mail_by_row")]
        constraints = [
            ExclusionConstraint(
                name="mail_no_second_nudge_while_one_rests",
                expressions=[
                    ("to", RangeOperators.EQUAL),
                    ("about_model", RangeOperators.EQUAL),
                    ("about_row", RangeOperators.EQUAL),
                    (
                        Func(
                            F("queued_at"),
                            F("nudge_rests_until"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(nudge_rests_until__isnull=False) & ~Q(state="failed"),
                violation_error_message="This person was nudged about this in the last three days.",
            )
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("accounts:mail", args=[self.pk])


class InvitationMailQuerySet(JobQuerySet, ScopedQuerySet):
    def marked_for(self, person):
        """Each with the id of the invited one as `to_correct`, if the person may correct the address."""
        return self.annotate(to_correct=correctable_as(person, "invitation__email"))

    reach = {
        Role.COORDINATOR: lambda m: Q(invitation__organisation=m.organisation_id),
        Role.HEADTEACHER: lambda m: Q(
            invitation__organisation=m.organisation_id, invitation__school=m.school_id, by=m.user_id
        ),
        Role.ADMINISTRATOR: lambda m: EVERYTHING,
    }


class InvitationMail(Job):
    """The mail of one of many invitations that were sent at once. Its words are kept nowhere, for they hold the link:
    the worker makes the link as it sends it."""

    task = "accounts.tasks.mail_invitation"
    kept_for = "KEEP_MAIL_DAYS"

    batch = models.UUIDField(db_index=True)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="mails")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = InvitationMailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
