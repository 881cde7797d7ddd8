from celery import shared_task

from accounts import inviting, mail
from accounts.models import InvitationMail, OutgoingMail, RegisterFile, RegisterUpdate
from accounts.register import work
from jobs.work import work_on


@shared_task
def send_mail(mail_id):
    work_on(OutgoingMail, mail_id, mail.send)


@shared_task
def mail_invitation(mail_id):
    work_on(InvitationMail, mail_id, inviting.send)


@shared_task
def read_register(file_id):
    work_on(RegisterFile, file_id, work.read)


@shared_task
def write_register(update_id):
    work_on(RegisterUpdate, update_id, work.write)
