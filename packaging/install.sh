#!/bin/sh
# Installs nudged from its archive, on a Linux without the Debian package.
#
#   ./install.sh                     install or upgrade, as root
#   ./install.sh --destdir FOLDER    only lay the files out below FOLDER, for a package of your own
#   ./install.sh --remove            remove the program; configuration, rules and data stay
#
# nudged.yaml that is there already stays; the new one is written beside it as nudged.yaml.new. Nothing is started.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
destdir=
remove=

while [ $# -gt 0 ]; do
    case "$1" in
    --destdir)
        [ $# -gt 1 ] || { echo "--destdir needs a folder" >&2; exit 64; }
        destdir=$2
        shift
        ;;
    --remove) remove=yes ;;
    *)
        sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift
done

if [ -z "$destdir" ] && [ "$(id -u)" != 0 ]; then
    echo "install.sh writes below /usr and /etc: run it as root, or with --destdir FOLDER" >&2
    exit 2
fi

if [ -n "$remove" ]; then
    [ -n "$destdir" ] || [ ! -d /run/systemd/system ] || systemctl disable --now nudged.service || true
    (cd "$here" && find usr ! -type d) | while read -r file; do rm -f "$destdir/$file"; done
    (cd "$here" && find usr -depth -type d -name 'nudged*') | while read -r folder; do
        [ ! -d "$destdir/$folder" ] || find "$destdir/$folder" -depth -type d -empty -delete
    done
    echo "nudged is removed; $destdir/etc/nudged and $destdir/var/lib/nudged stay."
    exit
fi

if [ -z "$destdir" ]; then
    missing=$(ldd "$here/usr/bin/nudged" | sed -n 's/^[[:space:]]*\(.*\) => not found$/\1/p')
    if [ -n "$missing" ]; then
        echo "not installed: these libraries are missing; README says which packages have them" >&2
        echo "$missing" >&2
        exit 2
    fi
fi
(cd "$here" && find usr etc -type d) | while read -r folder; do
    [ -d "$destdir/$folder" ] || install -d -m 0755 "$destdir/$folder"
done
(cd "$here" && find usr ! -type d) | while read -r file; do
    mode=0644
    [ ! -x "$here/$file" ] || mode=0755
    # Beside it and renamed: a daemon that runs keeps the file that it began with.
    install -m "$mode" "$here/$file" "$destdir/$file.new"
    mv "$destdir/$file.new" "$destdir/$file"
done
config=$destdir/etc/nudged/nudged.yaml
[ ! -e "$config" ] || cmp -s "$here/etc/nudged/nudged.yaml" "$config" || config=$config.new
install -m 0644 "$here/etc/nudged/nudged.yaml" "$config"

if [ -z "$destdir" ]; then
    #SETUP#
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
    echo "nudged is installed and not started. What to do next: /usr/share/doc/nudged/docs/install.md (中文: install.zh-CN.md)"
fi
