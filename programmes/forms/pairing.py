from crispy_forms_gds.choices import Choice
from django import forms

from accounts.forms import with_button
from accounts.models import School
from papers.templatetags.plain import year_words
from programmes.models import Area, SpecialistTeacher
from programmes.services import by_hand


class StartForm(forms.Form):
    """How suggestions are asked for."""

    own_school = forms.BooleanField(label="Also pair specialist teachers inside their own school", required=False)
    again = forms.BooleanField(required=False)

    def __init__(self, *args, rejected=0, **kwargs):
        super().__init__(*args, **kwargs)
        if rejected:
            pairs = "the pair" if rejected == 1 else f"the {rejected} pairs"
            self.fields["again"].label = f"Also consider {pairs} that you rejected before"
        else:
            del self.fields["again"]


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(choices=[(word, word) for word in ("accepted", "rejected", "undecided")])


class ChangeForm(forms.Form):
    """Another specialist teacher for one school, from those who are possible."""

    specialist = forms.TypedChoiceField(
        coerce=int,
        error_messages={
            "required": "Choose a specialist teacher.",
            "invalid_choice": "This specialist teacher is not possible for the school. Choose one of those shown.",
        },
    )

    def __init__(self, *args, best, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["specialist"].choices = [(candidate.teacher, candidate.teacher) for candidate in best]


class SettleForm(forms.Form):
    """In which subject and year group a pair is proposed, where the school takes any: what the teacher teaches."""

    subject = forms.ChoiceField()
    year_group = forms.TypedChoiceField(label="Year group", coerce=int)

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [(subject, subject.capitalize()) for subject in row.subjects]
        self.fields["year_group"].choices = [(year, year_words(year)) for year in row.year_groups]
        for name, field in list(self.fields.items()):
            if len(field.choices) == 1:
                del self.fields[name]  # there is nothing to choose
            field.widget.attrs["class"] = "govuk-select"
            sentence = f"Choose {'a subject' if name == 'subject' else 'a year group'} that {row.chosen} teaches."
            field.error_messages = dict.fromkeys(["required", "invalid_choice", "invalid"], sentence)

    @property
    def chosen(self):
        return self.cleaned_data.get("subject"), self.cleaned_data.get("year_group")


class AddForm(forms.Form):
    """One partnership by hand. It offers the people and schools of the programme and nothing else."""

    specialist = forms.ModelChoiceField(
        SpecialistTeacher.objects.none(),
        label="Specialist teacher",
        empty_label="Choose a specialist teacher",
        error_messages={"required": "Choose the specialist teacher."},
    )
    school = forms.ModelChoiceField(
        School.objects.none(),
        label="Partner school",
        empty_label="Choose a school",
        help_text="It may be the school of the specialist teacher too.",
        error_messages={"required": "Choose the partner school."},
    )
    subject = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose the subject."})
    year_group = forms.TypedChoiceField(
        coerce=int, label="Year group", widget=forms.RadioSelect, error_messages={"required": "Choose the year group."}
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), required=False, empty_label="The area of the partner school, if it has one"
    )

    def __init__(self, *args, user, programme, **kwargs):
        super().__init__(*args, **kwargs)
        specialists = SpecialistTeacher.objects.allowed(user, "pairing.manage").filter(programme=programme)
        field = self.fields["specialist"]
        field.queryset = specialists.select_related("user", "home_school").order_by(
            "user__last_name", "user__first_name", "ref"
        )
        field.label_from_instance = lambda s: f"{s.user.last_name}, {s.user.first_name}: {s.home_school} ({s.ref})"
        self.fields["school"].queryset = by_hand.schools_for(programme)
        self.fields["subject"].choices = [Choice(subject, subject.capitalize()) for subject in programme.subjects]
        self.fields["year_group"].choices = [Choice(year, year_words(year)) for year in programme.year_groups]
        areas = Area.objects.allowed(user, "pairing.manage").filter(programme=programme)
        self.fields["area"].queryset = areas
        if not areas:
            del self.fields["area"]
        for field in self.fields.values():
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = "Choose from what is offered here."
        self.helper = with_button(self, "Continue")

    def refuse(self, look):
        """Say on the form why the pair is forbidden; what was typed stays."""
        for sentence in look.blocked:
            self.add_error(None, sentence)
