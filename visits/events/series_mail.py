"""One mail to each person about all meetings of a series: an invitation to all of them, and later what changes.

As with single events the rows that say who was told what, and the mails, are written in one transaction.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.mail import post_all
from accounts.models import User
from papers.templatetags.plain import longdate
from visits import mails
from visits.calendar_file import PUBLISH, entry_of_event, many_entries_file
from visits.events.audience import audiences
from visits.events.invitations import forget, to_be_invited, write_invitations
from visits.models import Attendance, Event, EventSeries, WrongState


@dataclass
class Letter:
    """What one person reads: meetings by what is said of them."""

    to: User
    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    cancelled: list = field(default_factory=list)
    without_you: list = field(default_factory=list)
    what: dict = field(default_factory=dict)  # the words for what changes, each once
    asks_again: bool = False

    @property
    def entries(self):
        """For the calendar file: each meeting, and whether it is taken out."""
        out = [(event, True) for event in self.cancelled + self.without_you]
        return sorted([*out, *((event, False) for event in self.new + self.changed)], key=lambda entry: entry[0].on)

    @property
    def key(self):
        """The same for all who read of the same meetings, and have the same part in them."""
        return tuple((name, event.pk, part_in(event, self.to)) for name in SAID_OF for event in getattr(self, name))

    @property
    def context(self):
        events = [event for event, _ in self.entries]
        return {
            "title": (self.new + self.changed + events)[0].title,
            "programme": events[0].programme,
            "number": len(events),
            "first": events[0],
            "because": next((event.cancelled_because for event in self.cancelled), ""),
            "what": list(self.what),
            "asks": self.asks_again or bool(self.new),
            "asks_again": self.asks_again,
        }


SAID_OF = ("new", "changed", "cancelled", "without_you")


def lines_of(letter):
    """Under each of these names the lines of its meetings, by day; and the online address, where all have the same."""
    links = {event.link for event in letter.new + letter.changed}
    shared = links.pop() if len(links) == 1 else ""
    lines = {
        name: "\n".join(
            line_of(event, letter.to, takes_place=name in {"new", "changed"}, shared_link=shared)
            for event in sorted(getattr(letter, name), key=lambda event: (event.on, event.starts_at))
        )
        for name in SAID_OF
    }
    return lines | {"link": shared}


def part_in(event, person):
    if event.chair_id == person.pk:
        return "you chair it"
    return "you take the minutes" if event.minute_taker_id == person.pk else ""


def line_of(event, to, *, takes_place, shared_link):
    """- Thursday 4 March 2027, 4pm to 5:30pm: The hall, Alder School (CM1 1AA); you chair it"""
    line = f"- {longdate(event.on)}, {event.hours}"
    if not takes_place:
        return line
    postcode = f" ({event.place.postcode})" if event.place and event.place.postcode else ""
    link = f"\n  {event.link}" if event.link and event.link != shared_link else ""
    part = f"; {words}" if (words := part_in(event, to)) else ""
    return f"{line}: {event.where or 'the place follows'}{postcode}{part}{link}"


def ahead(series):
    """The meetings that take invitations and answers."""
    return series.events.standing().filter(on__gte=timezone.localdate()).with_places().order_by("on", "pk")


def held(series):
    """Those meetings, held until the transaction ends: two who press at once do so one after the other."""
    series = EventSeries.objects.select_for_update().get(pk=series.pk)
    list(Event.objects.select_for_update().filter(series=series).order_by("pk"))
    return list(ahead(series).select_related("programme__organisation"))


def invited_to(events) -> set[int]:
    """The people who have an invitation to one of these events."""
    rows = Attendance.objects.filter(event__in=[event.pk for event in events], invited_at__isnull=False)
    return set(rows.values_list("person", flat=True))


def not_expected(events, lists):
    """Those who have an invitation to one of these events and are not on its list, as their rows."""
    here = {(event, one.person.pk) for event, expected in lists.items() for one in expected if one.person}
    rows = Attendance.objects.filter(event__in=[event.pk for event in events], invited_at__isnull=False)
    return [row for row in rows.select_related("person").order_by("pk") if (row.event_id, row.person_id) not in here]


def send(kind, by, series, letters):
    """In the caller's transaction. Who reads of the same meetings gets the same lines and the same file."""
    made, posted = {}, []
    for letter in sorted(letters, key=lambda letter: letter.to.pk):
        if letter.key not in made:
            made[letter.key] = (
                lines_of(letter),
                many_entries_file(entry_of_event(event, out=out) for event, out in letter.entries),
            )
        lines, file = made[letter.key]
        posted.append((letter.to, letter.context | lines | {"series": series}, file))
    organisation = series.programme.organisation
    return post_all(kind, posted, about=series, organisation=organisation, by=by, method=PUBLISH)


@transaction.atomic
def invite_to_series(person, series) -> list:
    """Everyone whom a meeting to come expects and who was not invited to it is, to all of them in one mail; the mails.

    Whoever has an invitation and does not belong any more is told so as well, in one mail too.
    """
    events = held(series)
    lists, letters = audiences(events), {}
    gone = not_expected(events, lists)
    new = [(event, one) for event in events for one in to_be_invited(lists[event.pk])]
    write_invitations(new)
    for event, one in new:
        letters.setdefault(one.person.pk, Letter(one.person)).new.append(event)
    written = send(mails.EVENT_SERIES_INVITATION, person, series, letters.values())
    tell_those_gone(person, series, events, gone)
    audit.record(person, "events.series invitations sent", series)
    return written


def tell_those_gone(person, series, events, rows):
    """In the caller's transaction: whoever is not expected any more is told of all those meetings at once."""
    by_pk, letters = {event.pk: event for event in events}, {}
    for event in {row.event_id for row in rows}:
        Event.objects.filter(pk=event).update(sequence=F("sequence") + 1)
        by_pk[event].refresh_from_db(fields=["sequence"])
    for row in rows:
        letters.setdefault(row.person_id, Letter(row.person)).without_you.append(by_pk[row.event_id])
    send(mails.EVENT_SERIES_CHANGED, person, series, letters.values())
    forget(rows)


class News:
    """What is new in a series, gathered meeting by meeting within one transaction, and told in one mail a person.

    Those who were `invited` to a meeting of the part that changes are invited to its new meetings as well.
    """

    def __init__(self, series, invited):
        self.series, self.were_invited = series, invited
        self.made, self.altered, self.off = [], {}, {}

    def new(self, event):
        self.made.append(event)

    def changed(self, event, what, *, asks_again):
        self.altered[event.pk] = (event, what, asks_again)

    def cancelled(self, event):
        self.off[event.pk] = event

    def tell(self, person) -> int:
        """In the caller's transaction: the mails are written; how many people get one."""
        altered = [event for event, _, _ in self.altered.values()]
        lists, letters = audiences(altered + self.made), {}
        gone = set(not_expected(altered, lists))
        rows = Attendance.objects.filter(event__in=[*self.altered, *self.off], invited_at__isnull=False)
        rows = list(rows.select_related("person").order_by("pk"))
        for row in rows:
            self.write(letters.setdefault(row.person_id, Letter(row.person)), row, row in gone)
        for event in altered:
            told = event.attendances.filter(invited_at__isnull=False).exclude(pk__in=[row.pk for row in gone])
            told.update(told_sequence=event.sequence)
        new = [(event, one) for event in self.made for one in to_be_invited(lists[event.pk])]
        new = [(event, one) for event, one in new if one.person.pk in self.were_invited]
        write_invitations(new)
        for event, one in new:
            letters.setdefault(one.person.pk, Letter(one.person)).new.append(event)
        forget(gone)
        return len(send(mails.EVENT_SERIES_CHANGED, person, self.series, letters.values()))

    def write(self, letter, row, is_gone):
        if row.event_id in self.off:
            letter.cancelled.append(self.off[row.event_id])
            return
        event, what, asks_again = self.altered[row.event_id]
        if is_gone:
            letter.without_you.append(event)
            return
        letter.changed.append(event)
        letter.what |= dict.fromkeys(what)
        letter.asks_again |= asks_again


@transaction.atomic
def answer_all(person, series, said) -> int:
    """The person's own answer to every meeting to come to which they are invited; how many those are."""
    events = held(series)
    lists, now = audiences(events), timezone.now()
    mine = [(event, one) for event in events for one in lists[event.pk] if one.person == person and one.is_invited]
    if not mine:
        raise WrongState(f"series {series.pk} expects no answer of this person")
    Attendance.objects.bulk_create(
        [
            Attendance(event=event, person=person, role=one.role, school=one.school, answer=said, answered_at=now)
            for event, one in mine
        ],
        update_conflicts=True,
        unique_fields=["event", "person"],
        update_fields=["role", "school", "answer", "answered_at"],
    )
    audit.record(person, f"events.series {said}", series)
    return len(mine)
