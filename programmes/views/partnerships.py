from django.utils import timezone
from django.views.generic import DetailView, ListView

from accounts.access import Allowed
from programmes.forms.partnerships import PartnershipFilter
from programmes.models import DataReturn, Partnership, PartnerTeacher, SpecialistTeacher
from programmes.services import agreements, areas, objections
from programmes.services.acceptance_pages import may_agree, sides_of
from programmes.services.history import history_of
from programmes.services.life import acts_of
from programmes.services.partnerships import actions_on, grades_so_far, who_can_sign_in
from programmes.services.people import is_open_to_people

ACTIONS = [
    "visits.plan",
    "pupils.reference",
    "pupils.view",
    "progress.view",
    "pupils.edit",
    "partnerships.move",
    "handover.view",
    "pairing.manage",
    "pairing.agree",
    "pairing.object",
    "agreements.manage",
    "ledger.view",
    "ledger.numbers",
]
HISTORY = [
    "steps__by",
    "area_changes__by",
    "acceptances__by",
    "acceptances__school",
    "acceptances__taken_back_by",
    "partner_teachers__user",
    "partner_teachers__ended_by",
    "past_specialists__specialist__user",
    "past_specialists__ended_by",
]


class PartnershipList(Allowed, ListView):
    action = "partnerships.view"
    model = Partnership
    paginate_by = 100
    template_name = "programmes/partnerships.html"

    def get_queryset(self):
        rows = super().get_queryset()
        inviting = any(m.school_id is None for m in self.request.user.memberships_granting("people.invite"))
        self.filter = PartnershipFilter(self.request.GET or None, rows=rows, inviting=inviting)
        rows = self.filter.narrowed(rows).with_people().with_acceptances().prefetch_related("returns__data_point")
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
        return super().get_queryset().with_people().prefetch_related(*HISTORY)

    def get_context_data(self, **kwargs):
        person, partnership = self.request.user, self.object

        inviting = any(
            m.organisation_id == partnership.programme.organisation_id
            for m in person.memberships_granting("people.invite")
            if m.school_id is None
        )
        today, may = timezone.localdate(), actions_on(person, partnership, ACTIONS)
        may_move = "partnerships.move" in may
        visits = partnership.visits.allowed(person, "visits.view")
        objected = objections.of_page(person, partnership, "pairing.manage" in may, "pairing.object" in may)
        return super().get_context_data(
            **objected,
            objection=next((row for row in objected["objections"] if row.answered_at is None), None),
            today=today,
            sides=sides_of(partnership, inviting, objected["objections"]),
            may_agree="pairing.agree" in may and may_agree(person, partnership),
            history=history_of(partnership)[::-1],
            acts=acts_of(partnership) if may_move else [],
            may_change_people=may_move and is_open_to_people(partnership),
            may_change_area=may_move and areas.may_be_changed(partnership),
            may_hand_over="handover.view" in may,
            may_see_ledger="ledger.view" in may,
            may_see_numbers="ledger.numbers" in may,
            partner_teachers=[row for row in partnership.partner_teachers.all() if row.until is None],
            **of_teachers(person, partnership),
            stranded=visits.waiting_for_a_successor(today),
            has_roster=person.may("roster.view"),
            is_paused=partnership.is_paused,
            has_folded=partnership.has_folded,
            returns=partnership.returns.select_related("data_point", "submitted_by"),
            visits=visits.with_people(),
            may_plan="visits.plan" in may and partnership.is_open_to_visits,
            may_see_places="pupils.reference" in may,
            may_see_pupils="pupils.view" in may,
            may_read_returns=reads_returns(person, partnership),
            may_follow="progress.view" in may,
            may_choose_pupils="pupils.edit" in may,
            agreement=agreements.standing([partnership]).get(partnership.pk),
            may_make_agreement="agreements.manage" in may,
            inviting=inviting,
            people=who_can_sign_in(partnership) if inviting else [],
            **kwargs,
        )


def reads_returns(person, partnership):
    """Whether the person reads the grades of the partnership; the specialist teacher's head sees the counts.

    Of pupils who are erased there are none to read.
    """
    if partnership.programme.erased_at:
        return False
    return DataReturn.objects.allowed(person, "returns.read").filter(partnership=partnership).exists()


def of_teachers(person, partnership):
    """Whose usual week and whose days away the person may enter: rows of partner teachers, and people."""
    own = PartnerTeacher.objects.allowed(person, "teaching.keep").filter(partnership=partnership, until=None)
    away = PartnerTeacher.objects.allowed(person, "away.keep").filter(partnership=partnership, until=None)
    specialists = SpecialistTeacher.objects.allowed(person, "away.keep").filter(pk=partnership.specialist_id)
    return {
        "weeks_to_keep": set(own.values_list("pk", flat=True)),
        "away_to_keep": {*away.values_list("user", flat=True), *specialists.values_list("user", flat=True)},
    }
