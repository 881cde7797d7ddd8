from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.boxes import TextArea
from accounts.forms import DayField, DayInput, with_button
from accounts.rows_form import RowsForm
from funding.answers import MOST_ROWS, PASTED, columns_of
from funding.models import FileLayout, Payee
from papers.sheets import text_of


class AnswersForm(RowsForm):
    """Finance's answer to a batch."""

    file_label = "The file with the answers"
    file_help = (
        "CSV or Excel workbook (.xlsx) with columns for the reference of the payment and for paid or rejected; the "
        "amount, the day and the reason where you have them."
    )
    too_much = "These are more rows than one batch has. Leave out those of other batches."
    pasted_as = PASTED

    def __init__(self, *args, batch, **kwargs):
        super().__init__(*args, **kwargs)
        self.batch = batch

    def read(self, cleaned, source, name):
        text, problems, cleaned["ignored"] = text_of(
            source,
            name,
            columns=columns_of(self.batch),
            always=["reason"],
            max_bytes=2_000_000,
            max_rows=MOST_ROWS,
            formulas=True,
        )
        return text, problems


class PayeeForm(forms.ModelForm):
    """How a school is paid from a day on."""

    since = DayField(label="From which day?", error_messages={"required": "Enter the day from which it holds."})

    class Meta:
        model = Payee
        fields = ["is_trust", "name", "route", "code", "since"]
        labels = {
            "is_trust": "The money goes to the school\u2019s trust",
            "name": "Paid to",
            "route": "How is it paid?",
            "code": "Cost centre (journal) or supplier number",
        }
        widgets = {
            "route": forms.RadioSelect,
            "code": forms.TextInput(
                attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}
            ),
        }
        error_messages = {
            "name": {"required": "Enter who is paid.", "max_length": "Keep the name to 150 characters."},
            "route": {"required": "Choose how it is paid."},
            "code": {
                "required": "Enter the cost centre or the supplier number.",
                "max_length": "Keep it to 30 characters.",
            },
        }

    def __init__(self, *args, holds=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.holds = holds
        today = timezone.localdate()
        first, until = today.replace(year=today.year - 2), today.replace(year=today.year + 1)
        self.first, self.until = first, until
        self.fields["since"].widget = DayInput(first, until)
        self.fields["since"].initial = today
        self.fields["route"].choices = Payee._meta.get_field("route").choices
        self.helper = with_button(self, "Save how the school is paid")

    def clean_since(self):
        since = self.cleaned_data["since"]
        if not self.first <= since <= self.until:
            raise ValidationError(f"Enter a day from {self.first:%-d/%-m/%Y} to {self.until:%-d/%-m/%Y}.")
        if self.holds and since < self.holds.since:
            raise ValidationError(
                f"What holds now began on {self.holds.since:%-d/%-m/%Y}: give that day or a later one."
            )
        return since


class RefuseForm(forms.Form):
    """Why it is not confirmed. Whoever entered it withdraws it."""

    because = forms.CharField(
        label="Why is the school not paid like this?",
        max_length=200,
        error_messages={"required": "Say why.", "max_length": "Keep the reason to 200 characters."},
    )

    def __init__(self, *args, is_own, **kwargs):
        super().__init__(*args, **kwargs)
        button = "Withdraw it" if is_own else "Refuse it"
        self.helper = with_button(self, button, css_class="govuk-button--secondary")


NEEDED = {
    FileLayout.Column.REFERENCE: "no answer can be read back",
    FileLayout.Column.PAYEE: "finance cannot tell who is paid",
    FileLayout.Column.CODE: "finance cannot tell where the money goes",
    FileLayout.Column.AMOUNT: "finance cannot tell how much is paid",
}


class LayoutForm(forms.Form):
    """The columns of the payment file, one to a line: what it is called in your system, and what stands in it."""

    lines = forms.CharField(
        label="Columns, in their order",
        widget=TextArea(attrs={"rows": 12, "spellcheck": "false"}),
        max_length=2000,
        help_text="One column to a line: the heading in your finance system, an equals sign, and one of the words "
        f"below it. The words are {', '.join(FileLayout.Column.values)}.",
        error_messages={"required": "Give at least reference, payee, code and amount."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = with_button(self, "Save the columns")

    def clean_lines(self):
        columns, headings = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            heading, equals, word = line.rpartition("=")
            heading, word = heading.strip(), word.strip().lower()
            if not equals or not heading:
                raise ValidationError(f"Line {number}: write the heading, an equals sign and the word.")
            if word not in FileLayout.Column.values:
                raise ValidationError(f"Line {number}: \u201c{word[:30]}\u201d is none of the words.")
            if len(heading) > 40:
                raise ValidationError(f"Line {number}: keep the heading to 40 characters.")
            columns.append(word)
            headings.append(heading)
        for word, without in NEEDED.items():
            if columns.count(word) != 1:
                wrong = "is there more than once" if word in columns else f"is missing: without it {without}"
                raise ValidationError(f"A column with the {word} {wrong}. Give it once.")
        folded = [heading.casefold() for heading in headings]
        if twice := next((heading for heading in headings if folded.count(heading.casefold()) > 1), None):
            raise ValidationError(f"Two columns are called \u201c{twice}\u201d. Give each a heading of its own.")
        self.columns, self.headings = columns, headings
        return self.cleaned_data["lines"]
