"""Payment batches: approved releases are authorised together, frozen with their file, and answered by finance."""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.apps import apps
from django.db import transaction
from django.db.models import Max, Prefetch, prefetch_related_objects
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from funding import ledger
from funding.figures import ZERO
from funding.models import FileLayout, FundingPlan, LedgerEntry, Payee, Payment, PaymentBatch, Release, WrongState
from funding.services.payees import changes, who_can, why_it_waits
from funding.stopped import WAITS_AGAIN, nobody_said, rejected_of, where_now
from funding.taken_back import taken_back
from papers.sheets import csv_bytes
from papers.templatetags.plain import listed
from programmes.models import Partnership

State = Release.State
Column = FileLayout.Column
USUAL = [
    Column.REFERENCE,
    Column.PAYEE,
    Column.ROUTE,
    Column.CODE,
    Column.AMOUNT,
    Column.COST_CENTRE,
    Column.ACCOUNT,
    Column.GRANT,
    Column.FOR_WHAT,
]


# What follows when finance has rejected releases: (person, releases).
AFTER_REJECTION = []


@dataclass
class Group:
    """What one payee gets out of one plan: the payment that a batch would make."""

    plan: FundingPlan
    payee: Payee
    releases: list[Release]
    changed: tuple[Payment | None, Payee] | None = None  # the last payment to the school, and where it went then

    @property
    def amount(self) -> Decimal:
        return sum((release.amount for release in self.releases), ZERO)


@dataclass
class Choice:
    """The releases that are approved, sorted into what may be paid now and what may not, each with its sentence.

    Each has its last `rejection` by finance, and `must_be_looked_at` says that its payee is still the same: it is paid
    again only when somebody chooses it. Of what may not, `can_be_mended` says that this person can do something about
    it: enter how the school is paid, or confirm it.
    """

    groups: list[Group]
    left: list[tuple[Release, str]]

    @property
    def releases(self) -> list[Release]:
        return [release for group in self.groups for release in group.releases]

    @property
    def total(self) -> Decimal:
        return sum((group.amount for group in self.groups), ZERO)

    @property
    def rejected(self) -> list[Release]:
        """Those to be looked at before they are paid again."""
        return [release for release in self.releases if release.must_be_looked_at]

    @property
    def ticked(self) -> list[Release]:
        return [release for release in self.releases if not release.must_be_looked_at]


class NotAuthorised(WrongState):
    """Nothing was authorised; the sentence says why, and `changes` what has changed since somebody looked."""

    def __init__(self, words, changes=()):
        super().__init__(words)
        self.changes = list(changes)


def choose(person, organisation: Organisation, pks=None, *, looking=False) -> Choice:
    """What this person may authorise of these releases, or of all that are approved. Whoever is only `looking`, and
    authorises nothing, is told what anybody could."""
    rows = Release.objects.filter(stage__plan__programme__organisation=organisation, state=State.APPROVED)
    if pks is not None:
        rows = rows.filter(pk__in=pks)
    rows = rows.with_places().select_related("approved_by").prefetch_related("holds")
    ways = Payee.objects.filter(organisation=organisation).on(timezone.localdate())
    payees = {row.school_id: row for row in ways.select_related("school", "entered_by", "confirmed_by")}
    can_confirm = who_can(organisation) if any(row.confirmed_at is None for row in payees.values()) else []
    groups, left, rejected, others = {}, [], rejected_of(rows), ""
    for release in rows.order_by("stage__plan", "school__name", "stage__due_on", "partnership__ref", "side"):
        payee = payees.get(release.school_id)
        release.rejection = rejected[release.pk][-1] if rejected[release.pk] else None
        release.can_be_mended = False
        release.must_be_looked_at = bool(payee and release.rejection and release.rejection.payee_id == payee.pk)
        if held := next((hold for hold in release.holds.all() if hold.ended_at is None), None):
            left.append((release, f"It is on hold: {held.because}"))
        elif payee is None:
            release.can_be_mended = True
            left.append((release, nobody_said(release)))
        elif payee.confirmed_at is None:
            release.payee_waits, release.can_be_mended = True, payee.entered_by_id != person.pk
            left.append((release, why_it_waits(payee, can_confirm)))
        elif release.approved_by_id == person.pk and not looking:
            others = others or others_than(person, organisation)
            left.append((release, f"You approved it, so somebody else authorises its payment: {others} can."))
        else:
            key = release.stage.plan_id, payee.pk
            groups.setdefault(key, Group(release.stage.plan, payee, [])).releases.append(release)
    changed = changes(organisation, {group.payee for group in groups.values()})
    for group in groups.values():
        group.changed = changed.get(group.payee.school_id)
    return Choice(sorted(groups.values(), key=lambda g: (g.payee.name, g.payee.pk, g.plan.pk)), left)


def others_than(person, organisation) -> str:
    """Who else may authorise a payment here."""
    people = User.objects.holding("payments.authorise", organisation).exclude(pk=person.pk)
    return listed([str(other) for other in people], "or") or "nobody yet"


@transaction.atomic
def authorise(person, organisation: Organisation, seen: dict[int, int], key) -> PaymentBatch:
    """One batch of these releases, as seen ({release: key of its payee}), all of them or none. NotAuthorised says why.

    Frozen from then on: reference, total, payments and the bytes of the file. The same key again gives the same batch.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # numbers follow each other
    if before := PaymentBatch.objects.filter(key=key, authorised_by=person).first():
        return before
    if not seen:
        raise NotAuthorised("Choose at least one release.")
    plans = Release.objects.filter(pk__in=seen).values("stage__plan")
    list(FundingPlan.objects.filter(pk__in=plans).order_by("pk").select_for_update())
    list(Release.objects.filter(pk__in=seen).order_by("pk").select_for_update(of=["self"]))
    choice = choose(person, organisation, seen)
    found = {release.pk: group.payee.pk for group in choice.groups for release in group.releases}
    if choice.left:
        release, words = choice.left[0]
        raise NotAuthorised(f"Nothing was authorised. {release}: {words}")
    if found != seen:
        why = "Nothing was authorised: something has changed since you looked. Look again."
        raise NotAuthorised(why, changed_since(organisation, seen, choice))
    number = (PaymentBatch.objects.filter(organisation=organisation).aggregate(n=Max("number"))["n"] or 0) + 1
    batch = PaymentBatch(
        organisation=organisation,
        number=number,
        total=choice.total,
        releases_number=len(found),
        authorised_by=person,
        authorised_at=timezone.now(),
        key=key,
    )
    payments = [
        Payment(batch=batch, plan=group.plan, payee=group.payee, number=place, amount=group.amount)
        for place, group in enumerate(choice.groups, 1)
    ]
    batch.content = file_of(batch, list(zip(payments, choice.groups, strict=True)))
    batch.sha256 = hashlib.sha256(batch.content).hexdigest()
    batch.save(force_insert=True)
    Payment.objects.bulk_create(payments)
    for payment, group in zip(payments, choice.groups, strict=True):
        rows = Release.objects.filter(pk__in=[release.pk for release in group.releases], state=State.APPROVED)
        if rows.update(state=State.AUTHORISED, payment=payment, authorised_by=person) != len(group.releases):
            raise NotAuthorised("Nothing was authorised: somebody moved one of these a moment ago. Look again.")
    ledger.move(person, choice.releases, State.APPROVED, State.AUTHORISED, "authorised", f"batch {batch.pk}")
    audit.record(person, "payment batch authorised", batch)
    return batch


def changed_since(organisation, seen: dict[int, int], choice: Choice) -> list[str]:
    """Of what was seen: the payees that are others by now, the batch that took releases, and what was taken back."""
    payees = {release.pk: group.payee for group in choice.groups for release in group.releases}
    others = {payees[pk]: None for pk, payee in seen.items() if pk in payees and payees[pk].pk != payee}
    sentences = [
        f"{payee.school} is paid otherwise now: {payee.in_words}, entered by {payee.entered_by}, "
        f"confirmed by {payee.confirmed_by}."
        for payee in others
    ]
    gone = Release.objects.filter(pk__in=seen.keys() - payees.keys(), stage__plan__programme__organisation=organisation)
    gone = gone.select_related("stage", "partnership", "payment__batch__authorised_by").order_by("pk")
    for batch, number in Counter(release.payment.batch for release in gone if release.payment).items():
        which = "these" if number == len(seen) > 1 else "this" if len(seen) == 1 else f"{number} of these"
        sentences.append(f"{batch.authorised_by} authorised {which} in {batch}.")
    entries = LedgerEntry.objects.filter(release__in=[release for release in gone if release.approval_id is None])
    ended = {one.release.pk: one.because for one in reversed(taken_back(entries))}
    return sentences + [
        f"{release}: {f'its approval ended: {ended[release.pk]}' if release.pk in ended else in_words(release)}."
        for release in gone
        if not release.payment
    ]


def in_words(release) -> str:
    return "its approval was taken back" if release.is_open else release.get_state_display().lower()


def file_of(batch, payments) -> bytes:
    """The file for the finance system: a row for each payment, in the organiser's own columns, safe to open."""
    layout = FileLayout.objects.filter(organisation=batch.organisation).first()
    columns = layout.columns if layout else USUAL
    headings = layout.headings if layout else [Column(column).label for column in columns]
    return csv_bytes(headings, [[cell(column, batch, *pair) for column in columns] for pair in payments])


def cell(column, batch, payment, group):
    plan, payee = group.plan, group.payee
    stages = list(dict.fromkeys(release.stage.name for release in group.releases))
    return {
        Column.REFERENCE: payment.reference,
        Column.PAYEE: payee.name,
        Column.CODE: payee.code,
        Column.ROUTE: payee.get_route_display(),
        Column.URN: group.releases[0].school.urn,
        Column.AMOUNT: payment.amount,
        Column.COST_CENTRE: plan.cost_centre,
        Column.ACCOUNT: plan.account_code,
        Column.GRANT: plan.grant_ref,
        Column.PROGRAMME: plan.programme.title,
        Column.FOR_WHAT: f"{plan.programme.title}: {', '.join(stages)}",
        Column.BATCH: batch.reference,
        Column.DAY: timezone.localdate(batch.authorised_at),
    }[column]


@dataclass(frozen=True)
class Answered:
    """One line of finance's answer."""

    payment: Payment
    is_paid: bool
    on: dt.date
    because: str = ""


@transaction.atomic
def take_answers(person, batch: PaymentBatch, answers: list[Answered]) -> Counter:
    """What finance answered is true of these payments and their releases. How many were paid and rejected.

    A payment that was answered in the same way before stays as it is. One that was rejected gives its releases back
    to approved, with the reason, so that they can be paid again once it is mended.
    """
    PaymentBatch.objects.filter(pk=batch.pk).select_for_update(no_key=True).get()
    counts = Counter()
    by_pk = {row.pk: row for row in Payment.objects.filter(batch=batch).select_for_update().order_by("pk")}
    releases = defaultdict(list)
    rows = Release.objects.filter(payment__batch=batch).select_related("stage__plan", "partnership").order_by("pk")
    for release in rows.select_for_update(of=["self"]):
        releases[release.payment_id].append(release)
    for answer in answers:
        payment = by_pk[answer.payment.pk]
        wanted = Payment.Answer.PAID if answer.is_paid else Payment.Answer.REJECTED
        if payment.answer == wanted:
            counts["same"] += 1
            continue
        if payment.answer:
            raise WrongState(f"{payment.reference} was answered before: {payment.get_answer_display().lower()}.")
        own = releases[payment.pk]
        payment.answer, payment.because = wanted, "" if answer.is_paid else answer.because
        payment.answered_on, payment.answered_by, payment.answered_at = answer.on, person, timezone.now()
        payment.save(update_fields=["answer", "because", "answered_on", "answered_by", "answered_at"])
        settle(person, payment, own, answer)
        counts[str(wanted)] += 1
    rejected = [release for answer in answers if not answer.is_paid for release in releases[answer.payment.pk]]
    for function in AFTER_REJECTION:
        function(person, rejected)
    audit.record(person, "payment answers taken", batch, about=f"{counts['paid']} paid, {counts['rejected']} rejected")
    return counts


def settle(person, payment, own, answer):
    rows = Release.objects.filter(pk__in=[release.pk for release in own], state=State.AUTHORISED)
    source = f"payment {payment.pk}"
    if answer.is_paid:
        moved = rows.update(state=State.PAID, paid_on=answer.on)
        ledger.move(person, own, State.AUTHORISED, State.PAID, "paid", source)
    else:
        moved = rows.update(state=State.APPROVED, payment=None, authorised_by=None)
        ledger.move(person, own, State.AUTHORISED, State.APPROVED, "rejected by finance", f"{source} rejected")
    if moved != len(own):
        raise WrongState(f"{payment.reference} moved a moment ago. Look again.")


def rejected_before(release: Release):
    """The payments that finance rejected with this release in them, the last one first, by its history."""
    events = apps.get_model("funding", "ReleaseEvent").objects.filter(pgh_obj=release, payment__isnull=False)
    rows = Payment.objects.filter(pk__in=events.values("payment"), answer=Payment.Answer.REJECTED)
    return rows.select_related("batch").order_by("-answered_at")


def counted(batch: PaymentBatch) -> dict:
    """A batch with its payments (prefetched, or one query) by what was answered to each."""
    payments = list(batch.payments.all())
    by = {answer: [row for row in payments if row.answer == answer] for answer in Payment.Answer.values}
    return {
        "batch": batch,
        "payments": payments,
        "waiting": by[Payment.Answer.WAITING],
        "paid": by[Payment.Answer.PAID],
        "rejected": by[Payment.Answer.REJECTED],
        "totals": {answer or "waiting": sum((row.amount for row in rows), ZERO) for answer, rows in by.items()},
    }


def told(batch: PaymentBatch) -> dict:
    """The same, with how each school was paid, and where what finance rejected stands now."""
    prefetch_related_objects([batch], Prefetch("payments", Payment.objects.select_related("batch", "payee__school")))
    found = counted(batch)
    places = where_now(found["rejected"]) if found["rejected"] else {}
    for row in found["rejected"]:
        row.now, row.waits_again = places[row.pk], places[row.pk] == WAITS_AGAIN
    return found | {"waits_again": WAITS_AGAIN in places.values()}


def schools_with_money(organisation) -> set[int]:
    """Keys of the schools to which a plan in force of this organiser pays something."""
    partnerships = Partnership.objects.filter(
        pk__in=Release.objects.standing()
        .filter(stage__plan__in=FundingPlan.objects.in_force().filter(programme__organisation=organisation))
        .values("partnership")
    )
    pairs = partnerships.values_list("partner_school", "specialist__home_school")
    return {school for pair in pairs for school in pair}
