"""The mails about grades. None says anything of a pupil."""

from accounts.mail import MailKind

GRADES_OPENED = MailKind(
    "grades_opened",
    "Submitted grades were opened for a correction",
    "When a coordinator opens the grades of a partnership again",
    "The teachers of the partnership",
    "pupils/mail/grades_opened.txt",
)
