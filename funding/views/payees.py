"""How schools are paid, and the columns of the payment file."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from accounts.models import School
from funding.forms.payments import LayoutForm, PayeeForm, RefuseForm
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
    ways = own.standing().filter(since__lte=today).select_related("confirmed_by")
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
    history = history_of(request, organisation, school)
    form = form_of(request, organisation, school, history) if request.user.may(ACTION) else None
    if request.method == "POST" and form.is_valid():
        row = services.enter(request.user, form.save(commit=False))
        messages.success(request, entered(row, history))
        return redirect("funding:payees")
    return show(request, organisation, school, history, form)


def history_of(request, organisation, school) -> list[Payee]:
    rows = allowed_rows(Payee, request.user, "payees.view").filter(organisation=organisation, school=school)
    people = rows.select_related("organisation", "school", "entered_by", "confirmed_by", "withdrawn_by")
    return list(people.order_by("-since", "-pk"))


def show(request, organisation, school, history, form, refusing=None, refused=None):
    """`refusing` is a form with errors, of the row that is `refused`."""
    rows = allowed_rows(Payee, request.user, "payees.view").filter(organisation=organisation, school=school)
    waiting = set(rows.waiting(timezone.localdate()).values_list("pk", flat=True))
    people = who_can(organisation)
    context = {
        "organisation": organisation,
        "school": school,
        "form": form,
        "refusing": refusing,
        "history": history,
        "waiting": [
            (row, others(row, people), refusing if row == refused else refuse_form(request, row))
            for row in history
            if row.pk in waiting
        ],
        "nobody": NOBODY,
    }
    status = 422 if (form and form.errors) or refusing else 200
    return render(request, "funding/payee.html", context, status=status)


def refuse_form(request, row, data=None):
    return RefuseForm(data, is_own=row.entered_by_id == request.user.pk, auto_id=f"id_{row.pk}_%s")


def form_of(request, organisation, school, history):
    """It begins with what was entered last; only what is confirmed and has begun bars an earlier day."""
    standing = [row for row in history if row.withdrawn_at is None]
    holds = next((row for row in standing if row.confirmed_at and row.has_begun), None)
    last = standing[0] if standing else None
    blank = Payee(organisation=organisation, school=school, entered_by=request.user)
    initial = {"name": last.name, "route": last.route, "code": last.code, "is_trust": last.is_trust} if last else {}
    data = None if "because" in request.POST else request.POST or None
    return PayeeForm(data, instance=blank, initial=initial or {"name": school.name}, holds=holds)


def entered(row, history) -> str:
    """With what was entered before for a later day, if there is something: it holds from then on."""
    names = others(row, who_can(row.organisation))
    day = max(row.since, timezone.localdate())
    coming = [other for other in history if other.withdrawn_at is None and other.since > day]
    first = coming[-1] if coming else None
    until = f" From {first.since:%-d %B %Y} on it is {first.in_words}, as was entered before." if first else ""
    return (
        f"{row.school} is paid like that from {row.since:%-d %B %Y} on once a second person has confirmed it"
        f"{f': {names}.' if names else f'. {NOBODY}'}{until}"
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


@require_POST
def refuse(request, pk):
    """It is not paid like that: withdrawn by whoever entered it, else refused, with the reason."""
    rows = allowed_rows(Payee, request.user, "payees.confirm")
    row = get_object_or_404(rows.select_related("organisation", "school", "entered_by", "confirmed_by"), pk=pk)
    form = refuse_form(request, row, request.POST)
    if not form.is_valid():
        history = history_of(request, row.organisation, row.school)
        entering = form_of(request, row.organisation, row.school, history) if request.user.may(ACTION) else None
        return show(request, row.organisation, row.school, history, entering, form, row)
    try:
        services.refuse(request.user, row, form.cleaned_data["because"])
    except WrongState as why:
        messages.error(request, why)
    else:
        did = "withdrawn" if row.entered_by_id == request.user.pk else "refused"
        messages.success(request, f"It is {did}. {stands(request, row.organisation, row.school)}")
    return redirect("funding:payee", row.school.urn)


def stands(request, organisation, school) -> str:
    """How the school is paid once something was withdrawn or refused."""
    rows = allowed_rows(Payee, request.user, "payees.view").filter(organisation=organisation, school=school)
    way = rows.on(timezone.localdate()).first()
    if way is None:
        return f"Nobody has said yet how {school} is paid."
    if way.confirmed_at is None:
        return f"{way.in_words} still waits for a second person."
    return f"{school} is paid as before: {way.in_words}."


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
