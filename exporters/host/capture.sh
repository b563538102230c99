#!/bin/sh
# pgfleet-capture 1: prints what a Linux host tells about itself, to be read elsewhere.
#
#   capture.sh [-b SECONDS] [-m BYTES] [TIER...]
#     TIER  fast (default): /proc, /sys, file systems; detail: what grows with CPUs, sockets and processes;
#           inventory: dmidecode, all CPUs; disks: smartctl; raid: the tools of RAID controllers;
#           ipmi: ipmitool; postgres: servers and data directories; backups: pgBackRest, Barman, WAL-G; or all
#     -b    budget of the whole run, default 10;  -m  largest section, default 4194304
#   air-gapped host:  sh capture.sh -b 300 all > host.cap
#   over ssh:         ssh HOST sh -s -- fast < capture.sh      (nothing is installed there)
#
# Runs on dash, bash and busybox ash, on kernels from 2.6.18 on; needs awk besides the shell.
# It only reads: no file is written, nothing is left running, any number may run at once.
#
# Format: a random token, which no content can foresee, starts every line that is not content.
#   pgfleet-capture 1 TOKEN time=UNIX zone=+hhmm/NAME uptime=SECONDS tiers=a,b
#   TOKEN begin NAME kind=file|tree|command [priv=root|sudo|user [owner=USER] cmd=COMMAND LINE]
#     then the content and one more newline
#   TOKEN end NAME status=ok|failed|truncated|timeout code=N [lines=N] from=UPTIME to=UPTIME
#   TOKEN none NAME status=absent|denied|skipped
#   TOKEN lost status=timeout|failed code=N    the open section was cut short
#   TOKEN complete uptime=SECONDS
# A tree holds "PATH<TAB>LINE" for each line of each file, a bare PATH where nothing could be read.

# The braces make the shell read everything before it runs anything: half a script does nothing.
{
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
unset CDPATH ENV
R=${PGFLEET_ROOT:-} # stands before every path that is data: a recorded machine in tests
dog='' job='' late='' immune='' findings='' code=0
tab='	'
newline='
'

say() { printf '%s %s\n' "$token" "$*" || exit 1; }

# Seconds since boot of the machine that runs this: timing, not data. Starts no process.
uptime() { read -r up _ </proc/uptime || up=0; }

# $limit: the seconds a section may take, at most $1; fails when the budget is spent.
allow() {
  uptime
  limit=$((deadline - ${up%%.*}))
  [ "$limit" -gt "$1" ] && limit=$1
  [ "$limit" -gt 0 ]
}

# ---- watchdog (old systems have no `timeout`) -----------------------------------------------------

# ALRM to this shell after $1 seconds. In a subshell `$$` names another process, /proc/self does not.
arm() {
  read -r self _ </proc/self/stat
  (
    before=$!
    trap '[ "$!" = "$before" ] || kill -9 $!; wait; exit 0' USR1
    sleep "$1" &
    wait $! && kill -ALRM "$self"
  ) </dev/null >/dev/null 2>&1 &
  dog=$!
  trap 'late=1; [ -z "$job" ] || kill -9 "$job" 2>/dev/null || immune=1' ALRM
}

# Not by a signal this shell has a trap for: a new child would lose it before it has traps of its own.
disarm() {
  [ -z "$dog" ] || { kill -USR1 "$dog"; wait "$dog"; } 2>/dev/null
  dog=''
}

# Waits for $job; sets $code, and $late when it had to be killed.
await() {
  immune=''
  while :; do
    wait "$job"
    code=$?
    [ -z "$late" ] || break
    if [ "$code" -le 128 ] || ! kill -0 "$job" 2>/dev/null; then break; fi
  done
  [ -z "$late" ] || reap
  job=''
}

# Waits for the dog and the killed $job, as busybox loses what it prints while a child ends. Not for
# a job that belongs to root or is in uninterruptible sleep: that may last for ever.
reap() {
  disarm
  [ -z "$immune" ] && read -r state 2>/dev/null <"/proc/$job/stat" || return 0
  case ${state##*) } in
    D*) ;;
    *) wait "$job" ;;
  esac
}

# Runs a command or function in the background, under the armed watchdog or a new one of $1 seconds:
# quick sections in a row share one, for it costs two processes. Needs `disarm` after the last.
guard() {
  [ -z "$late" ] || disarm # it barked between two sections
  late=''
  [ -n "$dog" ] || arm "$1"
  shift
  "$@" </dev/null &
  job=$!
  await
}

stop() {
  disarm
  [ -z "$job" ] || kill -9 "$job" 2>/dev/null
  exit 1
}

# ---- files of /proc: one awk reads them all, for a process costs more than a hundred files --------

# Arguments: "file:NAME PATH" the whole file, "head:NAME PATH" its first paragraph, "cpus:NAME PATH" its
# lines of single CPUs, "tree:NAME PATHS" several files with a blank between. Numbers of /proc/sys must be
# read here: the kernel gives them to the first read only, and dash and busybox read one byte at a time.
# shellcheck disable=SC2016
READER='
function clock(  line) {
  if ((getline line < "/proc/uptime") > 0) close("/proc/uptime")
  sub(/ .*/, "", line)
  return line
}
function tree(paths,  list, count, k, path, got) {
  count = split(paths, list, " ")
  for (k = 1; k <= count; k++) {
    path = substr(list[k], 1 + length(ENVIRON["PGFLEET_ROOT"]))
    got = lines
    while ((getline line < list[k]) > 0) { print path "\t" line; lines++ }
    close(list[k])
    if (got == lines) { print path; lines++ }
  }
}
BEGIN {
  token = ENVIRON["PGFLEET_TOKEN"]; most = ENVIRON["PGFLEET_MOST"] + 0
  for (i = 1; i < ARGC; i += 2) {
    part = substr(ARGV[i], 1, 4); name = substr(ARGV[i], 6); path = ARGV[i + 1]
    status = "ok"; code = lines = bytes = 0; from = clock()
    printf "%s begin %s kind=%s\n", token, name, part == "tree" ? "tree" : "file"
    if (part == "tree") { tree(path); got = 0 }
    else while ((got = (getline line < path)) > 0) {
      bytes += length(line) + 1
      if (bytes > most) { status = "truncated"; break }
      if (part == "head" && line == "") break
      if (part == "cpus" && line !~ /^cpu[0-9]/) continue
      print line
      lines++
    }
    close(path)
    if (got < 0) { status = "failed"; code = 1 }
    printf "\n%s end %s status=%s code=%d lines=%d from=%s to=%s\n", token, name, status, code, lines, from, clock()
  }
}'

read_files() {
  given=$#
  while [ "$given" -gt 0 ]; do
    given=$((given - 2))
    name=$1 path=$2
    shift 2
    case $name in
      tree:*)
        found=''
        # shellcheck disable=SC2086
        for path in $path; do [ ! -e "$path" ] || found="$found $path"; done
        if [ -z "$found" ]; then say none "${name#*:}" status=absent; else set -- "$@" "$name" "$found"; fi
        continue
        ;;
    esac
    if [ -r "$path" ]; then
      set -- "$@" "$name" "$path"
    elif [ -e "$path" ]; then
      say none "${name#*:}" status=denied
    else
      say none "${name#*:}" status=absent
    fi
  done
  [ $# -gt 0 ] || return 0
  allow 8 || limit=1
  run_reader "$@"
  # Some awks die of a file that cannot be read to its end: then each file for itself.
  [ "$code" -ne 0 ] && [ -z "$late" ] && [ $# -gt 2 ] || return 0
  while [ $# -gt 0 ]; do
    run_reader "$1" "$2"
    shift 2
  done
}

run_reader() {
  export PGFLEET_TOKEN="$token" PGFLEET_MOST="$most"
  guard "$limit" awk "$READER" "$@"
  unset PGFLEET_TOKEN PGFLEET_MOST
  lost_if_failed
}

lost_if_failed() {
  if [ -n "$late" ]; then
    printf '\n%s lost status=timeout code=%s\n' "$token" "$code"
  elif [ "$code" -ne 0 ]; then
    printf '\n%s lost status=failed code=%s\n' "$token" "$code"
  fi
}

# ---- trees of /sys: many files of one line, any of which may fail to read or hang -----------------

tree() {
  section=$1 lines=0 text='' from=$up # when the section before ended
  shift
  for path; do
    [ -e "$path" ] || continue # absent, or a pattern that matched nothing
    [ "$lines" -gt 0 ] || text="$token begin $section kind=tree$newline"
    key=${path#"$R"} empty=1
    case $path in
      */device) # a link: where it leads is what it tells
        cd -P "$path" && text=$text$key$tab/sys/${PWD#*/sys/}$newline lines=$((lines + 1))
        cd /proc || exit 1
        continue
        ;;
    esac
    while IFS= read -r line || [ -n "$line" ]; do
      text=$text$key$tab$line$newline lines=$((lines + 1)) empty=''
    done <"$path"
    [ -z "$empty" ] || text=$text$key$newline lines=$((lines + 1))
    [ "${#text}" -lt 8192 ] || { printf %s "$text" && text=''; }
  done 2>/dev/null
  if [ "$lines" -eq 0 ]; then
    say none "$section" status=absent
  else
    uptime
    printf '%s\n%s end %s status=ok code=0 lines=%s from=%s to=%s\n' \
      "$text" "$token" "$section" "$lines" "$from" "$up"
  fi
}

# guarded_trees FUNCTION: a function that calls `tree` for each of its sections.
guarded_trees() {
  allow 8 || limit=1
  guard "$limit" "$1"
  lost_if_failed
}

# ---- file systems ---------------------------------------------------------------------------------

statfs() { cd "$R/" && exec stat -f -c '%S %b %f %a %c %d %n' "$@" 2>&1; }

# All local ones at once; those that depend on another machine or on a user's program each under
# its own watchdog, for statfs of a dead server never returns.
file_systems() {
  if [ ! -r "$R/proc/mounts" ]; then
    say none statfs status=absent
    return
  fi
  uptime
  say begin statfs kind=command priv=user "cmd=stat -f"
  from=$up worst=0 status=ok
  set --
  while read -r _ mount type _; do
    case $type in
      autofs | binfmt_misc | bpf | cgroup | cgroup2 | configfs | debugfs | devpts | devtmpfs) continue ;;
      efivarfs | fusectl | fuse.gvfsd-fuse | hugetlbfs | iso9660 | mqueue | nsfs | overlay | proc | pstore) continue ;;
      rootfs | rpc_pipefs | securityfs | selinuxfs | squashfs | erofs | sysfs | tracefs | usbfs | nfsd) continue ;;
    esac
    case $mount in
      /dev | /dev/* | /proc | /proc/* | /sys | /sys/* | /var/lib/docker/* | /var/lib/containers/storage/*) continue ;;
      *\\*) mount=$(printf '%b.' "$mount") && mount=${mount%.} ;;
    esac
    case $type in
      nfs* | cifs | smb* | ncpfs | afs | ceph | gluster* | lustre | beegfs | 9p | fuse* | gfs* | ocfs2)
        disarm
        if allow 2; then guard "$limit" statfs ".$mount"; else late=1; fi
        [ -z "$late" ] || printf 'late .%s\n' "$mount"
        disarm
        ;;
      *) set -- "$@" ".$mount" ;;
    esac
    [ $# -lt 200 ] || { stat_batch "$@" && set --; }
  done <"$R/proc/mounts"
  [ $# -eq 0 ] || stat_batch "$@"
  uptime
  printf '\n%s end statfs status=%s code=%s from=%s to=%s\n' "$token" "$status" "$worst" "$from" "$up"
}

stat_batch() {
  if allow 5; then guard "$limit" statfs "$@"; else late=1; fi
  [ "$code" -eq 0 ] || worst=$code
  [ -z "$late" ] || status=timeout
}

# ---- commands -------------------------------------------------------------------------------------

# Copies a section, holds it to its largest size and counts its lines.
# shellcheck disable=SC2016
FILTER='
BEGIN { token = ENVIRON["PGFLEET_TOKEN"]; most = ENVIRON["PGFLEET_MOST"] + 0; mark = token " end " }
index($0, mark) == 1 {
  if (held && last != "") put(last)
  printf "\n%s end %s status=%s code=%d lines=%d from=%s to=%s\n", token, $3, cut && $4 == "ok" ? "truncated" : $4, $5, lines, $6, $7
  exit
}
{ if (held) put(last); last = $0; held = 1 }
function put(line) {
  bytes += length(line) + 1
  if (bytes > most) cut = 1
  if (cut) return
  print line
  lines++
}'

# find_tool NAME: sets $tool. Vendor tools live outside every PATH.
find_tool() {
  for folder in /usr/sbin /usr/bin /sbin /bin /usr/local/sbin /usr/local/bin /opt/MegaRAID/storcli \
    /opt/MegaRAID/storcli2 /opt/MegaRAID/perccli /opt/MegaRAID/perccli2 /opt/MegaRAID/MegaCli \
    /opt/smartstorageadmin/ssacli/bin /opt/hp/hpssacli/bld /opt/compaq/hpacucli/bld /usr/StorMan \
    /usr/Arcconf /opt/Arcconf /opt/3ware/CLI /opt/marvell/storage/cli; do
    tool=$folder/$1
    [ -x "$R$tool" ] && return 0
  done
  return 1
}

# command_section NAME SECONDS root|owner|user TOOL ARGUMENT...: one tool under its own watchdog. `root`
# goes through sudo when we are not root; what sudo refuses is told by its message and exit code.
# `owner` runs as $owner where $as or root can.
command_section() {
  name=$1 most_seconds=$2 priv=user
  if ! find_tool "$4"; then
    say none "$name" status=absent
    return
  fi
  if ! allow "$most_seconds"; then
    say none "$name" status=skipped
    return
  fi
  [ "$3" = user ] || { [ "$uid" = 0 ] && priv=root; }
  needs=$3
  shift 4
  set -- "$R$tool" "$@"
  if [ "$needs" = root ] && [ "$uid" != 0 ] && [ -n "$sudo" ]; then
    priv=sudo
    set -- "$sudo" -n "$@"
  elif [ "$needs" = owner ] && [ -n "$as" ]; then
    priv=sudo
    set -- "$as" -n -H -u "$owner" "$@"
  elif [ "$needs" = owner ] && [ "$uid" = 0 ] && [ "$owner" != root ] && find_tool runuser; then
    priv=root
    set -- "$R$tool" -u "$owner" -- "$@"
  fi
  [ "$needs" = owner ] || owner=''
  say begin "$name" kind=command "priv=$priv" ${owner:+"owner=$owner"} "cmd=$*"
  from=$up late=''
  arm $((limit + 2)) # for a tool that cannot be killed and keeps the pipe open
  # shellcheck disable=SC2086
  run_tool "$@" </dev/null | PGFLEET_TOKEN=$token PGFLEET_MOST=$most awk $by_line "$FILTER" &
  job=$!
  await
  disarm
  if [ -n "$late" ] || [ "$code" -ne 0 ]; then
    uptime
    printf '\n%s end %s status=timeout code=%s from=%s to=%s\n' "$token" "$name" "$code" "$from" "$up"
  fi
}

# The left side of that pipe, a subshell: it alone knows the exit code.
run_tool() {
  uptime
  from=$up dog='' job=''
  trap stop TERM PIPE
  guard "$limit" "$@" 2>&1
  disarm
  uptime
  status=ok
  # From 2 on smartctl's exit status is a mask of what it found.
  [ "$code" -eq 0 ] || { [ -n "$findings" ] && [ "$code" -gt 1 ]; } || status=failed
  [ -z "$late" ] || status=timeout
  printf '\n%s end %s %s %s %s %s\n' "$token" "$name" "$status" "$code" "$from" "$up"
}

# ---- disks ----------------------------------------------------------------------------------------

# A section "smartctl:DEVICE[:TYPE]" for each device and for each slot of the controllers that hide
# their disks, so that one that hangs costs itself only. Sleeping disks are left asleep.
disks() {
  command_section smartctl 5 user smartctl -V
  uptime
  late=''
  arm $((deadline - ${up%%.*} + 5)) # for a scan that cannot be killed
  all_disks </dev/null &
  job=$!
  await
  disarm
}

# In a subshell of its own, whose watchdogs are its own too.
all_disks() {
  dog='' job='' late='' asked=' ' first_only='' json='' scan=''
  trap stop TERM PIPE
  ! find_tool smartctl || smart_disks
  [ -n "$json" ] || nvme_disks
}

# Before 6.5 smartctl knows no NVMe, and some hosts have none.
nvme_disks() {
  find_tool nvme || return 0
  may_use_sudo
  for path in "$R"/sys/class/nvme/nvme*; do
    [ -e "$path" ] || continue
    root_section "nvme:/dev/${path##*/}:id-ctrl" 15 nvme id-ctrl "/dev/${path##*/}" -o json
    root_section "nvme:/dev/${path##*/}:smart-log" 15 nvme smart-log "/dev/${path##*/}" -o json
  done
}

smart_disks() {
  smartctl=$R$tool as=''
  may_read_disks && findings=1
  quietly "$smartctl" -j -V && json='-j -l ssd' # since 7.0
  scan_disks
  for path in "$R"/sys/block/sd* "$R"/sys/block/hd*; do
    size=1 removable=0
    [ -e "$path" ] && read -r size 2>/dev/null <"$path/size"
    read -r removable 2>/dev/null <"$path/removable"
    [ ! -e "$path" ] || [ "$size" = 0 ] || [ "$removable" = 1 ] || ask "/dev/${path##*/}"
  done
  for path in "$R"/sys/class/nvme/nvme*; do
    [ ! -e "$path" ] || ask "/dev/${path##*/}"
  done
  for path in "$R"/sys/class/scsi_host/host*; do
    driver=''
    [ -e "$path" ] && read -r driver 2>/dev/null <"$path/proc_name"
    hidden_disks "${path##*/host}"
  done
  for path in "$R"/sys/block/cciss!c*d0; do
    [ ! -e "$path" ] || ask_slots "/dev/cciss/${path##*!}" cciss, 0
  done
}

# When not, one refusal says it all: sudo mails every one to its administrator.
may_read_disks() {
  [ "$uid" != 0 ] || return 0
  if [ -n "$sudo" ] && quietly "$sudo" -n "$smartctl" -n standby -V; then
    as=$sudo
    return 0
  fi
  first_only=1
  return 1
}

quietly() {
  guard 5 "$@" >/dev/null 2>&1
  disarm
  [ "$code" -eq 0 ]
}

# What smartctl finds by itself; from 6.0 on also the members of some arrays.
scan_disks() {
  allow 30 || return 0
  from=$up
  scan=$(dog='' job='' && guard "$limit" ${as:+"$as" -n} "$smartctl" -n standby --scan-open 2>/dev/null && disarm)
  uptime
  IFS=$newline
  set -f
  # shellcheck disable=SC2086
  set -- $scan
  set +f
  unset IFS
  say begin smartctl-scan kind=command "priv=user cmd=smartctl --scan-open"
  [ $# -eq 0 ] || printf '%s\n' "$@"
  printf '\n%s end smartctl-scan status=ok code=0 lines=%s from=%s to=%s\n' "$token" $# "$from" "$up"
  for line; do
    case $line in
      /dev/*' -d '*)
        type=${line#* -d }
        type=${type%% *}
        # Given, these would keep smartctl from looking closer.
        case $type in ata | scsi | sat | nvme | auto) type='' ;; esac
        ask "${line%% *}" "$type"
        ;;
    esac
  done
}

# The disks behind host adapter $1 that the kernel does not show. Slots are numbered with gaps.
hidden_disks() {
  disk=''
  for path in "$R/sys/bus/scsi/devices/$1":*/block/sd* "$R/sys/bus/scsi/devices/$1":*/block:sd*; do
    [ ! -e "$path" ] || { disk=${path##*/} && disk=/dev/${disk#block:} && break; }
  done
  case $driver in
    megaraid_sas) case $scan in *megaraid,*) ;; *) ask_slots "${disk:-/dev/bus/$1}" megaraid, 0 ;; esac ;;
    hpsa) [ -z "$disk" ] || ask_slots "$disk" cciss, 0 ;;
    aacraid) [ -z "$disk" ] || ask_slots "$disk" "aacraid,$1,0," 0 ;;
    3w-9xxx) ask_slots /dev/twa0 3ware, 0 ;;
    3w-xxxx) ask_slots /dev/twe0 3ware, 0 ;;
    3w-sas) ask_slots /dev/twl0 3ware, 0 ;;
    arcmsr) generic "$1:0:16:0" && ask_slots "$sg" areca, 1 ;;
    mptsas | mptspi | mpt2sas | mpt3sas)
      for path in "$R/sys/bus/scsi/devices/$1":*; do
        type='' # 0 is a disk; those of an array have no block device
        read -r type 2>/dev/null <"$path/type"
        for block in "$path"/block*; do [ ! -e "$block" ] || type=block; done
        [ "$type" != 0 ] || ! generic "${path##*/}" || ask "$sg"
      done
      ;;
  esac
}

# The generic device of SCSI address $1: sets $sg.
generic() {
  for sg in "$R/sys/bus/scsi/devices/$1"/scsi_generic/sg* "$R/sys/bus/scsi/devices/$1"/scsi_generic:sg*; do
    [ ! -e "$sg" ] || { sg=${sg##*/} && sg=/dev/${sg#scsi_generic:} && return 0; }
  done
  return 1
}

# Device, type up to the number, first number.
ask_slots() {
  slot=$3
  while [ "$slot" -lt 32 ]; do
    ask "$1" "$2$slot"
    slot=$((slot + 1))
  done
}

# Device, type for -d if it needs one; each once.
ask() {
  case $asked in *" $1:${2:-} "*) return 0 ;; esac
  [ -z "$first_only" ] || [ "$asked" = ' ' ] || return 0
  asked="$asked$1:${2:-} "
  # shellcheck disable=SC2086
  command_section "smartctl:$1${2:+:$2}" 15 root smartctl -n standby $json -i -H -A -l error -l selftest \
    ${2:+-d "$2"} "$1"
}

# ---- RAID controllers -----------------------------------------------------------------------------

# Every tool that is installed is asked; which of two that know one controller is believed, the reader
# decides. Their logs go to the working directory, where nobody can write.
raid() {
  uptime
  late=''
  arm $((deadline - ${up%%.*} + 5)) # for a list of controllers that cannot be killed
  all_controllers </dev/null &
  job=$!
  await
  disarm
}

# In a subshell of its own, whose watchdogs are its own too.
all_controllers() {
  dog='' job='' late=''
  trap stop TERM PIPE
  may_use_sudo
  tree raid-drivers "$R"/sys/class/scsi_host/host*/proc_name
  tree cciss "$R"/proc/driver/cciss/cciss*
  md_arrays
  storcli storcli storcli64 storcli perccli64 perccli
  storcli storcli2 storcli2 perccli2
  if first_of megacli MegaCli64 MegaCli megacli CmdTool2; then
    root_section megacli:adapters 30 "$exe" -AdpAllInfo -aALL -NoLog
    root_section megacli:volumes 60 "$exe" -LDPDInfo -aALL -NoLog
    root_section megacli:drives 60 "$exe" -PDList -aALL -NoLog
    root_section megacli:batteries 30 "$exe" -AdpBbuCmd -aALL -NoLog
  fi
  if first_of ssacli ssacli hpssacli hpacucli; then
    root_section ssacli:config 90 "$exe" ctrl all show config detail
  fi
  first_of arcconf arcconf && adapters aacraid smartpqi && while [ "$count" -gt 0 ]; do
    root_section "arcconf:$count" 60 arcconf GETCONFIG "$count" AL
    count=$((count - 1))
  done
  for ircu in sas2ircu sas3ircu; do
    first_of "$ircu" "$ircu" && adapters mpt2sas mpt3sas && while [ "$count" -gt 0 ]; do
      count=$((count - 1))
      root_section "$ircu:$count" 30 "$ircu" "$count" DISPLAY
      root_section "$ircu:$count:status" 30 "$ircu" "$count" STATUS
    done
  done
  first_of tw_cli tw_cli tw-cli && three_ware
  if first_of areca cli64 areca-cli cli32; then
    for what in sys hw disk rsf vsf; do root_section "areca:$what" 20 "$exe" "$what" info; done
  fi
  if first_of mvcli mvcli; then
    for what in hba vd pd; do root_section "mvcli:$what" 20 mvcli info -o "$what"; done
  fi
}

# first_of SECTION NAME...: sets $exe to the first of these tools that is there, or says that none is.
first_of() {
  section=$1
  shift
  for exe; do find_tool "$exe" && return 0; done
  say none "$section" status=absent
  return 1
}

# How many host adapters have one of these drivers: sets $count, at least 1.
adapters() {
  count=0
  for path in "$R"/sys/class/scsi_host/host*; do
    driver=''
    [ -e "$path" ] && read -r driver 2>/dev/null <"$path/proc_name"
    case " $* " in *" ${driver:-?} "*) count=$((count + 1)) ;; esac
  done
  [ "$count" -gt 0 ] || count=1
}

storcli() {
  first_of "$@" || return 0
  root_section "$1:controllers" 60 "$exe" /cALL show all J nolog
  root_section "$1:volumes" 60 "$exe" /cALL/vALL show all J nolog
  root_section "$1:drives" 90 "$exe" /cALL/eALL/sALL show all J nolog
  root_section "$1:slots" 60 "$exe" /cALL/sALL show all J nolog # those without an enclosure
  root_section "$1:rebuild" 30 "$exe" /cALL/eALL/sALL show rebuild J nolog
  root_section "$1:battery" 30 "$exe" /cALL/bbu show all J nolog
  root_section "$1:capacitor" 30 "$exe" /cALL/cv show all J nolog
}

# Controllers of 3ware have numbers of their own, which only the list tells.
three_ware() {
  tw_cli=$exe listing=''
  allow 15 && listing=$(dog='' job='' && guard "$limit" ${as:+"$as" -n} "$R$tool" show 2>/dev/null && disarm)
  root_section tw_cli:list 15 "$tw_cli" show
  for word in $listing; do
    case $word in c[0-9] | c[0-9][0-9]) root_section "tw_cli:$word" 30 "$tw_cli" "/$word" show all ;; esac
  done
}

md_arrays() {
  set --
  while read -r word _; do
    case $word in md[0-9_]*) set -- "$@" "/dev/$word" ;; esac
  done 2>/dev/null <"$R/proc/mdstat"
  if [ $# -gt 0 ] && first_of mdadm mdadm; then root_section mdadm 20 mdadm --detail "$@"; fi
}

# Whether sudo lets this user do anything as root: sets $as. Asked once, for it mails every refusal.
may_use_sudo() {
  as=''
  [ "$uid" = 0 ] || [ -z "$sudo" ] || { quietly "$sudo" -n -l && as=$sudo; }
}

# As `command_section ... root`, but what sudo would refuse is not run: the section says what should have.
root_section() {
  if [ "$uid" = 0 ]; then
    section=$1 most_seconds=$2
    shift 2
    command_section "$section" "$most_seconds" root "$@"
    return
  fi
  find_tool "$3" && exe_path=$R$tool || return 0
  section=$1 most_seconds=$2
  shift 3
  if [ -n "$as" ] && quietly "$as" -n -l "$exe_path" "$@"; then
    command_section "$section" "$most_seconds" root "${exe_path##*/}" "$@"
    return
  fi
  uptime
  say begin "$section" kind=command priv=user "cmd=$exe_path $*"
  printf 'permission denied: only root may ask this\n\n%s end %s status=failed code=1 lines=1 from=%s to=%s\n' \
    "$token" "$section" "$up" "$up"
}

# ---- IPMI -----------------------------------------------------------------------------------------

# Slow, and slower for two at once: a controller that is already asked, or hangs, is left alone.
ipmi() {
  if ! find_tool ipmitool || ! ipmi_device; then
    ipmi_none absent
  elif asked_already; then
    ipmi_none skipped
  else
    ask_ipmi
    exec 9<&-
  fi
}

IPMI_SECTIONS='ipmi-bmc ipmi-chassis ipmi-sel-info ipmi-sensors ipmi-power ipmi-sel ipmi-fru'

ipmi_none() {
  for section in $IPMI_SECTIONS; do say none "$section" "status=$1"; done
}

ipmi_device() {
  for device in "$R"/dev/ipmi0 "$R"/dev/ipmi/0 "$R"/dev/ipmidev/0; do [ -e "$device" ] && return 0; done
  return 1
}

# Takes the lock of this tool, for as long as the tier or anything started by it lives; without
# `flock`, and for those that do not know the lock, running processes tell.
asked_already() {
  program=$R$tool
  [ ! -r "$program" ] || exec 9<"$program"
  if [ -r "$program" ] && find_tool flock && ! "$R$tool" -n 9 2>/dev/null; then return 0; fi
  for path in /proc/[0-9]*/stat; do
    word=''
    read -r _ word _ 2>/dev/null <"$path"
    [ "$word" != '(ipmitool)' ] || return 0
  done
  return 1
}

ask_ipmi() {
  may_use_sudo
  uptime
  began=${up%%.*}
  ipmi_section ipmi-bmc 10 mc info
  uptime
  if [ $((${up%%.*} - began)) -ge 9 ]; then # what does not answer this answers nothing
    for section in $IPMI_SECTIONS; do [ "$section" = ipmi-bmc ] || say none "$section" status=skipped; done
    return
  fi
  ipmi_section ipmi-chassis 20 chassis status
  ipmi_section ipmi-sel-info 20 sel info
  ipmi_section ipmi-sensors 120 sdr elist
  ipmi_section ipmi-power 20 dcmi power reading
  ipmi_section ipmi-sel 60 sel elist last 100
  ipmi_section ipmi-fru 60 fru
}

# Some sites give their monitoring user the device.
ipmi_section() {
  section=$1 most_seconds=$2
  shift 2
  if [ "$uid" != 0 ] && [ -w "$device" ]; then
    command_section "$section" "$most_seconds" user ipmitool "$@"
  else
    root_section "$section" "$most_seconds" ipmitool "$@"
  fi
}

# ---- backups --------------------------------------------------------------------------------------

# Each tool runs as the user the backups belong to: only that one may read them and has the keys to where they are.
backups() {
  owner_of postgres "$R"/var/lib/pgbackrest "$R"/var/log/pgbackrest "$R"/etc/pgbackrest/pgbackrest.conf \
    "$R"/etc/pgbackrest.conf
  owner_section pgbackrest 60 pgbackrest info --output=json
  owner_of barman "$R"/var/lib/barman "$R"/etc/barman.conf
  owner_section barman:backups 60 barman -f json list-backup all
  owner_section barman:check 90 barman -f json check all
  command_section wal-g 10 user wal-g --version
  find_tool wal-g || return 0
  listed=''
  for path in "$R"/etc/wal-g/*.json "$R"/etc/wal-g/*.yaml "$R"/etc/wal-g/*.yml; do
    [ ! -e "$path" ] || wal_g "$path"
  done
  [ -n "$listed" ] || wal_g ''
}

# wal_g FILE: what one configuration leads to; its name is that of the file. Without one, what the
# database user has in its home.
wal_g() {
  configuration=${1##*/}
  configuration=${configuration%.*}
  case ${configuration:=default} in *[!A-Za-z0-9._-]*) return 0 ;; esac
  listed=1
  owner_of postgres ${1:+"$1"}
  owner_section "wal-g:$configuration:backups" 60 wal-g backup-list --detail --json ${1:+--config "$1"}
  owner_section "wal-g:$configuration:wal" 60 wal-g wal-show --detailed-json --without-backups ${1:+--config "$1"}
}

# owner_of DEFAULT PATH...: sets $belongs to the owner of the first of these that is not root's.
owner_of() {
  belongs=$1
  shift
  for path; do
    user=$(stat -c %U "$path" 2>/dev/null) || continue
    case $user in root | UNKNOWN | '') ;; *) belongs=$user && return 0 ;; esac
  done
}

# As `command_section ... owner`. Where sudo would refuse, the tool runs as we are and says what it lacks.
owner_section() {
  section=$1 most_seconds=$2 owner=$belongs as=''
  shift 2
  if find_tool "$1" && [ -n "$sudo" ] && [ "$(id -un)" != "$owner" ]; then
    exe_path=$R$tool exe=$1
    shift
    ! quietly "$sudo" -n -l -u "$owner" "$exe_path" "$@" || as=$sudo
    set -- "$exe" "$@"
  fi
  command_section "$section" "$most_seconds" owner "$@"
}

# ---- tiers: what they hold ------------------------------------------------------------------------

# What several tiers need, once.
identity() {
  [ -z "$identified" ] || return 0
  identified=1
  tree kernel "$R"/proc/sys/kernel/ostype "$R"/proc/sys/kernel/osrelease "$R"/proc/sys/kernel/version \
    "$R"/proc/sys/kernel/hostname "$R"/proc/sys/kernel/domainname
  tree os "$R"/etc/os-release "$R"/usr/lib/os-release "$R"/etc/redhat-release "$R"/etc/SuSE-release \
    "$R"/etc/debian_version
  tree virtual "$R"/sys/class/dmi/id/sys_vendor "$R"/sys/class/dmi/id/product_name \
    "$R"/sys/class/dmi/id/bios_vendor "$R"/sys/hypervisor/type "$R"/proc/xen/capabilities \
    "$R"/proc/device-tree/hypervisor/compatible
}

fast() {
  clock=$R/sys/devices/system/clocksource/clocksource0
  identity
  tree clocksource "$clock"/current_clocksource "$clock"/available_clocksource
  tree vulnerabilities "$R"/sys/devices/system/cpu/vulnerabilities/*
  tree ext4 "$R"/sys/fs/ext4/*/errors_count "$R"/sys/fs/ext4/*/first_error_time "$R"/sys/fs/ext4/*/last_error_time
  fstab
  vm=$R/proc/sys/vm kernel=$R/proc/sys/kernel net=$R/proc/sys/net
  tree selinux "$R"/sys/fs/selinux/enforce "$R"/selinux/enforce "$R"/etc/selinux/config
  read_files \
    tree:settings "$vm/swappiness $vm/overcommit_memory $vm/overcommit_ratio $vm/zone_reclaim_mode \
      $vm/dirty_ratio $vm/dirty_background_ratio $vm/dirty_bytes $vm/dirty_background_bytes $vm/nr_hugepages \
      $kernel/numa_balancing $R/sys/kernel/mm/*transparent_hugepage/enabled" \
    tree:limits "$net/netfilter/nf_conntrack_count $net/netfilter/nf_conntrack_max \
      $net/ipv4/netfilter/ip_conntrack_count $net/ipv4/netfilter/ip_conntrack_max \
      $kernel/random/entropy_avail $kernel/random/poolsize $kernel/hung_task_detect_count \
      $kernel/pid_max $kernel/threads-max" \
    file:loadavg "$R"/proc/loadavg \
    file:uptime "$R"/proc/uptime \
    file:stat "$R"/proc/stat \
    head:cpu0 "$R"/proc/cpuinfo \
    file:meminfo "$R"/proc/meminfo \
    file:vmstat "$R"/proc/vmstat \
    file:diskstats "$R"/proc/diskstats \
    file:mounts "$R"/proc/mounts \
    file:netdev "$R"/proc/net/dev \
    file:mdstat "$R"/proc/mdstat \
    file:file-nr "$R"/proc/sys/fs/file-nr \
    file:snmp "$R"/proc/net/snmp \
    file:snmp6 "$R"/proc/net/snmp6 \
    file:netstat "$R"/proc/net/netstat \
    file:sockstat "$R"/proc/net/sockstat \
    file:sockstat6 "$R"/proc/net/sockstat6 \
    file:softnet "$R"/proc/net/softnet_stat \
    file:conntrack "$R"/proc/net/stat/nf_conntrack \
    file:arp "$R"/proc/net/arp \
    file:udp "$R"/proc/net/udp \
    file:udp6 "$R"/proc/net/udp6 \
    file:nfs "$R"/proc/net/rpc/nfs \
    file:nfsd "$R"/proc/net/rpc/nfsd \
    cpus:schedstat "$R"/proc/schedstat \
    file:pressure-cpu "$R"/proc/pressure/cpu \
    file:pressure-io "$R"/proc/pressure/io \
    file:pressure-memory "$R"/proc/pressure/memory \
    file:pressure-irq "$R"/proc/pressure/irq
  guarded_trees fast_trees
  guarded_trees sensor_trees
  file_systems
  disarm
}

# How file systems are meant to be mounted; not the options themselves, which may hold passwords.
fstab() {
  section=fstab lines=0 text=''
  while read -r device mount type options _; do
    case $device in '#'* | '') continue ;; esac
    mode=rw
    case ,$options, in *,ro,*) mode=ro ;; esac
    text="$text$mount $type $mode$newline" lines=$((lines + 1))
  done 2>/dev/null <"$R/etc/fstab"
  if [ "$lines" -eq 0 ]; then
    say none fstab status=absent
  else
    uptime
    printf '%s begin fstab kind=file\n%s\n%s end fstab status=ok code=0 lines=%s from=%s to=%s\n' \
      "$token" "$text" "$token" "$lines" "$up" "$up"
  fi
}

fast_trees() {
  set --
  for face in "$R"/sys/class/net/*; do
    for file in address addr_assign_type broadcast carrier carrier_changes carrier_up_count \
      carrier_down_count dev_id dormant duplex flags ifalias ifindex iflink link_mode mtu \
      name_assign_type netdev_group operstate speed tx_queue_len type; do
      set -- "$@" "$face/$file"
    done
  done
  tree netclass "$@"
  edac=$R/sys/devices/system/edac/mc
  tree edac "$edac"/mc[0-9]*/mc_name "$edac"/mc[0-9]*/[cu]e_count "$edac"/mc[0-9]*/[cu]e_noinfo_count \
    "$edac"/mc[0-9]*/csrow*/[cu]e_count "$edac"/mc[0-9]*/dimm*/dimm_label \
    "$edac"/mc[0-9]*/dimm*/dimm_[cu]e_count "$edac"/mc[0-9]*/rank*/dimm_label \
    "$edac"/mc[0-9]*/rank*/dimm_[cu]e_count
  tree md "$R"/sys/block/md*/md/degraded "$R"/sys/block/md*/md/raid_disks "$R"/sys/block/md*/md/mismatch_cnt \
    "$R"/sys/block/md*/md/dev-*/state
  set --
  for cpu in "$R"/sys/devices/system/cpu/cpu[0-9]*; do
    [ ! -e "$cpu/thermal_throttle" ] || set -- "$@" "$cpu/thermal_throttle/core_throttle_count" \
      "$cpu/thermal_throttle/package_throttle_count" "$cpu/topology/core_id" "$cpu/topology/physical_package_id"
  done
  tree throttling "$@"
  tree bonding "$R"/sys/class/net/*/bonding/slaves "$R"/sys/class/net/*/lower_*/bonding_slave/mii_status \
    "$R"/sys/class/net/*/slave_*/bonding_slave/mii_status
  tree xfs "$R"/sys/fs/xfs/*/stats/stats
  tree nvme "$R"/sys/class/nvme/nvme*/model "$R"/sys/class/nvme/nvme*/firmware_rev \
    "$R"/sys/class/nvme/nvme*/cntlid "$R"/sys/class/nvme/nvme*/state
  tree tape "$R"/sys/class/scsi_tape/st[0-9]*/stats/*
}

# Apart, for a driver that hangs: what the hardware measures itself.
sensor_trees() {
  cpu=$R/sys/devices/system/cpu
  tree cpufreq "$cpu"/cpu[0-9]*/cpufreq/cpuinfo_m[ai][xn]_freq "$cpu"/cpu[0-9]*/cpufreq/scaling_governor \
    "$cpu"/cpu[0-9]*/cpufreq/scaling_m[ai][xn]_freq "$cpu"/cpu[0-9]*/cpufreq/scaling_cur_freq \
    "$cpu"/cpu[0-9]*/cpufreq/scaling_available_governors
  tree powercap "$R"/sys/class/powercap/intel-rapl*/name "$R"/sys/class/powercap/intel-rapl*/energy_uj
  tree thermal "$R"/sys/class/thermal/thermal_zone*/type "$R"/sys/class/thermal/thermal_zone*/temp \
    "$R"/sys/class/thermal/cooling_device*/type "$R"/sys/class/thermal/cooling_device*/*_state
  set --
  for path in "$R"/sys/class/power_supply/*; do
    for file in type online present status health scope technology manufacturer model_name capacity \
      capacity_level cycle_count voltage_now voltage_min_design current_now power_now energy_now energy_full \
      energy_full_design charge_now charge_full charge_full_design temp; do
      set -- "$@" "$path/$file"
    done
  done
  tree power-supply "$@"
  set --
  for chip in "$R"/sys/class/hwmon/hwmon[0-9]*; do
    set -- "$@" "$chip/name" "$chip/device"
    # Before Linux 3.x the values are in the folder of the device.
    for path in "$chip"/* "$chip"/device/*; do
      case ${path##*/} in
        temp[0-9]* | fan[0-9]* | in[0-9]* | curr[0-9]* | power[0-9]* | energy[0-9]* | humidity[0-9]* | \
          pwm[0-9]* | freq[0-9]* | cpu[0-9]* | intrusion[0-9]* | vrm | beep_enable | update_interval)
          set -- "$@" "$path"
          ;;
      esac
    done
  done
  tree hwmon "$@"
}

# Not in every scrape: grows with CPUs, sockets and processes.
detail() {
  set --
  for path in "$R"/sys/devices/system/node/node[0-9]*/meminfo "$R"/sys/devices/system/node/node[0-9]*/numastat; do
    node=${path%/*}
    [ ! -e "$path" ] || set -- "$@" "file:numa:${node##*/}:${path##*/}" "$path"
  done
  read_files \
    file:interrupts "$R"/proc/interrupts \
    file:softirqs "$R"/proc/softirqs \
    file:buddyinfo "$R"/proc/buddyinfo \
    file:zoneinfo "$R"/proc/zoneinfo \
    file:tcp "$R"/proc/net/tcp \
    file:tcp6 "$R"/proc/net/tcp6 "$@"
  tree ksm "$R"/sys/kernel/mm/ksm/*
  uptime
  say begin processes kind=file
  from=$up
  allow 8 || limit=1
  guard "$limit" awk "$COUNT_PROCESSES" "$R"/proc/[0-9]*/stat
  uptime
  if [ -n "$late" ] || [ "$code" -ne 0 ]; then
    lost_if_failed
  else
    printf '\n%s end processes status=ok code=0 from=%s to=%s\n' "$token" "$from" "$up"
  fi
  disarm
}

# Counted here, for a host may have thousands of them. A name may hold blanks and brackets.
# shellcheck disable=SC2016
COUNT_PROCESSES='
BEGIN {
  for (i = 1; i < ARGC; i++) {
    if ((getline line < ARGV[i]) > 0) {
      sub(/^.*\) /, "", line)
      split(line, field, " ")
      states[field[1]]++
      threads += field[18]
      pids++
    }
    close(ARGV[i])
  }
  for (state in states) print "state " state " " states[state]
  print "threads " threads + 0
  print "pids " pids + 0
}'

inventory() {
  identity
  # Serial numbers are left out: they are for root only, and nobody's business.
  tree dmi-id "$R"/sys/class/dmi/id/bios_* "$R"/sys/class/dmi/id/board_[anv]* \
    "$R"/sys/class/dmi/id/chassis_[atv]* "$R"/sys/class/dmi/id/product_[fnv]* \
    "$R"/sys/class/dmi/id/product_sku "$R"/sys/class/dmi/id/sys_vendor
  read_files file:cpuinfo "$R"/proc/cpuinfo
  disarm
  command_section dmidecode 20 root dmidecode
  pci_links
  network_links
  install_dates
  command_section rpm-dates 10 user rpm -q --qf '%{NAME} %{INSTALLTIME}\n' basesystem setup filesystem
}

network_links() {
  command_section ethtool 5 user ethtool --version
  find_tool ethtool || return 0
  for face in "$R"/sys/class/net/*; do
    [ -e "$face/device" ] || continue
    command_section "ethtool:${face##*/}" 5 user ethtool "${face##*/}"
    command_section "ethtool-driver:${face##*/}" 5 user ethtool -i "${face##*/}"
  done
}

# Links of storage, network and the ports above them; folders lie in each other as the devices do.
pci_links() {
  set --
  root=$R/sys/devices step='*:*:*.[0-7]'
  # shellcheck disable=SC2086,SC2231
  for device in "$root"/pci*/$step "$root"/pci*/$step/$step "$root"/pci*/$step/$step/$step \
    "$root"/pci*/$step/$step/$step/$step "$root"/pci*/$step/$step/$step/$step/$step; do
    [ -e "$device/max_link_width" ] || continue
    class=''
    read -r class 2>/dev/null <"$device/class"
    case $class in
      0x01* | 0x02* | 0x0604* | 0x0c04* | 0x0c06*)
        set -- "$@" "$device"/class "$device"/vendor "$device"/device "$device"/current_link_speed \
          "$device"/current_link_width "$device"/max_link_speed "$device"/max_link_width \
          "$device"/net/*/ifindex "$device"/nvme/*/model "$device"/host*/scsi_host/host*/proc_name
        ;;
    esac
  done
  tree pci "$@"
  [ $# -gt 0 ] || command_section lspci 20 root lspci -D -n -vv # kernels before 4.13
}

# Modification times of what an installation writes once.
install_dates() {
  set --
  for path in "$R"/lost+found "$R"/etc/machine-id "$R"/etc/ssh/ssh_host_*key.pub "$R"/root/anaconda-ks.cfg \
    "$R"/var/log/installer "$R"/var/log/YaST2; do
    [ ! -e "$path" ] || set -- "$@" "$path"
  done
  if [ $# -eq 0 ]; then
    say none install-dates status=absent
  else
    command_section install-dates 5 user stat -c '%Y %n' "$@"
  fi
}

# ---- PostgreSQL: what runs, and what data lies about ----------------------------------------------

# Under one watchdog: the command line of a process that hangs may never be told.
postgres() {
  guarded_trees postgres_servers
  disarm
}

# A postmaster is a server process whose parent is none. Backends have long titles: they are not read.
postgres_servers() {
  uptime
  from=$up lines=0 servers=' ' found='' directories=$newline
  for path in "$R"/proc/[0-9]*/status; do
    name='' parent='' owner=''
    read -r _ name 2>/dev/null <"$path"
    case $name in postgres | postmaster | edb-postgres) ;; *) continue ;; esac
    while read -r key value _; do
      case $key in PPid:) parent=$value ;; Uid:) owner=$value && break ;; esac
    done 2>/dev/null <"$path"
    pid=${path%/status} && pid=${pid##*/}
    servers="$servers$pid " found="$found $pid:$parent:$owner"
  done
  say begin postgres-processes kind=command priv=user cmd=/proc
  for process in $found; do
    pid=${process%%:*} owner=${process##*:} parent=${process#*:} && parent=${parent%:*}
    case $servers in *" ${parent:-?} "*) continue ;; esac
    [ "$lines" -lt 100 ] || continue
    words=$(tr '\000\n' '\t ' 2>/dev/null <"$R/proc/$pid/cmdline")
    folder=$(readlink "$R/proc/$pid/cwd" 2>/dev/null)
    printf '%s\t%s\t%s\t%s\n' "$pid" "$owner" "$folder" "$words"
    lines=$((lines + 1)) directories="$directories$folder$newline"
    case $words in *"-D$tab"*) folder=${words#*-D"$tab"} && directories="$directories${folder%%"$tab"*}$newline" ;; esac
  done
  uptime
  printf '\n%s end postgres-processes status=ok code=0 lines=%s from=%s to=%s\n' "$token" "$lines" "$from" "$up"
  postgres_directories
}

# The usual places of packages and administrators, and those of servers that run.
postgres_directories() {
  set --
  for folder in "$R"/var/lib/postgresql/*/* "$R"/var/lib/postgresql/data "$R"/var/lib/postgres/data \
    "$R"/var/lib/pgsql/data "$R"/var/lib/pgsql/*/data "$R"/var/lib/edb/as*/data "$R"/var/lib/pgpro/*/data \
    "$R"/usr/local/pgsql/data "$R"/opt/PostgreSQL/*/data "$R"/opt/postgres*/data "$R"/home/postgres/*data* \
    "$R"/srv/postgres* "$R"/srv/postgres*/* "$R"/pgdata* "$R"/pgdata*/* "$R"/data*/pg* "$R"/data*/pg*/data \
    "$R"/data*/postgres* "$R"/data*/postgres*/data; do
    case $directories in *"$newline${folder#"$R"}$newline"*) continue ;; esac
    [ ! -e "$folder/PG_VERSION" ] || [ $# -ge 400 ] || set -- "$@" "$folder/PG_VERSION" "$folder/postmaster.pid"
  done
  seen=$newline
  IFS=$newline
  set -f
  for folder in $directories; do
    case $seen in *"$newline$folder$newline"*) continue ;; esac
    seen=$seen$folder$newline
    [ ! -e "$R$folder/PG_VERSION" ] || set -- "$@" "$R$folder/PG_VERSION" "$R$folder/postmaster.pid"
  done
  set +f
  unset IFS
  tree postgres-directories "$@"
}

main() {
  budget=10 most=4194304 tiers='' identified=''
  while getopts b:m: option; do
    case $option in
      b) budget=$OPTARG ;;
      m) most=$OPTARG ;;
      *) exit 2 ;;
    esac
  done
  shift $((OPTIND - 1))
  [ $# -gt 0 ] || set -- fast
  [ "$*" != all ] || set -- fast detail inventory disks raid ipmi postgres backups
  for tier; do
    case $tier in
      fast | detail | inventory | disks | raid | ipmi | postgres | backups) tiers=$tiers${tiers:+,}$tier ;;
      *)
        printf 'capture.sh: unknown tier %s\n' "$tier" >&2
        exit 2
        ;;
    esac
  done
  trap stop HUP INT TERM PIPE
  # Some vendor tools leave logs in the working directory; nobody can write here.
  cd /proc || exit 1
  read -r token </proc/sys/kernel/random/uuid || exit 1
  uptime
  deadline=$((${up%%.*} + budget))
  uid=0 sudo=''
  case $tiers in
    *inventory* | *disks* | *raid* | *ipmi* | *backups*)
      uid=$(id -u)
      find_tool sudo && sudo=$R$tool
      # mawk waits for 4 KB of input unless told otherwise, for ever when a hung tool keeps the pipe open.
      by_line=''
      case $(awk -W version 2>&1 </dev/null) in mawk*) by_line='-W interactive' ;; esac
      ;;
  esac
  machine=''
  if [ -r "$R/proc/sys/kernel/arch" ]; then
    read -r machine <"$R/proc/sys/kernel/arch"
  elif [ -z "$R" ]; then
    machine=$(uname -m)
  fi
  moment=$(date '+%s.%N %z/%Z')
  uptime
  printf '\npgfleet-capture 1 %s time=%s zone=%s uptime=%s machine=%s tiers=%s\n' \
    "$token" "${moment% *}" "${moment#* }" "$up" "$machine" "$tiers"
  for tier; do "$tier"; done
  uptime
  say complete "uptime=$up"
}
main "$@"
}
