"""Boxes to type in: what is pasted into them arrives whole, and the form says where it is too long."""

from django import forms
from django.forms.renderers import DjangoTemplates


class WholeText(DjangoTemplates):
    """How forms are drawn: no box has a `maxlength`, at which the browser cuts a pasted text without a word."""

    def render(self, template_name, context, request=None):
        context.get("widget", {}).get("attrs", {}).pop("maxlength", None)
        return super().render(template_name, context, request)


class TextArea(forms.Textarea):
    """A box for several lines, whose line breaks count once: browsers send two characters for each."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value
