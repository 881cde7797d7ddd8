"""Payments: what is approved and by whom it may be paid, batches with their file, and finance's answer."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed, require
from accounts.models import Organisation
from funding.forms.payments import AnswersForm
from funding.models import PaymentBatch
from funding.services import paying
from funding.services.paying import NotAuthorised


def organisation_of(request, action) -> Organisation:
    """The one for which the person acts now, else the first whose money the person may see."""
    require(request.user, action)
    places = request.user.memberships_granting(action)
    return (request.acting if request.acting in places else places[0]).organisation


@require_safe
def payments(request):
    """What waits to be paid, and the batches there were."""
    organisation = organisation_of(request, "payments.view")
    may_pay = request.user.may("payments.authorise")
    batches = allowed_rows(PaymentBatch, request.user, "payments.view").filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "choice": paying.choose(request.user, organisation, looking=not may_pay),
        "may_pay": may_pay,
        "may_see_payees": request.user.may("payees.view"),
        "batches": [paying.counted(batch) for batch in batches.prefetch_related("payments")[:100]],
    }
    return render(request, "funding/payments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request):
    """The dry run; then one frozen batch of all of it, or nothing and the page says why."""
    organisation = organisation_of(request, "payments.authorise")
    sent = request.POST if request.method == "POST" else request.GET
    why = None
    if request.method == "POST" and "authorise" in sent:
        try:
            return redirect(paying.authorise(request.user, organisation, seen_in(sent), key_in(sent)))
        except NotAuthorised as error:
            why = error
    pks = {int(pk) for pk in sent.getlist("release") if pk.isdecimal()}
    choice = paying.choose(request.user, organisation, pks)
    if not pks:
        messages.warning(request, "You chose nothing. Tick the releases whose payment you want to authorise.")
    context = {"organisation": organisation, "choice": choice, "key": uuid.uuid4(), "why": why}
    return render(request, "funding/authorise.html", context, status=409 if why else 200)


def key_in(sent):
    try:
        return uuid.UUID(sent.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def seen_in(sent) -> dict[int, int]:
    """release -> the payee that stood beside it."""
    pairs = ((pk, sent.get(f"payee_{pk}", "")) for pk in sent.getlist("release"))
    return {int(pk): int(payee) for pk, payee in pairs if pk.isdecimal() and payee.isdecimal()}


def batch_of(request, pk, action) -> PaymentBatch:
    rows = allowed_rows(PaymentBatch, request.user, action).select_related("organisation", "authorised_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def batch(request, pk):
    row = batch_of(request, pk, "payments.view")
    return show(request, row, AnswersForm(batch=row))


def show(request, row, form, status=200):
    context = paying.told(row) | {
        "form": form,
        "may_answer": request.user.may("payments.authorise"),
        "sent": row.answers_files.filter(by=request.user).first(),
    }
    return render(request, "funding/batch.html", context, status=status)


@require_safe
def batch_file(request, pk):
    """The frozen bytes: the same at every download."""
    row = get_allowed(PaymentBatch, request.user, "payments.authorise", pk=pk)
    audit.record(request.user, "payment file downloaded", row)
    response = HttpResponse(bytes(row.content), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.reference}.csv"'
    return response
