"""Releases: those of a stage, approving them, and one with its reasons and its steps."""

import uuid
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import get_allowed
from funding import approving
from funding.forms.releases import HoldForm, WaiveForm
from funding.models import Approval, MoneyReport, Release, WrongState
from funding.services import releasing
from funding.services.releasing import NotApproved
from funding.standing import is_nothing, standing_of
from funding.views.doors import plan_of, release_of
from papers.downloads import table_response


@require_safe
def stage(request, slug, pk):
    """The releases of one stage, those that can be approved first, with how each stands and why."""
    plan = plan_of(request, slug, "money.view")
    chosen = get_object_or_404(plan.stages.all(), pk=pk)
    context = approving.of_stage(request.user, plan, chosen, request.GET.get("only", ""))
    made = MoneyReport.objects.allowed(request.user, "money.view").filter(stage=chosen)
    context["papers"] = made.select_related("ordered_by").defer("figures")[:5]
    return render(request, "funding/stage.html", context | {"plan": plan, "programme": plan.programme})


@require_safe
def stage_table(request, slug, pk, ending):
    plan = plan_of(request, slug, "money.view")
    chosen = get_object_or_404(plan.stages.all(), pk=pk)
    audit.record(request.user, "releases.downloaded", plan, about=ending)
    rows = [row for row in standing_of(plan).of(stage=chosen) if not is_nothing(row)]
    table = approving.table_of(rows)
    return table_response(f"releases-{slug}-{chosen.pk}", ending, *table, f"{chosen} releases")


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request, slug):
    """Check your answers; then all of them are approved, or none and the page says why."""
    plan = plan_of(request, slug, "releases.approve")
    sent = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and "key" in sent and "approve" in sent:
        try:
            approval = releasing.approve(request.user, plan, seen_in(sent), key_in(sent))
        except NotApproved as why:
            return check(request, plan, sent, why, status=409)
        return redirect(approval)
    return check(request, plan, sent)


def check(request, plan, sent, why=None, status=200):
    pks = [int(pk) for pk in sent.getlist("release") if pk.isdecimal()]
    context = approving.check_of(request.user, plan, pks)
    if not context["rows"] and why is None:
        nothing = "None of the releases that you chose can be approved by you now."
        messages.warning(request, nothing if pks else "You chose nothing. Tick the releases that you want to approve.")
    context |= {"plan": plan, "programme": plan.programme, "key": uuid.uuid4(), "why": why}
    return render(request, "funding/approve.html", context, status=status)


def key_in(sent):
    try:
        return uuid.UUID(sent["key"])
    except ValueError:
        return uuid.uuid4()


def seen_in(sent) -> dict[int, Decimal]:
    """release -> the amount that stood beside it, of those whose two parts were sent."""
    found = {}
    for pk in sent.getlist("release"):
        try:
            found[int(pk)] = Decimal(sent.get(f"amount_{pk}", ""))
        except (ValueError, InvalidOperation):
            continue
    return found


@require_safe
def approval(request, pk):
    """What one press of the button approved, and who pays it."""
    row = get_allowed(Approval, request.user, "money.view", pk=pk)
    releases = row.releases.with_places().order_by("school__name", "partnership__ref", "side")
    waiting = any(release.state == Release.State.APPROVED for release in releases)
    context = {
        "approval": row,
        "releases": releases,
        "waiting": waiting,
        "paying": approving.paying_for(row.plan, request.user),
    }
    return render(request, "funding/approval.html", context | {"programme": row.plan.programme})


@require_safe
def release(request, pk):
    row = release_of(request, pk, "money.school")
    return show(request, row)


def show(request, release, status=200, **forms):
    context = approving.of_release(request.user, release)
    context |= {"hold_form": HoldForm(), "waive_form": WaiveForm(conditions=context["conditions"])} | forms
    return render(request, "funding/release.html", context, status=status)


def stepped(request, release, step, done):
    """Take one step; what stands in its way is said on the page of the release."""
    try:
        step()
    except WrongState as why:
        messages.error(request, f"Nothing has changed. {why}")
    else:
        messages.success(request, done)
    return redirect(release)


@require_POST
def hold(request, pk):
    row = release_of(request, pk, "releases.hold")
    form = HoldForm(request.POST)
    if not form.is_valid():
        return show(request, row, status=422, hold_form=form)
    because = form.cleaned_data["because"]
    return stepped(request, row, lambda: releasing.hold(request.user, row, because), "It is on hold.")


@require_POST
def end_hold(request, pk):
    row = release_of(request, pk, "releases.hold")
    return stepped(request, row, lambda: releasing.end_hold(request.user, row), "The hold has ended.")


@require_POST
def waive(request, pk):
    row = release_of(request, pk, "releases.waive")
    context = approving.of_release(request.user, row)
    form = WaiveForm(request.POST, conditions=context["conditions"])
    if not form.is_valid():
        return show(request, row, status=422, waive_form=form)
    given = form.cleaned_data
    done = "The condition is waived. It is printed with the release, and you cannot approve it."
    return stepped(request, row, lambda: releasing.waive(request.user, row, **given), done)


@require_POST
def take_waiver_back(request, pk, waiver):
    row = release_of(request, pk, "releases.waive")
    found = get_object_or_404(row.waivers.all(), pk=waiver)
    return stepped(request, row, lambda: releasing.take_waiver_back(request.user, found), "The waiver is taken back.")


@require_POST
def take_approval_back(request, pk):
    row = release_of(request, pk, "releases.approve")
    done = "The approval is taken back. The release is worked out anew."
    return stepped(request, row, lambda: releasing.take_approval_back(request.user, row), done)
