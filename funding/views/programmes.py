"""The money of programmes: which there are, and how one stands."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import allowed_rows, require
from funding import overview
from funding.models import MoneyReport
from funding.programme_table import table_of
from funding.standing import standing_of
from funding.views.doors import plan_of
from papers.downloads import table_response
from programmes.models import Programme


@require_safe
def home(request):
    """Where "Money" leads: to the programmes, or to what the own school gets."""
    require(request.user, "money.school")
    if not request.user.may("money.view"):
        place = next(m for m in request.user.memberships_granting("money.school"))
        acting = request.acting if request.acting in request.user.memberships_granting("money.school") else place
        return redirect("funding:school", acting.school.urn)
    rows = allowed_rows(Programme, request.user, "money.view").filter(funded=True).select_related("funding_plan")
    return render(request, "funding/home.html", {"programmes": rows, "may_plan": request.user.may("money.plan")})


@require_safe
def programme(request, slug):
    plan = plan_of(request, slug, "money.view")
    standing = standing_of(plan)
    context = overview.of_programme(plan, standing) | {
        "plan": plan,
        "programme": plan.programme,
        "may_record": request.user.may("money.record"),
        "papers": statements_of(request, plan),
        "waits_for_evidence": any("evidence" in stage.conditions for stage in standing.facts.stages),
    }
    return render(request, "funding/programme.html", context)


def statements_of(request, plan):
    """The last that were made of this programme."""
    made = MoneyReport.objects.allowed(request.user, "money.view")
    made = made.filter(plan=plan, kind=MoneyReport.Kind.PROGRAMME).select_related("ordered_by")
    return made.defer("figures")[:5]


@require_safe
def statement(request, slug, ending):
    """The money of the programme as a table: by stage, area and year, the budget, what is unpaid at 31 March."""
    plan = plan_of(request, slug, "money.view")
    audit.record(request.user, "programme statement downloaded", plan, about=ending)
    return table_response(f"money-{slug}", ending, *table_of(plan, standing_of(plan)), "Money")


@require_safe
def schools(request, slug):
    """What each school of a programme gets, with the way to its page."""
    plan = plan_of(request, slug, "money.view")
    standing = standing_of(plan)
    context = {
        "plan": plan,
        "programme": plan.programme,
        "rows": overview.by_school(standing),
        "all": overview.all_of(standing),
    }
    return render(request, "funding/schools.html", context)
