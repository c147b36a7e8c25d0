"""Addresses of the room of lectures."""

from django.urls import path

from equipoise.web.lectures import urls_learning
from equipoise.web.lectures.views import attendance, detail, plan, series, sheets

app_name = "lectures"
urlpatterns = [
    path("", series.index, name="list"),
    path("calendar/", detail.subscribe, name="subscribe"),
    path("calendar/renew/", detail.renew, name="renew"),
    path("series/new/", series.new, name="series_new"),
    path("series/lectures.csv", sheets.template, name="sheet_template"),
    path("series/<int:pk>/", series.detail, name="series"),
    path("series/<int:pk>/plan/", series.plan, name="plan"),
    path("series/<int:pk>/dates/", series.suggestions, name="suggestions"),
    path("series/<int:pk>/regular/", series.regular, name="regular"),
    path("series/<int:pk>/import/", sheets.from_sheet, name="import"),
    path("series/<int:pk>/new/", plan.new, name="new"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("<int:pk>/lecture.ics", detail.ics, name="ics"),
    path("<int:pk>/register/", detail.register, name="register"),
    path("<int:pk>/withdraw/", detail.withdraw, name="withdraw"),
    path("<int:pk>/change/", plan.change, name="change"),
    path("<int:pk>/move/", plan.move, name="move"),
    path("<int:pk>/cancel/", plan.cancel, name="cancel"),
    path("<int:pk>/invite/", plan.invite, name="invite"),
    path("<int:pk>/confirm/", plan.confirm, name="confirm"),
    path("<int:pk>/answer/", plan.answer, name="answer"),
    path("<int:pk>/proposals/<int:number>/", plan.decide, name="decide"),
    path("<int:pk>/links/", plan.links, name="links"),
    path("<int:pk>/code/", attendance.code, name="code"),
    path("<int:pk>/code/count/", attendance.count, name="code_count"),
    path("<int:pk>/attend/", attendance.attend, name="attend"),
    path("<int:pk>/attendance/", attendance.index, name="attendance"),
    path("<int:pk>/attendance/add/", attendance.add, name="attendance_add"),
    path("<int:pk>/attendance/<int:number>/remove/", attendance.remove, name="attendance_remove"),
    path("<int:pk>/attendance/meeting/", attendance.meeting, name="meeting"),
    path("<int:pk>/attendance/attendance.csv", attendance.download, name="attendance_csv"),
    *urls_learning.urlpatterns,
]
