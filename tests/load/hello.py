"""The least that the same server can do: a route that asks no store. `gunicorn -c python:barker.server` runs it."""

from types import SimpleNamespace

from flask import Flask

app = Flask(__name__)
# gunicorn's settings let go of live streams at the end: there are none.
app.extensions["barker"] = SimpleNamespace(hub=SimpleNamespace(drain=lambda reason: None))


@app.get("/hello")
def get_hello() -> dict[str, str]:
    return {"hello": "world"}
