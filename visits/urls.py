from django.urls import path

from visits import views

app_name = "visits"
urlpatterns = [
    path("", views.VisitList.as_view(), name="list"),
    path("add/", views.choose_partnership, name="choose"),
    path("add/<int:partnership>/", views.VisitCreate.as_view(), name="create"),
    path("<int:pk>/", views.VisitDetail.as_view(), name="detail"),
    path("<int:pk>/change/", views.VisitUpdate.as_view(), name="change"),
    path("<int:pk>/cancel/", views.VisitCancel.as_view(), name="cancel"),
    path("<int:pk>/took-place/", views.took_place, name="took_place"),
]
