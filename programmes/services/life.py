"""How a partnership moves from its enquiry to its end: which steps there are, and what each of them brings about."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.mail import post_all
from accounts.models import User
from programmes import mails
from programmes.models import DataReturn, Partnership, PartnershipStep, Programme
from programmes.services.concerned import people_concerned
from programmes.services.held import last_held, why_too_early
from programmes.services.proposals import tell_both_schools
from programmes.services.schools import list_schools_of_partnerships

Status = Partnership.Status

# Where a partnership may go, and from where. What rests or has ended may besides go back: see `stood_before`.
STEPS = {
    Status.ENQUIRY: set(),
    Status.PROPOSED: {Status.ENQUIRY},
    Status.AGREED: {Status.PROPOSED},
    Status.ACTIVE: {Status.AGREED},
    Status.PAUSED: {Status.ACTIVE, Status.EMBEDDING},
    Status.COMPLETED: {Status.ACTIVE, Status.EMBEDDING},
    Status.EMBEDDING: {Status.COMPLETED},
    Status.FOLDED: {Status.ENQUIRY, Status.PROPOSED, Status.AGREED, Status.ACTIVE, Status.EMBEDDING, Status.PAUSED},
}
ENDED = frozenset({Status.COMPLETED, Status.FOLDED})
INTERRUPTED = ENDED | {Status.PAUSED}  # from there it goes back to where it stood before
BEFORE_THE_YEAR = frozenset({Status.ENQUIRY, Status.PROPOSED, Status.AGREED, Status.FOLDED})
AHEAD = dt.timedelta(days=365)

REASONS = [
    "Staff change",
    "Illness or long absence",
    "No capacity at present",
    "No cover to be found",
    "Ofsted inspection",
    "The school closes or merges",
    "Declined by the school",
]
REASONS_TO_TAKE_BACK = ["Recorded by mistake", "The school can go on after all"]
ANOTHER_REASON = "Another reason"  # a note says which

# What a step is called on its button.
ACTS = {
    Status.ENQUIRY: "Back to an enquiry",
    Status.PROPOSED: "Propose this partnership",
    Status.AGREED: "Mark as agreed",
    Status.ACTIVE: "Start this partnership",
    Status.PAUSED: "Pause this partnership",
    Status.COMPLETED: "Mark as completed",
    Status.EMBEDDING: "Mark as embedding",
    Status.FOLDED: "Fold this partnership",
}
GOES_BACK = {
    Status.FOLDED: "Take the fold back",
    Status.COMPLETED: "Take “completed” back",
    Status.PAUSED: "End the pause",
}

MOVED_MEANWHILE = (
    "Someone else moved this partnership a moment ago, and nothing of yours was saved. See how it stands now."
)

# What folding a partnership brings about, in order and in its transaction: (person, partnership, last day). Apps to
# the right append theirs in AppConfig.ready; what AFTER_TAKING_BACK holds undoes it as far as that can be done.
# What a function of AFTER_FOLD returns, a list of `Enclosure`, goes with the mail about the fold.
AFTER_FOLD = []
AFTER_TAKING_BACK = []
# What the page before a fold says besides: (partnership, last day) -> sentences.
TOLD_BEFORE_FOLD = []
# What the page before a fold is taken back says besides: (partnership) -> sentences.
TOLD_BEFORE_TAKING_BACK = []
AFTER_AGREEING = []  # of one that is agreed or active now


@dataclass(frozen=True)
class Enclosure:
    """What the mail about a step holds besides for one person: words, and perhaps a file for the calendar."""

    person: User
    words: str
    file: str = ""
    method: str = ""


class WrongStep(Exception):
    """The step is not open; the sentence says why to the person who would take it."""


class MovedMeanwhile(WrongStep):
    """Someone else moved the partnership first."""


class WrongDay(WrongStep):
    """The day does not fit the history or the year."""


@transaction.atomic
def move(person, partnership, status, *, on, reason="", note="", told=frozenset()) -> Partnership:
    """Take one step, dated and with its reason, and all that follows from it; or nothing, and WrongStep says why.

    It starts from the status in which the caller read the partnership: of two who move it at once, one wins and the
    other gets MovedMeanwhile. Whoever is `told` otherwise gets no mail about it.
    """
    status, before = Status(status), Status(partnership.status)
    check(partnership, status, on, reason)
    ended_on = on if status in ENDED else None
    moved = Partnership.objects.filter(pk=partnership.pk, status=before)
    if not moved.update(status=status, ended_on=ended_on, reason=reason):
        raise MovedMeanwhile(MOVED_MEANWHILE)
    partnership.refresh_from_db(fields=["status", "ended_on", "reason"])
    PartnershipStep.objects.create(partnership=partnership, status=status, on=on, reason=reason, note=note, by=person)
    audit.record(person, "partnership moved", partnership, about=f"{before} to {status}")
    enclosed = []
    if status == Status.FOLDED:
        enclosed = call_each(AFTER_FOLD, person, partnership, on)
    elif before == Status.FOLDED:
        call_each(AFTER_TAKING_BACK, person, partnership, on)
    if status in {Status.AGREED, Status.ACTIVE}:
        list_schools_of_partnerships(partnership.programme)
        call_each(AFTER_AGREEING, person, partnership, on)
    tell(person, partnership, before, on, told, enclosed)
    return partnership


def check(partnership, status, on, reason):
    before = Status(partnership.status)
    if partnership.programme.status == Programme.Status.CLOSED:
        raise WrongStep("This programme is closed, and its partnerships stay as they are.")
    if before not in STEPS[status] and not goes_back(partnership, status):
        raise WrongStep(not_from_here(partnership, status))
    if needs_reason(before, status) and not reason:
        raise WrongStep("Say why.")
    first, last = days_for(partnership, status)
    if not first <= on <= last:
        raise WrongDay(wrong_day(first, last))
    if sentence := why_too_early(on, held_before(partnership, status), status in ENDED):
        raise WrongDay(sentence)


def not_from_here(partnership, status):
    now = Status(partnership.status).label.lower()
    return f"This partnership is {now} now, and cannot become {Status(status).label.lower()} from there."


def wrong_day(first, last):
    return (
        f"Give a day from {first:%-d %B %Y} to {last:%-d %B %Y}: not before the last step, and in the year of the "
        "programme."
    )


def needs_reason(before, status):
    """Whether someone will ask why: a pause, a fold, and an end that is taken back."""
    stops = status in {Status.PAUSED, Status.FOLDED}
    return stops or before == Status.FOLDED or (before == Status.COMPLETED and status != Status.EMBEDDING)


def goes_back(partnership, status):
    return partnership.status in INTERRUPTED and status == stood_before(partnership)


def act_of(partnership, status) -> str:
    """What the step is called from here."""
    if goes_back(partnership, status):
        return GOES_BACK[partnership.status]
    return ACTS[status]


def acts_of(partnership) -> list[tuple[str, str]]:
    """The steps that are open from here: each status with what the step is called, the ends last."""
    return [(status, act_of(partnership, status)) for status in steps_from(partnership)]


def reasons_for(partnership, status) -> list[str]:
    """The reasons to choose from; none where nobody will ask why."""
    if not needs_reason(partnership.status, status):
        return []
    return [*(REASONS_TO_TAKE_BACK if goes_back(partnership, status) else REASONS), ANOTHER_REASON]


def stood_before(partnership):
    """Where a partnership stood before its pause or its end, to which it may go back; None when it runs."""
    steps = [Status(step.status) for step in reversed(partnership.steps.all())]
    if partnership.status == Status.PAUSED:
        return next((status for status in steps if status not in INTERRUPTED), Status.ACTIVE)
    if partnership.status in ENDED:
        return next((status for status in steps if status != partnership.status), None)
    return None


def steps_from(partnership) -> list:
    """The statuses that are open from here, in the order of a partnership's life; none in a closed programme."""
    if partnership.programme.status == Programme.Status.CLOSED:
        return []
    back = stood_before(partnership)
    return [status for status in Status if partnership.status in STEPS[status] or status == back]


def days_for(partnership, status) -> tuple[dt.date, dt.date]:
    """The first and the last day that a step may have: not before the last one, in the programme's year, not to come.

    What prepares the year may lie in the year before it. Before the year begins its first day is the last one.
    """
    programme, latest = partnership.programme, partnership.steps.aggregate(on=Max("on"))["on"]
    first = programme.starts_on - (AHEAD if status in BEFORE_THE_YEAR else dt.timedelta(0))
    first = max(first, latest) if latest else first
    last = min(max(timezone.localdate(), programme.starts_on), programme.ends_on)
    return first, max(first, last)


def held_before(partnership, status) -> dt.date | None:
    """The last day that took place, where such a step stops the partnership: none is left after it."""
    stops = (status in ENDED or status == Status.PAUSED) and not goes_back(partnership, status)
    return last_held(partnership) if stops else None


def day_of_step(partnership, status) -> dt.date:
    """Today, or the nearest day to it that such a step may have."""
    first, last = days_for(partnership, status)
    return min(max(timezone.localdate(), first), last)


def call_each(functions, *args) -> list:
    """What they return, together."""
    return [row for function in functions for row in function(*args) or ()]


def close_returns(person, partnership, on):
    """No grade of a partnership that has folded is asked for any more. What was submitted and whole stays so.

    It comes before the missing grades get their reason, which would make every return look whole.
    """
    partnership.returns.unfinished().update(state=DataReturn.State.CLOSED)


def open_returns(person, partnership, on):
    closed = partnership.returns.filter(state=DataReturn.State.CLOSED)
    closed.filter(submitted_at=None).update(state=DataReturn.State.OPEN)
    closed.update(state=DataReturn.State.SUBMITTED)


AFTER_FOLD.append(close_returns)
AFTER_TAKING_BACK.append(open_returns)


def mail_about(before, status):
    """The mail that tells of such a step, or None where nobody needs one."""
    if status == Status.FOLDED:
        return mails.FOLDED
    if status == Status.PAUSED and before != Status.FOLDED:
        return mails.PAUSED
    return mails.GOES_ON if before in {Status.PAUSED, Status.FOLDED} else None


def tell(person, partnership, before, on, told=frozenset(), enclosed=()):
    """A mail to everyone concerned but to whoever did it; an enquiry that becomes a proposal is put to both schools.

    What is enclosed reaches its reader also where the step itself is told otherwise.
    """
    if (before, partnership.status) == (Status.ENQUIRY, Status.PROPOSED):
        if partnership.programme.status == Programme.Status.ACTIVE:
            tell_both_schools(person, partnership, on)
        return
    kind = mail_about(before, Status(partnership.status))
    if kind is None:
        return
    letters = defaultdict(list)
    for someone in people_concerned(partnership):
        own = [row for row in enclosed if row.person == someone]
        if someone == person or (someone in told and not own):
            continue
        file, method = next(((row.file, row.method) for row in own if row.file), ("", ""))
        context = {"partnership": partnership, "on": on, "enclosed": [row.words for row in own]}
        letters[method].append((someone, context, file))
    whose = {"about": partnership, "organisation": partnership.programme.organisation, "by": person}
    for method, written in letters.items():
        post_all(kind, written, **whose, method=method)
