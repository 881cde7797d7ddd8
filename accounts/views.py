from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic import CreateView, ListView

from accounts import acting, audit, services
from accounts.access import Allowed, get_allowed
from accounts.forms import AcceptForm, InvitationForm, OrganisationForm
from accounts.models import Invitation, Membership, Organisation, School

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_GET
def account(request):
    return render(request, "accounts/account.html", {"memberships": request.user.live_memberships})


@require_POST
def work_as(request, pk):
    """Choose as what to work; only one of the person's own live roles can be chosen."""
    if pk not in {m.pk for m in request.user.live_memberships}:
        raise Http404
    request.session[acting.SESSION_KEY] = pk
    return redirect("today")


class PeopleList(Allowed, ListView):
    action = "people.view"
    model = Membership
    paginate_by = 50
    template_name = "accounts/people.html"

    def get_queryset(self):
        rows = super().get_queryset().live().select_related("user", "organisation", "school")
        return rows.order_by("user__last_name", "user__first_name", "pk")

    def get_context_data(self, **kwargs):
        invitations = Invitation.objects.allowed(self.request.user, "people.view").open()
        return super().get_context_data(
            invitations=invitations.select_related("organisation", "school")[:100], **kwargs
        )


class InvitationCreate(Allowed, CreateView):
    action = "people.invite"
    model = Invitation
    form_class = InvitationForm
    template_name = "accounts/invite.html"
    success_url = reverse_lazy("accounts:people")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_initial(self):
        """From a partnership's page one comes with the role to fill: of someone loaded, or of a school's head."""
        asked = self.request.GET
        person = self.request.user
        if asked.get("membership", "").isdecimal():
            m = get_allowed(Membership, person, "people.invite", pk=asked["membership"])
            names = {"first_name": m.user.first_name, "last_name": m.user.last_name, "email": m.user.email}
            return names | {"role": m.role, "organisation": m.organisation, "school": m.school}
        schools = School.objects.allowed(person, "people.invite")
        return {"role": asked.get("role", ""), "school": schools.filter(urn=asked.get("urn", "")).first()}

    def form_valid(self, form):
        sent = services.invite(self.request.user, form.instance)
        tell_whether_sent(self.request, form.instance, sent)
        return redirect(self.success_url)


def tell_whether_sent(request, invitation, sent):
    if sent:
        messages.success(request, f"Invitation sent to {invitation.email}.")
    else:
        messages.warning(
            request,
            f"The invitation for {invitation.email} is kept, but the mail could not be sent. Send it again in a while.",
        )


@require_POST
def invite_again(request, pk):
    invitation = get_allowed(Invitation.objects.open(), request.user, "people.invite", pk=pk)
    tell_whether_sent(request, invitation, services.invite_again(request.user, invitation))
    return redirect("accounts:people")


@require_POST
def withdraw(request, pk):
    invitation = get_allowed(Invitation, request.user, "people.invite", pk=pk)
    if services.withdraw(request.user, invitation):
        messages.success(request, f"The invitation for {invitation.email} is withdrawn; its link no longer works.")
    else:
        messages.warning(request, "This invitation was taken up or withdrawn before; nothing has changed.")
    return redirect("accounts:people")


@require_POST
def end(request, pk):
    membership = get_allowed(Membership, request.user, "people.invite", pk=pk)
    if membership.user_id == request.user.pk:
        messages.warning(request, "You cannot end a role of your own: ask a colleague with the same role to do it.")
    elif services.end_membership(request.user, membership):
        messages.success(request, f"{membership.user} is no longer {membership.role_label.lower()} here.")
    return redirect("accounts:people")


class OrganisationList(Allowed, ListView):
    action = "system.view"
    model = Organisation
    paginate_by = 50
    template_name = "accounts/organisations.html"


class OrganisationCreate(Allowed, CreateView):
    action = "system.view"
    model = Organisation
    form_class = OrganisationForm
    template_name = "accounts/organisation_form.html"
    success_url = reverse_lazy("accounts:organisations")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request, token):
    """The page behind the link of an invitation mail. Opening it uses nothing up: only the button does."""
    row = services.invitation_behind(token)
    if row is None or row.state != "open":
        return render(request, "accounts/invitation_closed.html", {"state": row and row.state}, status=404)
    form = AcceptForm(request.POST or None, initial={"first_name": row.first_name, "last_name": row.last_name})
    if request.method == "POST" and form.is_valid():
        try:
            user, new = services.accept(row, form.cleaned_data["first_name"], form.cleaned_data["last_name"])
        except (services.InvitationClosed, IntegrityError):
            row.refresh_from_db()
            return render(request, "accounts/invitation_closed.html", {"state": row.state}, status=404)
        if new:
            sign_in(request, user)
            return redirect("today")
        messages.success(request, "The role is yours. Sign in to use it.")
        return redirect("today")
    return render(request, "accounts/invitation.html", {"invitation": row, "form": form})


def sign_in(request, user):
    """Sign in someone who has just shown that the mailbox is theirs, and who has no second factor to ask for yet."""
    login(request, user, backend=BACKEND)
    record_authentication(request, user, method="code")
    audit.record(user, "signed in")


@login_not_required
@require_GET
def demo(request):
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/demo.html", {"memberships": sorted(services.demo_people(), key=in_demo_order)})


def in_demo_order(membership):
    organisation = membership.organisation.name if membership.organisation else "~"
    return organisation, acting.ORDER[membership.role], membership.user.last_name


@login_not_required
@require_POST
def demo_sign_in(request, pk):
    if not settings.DEMO:
        raise Http404
    membership = get_object_or_404(services.demo_people(), pk=pk)
    request.session.flush()
    login(request, membership.user, backend=BACKEND)
    record_authentication(request, membership.user, method="demo")
    request.session["demo_sign_in"] = True
    request.session[acting.SESSION_KEY] = membership.pk
    audit.record(membership.user, "signed in", about="demo")
    return redirect("today")
