"""Browsers that are told while nobody is connected."""

from functools import partial

from barker_client.calls import Calls, id_part
from barker_client.pages import Pages
from barker_client.reading import read
from barker_client.shapes import PushSubscription


class Push(Calls):
    """Web push, for who builds something with a browser in it."""

    def push_key(self) -> str:
        """Get the key with which a browser subscribes. Raises NotFound (`push_off`) where the service has none."""
        return str(self.call("GET", "/v1/push-key")["key"])

    def subscribe_push(self, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
        """Subscribe a browser, by what its `PushSubscription.toJSON()` holds."""
        body = {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}
        return read(PushSubscription, self.call("POST", "/v1/me/push-subscriptions", body=body))

    def push_subscriptions(self, *, limit: int | None = None) -> Pages[PushSubscription]:
        """List one's subscribed browsers, newest first."""
        return Pages(partial(self.call, "GET"), "/v1/me/push-subscriptions", PushSubscription, {"limit": limit})

    def unsubscribe_push(self, subscription_id: str) -> None:
        """Push to a browser no longer; may be repeated."""
        self.call("DELETE", f"/v1/me/push-subscriptions/{id_part(subscription_id)}")
