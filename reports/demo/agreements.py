"""Agreements of a demo programme: signed by all in September but for a few, each of which waits for someone else."""

import datetime as dt

from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from programmes.calendar import calendar_of
from programmes.models import Agreement, AgreementText, Signature
from programmes.services.agreements import write_agreements
from programmes.services.agreements.words import shipped
from reports.demo.people import give, let_in
from reports.demo.roster import NO_HEAD, NOBODY

Capacity = Signature.Capacity
# Which partnerships wait, by their place in the list from 1 on, and for whom. One waits for people who can sign at
# once; of the others a school has no head who can sign in, or nobody can.
WAIT = {
    2: {Capacity.PARTNER, Capacity.HEAD_OF_PARTNER_SCHOOL},
    NO_HEAD: {Capacity.HEAD_OF_PARTNER_SCHOOL},
    NOBODY: {Capacity.SPECIALIST, Capacity.PARTNER, Capacity.HEAD_OF_PARTNER_SCHOOL},
}
TEN_O_CLOCK = dt.time(10)


def sign_agreements(programme, today):
    """The text is the one we ship. Whoever signed can sign in."""
    in_january = min(programme.starts_on + dt.timedelta(days=145), programme.ends_on)
    calendar = calendar_of(programme.organisation_id)
    programme.agreement_revisited_on = calendar.nearest_school_day(in_january)
    programme.save(update_fields=["agreement_revisited_on"])
    coordinators = Membership.objects.live().filter(role=Role.COORDINATOR, organisation=programme.organisation)
    coordinator = coordinators.earliest("pk").user
    made_on = min(programme.starts_on + dt.timedelta(days=9), today - dt.timedelta(days=1))
    text = AgreementText.objects.create(
        programme=programme, version=1, written_by=coordinator, written_at=at(made_on), **shipped()
    )
    partnerships = list(programme.partnerships.filter(status__in=["active", "paused"]).with_people())
    made = write_agreements(coordinator, text, partnerships, at=at(made_on, 30))
    for number, agreement in enumerate(made, 1):
        lacking = WAIT.get(number, set()) if len(made) > max(WAIT) else set()
        rows = [row for row in agreement.signatures.all() if row.capacity not in lacking]
        for place, row in enumerate(rows):
            on = min(made_on + dt.timedelta(days=1 + (number + 3 * place) % 11), today - dt.timedelta(days=1))
            put(row, programme.organisation, at(on, 7 * place + number))
        if not lacking:
            last = max(agreement.signatures.values_list("signed_at", flat=True))
            Agreement.objects.filter(pk=agreement.pk).update(completed_at=last)


def put(signature, organisation, signed_at):
    signer = signature.person or head_of(signature.school, organisation)
    let_in(signer)
    Signature.objects.filter(pk=signature.pk).update(
        signed_by=signer, signed_at=signed_at, typed_name=signer.get_full_name()
    )


def head_of(school, organisation):
    heads = Membership.objects.live().filter(role=Role.HEADTEACHER, organisation=organisation, school=school)
    if there := heads.first():
        return there.user
    domain = f"{school.urn}.schools.example"
    return give(Role.HEADTEACHER, school.head_first_name, school.head_last_name, domain, organisation, school)


def at(on, minutes=0):
    return timezone.make_aware(dt.datetime.combine(on, TEN_O_CLOCK)) + dt.timedelta(minutes=minutes)
