#!/bin/sh
# Ends the demo's processes when the demo itself is gone, even killed: it reads "+ <pid>" and "- <pid>" from a pipe that only the
# demo holds, and when the pipe closes it kills what is left of the list. A shell, because it costs a megabyte, not forty.
trap '' INT TERM HUP

# When a process began: a pid that was given to another process since must not be killed.
born() {
  if [ -r "/proc/$1/stat" ]; then
    read -r stat <"/proc/$1/stat" || return
    set -- ${stat##*) }
    shift 19
    echo "$1"
  elif [ ! -d /proc/self ]; then
    ps -o lstart= -p "$1"
  fi
}

list=
while read -r verb pid; do
  case $verb in
    +) list="$list $pid:$(born "$pid" | tr ' ' _)" ;;
    -)
      kept=
      for entry in $list; do
        [ "${entry%%:*}" = "$pid" ] || kept="$kept $entry"
      done
      list=$kept
      ;;
  esac
done

for entry in $list; do
  pid=${entry%%:*}
  [ "$(born "$pid" 2>/dev/null | tr ' ' _)" = "${entry#*:}" ] && [ -n "${entry#*:}" ] && kill -KILL "$pid" 2>/dev/null
done
exit 0
