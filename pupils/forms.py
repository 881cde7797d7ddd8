from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RowForm, with_button
from pupils import services
from pupils.models import TargetPupil
from pupils.upn import WrongUpn, clean_upn, upn_index


class PupilForm(RowForm):
    """The fields of a target pupil, and no others."""

    class Meta:
        model = TargetPupil
        fields = ["first_name", "last_name", "year_group", "sex", "pupil_premium", "sen", "eal", "upn"]
        labels = {"sen": "Special educational needs (SEN)"}
        help_texts = {"last_name": "An initial is enough."}
        widgets = dict.fromkeys(["sex", "pupil_premium", "sen", "eal"], forms.RadioSelect)

    missing = {"year_group": "Enter the year group."}

    upn = forms.CharField(
        label="Unique pupil number (UPN)",
        required=False,
        max_length=20,
        help_text="A letter and 12 digits. Leave it blank if there is none. "
        "It is stored encrypted and shown on this pupil's own pages only.",
        error_messages={"max_length": "A UPN has 13 characters. Copy it again, or leave it blank."},
    )
    year_group = forms.IntegerField(
        label="Year group",
        min_value=0,
        max_value=13,
        help_text="0 for Reception.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"}),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], "Enter the year group as a number from 0 (Reception) to 13."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = [*TargetPupil.Sex.choices, ("", "Not recorded")]
        self.fields["upn"].widget.attrs |= {"class": "govuk-input--width-20", "spellcheck": "false"}
        for name in ("first_name", "last_name", "upn"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if self.instance.programme.initials_only:
            self.ask_for_initials()
        self.helper = with_button(self, "Save")

    def ask_for_initials(self):
        for name, label in (("first_name", "Initial of the forename"), ("last_name", "Initial of the surname")):
            field = self.fields[name]
            field.label, field.help_text = label, "One letter: this programme keeps no names."
            field.widget.attrs["class"] = "govuk-input--width-2"

    def clean_first_name(self):
        return self.initial_only("first_name")

    def clean_last_name(self):
        return self.initial_only("last_name")

    def initial_only(self, name):
        given = self.cleaned_data[name]
        if self.instance.programme.initials_only and len(given.rstrip(".")) > 1:
            raise ValidationError("This programme keeps initials only: give one letter.")
        return given.rstrip(".") if self.instance.programme.initials_only else given

    def clean_upn(self):
        try:
            upn = clean_upn(self.cleaned_data["upn"])
        except WrongUpn as error:
            raise ValidationError(f"{error}. Copy it again from your management system, or leave it blank.") from None
        if services.is_taken(upn, self.instance):
            raise ValidationError("Another pupil of this programme has this UPN. Check which of the two it belongs to.")
        self.instance.upn_index = upn_index(upn)
        return upn
