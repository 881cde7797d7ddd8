"""What is asked and sent around findings."""

from django import forms

from accounts.filters import FilterForm
from accounts.forms import with_button
from desks.cells import clean
from lessons.library.files import BIGGEST, NotTaken, read_file
from lessons.library.standing import EXPLAINED
from lessons.models import Finding
from lessons.models.booklets import MOST_IN_A_BOOKLET
from papers.templatetags.plain import year_words

Audience = Finding.Audience


class FindingFilter(FilterForm):
    """What is offered comes from the findings that the person may read."""

    subject = forms.ChoiceField(label="Subject", required=False)
    year = forms.TypedChoiceField(label="Year group", required=False, coerce=int, empty_value=None)
    technique = forms.ChoiceField(label="Technique", required=False)
    theme = forms.ChoiceField(label="Theme", required=False)
    programme = forms.TypedChoiceField(label="Programme", required=False, coerce=int, empty_value=None)
    audience = forms.ChoiceField(label="Who can read it", required=False, choices=[("", "Any"), *Audience.choices])

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", "All"), *((one, one.capitalize()) for one in offered.subjects)]
        self.fields["year"].choices = [("", "All"), *((one, year_words(one)) for one in offered.years)]
        self.fields["technique"].choices = [("", "Any"), *((one, shortened(one)) for one in offered.techniques)]
        self.fields["theme"].choices = [("", "Any"), *((one, one.capitalize()) for one in offered.themes)]
        self.fields["programme"].choices = [("", "All"), *offered.programmes]

    @property
    def asked(self):
        """What narrows; a value that is not offered does not."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def shortened(text):
    return text if len(text) <= 50 else text[:50].rsplit(" ", 1)[0] + " …"


class AgreeForm(forms.Form):
    """To whom an author agrees to show the text that they have before them."""

    audience = forms.ChoiceField(
        label="Who may read it?",
        choices=Audience.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who may read it.", "invalid_choice": "Choose from what is offered here."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.explained = [(value, label, EXPLAINED[value]) for value, label in Audience.choices]


class FileForm(forms.Form):
    label = forms.CharField(
        label="What it is",
        help_text="Others see this and not the name of your file. For example: Slides of lesson 2.",
        max_length=100,
        error_messages={"required": "Say what the file is.", "max_length": "Say it in at most 100 characters."},
    )
    file = forms.FileField(
        label="The file",
        help_text="A PDF, a picture or slides, at most 10 MB. Check first that no child's name or face is in it.",
        max_length=500,
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Choose it again.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )

    def __init__(self, *args, action="", **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Add the file", css_class="govuk-button--secondary")
        self.helper.form_action = action

    def clean_label(self):
        return " ".join(clean(self.cleaned_data["label"]).split())

    def clean_file(self):
        try:
            self.kind, content = read_file(self.cleaned_data["file"])
        except NotTaken as error:
            raise forms.ValidationError(str(error)) from error
        if len(content) > BIGGEST:
            raise forms.ValidationError("The picture is too large. Make it smaller, and send it again.")
        return content


class BookletForm(forms.Form):
    """Which findings, in which order, and what it is called."""

    title = forms.CharField(
        label="What the booklet is called",
        max_length=100,
        initial="What we found",
        error_messages={"required": "Give the booklet a title.", "max_length": "At most 100 characters."},
    )

    def __init__(self, *args, findings, **kwargs):
        super().__init__(*args, **kwargs)
        self.findings = findings

    def clean_title(self):
        return " ".join(clean(self.cleaned_data["title"]).split())

    def place_of(self, finding):
        """What was typed for it: a number, or nothing where it is left out."""
        return self.data.get(f"place-{finding.pk}", "").strip() if self.is_bound else ""

    def clean(self):
        cleaned = super().clean()
        places = []
        for number, finding in enumerate(self.findings):
            typed = self.place_of(finding)
            if not typed:
                continue
            if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
                self.add_error(None, f"“{typed[:20]}” is no place in the booklet. Write a whole number, or nothing.")
                continue
            places.append((int(typed), number, finding.pk))
        if not places and not self.errors:
            self.add_error(None, "Nothing is chosen. Give at least one finding a number.")
        if len(places) > MOST_IN_A_BOOKLET:
            self.add_error(
                None, f"These are {len(places)} findings, and a booklet holds {MOST_IN_A_BOOKLET}. Leave some out."
            )
        cleaned["chosen"] = [pk for _, _, pk in sorted(places)]
        return cleaned
