"""The nudge: for each row of the roster the right mail to the right person, and never twice in three days."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts import audit, mail
from accounts.mail import NudgedLately
from accounts.models import OutgoingMail, User
from papers.templatetags.plain import listed
from programmes.models import Agreement, Partnership
from programmes.resting import again_from
from reports.mails import NUDGE


@dataclass(frozen=True)
class Nudge:
    """What one person would be sent about one partnership, and what they were sent last."""

    person: User
    partnership: Partnership
    partner_teachers: tuple
    slips: tuple
    last: OutgoingMail | None

    @property
    def key(self):
        return f"{self.partnership.pk}-{self.person.pk}"

    @property
    def about(self) -> Model:
        """The agreement where they have not signed it, so that its own reminder counts as well."""
        return next((slip.about for slip in self.slips if isinstance(slip.about, Agreement)), self.partnership)

    @property
    def rests(self):
        """They were nudged less than three days ago, and the mail is there or on its way."""
        return self.last is not None and not self.last.has_failed and self.last.nudge_rests_until > timezone.now()

    @property
    def context(self):
        return {"partnership": self.partnership, "partner_teachers": self.partner_teachers, "slips": self.slips}

    @property
    def last_words(self):
        """Nudged today. Last on 20 January. Never nudged."""
        if self.last is None:
            return "Never nudged"
        on = timezone.localdate(self.last.queued_at)
        if self.last.has_failed:
            return f"The mail of {on:%-d %B} could not be delivered"
        days = (timezone.localdate() - on).days
        return f"Nudged {'today' if days == 0 else 'yesterday'}" if days < 2 else f"Last on {on:%-d %B}"

    @property
    def next_words(self):
        """Next from Friday 29 January."""
        return f"Next from {again_from(self.last)}"


def nudges_of(facts, partnership, slips) -> list[Nudge]:
    """One for each person for whom something waits, the most overdue first. Nobody nudges themselves."""
    owed, teachers = {}, tuple(facts.partner_teachers[partnership.pk])
    for slip in slips:
        for person in slip.people:
            if person != facts.reader:
                owed.setdefault(person, []).append(slip)
    return [
        Nudge(person, partnership, teachers, tuple(slips), facts.last_nudges.get((person.pk, partnership.pk)))
        for person, slips in owed.items()
    ]


@transaction.atomic
def send_nudges(person, nudges):
    """Send each nudge that is not resting. Returns (those sent, those left out).

    Of two who press at once one sends and the other leaves out: the constraint on the mail decides. Everybody sends in
    one order, so that two who press for the same people do not wait for each other.
    """
    sent, left_out = [], []
    for nudge in sorted(nudges, key=lambda nudge: (nudge.person.pk, nudge.partnership.pk)):
        letter = None
        if not nudge.rests:
            try:
                letter = mail.nudge(
                    NUDGE,
                    nudge.person,
                    nudge.context,
                    about=nudge.about,
                    organisation=nudge.partnership.programme.organisation,
                    by=person,
                )
            except NudgedLately:
                letter = None
        if letter is None:
            left_out.append(nudge)
        else:
            audit.record(person, "nudged", letter)
            sent.append(nudge)
    return sent, left_out


def sent_words(sent, left_out):
    """What the person is told after pressing the button."""
    said = []
    if sent:
        letters = "The mail is on its way" if len(sent) == 1 else f"{len(sent)} mails are on their way"
        said.append(f"{letters} to {names_of(sent)}.")
    if left_out:
        was = "was" if len({nudge.person for nudge in left_out}) == 1 else "were"
        said.append(f"Not to {names_of(left_out)}, who {was} nudged about this less than three days ago.")
    return " ".join(said)


def names_of(nudges):
    people = list(dict.fromkeys(str(nudge.person) for nudge in nudges))
    return listed(people) if len(people) < 6 else f"{len(people)} people"
