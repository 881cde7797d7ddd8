from django.urls import include, path

from visits import views
from visits.agenda import views as agenda
from visits.away import views as away
from visits.changes import many
from visits.changes import views as changes
from visits.cover import views as cover

app_name = "visits"
urlpatterns = [
    path("", views.VisitList.as_view(), name="list"),
    path("month/", agenda.month, name="month"),
    path("agenda/", agenda.agenda, name="agenda"),
    path("add/", views.choose_partnership, name="choose"),
    path("add/<int:partnership>/", views.VisitCreate.as_view(), name="create"),
    path("away/<int:person>/", away.away, name="away"),
    path("away/days/<int:pk>/take-back/", away.remove, name="away_remove"),
    path("plans/", include("visits.planning.urls")),
    path("<int:pk>/", views.VisitDetail.as_view(), name="detail"),
    path("<int:pk>/change/", views.VisitUpdate.as_view(), name="change"),
    path("<int:pk>/cancel/", views.VisitCancel.as_view(), name="cancel"),
    path("cover/", cover.who_is_out, name="cover"),
    path("confirm/", changes.confirm_all, name="confirm_all"),
    path("move/", many.move_many, name="move_many"),
    path("ledger/", include("visits.ledger.urls")),
    path("<int:pk>/confirm/", changes.confirm, name="confirm"),
    path("<int:pk>/move/", changes.VisitMove.as_view(), name="move"),
    path("<int:pk>/propose/", changes.VisitPropose.as_view(), name="propose"),
    path("proposals/<int:pk>/answer/", changes.answer, name="answer"),
    path("proposals/<int:pk>/withdraw/", changes.withdraw, name="withdraw"),
    path("<int:pk>/lock/", changes.lock, name="lock"),
    path("<int:pk>/swap/", changes.VisitSwap.as_view(), name="swap"),
]
