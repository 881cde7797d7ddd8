from crispy_forms_gds.choices import Choice
from django import forms

from accounts.forms import with_button
from accounts.mail import KINDS
from accounts.models import User


class PreferencesForm(forms.ModelForm):
    """The mails that a person may switch off; all others come with the work."""

    wanted = forms.MultipleChoiceField(
        label="Mails that you can switch off", required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = sorted((kind for kind in KINDS.values() if kind.optional), key=lambda kind: kind.title)
        self.offered = {kind.key for kind in kinds}
        field = self.fields["wanted"]
        field.choices = [Choice(kind.key, kind.title, hint=f"{kind.when}.") for kind in kinds]
        field.initial = sorted(self.offered - set(self.instance.unwanted_mail))
        self.helper = with_button(self, "Save", css_class="govuk-button--secondary")
        self.helper.form_action = "accounts:mail_preferences"

    def save(self, commit=True):
        unwanted = self.offered - set(self.cleaned_data["wanted"])
        kept = [key for key in self.instance.unwanted_mail if key not in self.offered]
        self.instance.unwanted_mail = [*kept, *sorted(unwanted)]
        if commit:
            self.instance.save(update_fields=["unwanted_mail"])
        return self.instance
