from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.filters import FilterForm
from accounts.forms import with_button
from programmes.forms.choosing import called_apart
from programmes.models import Area, Programme
from visits.models import Event

ALL = "all"


class EventChoice(forms.Form):
    """What kind of event, of which programme, and whether it is one area's: the next page starts filled in."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        required=False,
        empty_label="Choose a programme",
        error_messages={"invalid_choice": "Choose from what is offered here."},
    )
    kind = forms.ChoiceField(
        label="What kind of event is it?",
        choices=Event.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the kind of event."},
    )
    area = forms.ModelChoiceField(
        Area.objects.none(),
        label="Whose is it?",
        required=False,
        empty_label="The whole programme's",
        help_text="An area's event expects the people of that area, and its schools take turns as hosts.",
        error_messages={"invalid_choice": "Choose from what is offered here."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        programmes = open_programmes(user)
        self.fields["programme"].queryset = programmes
        self.fields["programme"].label_from_instance = lambda programme: programme.title
        self.only = programmes[0] if len(programmes) == 1 else None
        today = timezone.localdate()
        running = [programme.pk for programme in programmes if programme.starts_on <= today <= programme.ends_on]
        self.fields["programme"].initial = running[0] if len(running) == 1 else None
        if self.only:
            del self.fields["programme"]
        areas = Area.objects.allowed(user, "events.manage").filter(programme__in=programmes)
        self.fields["area"].queryset = areas
        self.fields["area"].choices = [("", self.fields["area"].empty_label), *self.areas_of(programmes, areas)]
        if not areas:
            del self.fields["area"]
        self.helper = with_button(self, "Continue", name="")
        self.helper.form_method = "get"

    def areas_of(self, programmes, areas):
        """The areas to choose from; of several programmes each under its own, in the order of the field above."""
        found = {
            programme: [(area.pk, area.name) for area in areas if area.programme_id == programme.pk]
            for programme in programmes
        }
        return found[self.only] if self.only else [(programme.title, some) for programme, some in found.items() if some]

    def clean(self):
        cleaned = super().clean()
        area = cleaned.get("area")
        cleaned["programme"] = programme = cleaned.get("programme") or self.only or (area and area.programme)
        if not programme and "programme" not in self.errors:
            raise ValidationError({"programme": "Choose a programme."})
        if area and programme and area.programme_id != programme.pk:
            raise ValidationError(
                {"area": "This area belongs to another programme. Choose one of the programme's own."}
            )
        return cleaned


def open_programmes(user):
    rows = Programme.objects.allowed(user, "events.manage")
    return rows.exclude(status=Programme.Status.CLOSED).order_by("-starts_on", "name")


class EventFilter(FilterForm):
    """Narrows the list of events; offers only programmes and areas that stand in it."""

    programme = forms.ModelChoiceField(Programme.objects.none(), required=False, empty_label="All programmes")
    area = forms.ModelChoiceField(Area.objects.none(), required=False, empty_label="All areas")
    kind = forms.ChoiceField(required=False, choices=[("", "Any kind"), *Event.Kind.choices])

    def __init__(self, *args, user, rows, **kwargs):
        super().__init__(*args, **kwargs)
        programmes = Programme.objects.allowed(user, "programmes.view").filter(pk__in=rows.values("programme"))
        self.fields["programme"].queryset = programmes
        self.fields["programme"].label_from_instance = lambda programme: programme.title
        areas = Area.objects.allowed(user, "programmes.view").filter(pk__in=rows.values("area"))
        areas = areas.select_related("programme").order_by("name", "programme")
        self.fields["area"].queryset, self.fields["area"].label_from_instance = areas, called_apart(areas)
