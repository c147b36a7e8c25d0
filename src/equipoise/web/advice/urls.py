"""Addresses of the room of advice: the requests here, the board itself in urls_board."""

from django.urls import path

from equipoise.web.advice import urls_board
from equipoise.web.advice.views import advising, cases, requests, triage

app_name = "advice"
urlpatterns = [
    path("", requests.index, name="list"),
    path("new/", requests.new, name="new"),
    path("colleagues/", requests.colleagues, name="colleagues"),
    path("<int:pk>/", cases.detail, name="detail"),
    path("<int:pk>/edit/", requests.edit, name="edit"),
    path("<int:pk>/submit/", requests.submit, name="submit"),
    path("<int:pk>/withdraw/", requests.withdraw, name="withdraw"),
    path("<int:pk>/files/<int:number>/", requests.download, name="file"),
    path("<int:pk>/files/<int:number>/remove/", requests.detach, name="detach"),
    path("<int:pk>/triage/", triage.triage, name="triage"),
    path("<int:pk>/triage/decide/", triage.decide, name="decide"),
    path("<int:pk>/triage/schedule/", triage.schedule, name="schedule"),
    path("<int:pk>/triage/assign/", triage.assign, name="assign"),
    path("<int:pk>/triage/release/", triage.release, name="release"),
    path("<int:pk>/step-aside/", cases.step_aside, name="step-aside"),
    path("<int:pk>/advise/", advising.advise, name="advise"),
    path("<int:pk>/recommendations/<int:number>/answer/", cases.answer, name="answer"),
    path("<int:pk>/recommendations/<int:number>/reopen/", cases.reopen_point, name="reopen-recommendation"),
    path("<int:pk>/reopen/", cases.reopen, name="reopen"),
]
urlpatterns += urls_board.urlpatterns
