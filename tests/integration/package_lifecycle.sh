#!/usr/bin/env bash
# The Debian package in the life of a box: installed, started, its spool filled behind a dead broker, upgraded, removed, purged.
# Runs in a view of this system's files whose changes are thrown away; needs root, and a kernel with overlayfs.
#
#   package_lifecycle.sh PACKAGE NEWER-PACKAGE      prints what it has done, a line each; ends with "done"
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  packages=("$(realpath "$1")" "$(realpath "$2")")
  room=$(mktemp -d)
  trap 'rmdir "$room"' EXIT
  # The mounts end with the namespace, and so do the processes.
  unshare --mount --pid --fork --kill-child bash -euc '
    mount -t tmpfs tmpfs "$1"
    mkdir "$1"/upper "$1"/work "$1"/system
    mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/system"
    cp "$2" "$1/system/tmp/edgebmp-old.deb"
    cp "$3" "$1/system/tmp/edgebmp-new.deb"
    cp "$4" "$1/system/tmp/package_lifecycle.sh"
    mount -t proc proc "$1/system/proc"
    mount --rbind /dev "$1/system/dev"
    exec chroot "$1/system" bash /tmp/package_lifecycle.sh --inside
  ' bash "$room" "${packages[@]}" "$(realpath "$0")"
  exit
fi

cd /
export DEBIAN_FRONTEND=noninteractive
spool=/var/lib/edgebmp/spool

say() { printf '%s\n' "$*"; }
fail() {
  say "failed: $*"
  exit 1
}

start() {
  # As the unit does, without an account of its own.
  /usr/bin/edgebmp --config=/etc/edgebmp/edgebmp.yaml --shutdown-timeout-ms=25000 2>/tmp/log &
  pid=$!
  for _ in $(seq 100); do
    if grep -q listening /tmp/log; then return; fi
    kill -0 "$pid" 2>/dev/null || fail "edgebmp ended: $(cat /tmp/log)"
    sleep 0.1
  done
  fail "edgebmp does not listen: $(cat /tmp/log)"
}

stop() {
  kill "$pid"
  wait "$pid" || true
}

dpkg --purge edgebmp >/dev/null 2>&1 || true
dpkg --install /tmp/edgebmp-old.deb >/dev/null
say "installed $(dpkg-query -W -f '${Version}' edgebmp)"
[ -L /etc/systemd/system/multi-user.target.wants/edgebmp.service ] || fail "the service is not enabled"
man --warnings --local-file /usr/share/man/man8/edgebmp.8.gz >/dev/null 2>/tmp/man || true
[ ! -s /tmp/man ] || fail "the manual page: $(cat /tmp/man)"
edgebmp check-config --config=/etc/edgebmp/edgebmp.yaml >/dev/null 2>&1 || fail "its own configuration is refused"

mkdir -p /var/lib/edgebmp
# A port of its own, a small spool, and a broker that is not there.
cat >/etc/edgebmp/edgebmp.yaml <<'YAML'
version: 1
listen:
  - port: 47113
    address: 127.0.0.1
http:
  port: 0
spool:
  dir: /var/lib/edgebmp/spool
  max_bytes: 64MiB
sinks:
  - name: kafka
    type: kafka
    brokers: 127.0.0.1:9
YAML
start
say "started"
edgebmp generate --prefixes-v4 1500000 --prefixes-v6 0 --out /tmp/table.bmp
# Never ends by itself: the spool is full before all is in.
timeout 15 edgebmp replay /tmp/table.bmp --to 127.0.0.1:47113 >/dev/null 2>&1 || true
used=$(du -sk "$spool" | cut -f1)
[ "$used" -gt 40000 ] || fail "the spool holds $used KiB only: $(tail -n 5 /tmp/log)"
stop
say "spool filled"
before=$(find "$spool" -type f | wc -l)

dpkg --install --force-confold /tmp/edgebmp-new.deb >/dev/null
say "upgraded to $(dpkg-query -W -f '${Version}' edgebmp)"
grep -q 47113 /etc/edgebmp/edgebmp.yaml || fail "the upgrade has overwritten the configuration"
[ "$(find "$spool" -type f | wc -l)" -eq "$before" ] || fail "the upgrade has touched the spool"
edgebmp spool verify "$spool" >/tmp/verify 2>&1 || fail "the spool is damaged: $(cat /tmp/verify)"
start
stop
say "started again with the full spool"

dpkg --remove edgebmp >/dev/null
[ ! -e /usr/bin/edgebmp ] || fail "the executable is still there"
[ -f /etc/edgebmp/edgebmp.yaml ] || fail "the configuration is gone"
[ -d "$spool" ] || fail "the spool is gone"
say "removed; configuration and spool stay"
dpkg --purge edgebmp >/dev/null
if [ -e /etc/edgebmp ] || [ -e /var/lib/edgebmp ]; then fail "something stays after the purge"; fi
[ ! -L /etc/systemd/system/multi-user.target.wants/edgebmp.service ] || fail "the service is still enabled"
say "purged"
say "done"
