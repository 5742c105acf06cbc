#!/usr/bin/env bash
# A Docker engine with the images that compose and the container tests name, from the lab beside the clone: for machines that
# reach no image registry. `LAB` says where the lab is. Safe to call again. Ends with 0 when there is an engine to test with;
# with 75 and one line that says why when there is none.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly lab=${LAB:-../shared/lab}
readonly kafka=apache/kafka:4.3.1

if [[ ! -x $lab/lab ]]; then
  if docker info > /dev/null 2>&1; then exit 0; fi
  echo "lab-up: no containers here: no Docker engine answers and there is no lab at $lab"
  exit 75
fi

# The lab copies its files into images, modes and all; from a read-only checkout Kafka's start script could not write its settings.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$lab/." "$copy"
chmod -R u+w "$copy"
"$copy/lab" up

# The same for an image that was made from a read-only checkout before.
is_writable=$(docker run --rm --entrypoint find "$kafka" /etc/kafka/docker/server.properties -perm -u=w)
if [[ -z $is_writable ]]; then
  echo "lab-up: repairing $kafka: its settings were read-only"
  printf 'FROM %s\nUSER root\nRUN chmod -R u+w /etc/kafka/docker\nUSER appuser\n' "$kafka" |
    docker build --quiet --tag "$kafka" --tag lab/kafka - > /dev/null
fi
