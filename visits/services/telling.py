"""Who is told that visits were changed: whoever is or was booked, and who finds the cover at the schools concerned.

However many visits were changed at once, each person gets one mail with all of theirs, and a file for the calendar.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.mail import post_all
from accounts.models import Membership, User
from accounts.roles import Role
from papers.templatetags.plain import listed
from programmes.calendar import calendars_of
from visits import mails
from visits.calendar_file import CANCEL, PUBLISH, REQUEST, entry_of_visit, many_entries_file, one_entry_file
from visits.models import Booking, Half, Visit
from visits.services.history import is_late

COVER_FINDERS = [Role.OFFICE, Role.HEADTEACHER]  # the first of them that the school has


@dataclass
class Story:
    """What became of one visit, from the first to the last of its changes."""

    visit: Visit
    before: Visit | None
    booked: tuple[Booking, ...]
    reason: str
    bookings: list[Booking] = field(default_factory=list)

    @property
    def stands(self):
        return self.visit.status != Visit.Status.CANCELLED

    @property
    def moved(self):
        return self.before and (self.before.on, self.before.half) != (self.visit.on, self.visit.half)

    @property
    def people(self):
        """Everyone with a booking now or before: id -> person."""
        return {booking.person_id: booking.person for booking in [*self.booked, *self.bookings]}

    @property
    def there(self):
        return {booking.person_id for booking in self.bookings}

    @property
    def were_there(self):
        return {booking.person_id for booking in self.booked}

    def said_to(self, person):
        """Under which heading the person reads of it."""
        if not self.stands:
            return "cancelled"
        if person.pk not in self.there:
            return "without_you"
        if person.pk not in self.were_there:
            return "new"
        return "moved" if self.moved else "changed"


@dataclass(frozen=True)
class Letter:
    """What one person reads: of their own visits, with a file for the calendar, or of the cover of a school."""

    person: User
    context: dict
    file: str = ""
    method: str = ""


SAID_AS = ("new", "moved", "changed", "cancelled", "without_you")
DID = {"new": "planned", "moved": "moved", "cancelled": "cancelled"}


def tell_people(by, changes, told_anyway=frozenset()) -> list[Letter]:
    """In the caller's transaction: the mails about all these changes (`Changed`) together.

    One to each person whom they concern, but not to whoever made them, and one to each of those who find the cover at
    a school whose teachers are out of class, or are not any more, on a day to come. Past days are nobody's news. Who is
    `told_anyway`, of what brought the changes about, gets no mail of its own: their letters are returned to go with it.
    """
    today = timezone.localdate()
    stories = [story for story in stories_of(changes) if is_news(story, today)]
    organisations = defaultdict(list)
    for story in stories:
        organisations[story.visit.partnership.programme.organisation].append(story)
    returned = []
    for organisation, own in organisations.items():
        visits, cover = letters_to_those_booked(by, own), letters_to_cover_finders(by, own, organisation, today)
        returned += [letter for letter in [*visits, *cover] if letter.person in told_anyway]
        whose = {"about": about(own), "organisation": organisation, "by": by}
        for method in (REQUEST, CANCEL, PUBLISH):
            written = [letter for letter in visits if letter.method == method and letter.person not in told_anyway]
            letters = [(letter.person, letter.context, letter.file) for letter in written]
            post_all(mails.VISITS_CHANGED, letters, **whose, method=method)
        letters = [(letter.person, letter.context) for letter in cover if letter.person not in told_anyway]
        post_all(mails.COVER_CHANGED, letters, **whose)
    return returned


def about(stories):
    return stories[0].visit if len(stories) == 1 else stories[0].visit.partnership.programme


def is_news(story, today):
    days = [story.visit.on, *([story.before.on] if story.before else [])]
    return max(days) >= today


def stories_of(changes):
    found = {}
    for change in changes:
        story = found.get(change.visit.pk)
        if story is None:
            before = change.before
            found[change.visit.pk] = Story(change.visit, before, change.booked, change.line.reason)
        else:
            story.visit, story.reason = change.visit, change.line.reason
    rows = Visit.objects.filter(pk__in=found).with_people().select_related("partnership__programme__organisation")
    standing = {row.pk: row for row in rows}
    rows = Booking.objects.filter(visit__in=found).select_related("person", "school")
    for booking in rows.order_by("person__last_name", "person__first_name", "pk"):
        found[booking.visit_id].bookings.append(booking)
    for pk, story in found.items():
        story.visit = standing[pk]
    return sorted(found.values(), key=lambda story: (story.visit.on, story.visit.half, story.visit.pk))


def letters_to_those_booked(by, stories) -> list[Letter]:
    theirs = defaultdict(list)
    people = {}
    for story in stories:
        for pk, someone in story.people.items():
            people[pk] = someone
            theirs[pk].append(story)
    return [letter_of(people[pk], theirs[pk]) for pk in sorted(theirs) if by is None or pk != by.pk]


def letter_of(person, stories) -> Letter:
    """An invitation holds one visit only."""
    said = {name: [story for story in stories if story.said_to(person) == name] for name in SAID_AS}
    entries = [entry_for(person, story) for story in stories]
    one = next(name for name in SAID_AS if said[name]) if sum(map(bool, said.values())) == 1 else "several"
    context = {
        "number": len(stories),
        "said": one,
        "did": DID.get(one, "changed"),
        "first": stories[0].visit,
        "lines": {name: "\n".join(line_of(story, name) for story in told) for name, told in said.items()},
        "reasons": list(dict.fromkeys(story.reason for story in stories if story.reason)),
        "asks": any(
            booking.person_id == person.pk and booking.confirmed_at is None
            for story in stories
            for booking in story.bookings
        ),
    }
    if len(entries) > 1:
        return Letter(person, context, many_entries_file(entries), PUBLISH)
    method = CANCEL if entries[0].out else REQUEST
    file = one_entry_file(entries[0], method, person, answer_of(person, stories[0]))
    return Letter(person, context, file, method)


def entry_for(person, story):
    names = [str(booking.person) for booking in story.bookings]
    return entry_of_visit(story.visit, names, out=person.pk not in story.there)


def answer_of(person, story):
    confirmed = any(booking.person_id == person.pk and booking.confirmed_at for booking in story.bookings)
    return "accepted" if confirmed else ""


def line_of(story, name):
    """- Tuesday 9 February 2027, morning: observation at Alder School, with Vera Ivory and Ann Day"""
    visit = story.visit
    where = f"{visit.get_kind_display().lower()} at {visit.host}"
    if name in {"cancelled", "without_you"}:
        before = story.before or visit
        return f"- {when_of(before)}: {where}"
    who = listed(booking.person for booking in story.bookings)
    line = f"- {when_of(visit)}: {where}, with {who}"
    return f"{line}\n  (it was {when_of(story.before)})" if name == "moved" else line


def when_of(row):
    return f"{row.on:%A %-d %B %Y}, {Half(row.half).label}"


def letters_to_cover_finders(by, stories, organisation, today) -> list[Letter]:
    """Each school reads who of its own teachers is out of class when, and who is not any more."""
    schools = defaultdict(lambda: {"out": [], "back": []})
    calendars = calendars_of([organisation])
    for story in stories:
        before = out_of_class(story.booked, today)
        now = out_of_class(story.bookings, today)
        for key, booking in now.items():
            if key not in before:
                schools[booking.school_id]["out"].append(booking)
        for key, booking in before.items():
            if key not in now:
                calendar = calendars.of(organisation.pk, story.before.host_id)
                late = is_late(story.before, today, calendar)
                schools[booking.school_id]["back"].append((booking, late))
    finders = finders_of(organisation, schools)
    letters = []
    for school, told in schools.items():
        context = {
            "school": next(booking.school for booking in [*told["out"], *(row for row, _ in told["back"])]),
            "out": "\n".join(cover_line(booking) for booking in in_order(told["out"])),
            "back": "\n".join(cover_line(row, late) for row, late in sorted(told["back"], key=lambda b: when(b[0]))),
            "numbers": {name: len(rows) for name, rows in told.items()},
            "first": min(when(row) for row in [*told["out"], *(row for row, _ in told["back"])])[0],
        }
        letters += [Letter(person, context) for person in finders.get(school, ()) if by is None or person != by]
    return letters


def out_of_class(bookings, today):
    """Those for whom a school finds the cover, on days to come."""
    return {
        (booking.person_id, booking.school_id, booking.on, booking.half): booking
        for booking in bookings
        if booking.is_out and booking.school_id and booking.on >= today
    }


def in_order(bookings):
    return sorted(bookings, key=when)


def when(booking) -> tuple[dt.date, str, str, str]:
    return booking.on, booking.half, booking.person.last_name, booking.person.first_name


def cover_line(booking, late=False):
    """- Tuesday 9 February 2027, morning: Vera Ivory"""
    said = "; this comes within two school days" if late else ""
    return f"- {when_of(booking)}: {booking.person}{said}"


def finders_of(organisation, schools) -> dict[int, list[User]]:
    """School -> who finds its cover: its office, and where it has none that can sign in, its headteachers."""
    rows = Membership.objects.live().filter(
        organisation=organisation, school__in=list(schools), role__in=COVER_FINDERS, user__is_active=True
    )
    by_role = defaultdict(lambda: defaultdict(dict))
    for row in rows.select_related("user").order_by("pk"):
        by_role[row.school_id][row.role][row.user_id] = row.user
    return {
        school: list(next(roles[role] for role in COVER_FINDERS if roles.get(role)).values())
        for school, roles in by_role.items()
    }
