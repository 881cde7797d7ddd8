from accounts.models.audit import AuditEvent
from accounts.models.mail import OutgoingMail
from accounts.models.organisations import Organisation, School
from accounts.models.people import Invitation, Membership, User

__all__ = ["AuditEvent", "Invitation", "Membership", "Organisation", "OutgoingMail", "School", "User"]
