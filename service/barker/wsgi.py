"""The app for gunicorn, made in each worker process: `gunicorn -c python:barker.server barker.wsgi:app`."""

from barker import logs
from barker.app import create_app
from barker.settings import Settings

_settings = Settings.read()
logs.configure(_settings.log_level)
app = create_app(_settings)
app.extensions["barker"].hub.start()
app.extensions["barker"].stores.counters.tokens.start()
