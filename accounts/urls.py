from django.urls import path

from accounts import views
from accounts.messages import views as messages
from accounts.names import views as names
from accounts.register.views import imports, schools, succession

app_name = "accounts"
urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/name/", names.OwnName.as_view(), name="own_name"),
    path("account/work-as/<int:pk>/", views.work_as, name="work_as"),
    path("people/", views.PeopleList.as_view(), name="people"),
    path("people/invite/", views.InvitationCreate.as_view(), name="invite"),
    path("people/invitations/<int:pk>/again/", views.invite_again, name="invite_again"),
    path("people/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("people/<int:pk>/correct/", names.Correct.as_view(), name="correct"),
    path("people/<int:pk>/end/", views.end, name="end"),
    path("organisations/", views.OrganisationList.as_view(), name="organisations"),
    path("organisations/add/", views.OrganisationCreate.as_view(), name="organisation_create"),
    path("schools/", schools.SchoolList.as_view(), name="schools"),
    path("schools/found/", schools.schools_found, name="schools_found"),
    path("account/mail/", messages.preferences, name="mail_preferences"),
    path("messages/", messages.MailList.as_view(), name="mails"),
    path("messages/kinds/", messages.kinds, name="mail_kinds"),
    path("messages/<int:pk>/", messages.MailDetail.as_view(), name="mail"),
    path("messages/<int:pk>/again/", messages.again, name="mail_again"),
    path("schools/<int:urn>/", schools.SchoolPage.as_view(), name="school"),
    path("schools/<int:urn>/successor/", succession.succeed, name="succeed"),
    path("register/", imports.RegisterPage.as_view(), name="register"),
    path("register/<int:pk>/", imports.RegisterFilePage.as_view(), name="register_file"),
    path("register/<int:pk>/progress/", imports.progress, name="register_progress"),
    path("register/<int:pk>/confirm/", imports.confirm, name="register_confirm"),
    path("register/<int:pk>/again/", imports.again, name="register_again"),
    path("register/<int:pk>/set-aside/", imports.set_aside, name="register_set_aside"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("demo/", views.demo, name="demo"),
    path("demo/<int:pk>/", views.demo_sign_in, name="demo_sign_in"),
]
