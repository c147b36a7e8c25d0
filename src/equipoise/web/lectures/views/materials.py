"""Slides, readings and recordings: kept by the speaker, read and watched by the members."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from equipoise.web.access import needs
from equipoise.web.lectures import actions_learning
from equipoise.web.lectures.forms_learning import CaptionsForm, MaterialForm, PlaceForm
from equipoise.web.lectures.models import Caption, Lecture, Material, Place
from equipoise.web.lectures.presenters_learning import clock_of
from equipoise.web.lectures.streaming import stream
from equipoise.web.uploads import send_file

either = require_http_methods(["GET", "HEAD", "POST"])


@needs("lectures.keep_lecture", Lecture)
@either
def add(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Bring a file."""
    form = MaterialForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"language": lecture.language},
    )
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("kind", "title", "language", "file")}
        material = actions_learning.add_material(lecture=lecture, by=request.user, media_type=form.media_type, **facts)
        messages.success(request, _("“%(title)s” is there.") % {"title": material.title})
        if material.kind == Material.Kind.RECORDING:
            return redirect("lectures:captions_edit", lecture.pk, material.pk)
        return redirect(f"{lecture.get_absolute_url()}#materials")
    return _form(request, lecture, form, "lectures/learning/material_form.html")


@needs("lectures.view_lecture", Lecture)
@require_GET
def watch(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """A recording in its player, where the person stopped or where the address says."""
    material = _material(lecture, number)
    if material.kind != Material.Kind.RECORDING:
        return redirect("lectures:material_file", lecture.pk, material.pk)
    held = Place.objects.filter(material=material, user=request.user).values_list("seconds", flat=True).first()
    asked = request.GET.get("from", "")
    start = int(asked) if asked.isdecimal() and len(asked) < 6 else int(held or 0)
    reader = get_language() or "en"
    context = {
        "lecture": lecture,
        "material": material,
        "captions": list(material.captions.all()),
        "default_language": "zh-hans" if reader.startswith("zh") else "en",
        "start": start,
        "start_words": clock_of(start),
        "remembers": request.user.has_perm("lectures.take_part", lecture),
        "may_keep": request.user.has_perm("lectures.keep_lecture", lecture),
        "speeds": ("0.75", "1", "1.25", "1.5", "2"),
    }
    return render(request, "lectures/learning/player.html", context)


@needs("lectures.view_lecture", Lecture)
@require_safe
def file(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponseBase:
    """The file itself: a recording in the parts that its player asks for, all else as a download."""
    material = _material(lecture, number)
    if material.kind == Material.Kind.RECORDING:
        return stream(request, material.file, filename=material.filename, media_type=material.media_type)
    try:
        return send_file(material.file, material.filename, material.media_type)
    except OSError:
        raise Http404 from None


@needs("lectures.view_lecture", Lecture)
@require_safe
def captions(request: HttpRequest, lecture: Lecture, number: int, language: str) -> HttpResponse:
    """A recording's words in one language."""
    caption = get_object_or_404(Caption, material=_material(lecture, number), language=language)
    return HttpResponse(
        caption.text,
        content_type="text/vtt; charset=utf-8",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )


@needs("lectures.keep_lecture", Lecture)
@either
def edit_captions(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Bring, replace or remove a recording's captions."""
    material = _material(lecture, number, kind=Material.Kind.RECORDING)
    held = set(material.captions.values_list("language", flat=True))
    form = CaptionsForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        held=held,
    )
    if request.method == "POST" and form.is_valid():
        changed = list(form.changes())
        for language, text in changed:
            actions_learning.set_captions(material=material, language=language, text=text)
        if changed:
            messages.success(request, _("The captions are saved."))
        return redirect("lectures:material", lecture.pk, material.pk)
    more = {"material": material, "held": [(code, name) for code, name in settings.LANGUAGES if code in held]}
    return _form(request, lecture, form, "lectures/learning/captions_form.html", more)


@needs("lectures.take_part", Lecture)
@require_POST
def place(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Remember where the person is."""
    form = PlaceForm(request.POST)
    material = _material(lecture, number, kind=Material.Kind.RECORDING)
    if not form.is_valid():
        return HttpResponse(status=400)
    actions_learning.remember_place(material=material, user=request.user, seconds=form.cleaned_data["seconds"])
    return HttpResponse(status=204)


@needs("lectures.keep_lecture", Lecture)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Take a file away, after asking whether it is meant."""
    material = _material(lecture, number)
    if request.method == "POST":
        actions_learning.remove_material(material=material)
        messages.success(request, _("“%(title)s” is removed.") % {"title": material.title})
        return redirect(f"{lecture.get_absolute_url()}#materials")
    return render(request, "lectures/learning/material_remove.html", {"lecture": lecture, "material": material})


def _material(lecture: Lecture, number: int, kind: str | None = None) -> Material:
    found = lecture.materials.all() if kind is None else lecture.materials.filter(kind=kind)
    return get_object_or_404(found, pk=number)


def _form(request, lecture: Lecture, form, template: str, more: dict | None = None) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"lecture": lecture, "form": form} | (more or {}), status=status)
