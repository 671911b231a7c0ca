# SPDX-License-Identifier: MIT
# Sourced by the tests of bnnctl from the outside: a folder for files, checks and their counts.
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
good=0
bad=0
unset BNN_MODEL

wrong() {
	bad=$((bad + 1))
	echo "FAIL: $1" >&2
	sed 's/^/  stdout | /' "$work/out" >&2
	sed 's/^/  stderr | /' "$work/err" >&2
}

# expect STATUS STDOUT STDERR COMMAND...: the texts are extended regular expressions that must match
# somewhere; "" means nothing was printed, "*" anything.
expect() {
	local status=$1 out=$2 err=$3 got
	shift 3
	"$@" > "$work/out" 2> "$work/err" < /dev/null
	got=$?
	if [ "$got" -ne "$status" ]; then
		wrong "exit status $got, not $status: $*"
	elif ! matches "$work/out" "$out"; then
		wrong "stdout is not '$out': $*"
	elif ! matches "$work/err" "$err"; then
		wrong "stderr is not '$err': $*"
	else
		good=$((good + 1))
	fi
}

matches() {
	case $2 in
	'*') true ;;
	'') [ ! -s "$1" ] ;;
	*) grep -Eq -- "$2" "$1" ;;
	esac
}

# ok TEXT COMMAND...: the command is a check by itself
ok() {
	local text=$1
	shift
	if "$@" > /dev/null 2> "$work/err"; then good=$((good + 1)); else wrong "$text: $*"; fi
}

# The last line of a test, and its exit status.
finish() {
	echo "100%: Checks: $((good + bad)), Failures: $bad, Errors: 0"
	[ "$bad" -eq 0 ]
}
