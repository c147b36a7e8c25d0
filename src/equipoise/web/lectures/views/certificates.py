"""Certificates of attendance: earned, downloaded, revoked, and verified by anyone."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs, open_to_all, signed_in
from equipoise.web.lectures.certificates import (
    NotEarned,
    certificate_pdf,
    clean_code,
    holds,
    issue_certificate,
    revoke_certificate,
    when,
)
from equipoise.web.lectures.models import Certificate, Lecture
from equipoise.web.lectures.presenters_learning import present_learnt

TRIES_A_MINUTE = 30


@needs("lectures.take_part", Lecture)
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """One's certificate of a lecture, or what is missing for it."""
    status = 200
    if request.method == "POST":
        try:
            issue_certificate(lecture=lecture, user=request.user)
            return redirect("lectures:certificate", lecture.pk)
        except NotEarned:
            status = 422
    context = {"lecture": lecture, "learning": present_learnt(lecture, request.user)}
    return render(request, "lectures/learning/certificate.html", context, status=status)


@signed_in
@require_GET
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """One's own certificate as a PDF; one that no longer holds has only the page that says so."""
    certificate = get_object_or_404(Certificate, code=clean_code(code), user=request.user)
    if certificate.revoked or not holds(certificate):
        return redirect("lectures:verify", certificate.code)
    response = HttpResponse(certificate_pdf(certificate), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{certificate.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@needs("lectures.view_attendance", Lecture)
@require_GET
def issued(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The certificates of a lecture."""
    found = Certificate.objects.filter(lecture=lecture).select_related("user")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    may_revoke = request.user.has_perm("lectures.change_lecture", lecture)
    return render(
        request, "lectures/learning/certificates.html", {"lecture": lecture, "page": page, "may_revoke": may_revoke}
    )


@needs("lectures.change_lecture", Lecture)
@require_POST
def revoke(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Take a certificate back, or let it stand again."""
    certificate = get_object_or_404(Certificate, lecture=lecture, pk=number)
    revoked = request.POST.get("revoke") != "no"
    revoke_certificate(certificate=certificate, revoked=revoked)
    messages.success(request, _("The certificate is revoked.") if revoked else _("The certificate stands again."))
    return redirect("lectures:certificates", lecture.pk)


@open_to_all
@never_cache
@require_GET
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where anyone enters a code."""
    if typed := request.GET.get("code", "").strip()[:80]:
        code = clean_code(typed)
        return redirect("lectures:verify", code if len(code) > len("EQ-") else "EQ")
    return render(request, "lectures/learning/verify.html", {"asked": False})


@open_to_all
@never_cache
@require_GET
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What the certificate with this code says; a code that is not known, and one that does not hold, look different."""
    if not _may_try(request):
        return render(request, "lectures/learning/verify.html", {"too_many": True}, status=429)
    code = clean_code(code)
    certificate = Certificate.objects.filter(code=code).first()
    context = {"asked": True, "code": code, "certificate": certificate}
    if certificate is None:
        return render(request, "lectures/learning/verify.html", context, status=404)
    if holds(certificate):
        context |= {"holds": True, "said": certificate.said, "when": when(certificate.said)}
    return render(request, "lectures/learning/verify.html", context)


def _may_try(request: HttpRequest) -> bool:
    """At most so many codes a minute from one address."""
    minute = int(timezone.now().timestamp()) // 60
    key = f"verify:{get_adapter().get_client_ip(request)}:{minute}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key) <= TRIES_A_MINUTE
