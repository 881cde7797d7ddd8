"""Names and addresses, after somebody has mistyped them or they have changed."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Invitation, Membership, User
from accounts.services import renew

ACTION = "people.correct"


class Overtaken(Exception):
    """The person is not as the page has shown them, and nothing is written."""


@transaction.atomic
def rename_oneself(person, first_name, last_name):
    """The name by which the others read the person from now on; what they have signed keeps the name as it was."""
    User.objects.filter(pk=person.pk).update(first_name=first_name, last_name=last_name)
    audit.record(person, "changed own name", person)


@transaction.atomic
def correct(person, user, *, shown, first_name, last_name, email) -> list[tuple[Invitation, str]]:
    """Name and address of somebody are these; the open invitations that follow, each with the secret of its new link.

    The address stays with whoever can sign in: with another one somebody else could. Of two who correct at once one
    wins. Invitations of organisations that the person does not reach stay as they were sent.
    """
    moves = email != shown["email"]
    # Invitations before people, as when one is taken up: neither waits for the other.
    invitations = Invitation.objects.allowed(person, ACTION).open().filter(email=shown["email"])
    invitations = list(
        invitations.select_for_update(of=["self"]).select_related("organisation", "school").order_by("pk")
    )
    as_shown = User.objects.allowed(person, ACTION).filter(pk=user.pk, **shown)
    if moves:
        as_shown = as_shown.filter(is_active=False)
    if not as_shown.update(first_name=first_name, last_name=last_name, email=email):
        raise Overtaken(f"user {user.pk}")
    if (shown["first_name"], shown["last_name"]) != (first_name, last_name):
        audit.record(person, "corrected name", user)
    if moves:
        EmailAddress.objects.filter(user=user).delete()
        audit.record(person, "corrected address", user)
    links = []
    for invitation in invitations:
        invitation.first_name, invitation.last_name = first_name, last_name
        if moves and asked_there(invitation, email):
            withdraw(person, invitation)
        elif moves and invitation.state == "open":
            invitation.email = email
            links.append((invitation, renew(invitation)))
            audit.record(person, "invited again", invitation)
        else:
            invitation.email = email
            invitation.save(update_fields=["first_name", "last_name", "email"])
    return links


@transaction.atomic
def carry_invitations(user, email):
    """What waits for somebody under the address they have waits under the one they move to; the links still work."""
    for invitation in Invitation.objects.open().filter(email=user.email).select_for_update().order_by("pk"):
        if asked_there(invitation, email):
            withdraw(user, invitation)
        else:
            invitation.email = email
            invitation.save(update_fields=["email"])


def asked_there(invitation, email):
    """Whether that address has an open invitation to the same role: there is never a second one."""
    same = {"role": invitation.role, "organisation": invitation.organisation_id, "school": invitation.school_id}
    return Invitation.objects.open().filter(email=email, **same).exists()


def withdraw(person, invitation):
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    audit.record(person, "withdrew invitation", invitation)


def is_taken(user, email):
    """Whether somebody else has the address."""
    return User.objects.filter(email=email).exclude(pk=user.pk).exists()


def name_known_to(person, email):
    """The name of whoever has the address, where the person may see it; else ""."""
    row = Membership.objects.allowed(person, "people.view").filter(user__email=email).select_related("user").first()
    return str(row.user) if row else ""
