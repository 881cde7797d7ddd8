"""The mails about visit records. None of them says what a record says."""

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
