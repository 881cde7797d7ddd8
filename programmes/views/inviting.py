from collections import Counter

from django.http import Http404
from django.shortcuts import redirect
from django.views.generic import ListView, TemplateView

from accounts import services as accounts
from accounts.access import Allowed
from accounts.models import InvitationMail
from programmes.forms.inviting import InviteManyForm
from programmes.services import inviting


class InviteMany(Allowed, TemplateView):
    """Tick whom to invite, see who gets what, and have all the mails sent."""

    action = inviting.ACTION
    template_name = "programmes/invite_many.html"

    def get(self, request, *args, **kwargs):
        return self.page(self.form(None))

    def post(self, request, *args, **kwargs):
        form, step = self.form(request.POST), request.POST.get("step")
        if step == "edit" or not form.is_valid():
            return self.page(form)
        shown = set(request.POST.getlist("shown"))
        if step != "confirm" or not form.ticked:
            return self.check(form, changed=step == "confirm")
        if form.gone or {row.waiting.key for row in form.ticked} != shown:
            return self.check(form, changed=True)
        try:
            batch = inviting.invite(request.user, form.asked)
        except inviting.Overtaken:
            form = self.form(request.POST)
            return self.check(form, changed=True) if form.is_valid() else self.page(form)
        return redirect("programmes:invited", batch)

    def form(self, data):
        self.waiting = inviting.who_waits(self.request.user)
        kind = self.request.GET.get("kind", "")
        self.kind = kind if kind in inviting.KINDS else ""
        ticked = "all" in self.request.GET
        return InviteManyForm(data, person=self.request.user, waiting=self.waiting, kind=self.kind, tick_all=ticked)

    def page(self, form):
        counts = Counter(found.kind for found in self.waiting)
        earlier = counts.pop("earlier", 0)
        words = {kind: counted(kind, counts[kind]) for kind in inviting.KINDS if counts[kind]}
        return self.render_to_response(
            {
                "invites": form,
                "only": self.kind,
                "counts": words.items(),
                "total": counts.total(),
                "earlier": earlier and counted("earlier", earlier),
            }
        )

    def check(self, form, changed=False):
        invitations = [row.waiting.invitation_to(**row.who) for row in form.ticked]
        for invitation in invitations:
            invitation.invited_by, invitation.expires_at = self.request.user, invitation.last_moment
        context = {
            "invites": form,
            "changed": changed,
            "gone": inviting.why_not(self.request.user, form.gone),
            "mail": accounts.words_of_mail(invitations[0], "(a link of their own)") if invitations else None,
            "rows": list(zip(form.ticked, invitations, strict=True)),
        }
        return self.response_class(request=self.request, template=["programmes/invite_check.html"], context=context)


def counted(kind, number):
    one, many = inviting.KINDS[kind]
    return f"{number} {one if number == 1 else many}"


class Invited(Allowed, ListView):
    """What became of invitations that were sent at once, and who is not invited yet."""

    action = inviting.ACTION
    model = InvitationMail
    template_name = "programmes/invited.html"

    def get_queryset(self):
        rows = super().get_queryset().filter(batch=self.kwargs["batch"])
        rows = rows.marked_for(self.request.user).select_related("invitation__organisation", "invitation__school")
        return rows.order_by("invitation__last_name", "invitation__first_name", "pk")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        mails = list(context["object_list"])
        if not mails:
            raise Http404
        return context | {
            "mails": mails,
            "total": len(mails),
            "sent": sum(mail.invitation.sent_at is not None for mail in mails),
            "in_hand": sum(mail.in_hand for mail in mails),
            "failed": [mail for mail in mails if mail.has_failed and not mail.invitation.sent_at],
            "waiting": [found for found in inviting.who_waits(self.request.user) if not found.is_of_earlier],
        }
