from django.urls import path

from pupils import views

app_name = "pupils"
urlpatterns = [
    path("", views.PlaceList.as_view(), name="list"),
    path("<int:pk>/", views.PupilDetail.as_view(), name="detail"),
    path("<int:pk>/change/", views.PupilUpdate.as_view(), name="change"),
]
