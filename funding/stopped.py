"""Why approved money cannot be paid yet: finance rejected it, or nobody has said and confirmed how it is paid."""

from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps
from django.utils import timezone

from accounts.models import User
from funding.models import Payee, Payment, Release
from funding.services.payees import who_can, why_it_waits
from papers.templatetags.plain import listed

REJECTED, NO_PAYEE, UNCONFIRMED = "rejected", "no payee", "unconfirmed"
WAITS_AGAIN = "To be paid again, once it is clear how"


@dataclass(frozen=True)
class Stop:
    """What stands in the way of one payment, and who acts next. Without a `kind` nothing does any more: finance can
    pay what it rejected, because the school is paid otherwise by now."""

    kind: str
    words: str
    who: str
    rejection: Payment | None = None

    @property
    def sentence(self) -> str:
        """The same on the page, in the file, in the PDF and in the reminder."""
        return f"{self.words} {self.who}".rstrip()

    @property
    def advice(self) -> str:
        """What the head of the school can do."""
        return "If how your school is paid has changed, tell them." if self.kind == REJECTED else ""


def stops_of(organisation, releases, today) -> dict[int, Stop]:
    """Of these releases, which are approved, by their keys those that cannot be paid, and those that were rejected
    before. No query without a release, and the same number for one and for many."""
    releases = list(releases)
    if not releases:
        return {}
    schools = {release.school_id for release in releases}
    ways = Payee.objects.filter(organisation=organisation, school__in=schools).on(today)
    payees = {row.school_id: row for row in ways.select_related("school", "entered_by")}
    rejected = rejected_of([release.pk for release in releases])
    is_asked = any(row.confirmed_at is None for row in payees.values())
    confirming = who_can(organisation) if is_asked else []
    paying = []
    if rejected or schools - payees.keys():
        paying = list(User.objects.holding("payments.authorise", organisation))
    found = {}
    for release in releases:
        last = rejected[release.pk][-1] if release.pk in rejected else None
        if stop := stop_of(release, payees.get(release.school_id), last, confirming, paying):
            found[release.pk] = stop
    return found


def stop_of(release, payee, rejection, confirming, paying) -> Stop | None:
    before = f"{rejected_in_words(rejection)} " if rejection else ""
    names = listed([str(person) for person in paying if person.pk != release.approved_by_id], "or")
    names = names or "A finance officer"
    if payee is None:
        who = f"{names} enters it, and a second person confirms it."
        return Stop(NO_PAYEE, f"{before}{nobody_said(release)}", who, rejection)
    if payee.confirmed_at is None:
        return Stop(UNCONFIRMED, f"{before}{why_it_waits(payee, confirming)}", "", rejection)
    if rejection and rejection.payee_id == payee.pk:
        who = f"{names} looks at how the school is paid, and has it paid again."
        return Stop(REJECTED, rejected_in_words(rejection), who, rejection)
    if rejection:
        return Stop("", f"{before}How the school is paid has changed since.", "Finance pays it next.", rejection)
    return None


def nobody_said(release) -> str:
    return f"Nobody has said yet how {release.school} is paid."


def rejected_in_words(payment: Payment) -> str:
    on = f"{timezone.localdate(payment.answered_at):%-d %B %Y}"
    return f"Finance rejected the payment {payment.reference} on {on}: {payment.because.rstrip('.')}."


def rejected_of(releases) -> dict[int, list[Payment]]:
    """The payments with these releases (a queryset, or keys) that finance rejected, by the key of the release, the
    first one first; two queries."""
    events = apps.get_model("funding", "ReleaseEvent").objects.filter(
        pgh_obj__in=releases, payment__answer=Payment.Answer.REJECTED
    )
    pairs = set(events.values_list("pgh_obj", "payment"))
    payments = Payment.objects.filter(pk__in={payment for _, payment in pairs}).select_related("batch")
    found = defaultdict(list)
    for payment in payments.order_by("answered_at"):
        for release in (release for release, key in pairs if key == payment.pk):
            found[release].append(payment)
    return found


def where_now(payments) -> dict[int, str]:
    """Of payments that finance rejected, by their keys: where the money of each stands now. Two queries."""
    events = apps.get_model("funding", "ReleaseEvent").objects.filter(payment__in=payments)
    pairs = set(events.values_list("payment", "pgh_obj"))
    releases = Release.objects.filter(pk__in={key for _, key in pairs}).select_related("payment__batch")
    releases = {release.pk: release for release in releases}
    found = {}
    for payment in payments:
        own = [releases[key] for pk, key in pairs if pk == payment.pk]
        again = sorted({release.payment.batch.reference for release in own if release.payment_id})
        if any(release.state == Release.State.APPROVED for release in own):
            found[payment.pk] = WAITS_AGAIN
        elif again:
            found[payment.pk] = f"Sent again in {listed(again)}"
        else:
            found[payment.pk] = "Not approved any more"
    return found
