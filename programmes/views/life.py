from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView

from accounts.access import Allowed, allowed_rows
from programmes.forms.life import MoveForm
from programmes.models import Partnership
from programmes.services import agreements, life
from programmes.services.acceptance_pages import sides_of
from programmes.services.concerned import people_concerned
from programmes.services.objections import window
from programmes.services.proposals import schools_without_head

DONE = {
    "proposed": "The partnership is proposed, and the headteachers who can sign in are asked to agree.",
    "agreed": "The partnership is agreed.",
    "active": "The partnership is active.",
    "paused": "The partnership is paused. Nothing is planned or entered until it goes on.",
    "completed": "The partnership is completed.",
    "embedding": "The partnership is embedding.",
    "folded": "The partnership has folded.",
}


class OfPartnership(Allowed):
    """A page about one partnership in reach, which it holds as `partnership`."""

    action = "partnerships.move"

    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Partnership, request.user, self.action).with_people().prefetch_related("steps__by")
        self.partnership = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(partnership=self.partnership, **kwargs)


class Move(OfPartnership, FormView):
    """One step of a partnership. What cannot be undone as a whole is shown before it is done."""

    form_class = MoveForm
    template_name = "programmes/move.html"

    def dispatch(self, request, *args, **kwargs):
        if kwargs["status"] not in Partnership.Status.values:
            raise Http404
        self.status = Partnership.Status(kwargs["status"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        if self.status not in life.steps_from(self.partnership):
            messages.warning(request, life.not_from_here(self.partnership, self.status))
            return redirect(self.partnership)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"partnership": self.partnership, "status": self.status}

    def get_context_data(self, **kwargs):
        sides = sides_of(self.partnership) if self.status == Partnership.Status.AGREED else []
        return super().get_context_data(
            window=window(self.partnership),
            status=self.status,
            act=life.act_of(self.partnership, self.status),
            lacks=self.lacks() if self.status == Partnership.Status.ACTIVE else {},
            sides=sides,
            awaited=[side.school for side in sides if not side.acceptance],
            undone=self.undone(),
            **kwargs,
        )

    def undone(self):
        """What becomes of what the fold brought about, for whoever takes it back."""
        if self.partnership.status != Partnership.Status.FOLDED:
            return []
        return [words for tell in life.TOLD_BEFORE_TAKING_BACK for words in tell(self.partnership)]

    def lacks(self):
        """What one that starts or goes on should have: said on the page, and it can be started without."""
        p = self.partnership
        agreement = agreements.standing([p]).get(p.pk)
        return {
            "partner": not p.current_partner_teachers,
            "agreement": agreement is None and p.programme.agreement_texts.exists(),
            "signatures": agreement.waiting if agreement and not agreement.is_complete else [],
        }

    def form_valid(self, form):
        asked = self.request.POST
        if "change" in asked:
            return self.render_to_response(self.get_context_data(form=form))
        if self.status == Partnership.Status.FOLDED and "checked" not in asked:
            return self.render_to_response(self.get_context_data(form=form, **self.what_happens(form)))
        if form.save(self.request.user) is None:
            return self.form_invalid(form)
        messages.success(self.request, DONE.get(self.status, "It is kept."))
        return redirect(self.partnership)

    def what_happens(self, form):
        """What a fold on that day brings about, for whoever checks it before."""
        partnership, on, today = self.partnership, form.cleaned_data["on"], timezone.localdate()
        planned = partnership.visits.filter(status="planned")
        return {
            "checking": True,
            "answers": [("on", f"{on:%-d/%-m/%Y}"), *[(name, form.cleaned_data[name]) for name in ("reason", "note")]],
            "visits": planned.filter(on__gt=on, on__gte=today),
            "unconfirmed": planned.filter(on__lt=today),
            "returns": partnership.returns.unfinished().select_related("data_point"),
            "told": [someone for someone in people_concerned(partnership) if someone != self.request.user],
            "not_told": schools_without_head(partnership),
            "besides": [words for tell in life.TOLD_BEFORE_FOLD for words in tell(partnership, on)],
        }
