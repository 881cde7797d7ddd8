"""Funding letters: issued for a stage, read by the school, and recognised by whoever holds one."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed_rows
from accounts.limits import too_many
from accounts.middleware import login_not_required
from funding.forms.letters import CheckForm
from funding.models import FundingLetter
from funding.services import letters as service
from funding.views.doors import plan_of
from papers.templatetags.plain import plural_count


def stage_of(request, slug, pk, action):
    plan = plan_of(request, slug, action)
    return plan, get_object_or_404(plan.stages.all(), pk=pk)


@require_safe
def letters(request, slug, pk):
    """Each school of the stage with its letters: which one holds, and which says what is not true any more."""
    plan, stage = stage_of(request, slug, pk, "money.view")
    rows = service.letters_of(plan, stage)
    context = {
        "plan": plan,
        "programme": plan.programme,
        "stage": stage,
        "rows": rows,
        "wanted": [row for row in rows if row.wanted],
        "may_issue": request.user.may("letters.issue"),
        "making": progress_of(request, stage),
    }
    return render(request, "funding/letters.html", context)


def progress_of(request, stage):
    in_hand = FundingLetter.objects.allowed(request.user, "money.view").filter(stage=stage).in_hand().count()
    return {"in_hand": in_hand}


@require_safe
def letters_progress(request, slug, pk):
    """The line that asks again by itself while letters are made; once all are there the page is loaded anew."""
    plan, stage = stage_of(request, slug, pk, "money.view")
    if not request.htmx:
        return redirect("funding:letters", slug, pk)
    making = progress_of(request, stage)
    if not making["in_hand"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.GET.get("seen") == str(making["in_hand"]):
        return HttpResponse(status=204)
    return render(
        request, "funding/_letters_progress.html", {"making": making, "programme": plan.programme, "stage": stage}
    )


@require_POST
def letters_issue(request, slug, pk):
    plan, stage = stage_of(request, slug, pk, "letters.issue")
    chosen = {int(school) for school in request.POST.getlist("school") if school.isdecimal() and len(school) < 10}
    made = service.issue(request.user, plan, stage, chosen)
    if made:
        messages.success(request, f"{plural_count(len(made), 'letter')} will be there in a moment.")
    else:
        messages.info(request, "Nothing was issued: choose at least one school whose letter is due.")
    return redirect("funding:letters", slug, pk)


def letter_of(request, pk, action) -> FundingLetter:
    rows = allowed_rows(FundingLetter, request.user, action)
    rows = rows.select_related("stage__plan__programme__organisation", "school", "ordered_by", "superseded_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def letter(request, pk):
    (row,) = service.marked([letter_of(request, pk, "money.school")])
    context = {
        "letter": row,
        "programme": row.stage.plan.programme,
        "is_office": request.user.may("money.view"),
        "may_issue": request.user.may("letters.issue") and (row.holds or row.has_failed),
    }
    return render(request, "funding/letter.html", context)


@require_safe
def letter_progress(request, pk):
    row = letter_of(request, pk, "money.school")
    if not request.htmx:
        return redirect(row)
    if request.GET.get("seen") == row.how_far:
        return HttpResponse(status=204)
    if not row.in_hand:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "funding/_letter_progress.html", {"letter": row})


@require_POST
def letter_again(request, pk):
    """Issued anew, though nothing has changed: the one before is superseded."""
    row = letter_of(request, pk, "letters.issue")
    made = service.issue(request.user, row.stage.plan, row.stage, {row.school_id}, anew=True)
    if not made:
        messages.info(
            request, "Nothing was issued: a letter to this school is being made, or nothing is released to it."
        )
        return redirect(row)
    return redirect(made[0])


@require_safe
def letter_download(request, pk):
    """The file as it was issued: the same bytes at every download."""
    row = letter_of(request, pk, "money.school")
    if not row.is_done or not row.file:
        raise Http404
    audit.record(request.user, "funding letter downloaded", row)
    return FileResponse(row.file.open(), as_attachment=True, filename=f"funding-letter-{row.reference}.pdf")


@login_not_required
@never_cache
@require_safe
def check(request):
    """Whether a letter is genuine, holds no more or is unknown, for whoever holds it: no more can be learned here."""
    if "code" not in request.GET:
        return render(request, "funding/check.html", {"form": CheckForm()})
    if (refused := too_many(request, "check_letter")) is not None:
        return refused
    form = CheckForm(request.GET)
    verdict = service.verdict_on(**form.cleaned_data) if form.is_valid() else ""
    return render(request, "funding/check.html", {"form": form, "verdict": verdict}, status=422 if form.errors else 200)
