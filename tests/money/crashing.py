"""A year of approving and paying in which the program dies at any statement, or right after it has committed.

Whoever pressed a button whose answer never came presses it again, sometimes from the old page, sometimes from a new
one. After every step nothing is paid twice, nothing is lost, and the ledger says what the rows say.
"""

import contextlib
import datetime as dt
import random
import uuid
from collections import Counter
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from funding import ledger
from funding.models import LedgerEntry, Payment, PaymentBatch, Recovery, Release, VisitNotHeld, WrongState
from funding.services import answering, paying, recording, recovering, releasing
from funding.standing import is_nothing, standing_of
from programmes.models import DataReturn
from programmes.services import life
from tests.money.funded import funded_programme, hand_in, payees, planned
from visits import services as visiting
from visits.models import Visit

DUE = 2  # stages that are due at the end of January
STEPS = 40


class Died(BaseException):
    """The program is gone: not an Exception, so that nothing on the way takes it for an error of its own."""


@contextlib.contextmanager
def dying_at(statement):
    """At this statement of the database the program dies; None: it lives."""
    left = statement

    def wrapper(execute, sql, params, many, context):
        nonlocal left
        if left is not None:
            left -= 1
            if left < 0:
                raise Died
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


def of(row, partnership, side):
    return row.release.is_open and (row.partnership.pk, row.side) == (partnership, side)


class Run:
    """One seeded year: two partnerships, two who approve, two who pay, and a finance system that answers at will."""

    def __init__(self, seed):
        self.random, self.counts = random.Random(seed), Counter()
        self.money = funded_programme(2)
        payees(self.money)
        self.unanswered = None  # (what was pressed, with what): its answer never came
        self.folded = False

    def go(self):
        for _ in range(STEPS):
            self.step()
            self.check()
        self.finish()
        self.check()
        return self.counts

    def step(self):
        act = self.again if self.unanswered and self.random.random() < 0.6 else self.random.choice(self.acts)
        fate = self.random.choice(["lives", "lives", "dies", "after"])
        statement = self.random.randrange(60) if fate == "dies" else None
        self.counts["steps"] += 1
        try:
            with transaction.atomic(), dying_at(statement):
                act()
        except Died:
            self.counts["died in the middle"] += 1
            return
        except WrongState:
            self.counts["refused in words"] += 1
            self.unanswered = None
            return
        if fate == "after":
            self.counts["answer never came"] += 1
        else:
            self.unanswered = None

    def again(self):
        press, given = self.unanswered
        press(*given)
        self.counts["pressed again"] += 1

    @property
    def acts(self):
        return (
            [self.approve] * 4
            + [self.authorise] * 4
            + [self.answer] * 4
            + [self.take_back, self.change_data]
            + [
                self.hold,
                self.fold,
                self.recover,
                self.give_up,
                self.use,
            ]
        )

    def approve(self):
        person = self.random.choice([self.money.Tom, self.money.Martin])
        rows = [row for row in standing_of(self.money.plan).rows if row.is_ready and not is_nothing(row)]
        chosen = self.random.sample(rows, self.random.randint(0, len(rows)))
        seen = {row.release.pk: row.amount for row in chosen}
        self.unanswered = releasing.approve, (person, self.money.plan, seen, uuid.uuid4())
        releasing.approve(*self.unanswered[1])

    def authorise(self):
        person = self.random.choice([self.money.Ruth, self.money.Una])
        choice = paying.choose(person, self.money.organisation)
        pairs = [(release.pk, group.payee.pk) for group in choice.groups for release in group.releases]
        seen = dict(self.random.sample(pairs, self.random.randint(0, len(pairs))))
        self.unanswered = paying.authorise, (person, self.money.organisation, seen, uuid.uuid4())
        paying.authorise(*self.unanswered[1])

    def answer(self):
        batches = list(PaymentBatch.objects.filter(payments__answer="").distinct())
        if not batches:
            return
        batch = self.random.choice(batches)
        answers = [
            paying.Answered(row, paid, timezone.localdate(), "" if paid else "Wrong number")
            for row in batch.payments.filter(answer="")
            for paid in [self.random.random() < 0.7]
            if self.random.random() < 0.8
        ]
        answering.keep(self.money.Ruth, batch, "the rows", [])
        self.unanswered = self.take, (batch, answers)
        self.take(batch, answers)

    def take(self, batch, answers):
        """As the page does: the rows that wait are taken once, and wait no more."""
        if sent := batch.answers_files.first():
            answering.take(self.money.Ruth, batch, sent, answers)

    def take_back(self):
        rows = list(Release.objects.filter(state="approved"))
        if rows:
            releasing.take_approval_back(self.money.Tom, self.random.choice(rows))

    def change_data(self):
        """The teachers hand a return in, or the coordinator opens it again."""
        partnership = self.random.choice(self.money.partnerships)
        point = self.random.choice(self.money.points[:DUE])
        row = DataReturn.objects.get(partnership=partnership, data_point=point)
        if row.state == "submitted" and self.random.random() < 0.3:
            DataReturn.objects.filter(pk=row.pk).update(state="open", version=row.version + 1)
        elif row.state != "closed":
            hand_in(partnership, point)

    def hold(self):
        release = self.random.choice(list(Release.objects.filter(state__in=["open", "approved"])) or [None])
        if release is None:
            return
        if release.holds.filter(ended_at=None).exists():
            releasing.end_hold(self.money.Amira, release)
        else:
            releasing.hold(self.money.Amira, release, "Something to look at")

    def fold(self):
        partnership = self.money.partnerships[1]
        partnership.refresh_from_db()
        if partnership.status == "active" and self.random.random() < 0.15:
            life.move(self.money.Amira, partnership, "folded", on=timezone.localdate(), reason="Staff change")

    def recover(self):
        row = Recovery.objects.filter(state__in=["proposed", "requested", "approved"]).first()
        if row is None:
            return
        acts = {
            "proposed": lambda: recovering.request(self.money.Amira, row),
            "requested": lambda: recovering.approve(self.money.Martin, row),
            "approved": lambda: recovering.receive(self.money.Ruth, row, timezone.localdate()),
        }
        acts[row.state]()

    def give_up(self):
        """A visit will not take place, or is to take place after all."""
        marks = list(VisitNotHeld.objects.filter(withdrawn_at=None))
        if marks and self.random.random() < 0.3:
            recording.take_giving_up_back(self.money.Amira, self.random.choice(marks))
        elif offered := recording.missed(self.money.plan):
            recording.give_up(self.money.Amira, self.money.plan, [self.random.choice(offered).key], "Strike")

    def use(self):
        """A visit took place, or its record is withdrawn: also of the partnership that has folded."""
        partnership = self.money.partnerships[1]
        visits = list(Visit.objects.filter(partnership=partnership).exclude(status="cancelled"))
        if len(visits) < 4:
            step = self.random.choice(list(self.money.programme.timetable.filter(type="visit", required=True)))
            visits.append(planned(partnership, step, dt.date(2027, 1, 4) + dt.timedelta(len(visits))))
        visit = self.random.choice(visits)
        person = partnership.specialist.user
        if visit.is_planned:
            visiting.visit_took_place(person, visit)
        else:
            visiting.visit_record_reopened(person, visit)

    def check(self):
        """What must hold after every step, whatever died."""
        plan = self.money.plan
        assert ledger.balances(plan) == ledger.recomputed(plan)
        paid = Counter()
        for entry in LedgerEntry.objects.filter(account="paid", release__isnull=False):
            paid[entry.release_id] += entry.amount
        for release in Release.objects.all():
            due = release.amount if release.state == "paid" else Decimal(0)
            assert paid[release.pk] == due, f"release {release.pk} is {release.state} and was paid {paid[release.pk]}"
        for payment in Payment.objects.exclude(answer="rejected").prefetch_related("releases"):
            assert sum(release.amount for release in payment.releases.all()) == payment.amount
        live = Release.objects.standing().values_list("stage", "partnership", "side")
        assert len(live) == len(set(live))

    def finish(self):
        """Everybody does the rest, nothing dies any more: then every side has exactly what it is owed."""
        for partnership in self.money.partnerships:
            for point in self.money.points[:DUE]:
                row = DataReturn.objects.get(partnership=partnership, data_point=point)
                if row.state != "closed":
                    hand_in(partnership, point)
        for release in Release.objects.filter(holds__ended_at=None, holds__isnull=False).distinct():
            releasing.end_hold(self.money.Amira, release)
        for _ in range(3):
            self.finish_once()
        for _ in range(10):
            self.recover()
        standing = standing_of(self.money.plan)
        for (partnership, side), account in standing.accounts.items():
            rows = Release.objects.filter(partnership=partnership, side=side, state="paid")
            back = Recovery.objects.filter(partnership=partnership, side=side, state="recovered")
            got = sum((row.amount for row in rows), Decimal(0)) - sum((row.amount for row in back), Decimal(0))
            rest = sum((row.amount for row in standing.rows if of(row, partnership, side)), Decimal(0))
            assert got + rest == account.required, f"{account.partnership.ref} {side} got {got}, {rest} is to come"
            if account.partnership.status != "folded" and not VisitNotHeld.objects.exists():
                assert got == sum(account.planned[:DUE], Decimal(0))

    def finish_once(self):
        rows = [row for row in standing_of(self.money.plan).rows if row.is_ready and not is_nothing(row)]
        for person in (self.money.Tom, self.money.Martin):
            seen = {row.release.pk: row.amount for row in rows if not releasing.why_not(person, row)}
            if seen:
                releasing.approve(person, self.money.plan, seen, uuid.uuid4())
                break
        choice = paying.choose(self.money.Ruth, self.money.organisation)
        seen = {release.pk: group.payee.pk for group in choice.groups for release in group.releases}
        if seen:
            paying.authorise(self.money.Ruth, self.money.organisation, seen, uuid.uuid4())
        for batch in PaymentBatch.objects.filter(payments__answer="").distinct():
            waiting = batch.payments.filter(answer="")
            answers = [paying.Answered(row, True, timezone.localdate()) for row in waiting]
            paying.take_answers(self.money.Ruth, batch, answers)
