from crispy_forms_gds.choices import Choice
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import with_button
from pupils.models import Erasure

HINTS = {
    Erasure.How.DELETE: "Nothing about single pupils is left. Only the frozen results say what they did.",
    Erasure.How.ANONYMISE: "Grades, year groups and subjects stay, each under a number that means nothing: no name, no "
    "initials, no UPN, no reference, no sex, pupil premium, SEN or EAL. Everything that people wrote goes.",
}


class HowForm(forms.Form):
    """Which of the two ways it goes."""

    how = forms.ChoiceField(
        label="What should happen to the pupils?",
        widget=forms.RadioSelect,
        choices=[Choice(how.value, how.label, hint=HINTS[how]) for how in Erasure.How],
        error_messages={"required": "Choose what should happen to the pupils."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Continue")
        self.helper.form_method = "get"
        self.helper.disable_csrf = True


class ConfirmForm(forms.Form):
    """The programme's name, typed: nobody erases anything by pressing once too often."""

    how = forms.ChoiceField(choices=Erasure.How.choices, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Type the name of the programme to confirm",
        max_length=200,
        error_messages={"required": "Type the name of the programme."},
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.fields["name"].help_text = programme.title
        self.helper = with_button(self, "Erase the pupil data", css_class="govuk-button--warning")
        self.helper.form_tag = False

    def clean_name(self):
        typed = plain(self.cleaned_data["name"])
        if typed not in {plain(self.programme.title), plain(self.programme.name)}:
            raise ValidationError(f"That is not its name. Type “{self.programme.title}”.")
        return typed


def plain(text):
    return " ".join(text.split()).casefold()
