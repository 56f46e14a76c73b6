from django.http import HttpRequest, HttpResponse
from django.urls import include, path

BODY = b'{"words": "' + b"x" * 1500 + b'"}'


def bare(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(BODY))}
    return HttpResponse(BODY, headers=headers)


urlpatterns = [path("bare", bare), path("", include("apps.delivery.urls"))]
