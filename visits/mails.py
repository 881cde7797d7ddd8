"""The mails about events, visits, and who is out of class."""

from accounts.mail import MailKind

EVENT_INVITATION = MailKind(
    "event_invitation",
    "Invitation to an event",
    "When a coordinator sends the invitations of an event",
    "Everyone whom the event expects and who can sign in",
    "visits/mail/event_invitation.txt",
)
EVENT_SERIES_INVITATION = MailKind(
    "event_series_invitation",
    "Invitation to a series of meetings",
    "When a coordinator sends the invitations of a whole series",
    "Everyone whom the meetings expect and who can sign in, once for all of them",
    "visits/mail/event_series_invitation.txt",
)
EVENT_SERIES_CHANGED = MailKind(
    "event_series_changed",
    "A series of meetings has changed",
    "When a coordinator changes a series from a day on, or someone does not belong to its audience any more",
    "Everyone who was invited to one of the meetings, once for all of them",
    "visits/mail/event_series_changed.txt",
)
EVENT_CHANGED = MailKind(
    "event_changed",
    "An event has changed",
    "When a coordinator changes the day, the time or the place of an event",
    "Everyone who was invited to it",
    "visits/mail/event_changed.txt",
)
EVENT_CANCELLED = MailKind(
    "event_cancelled",
    "An event is cancelled",
    "When a coordinator cancels an event",
    "Everyone who was invited to it",
    "visits/mail/event_cancelled.txt",
)
EVENT_WITHOUT_YOU = MailKind(
    "event_without_you",
    "You are no longer expected at an event",
    "When someone who was invited is taken off the list, or does not belong to the audience any more",
    "That person",
    "visits/mail/event_without_you.txt",
)
EVENT_REMINDER = MailKind(
    "event_reminder",
    "Reminder to answer an invitation",
    "When a coordinator reminds those who have not answered",
    "Everyone who was invited to the event and has not answered",
    "visits/mail/event_reminder.txt",
    nudge=True,
)
VISITS_CHANGED = MailKind(
    "visits_changed",
    "Your visits have changed",
    "When visits are planned, moved, swapped, changed or cancelled; one mail for whatever was changed at once",
    "Whoever is booked for one of them, or was; not whoever made the change",
    "visits/mail/visits_changed.txt",
)
COVER_CHANGED = MailKind(
    "cover_changed",
    "Who is out of class has changed",
    "When teachers of a school are booked for a visit, or a half-day of theirs is free again",
    "The office of their school; where none can sign in, its headteachers",
    "visits/mail/cover_changed.txt",
)
TIME_PROPOSED = MailKind(
    "time_proposed",
    "Another time is proposed",
    "When a teacher proposes another half-day for a visit",
    "The other teachers of the partnership",
    "visits/mail/time_proposed.txt",
)
TIME_DECLINED = MailKind(
    "time_declined",
    "The time that you proposed does not suit",
    "When someone declines another half-day that was proposed for a visit",
    "Whoever proposed it",
    "visits/mail/time_declined.txt",
)
COVER_WEEK = MailKind(
    "cover_week",
    "Who is out of class",
    "On Friday at noon, when teachers of the school are out of class in the next two weeks",
    "The office of their school; where none can sign in, its headteachers",
    "visits/mail/cover_week.txt",
    optional=True,
)
