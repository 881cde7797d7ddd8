from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import FormView, ListView

from accounts.access import Allowed, allowed_rows, get_allowed, require
from accounts.models import RegisterChange, RegisterFile
from accounts.register import aside, pages, services
from accounts.register.forms import ConfirmForm, RegisterForm


class RegisterPage(FormView):
    """What the register is at present, where it came from, and the way to a newer one."""

    action = "register.import"
    http_method_names = ["get", "post", "head", "options"]
    form_class = RegisterForm
    template_name = "accounts/register.html"

    def dispatch(self, request, *args, **kwargs):
        require(request.user, self.action)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        organisation = pages.acting_organisation(self.request, self.action)
        files = form.cleaned_data["register"], form.cleaned_data["links"]
        return redirect(services.send(self.request.user, organisation, *files))

    def get_context_data(self, **kwargs):
        files = RegisterFile.objects.allowed(self.request.user, self.action)
        return super().get_context_data(**pages.standing(self.request.user, files), **kwargs)


class RegisterFilePage(Allowed, ListView):
    """A file on its way: how far it is read, what it would change, how far it is written, what it has changed."""

    action = "register.import"
    model = RegisterChange
    paginate_by = 50
    template_name = "accounts/register_file.html"

    def get_queryset(self):
        files = RegisterFile.objects.allowed(self.request.user, self.action)
        files = files.select_related("uploaded_by", "organisation")
        self.file = get_object_or_404(files, pk=self.kwargs["pk"])
        self.own = pages.own_schools(self.request.user, self.action)
        self.asked = pages.asked(self.request.GET)
        return pages.changes_of(self.file, self.own, self.asked)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        pages.tell_changes(context["object_list"])
        query = urlencode({name: value for name, value in self.asked.items() if value})
        about = pages.about(self.file, self.own, pages.acting_organisation(self.request, self.action))
        unticked = about["waits"] and self.request.GET.get("tick") == "missing"
        form = ConfirmForm({} if unticked else None, file=self.file)
        return context | about | {"file": self.file, "form": form, "asked": self.asked, "query": query}


@require_safe
def progress(request, pk):
    """The line that asks again by itself while there is something to wait for; then the page comes anew."""
    file = get_allowed(RegisterFile, request.user, "register.import", pk=pk)
    job = pages.job_in_hand(file)
    if not request.htmx or job is None:
        response = HttpResponse(status=204, headers={"HX-Redirect": file.get_absolute_url()})
        return response if request.htmx else redirect(file)
    if request.GET.get("seen") == job.stage:
        return HttpResponse(status=204)
    return render(request, "accounts/_register_progress.html", {"file": file, "job": job})


@require_POST
def confirm(request, pk):
    file = get_allowed(RegisterFile, request.user, "register.import", pk=pk)
    if not ConfirmForm(request.POST, file=file).is_valid():
        return redirect(f"{file.get_absolute_url()}?tick=missing")
    try:
        services.confirm(request.user, file)
    except services.NotNow as why:
        messages.warning(request, str(why))
    return redirect(file)


@require_POST
def again(request, pk):
    file = get_allowed(RegisterFile, request.user, "register.import", pk=pk)
    try:
        return redirect(services.read_again(request.user, file))
    except services.NotNow as why:
        messages.warning(request, str(why))
        return redirect(file)


@require_POST
def set_aside(request, pk):
    file = get_object_or_404(allowed_rows(RegisterFile, request.user, "register.import"), pk=pk)
    if aside.set_aside(request.user, file):
        messages.success(request, "The file is set aside. Nothing of it was written.")
    else:
        messages.warning(request, "This file is being used, or was set aside before. Nothing has changed.")
    return redirect(reverse("accounts:register"))
