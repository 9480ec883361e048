# The user of the daemon, and its folders. What is there already keeps its owner and mode.
systemd-sysusers nudged.conf
if ! [ -d /etc/nudged/credentials ]; then
    # Rules name what a shop offers to whom: the daemon reads them, others on this machine do not.
    chown root:nudged /etc/nudged /etc/nudged/rules
    chmod 0750 /etc/nudged /etc/nudged/rules
    # systemd reads these, as root, and hands them to the daemon: LoadCredential=.
    install -d -m 0700 -o root -g root /etc/nudged/credentials
fi
[ -d /var/lib/nudged ] || install -d -m 0700 -o nudged -g nudged /var/lib/nudged
