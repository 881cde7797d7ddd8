"""How schools are paid, and the columns of the payment file."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from accounts.models import School
from funding.forms.payments import LayoutForm, PayeeForm
from funding.models import FileLayout, Payee, WrongState
from funding.services import payees as services
from funding.services.payees import NOBODY, others, who_can
from funding.services.paying import USUAL, schools_with_money
from funding.views.payments import organisation_of

ACTION = "payees.keep"


@require_safe
def payees(request):
    """Each school that takes part, with how it is paid today: those to which a plan pays something first, and of these
    those that cannot be paid."""
    organisation = organisation_of(request, "payees.view")
    own = allowed_rows(Payee, request.user, "payees.view").filter(organisation=organisation)
    schools = allowed_rows(School, request.user, "payees.view").order_by("name", "urn")
    typed = " ".join(request.GET.get("q", "").split())[:100]
    if typed:
        schools = schools.search(typed)
    today = timezone.localdate()
    ways = own.filter(since__lte=today).select_related("confirmed_by")
    schools = schools.prefetch_related(Prefetch("payees", ways, "ways"))
    rows = [(school, max(school.ways, key=lambda row: (row.since, row.pk), default=None)) for school in schools]
    paid = schools_with_money(organisation)
    rows.sort(key=lambda row: row[1] is not None and (1 if row[1].confirmed_at is None else 2))
    waiting = list(own.waiting(today).select_related("school", "entered_by").order_by("entered_at", "pk"))
    context = {
        "organisation": organisation,
        "typed": typed,
        "rows": [row for row in rows if row[0].pk in paid],
        "others": [row for row in rows if row[0].pk not in paid],
        "waiting": waiting,
        "waiting_schools": len({row.school_id for row in waiting}),
        "may_keep": request.user.may(ACTION),
    }
    return render(request, "funding/payees.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def payee(request, urn):
    """How one school is paid, what waits for a second person, and what held before; a finance officer changes it."""
    organisation = organisation_of(request, ACTION if request.method == "POST" else "payees.view")
    school = get_allowed(School, request.user, "payees.view", urn=urn)
    own = allowed_rows(Payee, request.user, "payees.view").filter(organisation=organisation, school=school)
    history = list(own.select_related("school", "entered_by", "confirmed_by").order_by("-since", "-pk"))
    form = form_of(request, organisation, school, history) if request.user.may(ACTION) else None
    if request.method == "POST" and form.is_valid():
        row = form.save()
        audit.record(request.user, "payee entered", row)
        messages.success(request, entered(row))
        return redirect("funding:payees")
    waiting = set(own.waiting(timezone.localdate()).values_list("pk", flat=True))
    people = who_can(organisation)
    context = {
        "organisation": organisation,
        "school": school,
        "form": form,
        "history": history,
        "waiting": [(row, others(row, people)) for row in history if row.pk in waiting],
        "nobody": NOBODY,
    }
    return render(request, "funding/payee.html", context, status=422 if form and form.errors else 200)


def form_of(request, organisation, school, history):
    last = history[0] if history else None
    blank = Payee(organisation=organisation, school=school, entered_by=request.user)
    standing = {"name": last.name, "route": last.route, "code": last.code, "is_trust": last.is_trust} if last else {}
    return PayeeForm(request.POST or None, instance=blank, initial=standing or {"name": school.name}, last=last)


def entered(row) -> str:
    names = others(row, who_can(row.organisation))
    return (
        f"{row.school} is paid like that from {row.since:%-d %B %Y} on once a second person has confirmed it"
        f"{f': {names}.' if names else f'. {NOBODY}'}"
    )


@require_POST
def confirm(request, pk):
    """A second person says that the school is paid like that."""
    rows = allowed_rows(Payee, request.user, "payees.confirm").select_related("school", "confirmed_by")
    row = get_object_or_404(rows, pk=pk)
    try:
        services.confirm(request.user, row)
    except WrongState as why:
        messages.error(request, why)
    else:
        messages.success(request, f"{row.school} is paid like that from {row.since:%-d %B %Y} on.")
    return redirect("funding:payee", row.school.urn)


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
