"""How the partnership stands: not agreed, disputed, or without anybody who can sign in."""

from functools import cache

from django.urls import reverse
from django.utils import timezone

from papers.templatetags.plain import listed
from programmes.models import Objection, Partnership
from reports.roster.facts import STARTED
from reports.roster.slips.slip import Act, Slip, Waits, for_days, school_days

AGREE_WITHIN = 10  # school days: a school may decline its pairing within 14 days


def for_the_coordinator(facts, p, kind, what, more, since, act, is_due=True, about=None):
    waits = frozenset({Waits.COORDINATOR})
    return Slip(what, more, since, facts.age(p, since), waits, kind=kind, is_due=is_due, act=act, about=about)


def not_agreed(facts):
    """The heads who have not agreed act; for one who cannot sign in or has objected the coordinator does."""
    for p in facts.under_way:
        since = facts.since(p)
        if p.status == Partnership.Status.PROPOSED and (age := facts.age(p, since)) >= AGREE_WITHIN:
            yield p, waiting_for_heads(facts, p, since, age)


def awaited_of(facts, p):
    return [school for school in p.schools if (p.pk, school.pk) not in facts.accepted]


def waiting_for_heads(facts, p, since, age):
    awaited = awaited_of(facts, p)
    objecting = {row.school_id for row in facts.objections if row.partnership_id == p.pk}
    asked = [school for school in awaited if school.pk in facts.heads and school.pk not in objecting]
    waits = {Waits.HEAD} if asked else set()
    return Slip(
        kind="proposed",
        what=f"Partnership proposed {school_days(age)} ago",
        more=f"; waits for the head{'s' if len(awaited) > 1 else ''} of {listed(awaited)}"
        if awaited
        else ", not agreed",
        since=since,
        age=age,
        waits=frozenset(waits | ({Waits.COORDINATOR} if asked != awaited or not awaited else set())),
        people=tuple(dict.fromkeys(person for school in asked for person in facts.heads[school.pk])),
        at=("programmes:agree", p.pk),
        act=None if asked and asked == awaited else Act("Settle it", p.get_absolute_url()),
        mail=f"A partnership was proposed to your school {school_days(age)} ago, and waits for you to agree or decline",
    )


def disputed(facts):
    for objection in facts.objections:
        p, since = facts.by_pk[objection.partnership_id], timezone.localdate(objection.at)
        if p.pk in facts.pks_under_way:
            verb = "declines" if objection.kind == Objection.Kind.DECLINE else "disputes"
            what, more = f"{objection.school} {verb} this pairing", for_days(facts.age(p, since), ", today")
            act = Act("Answer the school", reverse("programmes:objection_answer", args=[objection.pk]))
            yield p, for_the_coordinator(facts, p, "dispute", what, more, since, act)


def nobody_signs_in(facts):
    for p in facts.started:
        if not facts.can(facts.teachers[p.pk]):
            what, act = "Nobody of the partnership can sign in", Act("Invite the teachers", p.get_absolute_url())
            yield p, for_the_coordinator(facts, p, "nobody", what, "", facts.since(p), act, is_due=False)


def head_cannot_sign_in(facts):
    """The partner school's head, once it has been agreed; while it is proposed every head who has still to agree.

    A proposal slips from its first day: the days in which a school may decline run, and its head does not know.
    """
    for p in facts.under_way:
        since = facts.since(p)
        if p.status == Partnership.Status.PROPOSED:
            for school in awaited_of(facts, p):
                if school.pk not in facts.heads:
                    what, more = f"The head of {school} cannot sign in", ", and has not been told of this proposal"
                    act = invite_the_head(school, f"Invite the head of {school}")
                    yield p, for_the_coordinator(facts, p, "head", what, more, since, act, is_due=False, about=school)
        elif p.status in STARTED and p.partner_school_id not in facts.heads:
            what, school = "Head of the partner school cannot sign in", p.partner_school
            act = invite_the_head(school, "Invite the head")
            yield p, for_the_coordinator(facts, p, "head", what, "", since, act, is_due=False, about=school)


def invite_the_head(school, label):
    return Act(label, inviting().format(urn=school.urn))


@cache
def inviting():
    """The address is the same for all schools but for their number."""
    return f"{reverse('accounts:invite')}?role=headteacher&urn={{urn}}&next={reverse('reports:roster')}"
