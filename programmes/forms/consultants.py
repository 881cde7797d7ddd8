from django import forms

from accounts.models import User
from programmes.models import Area
from programmes.services import consultants


class ConsultantForm(forms.Form):
    """Which of the organisation's consultants supports which area of a programme."""

    area = forms.ModelChoiceField(
        Area.objects.none(), empty_label=None, widget=forms.Select(attrs={"class": "govuk-select"})
    )
    consultant = forms.ModelChoiceField(
        User.objects.none(), empty_label=None, widget=forms.Select(attrs={"class": "govuk-select"})
    )

    def __init__(self, *args, user, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.allowed(user, "consultants.name").filter(programme=programme)
        self.fields["consultant"].queryset = consultants.consultants_of(programme.organisation_id)
