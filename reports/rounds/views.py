from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import audit
from accounts.access import allowed_rows, get_allowed, require
from programmes.models import Programme
from reports.models import Report, ReportRound, ReportSchedule
from reports.rounds import page, scheduling, services, telling
from reports.rounds.forms import ScheduleForm

ACTION = "reports.rounds"


def programme_of(request, slug):
    rows = allowed_rows(Programme, request.user, ACTION).exclude(status=Programme.Status.DRAFT)
    return get_object_or_404(rows.select_related("organisation"), slug=slug)


def round_of(request, pk):
    rows = allowed_rows(ReportRound, request.user, ACTION)
    return get_object_or_404(rows.select_related("programme__organisation", "ordered_by", "data_point"), pk=pk)


def kind_or_404(slug):
    kind = page.kind_of(slug)
    if kind is None:
        raise Http404
    return kind


@require_safe
def of_programme(request, slug):
    return render(request, "reports/rounds/programme.html", page.of_programme(programme_of(request, slug)))


@require_POST
def order(request, slug, kind):
    programme, kind = programme_of(request, slug), kind_or_404(kind)
    if programme.erased_at or not services.schools_of(programme).exists():
        messages.info(request, "This programme has no school to report on.")
        return redirect("reports:rounds", slug)
    points = dict(page.offered(programme))
    if kind not in points:
        messages.info(request, "Progress is told from the second data point on. None is over yet.")
        return redirect("reports:rounds", slug)
    found, new = services.order_round(request.user, programme, kind, data_point=points[kind])
    if not new:
        messages.info(request, "These reports are being made already.")
    return redirect(found)


@require_safe
def detail(request, pk):
    """A round as far as it is. Where nothing had changed since an earlier one, that one."""
    found = round_of(request, pk)
    if found.same_as_id:
        messages.info(request, "Nothing has changed since these reports were made, so they are the newest there are.")
        return redirect("reports:round", found.same_as_id)
    return render(request, "reports/rounds/detail.html", page.of_round(found, request.user) | page.news_of(found))


@require_safe
def progress(request, pk):
    """What asks again by itself as long as there is something to wait for; nothing while nothing changed."""
    found = round_of(request, pk)
    if not request.htmx:
        return redirect(found)
    if found.same_as_id:
        return HttpResponseClientRedirect(found.get_absolute_url())
    shown = page.of_round(found, request.user)
    if request.GET.get("seen") == shown["how_far"]:
        return HttpResponse(status=204)
    return render(request, "reports/rounds/_progress.html", shown)


@require_POST
def again(request, pk):
    return redirect(services.try_again(request.user, round_of(request, pk)))


@require_safe
def download(request, pk):
    """All files in one, as long as each of them may be read by whoever asks."""
    found = round_of(request, pk)
    if not found.is_done or not found.file or not services.may_have_file(found, request.user):
        raise Http404
    audit.record(request.user, "reports.round downloaded", found)
    name = f"{page.slug_of(Report.Kind(found.kind))}-{found.programme.slug}.zip"
    return FileResponse(found.file.open(), as_attachment=True, filename=name)


@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request, slug, kind):
    programme, kind = programme_of(request, slug), kind_or_404(kind)
    if kind == services.PROGRESS:
        raise Http404  # it comes with the impact reports: in the middle of the year it is what the heads are sent
    rows = ReportSchedule.objects.allowed(request.user, ACTION)
    found = rows.filter(programme=programme, kind=kind).first() or ReportSchedule(programme=programme, kind=kind)
    turns = scheduling.turns_of(found, timezone.localdate())  # as they are before anything typed reaches the row
    form = ScheduleForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        scheduling.set_schedule(request.user, form.save(commit=False))
        messages.success(request, "Saved.")
        return redirect("reports:rounds", slug)
    context = {"form": form, "programme": programme, "kind": kind, "turns": turns}
    return render(request, "reports/rounds/schedule.html", context)


@require_safe
def told(request, token):
    """Where the link in a mail leads, for whoever may read the report. After its time it says so."""
    require(request.user, "reports.view")
    pk = telling.told_of(token)
    if pk is None:
        return render(request, "reports/rounds/ended.html", status=410)
    report = get_allowed(Report, request.user, "reports.view", pk=pk)
    audit.record(request.user, "reports.link followed", report)
    return redirect(report)
