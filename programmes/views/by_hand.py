from django.contrib import messages
from django.shortcuts import redirect
from django.views.generic import FormView

from accounts.access import Allowed, get_allowed
from programmes.forms.pairing import AddForm
from programmes.models import PartnerSchool, Programme
from programmes.services import by_hand
from programmes.views.telling import tell_proposed

FIELDS = ["specialist", "school", "subject", "year_group", "area"]


class PartnershipAdd(Allowed, FormView):
    """One partnership by hand: choose, check with what speaks against it, propose."""

    action = "pairing.manage"
    form_class = AddForm
    template_name = "programmes/partnership_add.html"

    def dispatch(self, request, *args, **kwargs):
        self.programme = get_allowed(Programme, request.user, self.action, slug=kwargs["slug"])
        if self.programme.status == Programme.Status.CLOSED:
            messages.warning(request, "This programme is closed, and nobody is paired in it any more.")
            return redirect(self.programme)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "programme": self.programme}

    def get_initial(self):
        """A link may bring the partner school, with what it wants, and the specialist teacher."""
        asked = self.request.GET
        rows = PartnerSchool.objects.allowed(self.request.user, self.action).filter(programme=self.programme)
        number = asked.get("partner_school", "")
        row = rows.filter(pk=number).first() if number.isdecimal() else None
        given = {"specialist": asked.get("specialist")}
        if row:
            given |= {
                "school": row.school_id,
                "subject": row.subject,
                "year_group": row.year_group,
                "area": row.area_id,
            }
        return {name: value for name, value in given.items() if value}

    def get_context_data(self, **kwargs):
        return super().get_context_data(programme=self.programme, **kwargs)

    def form_valid(self, form):
        if self.request.POST.get("step") == "edit":
            return self.render_to_response(self.get_context_data(form=form))
        chosen = {"area": None} | form.cleaned_data
        if self.request.POST.get("step") == "confirm":
            return self.propose(form, chosen)
        look = by_hand.look_at(self.programme, *(chosen[name] for name in FIELDS[:4]))
        return self.refused(form, look) if look.blocked else self.check(form, chosen, look)

    def propose(self, form, chosen):
        seen = self.request.POST.getlist("seen")
        try:
            partnership = by_hand.add(self.request.user, self.programme, *(chosen[n] for n in FIELDS), seen=seen)
        except by_hand.Blocked as blocked:
            look = blocked.look
            if look.standing:
                messages.info(self.request, "This partnership is there already, and nothing was added.")
                return redirect(look.standing)
            return self.refused(form, look) if look.blocked else self.check(form, chosen, look, changed=True)
        tell_proposed(self.request, f"{partnership.ref} is proposed.", [partnership], partnership.get_absolute_url())
        return redirect(partnership)

    def refused(self, form, look):
        form.refuse(look)
        return self.form_invalid(form)

    def check(self, form, chosen, look, changed=False):
        context = self.get_context_data(form=form, chosen=chosen, look=look, changed=changed)
        context["area"] = chosen["area"] or by_hand.area_of(self.programme, chosen["school"])
        context["lacks_area"] = context["area"] is None and self.programme.areas.exists()
        context["given"] = [(name, form[name].value()) for name in form.fields]
        return self.response_class(
            request=self.request, template=["programmes/partnership_add_check.html"], context=context
        )
