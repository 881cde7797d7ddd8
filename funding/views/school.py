"""What one school gets, for its head and for the organiser's staff."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from accounts.models import School
from funding import of_school
from funding.models import FundingLetter, MoneyReport, Release
from funding.reasons import addressed
from funding.services.letters import marked
from papers.downloads import table_response

OF_LETTER = ["stage__plan__programme__organisation", "school", "superseded_by"]


@require_safe
def school(request, urn):
    """Why has our money not been released?"""
    found, parts = parts_of(request, urn)
    places = [m.school for m in request.user.memberships_granting("money.school") if m.school_id]
    for row in (entry.row for part in parts for stage in part.stages for entry in stage.entries):
        row.missing = addressed(row.missing, found) if found in places else row.missing
    letters = FundingLetter.objects.allowed(request.user, "money.school").issued().filter(school=found)
    made = MoneyReport.objects.allowed(request.user, "money.school").filter(school=found)
    context = {
        "organisers": list(dict.fromkeys(part.plan.programme.organisation for part in parts)),
        "papers": made.select_related("ordered_by").defer("figures")[:5],
        "letters": marked(letters.select_related(*OF_LETTER)[:50]),
        "school": found,
        "parts": parts,
        "is_own": found in places,
        "may_record": request.user.may("money.record"),
        "others": [place for place in places if place != found],
    }
    return render(request, "funding/school.html", context)


@require_safe
def statement(request, urn, ending):
    """The same, line by line, as a file."""
    found, parts = parts_of(request, urn)
    audit.record(request.user, "money statement downloaded", found, about=ending)
    return table_response(f"money-{found.urn}", ending, *of_school.statement_of(parts), "Money")


def parts_of(request, urn):
    found = get_allowed(School, request.user, "money.school", urn=urn)
    releases = allowed_rows(Release, request.user, "money.school")
    return found, [of_school.part_for(plan, found, releases) for plan in of_school.plans_of(found, releases)]
