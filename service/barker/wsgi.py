"""The app for gunicorn, made in each worker process: `gunicorn -c python:barker.server barker.wsgi:app`."""

import gc

from barker import logs, spans
from barker.app import create_app
from barker.settings import Settings

COLLECT_AFTER = 50_000  # objects

_settings = Settings.read()
logs.configure(_settings.log_level)
spans.start("barker-stream" if _settings.group == "stream" else "barker-api")
app = create_app(_settings)
# What is there now stays: the collector need not go through it again. What a request leaves behind is mostly freed
# without it, so it may come less often than after each 700 objects.
gc.collect()
gc.freeze()
gc.set_threshold(COLLECT_AFTER)
app.extensions["barker"].hub.start()
app.extensions["barker"].stores.counters.tokens.start(app.extensions["barker"].hub.revoke)
