"""Boxes to type in: what is pasted into them arrives whole, and the form says where it is too long."""

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape


class WholeText(DjangoTemplates):
    """How forms are drawn: no box has a `maxlength`, at which the browser cuts a pasted text without a word."""

    def render(self, template_name, context, request=None):
        context.get("widget", {}).get("attrs", {}).pop("maxlength", None)
        if template_name == forms.Select.template_name:
            return select(context["widget"])
        return super().render(template_name, context, request)


def select(widget) -> str:
    """What Django's templates of a list to choose from give, without two of them for each of hundreds of schools."""
    groups = [
        (f'<optgroup label="{conditional_escape(name)}">', options, "</optgroup>") if name else ("", options, "")
        for name, options, _ in widget["optgroups"]
    ]
    lines = [
        line
        for before, options, after in groups
        for line in (
            before,
            *(
                f'<option value="{as_text(option["value"])}"{attributes(option["attrs"])}>'
                f"{conditional_escape(option['label'])}</option>"
                for option in options
            ),
            after,
        )
        if line
    ]
    listed = "\n".join(lines)
    return f'<select name="{conditional_escape(widget["name"])}"{attributes(widget["attrs"])}>\n{listed}\n</select>'


def attributes(attrs) -> str:
    return "".join(
        f" {conditional_escape(name)}" + ("" if value is True else f'="{as_text(value)}"')
        for name, value in attrs.items()
        if value is not False
    )


def as_text(value) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))


class TextArea(forms.Textarea):
    """A box for several lines, whose line breaks count once: browsers send two characters for each."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value
