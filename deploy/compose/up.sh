#!/bin/sh
# Start it all and wait until it answers: deploy/compose/up.sh docker compose -p barker. Passwords are made up once, and
# kept in .env, in SECRETS or beside compose.yaml; barker.env in the same folder holds further settings.
set -eu
deploy=$(cd "$(dirname "$0")/.." && pwd)
export SECRETS="${SECRETS:-$deploy}"
secret() { od -An -N20 -tx1 /dev/urandom | tr -d ' \n'; }
if [ ! -e "$SECRETS/.env" ]; then
  (umask 077 && for store in MONGO NEO4J REDIS; do echo "${store}_PASSWORD=$(secret)"; done > "$SECRETS/.env")
  echo "Passwords of the stores were made up: they are in $SECRETS/.env, keep them."
fi
if [ ! -e "$SECRETS/barker.env" ]; then
  (umask 077 && sed "s/^#\(BARKER_METRICS_TOKEN=\)$/\1$(secret)/" "$deploy/env.example" > "$SECRETS/barker.env")
fi
"$@" -f "$deploy/compose.yaml" build -q prepare
"$@" -f "$deploy/compose.yaml" up -d --remove-orphans
address=http://127.0.0.1:${HTTP_PORT:-8000}
tries=0
until curl -fs --max-time 5 "$address/readyz" > /dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { echo "Not ready after a minute: $* -f deploy/compose.yaml logs" >&2; exit 1; }
  sleep 1
done
echo "Barker answers at $address, its API is at $address/docs. Stop it: make down"
