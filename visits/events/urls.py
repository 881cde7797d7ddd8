from django.urls import path

from visits.events.views import lists, minutes, order, pages, people, register, series, writing

app_name = "events"
urlpatterns = [
    path("", lists.EventList.as_view(), name="list"),
    path("add/", writing.choose, name="choose"),
    path("add/<slug:slug>/", writing.EventCreate.as_view(), name="create"),
    path("<int:pk>/", pages.EventDetail.as_view(), name="detail"),
    path("<int:pk>/answer/", pages.answer, name="answer"),
    path("<int:pk>/calendar/", pages.calendar, name="calendar"),
    path("<int:pk>/change/", writing.EventUpdate.as_view(), name="change"),
    path("<int:pk>/cancel/", writing.EventCancel.as_view(), name="cancel"),
    path("<int:pk>/people/", people.people, name="people"),
    path("<int:pk>/people/put-on/", people.put_on, name="put_on"),
    path("<int:pk>/people/take-off/", people.take_off, name="take_off"),
    path("<int:pk>/invite/", people.invite, name="invite"),
    path("<int:pk>/remind/", people.remind, name="remind"),
    path("<int:pk>/order/", order.order, name="order"),
    path("<int:pk>/order/add/", order.add, name="slot_add"),
    path("<int:pk>/order/fill/", order.fill, name="slots_fill"),
    path("slots/<int:pk>/", order.SlotUpdate.as_view(), name="slot"),
    path("slots/<int:pk>/move/", order.move, name="slot_move"),
    path("slots/<int:pk>/remove/", order.remove, name="slot_remove"),
    path("<int:pk>/sign-in-sheet/", register.sheet, name="sheet"),
    path("<int:pk>/attendance/", register.attendance, name="attendance"),
    path("<int:pk>/attendance/mark/", register.mark, name="mark"),
    path("<int:pk>/attendance/walk-in/", register.walk_in, name="walk_in"),
    path("<int:pk>/attendance/guest/", register.guest, name="guest"),
    path("<int:pk>/attendance/close/", register.close, name="close"),
    path("<int:pk>/minutes/", minutes.minutes, name="minutes"),
    path("<int:pk>/actions/add/", minutes.add_action, name="action_add"),
    path("<int:pk>/actions/<int:action>/done/", minutes.action_done, name="action_done"),
    path("series/<int:pk>/", series.series, name="series"),
    path("series/<int:pk>/change/", series.change, name="series_change"),
    path("attendance/<slug:slug>/", lists.year, name="year"),
    path("attendance/<slug:slug>/table/<slug:ending>/", lists.year_table, name="year_table"),
]
