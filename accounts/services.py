import hashlib
import secrets
from smtplib import SMTPException

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.giving import givers, may_end
from accounts.models import Invitation, InvitationMail, Membership, User
from accounts.roles import Role

log = structlog.get_logger(__name__)


class InvitationClosed(Exception):
    """The link was used, withdrawn or has expired; the sentence says which."""


class OwnInvitation(Exception):
    """Someone would give a role to themselves."""


class NotOfHere(Exception):
    """The address is of someone who has no role in the organisation yet, and whose word it takes to give them one."""


def invite(person, invitation):
    """Keep the invitation and mail its link. Returns True when the mail went out.

    The link exists only in the mail: the row keeps a digest, so sending again makes a new link and ends the old one.
    """
    invitation.invited_by = person
    with transaction.atomic():
        token = renew(invitation)
        audit.record(person, "invited", invitation)
    return mail_link(invitation, token)


def invite_again(person, invitation):
    """A new link for an open or expired invitation, by mail; the earlier link stops working."""
    token = renew(invitation)
    audit.record(person, "invited again", invitation)
    return mail_link(invitation, token)


def renew(invitation):
    token, invitation.digest = new_link()
    invitation.email = invitation.email.strip().lower()
    invitation.expires_at = invitation.last_moment
    invitation.sent_at = None
    invitation.save()
    return token


def new_link():
    """The secret of a link, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, hashlib.sha256(token.encode()).digest()


def words_of_mail(invitation, link):
    """The subject and the text."""
    text = render_to_string("accounts/mail/invitation.txt", {"invitation": invitation, "link": link})
    return f"Your invitation to Lesson Study: {invitation.place_label}", text


def send_link(invitation, token):
    """Hand the mail with the link to the mail server, whose refusal is raised."""
    link = settings.PUBLIC_URL + reverse("accounts:invitation", args=[token])
    send_mail(*words_of_mail(invitation, link), None, [invitation.email])
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now())


def mail_link(invitation, token):
    try:
        send_link(invitation, token)
    except (OSError, SMTPException) as error:
        log.warning("mail_not_sent", invitation=invitation.pk, error=type(error).__name__)
        return False
    return True


def invitation_behind(token):
    """The invitation of a mailed link, whatever became of it; None for a link that never was."""
    return Invitation.objects.filter(digest=hashlib.sha256(token.encode()).digest()).first()


def open_invitations(person):
    """Those that wait to be accepted or have expired, the oldest first."""
    rows = Invitation.objects.allowed(person, "people.view").open().marked_for(person).order_by("expires_at", "pk")
    return list(with_mails(rows.select_related("organisation", "school")))


def with_mails(invitations):
    """Each with whether a worker has yet to send its mail as `mail_waits`, and what went wrong as `mail_failure`."""
    mails = InvitationMail.objects.filter(invitation=OuterRef("pk"))
    return invitations.annotate(
        mail_waits=Exists(mails.in_hand()), mail_failure=Subquery(mails.order_by("-pk").values("failure")[:1])
    )


def show_standing(person, memberships, invitations):
    """Puts on each row how its holder gets in, and what the person may do about it."""
    of = {(i.email, i.role, i.organisation_id, i.school_id): i for i in invitations}
    to = {(i.email, i.organisation_id): i for i in invitations}  # one opens the other roles there as well
    for m in memberships:
        own = of.get((m.user.email, m.role, m.organisation_id, m.school_id))
        m.invitation = own or to.get((m.user.email, m.organisation_id))
        m.may_be_invited = bool(givers(person, m.role, m.organisation, m.school))
        m.may_be_ended = may_end(person, m)


def names_in_register(school, role):
    """The head's, for an invitation to be filled in; nothing of anyone else."""
    known = school is not None and role == Role.HEADTEACHER
    return {"first_name": school.head_first_name, "last_name": school.head_last_name} if known else {}


def has_account(email):
    return User.objects.filter(email=email, is_active=True).exists()


def has_role(invitation):
    """Whether the invited person has just this role there already, and can sign in to it."""
    user = User.objects.filter(email=invitation.email, is_active=True).first()
    wanted = (invitation.role, invitation.organisation, invitation.school, invitation.ends_on)
    return user is not None and wanted in [(m.role, m.organisation, m.school, m.ends_on) for m in user.live_memberships]


def with_coordinators(organisations):
    """Each organisation with the coordinators it has now as `coordinators`, and who is asked to be one as `invited`."""
    coordinators = Membership.objects.live().filter(role=Role.COORDINATOR).select_related("user")
    invited = with_mails(Invitation.objects.open().filter(role=Role.COORDINATOR).order_by("expires_at", "pk"))
    return organisations.prefetch_related(
        Prefetch("membership_set", coordinators, "coordinators"), Prefetch("invitation_set", invited, "invited")
    )


def withdraw(person, invitation):
    """The link stops working."""
    withdrawn = Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    if withdrawn:
        audit.record(person, "withdrew invitation", invitation)
    return bool(withdrawn)


@transaction.atomic
def accept(invitation, first_name, last_name):
    """Give the invited person the role. Returns (their membership, whether the account is new).

    Of two clicks on one link one wins, and so does a new link over the one before. An account that exists keeps its
    name.
    """
    if invitation.is_to_oneself:
        raise OwnInvitation(f"invitation {invitation.pk}")
    today = timezone.localdate()
    as_sent = Invitation.objects.open().filter(pk=invitation.pk, digest=invitation.digest)
    lasts = Q(ends_on=None) | Q(ends_on__gte=today)
    taken = as_sent.filter(lasts, expires_at__gt=timezone.now()).update(accepted_at=timezone.now())
    if not taken:
        invitation.refresh_from_db()
        raise InvitationClosed(invitation.state)
    user = User.objects.select_for_update().filter(email=invitation.email).first()
    new = user is None or not user.is_active
    if user is None:
        user = User.objects.create_user(invitation.email, first_name=first_name, last_name=last_name)
    if new:
        user.first_name, user.last_name, user.is_active = first_name, last_name, True
        user.save(update_fields=["first_name", "last_name", "is_active"])
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    standing = user.memberships.live(today).filter(
        role=invitation.role, organisation=invitation.organisation, school=invitation.school
    )
    membership = standing.filter(ends_on=invitation.ends_on).first()
    if membership is None:
        membership = Membership.objects.create(
            user=user,
            role=invitation.role,
            organisation=invitation.organisation,
            school=invitation.school,
            starts_on=today,
            ends_on=invitation.ends_on,
            deputy=invitation.names_deputy,
        )
        audit.record(user, "took up role", membership, about=invitation.role)
    membership.user = user
    return membership, new


@transaction.atomic
def place(person, email, first_name, last_name, role, organisation, school=None, ends_on=None):
    """Someone whom a programme names, with the role that follows from it. They cannot sign in until invited.

    Where `ends_on` is given, the role lasts until that day at least.
    A person of the organisation who is known by the address keeps the name that stands there. Raises OwnInvitation for
    one's own address: nobody gives a role to oneself; and NotOfHere for whoever has to be asked first.
    """
    email = email.strip().lower()
    if email == person.email:
        raise OwnInvitation(email.partition("@")[2])
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, first_name=first_name, last_name=last_name)
    elif has_to_be_asked(user, organisation):
        raise NotOfHere(f"user {user.pk}")
    standing = user.memberships.live().filter(role=role, organisation=organisation, school=school)
    if ends_on is not None:
        standing = standing.filter(Q(ends_on=None) | Q(ends_on__gte=ends_on))
    if not standing.exists():
        membership = Membership.objects.create(
            user=user, role=role, organisation=organisation, school=school, ends_on=ends_on
        )
        audit.record(person, "gave role", membership, about=role)
    return user


def has_to_be_asked(user, organisation):
    """Whether the organisation may give the person no role before they have accepted an invitation.

    Those with a role there agreed to work for it, or are its own to invite; so are those whom nobody else ever named.
    """
    if user.memberships.not_over().filter(organisation=organisation).exists():
        return False
    return user.is_active or user.memberships.exclude(organisation=organisation).exists()


def end_membership(person, membership):
    """The role ends now: the next page its holder asks for is without it. False when it had ended before."""
    ended = Membership.objects.live().filter(pk=membership.pk).update(ended_at=timezone.now())
    if ended:
        audit.record(person, "ended role", membership, about=membership.role)
    return bool(ended)
