#!/usr/bin/env bash
# Makes dist/edgebmp_VERSION_ARCH.deb of an executable that compile.sh has made. Needs dpkg-deb.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ $# -ne 2 ]; then
  printf 'Usage: deploy/deb/build.sh EXECUTABLE amd64|arm64\n' >&2
  exit 2
fi
executable=$1 architecture=$2
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json)
# The same commit gives the same bytes.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
install -D -m 755 "$executable" "$root/usr/bin/edgebmp"
install -D -m 644 -t "$root/usr/lib/systemd/system" systemd/edgebmp.service systemd/edgebmp.socket
install -D -m 644 deploy/deb/edgebmp.yaml "$root/etc/edgebmp/edgebmp.yaml"
install -D -m 644 deploy/deb/lintian-overrides "$root/usr/share/lintian/overrides/edgebmp"
doc="$root/usr/share/doc/edgebmp"
install -D -m 644 -t "$doc" README.md
{
  printf 'edgebmp (%s) stable; urgency=medium\n\n  * See README.md and the project'\''s CHANGELOG.\n\n' "$version"
  printf ' -- edgebmp developers <edgebmp@localhost>  %s\n' "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"
{
  printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n'
  printf 'Files: *\nCopyright: 2026 the edgebmp authors\nLicense: Apache-2.0\n On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.\n'
} >"$doc/copyright"
# What runs here can say what its manual and its completions are; another architecture's cannot, and they are the same.
mod=(npx -y deno@2.9.5 run --cached-only --no-prompt --allow-all mod.ts)
mkdir -p "$root/usr/share/man/man8" "$root/usr/share/bash-completion/completions" \
  "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
"${mod[@]}" man | gzip -9n >"$root/usr/share/man/man8/edgebmp.8.gz"
"${mod[@]}" completions bash >"$root/usr/share/bash-completion/completions/edgebmp"
"${mod[@]}" completions zsh >"$root/usr/share/zsh/vendor-completions/_edgebmp"
"${mod[@]}" completions fish >"$root/usr/share/fish/vendor_completions.d/edgebmp.fish"

mkdir "$root/DEBIAN"
install -m 755 -t "$root/DEBIAN" deploy/deb/postinst deploy/deb/prerm deploy/deb/postrm
echo /etc/edgebmp/edgebmp.yaml >"$root/DEBIAN/conffiles"
# Files whose sums dpkg --verify compares.
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
cat >"$root/DEBIAN/control" <<CONTROL
Package: edgebmp
Version: $version
Section: net
Priority: optional
Architecture: $architecture
Maintainer: edgebmp developers <edgebmp@localhost>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Depends: libc6 (>= 2.17), init-system-helpers (>= 1.54)
Description: collector for the BGP Monitoring Protocol
 Takes BMP sessions (RFC 7854, 8671, 9069) of routers, keeps what they say in
 order, and hands it on: as JSON that consumers of goBMP read, as OpenBMP
 messages, to Kafka, NATS or files, and as the untouched stream to another
 collector.
CONTROL
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0 touch -h -d "@$SOURCE_DATE_EPOCH"
mkdir -p dist
# The first level: the others save a tenth of the size for ten times the time.
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "dist/edgebmp_${version}_${architecture}.deb"
