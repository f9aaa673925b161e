#!/usr/bin/env bash
# Makes all that a release consists of in dist/release: an executable per target, tarballs, Debian packages, the list of what is inside
# (SBOM) and the checksums. The same commit gives the same bytes, in any folder and at any time.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("$@")
[ $# -gt 0 ] || targets=(linux-x64 linux-x64-baseline linux-arm64 linux-x64-musl linux-arm64-musl darwin-x64 darwin-arm64)
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
release=$PWD/dist/release
rm -rf "$release"
mkdir -p "$release"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for target in "${targets[@]}"; do
  ./compile.sh --engine bun --target "$target"
  name=edgebmp-$version-$target
  mkdir "$scratch/$name"
  cp "dist/edgebmp-$target" "$scratch/$name/edgebmp"
  cp LICENSE README.md deploy/INSTALL.md deploy/deb/edgebmp.yaml systemd/edgebmp.* "$scratch/$name"
  tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    --directory "$scratch" "$name" | gzip -9n >"$release/$name.tar.gz"
  # The one for processors without AVX2 too, as a package has to run on all.
  case "$target" in
    linux-x64-baseline) deploy/deb/build.sh "dist/edgebmp-$target" amd64 ;;
    linux-arm64) deploy/deb/build.sh "dist/edgebmp-$target" arm64 ;;
  esac
done
mv dist/edgebmp_"$version"_*.deb "$release" 2>/dev/null || true

npx -y bun@1.4.5 build --target=bun --format=esm --metafile="$scratch/meta.json" --outdir "$scratch/bundle" mod.ts >/dev/null
npx -y deno@2.9.5 run --no-prompt --allow-read deploy/sbom.ts "$scratch/meta.json" bun@1.4.5 >"$release/edgebmp-$version.cdx.json"
(cd "$release" && sha256sum -- * >SHA256SUMS)
ls -l "$release"
