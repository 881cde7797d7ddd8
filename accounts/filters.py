"""What narrows a list by its address: a form that is asked by GET and loses nobody by a value it does not know."""

from django import forms


class FilterForm(forms.Form):
    """Rows fit that have every value asked for; a subclass says otherwise. A value not offered narrows nothing."""

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
        return rows.filter(**{name: value for name, value in asked.items() if value})
