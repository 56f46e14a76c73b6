from django.urls import path

from apps.environments import key_views

urlpatterns = [
    path("admin/keys/new/", key_views.create_key, name="create_key"),
    path("admin/keys/<int:pk>/rotate/", key_views.rotate_key, name="rotate_key"),
    path("admin/keys/<int:pk>/revoke/", key_views.revoke_key, name="revoke_key"),
]
