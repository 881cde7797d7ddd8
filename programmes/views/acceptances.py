from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import DetailView

from accounts.access import Allowed, allowed_rows
from papers.templatetags.plain import listed
from programmes.models import Partnership
from programmes.services import acceptance_pages, acceptances, life


class Agree(Allowed, DetailView):
    """What a head agrees to, and one tap that does it."""

    action = "pairing.agree"
    template_name = "programmes/agree.html"
    context_object_name = "partnership"

    def get_object(self):
        rows = allowed_rows(Partnership, self.request.user, self.action).with_people().with_acceptances()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(**acceptance_pages.agree_page(self.request.user, self.object), **kwargs)

    def post(self, request, pk):
        partnership = self.get_object()
        try:
            agreed, waiting = acceptances.agree(request.user, partnership, request.POST.get("read", ""))
        except acceptances.Changed:
            messages.warning(request, acceptances.CHANGED)
            return HttpResponseRedirect(request.path)
        except (acceptances.NotOpen, life.WrongStep) as why_not:
            messages.info(request, str(why_not))
            return redirect(partnership)
        messages.success(request, said(agreed, waiting))
        return redirect(partnership)


def said(partnership, waiting):
    """What a head is told after agreeing, and who acts next."""
    if waiting:
        return f"Thank you, you have agreed. Now it waits for the headteacher of {listed(waiting)}."
    both = "" if partnership.is_in_own_school else " Both schools have agreed:"
    return f"Thank you, you have agreed.{both} {'T' if not both else 't'}he teachers can plan their visits from now on."
