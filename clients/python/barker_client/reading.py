"""JSON into the frozen dataclasses of `shapes`, by their annotations."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from barker_client.errors import Unexpected

T = TypeVar("T")


def read(kind: type[T], given: Any) -> T:
    """Return what JSON says as an object of a kind. Raises Unexpected for what does not fit."""
    try:
        found: T = _value(kind, given)
    except (TypeError, ValueError, KeyError) as error:
        raise Unexpected(f"The service answered something that is no {kind.__name__}: {error}") from None
    return found


def _value(kind: Any, given: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if given is None else _value(get_args(kind)[0], given)
    if origin is tuple:
        return tuple(_value(get_args(kind)[0], one) for one in _of(list, given))
    if kind is Any or origin is not None:
        return given
    if kind is datetime:
        return datetime.fromisoformat(_of(str, given))
    if hasattr(kind, "__dataclass_fields__"):
        return _object(kind, _of(dict, given))
    return _of((int, float) if kind is float else kind, given)


def _object(kind: Any, given: dict[str, Any]) -> Any:
    known = _fields(kind).items()
    found = {name: _value(hint, given[name]) for name, (hint, needed) in known if needed or name in given}
    return kind(**found, raw=given)


@cache
def _fields(kind: Any) -> Mapping[str, tuple[Any, bool]]:
    """Return the fields of a shape: what each holds, and whether the oldest service tells it, too."""
    hints = get_type_hints(kind)
    return {one.name: (hints[one.name], one.default is MISSING) for one in fields(kind) if one.name != "raw"}


def _of(kind: Any, given: Any) -> Any:
    if not isinstance(given, kind):
        raise TypeError(f"{type(given).__name__} where {getattr(kind, '__name__', 'a number')} belongs")
    return given
