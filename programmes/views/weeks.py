from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import get_allowed
from programmes.forms.release import PartnerWeekForm
from programmes.models import PartnerTeacher
from programmes.services.against import against_week
from programmes.views.telling import tell_against


@require_http_methods(["GET", "HEAD", "POST"])
def partner_week(request, pk):
    """The usual week of a partner teacher: the coordinator keeps anybody's, a partner teacher the own."""
    row = get_allowed(PartnerTeacher, request.user, "teaching.keep", pk=pk, until=None)
    own, partnership = row.user_id == request.user.pk, row.partnership
    form = PartnerWeekForm(request.POST or None, instance=row, user=request.user, own=own, name=str(row.user))
    if form.is_valid():
        form.save()
        messages.success(request, f"{'Your' if own else 'The'} usual half-days are saved.")
        tell_against(request, against_week(request.user, row.user), "this week")
        return redirect(partnership)
    context = {"form": form, "own": own, "teacher": row.user, "partnership": partnership}
    return render(request, "programmes/partner_week.html", context)
