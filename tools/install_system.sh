#!/bin/bash
# Install the Debian packages that tests and checks need, where that is allowed.
# Does nothing, quickly, when they are there.
set -euo pipefail

missing=()
need() { # PACKAGE PATH: the package is missing when the path is
  [[ -e $2 ]] || missing+=("$1")
}
need postgresql-15 "${NOETL_TEST_PG_BIN:-/usr/lib/postgresql/15/bin}/postgres"
need postgresql-15-pgtap /usr/share/postgresql/15/extension/pgtap.sql
need postgresql-15-plpgsql-check /usr/share/postgresql/15/extension/plpgsql_check.control
need libtap-parser-sourcehandler-pgtap-perl "$(command -v pg_prove || echo /missing)"
need pgbouncer /usr/sbin/pgbouncer
need systemd "$(command -v systemd-analyze || echo /missing)"
need sqitch "$(command -v sqitch || echo /missing)"
perl -MDBD::Pg -e 1 2>/dev/null || missing+=(libdbd-pg-perl)
[[ ${#missing[@]} -gt 0 ]] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "error: this needs the programs of these Debian packages: ${missing[*]}" >&2
  echo "hint: install PostgreSQL 15, pgTAP, plpgsql_check and sqitch by your system's means" >&2
  exit 1
fi
as_root=()
if [[ $EUID -ne 0 ]]; then
  as_root=(sudo -n)
  if ! sudo -n true 2>/dev/null; then
    echo "error: missing packages, and no right to install them; please run" >&2
    echo "  sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi

echo "Installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" >"$log" 2>&1
}
# The package lists of a fresh machine may be empty or old.
if ! install && ! { "${as_root[@]}" apt-get update -q >"$log" 2>&1 && install; }; then
  tail -n 20 "$log" >&2
  echo "error: apt-get could not install: ${missing[*]}" >&2
  exit 1
fi
