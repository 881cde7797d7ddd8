"""The forms of a study: to begin it, whom it watches, who belongs to it, when a lesson is and who does what."""

import uuid

from django import forms
from django.core.exceptions import ValidationError

from accounts.boxes import TextArea
from accounts.forms import DayField, with_button
from accounts.models import User
from desks.cells import clean
from lessons import services
from lessons.boxes import STEM
from lessons.models import LessonPart
from lessons.models.studies import FEWEST, LETTERS, MOST_LESSONS
from programmes.models import Partnership
from pupils.models import Place
from visits.events.forms.clock import ClockField
from visits.models import Visit

CHOSEN_ABOVE = "A half-day is chosen above as well. Choose “On none of them” there, or leave this blank."
TOO_MANY = f"A study watches at most {len(LETTERS)} pupils. Untick some."


class PupilsField(forms.ModelMultipleChoiceField):
    """The target pupils of a partnership, by name, for whoever may see them so."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(Place.objects.none(), required=False, **kwargs)
        self.error_messages["invalid_choice"] = "Choose from the pupils that are offered here."

    def offer(self, person, partnership, letters=None):
        """`letters` are those given already, as `letters_given` has them."""
        rows = Place.objects.allowed(person, "pupils.view").filter(partnership=partnership).select_related("pupil")
        self.queryset = rows.order_by("pupil__last_name", "pupil__first_name", "pupil__ref")
        said = {place: f" ({letter if now else f'was {letter}'})" for place, (letter, now) in (letters or {}).items()}
        self.label_from_instance = lambda place: (
            ", ".join(filter(None, [place.pupil.full_name, place.class_name])) + said.get(place.pk, "")
        )

    def suggested(self):
        """Three of them to begin with."""
        return services.spread_out(list(self.queryset))

    def clean(self, value):
        places = super().clean(value)
        if len(places) > len(LETTERS):
            raise forms.ValidationError(TOO_MANY)
        return places


class StartForm(forms.Form):
    question = forms.CharField(label=f"{STEM} …", required=False, widget=TextArea(attrs={"rows": 3}))
    technique = forms.CharField(
        label="The technique you are developing",
        help_text="For example: talk partners, or modelling how to edit.",
        required=False,
        widget=TextArea(attrs={"rows": 2}),
    )
    pupils = PupilsField(label="Case pupils")
    lessons = forms.TypedChoiceField(
        label="How many research lessons",
        coerce=int,
        choices=[(number, str(number)) for number in range(FEWEST, MOST_LESSONS + 1)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how many lessons."},
    )
    client = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, person, partnership, **kwargs):
        initial = {"client": uuid.uuid4(), "lessons": services.usual_number(partnership)}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["question"].help_text = "You finish the sentence."
        self.fields["pupils"].offer(person, partnership)
        self.initial["pupils"] = self.fields["pupils"].suggested()
        self.fields["pupils"].help_text = (
            "Three of the target pupils, each of whom stands for a group of learners: to begin with the lower end, "
            "the middle and the upper end. Choose others if you like. They are called A, B and C from then on."
            if self.fields["pupils"].queryset
            else "This partnership has no target pupils yet. You can choose them later."
        )
        self.helper = with_button(self, "Start the study")

    def clean_client(self):
        return self.cleaned_data["client"] or uuid.uuid4()

    def clean_question(self):
        return clean(self.cleaned_data["question"]).strip()

    def clean_technique(self):
        return clean(self.cleaned_data["technique"]).strip()

    @property
    def texts(self):
        return {name: self.cleaned_data[name] for name in ("question", "technique") if self.cleaned_data[name]}


class CasePupilsForm(forms.Form):
    pupils = PupilsField(label="Case pupils")

    def __init__(self, *args, person, study, **kwargs):
        letters = services.letters_given(study)
        chosen = [place for place, (_, is_current) in letters.items() if is_current]
        super().__init__(*args, initial={"pupils": chosen}, **kwargs)
        self.fields["pupils"].offer(person, study.partnership, letters)
        self.fields["pupils"].help_text = (
            "Up to six; three is usual. A letter stays with one pupil for good: somebody new gets the next one that "
            "nobody has had, and whoever is ticked again has their own back. A pupil about whom something is written "
            "or was seen stays."
        )
        self.helper = with_button(self, "Save")


class PersonForm(forms.Form):
    """Somebody of those who may be chosen; until a day, where the field is kept."""

    someone = forms.ModelChoiceField(
        User.objects.none(),
        label="Who",
        empty_label="Choose",
        error_messages={"required": "Choose somebody.", "invalid_choice": "Choose one of those who are offered here."},
    )

    def __init__(self, *args, people, action, label, prefix, until=None, **kwargs):
        super().__init__(*args, prefix=prefix, **kwargs)
        labels = services.described(people)
        self.fields["someone"].queryset = people
        self.fields["someone"].label_from_instance = lambda person: labels[person.pk]
        if until:
            first, last = until
            self.fields["until"] = DayField(
                label="Until",
                initial=last,
                help_text="The last day on which they can read it.",
                error_messages={"required": "Enter the last day."},
            )
            self.between = first, last
        self.helper = with_button(self, label, css_class="govuk-button--secondary")
        self.helper.form_action = action

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until < self.between[0]:
            raise forms.ValidationError("This day is over. Choose today or a later one.")
        return until


class WhenForm(forms.Form):
    """On which half-day or day, at what time."""

    visit = forms.ModelChoiceField(
        Visit.objects.none(),
        label="When is the lesson?",
        required=False,
        blank=True,  # else nobody can say that it is none of them
        empty_label="On none of them",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "This visit is not open to it any more. Choose one of those below."},
    )
    on = DayField(label="Another day", required=False)
    at = ClockField(label="What time does it begin?", required=False)

    def __init__(self, *args, lesson, **kwargs):
        initial = {"visit": lesson.visit_id, "on": lesson.on, "at": lesson.at}
        super().__init__(*args, initial=initial, **kwargs)
        self.programme = lesson.study.partnership.programme
        half_days = services.may_hold(lesson)
        if half_days:
            self.fields["visit"].queryset = half_days
            self.fields["visit"].label_from_instance = in_words
            self.fields["on"].help_text = "Where it is on none of these half-days."
        else:
            del self.fields["visit"]
            self.fields["on"].label = "On which day is the lesson?"
        self.fields["at"].help_text = "Needed to see when each stage begins. For example 10:00."

    def clean_on(self):
        on, first, last = self.cleaned_data["on"], self.programme.starts_on, self.programme.ends_on
        if on and not first <= on <= last:
            raise ValidationError(
                f"This day is not in the year of the programme, {first:%-d %B %Y} to {last:%-d %B %Y}."
            )
        return on

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("visit") and cleaned.get("on"):
            self.add_error(
                "on", "A half-day is chosen above as well. Choose “On none of them” there, or leave this blank."
            )
        return cleaned


def in_words(visit):
    return f"{visit.get_kind_display()}, {visit.on:%A %-d %B}, {visit.get_half_display()}, at {visit.host}"


def parts_of(data, people, case_pupils):
    """(parts, watches) that are ticked on the page of who does what."""
    parts = [
        (person, part) for person in people for part in LessonPart.Part.values if f"part-{person.pk}-{part}" in data
    ]
    for part in (LessonPart.Part.CHAIRS, LessonPart.Part.RECORDS):
        chosen = data.get(part.value, "")
        parts += [(person, part) for person in people if str(person.pk) == chosen]
    watches = [
        (person, case_pupil)
        for person in people
        for case_pupil in case_pupils
        if f"watch-{person.pk}-{case_pupil.letter}" in data
    ]
    return parts, watches


class CancelForm(forms.Form):
    because = forms.CharField(
        label="Why is the lesson cancelled?",
        max_length=200,
        error_messages={"required": "Say why the lesson is cancelled."},
    )

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Cancel this lesson", css_class="govuk-button--warning")
        self.helper.form_action = action


def open_to_study(person):
    """The partnerships in which this person can begin a study."""
    return Partnership.objects.allowed(person, "studies.start").open_to_entries()
