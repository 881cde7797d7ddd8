"""The mails about visit records and research lessons. None of them says what is written there."""

from accounts.mail import MailKind

RECORD_WAITS = MailKind(
    "record_waits",
    "A visit record waits for your signature",
    "When one of the two teachers has signed the record of a visit",
    "The teachers of the other side",
    "lessons/mail/record_waits.txt",
)
RECORD_SIGNED = MailKind(
    "record_signed",
    "A visit record is there to be read",
    "When both teachers have signed the record of a visit",
    "The headteachers of the school where it took place",
    "lessons/mail/record_signed.txt",
)
FINDING_WAITS = MailKind(
    "finding_waits",
    "A finding waits for you to agree",
    "When the first of its authors agrees to show a finding to others, and again after it was changed",
    "The other authors of the finding",
    "lessons/mail/finding_waits.txt",
)
FINDING_WITHDRAWN = MailKind(
    "finding_withdrawn",
    "A finding was withdrawn",
    "When one of its authors withdraws a finding that others could read",
    "The other authors of the finding",
    "lessons/mail/finding_withdrawn.txt",
)
GUEST_INVITED = MailKind(
    "guest_invited",
    "An invitation to observe a research lesson",
    "When a group of teachers invites someone who has an account to observe a lesson",
    "The one who is invited",
    "lessons/mail/guest_invited.txt",
)
