# Sourced by guest/job once the folder of the job is there. Descriptor 3 leads to the host.
ports=/dev/virtio-ports/tsmachine
mkdir -p /project /run/project /var/tmp/project/upper /var/tmp/project/work
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,ro,cache=loose project /run/project
# Programs that write beside what they read (caches, objects) do not reach the host.
mount -t overlay -o lowerdir=/run/project,upperdir=/var/tmp/project/upper,workdir=/var/tmp/project/work project /project
cd /project

code=0
if [ -e /job/terminal ]; then
  # Set in the session itself: the size is forgotten when the last who has it open closes it.
  setsid --ctty --wait /bin/sh -c 'stty $(cat /job/terminal); exec /bin/sh /job/run' \
    </dev/hvc0 >/dev/hvc0 2>&1 3>&- || code=$?
else
  /bin/sh /job/run </dev/null >"$ports.stdout" 2>"$ports.stderr" 3>&- || code=$?
fi
echo "exit $code" >&3
# The host ends this machine.
trap - EXIT
exec sleep infinity
