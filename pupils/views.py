from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import DetailView, ListView, UpdateView

from accounts import audit
from accounts.access import Allowed
from pupils import services
from pupils.forms import PupilForm
from pupils.models import Place, TargetPupil


class PlaceList(Allowed, ListView):
    """Target pupils by partnership, with their names: for their own teachers and their own head."""

    action = "pupils.view"
    model = Place
    paginate_by = 100
    template_name = "pupils/list.html"

    def get_queryset(self):
        rows = (
            super()
            .get_queryset()
            .select_related(
                "pupil", "partnership__programme", "partnership__partner_school", "partnership__specialist__user"
            )
            .prefetch_related("partnership__partner_teachers__user")
        )
        return rows.order_by(
            "-partnership__programme__starts_on", "partnership__ref", "pupil__last_name", "pupil__first_name", "pk"
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        services.show_grades(context["object_list"])
        audit.record(self.request.user, "pupils.listed")
        return context | {"number_of_pupils": self.object_list.order_by().values("pupil").distinct().count()}


class PupilDetail(Allowed, DetailView):
    action = "pupils.view"
    model = TargetPupil
    template_name = "pupils/detail.html"

    def get_queryset(self):
        return super().get_queryset().select_related("programme")

    def get_object(self, queryset=None):
        pupil = super().get_object(queryset)
        audit.record(self.request.user, "pupils.viewed", pupil)
        return pupil

    def get_context_data(self, **kwargs):
        person = self.request.user
        places = Place.objects.allowed(person, "pupils.view").filter(pupil=self.object)
        places = places.select_related(
            "partnership__programme", "partnership__partner_school", "partnership__specialist__user"
        ).prefetch_related("partnership__partner_teachers__user")
        may_change = person.may("pupils.edit") and (
            TargetPupil.objects.allowed(person, "pupils.edit").open_to_change().filter(pk=self.object.pk).exists()
        )
        return super().get_context_data(
            places=services.with_grades(places), may_change=may_change, today=timezone.localdate(), **kwargs
        )


class PupilUpdate(Allowed, UpdateView):
    action = "pupils.edit"
    model = TargetPupil
    form_class = PupilForm
    template_name = "pupils/form.html"

    def get_queryset(self):
        return super().get_queryset().open_to_change().select_related("programme")

    def get_object(self, queryset=None):
        pupil = super().get_object(queryset)
        audit.record(self.request.user, "pupils.viewed", pupil)
        return pupil

    def form_valid(self, form):
        try:
            services.save_pupil(self.request.user, form.instance)
        except IntegrityError:
            form.add_error("upn", "Another pupil of this programme has this UPN.")
            return self.form_invalid(form)
        messages.success(self.request, "The pupil's details are saved.")
        return redirect(self.object)
