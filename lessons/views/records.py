"""The record to be read, signed, corrected and answered; the list of them; and what is done of it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView

from accounts import audit
from accounts.access import Allowed, allowed_rows, get_allowed
from desks.cells import clean
from lessons import services
from lessons.forms.records import CorrectionForm, ReplyForm
from lessons.models import GapTask, HeadReply, RecordAction, VisitRecord
from lessons.models.records import why_not_written
from lessons.pages.records import acts_for, reading_of
from lessons.paper import record_pdf
from papers.templatetags.plain import listed
from visits.models import Visit, WrongState

SHOWN = {"not-accurate", "unsigned", "all"}


class RecordList(Allowed, ListView):
    action = "records.view"
    model = VisitRecord
    paginate_by = 50
    template_name = "lessons/list.html"

    def get_queryset(self):
        rows = super().get_queryset()
        self.disputed = rows.disputed()
        asked = self.request.GET.get("show", "")
        self.show = asked if asked in SHOWN else ""
        rows = {"not-accurate": self.disputed, "unsigned": rows.exclude(status="signed off")}.get(self.show, rows)
        return rows.with_visit().order_by("-visit__on", "-visit__half", "pk")

    def get_context_data(self, **kwargs):
        person = self.request.user
        return super().get_context_data(
            show=self.show,
            disputed_count=self.disputed.count(),
            may_write=person.may("records.write"),
            may_follow_up=person.may("records.follow_up"),
            **kwargs,
        )


def the_record(request, visit, action="records.view"):
    return get_object_or_404(allowed_rows(VisitRecord, request.user, action).with_visit(), visit=visit)


@require_safe
def record(request, visit):
    """The record; a teacher of a visit without one is led to write it."""
    row = allowed_rows(VisitRecord, request.user, "records.view").with_visit().filter(visit=visit).first()
    if row is None:
        if not request.user.may("records.write"):
            raise Http404
        get_allowed(Visit, request.user, "records.write", pk=visit)
        return redirect("lessons:write", visit=visit)
    return page(request, row)


def page(request, row, status=200, **forms):
    reading = reading_of(request.user, row)
    if reading.pupils:
        audit.record(request.user, "records.viewed", row)
    acts = acts_for(request.user, row)
    named = services.names_in_record(row) if acts["may_sign"] else []
    context = {
        "reading": reading,
        "record": row,
        "acts": acts,
        "named": named,
        "names_digest": services.digest_of(named),
        "lacking": services.what_is_lacking(row) if acts["may_sign"] and row.is_draft else [],
        "correction_form": correction_form(row) if acts["may_correct"] else None,
        "reply_form": reply_form(request.user, row) if acts["may_reply"] else None,
    } | forms
    context["form"] = next(iter(forms.values()), None)
    return render(request, "lessons/record.html", context, status=status)


def correction_form(row, *sent):
    action = reverse("lessons:correct", args=[row.visit_id])
    return CorrectionForm(*sent, action=action, partnership=row.visit.partnership)


def reply_form(person, row, *sent):
    last = next((said for said in row.newest_replies if said.by_id == person.pk), None)
    return ReplyForm(*sent, last=last, action=reverse("lessons:reply", args=[row.visit_id]))


@require_POST
def sign(request, visit):
    row = the_record(request, visit, "records.write")
    seen = request.POST.get("version", "")
    try:
        looked_at = request.POST.get("names_looked_at", "")
        services.sign(request.user, row, int(seen) if seen.isdecimal() else -1, looked_at)
    except services.NotAsSeen:
        messages.warning(
            request, "The record was changed a moment ago, so nothing is signed. Read it again, then sign."
        )
    except services.NamesStand:
        messages.warning(
            request, "A pupil may be named in it, so nothing is signed. Take the name out, or say that it is to stay."
        )
        return redirect(f"{reverse('lessons:record', args=[visit])}#names")
    except services.NotReady:
        return redirect(f"{reverse('lessons:write', args=[visit])}?lacking=1")
    except WrongState:
        messages.warning(request, "The visit was cancelled, so nothing is signed.")
    else:
        messages.success(request, "You have signed the record.")
    return redirect("lessons:record", visit=visit)


@require_POST
def reopen(request, visit):
    row = the_record(request, visit, "records.write")
    if row.is_signed_off:
        messages.warning(request, "Both teachers have signed: the record stays. Add a correction below it.")
        return redirect("lessons:record", visit=visit)
    if why := why_not_written(row.visit, timezone.localdate()):
        messages.warning(request, why)
        return redirect("lessons:record", visit=visit)
    if services.reopen(request.user, row):
        messages.info(
            request,
            "The record can be changed again. Both of you sign it anew. Until then nothing says that the visit took "
            "place: if it did not, say so on the page of the visit.",
        )
    return redirect("lessons:write", visit=visit)


@require_POST
def correct(request, visit):
    row = the_record(request, visit, "records.write")
    form = correction_form(row, request.POST)
    if not row.is_signed_off:
        messages.warning(request, "The record is not signed by both yet: change it itself.")
        return redirect("lessons:write", visit=visit)
    if not form.is_valid():
        return page(request, row, status=422, correction_form=form)
    services.correct(request.user, row, clean(form.cleaned_data["text"]))
    messages.success(request, "The correction stands below the record.")
    return redirect("lessons:record", visit=visit)


@require_POST
def reply(request, visit):
    row = the_record(request, visit, "records.answer")
    form = reply_form(request.user, row, request.POST)
    if not form.is_valid():
        return page(request, row, status=422, reply_form=form)
    said = form.cleaned_data
    try:
        services.reply(request.user, row, said["is_accurate"], clean(said["comment"]), said["seen"] or 0)
    except services.NotAsSeen:
        row = the_record(request, visit, "records.answer")
        form = reply_form(request.user, row, request.POST)
        form.tell_overtaken()
        return page(request, row, status=409, reply_form=form)
    messages.success(request, "Your answer is with the coordinator. It changes nothing in the record.")
    return redirect("lessons:record", visit=visit)


@require_POST
def see_reply(request, pk):
    rows = allowed_rows(VisitRecord, request.user, "records.follow_up")
    said = get_object_or_404(HeadReply.objects.allowed(request.user, "records.follow_up"), pk=pk)
    if services.see_reply(request.user, said):
        messages.success(request, "Kept: you have looked into it. It has left the list.")
    return redirect(get_object_or_404(rows, pk=said.record_id))


def mark_done(request, model, pk):
    """Done, or not done after all: said by whose task it is."""
    rows = allowed_rows(model, request.user, "records.write")
    task = get_object_or_404(rows.select_related("record__visit__partnership__specialist__user"), pk=pk)
    if request.user not in task.doers:
        messages.warning(request, f"Nothing was changed: {listed(task.doers, 'or')} can say whether this is done.")
    elif request.POST.get("done") == "no":
        if services.mark_not_done(request.user, task):
            messages.success(request, "Taken back: it is still to be done.")
    elif services.mark_done(request.user, task):
        messages.success(request, "Done.")
    back = "today" if request.POST.get("from") == "today" else task.record.get_absolute_url()
    return redirect(back)


@require_POST
def action_done(request, pk):
    return mark_done(request, RecordAction, pk)


@require_POST
def gap_task_done(request, pk):
    return mark_done(request, GapTask, pk)


@require_safe
def paper(request, visit):
    row = the_record(request, visit)
    audit.record(request.user, "records.downloaded", row)
    response = HttpResponse(record_pdf(request.user, row), content_type="application/pdf")
    partnership = row.visit.partnership
    name = slugify(f"visit-record-{partnership.programme.slug}-{partnership.ref}-{row.visit.on}-{row.visit.half}")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
