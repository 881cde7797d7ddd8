from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RowForm
from pupils.models import TargetPupil
from pupils.upn import WrongUpn, clean_upn, upn_index


class PupilForm(RowForm):
    """The fields of a target pupil, and no others."""

    class Meta:
        model = TargetPupil
        fields = ["first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal", "upn"]
        help_texts = {"last_name": "Initials alone are enough."}

    upn = forms.CharField(
        label="UPN",
        required=False,
        max_length=20,
        help_text="13 characters, for example of the form A199200000001. It is stored encrypted and shown only here.",
    )
    year_group = forms.IntegerField(label="Year group", min_value=0, max_value=13)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("submit", "Save"))

    def clean_upn(self):
        try:
            upn = clean_upn(self.cleaned_data["upn"])
        except WrongUpn as error:
            raise ValidationError(f"{error}. Copy it again from your management system, or leave it blank.") from None
        self.instance.upn_index = upn_index(upn)
        return upn
