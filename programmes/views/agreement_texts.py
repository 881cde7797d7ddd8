from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView

from accounts.access import Allowed, get_allowed
from papers.templatetags.plain import plural_count
from programmes.forms.agreements import AgreementTextForm, MakeForm
from programmes.models import AgreementText, Partnership, Programme
from programmes.services import agreements

SAVED_MEANWHILE = (
    "{who} saved version {version} at {at:%H:%M} on {at:%A} {at.day} {at:%B}. Your words are still here, and nothing "
    "of yours is saved yet. Look at what changed, then save yours as version {next}."
)


class OfProgramme(Allowed):
    """The programme whose agreement this is about, as `self.programme`."""

    action = "agreements.manage"

    def dispatch(self, request, *args, **kwargs):
        self.programme = get_allowed(Programme, request.user, self.action, slug=kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def partnerships(self):
        return Partnership.objects.allowed(self.request.user, self.action).filter(programme=self.programme)

    def get_context_data(self, **kwargs):
        return super().get_context_data(programme=self.programme, **kwargs)


class AgreementTextDetail(OfProgramme, DetailView):
    template_name = "programmes/agreement_text.html"

    def get_object(self):
        asked = self.request.GET.get("version", "")
        if asked.isdecimal() and len(asked) < 5:
            return get_object_or_404(self.programme.agreement_texts, version=asked)
        return agreements.latest_text(self.programme)

    def get_context_data(self, **kwargs):
        text, example = self.object, self.partnerships().with_people().first()
        makeable = agreements.makeable(self.partnerships())
        return super().get_context_data(
            text=text,
            latest=agreements.latest_text(self.programme),
            sections=agreements.sections_of(text, agreements.facts_of(self.programme), example),
            example=example,
            versions=agreements.versions(self.programme),
            without=agreements.with_partner_teacher(agreements.lacking(self.partnerships())).count(),
            makeable=agreements.with_partner_teacher(makeable).count(),
            lacking=agreements.without_partner_teacher(makeable).select_related("partner_school"),
            draft=self.programme.status == Programme.Status.DRAFT,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        """The text that we ship becomes the programme's own, unless somebody saved another one a moment ago."""
        try:
            text = agreements.text_in_force(request.user, self.programme)
        except agreements.SavedMeanwhile as saved:
            text = saved.text
        return saved_as(request, text)


class AgreementTextChange(OfProgramme, FormView):
    form_class = AgreementTextForm
    template_name = "programmes/agreement_text_form.html"

    def get_form_kwargs(self):
        latest = agreements.latest_text(self.programme)
        initial = {name: getattr(latest, name) for name in AgreementText.PARTS} | {"base": latest.version}
        return super().get_form_kwargs() | {"instance": AgreementText(programme=self.programme), "initial": initial}

    def get_context_data(self, **kwargs):
        latest = agreements.latest_text(self.programme)
        brackets = [*agreements.WITHIN.items(), *agreements.LINES.items()]
        return super().get_context_data(latest=latest, brackets=brackets, **kwargs)

    def form_valid(self, form):
        if "preview" in self.request.POST:
            text = AgreementText(programme=self.programme, version=form.cleaned_data["base"] + 1, **form.parts)
            example = self.partnerships().with_people().first()
            sections = agreements.sections_of(text, agreements.facts_of(self.programme), example)
            return self.render_to_response(self.get_context_data(form=form, preview=sections, example=example))
        try:
            text = agreements.save_text(self.request.user, self.programme, form.parts, form.cleaned_data["base"])
        except agreements.SavedMeanwhile as saved:
            return self.with_base(form, saved.text)
        return saved_as(self.request, text)

    def with_base(self, form, latest):
        """The page again with the typed words, ready to be saved on top of what someone else saved."""
        form.data = form.data.copy()
        form.data["base"] = latest.version
        at = timezone.localtime(latest.written_at)
        said = SAVED_MEANWHILE.format(
            who=latest.written_by or "Someone", version=latest.version, next=latest.version + 1, at=at
        )
        form.add_error(None, said)
        return self.form_invalid(form)


def saved_as(request, text):
    """Back to the tasks while the programme is being set up: this was one of them."""
    messages.success(request, f"Version {text.version} is the text of new agreements from now on.")
    draft = text.programme.status == Programme.Status.DRAFT
    return redirect("programmes:set_up" if draft else "programmes:agreement_text", text.programme.slug)


class AgreementMake(OfProgramme, FormView):
    form_class = MakeForm
    template_name = "programmes/agreement_make.html"

    def rows(self):
        rows = agreements.makeable(self.partnerships()).with_people()
        asked = self.request.GET.get("partnership", "")
        return rows.filter(pk=asked) if asked.isdecimal() and len(asked) < 12 else rows

    def get_form_kwargs(self):
        with_partner = agreements.with_partner_teacher(self.rows())
        return super().get_form_kwargs() | {"rows": with_partner}

    def get_context_data(self, **kwargs):
        latest = agreements.latest_text(self.programme)
        lacking = agreements.without_partner_teacher(self.rows())
        return super().get_context_data(text=latest, lacking=lacking, **kwargs)

    def form_valid(self, form):
        made = agreements.make_agreements(self.request.user, self.programme, form.cleaned_data["partnerships"])
        if len(made) == 1:
            messages.success(self.request, "The agreement is made. Everyone who signs it and can sign in has a mail.")
            return redirect(made[0])
        if made:
            n = plural_count(len(made), "agreement")
            messages.success(self.request, f"{n} are made. Everyone who signs one and can sign in has a mail.")
        else:
            messages.warning(self.request, "Someone else made these agreements a moment ago: here they are.")
        return redirect(f"{reverse('programmes:agreements')}?programme={self.programme.pk}")
