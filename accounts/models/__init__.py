from accounts.models.audit import AuditEvent
from accounts.models.mail import InvitationMail, OutgoingMail
from accounts.models.organisations import Organisation, School
from accounts.models.people import Invitation, Membership, User
from accounts.models.register import RegisterChange, RegisterFile, RegisterUpdate, SchoolLink

__all__ = [
    "AuditEvent",
    "Invitation",
    "InvitationMail",
    "Membership",
    "Organisation",
    "OutgoingMail",
    "RegisterChange",
    "RegisterFile",
    "RegisterUpdate",
    "School",
    "SchoolLink",
    "User",
]
