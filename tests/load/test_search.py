"""A million people are stored as they are found: measured is what the service does."""

import random

from barker.stores import people_search
from tests.load.search import Person, document


def test_who_is_stored_for_a_measurement_has_all_that_searches_need() -> None:
    user = document(random.Random(1), Person("ann_1", "ann", "lee", ["dog"], ("tea", "hills")))
    assert user == {**user, **people_search.derived(user)}
