#!/bin/bash
# Installs a package in a Debian 12 of its own and lives through its life: install, first message, backup, upgrade from an
# older package with a store of the first version, and back, removal.
#
#   deb_test.sh PACKAGE.deb [OLDER.deb]     as root, with debootstrap and systemd-nspawn; the first run fetches a Debian (60 MB)
#
# Without OLDER.deb the program of PACKAGE.deb stands in for it, in a package of a lower version.
# The Debian is kept in .build/debian-12.tar for the next run. MIRROR names where it comes from.
set -euo pipefail

package=$(realpath "$1")
older=${2:+$(realpath "$2")}
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/.." && pwd)/.build
base=$build/debian-12.tar
root=$(mktemp -d -p "$build" deb-root.XXXXXX)
booted=

end() {
    [ -z "$booted" ] || kill "$booted" 2>/dev/null || true
    [ -z "$booted" ] || wait "$booted" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
trap end EXIT

fail() {
    echo "deb-test: $*" >&2
    exit 1
}

step() { echo "== $*"; }

# `! command` never ends a shell, whatever it finds; this does.
not='not() { if "$@"; then echo "this should not be: $*" >&2; return 1; fi; }'

# In the Debian, before it is booted.
inside() {
    systemd-nspawn --quiet --directory="$root" --register=no --keep-unit --pipe --resolv-conf=copy-host \
        --setenv=DEBIAN_FRONTEND=noninteractive --setenv=LC_ALL=C.UTF-8 -- /bin/sh -euc "$not; $1"
}

# In the Debian once it is booted.
at() {
    nsenter --target "$init" --all -- /bin/sh -euc "export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive; $not; $1"
}

# Waits for a condition at most a minute; the second word says what for.
until_true() {
    for _ in $(seq 120); do
        if at "$1" >/dev/null 2>&1; then return; fi
        sleep 0.5
    done
    at "systemctl status nudged --no-pager; journalctl -u nudged -n 30 --no-pager" || true
    fail "$2"
}

# Channels that write into a file, and one rule.
configure() {
    at "sed -i 's|sms: {type: log}|sms: {type: log, path: /var/lib/nudged/messages.ndjson}|' /etc/nudged/nudged.yaml
cat >/etc/nudged/rules/settings.yaml <<'SETTINGS'
# yaml-language-server: \$schema=../.nudged/settings.v1.schema.json
version: 1
timezone: Asia/Shanghai
service_owners: [crm-team]
SETTINGS
cat >/etc/nudged/rules/welcome.yaml <<'RULES'
# yaml-language-server: \$schema=../.nudged/rules.v1.schema.json
version: 1
rules:
  - id: welcome
    status: live
    owner: crm-team
    purpose: service
    when: {event: {name: member.registered}}
    do: [{send: {try: [{sms: {template: welcome}}]}}]
RULES
cat >/etc/nudged/rules/templates.yaml <<'TEMPLATES'
# yaml-language-server: \$schema=../.nudged/templates.v1.schema.json
version: 1
templates:
  - {id: welcome, channel: sms, text: '【星河百货】欢迎加入'}
TEMPLATES
nudged check --config /etc/nudged/nudged.yaml"
}

step "a Debian 12"
if ! [ -e "$base" ]; then
    debootstrap --variant=minbase bookworm "$root/new" "${MIRROR:-http://deb.debian.org/debian}" >"$build/debootstrap.log"
    tar -C "$root/new" -cf "$base.new" . && mv "$base.new" "$base"
    rm -rf --one-file-system "$root/new"
fi
tar -C "$root" -xf "$base"
cp "$package" "$root/root/nudged.deb"
# Lines of progress are for a terminal.
echo 'Dpkg::Use-Pty "0";' >"$root/etc/apt/apt.conf.d/99no-progress"

step "apt install ./nudged.deb: with everything that it depends on, and nothing is started"
inside "apt-get update -qq && apt-get install -y -qq -o Dpkg::Options::=--force-confold --no-install-recommends systemd-sysv dbus >/dev/null
apt-get install -y -qq -o Dpkg::Options::=--force-confold --no-install-recommends /root/nudged.deb"
inside "nudged --version >/dev/null && id -u nudged >/dev/null
test \"\$(stat -c '%a %U %G' /etc/nudged)\" = '750 root nudged'
test \"\$(stat -c '%a %U' /etc/nudged/credentials)\" = '700 root'
test \"\$(stat -c '%a %U' /var/lib/nudged)\" = '700 nudged'
not systemctl --quiet is-enabled nudged
systemd-analyze verify --man=no /usr/lib/systemd/system/nudged.service
systemd-analyze security --offline=true --no-pager --threshold=12 nudged.service >/tmp/exposure || { cat /tmp/exposure; exit 1; }
tail -1 /tmp/exposure
systemd-analyze security --offline=true --no-pager --threshold=12 nudged-alert@.service >/tmp/exposure || { cat /tmp/exposure; exit 1; }
rm /tmp/exposure" \
    || fail "the installed package is not as it should be"

step "the daemon's first message, by the log channel"
systemd-nspawn --quiet --directory="$root" --register=no --keep-unit --boot --console=pipe --resolv-conf=copy-host \
    --kill-signal=SIGRTMIN+3 >"$root.log" 2>&1 </dev/null &
booted=$!
init=
for _ in $(seq 60); do
    init=$(pgrep -P "$booted" | head -n 1) || true
    if [ -n "$init" ] && nsenter --target "$init" --all -- systemctl is-system-running 2>/dev/null \
        | grep -qE 'running|degraded'; then break; fi
    sleep 0.5
done
[ -n "$init" ] || { cat "$root.log"; fail "the Debian does not boot"; }
rm -f "$root.log"
at "not systemctl --quiet is-active nudged" || fail "nudged runs before anybody configured it"
configure
at "systemctl enable --now nudged"
until_true "systemctl --quiet is-active nudged" "the daemon does not start"
at "cd /root && nudged init shop >/dev/null && printf 'id,display_name,phone\nlin,林小姐,13800000001\n' >members.csv
printf '{\"event_id\":\"e1\",\"member_id\":\"lin\",\"name\":\"member.registered\",\"at\":\"%s\"}\n' \"\$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)\" >events.ndjson
printf 'member_id,channel,purpose,state,at\nlin,sms,service,granted,%s\n' \"\$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)\" >consents.csv
for kind in members.csv consents.csv events.ndjson; do nudged import \${kind%.*} \$kind --config /etc/nudged/nudged.yaml; done"
until_true "grep -q 欢迎加入 /var/lib/nudged/messages.ndjson" "no message by the log channel"
at "nudged deliveries list --config /etc/nudged/nudged.yaml
nudged status --config /etc/nudged/nudged.yaml || test \$? = 1"

step "a backup beside the running daemon"
at "nudged backup /root/nudged.backup --config /etc/nudged/nudged.yaml && nudged verify --copy /root/nudged.backup"

step "an upgrade: the daemon runs again, settings stay, nothing is sent twice"
before=$(at "systemctl show -P MainPID nudged; cat /etc/nudged/nudged.yaml")
at "apt-get install -y -qq -o Dpkg::Options::=--force-confold --reinstall /root/nudged.deb"
until_true "systemctl --quiet is-active nudged" "the daemon does not run after an upgrade"
after=$(at "systemctl show -P MainPID nudged; cat /etc/nudged/nudged.yaml")
[ "$(head -n 1 <<<"$before")" != "$(head -n 1 <<<"$after")" ] || fail "the old program still runs"
[ "$(tail -n +2 <<<"$before")" = "$(tail -n +2 <<<"$after")" ] || fail "nudged.yaml is not the edited one"
at "test \$(grep -c 欢迎加入 /var/lib/nudged/messages.ndjson) = 1 && nudged verify --config /etc/nudged/nudged.yaml"

step "dpkg -i twice, then removal while it runs: it ends in order, and nothing but the program goes"
at "dpkg -i /root/nudged.deb && dpkg -i /root/nudged.deb"
until_true "systemctl --quiet is-active nudged" "the daemon does not run after dpkg -i"
at "running=\$(systemctl show -P MainPID nudged)
apt-get remove -y -qq nudged
not systemctl --quiet is-active nudged
not test -e /usr/bin/nudged
not test -e /proc/\$running
test -s /etc/nudged/nudged.yaml && test -s /etc/nudged/rules/welcome.yaml && test -s /var/lib/nudged/nudged.db
apt-get install -y -qq -o Dpkg::Options::=--force-confold /root/nudged.deb
not systemctl --quiet is-active nudged
grep -q messages.ndjson /etc/nudged/nudged.yaml
nudged verify --config /etc/nudged/nudged.yaml
systemctl start nudged"

step "apt purge: what is left is data"
at "apt-get purge -y -qq nudged"
left=$(at "find / -xdev -name '*nudged*' ! -path '/proc/*' ! -path '/root/*' ! -path '/var/lib/nudged/*' \
  ! -path '/var/log/*' ! -path '/tmp/*' ! -path '/var/cache/apt/*' | sort")
[ "$left" = "$(printf '%s\n' /etc/nudged /var/lib/nudged)" ] || fail "purge left: $left"
at "test -s /var/lib/nudged/nudged.db && test -s /etc/nudged/rules/welcome.yaml 
not test -e /etc/nudged/nudged.yaml
not systemctl --quiet is-active nudged
not systemctl --quiet is-enabled nudged"

step "apt purge, when asked to take the data too"
at "apt-get install -y -qq -o Dpkg::Options::=--force-confold /root/nudged.deb && touch /var/lib/nudged/remove-on-purge && apt-get purge -y -qq nudged
not test -e /var/lib/nudged
not test -e /etc/nudged"

step "an older package, and a store of the first version that it has filled"
if [ -z "$older" ]; then
    dpkg-deb -R "$package" "$root/older"
    sed -i 's/^Version: .*/Version: 0.0.1-1/' "$root/older/DEBIAN/control"
    dpkg-deb --root-owner-group -Znone --build "$root/older" "$root/root/older.deb" >/dev/null
    rm -rf --one-file-system "$root/older"
else
    cp "$older" "$root/root/older.deb"
fi
at "apt-get install -y -qq -o Dpkg::Options::=--force-confold /root/older.deb"
configure
python3 "$here/old_store.py" make "$root/var/lib/nudged"
at "chown nudged:nudged /var/lib/nudged/nudged.db* && chmod 0600 /var/lib/nudged/nudged.db && systemctl enable nudged"
python3 "$here/old_store.py" ledger "$root/var/lib/nudged/nudged.db" >"$root/before"

# What was decided and sent before is so once, and nothing else was decided. The second word is the store, at rest.
same_ledger() {
    python3 "$here/old_store.py" ledger "$2" >"$root/after"
    diff <(grep ^decided "$root/before") <(grep ^decided "$root/after") || fail "$1: decisions were lost or doubled"
    [ -z "$(comm -23 <(sort "$root/before") <(sort "$root/after"))" ] || fail "$1: what was sent is not what it was"
}

step "the new package brings it up: no decision lost or doubled, and a copy of it as it was lies beside it"
at "apt-get install -y -qq -o Dpkg::Options::=--force-confold /root/nudged.deb && nudged --version | head -1 && systemctl start nudged"
until_true "systemctl --quiet is-active nudged" "the daemon does not start on the old store"
at "nudged backup /root/after.backup --config /etc/nudged/nudged.yaml >/dev/null"
same_ledger "the upgrade" "$root/root/after.backup"
copies=("$root"/var/lib/nudged/nudged.db.schema-*)
[ ${#copies[@]} = 1 ] || fail "there is not one copy: ${copies[*]}"
python3 "$here/old_store.py" ledger "${copies[0]}" | cmp - "$root/before" || fail "the copy is not the store as it was"
at "nudged verify --config /etc/nudged/nudged.yaml && nudged audit --action upgrade --config /etc/nudged/nudged.yaml"

step "back to the older package: a store of a newer version is refused with words, and the copy goes on"
at "systemctl stop nudged && apt-get install -y -qq -o Dpkg::Options::=--force-confold --allow-downgrades /root/older.deb"
[ -n "$older" ] || python3 "$here/old_store.py" later "$root/var/lib/nudged/nudged.db"
said=$(at "nudged run --config /etc/nudged/nudged.yaml 2>&1" && fail "an older program took a newer store") || true
grep -q "was written by a newer nudged" <<<"$said" || fail "the refusal says: $said"
at "not systemctl start nudged
systemctl reset-failed nudged
cd /var/lib/nudged && rm -f nudged.db-wal nudged.db-shm && runuser -u nudged -- cp nudged.db.schema-* nudged.db
systemctl start nudged"
until_true "systemctl --quiet is-active nudged" "the daemon does not start on the copy"
at "systemctl stop nudged"
same_ledger "the way back" "$root/var/lib/nudged/nudged.db"

echo "deb-test: all of it holds for $(basename "$package")"
