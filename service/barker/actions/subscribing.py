"""Where people want to be pushed to."""

from barker.ids import MAX_ID
from barker.models import SUBSCRIPTIONS_MAX, Subscription
from barker.stores import Stores


def subscribe(stores: Stores, given: Subscription) -> Subscription:
    """Store a subscription; may be repeated. Raises PushOff, and Invalid for an endpoint that may not be asked.

    Who knows an endpoint and its keys has the browser before her: it is hers, whoever used that browser before.
    """
    stores.pushes.public_key()
    stores.pushes.check(given.endpoint)
    subscription = stores.subscriptions.put(given)
    _keep_newest(stores, subscription)
    return subscription


def _keep_newest(stores: Stores, newest: Subscription) -> None:
    found = stores.subscriptions.of_user(newest.user_id, MAX_ID, SUBSCRIPTIONS_MAX * 2)
    others = [one.id for one in found if one.id != newest.id]  # it may be an old one, taken over just now
    if len(others) >= SUBSCRIPTIONS_MAX:
        stores.subscriptions.remove(newest.user_id, others[SUBSCRIPTIONS_MAX - 1 :])


def living(stores: Stores, user_id: int) -> list[Subscription]:
    """Return a user's subscriptions whose session is alive, and remove the others."""
    found = stores.subscriptions.of_user(user_id, MAX_ID, SUBSCRIPTIONS_MAX)
    sessions = stores.sessions.alive(user_id, {one.session_id for one in found}) if found else set()
    if dead := [one.id for one in found if one.session_id not in sessions]:
        stores.subscriptions.remove(user_id, dead)
    return [one for one in found if one.session_id in sessions]
