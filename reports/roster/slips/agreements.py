"""The agreement that somebody has not signed, or that nobody has made."""

import datetime as dt
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from papers.templatetags.plain import listed
from programmes.models import Signature
from reports.roster.facts import STARTED
from reports.roster.slips.slip import Act, Slip, Waits, day_words, school_days

SIGN_WITHIN = 5  # school days: a head has a week before it counts as slipping
SOON = dt.timedelta(days=7)  # a visit before then is under way
HEADS = {Signature.Capacity.HEAD_OF_PARTNER_SCHOOL, Signature.Capacity.HEAD_OF_HOME_SCHOOL}


def is_head(signature):
    return signature.capacity in HEADS


def signers(signatures):
    """Who signs: teachers by their name, heads by their school; each once."""
    who = [f"the head of {each.school}" if is_head(each) else str(each.person) for each in signatures]
    return list(dict.fromkeys(who))


def unsigned_agreements(facts):
    for p in facts.under_way:
        agreement = facts.agreements.get(p.pk)
        slip = unmade(facts, p) if agreement is None else unsigned(facts, p, agreement)
        if slip is None:
            continue
        if slip.age >= SIGN_WITHIN:
            yield p, slip
        elif p.pk not in facts.ever_signed and visits_are_under_way(facts, p):
            yield p, at_once(slip)


def visits_are_under_way(facts, p):
    """One took place, or is planned for a day that is past or in the week ahead."""
    return any(not visit.is_planned or visit.on < facts.today + SOON for visit in facts.visits.get(p.pk, []))


def at_once(slip):
    """The first visit is not to come before the signatures, so the days to sign are over."""
    what = "Agreement unsigned" if slip.about else "No agreement to sign"
    return replace(
        slip,
        what=f"{what}, and visits are under way",
        more=slip.more if slip.about else "",
        mail="The agreement of the partnership waits for your signature, and visits are under way"
        if slip.about
        else "",
    )


def unmade(facts, p):
    """Of a programme that has an agreement, a started partnership without one; the partner teacher is named first."""
    if p.programme_id not in facts.programmes_with_agreements or p.status not in STARTED:
        return None
    since = facts.since(p)
    age, url = facts.age(p, since), reverse("programmes:agreement_make", args=[p.programme.slug])
    return Slip(
        kind="agreement",
        what="No agreement to sign",
        more=f"; {p.get_status_display().lower()} for {school_days(age)}",
        since=since,
        age=age,
        waits=frozenset({Waits.COORDINATOR}),
        act=Act("Make the agreement", f"{url}?partnership={p.pk}") if facts.partner_teachers[p.pk] else None,
    )


def unsigned(facts, p, agreement):
    waiting = [signature for signature in agreement.signatures.all() if not signature.is_signed]
    if not waiting:
        return None
    made = timezone.localdate(facts.unsigned_since[p.pk])
    joined = {t.user_id: t.since for t in facts.partner_sides.get(p.pk, ()) if t.until is None and t.since > made}
    since = min(joined.get(signature.person_id, made) for signature in waiting)
    age = facts.age(p, since)
    if len(waiting) == 1 and waiting[0].person_id in joined:
        more = f"; {waiting[0].person} joined on {day_words(since, facts)}"
    else:
        more = f"; waits for {listed(signers(waiting))}"
    return Slip(
        kind="agreement",
        what=f"Agreement unsigned for {school_days(age)}",
        more=more,
        since=since,
        age=age,
        waits=frozenset(Waits.HEAD if is_head(signature) else Waits.TEACHER for signature in waiting),
        people=tuple(dict.fromkeys(person for signature in waiting for person in who_signs(facts, signature))),
        at=("programmes:agreement", agreement.pk),
        mail=f"The agreement of the partnership has waited {school_days(age)} for your signature",
        about=agreement,
    )


def who_signs(facts, signature):
    return facts.heads.get(signature.school_id, []) if is_head(signature) else facts.can([signature.person])
