# SPDX-License-Identifier: MIT
# Builds of the unit benches, one a line pair:
#   UNITS += NAME@CFG               top module NAME, bench sim/NAME.cpp + sim/NAME.h, tests/rtl/test_NAME.c
#   UNIT_NAME_CFG := -GF=2 ...      parameters; the test sees them as G_F=2 ..., and UNIT_CFG="CFG"
# Each becomes build/tests/rtl/test_NAME@CFG and runs once in `make test`.

UNITS += jet_hidden@1x2 jet_hidden@1x4 jet_hidden@2x4 jet_hidden@2x8 jet_hidden@4x2
UNITS += jet_hidden@1x2pc1 jet_hidden@2x4pc2 jet_hidden@2x8pc1
UNIT_jet_hidden_1x2 := -GO=1 -GP=2 -GPC=2 -GCOLS=40
UNIT_jet_hidden_1x4 := -GO=1 -GP=4 -GPC=4 -GCOLS=40
UNIT_jet_hidden_2x4 := -GO=2 -GP=4 -GPC=4 -GCOLS=40
UNIT_jet_hidden_2x8 := -GO=2 -GP=8 -GPC=8 -GCOLS=40
UNIT_jet_hidden_4x2 := -GO=4 -GP=2 -GPC=2 -GCOLS=39
UNIT_jet_hidden_1x2pc1 := -GO=1 -GP=2 -GPC=1 -GCOLS=40
UNIT_jet_hidden_2x4pc2 := -GO=2 -GP=4 -GPC=2 -GCOLS=40
UNIT_jet_hidden_2x8pc1 := -GO=2 -GP=8 -GPC=1 -GCOLS=40

UNITS += popcount@32 popcount@16
UNIT_popcount_32 := -GLANES=32
UNIT_popcount_16 := -GLANES=16

UNITS += map_mem@1 map_mem@2 map_mem@lent map_mem@ports
UNIT_map_mem_1 := -GMW=1 -GROWS=64 -GMAP_AW=6 -GLENT=0 -GPORTS=1
UNIT_map_mem_2 := -GMW=2 -GROWS=64 -GMAP_AW=6 -GLENT=0 -GPORTS=1
UNIT_map_mem_lent := -GMW=1 -GROWS=64 -GMAP_AW=6 -GLENT=1 -GPORTS=1
UNIT_map_mem_ports := -GMW=2 -GROWS=64 -GMAP_AW=6 -GLENT=0 -GPORTS=3

UNITS += packet_link@100 packet_link@5000
UNIT_packet_link_100 := -GTIMEOUT=100
UNIT_packet_link_5000 := -GTIMEOUT=5000

# Link and control: map rows of one and four words, small memories, short time-outs; with weight rows.
UNITS += ctrl_link@mw1 ctrl_link@mw4 ctrl_link@rows
UNIT_ctrl_link_mw1 := -GMW=1 -GMODEL_WORDS=1024 -GMAP_ROWS=512 -GTIMEOUT=300 -GWROWS=0 -GO=1
UNIT_ctrl_link_mw4 := -GMW=4 -GMODEL_WORDS=256 -GMAP_ROWS=64 -GTIMEOUT=1000 -GWROWS=0 -GO=1
UNIT_ctrl_link_rows := -GMW=2 -GMODEL_WORDS=256 -GMAP_ROWS=64 -GTIMEOUT=1000 -GWROWS=32 -GO=4

UNITS += front@1k3 front@2 front@4 front@8 front@up5k front@gray
UNIT_front_1k3 := -GF=1 -GKMAX=3 -GCMAX=3 -GMW=1 -GCODE_ROWS=8192 -GOUT_MAX=160
UNIT_front_2 := -GF=2 -GKMAX=5 -GCMAX=3 -GMW=1 -GCODE_ROWS=8192 -GOUT_MAX=160
UNIT_front_4 := -GF=4 -GKMAX=5 -GCMAX=3 -GMW=2 -GCODE_ROWS=8192 -GOUT_MAX=512
UNIT_front_8 := -GF=8 -GKMAX=5 -GCMAX=3 -GMW=4 -GCODE_ROWS=8192 -GOUT_MAX=160
UNIT_front_up5k := -GF=1 -GKMAX=3 -GCMAX=3 -GMW=1 -GCODE_ROWS=512 -GOUT_MAX=128
UNIT_front_gray := -GF=2 -GKMAX=3 -GCMAX=1 -GMW=1 -GCODE_ROWS=256 -GOUT_MAX=64

# The wide form: every channel and F outputs at once.
UNITS += front@wide front@wide3 front@widegray
UNIT_front_wide := -GF=16 -GKMAX=5 -GCMAX=3 -GMW=4 -GCODE_ROWS=512 -GOUT_MAX=512
UNIT_front_wide3 := -GF=16 -GKMAX=3 -GCMAX=3 -GSIDE=128 -GMW=2 -GCODE_ROWS=512 -GOUT_MAX=256
UNIT_front_widegray := -GF=16 -GKMAX=3 -GCMAX=1 -GMW=1 -GCODE_ROWS=256 -GOUT_MAX=64

UNITS += usb_device@default
UNIT_usb_device_default :=

UNITS += byte_cross@default
UNIT_byte_cross_default :=

UNITS += power_on@2 power_on@16
UNIT_power_on_2 := -GLENGTH=2
UNIT_power_on_16 := -GLENGTH=16

# Serial line of 3 Mbaud at 11, 16, 32 and 4 clocks a bit.
UNITS += uart@33 uart@48 uart@96 uart@12
UNIT_uart_33 := -GCLOCK_HZ=33000000 -GBAUD=3000000
UNIT_uart_48 := -GCLOCK_HZ=48000000 -GBAUD=3000000
UNIT_uart_96 := -GCLOCK_HZ=96000000 -GBAUD=3000000
UNIT_uart_12 := -GCLOCK_HZ=12000000 -GBAUD=3000000

UNITS += byte_pick@default
UNIT_byte_pick_default :=

UNITS += board_links@48 board_links@96
UNIT_board_links_48 := -GBAUD=3000000 -GCROSS=0
UNIT_board_links_96 := -GBAUD=3000000 -GCROSS=1

# Ejector at 48 and 32 clocks a tick; time begins just before it wraps, or at 0.
UNITS += eject@48 eject@32
UNIT_eject_48 := -GCYCLES=48 -GNOW=16776000
UNIT_eject_32 := -GCYCLES=32
