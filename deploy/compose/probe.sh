#!/bin/bash
# Asks this container's board for a path, and succeeds if the answer is 200.
#
#   probe.sh /readyz
set -eu
exec 3<>/dev/tcp/127.0.0.1/9464
printf 'GET %s HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n' "$1" >&3
IFS=' ' read -r -t 5 _ status _ <&3
[ "$status" = 200 ]
