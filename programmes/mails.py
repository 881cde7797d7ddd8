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
PAIRING_PROPOSED = MailKind(
    "pairing_proposed",
    "A pairing is proposed",
    "When a coordinator confirms a pairing, and of drafts once the programme is started; heads are asked to agree",
    "The headteachers of both schools and the specialist teacher",
    "programmes/mail/pairing_proposed.txt",
)
OBJECTION_RAISED = MailKind(
    "objection_raised",
    "A school objects to its pairing",
    "When a headteacher declines or disputes a pairing",
    "The coordinators of the programme",
    "programmes/mail/objection_raised.txt",
)
OBJECTION_ANSWERED = MailKind(
    "objection_answered",
    "The answer to an objection",
    "When a coordinator answers what a school wrote against its pairing",
    "The headteacher who objected",
    "programmes/mail/objection_answered.txt",
)
HEADS_LETTER = MailKind(
    "heads_letter",
    "The letter about the year ahead",
    "When a coordinator sends the heads' letter of a programme",
    "The headteachers of the partner schools who can sign in, and their deputies",
    "programmes/mail/heads_letter.txt",
)
PEOPLE_CHANGED = MailKind(
    "partnership_people_changed",
    "The people of a partnership have changed",
    "When a coordinator adds or replaces a partner teacher or the specialist teacher of a partnership",
    f"{CONCERNED}, and whoever left",
    "programmes/mail/people_changed.txt",
)
JOINED = MailKind(
    "partnership_joined",
    "You have joined a partnership",
    "When a coordinator adds somebody who can sign in already to a partnership",
    "Whoever joined",
    "programmes/mail/joined.txt",
)
AGREEMENT_READY = MailKind(
    "agreement-ready",
    "An agreement waits to be signed",
    "When a coordinator makes agreements or a new version of one, and when a teacher joins a partnership",
    "Everyone who has to sign: the teachers of both sides and the headteachers of both schools",
    "programmes/mail/agreement_ready.txt",
)
AGREEMENT_REMINDER = MailKind(
    "agreement-reminder",
    "Reminder: an agreement waits to be signed",
    "When a coordinator presses “Remind” beside an agreement, never twice in three days",
    "Those who have not signed it",
    "programmes/mail/agreement_reminder.txt",
    nudge=True,
)
AGREEMENT_COMPLETE = MailKind(
    "agreement-complete",
    "An agreement is signed by all",
    "When the last of those who sign an agreement has signed it",
    "Everyone who signed it, and whoever made it",
    "programmes/mail/agreement_complete.txt",
)
