"""The lines about agreements: what waits for one's own signature, for others', and to be looked at again."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import Agreement, Partnership, Revisit, Signature
from programmes.services import agreements
from reports.dashboards.rows import mine
from reports.dashboards.to_do import day_of, some

LATE_AFTER = dt.timedelta(days=14)


def signing_items(user, acting, today):
    """A line for each agreement that waits for this person, in the role as which they work."""
    items = []
    rows = mine(Agreement, user, acting, "agreements.sign").waiting().with_signatures().order_by("made_at", "pk")
    for agreement in rows.filter(pk__in=unsigned(user, acting).values("agreement"))[:20]:
        (own, *_) = [row for row in agreement.signatures.all() if not row.is_signed and is_own(row, user, acting)]
        asked = timezone.localdate(own.asked_at)
        signed = sum(row.is_signed for row in agreement.signatures.all())
        items.append(
            {
                "title": f"Sign the agreement of {agreement.sections['partner_school']}, {agreement.sections['label']}",
                "text": f"{signed} of {len(agreement.signatures.all())} {'has' if signed == 1 else 'have'} signed. "
                "It takes four minutes to read.",
                "url": agreement.get_absolute_url(),
                "when": f"Waits for you since {day_of(asked, today)}",
                "late": today - asked > LATE_AFTER,
            }
        )
    return items


def unsigned(user, acting):
    """Signatures that are missing in the capacity of this role, in this place."""
    rows = Signature.objects.filter(signed_at=None)
    if acting.role == Role.HEADTEACHER:
        return rows.filter(capacity__in=Signature.HEADS, school=acting.school_id)
    return rows.filter(capacity=capacity_of(acting), person=user)


def is_own(row, user, acting):
    if acting.role == Role.HEADTEACHER:
        return row.is_of_a_head and row.school_id == acting.school_id
    return row.capacity == capacity_of(acting) and row.person_id == user.pk


def capacity_of(acting):
    return Signature.Capacity.SPECIALIST if acting.role == Role.SPECIALIST else Signature.Capacity.PARTNER


def revisit_items(user, acting, today):
    """A line for each agreement that the teacher looks at again, until the own side has said that it holds."""
    side = Revisit.Side.SPECIALIST if acting.role == Role.SPECIALIST else Revisit.Side.PARTNER
    rows = agreements.to_revisit(mine(Agreement, user, acting, "agreements.revisit"), today)
    return [
        {
            "title": f"Does the agreement still hold? {row.sections['partner_school']}, {row.sections['label']}",
            "text": "Read it once more and say so, or tell the coordinator what has to change.",
            "url": row.get_absolute_url(),
            "when": f"Since {day_of(row.partnership.programme.agreement_revisited_on, today)}",
        }
        for row in rows.filter(agreements.unsaid_by(side)).select_related("partnership__programme").order_by("pk")[:20]
    ]


def coordinating_items(user, acting, today, radar):
    """For the coordinator: how many wait for signatures, how many partnerships have none, how many to look at again.

    One line has them all, with how many of them the radar shows because they have waited too long.
    """
    theirs = mine(Agreement, user, acting, "agreements.manage")
    slips = [slip for rows in radar.values() for row in rows for slip in row.slips if slip.kind == "agreement"]
    late = {slip.about.pk: slip.age for slip in slips if slip.about}
    waiting = theirs.waiting().order_by("made_at", "pk")
    to_revisit = agreements.to_revisit(theirs, today).order_by("pk")
    return [
        *waiting_item(list(waiting.select_related("partnership__programme")), late, today),
        *lacking_items(user, acting),
        *revisit_item(list(to_revisit.select_related("partnership__programme"))),
    ]


def waiting_item(rows, late, today):
    if not rows:
        return []
    one, since = len(rows) == 1, timezone.localdate(rows[0].made_at)
    slow = [row for row in rows if row.pk in late]
    days = max((late[row.pk] for row in slow), default=0)
    return [
        {
            "title": f"{len(rows)} agreement{' waits' if one else 's wait'} for signatures",
            "text": f"{some(sorted({row.sections['partner_school'] for row in rows}))}. "
            f"{'Since' if one else 'The first since'} {day_of(since, today)}."
            + (f" {too_long(len(slow), len(rows), days)}" if slow else ""),
            "url": rows[0].get_absolute_url() if one else f"{reverse('programmes:agreements')}?state=waiting",
            "late": bool(slow),
            "act": "See who has not signed",
            "programmes": of_partnerships(rows),
        }
    ]


def too_long(slow, of_all, days):
    """2 of them slip, after up to 51 school days; the others are still in time."""
    after = f"after {'' if slow == 1 else 'up to '}{days} school day{'' if days == 1 else 's'}"
    if of_all == 1:
        return f"It slips, {after}."
    if slow == of_all:
        return f"All of them slip, {after}."
    rest = of_all - slow
    others = "the other is" if rest == 1 else f"the other {rest} are"
    return f"{slow} of them {'slips' if slow == 1 else 'slip'}, {after}; {others} still in time."


def of_partnerships(rows):
    """The programmes of these agreements, each once."""
    return list(dict.fromkeys(row.partnership.programme for row in rows))


def lacking_items(user, acting):
    without = agreements.lacking(mine(Partnership, user, acting, "agreements.manage"))
    counts = agreements.count_by_programme(without)
    return [
        {
            "title": f"{count} partnership{' has' if count == 1 else 's have'} no agreement yet",
            "text": "Teachers and headteachers sign it before the first visit.",
            "url": reverse("programmes:agreement_make", args=[programme.slug]),
            "act": f"Make the agreement{'' if count == 1 else 's'}",
            "programmes": [programme],
        }
        for programme, count, _ in counts
        if count
    ] + [
        {
            "title": f"{count} partnership{'' if count == 1 else 's'} cannot have an agreement yet",
            "text": "Nobody could sign for the partner school's side: a partner teacher has to be added first.",
            "url": reverse("programmes:agreement_make", args=[programme.slug]),
            "act": "See which partnership" if count == 1 else "See which partnerships",
            "programmes": [programme],
        }
        for programme, _, count in counts
        if count
    ]


def revisit_item(rows):
    if not rows:
        return []
    one = len(rows) == 1
    return [
        {
            "title": f"{len(rows)} agreement{' is' if one else 's are'} to be looked at again",
            "text": f"{some(sorted({row.sections['partner_school'] for row in rows}))}. "
            "The teachers of both sides say whether it still holds; you can for both.",
            "url": rows[0].get_absolute_url() if one else f"{reverse('programmes:agreements')}?state=revisit",
            "act": "See the agreement" if one else "See which agreements",
            "programmes": of_partnerships(rows),
        }
    ]
