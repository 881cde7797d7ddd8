"""What one school gets, for its head and for the organiser's staff."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed_rows, get_allowed
from accounts.models import School
from funding import of_school
from funding.models import Release


@require_safe
def school(request, urn):
    """Why has our money not been released?"""
    found = get_allowed(School, request.user, "money.school", urn=urn)
    releases = allowed_rows(Release, request.user, "money.school")
    parts = [of_school.part_for(plan, found, releases) for plan in of_school.plans_of(found, releases)]
    places = [m.school for m in request.user.memberships_granting("money.school") if m.school_id]
    context = {
        "school": found,
        "parts": parts,
        "is_own": found in places,
        "others": [place for place in places if place != found],
    }
    return render(request, "funding/school.html", context)
