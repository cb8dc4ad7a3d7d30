#!/bin/sh
# Start nginx with ../nginx/barker.conf, the addresses in it replaced by those of compose.yaml.
set -eu
sed -e 's/listen 127\.0\.0\.1:8080;/listen 8080;/' \
    -e 's/server 127\.0\.0\.1:8000 \(.*\)$/server api-1:8000 \1 server api-2:8000 \1/' \
    -e 's/^    server 127\.0\.0\.1:8001 /    server stream:8000 /' \
    -e 's/X-Forwarded-Proto \$scheme;/X-Forwarded-Proto $first_scheme;/' /barker.conf > /tmp/barker.conf
if grep -n '^[^#]*127\.0\.0\.1\|[^_]\$scheme' /tmp/barker.conf >&2; then
  echo "barker.conf has lines that compose/nginx/start.sh does not know" >&2
  exit 1
fi
# Who comes over the published port comes from the gateway: what stands there, and ends TLS, says for whom.
printf 'set_real_ip_from %s;\nreal_ip_header X-Forwarded-For;\n' "$GATEWAY" > /tmp/real_ip.conf
exec nginx -c /barker/nginx.conf
