from django.utils import timezone
from django.views.generic import DetailView, ListView

from accounts.access import Allowed
from programmes.forms.partnerships import PartnershipFilter
from programmes.models import Partnership
from programmes.services.partnerships import grades_so_far, who_can_sign_in


class PartnershipList(Allowed, ListView):
    action = "partnerships.view"
    model = Partnership
    paginate_by = 100
    template_name = "programmes/partnerships.html"

    def get_queryset(self):
        rows = super().get_queryset()
        inviting = any(m.school_id is None for m in self.request.user.memberships_granting("people.invite"))
        self.filter = PartnershipFilter(self.request.GET or None, rows=rows, inviting=inviting)
        rows = self.filter.narrowed(rows).with_people().prefetch_related("returns__data_point")
        return rows.order_by("-programme__starts_on", "programme", "ref")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(filter=self.filter, **kwargs)
        today, query = timezone.localdate(), self.request.GET.copy()
        query.pop("page", None)
        rows = [(row, grades_so_far(row.returns.all(), today)) for row in context["object_list"]]
        has_areas = any(row.area_id for row, _ in rows)
        return context | {"rows": rows, "has_areas": has_areas, "query": query.urlencode()}


class PartnershipDetail(Allowed, DetailView):
    action = "partnerships.view"
    model = Partnership
    template_name = "programmes/partnership.html"

    def get_queryset(self):
        return super().get_queryset().with_people().prefetch_related("steps__by", "partner_teachers__user")

    def get_context_data(self, **kwargs):
        person, partnership = self.request.user, self.object

        def may(action):
            return person.may(action) and Partnership.objects.allowed(person, action).filter(pk=partnership.pk).exists()

        inviting = any(
            m.organisation_id == partnership.programme.organisation_id
            for m in person.memberships_granting("people.invite")
            if m.school_id is None
        )
        return super().get_context_data(
            today=timezone.localdate(),
            is_paused=partnership.is_paused,
            has_folded=partnership.status == Partnership.Status.FOLDED,
            returns=partnership.returns.select_related("data_point", "submitted_by"),
            visits=partnership.visits.allowed(person, "visits.view").with_people(),
            may_plan=may("visits.plan") and partnership.is_open_to_visits,
            may_see_places=may("pupils.reference"),
            may_see_pupils=may("pupils.view"),
            people=who_can_sign_in(partnership) if inviting else [],
            **kwargs,
        )
