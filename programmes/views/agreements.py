from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import DetailView, FormView, ListView

from accounts import audit
from accounts.access import Allowed, allowed_rows
from programmes.forms.agreements import AgreementFilter, NewVersionForm, SignForm
from programmes.models import Agreement, Partnership, Programme
from programmes.services import agreements
from programmes.services.agreements.page import already_said, page_of, said_of_reminding, waiting_signer
from programmes.services.agreements.paper import agreement_pdf

CHANGED = (
    "The agreement changed at {at:%H:%M} on {at:%A} {at.day} {at:%B}. This is version {version}: read it, then sign it "
    "here. Nothing is signed yet."
)


class AgreementList(Allowed, ListView):
    action = "agreements.view"
    model = Agreement
    paginate_by = 100
    template_name = "programmes/agreements.html"

    def get_queryset(self):
        partnerships = Partnership.objects.allowed(self.request.user, self.action)
        self.filter = AgreementFilter(self.request.GET or None, partnerships=partnerships)
        rows = self.filter.narrowed(super().get_queryset().current())
        return rows.with_signatures().longest_waiting_first()

    def get_context_data(self, **kwargs):
        person, query = self.request.user, self.request.GET.copy()
        query.pop("page", None)
        context = super().get_context_data(filter=self.filter, query=query.urlencode(), **kwargs)
        standing = agreements.standing_of(context["object_list"])
        rows = [standing[row.partnership_id] for row in context["object_list"]]
        lacking, makes_for, manages = [], None, person.may("agreements.manage")
        if manages:
            running = Programme.objects.allowed(person, "agreements.manage").filter(status=Programme.Status.ACTIVE)
            makes_for = running.order_by("-starts_on", "name").first() if not rows else None
            without = agreements.lacking(Partnership.objects.allowed(person, "agreements.manage"))
            lacking = agreements.count_by_programme(without)
        return context | {"rows": rows, "lacking": lacking, "makes_for": makes_for, "manages": manages}


class AgreementDetail(Allowed, DetailView):
    action = "agreements.view"
    model = Agreement
    template_name = "programmes/agreement.html"

    def get_queryset(self):
        return super().get_queryset().with_signatures()

    def get_context_data(self, **kwargs):
        person, agreement = self.request.user, self.object
        signer = waiting_signer(person, agreement)
        form = SignForm(person=person, agreement=agreement, signer=signer) if signer else None
        return super().get_context_data(**page_of(person, agreement), form=form, **kwargs)


@require_POST
def agreement_sign(request, pk):
    """The signature; or the page again with what is wrong, and what was typed."""
    person = request.user
    rows = allowed_rows(Agreement, person, "agreements.sign").with_signatures()
    read = get_object_or_404(rows, pk=pk)
    signer = waiting_signer(person, read, request.POST.get("signature"), signed=True)
    if signer is None:
        raise Http404
    if read.superseded_at:
        return read_the_new_one(request, rows, read, signer)
    form = SignForm(request.POST, person=person, agreement=read, signer=signer)
    if not signer.signed and not form.is_valid():
        return page_with(request, read, form)
    return signed(request, rows, read, signer, form)


def signed(request, rows, agreement, signer, form):
    try:
        if signer.signed or not agreements.sign(
            request.user, agreement, signer.signature, form.cleaned_data["typed_name"]
        ):
            messages.info(request, already_said(signer))
        else:
            messages.success(request, f"You have signed as {signer.as_what}.")
    except agreements.ChangedMeanwhile:
        agreement.refresh_from_db(fields=["superseded_at"])
        return read_the_new_one(request, rows, agreement, signer)
    except agreements.TakesNoSignature:
        messages.warning(request, "This partnership rests or has ended, so nothing is signed. Ask the coordinator.")
    return redirect(agreement)


def read_the_new_one(request, rows, read, signer):
    """The version that took its place, with the typed name kept, the tick taken back and a sentence."""
    current = get_object_or_404(rows.current(), partnership=read.partnership_id)
    anew = waiting_signer(request.user, current, capacity=signer.signature.capacity)
    said = CHANGED.format(at=timezone.localtime(read.superseded_at), version=current.version)
    if anew is None:
        messages.warning(request, said)
        return redirect(current)
    data = request.POST.copy()
    data.pop("agreed", None)
    data["signature"] = anew.signature.pk
    form = SignForm(data, person=request.user, agreement=current, signer=anew)
    form.errors.clear()
    form.add_error(None, said)
    return page_with(request, current, form)


def page_with(request, agreement, form):
    context = page_of(request.user, agreement) | {"agreement": agreement, "form": form}
    return render(request, "programmes/agreement.html", context)


class AgreementRenew(Allowed, FormView):
    action = "agreements.manage"
    form_class = NewVersionForm
    template_name = "programmes/agreement_renew.html"

    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Agreement, request.user, self.action).current()
        self.agreement = get_object_or_404(rows.with_signatures(), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        programme = self.agreement.partnership.programme
        return super().get_context_data(
            agreement=self.agreement,
            standing=agreements.standing_of([self.agreement])[self.agreement.partnership_id],
            text=agreements.latest_text(programme),
            why_not=agreements.why_no_new_version(self.agreement.partnership),
            **kwargs,
        )

    def form_valid(self, form):
        try:
            made = agreements.renew_agreement(self.request.user, self.agreement, form.cleaned_data["because"])
        except agreements.ChangedMeanwhile as changed:
            messages.warning(self.request, "Someone else made a new version a moment ago. This is it.")
            return redirect(changed.agreement)
        except agreements.CannotBeMade as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, f"Version {made.version} waits to be signed. Everyone who signs has a mail.")
        return redirect(made)


@require_POST
def agreement_remind(request, pk):
    rows = allowed_rows(Agreement, request.user, "agreements.manage").current()
    agreement = get_object_or_404(rows, pk=pk)
    for level, sentence in said_of_reminding(agreements.remind(request.user, agreement)):
        messages.add_message(request, level, sentence)
    return redirect(agreement)


@require_POST
def agreement_holds(request, pk):
    rows = allowed_rows(Agreement, request.user, "agreements.revisit").with_signatures()
    agreement = get_object_or_404(rows, pk=pk)
    try:
        agreements.still_holds(request.user, agreement, timezone.localdate())
    except agreements.NotDue:
        messages.info(request, "Nothing had to be said about this agreement any more: see below how it stands.")
    else:
        messages.success(request, "Kept, with your name and today's date: the agreement still holds.")
    return redirect(agreement)


@require_safe
def agreement_paper(request, pk):
    """The PDF, made in the request: it takes a third of a second, less than a job would wait for its worker."""
    rows = allowed_rows(Agreement, request.user, "agreements.view").with_signatures()
    agreement = get_object_or_404(rows, pk=pk)
    audit.record(request.user, "agreements.downloaded", agreement)
    response = HttpResponse(agreement_pdf(agreement), content_type="application/pdf")
    name = slugify(f"agreement-{agreement.partnership.programme.slug}-{agreement.partnership.ref}-v{agreement.version}")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
