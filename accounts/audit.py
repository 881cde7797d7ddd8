from accounts.models import AuditEvent


def record(user, did, row=None, about=""):
    """Keep who did what to which row. Ids only, so that nothing here ever has to be erased."""
    event = event_of(user, did, row, about)
    event.save(force_insert=True)
    return event


def record_all(user, did, rows):
    """The same of many rows, (row, about) each, in one query."""
    return AuditEvent.objects.bulk_create([event_of(user, did, row, about) for row, about in rows])


def event_of(user, did, row, about):
    return AuditEvent(
        who=user if user is not None and user.is_authenticated else None,
        did=did,
        about=about,
        model=row._meta.label_lower if row is not None else "",
        row=row.pk if row is not None else None,
    )
