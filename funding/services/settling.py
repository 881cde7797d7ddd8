"""What a side was paid too much, and what it is still to get: brought up to what is true now, whenever what it rests on
has changed, and every night. What was asked for and comes to something else is ended and worked out anew; what came
back stays, and the difference is asked back or paid besides."""

from collections import Counter
from decimal import Decimal
from textwrap import shorten

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from funding.amounts import OF_SHARES, half_days_of, required_of
from funding.facts import SIDES, used_by
from funding.figures import PENNY, ZERO
from funding.models import FundingPlan, PlanItem, Recovery, Release, VisitNotHeld, WrongState
from funding.standing import PlanStanding, standing_of
from papers.templatetags.plain import money
from programmes.models import Partnership, PartnerTeacher

State, Reason = Recovery.State, Recovery.Reason
LONGEST = Recovery._meta.get_field("because").max_length
LIVE = [State.PROPOSED, State.REQUESTED, State.APPROVED]


def follow_use(person, partnerships, why):
    """Of `visits.used.AFTER_USE`. Where nothing is approved or paid yet the open stages say what is due as it is."""
    paid = Release.objects.fixed().filter(partnership=OuterRef("pk"))
    rows = Partnership.objects.filter(Exists(paid) | Q(status=Partnership.Status.FOLDED), pk__in=partnerships)
    found = {}
    for pk, programme in rows.values_list("pk", "programme"):
        found.setdefault(programme, set()).add(pk)
    for plan in FundingPlan.objects.in_force().filter(programme__in=found).order_by("pk"):
        settle(plan, found[plan.programme_id], why, person)


@transaction.atomic
def settle(plan: FundingPlan, partnerships=None, why="", person=None) -> list[Recovery]:
    """Of all partnerships of the plan, or of these (keys): what is worked out, asked for or approved to be asked back
    is what was paid too much, and one that has folded has a release for what is still due. Those that are new.

    `why` says what has changed, to whoever asked or approved. Whatever is done twice changes nothing the second time.
    """
    plan = FundingPlan.objects.select_for_update().get(pk=plan.pk)
    if not plan.is_in_force:
        return []
    standing = standing_of(plan, partnerships)
    keys = list(standing.facts.partnerships)
    rows = plan.recoveries.filter(Q(state__in=LIVE) | Q(is_kept=True), partnership__in=keys).order_by("pk")
    live, kept = {}, Counter()
    for row in rows.select_for_update(of=["self"]):
        if row.is_kept:
            kept[row.partnership_id, row.side] += row.amount
        else:
            live[row.partnership_id, row.side] = row
    found = []
    for partnership in standing.facts.partnerships.values():
        for side in SIDES:
            if partnership.status == Partnership.Status.FOLDED:
                pay_what_was_used(standing, partnership, side, person or plan.activated_by)
            key = partnership.pk, side
            if row := settle_side(standing, partnership, side, live.get(key), kept[key], why):
                found.append(row)
    return found


def pay_what_was_used(standing: PlanStanding, partnership, side, person):
    """An open stage of a partnership that has folded is not paid where nothing is due any more, and one that has
    something to pay has its release."""
    account = standing.accounts[partnership.pk, side]
    releases = standing.facts.releases_of(partnership, side)
    dead = [
        release.pk
        for release, lines in zip(releases, account.lines, strict=True)
        if release is not None and release.is_open and not lines
    ]
    Release.objects.filter(pk__in=dead, state=Release.State.OPEN).update(
        state=Release.State.VOIDED,
        voided_by=person,
        voided_at=timezone.now(),
        voided_because="The partnership has folded.",
    )
    missing = [
        Release(stage=stage, partnership=partnership, side=side)
        for stage, release, lines in zip(standing.facts.stages, releases, account.lines, strict=True)
        if release is None and lines
    ]
    Release.objects.bulk_create(missing)


def settle_side(standing, partnership, side, live, kept, why) -> Recovery | None:
    """What is owed by now is asked back by one row, and by no other."""
    amount = -standing.accounts[partnership.pk, side].left_over - kept
    if live and live.amount == amount:
        return None
    if live:
        stands = f"it comes to {money(amount)} now" if amount > ZERO else "nothing is owed any more"
        anew = f"It was worked out anew: {stands}."
        because = f"{shorten(why, LONGEST - len(anew) - 1, placeholder=' ...')} {anew}".strip()
        step(live, LIVE, state=State.DROPPED, because=because, ended_on=timezone.localdate(), offset_in=None)
    return work_out(standing, partnership, side, amount, kept) if amount > ZERO else None


def work_out(standing: PlanStanding, partnership, side, amount, kept) -> Recovery:
    paid = [row for row in standing.rows if key_of(row) == (partnership.pk, side) and row.release.is_fixed]
    row = Recovery(
        plan=standing.facts.plan,
        partnership=partnership,
        side=side,
        school=paid[-1].release.school,
        stage=paid[-1].stage,
        reason=reason_of(standing.facts, partnership, side),
        amount=amount,
        half_days_paid=half_days_paid(standing, paid),
        half_days_used=used_by([partnership.pk])[partnership.pk, side],
    )
    row.working = working_of(standing, row, kept)
    row.save()
    return row


def key_of(row) -> tuple:
    return row.partnership.pk, row.side


def half_days_paid(standing, paid) -> Decimal:
    shares = sum((line.amount for row in paid for line in row.lines if line.kind in OF_SHARES), ZERO)
    return (shares / standing.facts.plan.rate).quantize(PENNY)


def reason_of(facts, partnership, side) -> str:
    """Why it was too much: what weighs most of what is known."""
    if partnership.status == Partnership.Status.FOLDED:
        return Reason.FOLDED
    less = [item for item, own in events_of(facts, partnership, side) if own < item.half_days(side)]
    if any((partnership.pk, item.pk) in facts.not_held and item.half_days(side) for item in facts.items):
        return Reason.NOT_HELD
    return Reason.ABSENT if less else Reason.CHANGED


def events_of(facts, partnership, side) -> list[tuple[PlanItem, int]]:
    """The events that this side is paid for, each with the half-days its register says."""
    known = [(item, facts.event_half_days.get((partnership.pk, side, item.pk))) for item in facts.items]
    return [(item, own) for item, own in known if own is not None]


def working_of(standing: PlanStanding, row: Recovery, kept) -> list[str]:
    """How it was worked out, line by line, so that whoever asks for it or approves it can check the sum."""
    facts, partnership, side = standing.facts, row.partnership, row.side
    paid = f"{row.half_days_paid.normalize():f}"
    events = events_of(facts, partnership, side)
    at_events = sum(own for _, own in events)
    if row.reason == Reason.FOLDED:
        words = f"{paid} paid, {row.half_days_used} used, by the release ledger of visits, and {at_events} at events, "
        lines, less = [f"{words}by their registers"], [row.half_days_used, at_events]
    else:
        half_days, _ = required_of(facts, partnership, side)
        lines, less = [f"{paid} paid, {half_days} funded as things stand now"], [half_days]
        lines += not_held_words(facts, partnership, side)
        lines += [
            f"{item.name}: {own} of {item.half_days(side)}, by its register"
            for item, own in events
            if own < item.half_days(side)
        ]
    with_others = facts.paid_with
    lines += [
        f"{item.name} is paid with {with_others[partnership.pk, side, item.pk]}, where the same teacher is"
        for item, _ in events
        if (partnership.pk, side, item.pk) in with_others
    ]
    lines += [
        f"{line.words}: {money(line.amount)} was paid, and it is not recorded any more"
        for line in facts.untrue.get((partnership.pk, side), ())
    ]
    return lines + sum_of(facts, row, less, kept)


def not_held_words(facts, partnership, side) -> list[str]:
    items = [item for item in facts.items if half_days_of(facts, partnership, side, item) < item.half_days(side)]
    marks = VisitNotHeld.objects.filter(item__in=items, partnership=partnership, withdrawn_at=None)
    marks = marks.select_related("item").order_by("item__step__order", "pk")
    return [
        f"{mark.item.name} did not take place: {mark.because.rstrip('.')}"
        for mark in marks
        if (partnership.pk, mark.item_id) in facts.not_held
    ]


def sum_of(facts, row, less, kept) -> list[str]:
    """The sum, where half-days at the rate of the plan make it: not so where the rate has changed since."""
    rate = facts.plan.rate
    too_many = row.half_days_paid - sum(less)
    returned = facts.returned.get((row.partnership.pk, row.side), ZERO)
    untrue = sum((line.amount for line in facts.untrue.get((row.partnership.pk, row.side), ())), ZERO)
    if abs(too_many * rate + untrue - returned - kept - row.amount) > rate * Decimal("0.005") + PENNY:
        return []
    words = " less ".join(f"{number:f}" for number in (row.half_days_paid.normalize(), *map(Decimal, less)))
    line = f"{words} is {too_many.normalize():f}: at {money(rate)} for a half-day, "
    parts = [f"and {money(untrue)} for what is not recorded any more"] if untrue else []
    parts += [f"less {money(returned)} that came back already"] if returned else []
    parts += [f"less {money(kept)} that the school may keep"] if kept else []
    if not parts:
        return [f"{line}{money(row.amount)}"]
    return [f"{line}{money(too_many * rate)}, {', '.join(parts)}, is {money(row.amount)}"]


def step(recovery: Recovery, before, **fields) -> Recovery:
    """One step in one UPDATE: of two people pressing the button, one wins."""
    if not Recovery.objects.filter(pk=recovery.pk, state__in=before).update(**fields):
        recovery.refresh_from_db()
        raise WrongState(f"It is already \u201c{recovery.get_state_display().lower()}\u201d.")
    recovery.refresh_from_db()
    return recovery


def siblings(partnership: Partnership) -> set[int]:
    """The others of the programme in which one of its teachers is: events are paid once, with the first of them."""
    people = list(PartnerTeacher.objects.filter(partnership=partnership).values_list("user", flat=True))
    others = Partnership.objects.filter(programme=partnership.programme_id).exclude(pk=partnership.pk)
    same = Q(specialist=partnership.specialist_id) | Q(partner_teachers__user__in=people)
    return set(others.filter(same).values_list("pk", flat=True))
