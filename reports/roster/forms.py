from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.forms import RowForm, with_button
from papers.templatetags.plain import listed
from programmes.models import Partnership
from reports.models import SavedView
from reports.roster.asked import ORDERS
from reports.roster.page import VIEWS, Roster


class SavedViewForm(RowForm):
    """A name for what the roster shows now; the question itself comes from the address."""

    class Meta:
        model = SavedView
        fields = ["name"]
        labels = {"name": "Name of the view"}
        help_texts = {"name": "For example: North East, grades late."}

    missing = {"name": "Give the view a name."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["max_length"] = "Keep the name to 60 characters."
        self.helper = with_button(self, "Save")

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        taken = [*(view for view, _ in VIEWS), *(words for words, _ in ORDERS.values())]
        if name.casefold() in {one.casefold() for one in taken}:
            raise ValidationError(f"The roster comes with a view “{name}” already. Give yours another name.")
        return name


class NewViewForm(SavedViewForm):
    here_only = forms.BooleanField(required=False)

    def __init__(self, *args, user, query, **kwargs):
        super().__init__(*args, **kwargs)
        roster = Roster(user, Partnership.objects.allowed(user, "roster.view"), query)
        self.roster = roster
        self.instance.owner = user
        self.instance.query = roster.asked.query if roster.programme else ""
        self.fields["here_only"].label = f"Only for {roster.programme.title}" if roster.programme else ""
        self.fields["here_only"].help_text = "Leave it off to use the view next year as well."
        if not roster.programme:
            del self.fields["here_only"]

    @property
    def back(self):
        return self.roster.address(self.instance.query) if self.roster.programme else reverse("reports:roster")

    @property
    def question(self):
        """What is saved, in words."""
        if not self.roster.programme:
            return ""
        asked = self.roster.asked
        return f"{listed(asked.words) or 'Every partnership'}, {asked.order_words.lower()}."

    def save(self, commit=True):
        if self.cleaned_data.get("here_only"):
            self.instance.programme = self.roster.programme
        return super().save(commit)
