# SPDX-License-Identifier: MIT
# Builds of the unit benches, one a line pair:
#   UNITS += NAME@CFG               top module NAME, bench sim/NAME.cpp + sim/NAME.h, tests/rtl/test_NAME.c
#   UNIT_NAME_CFG := -GF=2 ...      parameters; the test sees them as G_F=2 ..., and UNIT_CFG="CFG"
# Each becomes build/tests/rtl/test_NAME@CFG and runs once in `make test`.

