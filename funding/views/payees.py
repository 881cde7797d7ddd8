"""How schools are paid, and the columns of the payment file."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from accounts.models import School
from funding.forms.payments import LayoutForm, PayeeForm
from funding.models import FileLayout, Payee
from funding.services.paying import USUAL, schools_with_money
from funding.views.payments import organisation_of

ACTION = "payees.keep"


@require_safe
def payees(request):
    """Each school that takes part, with how it is paid today: those to which a plan pays something first, and of these
    those that cannot be paid."""
    organisation = organisation_of(request, ACTION)
    own = allowed_rows(Payee, request.user, ACTION).filter(organisation=organisation)
    schools = allowed_rows(School, request.user, ACTION).order_by("name", "urn")
    typed = " ".join(request.GET.get("q", "").split())[:100]
    if typed:
        schools = schools.search(typed)
    schools = schools.prefetch_related(Prefetch("payees", own.filter(since__lte=timezone.localdate()), "ways"))
    rows = [(school, max(school.ways, key=lambda row: (row.since, row.pk), default=None)) for school in schools]
    paid = schools_with_money(organisation)
    rows.sort(key=lambda row: row[1] is not None)
    context = {
        "organisation": organisation,
        "typed": typed,
        "rows": [row for row in rows if row[0].pk in paid],
        "others": [row for row in rows if row[0].pk not in paid],
    }
    return render(request, "funding/payees.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def payee(request, urn):
    organisation = organisation_of(request, ACTION)
    school = get_allowed(School, request.user, ACTION, urn=urn)
    own = allowed_rows(Payee, request.user, ACTION).filter(organisation=organisation, school=school)
    history = list(own.select_related("entered_by").order_by("-since", "-pk"))
    last = history[0] if history else None
    blank = Payee(organisation=organisation, school=school, entered_by=request.user)
    standing = {"name": last.name, "route": last.route, "code": last.code, "is_trust": last.is_trust} if last else {}
    form = PayeeForm(request.POST or None, instance=blank, initial=standing or {"name": school.name}, last=last)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        audit.record(request.user, "payee entered", row)
        messages.success(request, f"{school} is paid like that from {row.since:%-d %B %Y} on.")
        return redirect("funding:payees")
    context = {"organisation": organisation, "school": school, "form": form, "history": history}
    return render(request, "funding/payee.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request):
    """The columns of the payment file, as the organiser's finance system calls them."""
    organisation = organisation_of(request, ACTION)
    stands = layout_of(organisation)
    form = LayoutForm(request.POST or None, initial={"lines": stands})
    if request.method == "POST" and form.is_valid():
        keep_layout(organisation, form.columns, form.headings)
        audit.record(request.user, "payment file changed", organisation)
        messages.success(request, "The next batch has these columns. Batches that are frozen keep theirs.")
        return redirect("funding:payees")
    context = {"organisation": organisation, "form": form, "words": FileLayout.Column.choices}
    return render(request, "funding/columns.html", context, status=422 if form.errors else 200)


def layout_of(organisation) -> str:
    row = getattr(organisation, "payment_file", None)
    columns = row.columns if row else USUAL
    headings = row.headings if row else [FileLayout.Column(column).label for column in USUAL]
    return "\n".join(f"{heading} = {column}" for heading, column in zip(headings, columns, strict=True))


def keep_layout(organisation, columns, headings):
    row = getattr(organisation, "payment_file", None) or FileLayout(organisation=organisation)
    row.columns, row.headings = columns, headings
    row.save()
