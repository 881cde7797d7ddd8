"""The money of the world in which access is tried: a plan in force, and of each corner a release that waits, one that
is with finance, a batch, a recovery and what was recorded."""

import datetime as dt
import hashlib
import uuid
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.roles import Role
from funding.models import (
    AnswersFile,
    Approval,
    Evidence,
    FundingLetter,
    FundingPlan,
    Hold,
    ItemRecord,
    MoneyReport,
    Payee,
    Payment,
    PaymentBatch,
    PlanItem,
    Recovery,
    Release,
    ReleaseLine,
    Stage,
    VisitNotHeld,
    Waiver,
)


def build_plan(corner, programme, staff):
    """One stage, which waits for evidence, and items that no step of the timetable stands behind."""
    plan = FundingPlan.objects.create(
        programme=programme,
        funder=f"{corner} funder",
        cost_centre="E1",
        account_code="5",
        budget=1000,
        rate=50,
        status=FundingPlan.Status.ACTIVE,
        activated_by=staff[Role.COORDINATOR],
        activated_at=timezone.now(),
    )
    Stage.objects.create(
        plan=plan,
        name=f"{corner} stage",
        due_on=dt.date(2026, 10, 19),
        share=100,
        conditions=["evidence"],
        evidence=f"{corner} action plan",
    )
    PlanItem.objects.create(plan=plan, name=f"{corner} half-days", specialist_half_days=1, partner_half_days=1)
    PlanItem.objects.create(plan=plan, name=f"{corner} case study", kind="optional", partner_amount=150)
    return plan


def build_money(corner, partnership, people, number):
    programme = partnership.programme
    plan = FundingPlan.objects.get(programme=programme)
    stage, now, budget_holder = plan.stages.get(), timezone.now(), people[Role.BUDGET_HOLDER]
    waits = Release.objects.create(stage=stage, partnership=partnership, side="partner")
    Hold.objects.create(release=waits, because=f"{corner} hold", by=people[Role.COORDINATOR])
    waiver = Waiver.objects.create(
        release=waits, condition="evidence", reason="illness", note=f"{corner} note", by=people[Role.COORDINATOR]
    )
    home = partnership.specialist.home_school
    payee = Payee.objects.create(
        organisation=programme.organisation,
        school=home,
        name=f"{corner} payee",
        route="journal",
        code="E77",
        since=dt.date(2026, 9, 1),
        entered_by=people[Role.FINANCE],
        confirmed_by=budget_holder,
        confirmed_at=now,
    )
    payee_waits = Payee.objects.create(
        organisation=programme.organisation,
        school=partnership.partner_school,
        name=f"{corner} payee that waits",
        route="supplier",
        code="S77",
        since=dt.date(2026, 9, 1),
        entered_by=people[Role.FINANCE],
    )
    approval = Approval.objects.create(plan=plan, by=budget_holder, number=1, total=50, key=uuid.uuid4())
    content = f"reference,amount\r\n{corner},50.00\r\n".encode()
    batch = PaymentBatch.objects.create(
        organisation=programme.organisation,
        number=number,
        total=50,
        releases_number=1,
        authorised_by=people[Role.FINANCE],
        key=uuid.uuid4(),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    payment = Payment.objects.create(batch=batch, plan=plan, payee=payee, number=1, amount=50)
    AnswersFile.objects.create(
        batch=batch,
        by=people[Role.FINANCE],
        text=f"reference\tresult\treason\n{payment.reference}\trejected\t{corner}\n{corner}\tmaybe",
    )
    sent = Release.objects.create(
        stage=stage,
        partnership=partnership,
        side="specialist",
        state="authorised",
        school=home,
        amount=50,
        approved_by=budget_holder,
        approved_at=now,
        approval=approval,
        payment=payment,
        authorised_by=people[Role.FINANCE],
    )
    ReleaseLine.objects.create(release=sent, kind="share", words=f"{corner} share", amount=50)
    item = plan.items.get(kind="optional")
    record = ItemRecord.objects.create(
        item=item,
        partnership=partnership,
        side="partner",
        on=dt.date(2026, 10, 1),
        recorded_by=people[Role.COORDINATOR],
    )
    evidence = Evidence.objects.create(
        stage=stage, partnership=partnership, on=dt.date(2026, 10, 2), by=people[Role.COORDINATOR]
    )
    not_held = VisitNotHeld.objects.create(
        item=plan.items.get(kind="required"),
        partnership=partnership,
        because=f"{corner} strike",
        by=people[Role.COORDINATOR],
    )
    recovery = Recovery.objects.create(
        plan=plan,
        partnership=partnership,
        side="specialist",
        school=home,
        stage=stage,
        reason="folded",
        amount=50,
        half_days_paid=1,
        half_days_used=0,
    )
    paper = MoneyReport.objects.create(
        kind="stage",
        organisation=programme.organisation,
        plan=plan,
        stage=stage,
        ordered_by=budget_holder,
        digest=f"{corner}",
        figures={"stage": stage.name},
        state="done",
        finished_at=now,
        file=default_storage.save(f"funding.moneyreport/{corner}.pdf", ContentFile(b"%PDF a report")),
    )
    letter = FundingLetter.objects.create(
        stage=stage,
        school=partnership.partner_school,
        reference=f"FL-{corner}",
        code="2" * 12,
        amount=50,
        ordered_by=budget_holder,
        digest=f"{corner}",
        figures={},
        state="done",
        finished_at=now,
        file=default_storage.save(f"funding.fundingletter/{corner}.pdf", ContentFile(b"%PDF a letter")),
    )
    return SimpleNamespace(
        plan=plan,
        stage=stage,
        item=item,
        release=waits,
        sent=sent,
        waiver=waiver,
        approval=approval,
        payee_waits=payee_waits,
        batch=batch,
        record=record,
        evidence=evidence,
        not_held=not_held,
        recovery=recovery,
        paper=paper,
        letter=letter,
    )
