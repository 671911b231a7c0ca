# SPDX-License-Identifier: MIT
# Lane configurations of the simulated accelerator, NAME = outputs x positions. Device string "sim:NAME".
# Each is verilated from hw/jetbnn.v with these parameters as class Vjb_NAME, and its copy of
# sim/jetbnn.cpp is compiled with SIM_PREFIX=Vjb_NAME, SIM_NAME="NAME", SIM_SYMBOL=sim_model_NAME.
# SIM_FAMILY_NAME picks the memory wrapper hw/mem/FAMILY (default: generic).
# The first configuration is the default of device "sim".

SIM_CONFIGS := 1x2 2x4 4x4 1x4 up5k usb uart

SIM_COMMON := -GKMAX=5 -GCMAX=3 -GCODE_ROWS=8192 -GOUT_MAX=512 -GWROWS=256 -GAW=22 \
	-GMODEL_WORDS=65536 -GMAP_ROWS=65536 -GJETS=1 -GJET_COLS=128 -GTIMEOUT=20000 -GEJECT=1

SIM_PARAMS_1x2 := -GO=1 -GP=2 -GF=2 $(SIM_COMMON)
SIM_PARAMS_2x4 := -GO=2 -GP=4 -GF=4 $(SIM_COMMON)

# Weights stay in the engine, blocks of several words, map memory with a port for writes, wide first layer: as on ULX3S.
SIM_PARAMS_4x4 := -GO=4 -GP=4 -GF=16 -GKMAX=3 -GCMAX=3 -GCODE_ROWS=512 -GOUT_MAX=256 -GWROWS=1024 -GRESIDENT=1 -GAW=22 \
	-GMODEL_WORDS=16384 -GMAP_ROWS=16384 -GJETS=0 -GTIMEOUT=20000 -GEJECT=1

# A row's weights are read in two halves: as on TinyFPGA BX, with more memory.
SIM_PARAMS_1x4 := -GO=1 -GP=4 -GF=1 -GKMAX=3 -GCMAX=1 -GCODE_ROWS=512 -GOUT_MAX=128 -GWROWS=64 -GPARTS=2 -GAW=22 \
	-GMODEL_WORDS=16384 -GMAP_ROWS=16384 -GJETS=0 -GTIMEOUT=20000

# The iCE40 UP5K core, SPRAM wrapper included; `make synth-check` synthesises the same parameters.
SIM_FAMILY_up5k := ice40up
SIM_PARAMS_up5k := -GO=1 -GP=1 -GF=1 -GKMAX=3 -GCMAX=3 -GSIDE=64 -GCODE_ROWS=512 -GOUT_MAX=128 \
	-GWROWS=128 -GAW=16 -GMODEL_WORDS=32768 -GMAP_ROWS=16384 -GLENT=1 -GJETS=0 -GTIMEOUT=20000

# The first configuration behind its USB device, bit by bit on D+ and D-: device "sim:usb". Its table of
# functions is sim/usb_host/usb_model.c.
# With SIM_CROSS=1 (in a BUILD of its own) the accelerator has a clock of its own of 96 MHz and a serial line
# that is idle, as on ULX3S.
SIM_TOP_usb := jetbnn_usb
SIM_PARAMS_usb := $(SIM_PARAMS_1x2)
ifdef SIM_CROSS
SIM_PARAMS_usb += -GCROSS=1 -GBAUD=3000000 -GCLOCK_HZ=96000000
SIM_DEFS_usb := -DSIM_CROSS
endif

# The UP5K core behind its serial line, bit by bit at 3 Mbaud: device "sim:uart". With less model memory of its own,
# so that small programs go on in map memory.
SIM_TOP_uart := jetbnn_uart
SIM_FAMILY_uart := ice40up
SIM_PARAMS_uart := $(filter-out -GTIMEOUT=% -GMODEL_WORDS=%,$(SIM_PARAMS_up5k)) -GMODEL_WORDS=17408

# The same without the serial line: make fuzz BUILD=build/fuzz-lent SIM_CONFIGS=lent
SIM_FAMILY_lent := ice40up
SIM_PARAMS_lent := $(filter-out -GMODEL_WORDS=%,$(SIM_PARAMS_up5k)) -GMODEL_WORDS=17408

# The up5k core after synthesis, as cells of the family SIM_CELLS_NAME. Not in SIM_CONFIGS: `make netlist` builds it in a
# BUILD of its own.
SIM_CELLS_up5k_netlist := ice40
SIM_FAMILY_up5k_netlist := ice40up
SIM_PARAMS_up5k_netlist := $(SIM_PARAMS_up5k)

# Beside USB there are no cells for LENT.
SIM_FAMILY_fomu := ice40up
SIM_PARAMS_fomu := -GO=1 -GP=1 -GF=1 -GKMAX=3 -GCMAX=3 -GSIDE=64 -GCODE_ROWS=512 -GOUT_MAX=128 \
	-GWROWS=128 -GAW=16 -GMODEL_WORDS=16384 -GMAP_ROWS=16384 -GJETS=0 -GTIMEOUT=15000

# What the tops of these boards set; other UP5K boards have those of up5k. Not in SIM_CONFIGS: they take minutes to
# build. `make fuzz BUILD=build/fuzz-boards SIM_CONFIGS="orangecrab ulx3s"` compares every layer of random
# networks on them.
SIM_PARAMS_tinyfpga_bx := -GO=1 -GP=2 -GF=1 -GKMAX=3 -GCMAX=1 -GCODE_ROWS=256 -GOUT_MAX=64 \
	-GWROWS=64 -GPARTS=2 -GAW=16 -GMODEL_WORDS=1280 -GMAP_ROWS=1024 -GLENT=1 -GJETS=0 -GTIMEOUT=20000
SIM_PARAMS_orangecrab := -GO=4 -GP=4 -GF=1 -GKMAX=5 -GCMAX=3 -GCODE_ROWS=1024 -GOUT_MAX=128 \
	-GWROWS=512 -GRESIDENT=1 -GAW=18 -GMODEL_WORDS=1024 -GMAP_ROWS=1024 -GJETS=0 -GTIMEOUT=40000
SIM_PARAMS_ulx3s := -GO=8 -GP=4 -GF=16 -GKMAX=3 -GCMAX=3 -GCODE_ROWS=512 -GOUT_MAX=256 \
	-GWROWS=1024 -GRESIDENT=1 -GAW=22 -GMODEL_WORDS=8192 -GMAP_ROWS=3072 -GJETS=0 -GTIMEOUT=3500000 -GEJECT=1

# The orangecrab core with fewer lanes, as cells of ECP5: with all 4,608 Verilator and compiler take long, and the models of
# ten times as many cells are slow. All else but the depth of the maps is that of the board.
SIM_CELLS_ecp5_netlist := ecp5
SIM_PARAMS_ecp5_netlist := -GO=2 -GP=2 -GMAP_ROWS=2048 $(filter-out -GO=% -GP=% -GMAP_ROWS=%,$(SIM_PARAMS_orangecrab))

# The tinyfpga_bx core as cells, with memory for larger models.
SIM_CELLS_lp8k_netlist := ice40
SIM_PARAMS_lp8k_netlist := -GMODEL_WORDS=8192 -GMAP_ROWS=4096 \
	$(filter-out -GMODEL_WORDS=% -GMAP_ROWS=% -GLENT=%,$(SIM_PARAMS_tinyfpga_bx))
