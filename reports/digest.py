"""The weekly digest: one mail to each person, with what they must do now and what the next seven days bring."""

import datetime as dt
import time

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.mail import is_wanted, post
from accounts.models import Membership, User
from jobs.work import publish
from reports.dashboards import dashboard
from reports.dashboards.money import money_lines
from reports.mails import DIGEST
from reports.models import Digest, DigestRun
from visits.models import Half

WEEK = dt.timedelta(days=7)
MOST_LINES = 12
BEGINS = {Half.MORNING.label: dt.time(9), Half.AFTERNOON.label: dt.time(12, 30)}  # for the order of a day's lines
AT_A_TIME = 200  # seconds, well within the time limit of a task; the sweeper rings again for the rest


@transaction.atomic
def order_digests(today) -> DigestRun:
    """The run of this week. Asked for twice it is one."""
    run, new = DigestRun.objects.get_or_create(monday=today - dt.timedelta(days=today.weekday()))
    if new:
        publish(run)
    return run


def write_digests(run):
    """Write the mails that this run has not written yet, each with its own row, in a transaction of its own."""
    began = time.monotonic()
    people = recipients(run)
    for done, person in enumerate(people):
        if time.monotonic() - began > AT_A_TIME:
            run.put_off(timezone.now(), "The rest follows.")
            return
        run.progress(done, len(people))
        write_digest(run, person)
    run.finish()


def recipients(run):
    """Whoever can sign in, has a role and no digest of this week."""
    roles = Membership.objects.live().values("user")
    written = Digest.objects.filter(run=run).values("person")
    people = User.objects.filter(is_active=True, pk__in=roles).exclude(pk__in=written).order_by("pk")
    return [person for person in people if is_wanted(DIGEST, person)]


def write_digest(run, person):
    """The mail and the row that says so, or neither: a second worker finds the row and writes nothing."""
    parts = [part for m in person.live_memberships if (part := part_of(person, m)) is not None]
    if not parts:
        return
    organisations = {m.organisation for m in person.live_memberships}
    context = {
        "monday": run.monday,
        "parts": parts,
        "things": sum(len(part["to_do"]) or len(part["money"]) for part in parts),
        "dates": sum(len(part["coming"]) for part in parts),
    }
    try:
        with transaction.atomic():
            # Of one who works for two organisations neither coordinator reads what the other's programmes ask.
            organisation = next(iter(organisations)) if len(organisations) == 1 else None
            letter = post(DIGEST, person, context, organisation=organisation)
            Digest.objects.create(run=run, person=person, mail=letter)
    except IntegrityError:
        if not Digest.objects.filter(run=run, person=person).exists():
            raise


def part_of(person, membership):
    """What one role's dashboard says for the week; None where it has nothing to say."""
    made = dashboard(person, membership)
    until = made["today"] + WEEK
    part = {
        "role": membership.role_label,
        "place": membership.place_label,
        "to_do": [words_of(item) for item in made["to_do"][:MOST_LINES]],
        "money": money_lines(person, membership)[:MOST_LINES],
        "coming": [line for line in coming(made) if line["on"] < until][:MOST_LINES],
    }
    return part if part["to_do"] or part["money"] or part["coming"] else None


def words_of(item):
    """A line of Today in one paragraph: each part ends as a sentence does. What a record says goes into no mail."""
    parts = [item.get("in_mail", item["title"]), item.get("of", ""), item.get("text", ""), item.get("when", "")]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def coming(made):
    """The half-days and events ahead by day: the visits, or for the school office whose class needs cover."""
    lines = [*half_days(made), *events_of(made)]
    return sorted(lines, key=lambda line: (line["on"], line["at"]))


def half_days(made):
    for row in made.get("out_of_class") or []:
        place = "here" if row["here"] else f"at {row['host']}"
        what = f"{row['person']} is out of class, {place}"
        yield {"on": row["on"], "at": BEGINS[row["half"]], "when": row["half"], "what": what}
    for visit in made.get("visits") or []:
        what = f"{visit.get_kind_display()} at {visit.host}, {visit.partnership.label}"
        when = visit.get_half_display()
        yield {"on": visit.on, "at": BEGINS[when], "when": when, "what": what}


def events_of(made):
    for event in (made["events"] or {"rows": []})["rows"]:
        if event.declined:
            continue
        where = f", {event.where}" if event.where else ""
        yield {"on": event.on, "at": event.starts_at, "when": event.hours, "what": f"{event.title}{where}"}
