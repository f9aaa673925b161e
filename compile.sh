#!/usr/bin/env bash
# Makes the collector's executable, or the library for Node. Needs Node's npx and bash, nothing else.
set -euo pipefail
cd "$(dirname "$0")"

# What "edgebmp version --json" says: EDGEBMP_COMMIT where there is no repository, as in a container.
commit=${EDGEBMP_COMMIT:-$(git rev-parse HEAD 2>/dev/null || true)}
if [ -n "$(git status --porcelain 2>/dev/null)" ]; then commit+=-changed; fi

# The same versions as in the tests.
deno=(npx -y deno@2.9.5)
bun_version=1.4.5
bun=(npx -y "bun@$bun_version")
typescript_version=5.9.3

usage() {
  cat <<'TEXT'
Usage: ./compile.sh [--engine deno|bun] [--target TARGET]
       ./compile.sh --library

Makes dist/edgebmp, or dist/edgebmp-TARGET if a target is named.

  --engine deno   deno compile (the default); downloads Deno's runtime for compiled programs
  --engine bun    bun build --compile; needs only the npm registry
  --target        linux-x64, linux-x64-baseline (processors without AVX2), linux-arm64,
                  linux-x64-musl and linux-arm64-musl (bun only), darwin-x64, darwin-arm64
  --library       dist/edgebmp.js with types (dist/edgebmp.d.ts), for Node 20 and Bun

Exit status: 0 done, 1 failed, 2 wrong usage, 3 Deno's runtime could not be downloaded.
TEXT
}

fail_usage() {
  printf 'compile.sh: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

engine=deno
target=
library=false
while [ $# -gt 0 ]; do
  case "$1" in
    --engine=* | --target=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
    --engine | --target)
      [ $# -ge 2 ] || fail_usage "$1 needs a value"
      if [ "$1" = --engine ]; then engine=$2; else target=$2; fi
      shift 2
      ;;
    --library) library=true && shift ;;
    -h | --help) usage && exit 0 ;;
    *) fail_usage "unknown argument \"$1\"" ;;
  esac
done

compile_deno() {
  local triple flags
  case "$target" in
    '') triple= ;;
    # Deno's x64 build does not need AVX2.
    linux-x64 | linux-x64-baseline) triple=x86_64-unknown-linux-gnu ;;
    linux-arm64) triple=aarch64-unknown-linux-gnu ;;
    darwin-x64) triple=x86_64-apple-darwin ;;
    darwin-arm64) triple=aarch64-apple-darwin ;;
    *) fail_usage "engine deno has no target \"$target\"" ;;
  esac
  # Permissions and what bounds the engine's memory: one list for the start task, the tests and the executable.
  mapfile -t flags <src/runtime/deno_flags.txt
  # V8's young generation alone grows to 48 MB by itself: with --optimize-for-size 1,000 sessions of small messages take 145 MB,
  # without 195, at the same speed within the noise. The code cache saves no time at the start and takes 3 MB.
  if ! "${deno[@]}" compile --no-prompt "${flags[@]}" --exclude-unused-npm \
    ${triple:+--target "$triple"} --output "$scratch/edgebmp" mod.ts 2>&1 | tee "$scratch/log" >&2; then
    grep -q 'Download.*denort' "$scratch/log" || exit 1
    printf '\ncompile.sh: Cannot download denort, which deno compile builds on. %s\n' \
      "The other engine does not need it: ./compile.sh --engine bun${target:+ --target $target}" >&2
    exit 3
  fi
  mv "$scratch/edgebmp" "$output"
}

compile_bun() {
  local package flags=()
  case "$target" in
    '' | linux-x64 | linux-x64-baseline | linux-x64-musl | darwin-x64) package=@oven/bun-$target ;;
    linux-arm64 | linux-arm64-musl | darwin-arm64) package=@oven/bun-${target/arm64/aarch64} ;;
    *) fail_usage "engine bun has no target \"$target\"" ;;
  esac
  if [ -n "$target" ]; then
    # Bun alone would download the target's runtime from elsewhere; npm checks its digest.
    npm pack --silent --pack-destination "$scratch" "$package@$bun_version" >/dev/null
    tar -xzf "$scratch"/*.tgz -C "$scratch"
    flags=("--target=bun-$target" "--compile-executable-path=$scratch/package/bin/bun")
  fi
  install_packages
  # The Kafka library's WebAssembly is a file beside its module, which would not be in the executable; its other form holds it.
  cat >"$scratch/tsconfig.json" <<JSON
{
  "compilerOptions": {
    "paths": {
      "@platformatic/wasm-utils": ["$PWD/node_modules/.deno/node_modules/@platformatic/wasm-utils/dist/bundled.js"]
    }
  }
}
JSON
  # Without the two --no-compile-autoload switches the executable would read .env and run what a bunfig.toml
  # names, both from its working directory.
  "${bun[@]}" build --compile --minify --bytecode --format=esm \
    --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
    --tsconfig-override="$scratch/tsconfig.json" --define "EDGEBMP_COMMIT=\"$commit\"" "${flags[@]}" \
    mod.ts --outfile "$scratch/edgebmp"
  mv "$scratch/edgebmp" "$output"
}

make_library() {
  install_packages
  # As a library mod.ts is never the main module: the command line is left out.
  "${bun[@]}" build --target=node --format=esm --define import.meta.main=false \
    mod.ts --outfile dist/edgebmp.js
  # Types of what the library loads, so without the command line; deno check has checked them already.
  cp -r src "$scratch/src"
  sed '/^if (import.meta.main)/,$d' mod.ts >"$scratch/mod.ts"
  rm -rf dist/types
  npx -y -p "typescript@$typescript_version" tsc "$scratch/mod.ts" --noCheck --declaration \
    --emitDeclarationOnly --allowImportingTsExtensions --target esnext --module esnext \
    --moduleResolution bundler --rootDir "$scratch" --outDir dist/types
  find dist/types -name '*.d.ts' -exec sed -i 's/\(from "[^"]*\)\.ts"/\1.js"/; s/\(import("[^"]*\)\.ts")/\1.js")/g' {} +
  echo 'export * from "./types/mod.js";' >dist/edgebmp.d.ts
}

# Bun takes the pinned packages from node_modules, which Deno fills by deno.lock.
install_packages() {
  "${deno[@]}" install --quiet --frozen
}

mkdir -p dist
# Made elsewhere and then moved here: a failure leaves what was there before.
output=dist/edgebmp${target:+-$target}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ "$library" = true ]; then
  make_library
else
  case "$engine" in
    deno | bun) "compile_$engine" ;;
    *) fail_usage "no engine \"$engine\": expected deno or bun" ;;
  esac
fi
