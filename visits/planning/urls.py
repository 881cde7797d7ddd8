from django.urls import path

from visits.planning import views

urlpatterns = [
    path("programme/<slug:slug>/", views.PlansPage.as_view(), name="plans"),
    path("programme/<slug:slug>/away/", views.AbsencePage.as_view(), name="plan_absence"),
    path("programme/<slug:slug>/wishes/", views.WishesPage.as_view(), name="plan_wishes"),
    path("<int:pk>/", views.PlanPage.as_view(), name="plan"),
    path("<int:pk>/progress/", views.progress, name="plan_progress"),
    path("<int:pk>/stop/", views.stop, name="plan_stop"),
    path("<int:pk>/again/", views.again, name="plan_again"),
    path("<int:pk>/compare/<int:other>/", views.ComparePage.as_view(), name="plan_compare"),
    path("<int:pk>/accept/", views.AcceptPage.as_view(), name="plan_accept"),
]
