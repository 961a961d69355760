#!/bin/sh
# servicerouter.py's own entry point, under its own name, though there is no Python in it.
#   ./bin/servicerouter.py --marathon http://leader.mesos:8080 --haproxy-config /etc/haproxy/haproxy.cfg
exec node "$(dirname "$(readlink -f "$0")")/ekiden" servicerouter "$@"
