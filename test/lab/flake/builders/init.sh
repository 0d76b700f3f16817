#!/bin/sh
# Stage 2 of an installed system.
mount -t tmpfs -o mode=755,nosuid,nodev run /run
@out@/activate
ln -sfn @out@ /run/booted-system
exec /usr/lib/systemd/systemd
