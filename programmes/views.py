from django.db.models import Count
from django.views.generic import DetailView, ListView

from accounts.access import Allowed
from programmes.forms import PartnershipFilter
from programmes.models import DataReturn, Partnership, Programme
from programmes.services import who_can_sign_in


class ProgrammeList(Allowed, ListView):
    action = "programmes.view"
    model = Programme
    paginate_by = 50
    template_name = "programmes/list.html"

    def get_queryset(self):
        rows = super().get_queryset().select_related("organisation")
        return rows.annotate(partnership_count=Count("partnerships"))


class ProgrammeDetail(Allowed, DetailView):
    action = "programmes.view"
    model = Programme
    template_name = "programmes/detail.html"

    def get_context_data(self, **kwargs):
        person, programme = self.request.user, self.object
        partnerships = []
        if person.may("partnerships.view"):
            partnerships = Partnership.objects.allowed(person, "partnerships.view").filter(programme=programme)
            partnerships = partnerships.order_by().values_list("status").annotate(Count("pk"))
        labels = dict(Partnership.Status.choices)
        return super().get_context_data(
            statuses=[(labels[status], status, count) for status, count in sorted(partnerships)],
            may_see_results=any(
                m.organisation_id == programme.organisation_id for m in person.memberships_granting("results.view")
            ),
            **kwargs,
        )


class PartnershipList(Allowed, ListView):
    action = "partnerships.view"
    model = Partnership
    paginate_by = 100
    template_name = "programmes/partnerships.html"

    def get_queryset(self):
        rows = super().get_queryset()
        self.filter = PartnershipFilter(self.request.GET or None, rows=rows)
        return self.filter.narrowed(rows).with_people().order_by("-programme__starts_on", "programme", "ref")

    def get_context_data(self, **kwargs):
        return super().get_context_data(filter=self.filter, **kwargs)


class PartnershipDetail(Allowed, DetailView):
    action = "partnerships.view"
    model = Partnership
    template_name = "programmes/partnership.html"

    def get_queryset(self):
        return super().get_queryset().with_people().prefetch_related("steps")

    def get_context_data(self, **kwargs):
        person, partnership = self.request.user, self.object
        inviting = any(
            m.organisation_id == partnership.programme.organisation_id
            for m in person.memberships_granting("people.invite")
            if m.school_id is None
        )
        returns = DataReturn.objects.filter(partnership=partnership).select_related("data_point", "submitted_by")
        return super().get_context_data(
            returns=returns, people=who_can_sign_in(partnership) if inviting else [], **kwargs
        )
