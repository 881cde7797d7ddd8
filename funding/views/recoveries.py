"""Money that is asked back: worked out, asked for, approved, paid back or set against a later stage."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed_rows
from funding.asked_back import how_it_stands, next_in_words, unconfirmed, who_acts, working_to_show
from funding.forms.recoveries import AgainstForm, DropForm, ReceiveForm
from funding.models import Recovery, WrongState
from funding.services import recovering
from funding.services.folding import made_good, to_make_good, why_owed
from funding.standing import standing_of
from funding.views.doors import plan_of
from papers.templatetags.plain import money

State = Recovery.State
AGAINST = ["offset_in__stage", "offset_in__partnership"]


@require_safe
def recoveries(request, slug):
    plan = plan_of(request, slug, "money.view")
    rows = plan.recoveries.select_related("partnership", "school", "stage", "requested_by", "approved_by", *AGAINST)
    acting = who_acts(plan.programme.organisation)
    context = {"plan": plan, "programme": plan.programme, "may_record": request.user.may("money.record")}
    return render(
        request,
        "funding/recoveries.html",
        context | {"rows": [(row, how_it_stands(row, acting)) for row in rows]},
    )


def recovery_of(request, pk, action) -> Recovery:
    rows = allowed_rows(Recovery, request.user, action)
    rows = rows.select_related("plan__programme__organisation", "partnership", "school", "stage", *AGAINST)
    return get_object_or_404(rows, pk=pk)


@require_safe
def recovery(request, pk):
    return show(request, recovery_of(request, pk, "money.view"))


def show(request, row, status=200, **forms):
    user, is_approved = request.user, row.state == State.APPROVED and row.offset_in is None
    context = {
        "recovery": row,
        "stands": how_it_stands(row, who_acts(row.plan.programme.organisation)),
        "working": working_to_show(row),
        "unconfirmed": unconfirmed(row),
        "programme": row.plan.programme,
        "may_request": user.may("recoveries.request") and row.state == State.PROPOSED,
        "may_approve": user.may("recoveries.approve") and row.state == State.REQUESTED,
        "is_own": row.requested_by_id == user.pk,
        "may_receive": user.may("recoveries.receive") and is_approved,
        "may_take_off": user.may("recoveries.receive") and row.state == State.APPROVED and not is_approved,
        "made_good": words_of(row),
        "may_drop": user.may("recoveries.request") and row.state in recovering.LIVE,
        "drop_form": DropForm(),
    }
    if context["may_receive"]:
        context |= {"receive_form": ReceiveForm(recovery=row), "against_form": against_form(row)}
    context |= forms | {"form": next(iter(forms.values()), None)}  # the one in which something is wrong
    return render(request, "funding/recovery.html", context, status=status)


def words_of(row) -> str:
    """Of what was given back and is owed after all: where it is made good, until it is."""
    pairs = to_make_good(row.plan) if row.is_back else []
    return "".join(f"{why_owed(row)} {made_good(*pair)}" for pair in pairs if pair[0] == row)


def against_form(row, data=None):
    standing = standing_of(row.plan)
    rows = [
        one
        for one in standing.rows
        if one.release.is_open and one.school.pk == row.school_id and one.amount >= row.amount
    ]
    return AgainstForm(data, rows=rows)


def stepped(request, row, step, done):
    try:
        step()
    except WrongState as why:
        messages.error(request, f"Nothing has changed. {why}")
    else:
        row.refresh_from_db()
        following = next_in_words(row, who_acts(row.plan.programme.organisation))
        messages.success(request, f"{done} {following}." if following else done)
    return redirect("funding:recovery", row.pk)


@require_POST
def ask(request, pk):
    row = recovery_of(request, pk, "recoveries.request")
    return stepped(request, row, lambda: recovering.request(request.user, row), "It is asked for.")


@require_POST
def approve(request, pk):
    row = recovery_of(request, pk, "recoveries.approve")
    done = "It is approved, and the school is to pay it back."
    return stepped(request, row, lambda: recovering.approve(request.user, row), done)


@require_POST
def receive(request, pk):
    row = recovery_of(request, pk, "recoveries.receive")
    if row.state != State.APPROVED:
        messages.error(request, f"Nothing has changed. It is \u201c{row.get_state_display().lower()}\u201d.")
        return redirect("funding:recovery", pk)
    form = ReceiveForm(request.POST, recovery=row)
    if not form.is_valid():
        return show(request, row, 422, receive_form=form)
    on = form.cleaned_data["on"]
    return stepped(request, row, lambda: recovering.receive(request.user, row, on), "It is paid back.")


@require_POST
def set_against(request, pk):
    row = recovery_of(request, pk, "recoveries.receive")
    form = against_form(row, request.POST)
    if not form.is_valid():
        return show(request, row, 422, against_form=form)
    release = form.rows[form.cleaned_data["release"]]
    less = f"The {release.stage} stage of {release.partnership.ref} pays {money(row.amount)} less"
    done = f"{less}, and there is nothing to pay back."
    return stepped(request, row, lambda: recovering.set_against(request.user, row, release), done)


@require_POST
def take_off_stage(request, pk):
    row = recovery_of(request, pk, "recoveries.receive")
    done = "No stage pays less for it any more: the school is to pay it back."
    return stepped(request, row, lambda: recovering.take_off_stage(request.user, row), done)


@require_POST
def drop(request, pk):
    row = recovery_of(request, pk, "recoveries.request")
    form = DropForm(request.POST)
    if not form.is_valid():
        return show(request, row, 422, drop_form=form)
    because = form.cleaned_data["because"]
    return stepped(request, row, lambda: recovering.drop(request.user, row, because), "It is not asked for.")
