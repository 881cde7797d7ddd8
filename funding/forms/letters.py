from django import forms


class CheckForm(forms.Form):
    reference = forms.CharField(
        label="Reference", max_length=60, error_messages={"required": "Enter the reference of the letter."}
    )
    code = forms.CharField(
        label="Check code", max_length=60, error_messages={"required": "Enter the check code of the letter."}
    )
