from django import forms

from accounts.forms import with_button
from programmes.models import Area
from programmes.services import areas

MOVED_MEANWHILE = (
    "Someone else changed the area of this partnership a moment ago, and nothing of yours was saved. "
    "If it still holds, press again."
)


class PartnershipAreaForm(forms.Form):
    """In which area of its programme a partnership is. `seen` is the one that the person saw."""

    area = forms.ModelChoiceField(
        Area.objects.none(),
        required=False,
        empty_label="No area",
        help_text="The consultants of the area see the partnership, its visits and results, and those of the area "
        "that it leaves see them no longer. Visits that are booked stay booked.",
        error_messages={"invalid_choice": "Choose from the areas that are offered here."},
    )
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args, user, partnership, **kwargs):
        super().__init__(*args, **kwargs)
        self.partnership = partnership
        self.fields["area"].queryset = Area.objects.allowed(user, "partnerships.move").filter(
            programme=partnership.programme_id
        )
        self.fields["area"].initial = partnership.area_id
        self.fields["seen"].initial = partnership.area_id or "none"
        self.helper = with_button(self, "Save the area")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("seen", "") != str(self.partnership.area_id or "none"):
            self.say_who_was_first()
        return cleaned

    def save(self, person):
        """True when it is done; else a sentence on the form."""
        try:
            areas.change_area(person, self.partnership, self.cleaned_data["area"])
        except areas.MovedMeanwhile:
            self.partnership.refresh_from_db(fields=["area"])
            self.say_who_was_first()
        return not self.errors

    def say_who_was_first(self):
        """What was chosen stays; pressing again is then about the partnership as it stands now."""
        self.add_error(None, MOVED_MEANWHILE)
        self.data = self.data.copy()
        self.data["seen"] = str(self.partnership.area_id or "none")


class MoveAreaForm(forms.Form):
    """Into which other area of the programme everything of one goes."""

    other = forms.ModelChoiceField(
        Area.objects.none(),
        label="Move them to",
        empty_label="Choose an area",
        error_messages={
            "required": "Choose the area.",
            "invalid_choice": "Choose from the areas that are offered here.",
        },
    )

    def __init__(self, *args, user, area, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Area.objects.allowed(user, "programmes.set_up").filter(programme=area.programme_id)
        self.fields["other"].queryset = rows.exclude(pk=area.pk)
        self.helper = with_button(self, "Move all of them")
