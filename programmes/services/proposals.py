"""A new partnership: proposed to both schools, who are told once the programme runs."""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.http import urlencode

from accounts import audit
from accounts.mail import post_all
from accounts.models import Membership, School
from accounts.roles import Role
from programmes.mails import PAIRING_PROPOSED
from programmes.models import Objection, Partnership, PartnershipStep, Programme


def propose(person, programme, specialist, school, subject, year_group, area=None, on=None) -> Partnership:
    """The pair is proposed, and in a programme that runs both heads and the teachers who can sign in are told.

    Trusts that the caller holds the programme's row, so that references and room are counted by one at a time.
    """
    on = on or timezone.localdate()
    with transaction.atomic():
        partnership = Partnership.objects.create(
            programme=programme,
            ref=next_ref(programme),
            specialist=specialist,
            partner_school=school,
            subject=subject,
            year_group=year_group,
            area=area,
            status=Partnership.Status.PROPOSED,
        )
        PartnershipStep.objects.create(partnership=partnership, status=partnership.status, on=on, by=person)
        audit.record(person, "partnership proposed", partnership)
        if programme.status == Programme.Status.ACTIVE:
            tell_both_schools(person, partnership, on)
    return partnership


def tell_of_draft(person, programme):
    """The programme has started: what the draft proposed is proposed today, and both schools are told."""
    today = timezone.localdate()
    waiting = programme.partnerships.filter(status=Partnership.Status.PROPOSED)
    PartnershipStep.objects.filter(partnership__in=waiting, status=Partnership.Status.PROPOSED).update(on=today)
    for partnership in waiting.with_people().order_by("ref"):
        tell_both_schools(person, partnership, today)


def next_ref(programme) -> str:
    """P51 after P50: one more than the greatest number of that form."""
    refs = programme.partnerships.values_list("ref", flat=True)
    numbers = [int(found[1]) for ref in refs if (found := re.fullmatch(r"P(\d{1,9})", ref))]
    return f"P{max(numbers, default=0) + 1:02}"


def tell_both_schools(person, partnership, on):
    teachers = [partnership.specialist.user]
    heads = [m.user for m in heads_of(partnership)]
    letters = [
        (to, {"partnership": partnership, "until": on + Objection.WITHIN, "is_head": to in heads})
        for to in dict.fromkeys([*heads, *teachers])
        if to != person
    ]
    post_all(PAIRING_PROPOSED, letters, about=partnership, organisation=partnership.programme.organisation, by=person)


def out_of_reach(partnerships) -> list[School]:
    """The schools of these proposed partnerships, all of one running programme, where no head can sign in."""
    programme = partnerships[0].programme
    if programme.status != Programme.Status.ACTIVE:
        return []
    schools = {s.pk: s for p in partnerships for s in (p.partner_school, p.specialist.home_school)}
    heads = Membership.objects.live().filter(
        role=Role.HEADTEACHER, organisation=programme.organisation_id, school__in=schools, user__is_active=True
    )
    reached = set(heads.values_list("school", flat=True))
    return sorted((school for pk, school in schools.items() if pk not in reached), key=lambda school: school.name)


def way_to_head(school, back) -> str:
    """The query with which the invitation of this school's head is filled in, and leads back."""
    return urlencode({"role": Role.HEADTEACHER, "urn": school.urn, "next": back})


def who_is_told(partnerships) -> str:
    """Whether the schools of these proposed partnerships, all of one programme and within reach, hear of it by now."""
    if partnerships[0].programme.status != Programme.Status.ACTIVE:
        return "The schools are told when the programme is started."
    if len(partnerships) > 1:
        return "The schools of each are told."
    return "The school is told." if partnerships[0].is_in_own_school else "Both schools are told."


def schools_without_head(partnership) -> list[School]:
    """Those of its schools whose head cannot sign in, and so hears of nothing."""
    reached = {m.school_id for m in heads_of(partnership) if m.user.is_active}
    return [school for school in partnership.schools if school.pk not in reached]


def heads_of(partnership):
    """Memberships of the heads of either school who are so today, deputies included."""
    return (
        Membership.objects.live()
        .filter(
            role=Role.HEADTEACHER,
            organisation=partnership.programme.organisation_id,
            school__in=[partnership.partner_school_id, partnership.specialist.home_school_id],
        )
        .select_related("user", "school")
        .order_by("pk")
    )
