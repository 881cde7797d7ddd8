from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import require
from visits.agenda.page import Agenda


@require_safe
def month(request):
    require(request.user, "visits.view")
    return render(request, "visits/agenda/month.html", Agenda(request.user, request.GET).month())


@require_safe
def agenda(request):
    require(request.user, "visits.view")
    return render(request, "visits/agenda/agenda.html", Agenda(request.user, request.GET).agenda())
