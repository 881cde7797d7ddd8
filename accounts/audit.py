from accounts.models import AuditEvent


def record(user, did, row=None, about=""):
    """Keep who did what to which row. Ids only, so that nothing here ever has to be erased."""
    return AuditEvent.objects.create(
        who=user if user is not None and user.is_authenticated else None,
        did=did,
        about=about,
        model=row._meta.label_lower if row is not None else "",
        row=row.pk if row is not None else None,
    )
