from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import allowed_rows
from programmes.forms.keeping import KeepingForm
from programmes.models import Programme
from programmes.services import keeping as services


@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request, slug):
    """Until when pupil data is kept, with every change of it. Of a closed programme it can still be changed."""
    rows = allowed_rows(Programme, request.user, "programmes.set_up").select_related("organisation")
    programme = get_object_or_404(rows, slug=slug)
    form = form_for(request, programme)
    if request.method == "POST" and form and form.is_valid():
        day = form.cleaned_data["until"]
        try:
            services.keep_until(request.user, programme, day, form.cleaned_data["because"])
            messages.success(request, f"The pupil data is kept until {day:%-d %B %Y}.")
        except services.Erased:
            messages.warning(request, "The pupil data was erased a moment ago, so nothing was changed.")
        return redirect("programmes:keeping", slug=slug)
    changes = programme.keeping_changes.select_related("by")
    return render(request, "programmes/keeping.html", {"programme": programme, "form": form, "changes": changes})


def form_for(request, programme):
    """None where no day is left that could be chosen."""
    first, last = services.bounds(programme, timezone.localdate())
    if programme.erased_at or first > last:
        return None
    return KeepingForm(request.POST or None, programme=programme)
