#!/usr/bin/env bash
# A Kafka broker for tests, on 127.0.0.1, from Maven Central's jars.
#
#   up.sh install                   fetches the jars and formats an empty log, once; later calls find them
#   up.sh DIR PORT NODE/NODES [KEY=VALUE]...
#                                   becomes the broker: its data, keys and settings are in DIR, which may hold those of an
#                                   earlier run; "Kafka Server started" on standard output says that it answers
#
# Node N of a cluster listens on PORT+5*(N-1): plain, +1 controller, +2 SASL, +3 TLS, +4 SASL over TLS.
# User "edge", password "edge-secret", by PLAIN and SCRAM, or any unsigned token; plain TLS wants a client certificate. Certificates are in DIR/tls: those of node 1 serve all nodes.
# Needs Java 17 and openssl, for the jars also mvn. EDGEBMP_KAFKA_CACHE is where they are kept; EDGEBMP_KAFKA_JVM, a flag of Java
# in place of the one that starts it quickest.
set -euo pipefail

version=4.1.1
cache=${EDGEBMP_KAFKA_CACHE:-$HOME/.cache/edgebmp-kafka}/$version
user=edge
password=edge-secret

java_kafka() { java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$cache/lib/*" "$@"; }

# Under a lock and by renaming, so that tests that start together do not hurt each other.
install() {
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  [ -d "$cache/data" ] && return
  local scratch
  scratch=$(mktemp -d "$cache/new.XXXXXX")
  if [ ! -d "$cache/lib" ]; then
    cat >"$scratch/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>test</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
XML
    mvn -q -B -f "$scratch/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
      -DincludeScope=runtime -DoutputDirectory="$scratch/lib" >&2
    mv "$scratch/lib" "$cache/lib"
  fi
  settings "$scratch/data" 19092 1 1 >"$scratch/properties"
  java_kafka kafka.tools.StorageTool format -t 4L6g3nShT-eMCtK--X86sw -c "$scratch/properties" \
    --add-scram "SCRAM-SHA-256=[name=$user,password=$password]" \
    --add-scram "SCRAM-SHA-512=[name=$user,password=$password]" >"$scratch/log" 2>&1 || {
    cat "$scratch/log" >&2
    exit 1
  }
  mv "$scratch/data" "$cache/data"
  rm -rf "$scratch"
}

# settings DATA PORT NODE NODES [KEY=VALUE]...
settings() {
  local data=$1 base=$2 node=$3 nodes=$4 port i voters=
  shift 4
  port=$((base + 5 * (node - 1)))
  for ((i = 1; i <= nodes; i++)); do voters+=,$i@127.0.0.1:$((base + 5 * (i - 1) + 1)); done
  local listeners="PLAINTEXT://127.0.0.1:$port,SASL_PLAINTEXT://127.0.0.1:$((port + 2))"
  listeners+=",SSL://127.0.0.1:$((port + 3)),SASL_SSL://127.0.0.1:$((port + 4))"
  local copies=$((nodes > 2 ? 3 : 1)) module=org.apache.kafka.common.security
  cat <<TEXT
process.roles=broker,controller
node.id=$node
controller.quorum.voters=${voters#,}
listeners=$listeners,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=$listeners
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
log.dirs=$data
auto.create.topics.enable=false
default.replication.factor=$copies
min.insync.replicas=$(((copies + 1) / 2))
offsets.topic.replication.factor=$copies
transaction.state.log.replication.factor=$copies
num.network.threads=2
num.io.threads=2
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
ssl.keystore.type=PEM
ssl.truststore.type=PEM
ssl.keystore.location=${data%/*}/tls/server.pem
ssl.truststore.location=${data%/*}/tls/ca.pem
listener.name.ssl.ssl.client.auth=required
# A broker that was killed may come back only when its old session is over, after 9 s by default.
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=250
TEXT
  for listener in sasl_plaintext sasl_ssl; do
    echo "listener.name.$listener.plain.sasl.jaas.config=$module.plain.PlainLoginModule required user_$user=\"$password\";"
    # Takes tokens without a signature.
    echo "listener.name.$listener.oauthbearer.sasl.jaas.config=$module.oauthbearer.OAuthBearerLoginModule required;"
    for mechanism in scram-sha-256 scram-sha-512; do
      echo "listener.name.$listener.$mechanism.sasl.jaas.config=$module.scram.ScramLoginModule required;"
    done
  done
  [ $# -eq 0 ] || printf '%s\n' "$@"
}

# A CA, a key of the broker for 127.0.0.1, one of a client, and a CA that nobody knows.
make_certificates() {
  local request=(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650)
  for name in ca other-ca; do
    "${request[@]}" -subj "/CN=$name" -keyout "$1/$name.key" -out "$1/$name.pem"
  done
  for name in server client; do
    "${request[@]}" -CA "$1/ca.pem" -CAkey "$1/ca.key" -subj "/CN=$name" -keyout "$1/$name.key" \
      -out "$1/$name.crt" -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE
  done
  cat "$1/server.key" "$1/server.crt" >"$1/server.pem"
}

install
[ "$1" = install ] && exit
dir=$1 port=$2 node=${3%/*} nodes=${3#*/}
shift 3
mkdir -p "$dir"
if [ ! -d "$dir/data" ]; then
  cp -r "$cache/data" "$dir/data"
  # Each log has an id of its own.
  id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d =)
  sed -i "s/^node.id=.*/node.id=$node/; s/^directory.id=.*/directory.id=$id/" "$dir/data/meta.properties"
fi
if [ ! -d "$dir/tls" ]; then
  mkdir "$dir/tls.new"
  make_certificates "$dir/tls.new" 2>/dev/null
  mv "$dir/tls.new" "$dir/tls"
fi
settings "$dir/data" "$port" "$node" "$nodes" "$@" >"$dir/server.properties"
exec 9>&-
simple=-Dorg.slf4j.simpleLogger
exec java ${EDGEBMP_KAFKA_JVM:--XX:TieredStopAtLevel=1} -XX:+UseSerialGC -Xms128m -Xmx512m -Djava.awt.headless=true \
  $simple.logFile=System.out $simple.defaultLogLevel=warn $simple.log.kafka.server.KafkaRaftServer=info \
  -cp "$cache/lib/*" kafka.Kafka "$dir/server.properties"
