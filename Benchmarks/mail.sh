#!/bin/bash
# Measures how fast mail leaves next to a program that does nothing else: see README.md.
#   MAIL_MESSAGES=20000  of a round      MAIL_ROUNDS=3      MAIL_SESSIONS=10  of both sides
#   MAIL_NUDGED=PATH     a binary that is built already
# With --strict exit 1 when the goal is missed. Debian's postfix package has the sink and the source; it is unpacked, not installed, so that
# no mail server is started.
set -euo pipefail
cd "$(dirname "$0")/.."

data=.build/mail
mkdir -p "$data"
if ! [ -x "$data/postfix/usr/sbin/smtp-sink" ]; then
    (cd "$data" && apt-get download -qq postfix && dpkg -x postfix_*.deb postfix)
fi
nudged=${MAIL_NUDGED:-}
if [ -z "$nudged" ]; then
    swift build -c release --product nudged --explicit-target-dependency-import-check error >&2
    nudged=$(swift build -c release --show-bin-path)/nudged
fi
work=$(mktemp -d "$data/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 Benchmarks/mail.py "$nudged" "$data/postfix" "$work" "${MAIL_MESSAGES:-20000}" "${MAIL_ROUNDS:-3}" \
    "${MAIL_SESSIONS:-10}" "$@"
