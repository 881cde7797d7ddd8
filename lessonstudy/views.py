from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import require
from lessonstudy import health


@login_not_required
@never_cache
@require_GET
def healthy(request):
    """200 when pages can be served (the database answers), else 503. Says nothing else to strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"healthy": False}, status=503)
    return JsonResponse({"healthy": True})


@require_GET
def system(request):
    """What the administrator looks after, each with what to do when it is not well."""
    require(request.user, "system.view")
    checks = health.checks()
    context = {"checks": checks, "ill": sum(not check.well for check in checks), "at": timezone.localtime()}
    return render(request, "system.html", context)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
