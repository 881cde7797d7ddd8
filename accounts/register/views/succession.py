from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import allowed_rows
from accounts.models import School
from accounts.register import pages, succession
from accounts.register.forms import SuccessorForm


@require_http_methods(["GET", "POST", "HEAD"])
def succeed(request, urn):
    """Name the successor, see what would move, confirm."""
    school = get_object_or_404(allowed_rows(School, request.user, "schools.succeed"), urn=urn)
    organisation = pages.acting_organisation(request, "schools.succeed")
    first = succession.successors(school).exclude(status=School.Status.CLOSED).first()
    form = SuccessorForm(
        request.POST if request.method == "POST" else None,
        initial={"successor": first},
        user=request.user,
        school=school,
    )
    context = {
        "school": school,
        "form": form,
        "known": first,
        "moving": succession.what_moves(organisation, school),
        "organisation": organisation,
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/succeed.html", context)
    successor = form.cleaned_data["successor"]
    if "confirmed" not in request.POST:
        return render(request, "accounts/succeed_check.html", context | {"successor": successor})
    try:
        succession.succeed(request.user, organisation, school, successor)
    except succession.CannotSucceed as why:
        messages.warning(request, str(why))
    else:
        messages.success(request, f"What hung on {school} hangs on {successor} now.")
    return redirect(reverse("accounts:school", args=[school.urn]))
