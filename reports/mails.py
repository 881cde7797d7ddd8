"""The mails that this app sends."""

from accounts.mail import MailKind

NUDGE = MailKind(
    key="roster_nudge",
    title="What waits for you in a partnership",
    when="When a coordinator presses “Nudge” on the roster; never twice in three days about one partnership",
    who="The teacher or headteacher for whom the partnership waits",
    template="reports/mail/nudge.txt",
    nudge=True,
)
DIGEST = MailKind(
    key="weekly_digest",
    title="Your week",
    when="On Monday at 7 in the morning, when something needs you or comes in the next seven days",
    who="Everyone who can sign in",
    template="reports/mail/digest.txt",
    optional=True,
)
REPORT_READY = MailKind(
    key="report_ready",
    title="A report of your school is ready",
    when="When a report that the coordinator has scheduled after every data point is made",
    who="The headteachers of the school that the report is about",
    template="reports/mail/ready.txt",
    optional=True,
)
