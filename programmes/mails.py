"""The mails about partnerships."""

from accounts.mail import MailKind

CONCERNED = "The teachers of both sides, the headteachers of both schools and the consultant of the area"

FOLDED = MailKind(
    "partnership_folded",
    "A partnership has folded",
    "When a coordinator folds a partnership",
    CONCERNED,
    "programmes/mail/folded.txt",
)
PAUSED = MailKind(
    "partnership_paused",
    "A partnership is paused",
    "When a coordinator pauses a partnership",
    CONCERNED,
    "programmes/mail/paused.txt",
)
GOES_ON = MailKind(
    "partnership_goes_on",
    "A partnership goes on",
    "When a coordinator ends the pause of a partnership, or takes a fold back",
    CONCERNED,
    "programmes/mail/goes_on.txt",
)
