"""Whether, and how, collections are spread over shards. No mongos is at hand: the decision alone is tested."""

from barker.stores import Stores, sharding

ROUTER = {"msg": "isdbgrid", "isWritablePrimary": True, "ok": 1}  # how a mongos greets


def test_what_grows_is_spread_where_a_router_answers() -> None:
    assert sharding.spread(ROUTER) == ("barks", "likes", "notifications")


def test_a_server_that_is_no_router_spreads_nothing(stores: Stores) -> None:
    hello = stores.documents.collection("users").database.client.admin.command("hello")
    assert hello["isWritablePrimary"]
    assert sharding.spread(hello) == ()


def test_no_collection_that_is_spread_has_a_unique_index_beside_its_id(stores: Stores) -> None:
    for name in sharding.SHARDED:
        indexes = stores.documents.collection(name).index_information()
        assert [one for one, of in indexes.items() if of.get("unique")] == []
