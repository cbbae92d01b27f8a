#!/usr/bin/env bash
# Installs, on Debian and as root, what `npm test` needs beside Node: a browser, nginx for the shipped proxy
# configuration, Python with venv for Synapse, and RabbitMQ, OpenLDAP and Redis for the directory's other sources and
# for Synapse's workers. Called by bin/test.js and .ci/run; safe to repeat.
set -euo pipefail

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "This needs root on Debian." \
    "Elsewhere please install Chromium, nginx, RabbitMQ, OpenLDAP, Redis and Python 3.10 or newer with venv." >&2
  exit 1
fi

has_venv() {
  local folder
  folder="$(mktemp -d)"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null &&
    python3 -m venv "$folder/venv" >/dev/null 2>&1
  local result=$?
  rm -rf "$folder"
  return $result
}

packages=()
command -v chromium >/dev/null || packages+=(chromium)
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || packages+=(nginx-light)
[ -x /usr/sbin/rabbitmq-server ] || packages+=(rabbitmq-server)
[ -x /usr/sbin/slapd ] || packages+=(slapd)
command -v ldapadd >/dev/null || packages+=(ldap-utils)
command -v redis-server >/dev/null || packages+=(redis-server)
has_venv || packages+=(python3 python3-venv)
if [ "${#packages[@]}" -eq 0 ]; then
  echo "System packages: all present."
  exit 0
fi

echo "System packages: installing ${packages[*]}"
export DEBIAN_FRONTEND=noninteractive
# no service shall listen on this machine: the tests start their own
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update -q
apt-get install -q -y --no-install-recommends "${packages[@]}"
