#!/bin/sh
# Makes this the system that runs, or that will. Twice does no harm.
echo "setting up /etc..."
mkdir -p /etc /var /home
touch /etc/NIXOS
ln -sfn @out@/etc /etc/static
# Every file of /etc a link, in folders that others may add to.
cp -rsfT --no-preserve=mode /etc/static/ /etc
mkdir -p /run /tmp /root /var/tmp /var/lib /home/jeremy
chmod 1777 /tmp /var/tmp
chmod 700 /root /home/jeremy
chown jeremy:users /home/jeremy
ln -sfn /run /var/run
ln -sfn @out@ /run/current-system
