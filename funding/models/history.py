"""The history of money: each change of a row, kept by triggers of the database, so that no way of writing passes it."""

import pghistory
from django.db import models

# What somebody wrote stays in its row alone: a history that is only added to can never lose it again.
FREE_TEXT = (models.TextField, models.JSONField, models.BinaryField)
NOT_TOLD = {"note", "because", "voided_because"}


def with_history(model):
    """Every insert, update and delete of this model is kept, without free text, for good."""
    told = [
        field.name
        for field in model._meta.local_fields
        if not isinstance(field, FREE_TEXT) and field.name not in NOT_TOLD
    ]
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        fields=told,
        append_only=True,
        obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
        context_field=None,
        model_name=f"{model.__name__}Event",
    )(model)
