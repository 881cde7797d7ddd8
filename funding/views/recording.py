"""What the coordinator records for the money: what was done beside the required items, evidence that came, and visits
that will not take place."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed_rows
from funding.forms.recording import EvidenceForm, NotHeldForm, RecordForm
from funding.models import WrongState
from funding.services import recording
from funding.standing import standing_of
from funding.views.doors import plan_of
from papers.templatetags.plain import money
from programmes.models import Partnership

ACTION = "money.record"
form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def records(request, slug):
    """What was done beside the required items: it is paid in the next stage."""
    plan = plan_of(request, slug, ACTION)
    partnerships = allowed_rows(Partnership, request.user, "partnerships.view").filter(programme=plan.programme)
    rows = partnerships.select_related("partner_school", "programme").order_by("partner_school__name", "ref")
    form = RecordForm(request.POST or None, plan=plan, partnerships=rows)
    if request.method == "POST" and form.is_valid():
        try:
            done = form.save(request.user)
        except WrongState as why:
            form.add_error(None, str(why))
        else:
            stage = recording.paying_stages(standing_of(plan, [done.partnership_id]))[done.pk]
            messages.success(request, f"It is recorded. The {stage} stage pays it.")
            return redirect("funding:records", slug)
    context = {"plan": plan, "programme": plan.programme, "form": form, "rows": with_stages(plan)}
    return render(request, "funding/records.html", context, status=422 if form.errors else 200)


def with_stages(plan):
    """Each record with the stage that pays it, or why none does."""
    found = plan_records(plan)
    pays = recording.paying_stages(standing_of(plan, {row.partnership_id for row in found})) if found else {}
    return [(row, stage := pays.get(row.pk), "" if stage else recording.why_no_stage(row.partnership)) for row in found]


def plan_records(plan):
    found = [
        row
        for item in plan.items.prefetch_related(
            "records__partnership", "records__recorded_by", "records__lines__release__stage"
        )
        for row in item.records.all()
    ]
    return sorted(found, key=lambda row: row.recorded_at, reverse=True)


@require_POST
def record_withdraw(request, slug, pk):
    plan = plan_of(request, slug, ACTION)
    row = next((row for row in plan_records(plan) if row.pk == pk), None)
    if row is None:
        messages.error(request, "It is not there any more.")
    else:
        try:
            recording.withdraw(request.user, row)
        except WrongState as why:
            messages.error(request, str(why))
        else:
            messages.success(request, "It is taken back.")
    return redirect(reverse("funding:records", args=[slug]))


def partnerships_of(request, plan):
    """Those that were agreed and go on, by school."""
    rows = allowed_rows(Partnership, request.user, "partnerships.view").filter(programme=plan.programme)
    rows = rows.filter(status__in=recording.RUNNING | {Partnership.Status.AGREED, Partnership.Status.PAUSED})
    return rows.select_related("partner_school", "programme").order_by("partner_school__name", "ref")


@form_page
def evidence(request, slug):
    """Which evidence is in, stage by stage; what has come is ticked."""
    plan = plan_of(request, slug, ACTION)
    stages = [stage for stage in plan.stages.all() if "evidence" in stage.conditions]
    asked = request.POST.get("stage") or request.GET.get("stage")
    stage = next((one for one in stages if str(one.pk) == asked), stages[0] if stages else None)
    form, there = None, {}
    if stage:
        there = {row.partnership_id: row for row in stage.received.select_related("by", "partnership__partner_school")}
        waiting = [row for row in partnerships_of(request, plan) if row.pk not in there]
        form = EvidenceForm(request.POST or None, stage=stage, waiting=waiting, programme=plan.programme)
        if request.method == "POST" and form.is_valid():
            got = recording.receive_evidence(request.user, stage, form.chosen, form.cleaned_data["on"])
            number = "1 partnership" if len(got) == 1 else f"{len(got)} partnerships"
            messages.success(request, f"{stage.evidence}: in for {number} now.")
            return redirect(f"{reverse('funding:evidence', args=[slug])}?stage={stage.pk}")
    context = {
        "plan": plan,
        "programme": plan.programme,
        "stages": stages,
        "stage": stage,
        "form": form,
        "rows": sorted(there.values(), key=lambda row: (-row.on.toordinal(), row.pk)),
    }
    return render(request, "funding/evidence.html", context, status=422 if form and form.errors else 200)


@require_POST
def evidence_withdraw(request, slug, pk):
    plan = plan_of(request, slug, ACTION)
    row = one_of((row for stage in plan.stages.all() for row in stage.received.all()), pk)
    tell(request, lambda: recording.take_evidence_back(request.user, row), "It is not in any more.")
    return redirect(f"{reverse('funding:evidence', args=[slug])}?stage={row.stage_id}")


@form_page
def not_held(request, slug):
    """Required visits that did not take place: who is not paid for them, and what is asked back."""
    plan = plan_of(request, slug, ACTION)
    form = NotHeldForm(request.POST or None, offered=recording.missed(plan))
    if request.method == "POST" and form.is_valid():
        try:
            back = recording.give_up(request.user, plan, form.cleaned_data["visit"], form.cleaned_data["because"])
        except WrongState as why:
            form.add_error("visit", f"{why} Look at what is left below.")
        else:
            messages.success(request, words_of_giving_up(len(form.cleaned_data["visit"]), back))
            return redirect("funding:recoveries" if back else "funding:not_held", slug)
    context = {"plan": plan, "programme": plan.programme, "form": form, "rows": recording.given_up(plan)}
    return render(request, "funding/not_held.html", context, status=422 if form.errors else 200)


def words_of_giving_up(number, back):
    what = "The visit is" if number == 1 else f"{number} visits are"
    if not back:
        return f"{what} not paid. Open stages pay so much less."
    total = money(sum(row.amount for row in back))
    return (
        f"{what} not paid. {total} was paid already and no open stage can take it: it is worked out to be asked back."
    )


@require_POST
def not_held_withdraw(request, slug, pk):
    plan = plan_of(request, slug, ACTION)
    row = one_of(recording.given_up(plan), pk)
    done = "The visit is to take place after all, and is paid as planned."
    tell(request, lambda: recording.take_giving_up_back(request.user, row), done)
    return redirect("funding:not_held", slug)


def one_of(rows, pk):
    row = next((row for row in rows if row.pk == pk), None)
    if row is None:
        raise Http404
    return row


def tell(request, step, done):
    try:
        step()
    except WrongState as why:
        messages.error(request, f"Nothing has changed. {why}")
    else:
        messages.success(request, done)
