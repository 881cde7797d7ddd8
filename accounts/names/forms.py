from allauth.account.forms import AddEmailForm
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RowForm, keep_names_plain, with_button
from accounts.models import User
from accounts.names import services

PARTS = ["first_name", "last_name", "email"]


class NameForm(RowForm):
    """One's own name."""

    class Meta:
        model = User
        fields = ["first_name", "last_name"]

    missing = {"first_name": "Enter your first name.", "last_name": "Enter your last name."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        keep_names_plain(self)
        self.helper = with_button(self, "Save")


class AddressForm(AddEmailForm):
    """The address to which somebody changes. Whether another person has it is said only to whoever reads its mail."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Enter the new email address.",
            "invalid": "Enter one email address, such as name@school.example.",
            "max_length": "An email address has at most 254 characters.",
        },
    )


class CorrectForm(RowForm):
    """Somebody's name and, until they can sign in, their address; with what the page has shown of them."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email"]
        labels = {"email": "Email address"}
        error_messages = {"email": {"invalid": "Enter one email address, such as name@school.example."}}

    missing = {
        "first_name": "Enter the first name.",
        "last_name": "Enter the last name.",
        "email": "Enter the email address.",
    }

    shown_first_name = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    shown_last_name = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    shown_email = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args, person, invitations=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.was = {part: getattr(self.instance, part) for part in PARTS}
        for part, value in self.was.items():
            self.initial[f"shown_{part}"] = value
        if self.instance.is_active:
            del self.fields["email"]
        elif invitations:
            self.fields[
                "email"
            ].help_text = (
                "A new invitation goes to a corrected address, and the link in the mail to the earlier one ends."
            )
        for name in self.fields:
            self.fields[name].widget.attrs["autocomplete"] = "off"
        keep_names_plain(self)
        self.helper = with_button(self, "Save")

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if email == self.person.email:
            raise ValidationError("This is your own address. Type the one of the person whom you correct.")
        if services.is_taken(self.instance, email):
            raise ValidationError(self.taken(email))
        return email

    def taken(self, email):
        known = services.name_known_to(self.person, email)
        who = f"This is the address of {known}" if known else "Somebody else has this address in Lesson Study"
        name = f"{self.was['first_name']} {self.was['last_name']}"
        return (
            f"{who}. If that is another person, correct the address. If it is the same person, invite them to this "
            f"role under that address, then end the role of {name}: so they have one account for everything."
        )

    def clean(self):
        cleaned = super().clean()
        asked = self.data.get("email", self.was["email"]).strip().lower()
        if self.instance.is_active and asked != self.was["email"]:
            name = self.was["first_name"]
            self.add_error(
                None,
                f"{name} can sign in by now, so {asked} is not saved: only {name} changes the address, under Account. "
                "Save again to keep the name as you typed it.",
            )
        return cleaned

    @property
    def shown(self):
        return {part: self.cleaned_data[f"shown_{part}"] for part in PARTS}

    @property
    def given(self):
        """Name and address as they are to be."""
        return {part: self.cleaned_data.get(part, self.was[part]) for part in PARTS}
