/**
 * The program that stands above each task: started in a session of its own, it outlives the agent and cannot be hit by
 * signals to the task, and it writes down how the task ended.
 *
 * `supervise-task.sh <run directory> [<uid> <gid>]`, working directory = sandbox, fd 1 = the task's stdout, fd 2 = its own
 * complaints, fd 3 = the task's stderr. The run directory holds, in the order they come into being:
 * - `launch`      made by the agent: what becomes the task (launch-script.ts)
 * - `supervisor`  /proc/PID/stat of this process. Made exclusively, by it or by an agent that gave up waiting for it: so a
 *                 run is started once or never
 * - `task`        /proc/PID/stat of the task before its command is executed; pid = process group = session
 * - `killing`     made by the agent: the task has been asked to end, what it started may take the grace period to follow;
 *                 removed at the end of that period
 * - `wait`        what setsid said; only when the task was ended by a signal, or could not be started
 * - `ended`       one line: `exited N`, `signaled N`, or `lost TEXT`
 *
 * A shell's `$?` cannot tell `exit 137` from a SIGKILL: util-linux' setsid --wait can.
 */
export const supervisorScript = `#!/bin/sh
if [ "$1" = --task ]; then
  read -r stat </proc/self/stat
  printf '%s\\n' "$stat" >"$2/task"
  exec 2>&3 3>&-
  unset LC_ALL
  if [ -n "$3" ]; then
    exec setpriv --reuid "$3" --regid "$4" --init-groups -- /bin/sh -s <"$2/launch"
  fi
  . "$2/launch"
  exit 127
fi

# Whether the task's process group has a member that is not a zombie: those may wait long for whoever inherited them.
is_group_alive() {
  kill -0 "-$task" 2>/dev/null || return 1
  for file in /proc/[0-9]*/stat; do
    { read -r stat <"$file"; } 2>/dev/null || continue
    stat=\${stat##*) }
    case $stat in *" $task "*) ;; *) continue ;; esac
    set -- $stat
    [ "$3" = "$task" ] && [ "$1" != Z ] && return 0
  done
  return 1
}

# The agent's commands end the task, never its supervisor. A handler, unlike ignoring, is not passed on to the task.
trap : HUP INT QUIT TERM
read -r stat </proc/self/stat
set -C
printf '%s\\n' "$stat" >"$1/supervisor" || exit 1
set +C

setsid --fork --wait /bin/sh "$0" --task "$@" 2>"$1/wait"
code=$?

said=
read -r said <"$1/wait"
task=
[ -e "$1/task" ] && read -r task <"$1/task"
task=\${task%% *}

if [ -z "$task" ]; then
  end="lost \${said:-the task could not be started}"
elif [ -z "$said" ] && kill -0 "$task" 2>/dev/null; then
  end="lost the process that waited for the task was killed"
elif [ -z "$said" ]; then
  end="exited $code"
else
  case $said in
    *'did not exit normally'*) end="signaled $((code & 127))" ;;
    *) end="lost $said" ;;
  esac
fi

if [ -n "$task" ]; then
  while [ -e "$1/killing" ] && is_group_alive; do sleep 0.05; done
  kill -KILL "-$task" 2>/dev/null
fi
printf '%s\\n' "$end" >"$1/ended"
`;
