# shellcheck shell=bash
# Runs one stage after the other, each with a limit, and tells at the end in one table what each has counted.
# Sourced by .ci/run. Everything goes into the folder `temporary`, which is gone at the end.

# No stage goes on beyond this: whoever runs the whole ends it after 90 minutes.
readonly LAST_SECOND=5100
readonly SHOWN_OF_GREEN=20

# In memory where there is room: each test copies a database, each demo makes one, hundreds of small files.
if [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 8388608 ]; then export TMPDIR=/dev/shm; fi
temporary="$(mktemp -d)"
chmod 711 "$temporary"

number=0
group=''
name=''
began=0
folder=''
rows=()
failures=()
all_passed=0
all_failed=0
# Whether the last stage was green.
green=true

# stage NAME MINUTES COMMAND...: its tests are counted, and one at least has to pass.
stage() {
  run_stage "$1" "$2" "${@:3}"
  judge tests
}

# prepare NAME MINUTES COMMAND...: what has no tests.
prepare() {
  run_stage "$1" "$2" "${@:3}"
  judge none
}

# stage_of FILE NAME MINUTES COMMAND...: left out where the file is not there.
stage_of() {
  if [ -e "$1" ]; then stage "${@:2}"; else left_out "$2" "there is no $1"; fi
}

# Nothing can go on without the last stage.
must_be_green() { $green || exit 1; }

# left_out NAME WHY
left_out() {
  printf '\n==== %s (%s s) ====\nleft out: %s\n' "$1" "$SECONDS" "$2"
  row "$1" 0 - - "left out: $2"
}

# Gives `code`, `log` and `note`. Never within a condition: the command could not end at its first failure.
run_stage() {
  local end=$((SECONDS + $2 * 60))
  [ "$end" -le "$LAST_SECOND" ] || end=$LAST_SECOND
  name="$1" began=$SECONDS note='' code=1
  number=$((number + 1))
  folder="$temporary/$number"
  log="$temporary/$number.log"
  printf '\n==== %s (%s s) ====\n' "$name" "$SECONDS"
  if [ "$SECONDS" -ge "$LAST_SECOND" ]; then
    note='no time was left'
    echo "$note" | tee "$log"
    return
  fi
  mkdir -m 711 "$folder"
  mkdir -m 1777 "$folder/tmp"
  # A group of its own, so that it can be ended.
  set -m
  ( enter_folder; "${@:3}" ) >"$log" 2>&1 &
  group=$!
  set +m
  while kill -0 "$group" 2>/dev/null; do
    if [ "$SECONDS" -ge "$end" ]; then
      note="ended after $((SECONDS - began)) s, its limit"
      break
    fi
    sleep 1
  done
  end_stage
  code=0
  wait "$group" || code=$?
  group=''
  if [ -n "$note" ]; then
    code=1
    printf '\n%s\n' "$note" >>"$log"
  fi
}

# Temporary files are the stage's own. Who leaves its group still has the folder in the environment: in PATH, if nowhere else.
enter_folder() { export TMPDIR="$folder/tmp" PATH="$folder/bin:$PATH"; }

# judge tests|none: from the exit code, and from what the stage has counted.
judge() {
  local passed failed
  read -r passed failed < <(count "$log")
  if [ "$1" = tests ] && [ "$code" = 0 ] && [ "$passed" = 0 ]; then
    note='no test ran'
    code=1
  fi
  [ "$code" = 0 ] || [ "$failed" != 0 ] || failed=1
  if [ "$code" = 0 ] && [ "$failed" = 0 ]; then
    green=true
    tail -n "$SHOWN_OF_GREEN" "$log"
  else
    green=false
    cat "$log"
    echo "FAILED: $name${note:+ ($note)}"
    failures+=("$name${note:+: $note}" "$(failed_tests "$log")")
  fi
  if [ "$1" = none ]; then passed=-; fi
  row "$name" "$((SECONDS - began))" "$passed" "$failed" "$note"
  name=''
}

# What `npm test` says in its last line, or Jest itself: passed and failed.
count() {
  awk '
    /^tests: [0-9]+ passed, [0-9]+ failed/ { told = 1; passed += $2; failed += $4 }
    /^Tests: / { for (at = 2; at < NF; at += 1) if ($(at + 1) ~ /^passed/) of_jest += $at; else if ($(at + 1) ~ /^failed/) not_of_jest += $at }
    END { if (told) print passed + 0, failed + 0; else print of_jest + 0, not_of_jest + 0 }
  ' "$1"
}

# Each file that failed, its tests and the first line that each says, as Jest prints them: what CI keeps of a long output is its end.
failed_tests() {
  awk '
    /^ *FAIL / { file = $0; says = 0; if (!(file in seen)) { seen[file] = 1; print } next }
    /^ *● / { says = !((file, $0) in seen); if (says) { seen[file, $0] = 1; print; told += 1 } if (told == 20) exit; next }
    says && NF { print "      " $0; says = 0 }
  ' "$1"
}

row() {
  rows+=("$(printf '%-60s %8s %8s %8s  %s' "$@")")
  [ "$3" = - ] || all_passed=$((all_passed + $3))
  [ "$4" = - ] || all_failed=$((all_failed + $4))
}

# Ends what the stage has started: first those in its group, who tidy up behind themselves; then those who have left the group, such
# as database servers and browsers; and at last those who go on all the same.
end_stage() {
  end_by TERM 20 in_group
  # A database server ends at once at SIGINT, and cleanly.
  end_by INT 10 by_folder
  end_by KILL 5 in_group
  end_by KILL 5 by_folder
  # A test has a disk of its own.
  awk -v below="$folder/" 'index($2, below) == 1 { print $2 }' /proc/mounts | xargs -r umount || true
  rm -rf "$folder" || true
}

in_group() { ps -eo pid=,pgid=,stat= | awk -v group="$group" '$2 == group && $3 !~ /^Z/ { print $1 }'; }
by_folder() { grep -lsF -- "$folder/" /proc/[0-9]*/environ | cut -d / -f 3; }

# end_by SIGNAL SECONDS WHO
end_by() {
  local second pids
  for ((second = 0; second < $2; second += 1)); do
    pids="$("$3" || true)"
    [ -n "$pids" ] || return 0
    # Some may have ended meanwhile.
    [ "$second" != 0 ] || xargs kill -s "$1" <<<"$pids" 2>/dev/null || true
    sleep 1
  done
}

# The end of everything, however it comes.
finish() {
  local ended_with=$?
  trap - EXIT
  trap '' INT TERM HUP
  set +e
  if [ -n "$name" ]; then
    [ -z "$group" ] || end_stage
    cat "$log" 2>/dev/null
    row "$name" "$((SECONDS - began))" 0 1 'interrupted'
    failures+=("$name: interrupted")
  fi
  [ "$ended_with" = 0 ] || [ "$all_failed" != 0 ] || all_failed=1
  rm -rf "$temporary"
  [ "${#failures[@]}" = 0 ] || printf '\n%s' 'failed:' "${failures[@]}" ''
  printf '\n%-60s %8s %8s %8s\n' stage seconds passed failed
  printf '%s\n' "${rows[@]}" | sed 's/ *$//'
  printf '%-60s %8s %8s %8s\n' 'all' "$SECONDS" "$all_passed" "$all_failed"
  printf '\n%s passed, %s failed\n' "$all_passed" "$all_failed"
  [ "$all_failed" = 0 ] || ended_with=1
  exit "$ended_with"
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
