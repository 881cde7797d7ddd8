from django.urls import path

from desks import views

app_name = "desks"
urlpatterns = [
    path("offline/", views.shell, name="shell"),
    path("sw.js", views.worker, name="worker"),
]
