"""What the roster says, on Today: how each programme stands, and a line for each kind of slip. One radar, two pages."""

from collections import Counter
from urllib.parse import urlencode

from django.urls import reverse

from programmes.models import Partnership, Programme
from reports.dashboards.rows import mine, verb
from reports.dashboards.to_do import some
from reports.roster.facts import Facts
from reports.roster.rows import count, rows_of

# Kind of slip -> the title of its line, for one and for many, and the words of the button. Grades, visits that nobody
# confirmed and schools that object to their pairing have lines of their own.
LINES = {
    "agreement": ("{n} agreement is not signed", "{n} agreements are not signed", "See who has not signed"),
    "move": (
        "{n} partnership has a visit that must move",
        "{n} partnerships have visits that must move",
        "See which visits",
    ),
    "plan": (
        "{n} partnership has no half-day for a visit",
        "{n} partnerships have no half-day for a visit",
        "See which visits",
    ),
    "proposed": (
        "{n} proposed partnership is not agreed",
        "{n} proposed partnerships are not agreed",
        "See who has not agreed",
    ),
    "place": (
        "{n} partnership lacks a teacher",
        "{n} partnerships lack a teacher",
        "See who is to be named",
    ),
    "successor": (
        "{n} partnership has a visit booked for someone who has left",
        "{n} partnerships have a visit booked for someone who has left",
        "Choose who comes",
    ),
    "action": ("{n} partnership has an overdue action", "{n} partnerships have overdue actions", "See which actions"),
    "nobody": (
        "{n} partnership has nobody who can sign in",
        "{n} partnerships have nobody who can sign in",
        "See which partnerships",
    ),
    "head": (
        "{n} school has no headteacher who can sign in",
        "{n} schools have no headteacher who can sign in",
        "See which schools",
    ),
}

# These lines lead as well to where many are invited at once: whom, and the words of the link.
INVITED = {"nobody": ("teachers", "Invite the teachers"), "head": ("heads", "Invite the heads")}

# The coordinator has one line for all agreements that wait, with those that slip among them, and one for those to make.
COORDINATED = tuple(kind for kind in LINES if kind != "agreement")
# What the teachers do, with a consultant's help; the rest is the coordinator's.
SUPPORTED = ("agreement", "move", "plan")


def facts_of(user, acting, today, theirs):
    """Of the partnerships of every programme that runs; `theirs` are all programmes that the person reaches."""
    running = [programme for programme in theirs if programme.status == Programme.Status.ACTIVE]
    partnerships = mine(Partnership, user, acting, "roster.view").of_programmes(running)
    partnerships.sort(key=lambda partnership: (partnership.programme.name, partnership.ref))
    return Facts(user, acting.organisation, partnerships, today)


def radar(facts):
    """The rows of their roster, by programme."""
    found = {}
    for row in rows_of(facts):
        found.setdefault(row.partnership.programme, []).append(row)
    return dict(sorted(found.items(), key=lambda pair: pair[0].name))


def standings(found):
    """For each programme that runs how its partnerships stand, and where each of them is looked at."""
    return [
        {
            "words": (f"{programme.title}: " if len(found) > 1 else "") + statuses(rows),
            "course": count(rows).course_words,
            "url": roster_url(programme),
        }
        for programme, rows in found.items()
    ]


def statuses(rows):
    """48 of 50 partnerships are active, 1 is paused, 1 has folded."""
    numbers = Counter(row.partnership.status for row in rows)
    words = [
        f"{n} {verb(status, n)} {Partnership.Status(status).label.lower()}"
        for status, n in sorted(numbers.items())
        if status != Partnership.Status.ACTIVE
    ]
    active = numbers[Partnership.Status.ACTIVE]
    return ", ".join([f"{active} of {len(rows)} partnerships {'is' if active == 1 else 'are'} active", *words]) + "."


def slip_items(found, kinds=COORDINATED):
    """A line for each kind of slip of each programme."""
    return [
        item(programme, kind, [row for row in rows if kind in row.kinds])
        for programme, rows in found.items()
        for kind in kinds
        if any(kind in row.kinds for row in rows)
    ]


def item(programme, kind, rows):
    one, many, act = LINES[kind]
    slips = [slip for row in rows for slip in row.slips if slip.kind == kind]
    oldest = max((slip.age for slip in slips if slip.is_due), default=None)
    of_schools = kind == "head"
    named = [slip.about for slip in slips] if of_schools else [row.partnership.partner_school for row in rows]
    schools = list(dict.fromkeys(school.name for school in named))
    number = len(set(named)) if of_schools else len(rows)
    since = f"Up to {oldest} school days. " if oldest and oldest > 1 else ""
    return {
        "title": (one if number == 1 else many).format(n=number),
        "text": f"{since}{some(schools)}.",
        "url": roster_url(programme, slips=kind),
        "act": act,
        "late": oldest is not None,
        "programmes": [programme],
        "also": invite_link(*INVITED[kind]) if kind in INVITED else None,
    }


def invite_link(kind, words):
    return {"url": f"{reverse('programmes:invite_many')}?kind={kind}", "words": words}


def roster_url(programme, **asked):
    return f"{reverse('reports:roster')}?{urlencode({'programme': programme.pk} | asked)}"
