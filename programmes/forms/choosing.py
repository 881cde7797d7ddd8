"""Fields that several forms of a programme share."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join

from papers.templatetags.plain import year_words


class ListField(forms.CharField):
    """Several short words or names in one text box, with commas between them."""

    def __init__(self, *, longest, most=12, lower=False, **kwargs):
        super().__init__(**kwargs)
        self.longest, self.most, self.lower = longest, most, lower

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        text = super().clean(value)
        words = [" ".join(part.split()) for part in text.split(",")]
        if self.lower:
            words = [word.lower() for word in words]
        words = list(dict.fromkeys(word for word in words if word))
        if too_long := next((word for word in words if len(word) > self.longest), None):
            raise ValidationError(f"“{too_long}” is too long: keep each to {self.longest} characters.")
        if len(words) > self.most:
            raise ValidationError(f"Give {self.most} at most.")
        return words


def called_apart(rows):
    """What areas or data points are called in a choice: by their name, with the year or the programme where need be."""
    programmes = {row.programme for row in rows}
    if len(programmes) < 2:
        return lambda row: row.name
    if len({programme.academic_year for programme in programmes}) == len(programmes):
        return lambda row: f"{row.name} ({row.programme.academic_year})"
    return lambda row: f"{row.name} ({row.programme.title})"


def several(choices, label, **kwargs):
    """Checkboxes of which any number may be ticked."""
    return forms.TypedMultipleChoiceField(
        choices=choices,
        label=label,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from what is offered here."},
        **kwargs,
    )


def subjects_of(programme):
    return [(subject, subject.capitalize()) for subject in programme.subjects]


def years_of(programme):
    return [(year, year_words(year)) for year in sorted(programme.year_groups)]


class SuggestInput(forms.TextInput):
    """A text box with suggestions: `words` are offered, and anything else may be typed."""

    def __init__(self, words):
        super().__init__()
        self.words = words

    def render(self, name, value, attrs=None, renderer=None):
        box = super().render(name, value, {"list": f"{name}-words", "autocomplete": "off"} | (attrs or {}), renderer)
        words = format_html_join("", '<option value="{}">', ((word,) for word in self.words))
        return format_html('{}<datalist id="{}-words">{}</datalist>', box, name, words)
