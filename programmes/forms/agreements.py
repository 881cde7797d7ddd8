from crispy_forms_gds.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.boxes import TextArea
from accounts.filters import FilterForm
from accounts.forms import RowForm, with_button
from programmes.models import AgreementText, Partnership, Programme, Signature
from programmes.services import agreements

HOW = "A blank line ends a paragraph; a line that begins with “- ” is a point of a list."
NOT_YOUR_NAME = "Type your name as it stands here: {name}. What you typed is still in the box; change it, then sign."


class AgreementTextForm(RowForm):
    """The words of a programme's agreement, as a new version. `base` is the version that they were changed from."""

    class Meta:
        model = AgreementText
        fields = AgreementText.PARTS
        widgets = {
            name: TextArea(attrs={"rows": rows})
            for name, rows in zip(AgreementText.PARTS, (16, 14, 7, 10), strict=True)
        }
        help_texts = {
            "protocol": HOW,
            "targets": "Leave it blank where your agreement has no such part.",
            "release_time": "Leave it blank where your agreement has no such part.",
        }

    missing = {
        "protocol": "Write how you work together: the agreement needs it.",
        "data_commitments": "Write what is handed in and when: the agreement needs it.",
    }

    base = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in AgreementText.PARTS:
            self.fields[name].error_messages["max_length"] = "Keep this part to 5,000 characters."
        self.helper = with_button(self, "Save as a new version")
        self.helper.add_input(Submit("preview", "Preview", css_class="govuk-button--secondary"))

    def clean(self):
        cleaned = super().clean()
        for name in AgreementText.PARTS:
            for mistake in agreements.mistakes(cleaned.get(name, "")):
                self.add_error(name, mistake)
        return cleaned

    @property
    def parts(self):
        return {name: self.cleaned_data[name].strip() for name in AgreementText.PARTS}


class MakeForm(forms.Form):
    """Which partnerships get an agreement: those that can have one and have none."""

    partnerships = forms.ModelMultipleChoiceField(
        Partnership.objects.none(),
        label="For which partnerships",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one partnership.",
            "invalid_choice": "One of these has an agreement already. Look at what is left, then press again.",
        },
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        self.fields["partnerships"].queryset = rows

    @property
    def offered(self):
        """Those that are agreed or have started; where all are only proposed, those."""
        return [row for row in self.rows if row.is_open_to_visits] or self.rows

    @property
    def boxes(self):
        """(partnership, whether it is ticked): at first those that are offered.

        There may be hundreds, so the page lays them out itself, which takes a tenth of the time.
        """
        ticked = set(self.data.getlist("partnerships")) if self.is_bound else {str(row.pk) for row in self.offered}
        return [(row, str(row.pk) in ticked) for row in self.rows]


class SignForm(forms.Form):
    """One signature: the typed name of whoever is signed in, and the tick."""

    signature = forms.IntegerField(widget=forms.HiddenInput, required=False)
    typed_name = forms.CharField(
        label="Your name",
        max_length=200,
        error_messages={"required": "Type your name to sign.", "max_length": "Keep the name to 200 characters."},
    )
    agreed = forms.BooleanField(error_messages={"required": "Tick the box to say that you have read it and agree."})

    def __init__(self, *args, person, agreement, signer, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.signer = person, signer
        version = f"version {agreement.version}"
        self.fields["agreed"].label = f"I have read {version} of this agreement, and I agree to it as {signer.as_what}."
        self.fields["typed_name"].help_text = f"As it stands in your account: {person.get_full_name()}"
        self.fields["typed_name"].widget.attrs["autocomplete"] = "off"
        self.initial["signature"] = signer.signature.pk
        self.helper = with_button(self, f"Sign as {signer.as_what}")
        self.helper.form_action = reverse("programmes:agreement_sign", args=[agreement.pk])

    def clean_typed_name(self):
        typed = self.cleaned_data["typed_name"]
        if not agreements.is_name_of(self.person, typed):
            raise ValidationError(NOT_YOUR_NAME.format(name=self.person.get_full_name()))
        return typed


class NewVersionForm(forms.Form):
    because = forms.CharField(
        label="Why is a new version needed?",
        help_text="One sentence for everyone who signs it. Do not name pupils.",
        max_length=200,
        error_messages={
            "required": "Say why, in one sentence: everyone who signs reads it.",
            "max_length": "Keep it to 200 characters.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Make the new version", css_class="govuk-button--warning")

    def clean_because(self):
        """The pages go on behind it, so its full stop is theirs."""
        return self.cleaned_data["because"].rstrip(". ")


class AgreementFilter(FilterForm):
    """Narrows the list of agreements; offers only programmes that stand in it."""

    STATES = [
        ("", "All"),
        ("waiting", "Wait for a signature"),
        ("complete", "Signed by all"),
        ("revisit", "To revisit"),
    ]
    MISSING = [
        ("", "Anyone"),
        ("teacher", "A teacher"),
        ("head", "A headteacher"),
        ("stuck", "Someone who cannot sign in yet"),
    ]

    q = forms.CharField(label="School, teacher or reference", required=False, max_length=100)
    programme = forms.ModelChoiceField(Programme.objects.none(), required=False, empty_label="All programmes")
    state = forms.ChoiceField(label="How they stand", required=False, choices=STATES)
    missing = forms.ChoiceField(label="Who is missing", required=False, choices=MISSING)

    def __init__(self, *args, partnerships, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = partnerships.programmes()
        self.fields["programme"].label_from_instance = lambda programme: programme.title

    def fitting(self, rows, asked):
        if asked["programme"]:
            rows = rows.filter(partnership__programme=asked["programme"])
        if asked["state"]:
            rows = {
                "waiting": lambda: rows.waiting(),
                "complete": lambda: rows.filter(completed_at__isnull=False),
                "revisit": lambda: agreements.to_revisit(rows, timezone.localdate()),
            }[asked["state"]]()
        if asked["missing"] == "stuck":
            rows = rows.stuck()
        elif asked["missing"]:
            heads = asked["missing"] == "head"
            rows = rows.missing([c for c in Signature.Capacity if (c in Signature.HEADS) == heads])
        return rows.search(asked["q"])
