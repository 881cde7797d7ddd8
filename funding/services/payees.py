"""How a school is paid: one person enters it, another confirms it or refuses it, and nothing is paid so before."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from funding.models import Payee, Payment, WrongState
from papers.templatetags.plain import listed

OWN = "You entered it, so somebody else confirms it"
NOBODY = "Nobody else here can: it takes a second finance officer or a budget holder."


@transaction.atomic
def confirm(person, payee: Payee) -> Payee:
    """The school is paid like that from its day on. WrongState where the person entered it, or it stands no more."""
    if payee.entered_by_id == person.pk:
        raise WrongState(f"{OWN}.")
    now = timezone.now()
    waiting = Payee.objects.waiting(timezone.localdate()).filter(pk=payee.pk).exclude(entered_by=person)
    if not waiting.update(confirmed_by=person, confirmed_at=now):
        payee.refresh_from_db()
        raise WrongState(said_before(payee))
    audit.record(person, "payee confirmed", payee)
    payee.refresh_from_db()
    return payee


@transaction.atomic
def enter(person, payee: Payee) -> Payee:
    """It is kept, and waits for a second person. What waited to be confirmed for a day that has begun, the same day or
    a later one, gives way to it."""
    payee.save()
    audit.record(person, "payee entered", payee)
    today = timezone.localdate()
    before = Payee.objects.standing().filter(organisation=payee.organisation, school=payee.school, confirmed_at=None)
    for row in before.filter(since__gte=payee.since, since__lte=today).exclude(pk=payee.pk).order_by("pk"):
        end(person, row, REPLACED)
    return payee


REPLACED = "Something else was entered instead."


def end(person, payee: Payee, because: str) -> bool:
    """Nothing waits for anybody there any more, unless somebody was first; what held before holds again."""
    rows = Payee.objects.standing().filter(pk=payee.pk, confirmed_at=None)
    if not rows.update(withdrawn_by=person, withdrawn_at=timezone.now(), because=because):
        return False
    audit.record(person, "payee withdrawn" if person.pk == payee.entered_by_id else "payee refused", payee)
    return True


@transaction.atomic
def refuse(person, payee: Payee, because: str) -> Payee:
    """It is not paid so: whoever entered it withdraws it, anybody else who could confirm it refuses it. WrongState
    where it is confirmed, or waits no more."""
    is_waiting = Payee.objects.waiting(timezone.localdate()).filter(pk=payee.pk).exists()
    if not is_waiting or not end(person, payee, because):
        payee.refresh_from_db()
        raise WrongState(said_before(payee))
    payee.refresh_from_db()
    return payee


def said_before(payee: Payee) -> str:
    if payee.confirmed_at:
        return f"{payee.confirmed_by} confirmed it before."
    if payee.withdrawn_at and payee.because != REPLACED:
        did = "withdrew" if payee.withdrawn_by_id == payee.entered_by_id else "refused"
        return f"{payee.withdrawn_by} {did} it before."
    return "Something else was entered since. Look again."


def who_can(organisation) -> list[User]:
    """Everybody who may confirm here what somebody else has entered."""
    return list(User.objects.holding("payees.confirm", organisation))


def others(payee: Payee, people) -> str:
    """Of these people those who can confirm it, in words; empty when it takes somebody who is not there yet."""
    return listed([str(person) for person in people if person.pk != payee.entered_by_id], "or")


def why_it_waits(payee: Payee, people) -> str:
    names = others(payee, people)
    return (
        f"How {payee.school} is paid was entered by {payee.entered_by} on "
        f"{timezone.localdate(payee.entered_at):%-d %B %Y} and waits for a second person"
        f"{f': {names} can confirm it.' if names else f'. {NOBODY}'}"
    )


def changes(organisation, payees) -> dict[int, tuple[Payment | None, Payee]]:
    """Of these payees (one to a school) by school those that say something else than the one before: where the
    last payment went, whatever finance answered, or where there was none what was entered before. Two queries."""
    schools = {payee.school_id: payee for payee in payees}
    paid = Payment.objects.filter(batch__organisation=organisation, payee__school__in=schools)
    paid = paid.select_related("payee", "batch").order_by("payee__school_id", "-batch__number", "-number")
    entered = Payee.objects.filter(organisation=organisation, school__in=schools, since__lte=timezone.localdate())
    entered = entered.exclude(Q(confirmed_at=None) | Q(pk__in=[payee.pk for payee in payees])).order_by(
        "school_id", "-since", "-pk"
    )
    before = {row.school_id: (None, row) for row in entered.distinct("school_id")}
    before |= {row.payee.school_id: (row, row.payee) for row in paid.distinct("payee__school_id")}
    return {school: found for school, found in before.items() if found[1].in_words != schools[school].in_words}
