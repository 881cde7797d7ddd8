"""The mails that the app can send, and how one is written: a row in the caller's transaction, sent by a worker.

An app declares each kind of mail once, in its `mails.py`; `KINDS` is the whole list, for the page that shows it. The
template's first line is the subject. No mail carries pupil data, a code or a sign-in link: those of the sign-in and
of invitations go out at once and are kept nowhere.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template import Context, engines
from django.utils import timezone

from accounts import audit
from accounts.models import OutgoingMail, User
from jobs.models import MOST_ATTEMPTS
from jobs.work import CannotBeDone, publish_all

log = structlog.get_logger(__name__)

KINDS: dict[str, "MailKind"] = {}
PUBLISHED, CALENDAR_NAME = "PUBLISH", "dates.ics"  # many dates: a file to open, where an invitation is part of the mail
NUDGE_RESTS = dt.timedelta(days=3)
NOT_TAKEN = "The mail server refused this mail, though not because of its address. The administrator is told."
TRY_AGAIN_AFTER = [dt.timedelta(minutes=1), dt.timedelta(minutes=10), dt.timedelta(hours=1)]


@dataclass(frozen=True)
class MailKind:
    """A mail that the app can send, in words for whoever asks which ones there are."""

    key: str
    title: str
    when: str  # "When a coordinator presses “Remind” beside an agreement"
    who: str  # "Teachers and headteachers who have not signed"
    template: str
    optional: bool = False  # the person may switch it off
    nudge: bool = False  # never twice in three days to one person about one thing

    def __post_init__(self):
        KINDS[self.key] = self


@dataclass(frozen=True)
class AtOnce:
    """A mail of signing in, sent at once and kept nowhere."""

    title: str
    when: str
    who: str


AT_ONCE = [
    AtOnce(
        "Invitation",
        "When a coordinator, a headteacher or the administrator invites people, sends it again or corrects the "
        "address, and when teachers invite a guest to a research lesson",
        "Whoever is invited",
    ),
    AtOnce("Sign-in code", "When someone asks to sign in with a code", "Whoever asks, if the address is known here"),
    AtOnce("Code for a new address", "When someone changes their email address", "The new address"),
    AtOnce("The email address was changed", "Right after it happened", "The address that it was"),
    AtOnce("Link for a new password", "When someone has forgotten the password", "Whoever asks"),
    AtOnce(
        "No account here",
        "When someone asks for a code or a password with an address that is not known",
        "Whoever asks",
    ),
    AtOnce("The password was set or changed", "Right after it happened", "Whose password it is"),
    AtOnce("The second step was set up or removed", "Right after it happened", "Whose second step it is"),
]


class NudgedLately(Exception):
    """The person was nudged about this less than three days ago; `mail` is that nudge."""

    def __init__(self, mail):
        super().__init__(f"mail {mail.pk}")
        self.mail = mail


def post(kind, to, context, *, about=None, organisation=None, by=None, calendar="", method=""):
    """Write one mail, to be sent once the caller's transaction is committed. None when nobody would read it."""
    letters = [(to, context, calendar)]
    return next(iter(post_all(kind, letters, about=about, organisation=organisation, by=by, method=method)), None)


def post_all(kind, letters, *, about=None, organisation=None, by=None, method="") -> list[OutgoingMail]:
    """Write the mails of `letters`, (person, context) or (person, context, calendar file) each.

    Whoever cannot sign in yet, or has switched this kind off, gets none. They come back in the order of `letters`.
    """
    mails = [
        written(kind, to, context, about, organisation, by, *calendar, method=method)
        for to, context, *calendar in letters
        if is_wanted(kind, to)
    ]
    OutgoingMail.objects.bulk_create(mails)
    publish_all(mails)
    return mails


def nudge(kind, to, context, *, about, organisation, by) -> OutgoingMail | None:
    """As `post`, and never twice in three days to one person about one thing: then NudgedLately, with the last one.

    Of two who press at once one nudges and the other is told: a constraint decides. Whoever nudges many does so in the
    order of the people's keys: each is held until the transaction ends.
    """
    if not is_wanted(kind, to):
        return None
    mail = written(kind, to, context, about, organisation, by)
    mail.nudge_rests_until = mail.queued_at + NUDGE_RESTS
    try:
        with transaction.atomic():
            # Two who write in the same moment would both wait for what the other one has written.
            User.objects.select_for_update(no_key=True).get(pk=to.pk)
            mail.save(force_insert=True)
    except IntegrityError as error:
        last = resting(about).filter(to=to).first()
        if last is None:
            raise
        raise NudgedLately(last) from error
    publish_all([mail])
    return mail


def resting(about):
    """The nudges about a row that are less than three days old, the newest first."""
    rows = OutgoingMail.objects.about(about).exclude(state=OutgoingMail.State.FAILED)
    return rows.filter(nudge_rests_until__gt=timezone.now()).order_by("-queued_at")


def send_again(person, letter) -> bool:
    """A mail that could not be delivered is sent once more, to the address that the person has now.

    False when there is nothing to send again. Raises NudgedLately when a newer nudge about the same thing rests.
    """
    if not letter.to.is_active:
        return False
    now = timezone.now()
    rests = {"nudge_rests_until": now + NUDGE_RESTS} if letter.nudge_rests_until else {}
    try:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=letter.to_id)  # as in `nudge`
            again = OutgoingMail.objects.filter(pk=letter.pk, state=OutgoingMail.State.FAILED).update(
                state=OutgoingMail.State.QUEUED,
                queued_at=now,
                due_at=now,
                rung_at=now,
                attempt=0,
                failure="",
                refused=False,
                finished_at=None,
                address=letter.to.email,
                **rests,
            )
            if again:
                audit.record(person, "mail sent again", letter)
                publish_all([letter])
    except IntegrityError as error:
        raise NudgedLately(letter) from error
    return bool(again)


def is_wanted(kind, person):
    return person.is_active and not (kind.optional and kind.key in person.unwanted_mail)


def written(kind, to, context, about, organisation, by, calendar="", *, method=""):
    subject, text = words_of(kind, context | {"to": to, "by": by})
    return OutgoingMail(
        organisation=organisation,
        kind=kind.key,
        to=to,
        address=to.email,
        subject=subject,
        text=text,
        calendar=calendar,
        calendar_method=method if calendar else "",
        about_model=about._meta.label_lower if about is not None else "",
        about_row=about.pk if about is not None else None,
        by=by,
        message_id=f"<{uuid.uuid4()}@{urlsplit(settings.PUBLIC_URL).hostname}>",
    )


def words_of(kind, context) -> tuple[str, str]:
    """The subject and the text. Plain text, so nothing is escaped."""
    template = engines["django"].engine.get_template(kind.template)
    text = template.render(Context(context | {"site": settings.PUBLIC_URL, "kind": kind}, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split())[:200], f"{body.strip()}\n"


def send(mail):
    """What the worker does with a claimed mail: hand it to the mail server, and say so in the row.

    An address that is refused for good is the coordinators' news. Any other trouble puts it off, a little longer each
    time, until it is a failure that the administrator is told of.
    """
    message = EmailMultiAlternatives(
        mail.subject, mail.text, None, [mail.address], headers={"Message-ID": mail.message_id}
    )
    if mail.calendar_method == PUBLISHED:
        message.attach(CALENDAR_NAME, mail.calendar, f"text/calendar; method={PUBLISHED}")
    elif mail.calendar:
        message.attach_alternative(mail.calendar, f"text/calendar; method={mail.calendar_method}")
    try:
        message.send()
    except (SMTPException, OSError) as error:
        not_sent(mail, error)
    else:
        mail.finish()


def not_sent(mail, error):
    """What follows when the mail server did not take it: refused, put off, or given up."""
    if is_of_the_address(error):
        raise CannotBeDone("The mail server does not take this address. Correct it, then send again.") from error
    if isinstance(error, SMTPResponseException) and error.smtp_code >= 550:
        give_up(mail, error, NOT_TAKEN)
    elif mail.attempt >= MOST_ATTEMPTS:
        give_up(mail, error, f"The mail server could not be reached in {MOST_ATTEMPTS} attempts.")
    else:
        mail.put_off(timezone.now() + TRY_AGAIN_AFTER[mail.attempt - 1], "The mail server could not be reached.")


def is_of_the_address(error):
    """Whether the server said no to the address for good (a code of 500 and above), rather than not now."""
    return isinstance(error, SMTPRecipientsRefused) and all(code >= 500 for code, _ in error.recipients.values())


def give_up(mail, error, why):
    """The error itself may hold the address, so the log has its kind and its code alone."""
    log.error("mail_failed", row=mail.pk, error=type(error).__name__, code=getattr(error, "smtp_code", None))
    mail.fail(why)
