"""Finance's answer to a batch: sent as a file or as rows, mended in its cells, looked at, and taken."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from funding.answers import read
from funding.forms.payments import AnswersForm
from funding.models import WrongState
from funding.services import answering
from funding.views.payments import batch_of, show
from papers.sheets import mended

ACTION = "payments.authorise"
form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def answer(request, pk):
    """The rows wait to be looked at."""
    batch = batch_of(request, pk, ACTION)
    if request.method != "POST":
        return redirect(batch)
    form = AnswersForm(request.POST, request.FILES, batch=batch)
    if not form.is_valid():
        return show(request, batch, form, status=422)
    answering.keep(request.user, batch, form.cleaned_data["pasted"], form.cleaned_data["ignored"])
    return redirect("funding:answer_look", pk)


@form_page
def answer_look(request, pk):
    """What the rows that wait say: mended here, taken, or set aside."""
    batch = batch_of(request, pk, ACTION)
    sent = batch.answers_files.filter(by=request.user).first()
    if sent is None:
        messages.info(request, "No rows wait to be looked at. They were taken, or set aside.")
        return redirect(batch)
    if request.method == "POST":
        return act(request, batch, sent)
    reading = read(sent.text, batch)
    reading.ignored = sent.ignored
    context = {"batch": batch, "reading": reading, "form": AnswersForm(initial={"pasted": sent.text}, batch=batch)}
    return render(request, f"funding/answer_{'mend' if reading.problems else 'look'}.html", context)


def act(request, batch, sent):
    if "set_aside" in request.POST:
        sent.delete()
        messages.success(request, "The rows are set aside: nothing of them is saved.")
        return redirect(batch)
    if "mended" in request.POST:
        answering.keep(request.user, batch, mended(sent.text, request.POST), sent.ignored)
    elif "save" in request.POST and not (reading := read(sent.text, batch)).problems:
        return take(request, batch, sent, reading)
    return redirect("funding:answer_look", batch.pk)


def take(request, batch, sent, reading):
    try:
        counts = answering.take(request.user, batch, sent, reading.answers)
    except WrongState as why:
        messages.error(request, f"Nothing was taken. {why}")
        return redirect("funding:answer_look", batch.pk)
    messages.success(request, f"{counts['paid']} paid, {counts['rejected']} rejected.")
    return redirect(batch)
