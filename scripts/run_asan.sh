#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs programs built with AddressSanitizer and UBSan: scripts/run_asan.sh PROGRAM...
# Leaks count too. Exit status 1 when one fails, or when none is named.
set -u
# verify_asan_link_order=0: umock_server preloads a library.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:verify_asan_link_order=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
# Check's fork mode keeps a crash from ending the whole suite.
export CK_DEFAULT_TIMEOUT=60

[ $# -gt 0 ] || { echo "run_asan.sh: no programs" >&2; exit 1; }
status=0
for program in "$@"; do
	"$program" || status=1
done
exit $status
