from copy import copy
from smtplib import SMTPException

import structlog
from allauth.account.decorators import reauthentication_required
from allauth.account.views import EmailView
from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import UpdateView

from accounts import services as accounts
from accounts.access import Allowed
from accounts.coming_from import came_from
from accounts.models import Invitation, User
from accounts.names import services
from accounts.names.forms import PARTS, AddressForm, CorrectForm, NameForm

log = structlog.get_logger(__name__)


class OwnName(UpdateView):
    form_class = NameForm
    context_object_name = "named"  # Django would say `user`, which is whoever is signed in
    template_name = "accounts/names/own.html"
    success_url = reverse_lazy("accounts:account")
    http_method_names = ["get", "post", "head", "options"]

    def get_object(self):
        """A copy of the person: what is typed shows in the form alone, not in the frame of the page."""
        return copy(self.request.user)

    def form_valid(self, form):
        services.rename_oneself(self.request.user, **form.cleaned_data)
        messages.success(self.request, "Your name is changed.")
        return redirect(self.success_url)


# Whoever has a password or an app shows once more that it is still they: the address is the way into the account.
@method_decorator(reauthentication_required, name="dispatch")
class OwnAddress(EmailView):
    """Asks for the new address, to which a code goes; until it is entered nothing changes."""

    form_class = AddressForm

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except (OSError, SMTPException) as error:
            log.warning("mail_not_sent", error=type(error).__name__)
            form.add_error("email", "The mail with the code could not be sent. Look at the address, and try again.")
            return self.form_invalid(form)


class Correct(Allowed, UpdateView):
    action = services.ACTION
    model = User
    form_class = CorrectForm
    context_object_name = "corrected"
    template_name = "accounts/names/correct.html"

    def get_success_url(self):
        return came_from(self.request) or reverse("accounts:people")

    def get_object(self):
        person = super().get_object()
        self.called = str(person)
        self.invitations = [
            row
            for row in Invitation.objects.allowed(self.request.user, self.action).open().filter(email=person.email)
            if row.state == "open"
        ]
        return person

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.request.user, "invitations": self.invitations}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            called=self.called, invitations=self.invitations, back=self.get_success_url(), **kwargs
        )

    def form_valid(self, form):
        try:
            links = services.correct(self.request.user, self.object, shown=form.shown, **form.given)
        except (services.Overtaken, IntegrityError):
            return self.form_invalid(self.looked_at_again())
        self.tell(form.given, [accounts.mail_link(invitation, token) for invitation, token in links])
        return redirect(self.get_success_url())

    def looked_at_again(self):
        """The form with what was typed, on top of how the person is by now, and told so."""
        self.object = self.get_object()
        now = f"{self.called}, {self.object.email}"
        typed = self.request.POST.copy()
        for part in PARTS:
            typed[f"shown_{part}"] = getattr(self.object, part)
        form = CorrectForm(**self.get_form_kwargs() | {"data": typed})
        if form.is_valid():
            form.add_error(None, f"Somebody has changed this a moment ago, to {now}. Save again if yours is right.")
        return form

    def tell(self, now, sent):
        name = f"{now['first_name']} {now['last_name']}"
        if not all(sent):
            messages.warning(
                self.request,
                f"{name} is corrected, but the mail with the new invitation could not be sent to {now['email']}. "
                "Send it again in a while.",
            )
        elif sent:
            messages.success(
                self.request,
                f"{name} is corrected. A new invitation is on its way to {now['email']}; the earlier link has ended.",
            )
        else:
            messages.success(self.request, f"Corrected: {name}, {now['email']}.")
