from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"

    def ready(self) -> None:
        from apps.audit.subscribers import subscribe
        from apps.notifications.subscribers import EVENTS, deliver

        subscribe("notifications.inbox", EVENTS, deliver)
