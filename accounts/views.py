from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic import CreateView, ListView

from accounts import acting, audit, demonstration, services
from accounts.access import Allowed, allowed_rows, get_allowed
from accounts.coming_from import came_from
from accounts.forms import NOT_YOURSELF, AcceptForm, InvitationForm, OrganisationForm, ReadyInvitationForm
from accounts.giving import may_end
from accounts.messages.forms import PreferencesForm
from accounts.models import Invitation, Membership, Organisation, School

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_GET
def account(request):
    """Who I am, as what I work, and how I sign in."""
    return render(
        request,
        "accounts/account.html",
        {
            "memberships": request.user.live_memberships,
            "mail_form": PreferencesForm(instance=request.user),
            "has_password": request.user.has_usable_password(),
            "has_second_factor": is_mfa_enabled(request.user, [Authenticator.Type.TOTP]),
        },
    )


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
        self.everyone = super().get_queryset().live()
        self.asked = {"q": self.request.GET.get("q", "")[:200], "who": self.request.GET.get("who", "")}
        rows = self.everyone.search(self.asked["q"]).marked_for(self.request.user)
        rows = rows.select_related("user", "organisation", "school")
        if self.asked["who"] == "new":
            rows = rows.filter(user__is_active=False)
        return rows.order_by("user__last_name", "user__first_name", "pk")

    def get_context_data(self, **kwargs):
        person = self.request.user
        context = super().get_context_data(**kwargs)
        invitations = services.open_invitations(person)
        services.show_standing(person, context["object_list"], invitations)
        return context | {
            "invitations": invitations,
            "may_gather": person.may("access.person"),
            "asked": self.asked,
            "query": urlencode({name: value for name, value in self.asked.items() if value}),
            "numbers": self.everyone.aggregate(all=Count("pk"), new=Count("pk", filter=Q(user__is_active=False))),
        }


class InvitationCreate(Allowed, CreateView):
    action = "people.invite"
    model = Invitation
    template_name = "accounts/invite.html"

    def get_success_url(self):
        return came_from(self.request) or reverse("accounts:people")

    def get_context_data(self, **kwargs):
        return super().get_context_data(back=self.get_success_url(), **kwargs)

    def get_form_class(self):
        return ReadyInvitationForm if "membership" in self.request.GET else InvitationForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "instance": self.get_invitation()}

    def get_invitation(self):
        """A blank one; from the row of someone whom a programme has loaded, an invitation to that role."""
        if "membership" not in self.request.GET:
            return None
        pk = self.request.GET["membership"]
        rows = Membership.objects.allowed(self.request.user, self.action).live()
        rows = rows.marked_for(self.request.user).select_related("user", "organisation", "school")
        m = get_object_or_404(rows, pk=int(pk) if pk.isdecimal() else 0)
        who = {"first_name": m.user.first_name, "last_name": m.user.last_name, "email": m.user.email}
        invitation = Invitation(role=m.role, organisation=m.organisation, school=m.school, ends_on=m.ends_on, **who)
        invitation.to_correct = m.user_id if m.may_be_corrected and not m.user.is_active else None
        return invitation

    def get_initial(self):
        """From other pages one comes with the role to fill: a school's head, an organisation's first coordinator."""
        urn = self.request.GET.get("urn", "")
        schools = School.objects.allowed(self.request.user, self.action)
        school = schools.filter(urn=urn).first() if urn.isdecimal() else None
        pk = self.request.GET.get("organisation", "")
        organisations = Organisation.objects.allowed(self.request.user, self.action)
        organisation = organisations.filter(pk=int(pk)).first() if pk.isdecimal() else None
        role = self.request.GET.get("role", "")
        given = {"role": role, "school": school, "organisation": organisation}
        if email := self.request.GET.get("email", "")[:254]:
            given["email"] = email
        return given | services.names_in_register(school, role)

    def form_valid(self, form):
        try:
            sent = services.invite(self.request.user, form.instance)
        except IntegrityError:
            form.add_error(None, "Someone else has invited this person a moment ago. Look at the list of people.")
            return self.form_invalid(form)
        tell_whether_sent(self.request, form.instance, sent)
        return redirect(self.get_success_url())


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
    rows = allowed_rows(Invitation, request.user, "people.invite").open()
    invitation = get_object_or_404(rows, pk=pk)
    if invitation.is_past:
        messages.warning(request, "The last day of this role is over, so the invitation cannot be sent again.")
        return redirect("accounts:people")
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
    rows = allowed_rows(Membership, request.user, "people.invite").select_related("user", "organisation", "school")
    membership = get_object_or_404(rows, pk=pk)
    if not may_end(request.user, membership):
        messages.warning(request, "You cannot end this role. Ask a coordinator to do it.")
    elif services.end_membership(request.user, membership):
        messages.success(
            request, f"{membership.user} is no longer {membership.role_label.lower()} at {membership.place_label}."
        )
    return redirect("accounts:people")


class OrganisationList(Allowed, ListView):
    action = "system.view"
    model = Organisation
    paginate_by = 50
    template_name = "accounts/organisations.html"

    def get_queryset(self):
        return services.with_coordinators(super().get_queryset())


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
    has_account = services.has_account(row.email)
    names = {"first_name": row.first_name, "last_name": row.last_name}
    form = AcceptForm(request.POST if request.method == "POST" else None, initial=names, has_account=has_account)
    if request.method == "POST" and form.is_valid():
        try:
            membership, new = services.accept(row, **names | form.cleaned_data)
        except (services.InvitationClosed, IntegrityError):
            row.refresh_from_db()
            return render(request, "accounts/invitation_closed.html", {"state": row.state}, status=404)
        except services.OwnInvitation:
            form.add_error(None, NOT_YOURSELF)
        else:
            return first_page(request, membership, new)
    return render(request, "accounts/invitation.html", {"invitation": row, "form": form, "has_account": has_account})


def first_page(request, membership, new):
    """A new person is signed in. Someone with an account signs in as always: the link alone is not enough for that.

    They act in the role that they have accepted, also where they sign in first: the session keeps the choice.
    """
    if new:
        sign_in(request, membership.user)
    elif request.user == membership.user:
        messages.success(request, "The role is yours.")
    else:
        logout(request)
        messages.success(request, "The role is yours. Sign in to use it.")
    request.session[acting.SESSION_KEY] = membership.pk
    return redirect("accounts:account" if request.user == membership.user and not new else "today")


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
    memberships = demonstration.a_few_of_each(demonstration.in_order(demonstration.people()))
    context = {"memberships": memberships, "begin": demonstration.places_to_begin(memberships)}
    return render(request, "accounts/demo.html", context)


@login_not_required
@require_POST
def demo_sign_in(request, pk):
    if not settings.DEMO:
        raise Http404
    membership = get_object_or_404(demonstration.people(), pk=pk)
    request.session.flush()
    login(request, membership.user, backend=BACKEND)
    record_authentication(request, membership.user, method="demo")
    request.session["demo_sign_in"] = True
    request.session[acting.SESSION_KEY] = membership.pk
    audit.record(membership.user, "signed in", about="demo")
    return redirect("today")
