"""Making the letters to the heads and sending them: never two for one asking, never the same one twice unasked."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.mail import post_all
from accounts.models import OutgoingMail
from jobs.work import publish_all
from programmes import mails
from programmes.letters.facts import digest_of, heads_by_school, letter_facts
from programmes.models import HeadsLetter, PartnerSchool


@transaction.atomic
def order_letters(person, programme, rows) -> list[HeadsLetter]:
    """The letters that had to be ordered: those of schools whose newest one says something else, or does not exist.

    One that is in hand is not ordered again, whoever asks.
    """
    # In one order for everybody, and one at a time: the second who presses finds the first one's letters in hand.
    rows = list(
        PartnerSchool.objects.select_for_update(of=["self"]).filter(pk__in=[row.pk for row in rows]).order_by("pk")
    )
    facts = letter_facts(programme, with_what_facts_need(rows))
    newest = newest_letters(rows)
    ordered = []
    for row in rows:
        letter, digest = newest.get(row.pk), digest_of(facts[row.pk])
        if letter and (letter.in_hand or (letter.is_done and letter.digest == digest)):
            continue
        ordered.append(
            HeadsLetter.objects.create(partner_school=row, ordered_by=person, digest=digest, facts=facts[row.pk])
        )
        audit.record(person, "heads letter ordered", ordered[-1])
    publish_all(ordered)
    return ordered


def with_what_facts_need(rows):
    return list(
        PartnerSchool.objects.filter(pk__in=[row.pk for row in rows])
        .select_related("school", "programme__organisation")
        .order_by("school__name", "pk")
    )


def newest_letters(rows) -> dict[int, HeadsLetter]:
    """The newest letter of each partner school."""
    letters = HeadsLetter.objects.filter(partner_school__in=[row.pk for row in rows])
    letters = letters.order_by("partner_school_id", "-queued_at", "-pk").distinct("partner_school_id").defer("facts")
    return {letter.partner_school_id: letter for letter in letters}


@transaction.atomic
def keep_words(person, programme):
    """What the form has put on the programme stands at the top of the letters that are made from now on."""
    programme.save(update_fields=["heads_letter_words"])
    audit.record(person, "heads letter words kept", programme)
    return programme


@dataclass
class Standing:
    """How the letter to one school stands: who can get it, who had it, and why it cannot go."""

    row: PartnerSchool
    letter: HeadsLetter | None
    current: bool  # the letter says what it would say today
    heads: list = field(default_factory=list)
    had: dict = field(default_factory=dict)  # user -> when this very letter went to them

    @property
    def why_not(self):
        if self.letter is None:
            return "The letter has not been made yet."
        if self.letter.in_hand:
            return "The letter is being made."
        if self.letter.has_failed:
            return "The letter could not be made."
        if not self.current:
            return "The letter says something else today: make it again."
        return ""

    @property
    def sendable(self):
        return bool(self.heads) and not self.why_not

    def recipients(self, again=False, before=None):
        """The heads to whom it goes now. Asked to send it again, whoever had it before that moment gets it again."""
        if not self.sendable:
            return []
        return [
            m.user
            for m in self.heads
            if m.user_id not in self.had or (again and (before is None or self.had[m.user_id] < before))
        ]


def standings(programme, rows) -> list[Standing]:
    """How the letters to these schools stand, in as many queries for one school as for all."""
    rows = with_what_facts_need(rows)
    facts, letters = letter_facts(programme, rows), newest_letters(rows)
    heads = heads_by_school(programme, [row.school_id for row in rows])
    sent = when_sent(letters.values())
    found = []
    for row in rows:
        letter = letters.get(row.pk)
        current = letter is not None and letter.digest == digest_of(facts[row.pk])
        had = sent.get(letter.pk, {}) if letter else {}
        found.append(Standing(row, letter, current, heads.get(row.school_id, []), had))
    return found


def when_sent(letters) -> dict[int, dict]:
    """For each letter to whom it went, and when last. What the mail server refused for good does not count."""
    found = defaultdict(dict)
    rows = OutgoingMail.objects.filter(
        kind=mails.HEADS_LETTER.key,
        about_model=HeadsLetter._meta.label_lower,
        about_row__in=[letter.pk for letter in letters],
    ).exclude(state=OutgoingMail.State.FAILED)
    for letter, to, at in rows.order_by("queued_at").values_list("about_row", "to", "queued_at"):
        found[letter][to] = at
    return found


@transaction.atomic
def send_letters(person, programme, rows, *, again=False, before=None) -> list[OutgoingMail]:
    """A mail with a link for every head who can sign in, of the schools whose letter is made and says what is true.

    Whoever had this very letter gets it again only when asked for: `before` is the moment of asking.
    """
    rows = list(
        PartnerSchool.objects.select_for_update(of=["self"]).filter(pk__in=[row.pk for row in rows]).order_by("pk")
    )
    written = []
    for standing in standings(programme, rows):
        users = standing.recipients(again, before)
        context = {"letter": standing.letter, "school": standing.row.school, "programme": programme}
        written += post_all(
            mails.HEADS_LETTER,
            [(user, context) for user in users],
            about=standing.letter,
            organisation=programme.organisation,
            by=person,
        )
        if users:
            HeadsLetter.objects.filter(pk=standing.letter.pk, sent_at=None).update(sent_at=timezone.now())
            audit.record(person, "heads letter sent", standing.letter)
    return written
