from django.urls import path

from apps.accounts import views

app_name = "accounts"

urlpatterns = [
    path("account/", views.profile, name="profile"),
    path("account/theme/", views.set_theme, name="set_theme"),
    path("account/link/<int:pk>/<str:token>/", views.sign_in_link, name="sign_in_link"),
    # An address is changed by an admin's invitation, not by whoever holds the session.
    path("account/email/", views.closed, name="email_closed"),
    path("account/signup/", views.closed, name="signup_closed"),
]
