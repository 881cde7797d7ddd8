from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import CreateView, FormView

from accounts.access import Allowed, allowed_rows
from programmes.forms.objections import AnswerForm, ObjectionForm
from programmes.models import Objection, Partnership
from programmes.services import life, objections


class ObjectionAdd(Allowed, CreateView):
    """A head declines a pairing or asks about it; after its last day the page says when that was."""

    action = "pairing.object"
    model = Objection
    form_class = ObjectionForm
    template_name = "programmes/objection_add.html"

    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Partnership, request.user, self.action).with_people()
        self.partnership = get_object_or_404(rows, pk=kwargs["pk"])
        self.window = objections.window(self.partnership)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        new = Objection(partnership=self.partnership)
        return super().get_form_kwargs() | {"user": self.request.user, "instance": new}

    def get_context_data(self, **kwargs):
        own = objections.schools_for(self.request.user, self.partnership)
        has_agreed = any(school not in self.partnership.awaited for school in own)
        return super().get_context_data(
            partnership=self.partnership, window=self.window, has_agreed=has_agreed, **kwargs
        )

    def form_valid(self, form):
        try:
            objections.object_to(self.request.user, form.instance)
        except objections.NotOpen as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, "The coordinators have it. The pairing stays as it is until they answer.")
        return redirect(self.partnership)


class ObjectionAnswer(Allowed, FormView):
    action = "pairing.manage"
    form_class = AnswerForm
    template_name = "programmes/objection_answer.html"

    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Objection, request.user, self.action).select_related(
            "school", "by", "answered_by", "partnership__programme__organisation", "partnership__partner_school"
        )
        self.objection = get_object_or_404(
            rows.select_related("partnership__specialist__user", "partnership__specialist__home_school"),
            pk=kwargs["pk"],
        )
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(objection=self.objection, partnership=self.objection.partnership, **kwargs)

    def form_valid(self, form):
        given = form.cleaned_data
        try:
            objections.answer(self.request.user, self.objection, given["outcome"], given["answer"])
        except objections.AnsweredMeanwhile:
            messages.warning(self.request, "Someone else answered a moment ago. Yours was not sent.")
        except life.WrongStep as error:
            form.add_error(None, f"{error} Nothing was sent.")
            return self.form_invalid(form)
        else:
            messages.success(self.request, f"{self.objection.by} has your answer.")
        return redirect(self.objection.partnership)
