from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView

from accounts.access import allowed_rows
from programmes.forms.people import PartnerTeacherForm, SpecialistForm
from programmes.models import Partnership
from programmes.services import people
from programmes.views.life import OfPartnership


class PeopleChange(OfPartnership, FormView):
    """A change of who is in the partnership; one that has ended keeps its people."""

    done = ""

    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Partnership, request.user, self.action).select_related("programme")
        if not people.is_open_to_people(get_object_or_404(rows, pk=self.kwargs["pk"])):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "person": self.request.user,
            "partnership": self.partnership,
            "since": self.since(),
        }

    def since(self):
        return self.partnership.programme.starts_on

    def form_valid(self, form):
        if not form.save():
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        if waiting := self.partnership.visits.waiting_for_a_successor(timezone.localdate()).count():
            one = waiting == 1
            messages.warning(
                self.request,
                f"{waiting} visit{'' if one else 's'} could not be handed over and still "
                f"wait{'s' if one else ''} for someone: see below.",
            )
        return redirect(self.partnership)


class PartnerTeacherAdd(PeopleChange):
    form_class = PartnerTeacherForm
    template_name = "programmes/partner_teacher.html"
    done = "The partner teacher has joined. Whoever cannot sign in yet can be invited below."


class PartnerTeacherReplace(PeopleChange):
    form_class = PartnerTeacherForm
    template_name = "programmes/partner_teacher.html"
    done = "The partner teacher is replaced. What was recorded stays, and the pages are closed to whoever left."

    def dispatch(self, request, *args, **kwargs):
        partnership = get_object_or_404(allowed_rows(Partnership, request.user, self.action), pk=kwargs["pk"])
        rows = partnership.partner_teachers.select_related("user", "partnership__programme__organisation")
        self.teacher = get_object_or_404(rows, pk=kwargs["teacher"])
        if self.teacher.until:
            messages.warning(request, f"{self.teacher.user} has left this partnership already.")
            return redirect(partnership)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"replaced": self.teacher, "leaving": self.teacher.user}

    def since(self):
        return self.teacher.since

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"teacher": self.teacher}


class SpecialistReplace(PeopleChange):
    form_class = SpecialistForm
    template_name = "programmes/specialist_replace.html"
    done = "The specialist teacher is replaced. What was recorded stays, and the pages are closed to whoever left."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"leaving": self.partnership.specialist.user}

    def since(self):
        return people.day_specialist_began(self.partnership, timezone.localdate())
