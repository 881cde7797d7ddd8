from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import DetailView, ListView

from accounts.access import Allowed, get_allowed, require
from accounts.mail import AT_ONCE, KINDS, NudgedLately, send_again
from accounts.messages.forms import PreferencesForm
from accounts.models import OutgoingMail


class MailList(Allowed, ListView):
    action = "mail.view"
    model = OutgoingMail
    paginate_by = 50
    template_name = "accounts/messages/list.html"

    def get_queryset(self):
        everything = super().get_queryset()
        get = self.request.GET
        self.asked = {name: get.get(name, "").replace("\0", "")[:200] for name in ("q", "kind", "state")}
        self.kinds = [
            (key, title_of(key)) for key in everything.order_by("kind").values_list("kind", flat=True).distinct()
        ]
        rows = everything.search(self.asked["q"])
        if self.asked["kind"] in dict(self.kinds):
            rows = rows.filter(kind=self.asked["kind"])
        if self.asked["state"] in OutgoingMail.SHOWN:
            rows = rows.shown_as(self.asked["state"])
        return rows.select_related("to", "by").defer("text", "calendar")

    def get_context_data(self, **kwargs):
        asked = {name: value for name, value in self.asked.items() if value}
        return super().get_context_data(
            asked=self.asked,
            is_narrowing=bool(asked),
            query=urlencode(asked),
            kinds=sorted(self.kinds, key=lambda kind: kind[1]),
            states=OutgoingMail.SHOWN.items(),
            failed=OutgoingMail.objects.allowed(self.request.user, self.action).shown_as("failed").count(),
            **kwargs,
        )


def title_of(key):
    return KINDS[key].title if key in KINDS else key


class MailDetail(Allowed, DetailView):
    action = "mail.view"
    model = OutgoingMail
    template_name = "accounts/messages/detail.html"

    def get_queryset(self):
        return super().get_queryset().select_related("to", "by", "organisation")

    def get_context_data(self, **kwargs):
        return super().get_context_data(kind=KINDS.get(self.object.kind), **kwargs)


@require_POST
def again(request, pk):
    letter = get_allowed(OutgoingMail, request.user, "mail.send_again", pk=pk)
    try:
        sent = send_again(request.user, letter)
    except NudgedLately:
        messages.warning(request, f"{letter.to} was nudged about this in the meantime, so this mail is not sent again.")
    else:
        if sent:
            messages.success(request, f"The mail is on its way to {letter.to} again.")
        else:
            messages.warning(request, "This mail is on its way or was sent already, or nobody would read it.")
    return redirect(letter)


@require_GET
def kinds(request):
    """Every mail that the app can send, for whoever asks what people are sent."""
    require(request.user, "mail.view")
    every = sorted(KINDS.values(), key=lambda kind: kind.title)
    number = len(every) + len(AT_ONCE)
    context = {"kinds": every, "at_once": AT_ONCE, "number": number, "days": OutgoingMail.kept().days}
    return render(request, "accounts/messages/kinds.html", context)


@require_POST
def preferences(request):
    form = PreferencesForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved. From now on you get the mails that are ticked, and those that need you.")
    else:
        messages.warning(request, "Choose from the mails that are offered here.")
    return redirect("accounts:account")
