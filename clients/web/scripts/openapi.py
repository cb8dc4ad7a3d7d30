"""Print the service's OpenAPI, without starting anything: what `npm run types` makes types of."""

import json

from barker.api.description import described
from barker.app import create_app
from barker.settings import Settings

app = create_app(Settings.read({}))
with app.test_request_context():
    print(json.dumps(described(app), indent=1))
app.extensions["barker"].stores.close()
