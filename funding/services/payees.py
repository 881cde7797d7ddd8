"""How a school is paid: one person enters it, another confirms it, and nothing is paid so before."""

from django.db import transaction
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
        if payee.confirmed_at:
            raise WrongState(f"{payee.confirmed_by} confirmed it before.")
        raise WrongState("Something else was entered since. Look again.")
    audit.record(person, "payee confirmed", payee)
    payee.refresh_from_db()
    return payee


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


def last_payments(organisation, schools) -> dict[int, Payment]:
    """By school its last payment of this organisation, whatever finance answered."""
    rows = Payment.objects.filter(batch__organisation=organisation, payee__school__in=schools)
    rows = rows.select_related("payee", "batch").order_by("payee__school_id", "-batch__number", "-number")
    return {row.payee.school_id: row for row in rows.distinct("payee__school_id")}
