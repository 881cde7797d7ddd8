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
