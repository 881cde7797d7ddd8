"""How a visit stands, in words that say who has to act; every page and paper says it as this module does."""

from typing import NamedTuple

from papers.templatetags.plain import listed, longday
from visits.models import Half, Visit
from visits.planning.what_took import may_have_lost, what_took


class Standing(NamedTuple):
    """A code for whoever draws it, and the words."""

    code: str  # cancelled, done, rests, record, move, proposed, wait, today or confirmed
    words: str


def standings_of(visits, today) -> dict[int, Standing]:
    """By visit, of those that were read `with_standing()`."""
    took = what_took(visits, today)
    return {visit.pk: standing_of(visit, today, took.get(visit.pk, "")) for visit in visits}


def standing_of(visit, today, took="") -> Standing:
    """Of a visit that was read `with_standing()`; `took` is why its half-day is gone."""
    if visit.status == Visit.Status.CANCELLED:
        return Standing("cancelled", "Cancelled")
    if visit.recorded_at:
        return Standing(
            "done", "Took place" if visit.signed_off_at else "Took place, and its record waits to be signed"
        )
    if visit.is_resting:
        return Standing("rests", "Rests while the partnership is paused")
    if visit.on < today:
        who = listed(visit.partnership.teachers, "or")
        return Standing("record", f"Waiting for {who} to write the record")
    asked = waits_for_an_answer(visit)
    if took and may_have_lost(visit, today):
        return Standing("move", f"Must move: {took}. {asked or waits_for_a_half_day(visit)}")
    if asked:
        return Standing("proposed", asked)
    if waiting := visit.waiting_for:
        return Standing("wait", f"Waiting for {listed(waiting)} to confirm")
    return Standing("today", "Today") if visit.on == today else Standing("confirmed", "Confirmed")


def waits_for_an_answer(visit) -> str:
    """Empty where no other time is proposed."""
    if not (proposal := visit.proposal):
        return ""
    who = listed([t for t in visit.partnership.teachers if t.pk != proposal.by_id] or ["the coordinator"], "or")
    on = f"{longday(proposal.on)}, {proposal.get_half_display()}"
    return f"Waiting for {who} to answer: {proposal.by} proposes {on}"


def waits_for_a_half_day(visit) -> str:
    """Any of its teachers may choose another one, and so may the coordinator."""
    who = [*visit.partnership.teachers, "the coordinator"]
    return f"Waiting for {listed(who, 'or')} to choose another half-day"


def history_of(visit) -> list[dict]:
    """Its changes, the latest first: what, when and by whom, from where to where, why, and what it cost."""
    rows = visit.changes.select_related("by", "before_host", "after_host").order_by("-at", "-pk")
    return [
        {
            "what": row.get_what_display(),
            "at": row.at,
            "by": row.by,
            "where": from_and_to(row),
            "reason": row.reason,
            "late": row.late_specialist_half_days + row.late_partner_half_days,
        }
        for row in rows
    ]


def from_and_to(row):
    """From Tuesday 9 February, morning, to Thursday 11 February, afternoon, at Alder School."""
    before, after = (half_day(row.before_on, row.before_half), half_day(row.after_on, row.after_half))
    if row.before_on is None:
        return f"For {after}, at {row.after_host}." if after else ""
    told = [f"From {before} to {after}"] if after and after != before else []
    if row.after_host_id and row.after_host_id != row.before_host_id:
        told.append(f"at {row.after_host} instead of {row.before_host}")
    sentence = ", ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}." if told else ""


def half_day(on, half):
    return f"{longday(on)}, {Half(half).label}" if on and half else ""
