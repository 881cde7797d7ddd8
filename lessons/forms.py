"""What is sent from the pages of a record. Words for its boxes are never refused; what is added below is checked."""

import json
import uuid

from django import forms

from accounts.boxes import TextArea
from accounts.forms import RowForm, with_button
from lessons.models import HeadReply, RecordCorrection
from lessons.pages import SAFEGUARDING
from lessons.services import Cell

BIGGEST = 2**31 - 1
LONGEST = 2000  # characters of what is added below a record, and stays for good


class NotOurs(ValueError):
    """What came is not what our pages send."""


def clean(text):
    """The words as PostgreSQL can keep them: without NUL, and half of a pair of characters becomes a question mark."""
    return text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode()


def number(value):
    """A whole number that a column holds; 0 for anything else."""
    return int(value) if str(value).isascii() and str(value).isdigit() and int(value) <= BIGGEST else 0


def client_of(value):
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return uuid.uuid4()


def cells_of_form(data, known) -> tuple[uuid.UUID, list[Cell]]:
    """The boxes of a posted page (`known` matches their names), each with the version that the page began from."""
    first = number(data.get("seq"))
    if "all_there" in data:
        pupils = [name.removeprefix("base-") for name in data if name.startswith("base-presence-")]
        data = data.dict() | dict.fromkeys(pupils, "present")
    fields = [name for name in data if known.fullmatch(name)]
    cells = [
        Cell(name, clean(data[name]), number(data.get(f"base-{name}")), first + place)
        for place, name in enumerate(fields, start=1)
    ]
    return client_of(data.get("client")), cells


def settled_cells(data, known) -> tuple[uuid.UUID, list[Cell]]:
    """What somebody chose where two had written: mine, theirs, or both below each other."""
    cells = []
    for name in [name.removeprefix("mine-") for name in data if name.startswith("mine-")]:
        choice, mine, theirs = (clean(data.get(f"{what}-{name}", "")) for what in ("choice", "mine", "theirs"))
        if known.fullmatch(name) and choice in {"mine", "both"}:
            text = mine if choice == "mine" else f"{theirs}\n\n{mine}".strip()
            cells.append(Cell(name, text, number(data.get(f"base-{name}")), len(cells) + 1))
    return uuid.uuid4(), cells


def cells_of_json(body, known) -> tuple[int, uuid.UUID, list[Cell], int | None]:
    """What a page saves by itself: who it was opened by, its client, the boxes that changed, and the version of the
    sheet that it knows."""
    try:
        sent = json.loads(body)
        cells = [
            Cell(cell["field"], clean(cell["text"]), number(cell["base"]), number(cell["seq"]))
            for cell in sent["cells"]
        ]
        who, client = number(sent["who"]), uuid.UUID(sent["client"])
        since = None if sent.get("since") is None else number(sent["since"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotOurs from error
    if not all(isinstance(cell.field, str) and known.fullmatch(cell.field) and cell.seq for cell in cells):
        raise NotOurs
    return who, client, cells, since


def checked_length(text, what):
    """Refused where it is too long; the box is not cut, for that would lose the end of what was pasted."""
    if len(clean(text)) > LONGEST:
        raise forms.ValidationError(
            f"{what} has at most {LONGEST:,} characters, and this one has {len(clean(text)):,}. Make it shorter."
        )
    return text


class CorrectionForm(RowForm):
    class Meta:
        model = RecordCorrection
        fields = ["text"]
        labels = {"text": "What is to be corrected"}
        help_texts = {"text": SAFEGUARDING}
        widgets = {"text": TextArea(attrs={"rows": 3})}

    missing = {"text": "Write what is to be corrected."}

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, prefix="correction", **kwargs)
        self.helper = with_button(self, "Add the correction", css_class="govuk-button--secondary")
        self.helper.form_action = action

    def clean_text(self):
        return checked_length(self.cleaned_data["text"], "A correction")


class ReplyForm(RowForm):
    class Meta:
        model = HeadReply
        fields = ["is_accurate", "comment"]
        labels = {"comment": "Comment"}
        help_texts = {"comment": f"Needed where something is not accurate. The coordinator reads it. {SAFEGUARDING}"}
        widgets = {"comment": TextArea(attrs={"rows": 3})}

    is_accurate = forms.TypedChoiceField(
        label="Is this record accurate?",
        choices=[("yes", "It is accurate"), ("no", "It is not accurate")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    missing = {"is_accurate": "Choose whether the record is accurate."}

    def __init__(self, *args, action, last=None, **kwargs):
        initial = {"is_accurate": "yes" if last.is_accurate else "no", "seen": last.pk} if last else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.last = last
        self.helper = with_button(self, "Change the answer" if last else "Send the answer")
        self.helper.form_action = action

    def clean_comment(self):
        return checked_length(self.cleaned_data["comment"], "A comment")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_accurate") is False and not cleaned.get("comment") and "comment" not in self.errors:
            self.add_error("comment", "Say what is not accurate.")
        return cleaned

    def tell_overtaken(self):
        """The same form once more, with what was typed: sent again, it changes the answer that stands now."""
        stands = "accurate" if self.last.is_accurate else "not accurate"
        self.add_error(
            None,
            f"Meanwhile you have called this record {stands}, perhaps in another window: that answer stands, and "
            "nothing was changed. To change it, send this one once more.",
        )
        self.data = self.data.copy()
        self.data["seen"] = self.last.pk
