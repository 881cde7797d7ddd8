from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.boxes import TextArea
from accounts.forms import DayField, RowForm, with_button
from programmes.models import ActionItem
from programmes.naming import AsksAboutNames
from visits.events.audience import people_of, schools_of
from visits.events.running_order import timed
from visits.models import Attendance, Slot

MEANWHILE = "Somebody changed the running order meanwhile. Choose where it comes now."


class SlotForm(RowForm):
    """One item of the running order: how long, what, and who has the floor."""

    class Meta:
        model = Slot
        fields = ["minutes", "what", "who", "school"]
        labels = {"minutes": "Minutes", "what": "What", "who": "Who", "school": "School"}
        help_texts = {"who": "A name, when it is not a school's turn."}
        error_messages = {"minutes": {"invalid": "Enter a whole number of minutes."}}

    missing = {"minutes": "Enter how many minutes it takes.", "what": "Say what happens."}

    after = forms.TypedChoiceField(
        label="Where does it come?",
        required=False,
        coerce=int,
        empty_value=None,
    )

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        slots, _ = timed(event)
        others = [one for one in slots if one.slot.pk != self.instance.pk]
        before = [one for one in others if self.instance.pk is None or one.slot.order < self.instance.order]
        self.fields["after"].choices = [(0, "At the start"), *((one.slot.pk, f"After {one.words}") for one in others)]
        self.fields["after"].error_messages["invalid_choice"] = MEANWHILE
        self.fields["after"].initial = before[-1].slot.pk if before else 0
        field = self.fields["school"]
        field.queryset, field.empty_label = schools_of(event.programme, event.area), "No school"
        self.helper = with_button(self, "Save the item" if self.instance.pk else "Add to the running order")

    def clean_after(self):
        after = self.cleaned_data["after"]
        return self.fields["after"].initial if after is None else after


class MinutesForm(AsksAboutNames, forms.Form):
    """Free text. What was typed is never refused: it is kept, or shown again beside what someone else wrote."""

    text = forms.CharField(
        label="Minutes",
        required=False,
        max_length=20_000,
        strip=False,
        widget=TextArea(attrs={"rows": 16}),
        help_text="What was said and agreed. No pupil's name, and no judgement of a teacher. Do not record "
        "safeguarding concerns here: tell your designated safeguarding lead.",
        error_messages={"max_length": "Minutes hold 20,000 characters. Take some out: nothing that you typed is lost."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_about(event.programme, "text", stood=event.minutes)
        self.helper = with_button(self, "Save the minutes")


class PersonForm(forms.Form):
    """Someone of the programme whom the list does not have."""

    person = forms.ChoiceField(
        label="Person",
        error_messages={"required": "Choose a person.", "invalid_choice": "Choose from what is offered here."},
    )

    def __init__(self, *args, event, expected, **kwargs):
        super().__init__(*args, **kwargs)
        there = {one.person.pk for one in expected if one.person}
        self.known = {str(k.person.pk): k for k in people_of(event.programme) if k.person.pk not in there}
        self.fields["person"].choices = [("", "Choose a person"), *((pk, k.label) for pk, k in self.known.items())]
        self.helper = with_button(self, "Put on the list", css_class="govuk-button--secondary")
        self.helper.form_action = reverse("events:put_on", args=[event.pk])

    def chosen(self):
        return self.known[self.cleaned_data["person"]]


class GuestForm(RowForm):
    """Someone from outside the programme who came."""

    class Meta:
        model = Attendance
        fields = ["guest_name", "guest_school"]
        labels = {"guest_name": "Name", "guest_school": "School or organisation"}

    missing = {"guest_name": "Enter the name."}

    guest_name = forms.CharField(label="Name", max_length=150)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Add and mark as here", css_class="govuk-button--secondary")

    def clean_guest_name(self):
        return " ".join(self.cleaned_data["guest_name"].split())

    def clean_guest_school(self):
        return " ".join(self.cleaned_data["guest_school"].split())


class ActionForm(AsksAboutNames, RowForm):
    """Something that was agreed: who does it, and by when."""

    class Meta:
        model = ActionItem
        fields = ["what", "due_on"]
        labels = {"what": "What was agreed?"}
        error_messages = {"what": {"max_length": "Keep it to 200 characters."}}

    missing = {
        "what": "Say what was agreed.",
        "owner": "Choose who does it.",
        "due_on": "Enter the day by which it is done.",
    }

    owner = forms.TypedChoiceField(label="Who does it?", empty_value=None)
    due_on = DayField(label="By when?")

    def __init__(self, *args, event, expected, **kwargs):
        super().__init__(*args, **kwargs)
        people = {str(one.person.pk): one for one in expected if one.person}
        self.event = event
        self.fields["owner"].choices = [("", "Choose a person"), *((pk, one.label) for pk, one in people.items())]
        self.fields["owner"].coerce = lambda pk: people[pk].person
        self.fields["owner"].error_messages["invalid_choice"] = "Choose from what is offered here."
        self.order_fields(["what", "owner", "due_on"])
        self.ask_about(event.programme, "what")
        self.helper = with_button(self, "Add the action", css_class="govuk-button--secondary")

    def clean(self):
        cleaned = super().clean()
        if owner := cleaned.get("owner"):
            self.instance.owner = owner
        return cleaned

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < self.event.on:
            raise ValidationError(f"This is before the event, {self.event.on:%-d %B %Y}. Give a later day.")
        return due_on
