#!/bin/bash
# As the official image: NEO4J_AUTH is none or neo4j/<password>, and NEO4J_a_b__c=x sets a.b_c to x.
set -euo pipefail
[ "$1" = neo4j ] || exec "$@"
home=/opt/neo4j
defaults() {
  cat <<'SETTINGS'
server.default_listen_address=0.0.0.0
server.directories.data=/data
db.tx_log.preallocate=false
dbms.usage_report.enabled=false
dbms.fleet_manager.enabled=false
server.fleet_discovery.enabled=false
internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s
SETTINGS
  [ "${NEO4J_AUTH:-}" != none ] || echo dbms.security.auth_enabled=false
}
given() {
  env | while IFS='=' read -r name value; do
    [[ $name == NEO4J_[a-z]* ]] || continue
    name=${name#NEO4J_} && name=${name//__/%} && name=${name//_/.}
    echo "${name//%/_}=$value"
  done
}
{ given; defaults; } | awk -F= '!seen[$1]++' > $home/conf/neo4j.conf # Neo4j refuses what is said twice

options=(-Xmx"${NEO4J_server_memory_heap_max__size:-512m}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1
  -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED
  --add-opens=java.base/sun.nio.ch=ALL-UNNAMED -cp "$home/lib/*")
export NEO4J_HOME=$home NEO4J_CONF=$home/conf
if [ ! -e /data/dbms ] && [[ ${NEO4J_AUTH:-} == neo4j/* ]]; then
  /opt/java/bin/java "${options[@]}" org.neo4j.cli.AdminTool dbms set-initial-password "${NEO4J_AUTH#*/}"
fi
exec /opt/java/bin/java "${options[@]}" org.neo4j.server.Neo4jCommunity --home-dir=$home --config-dir=$home/conf --console-mode
