"""What narrows a list by its address: a form that is asked by GET and loses nobody by a value it does not know."""

from django import forms


class FilterForm(forms.Form):
    """A subclass says in `fitting` which rows fit `asked`. A value that is not offered narrows nothing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "govuk-select" if select else "govuk-input"

    @property
    def is_narrowing(self):
        return self.is_valid() and any(self.cleaned_data.values())

    def narrowed(self, rows):
        return self.fitting(rows, self.cleaned_data) if self.is_valid() else rows

    def fitting(self, rows, asked):
        raise NotImplementedError
