from celery import shared_task

from accounts import mail
from accounts.models import OutgoingMail
from jobs.work import work_on


@shared_task
def send_mail(mail_id):
    work_on(OutgoingMail, mail_id, mail.send)
