"""Many invitations at once: written in the caller's transaction, mailed by the workers, each link kept nowhere."""

import uuid
from smtplib import SMTPException

from django.db import transaction
from django.utils import timezone

from accounts import audit, services
from accounts.mail import not_sent
from accounts.models import Invitation, InvitationMail
from jobs.work import publish_all

RENEWED = ["first_name", "last_name", "ends_on", "invited_by", "invited_at", "expires_at", "sent_at", "digest"]


@transaction.atomic
def write_all(person, invitations) -> uuid.UUID:
    """Keep these invitations, new ones and expired ones that are sent again; the batch by which they are found.

    Nobody knows the links until a worker makes them, as it sends each.
    """
    for invitation in invitations:
        _, invitation.digest = services.new_link()
        invitation.invited_by, invitation.invited_at = person, timezone.now()
        invitation.expires_at, invitation.sent_at = invitation.last_moment, None
    again = [invitation for invitation in invitations if invitation.pk]
    new = Invitation.objects.bulk_create([invitation for invitation in invitations if not invitation.pk])
    Invitation.objects.bulk_update(again, RENEWED)
    audit.record_all(person, "invited", [(invitation, "") for invitation in new])
    audit.record_all(person, "invited again", [(invitation, "") for invitation in again])
    batch = uuid.uuid4()
    mails = [InvitationMail(batch=batch, invitation=invitation, by=person) for invitation in invitations]
    publish_all(InvitationMail.objects.bulk_create(mails))
    return batch


def send(mail):
    """What the worker does with a claimed mail: make the link and hand it to the mail server.

    Nothing is sent for an invitation that was withdrawn, taken up, sent by hand or given another address meanwhile.
    """
    invitation = mail.invitation
    token, digest = services.new_link()
    waits = Invitation.objects.open().filter(pk=invitation.pk, sent_at=None, email=invitation.email)
    invitation.expires_at = invitation.last_moment
    if not waits.update(digest=digest, expires_at=invitation.expires_at):
        mail.finish()
        return
    try:
        services.send_link(invitation, token)
    except (SMTPException, OSError) as error:
        not_sent(mail, error)
    else:
        mail.finish()
