from django.urls import path

from pupils import views

app_name = "pupils"
urlpatterns = [
    path("pupils/", views.PlaceList.as_view(), name="list"),
    path("pupils/<int:pk>/", views.PupilDetail.as_view(), name="detail"),
    path("pupils/<int:pk>/change/", views.PupilUpdate.as_view(), name="change"),
    path("programmes/<slug:slug>/set-up/assessment/", views.assessment, name="assessment"),
    path("programmes/<slug:slug>/set-up/assessment/<str:scale>/", views.expectations, name="expectations"),
]
