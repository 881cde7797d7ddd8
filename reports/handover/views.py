from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import get_allowed
from programmes.models import Partnership
from reports.handover import packs
from reports.handover.sections import handover
from reports.kinds.records import of_partnership


@require_safe
def page(request, pk):
    """Everything for whoever follows, as this reader may see it now."""
    partnership = get_allowed(Partnership, request.user, "handover.view", pk=pk)
    figures = handover(partnership, request.user)
    audit.record(request.user, "handover.viewed", partnership, about="names" if figures["names_pupils"] else "")
    pack = packs.newest_pack(request.user, partnership)
    context = {"f": figures, "partnership": partnership, "pack": pack}
    context["offers"] = of_partnership(request.user, partnership)
    return render(request, "reports/handover/page.html", context)


@require_POST
def order(request, pk):
    partnership = get_allowed(Partnership, request.user, "handover.view", pk=pk)
    packs.order_handover(request.user, partnership)
    return redirect("reports:handover", partnership.pk)


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as the pack is being made; nothing while nothing changed."""
    partnership = get_allowed(Partnership, request.user, "handover.view", pk=pk)
    pack = packs.newest_pack(request.user, partnership)
    if not request.htmx or pack is None:
        return redirect("reports:handover", partnership.pk)
    if request.GET.get("seen") == pack.how_far:
        return HttpResponse(status=204)
    return render(request, "reports/handover/_progress.html", {"pack": pack, "partnership": partnership})


@require_safe
def download(request, pk):
    """The newest pack that was made for this person, as long as the partnership is theirs."""
    partnership = get_allowed(Partnership, request.user, "handover.view", pk=pk)
    pack = packs.newest_pack(request.user, partnership)
    if pack is None or not pack.is_done or not pack.file:
        raise Http404
    audit.record(request.user, "handover.downloaded", pack)
    return FileResponse(pack.file.open(), as_attachment=True, filename=packs.pack_name(pack))
