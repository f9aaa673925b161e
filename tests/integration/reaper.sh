#!/usr/bin/env bash
# Ends what a test has started when the test's process has ended, however that did: by a signal, too, which it has no time to see.
#
# Standard input is that process's: lines "KEY TAB COMMAND", what is to be done at the end, and "KEY TAB", that it was done.
trap '' HUP INT TERM
declare -A commands
while IFS=$'\t' read -r key command; do
  if [ -n "$command" ]; then commands[$key]=$command; else unset "commands[$key]"; fi
done
for command in "${commands[@]}"; do eval "$command"; done >/dev/null 2>&1
