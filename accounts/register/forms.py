from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import with_button
from accounts.models import School
from accounts.register.columns import LINK_COLUMNS, REQUIRED_COLUMNS
from accounts.register.reading import NotRead, check_upload
from accounts.school_field import SchoolField

MEGABYTE = 1_000_000
NOT_CLOSED = [School.Status.OPEN.value, School.Status.CLOSING.value, School.Status.PROPOSED.value]


class CsvField(forms.FileField):
    """A CSV file whose kind and columns are right. Its rows are read later, by a worker."""

    def __init__(self, *, columns, most, **kwargs):
        super().__init__(widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}), **kwargs)
        self.columns, self.most = columns, most
        self.error_messages["empty"] = "The file is empty. Download it again, and send it as it is."
        self.error_messages["invalid"] = "Choose a file and send it."

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file:
            return file
        if file.size > self.most * MEGABYTE:
            raise ValidationError(f"The file is larger than {self.most} MB, so it is not the one that is meant here.")
        try:
            check_upload(file, self.columns)
        except NotRead as refused:
            raise ValidationError([f"{p['what']} {p['mend']}" for p in refused.problems]) from None
        return file


class RegisterForm(forms.Form):
    register = CsvField(
        label="The register",
        columns=REQUIRED_COLUMNS,
        most=200,
        help_text="“Establishment fields CSV” from Get Information about Schools, named edubasealldata and a date.",
        error_messages={"required": "Choose the file of the register."},
    )
    links = CsvField(
        label="Its links file, if you have it",
        columns=LINK_COLUMNS,
        most=100,
        required=False,
        help_text="“Establishment links CSV”, named links_edubasealldata and a date. "
        "It says which school followed which. Without it you name a successor by hand.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Send and see what would change")


class ConfirmForm(forms.Form):
    """A register is confirmed; where it seems to be a part of one, with a tick that it is whole, or meant as a part."""

    as_it_is = forms.BooleanField(
        label="I have checked that the file is whole. Write it: the schools that are not in it stay as they are",
        error_messages={"required": "Tick that you have checked it, or set the file aside and send the whole one."},
    )

    as_a_part = forms.BooleanField(
        label="It is only a part of the register. Write what is in it: the schools that are not in it stay as they are",
        error_messages={
            "required": "This cannot be the whole register: more than half of the schools are not in it. Tick that it "
            "is only a part, or set the file aside and send the whole one."
        },
    )

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)
        if file.is_a_part or not file.seems_incomplete:
            del self.fields["as_it_is"]
        if not file.is_a_part:
            del self.fields["as_a_part"]


class SuccessorForm(forms.Form):
    """Which school takes the place of one that has closed: any of the register that has not closed itself."""

    successor = SchoolField(label="School", error_messages={"required": "Choose the school that takes its place."})

    def __init__(self, *args, user, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.school = school
        self.fields["successor"].offer(user, "schools.search", status__in=NOT_CLOSED)
        self.helper = with_button(self, "Continue")

    def clean_successor(self):
        successor = self.cleaned_data["successor"]
        if successor == self.school:
            raise ValidationError("A school cannot follow itself. Choose another one.")
        return successor
