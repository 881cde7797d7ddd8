"""What happened in a partnership, as it is told: its steps, and who came and went."""

import datetime as dt

from django.utils import timezone

from programmes.models import Partnership
from programmes.models.partnerships import OPEN_TO_VISITS


def history_of(partnership) -> list[dict]:
    """Everything that happened, the earliest first: on which day, what, who did it, why, and the note."""
    dated = [*acceptances(partnership), *areas(partnership), *steps(partnership)]
    dated.sort(key=lambda event: (event["on"], event["at"]))
    return sorted([*dated, *partner_teachers(partnership), *specialists(partnership)], key=lambda event: event["on"])


def steps(partnership):
    before = None
    for step in partnership.steps.all():
        yield event(step.on, step_words(before, step.status), step.by, step.reason, step.note, at=step.at)
        before = step.status


def acceptances(partnership):
    """Which school agreed when, and whose agreement was taken back: by an objection, or as others take part now."""
    for row in partnership.acceptances.all():
        yield event(timezone.localdate(row.at), f"{row.school} agreed", row.by, at=row.at)
        if at := row.taken_back_at:
            yield event(timezone.localdate(at), f"What {row.school} agreed was taken back", row.taken_back_by, at=at)


def areas(partnership):
    """From which area to which: one that was renamed since stands under the name of that day."""
    for row in partnership.area_changes.all():
        words = f"Area: {row.after}" if row.after else "In no area any more"
        words += f", before that {row.before}" if row.before else ""
        yield event(timezone.localdate(row.at), words, row.by, at=row.at)


def step_words(before, status):
    known = Partnership.Status(status).label
    if before == Partnership.Status.FOLDED:
        return f"The fold was taken back: {known.lower()} again"
    if before == Partnership.Status.PAUSED and status in OPEN_TO_VISITS:
        return f"The pause ended: {known.lower()} again"
    return known


def partner_teachers(partnership):
    """Who took over from whom, who left without a successor, and who joined after the first ones."""
    rows = list(partnership.partner_teachers.all())
    began = min((row.since for row in rows), default=None)
    joined = [row for row in rows if row.since > began]
    for left in rows:
        if not left.until:
            continue
        day = left.until + dt.timedelta(days=1)
        follower = next((row for row in joined if row.since == day), None)
        if follower:
            joined.remove(follower)
            words = f"{follower.user} took over from {left.user} as partner teacher"
            yield event(day, words, left.ended_by, left.because)
        else:
            yield event(left.until, f"{left.user} left as partner teacher", left.ended_by, left.because)
    for row in joined:
        yield event(row.since, f"{row.user} joined as partner teacher")


def specialists(partnership):
    past = list(partnership.past_specialists.all())
    followers = [row.specialist for row in past[1:]] + [partnership.specialist]
    for row, follower in zip(past, followers, strict=False):  # without a past there is nobody who followed
        first = row.until + dt.timedelta(days=1)
        words = f"{follower} took over from {row.specialist} as specialist teacher"
        yield event(first, words, row.ended_by, row.because)


def event(on, what, by=None, reason="", note="", at=None):
    return {"on": on, "what": what, "by": by, "reason": reason, "note": note, "at": at}
