/**
 * What the steps of a first boot run inside the machine: by any POSIX shell, with the tools of Debian (shadow) or of BusyBox. All that a
 * person gave comes as arguments, never as a part of the text.
 */

/** FOLDERS of what is run: only root reads it. */
export const RUN_FOLDER = '/var/lib/tsmachine/first-boot';

/** Where a machine has no tools for it: a BusyBox may be built without them. */
const BY_HAND = `free_id() {
  id=1000
  while grep -q "^[^:]*:[^:]*:$id:" /etc/passwd /etc/group; do id=$((id + 1)); done
}
add_user() {
  id=$uid
  [ -n "$id" ] || free_id
  printf '%s:x:%s:%s:%s:%s:%s\\n' "$name" "$id" "$id" "$gecos" "$home" "$shell" >> /etc/passwd
  printf '%s:x:%s:\\n' "$name" "$id" >> /etc/group
  [ ! -f /etc/shadow ] || printf '%s:!:19000:0:99999:7:::\\n' "$name" >> /etc/shadow
  mkdir -p "$home"
  [ ! -d /etc/skel ] || cp -a /etc/skel/. "$home"
  chown -R "$id:$id" "$home"
}
add_group() { free_id; printf '%s:x:%s:\\n' "$1" "$id" >> /etc/group; }
add_member() { sed -i -e "/^$1:/s/\\$/,$name/" -e "/^$1:/s/:,/:/" /etc/group; }
set_hash() { sed -i "s|^$name:[^:]*:|$name:$hash:|" /etc/shadow; }
lock() { sed -i "s|^$name:\\([^!*]\\)|$name:!\\1|" /etc/shadow; }`;

/** NAME GECOS SHELL HOME UID HASH LOCK GROUP... */
export const ADD_USER = `set -e
name=$1 gecos=$2 shell=$3 home=$4 uid=$5 hash=$6 lock=$7; shift 7
has() { command -v "$1" >/dev/null 2>&1; }
${BY_HAND}
if ! grep -q "^$name:" /etc/passwd; then
  [ -n "$shell" ] || { [ -x /bin/bash ] && shell=/bin/bash || shell=/bin/sh; }
  if has useradd; then useradd -m -c "$gecos" -d "$home" -s "$shell" \${uid:+-u "$uid"} "$name"
  elif has adduser; then adduser -D -g "$gecos" -h "$home" -s "$shell" \${uid:+-u "$uid"} "$name"
  else add_user; fi
fi
for group do
  grep -q "^$group:" /etc/group ||
    if has groupadd; then groupadd "$group"; elif has addgroup; then addgroup "$group"; else add_group "$group"; fi
  if has usermod; then usermod -aG "$group" "$name"
  elif has addgroup; then addgroup "$name" "$group"
  else add_member "$group"; fi
done
[ -z "$hash" ] || if has chpasswd; then printf '%s:%s\\n' "$name" "$hash" | chpasswd -e; else set_hash; fi
[ -z "$lock" ] || [ ! -f /etc/shadow ] || lock`;

/** NAME KEY... */
export const ADD_KEYS = `set -e
name=$1; shift
home=$(sed -n "s/^$name:[^:]*:[^:]*:[^:]*:[^:]*:\\([^:]*\\):.*/\\1/p" /etc/passwd)
[ -n "$home" ] || { echo "there is no user $name"; exit 1; }
umask 077
mkdir -p "$home/.ssh"
keys=$home/.ssh/authorized_keys
touch "$keys"
for key do grep -qxF -e "$key" "$keys" || printf '%s\\n' "$key" >> "$keys"; done
chmod 700 "$home/.ssh"; chmod 600 "$keys"
chown "$name:" "$home/.ssh" "$keys" 2>/dev/null || chown "$name" "$home/.ssh" "$keys"`;

/** NAME RULE... */
export const ADD_SUDO = `set -e
name=$1; shift
mkdir -p /etc/sudoers.d
umask 227
file=/etc/sudoers.d/90-tsmachine-$name
rm -f "$file"
for rule do printf '%s %s\\n' "$name" "$rule"; done > "$file"`;

/** PATH CHUNK FIRST LAST MODE OWNER APPEND: a file in pieces, since an argument is at most 128 KiB long. */
export const WRITE_FILE = `set -e
path=$1 new=$1.tsmachine-new folder=\${1%/*}
if [ -n "$3" ]; then
  [ -z "$folder" ] || mkdir -p "$folder"
  rm -f "$new"
  (umask 077; : > "$new")
  [ -z "$7" ] || [ ! -f "$path" ] || cat "$path" > "$new"
fi
printf %s "$2" | base64 -d >> "$new"
[ -n "$4" ] || exit 0
chown "$6" "$new"
chmod "$5" "$new"
mv -f "$new" "$path"`;

/** ZONE */
export const SET_ZONE = `set -e
[ -f "/usr/share/zoneinfo/$1" ] || { echo "this machine has no time zone $1 (package tzdata)"; exit 1; }
ln -sf "/usr/share/zoneinfo/$1" /etc/localtime
printf '%s\\n' "$1" > /etc/timezone`;

/** LOCALE */
export const SET_LOCALE = `set -e
mkdir -p /etc/default
printf 'LANG=%s\\n' "$1" > /etc/default/locale
printf 'LANG=%s\\n' "$1" > /etc/locale.conf`;

/** In a directory that each start has anew. */
export const GO_FILE = '/run/tsmachine-go';

/** INIT... : gives up after a minute, since a machine without its first steps is better than one without an init. */
export const WAIT_FOR_GO = `at=0
until [ -e ${GO_FILE} ] || [ $at -ge 1200 ]; do sleep 0.05; at=$((at + 1)); done
rm -f ${GO_FILE}
exec "$@"`;

/**
 * Until what init starts at boot is there: of systemd all of it, of a BusyBox its sysinit. Another init is not known well enough, and gets a
 * moment for its first child. (The brackets keep the pattern from finding itself.)
 */
export const WAIT_FOR_BOOT = `at=0
while grep -q ${GO_FILE} /proc/1/cmdline && [ $at -lt 200 ]; do sleep 0.05; at=$((at + 1)); done
case $(readlink /proc/1/exe) in
*/systemd)
  until [ -S /run/systemd/private ] || [ $at -ge 600 ]; do sleep 0.05; at=$((at + 1)); done
  timeout 120 systemctl is-system-running --wait >/dev/null 2>&1 || true ;;
*)
  until grep -q '^PPid:[[:space:]]*1$' /proc/[0-9]*/status 2>/dev/null || [ $at -ge 40 ]; do sleep 0.05; at=$((at + 1)); done
  while grep -q /etc/init[.]d/rcS /proc/[0-9]*/cmdline 2>/dev/null && [ $at -lt 2400 ]; do sleep 0.05; at=$((at + 1)); done ;;
esac
exit 0`;

/** PACKAGE... */
export const INSTALL = `set -e
has() { command -v "$1" >/dev/null 2>&1; }
if has apt-get; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  [ $# -eq 0 ] || apt-get -qy install -- "$@"
elif has apk; then apk update; [ $# -eq 0 ] || apk add -- "$@"
elif has dnf; then dnf -qy makecache; [ $# -eq 0 ] || dnf -qy install -- "$@"
elif has pacman; then pacman -Sy --noconfirm; [ $# -eq 0 ] || pacman -S --noconfirm --needed -- "$@"
elif has zypper; then zypper -qn refresh; [ $# -eq 0 ] || zypper -qn install -- "$@"
else echo 'this machine has no package manager'; exit 127; fi`;

/** COMMAND...: what it prints goes to the console, and so into its log. */
export const ON_CONSOLE = `[ ! -w /dev/console ] || exec >/dev/console 2>&1
exec "$@"`;
