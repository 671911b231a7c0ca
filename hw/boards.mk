# SPDX-License-Identifier: MIT
# Bitstreams. A board is hw/boards/NAME.v and constraints/NAME.pcf or NAME.lpf, whose "# board:" lines say
# how it is built (docs/boards.md); nothing here names one.

ALL_BOARDS := $(sort $(basename $(notdir $(wildcard constraints/*.pcf constraints/*.lpf))))
# Those of `make bitstreams` and `make report`.
BOARDS ?= $(ALL_BOARDS)
# wheels: the pinned PyPI packages; path: yosys, nextpnr-ice40, icepack and so on from PATH.
TOOLS ?= wheels
FPGA_ENV ?= .fpga-tools
# Of place and route, "1 2 3"; empty: what suits the device.
SEEDS ?=

BOARD_OUT := $(BUILD)/boards
BITSTREAM = BUILD=$(BUILD) TOOLS=$(TOOLS) FPGA_ENV=$(FPGA_ENV) SEEDS="$(SEEDS)" scripts/bitstream.sh
# Those that are there: `make install` takes them along.
BITSTREAMS = $(wildcard $(foreach b,$(ALL_BOARDS),$(BOARD_OUT)/$(b)/$(b).bi[nt]))
BOARD_STATUS = $(AWK) -f scripts/board_status.awk
BOARD_RESULTS = $(BOARDS:%=$(BOARD_OUT)/%/result)
known_board = $(if $(filter $(1),$(ALL_BOARDS)),$(1),$(error BOARD=$(1): one of $(ALL_BOARDS) is needed))

.PHONY: bitstream bitstreams bitstream-twice report estimate estimate-report flash board-result
board-result:
	+$(Q)$(MAKE) --no-print-directory $(BOARD_OUT)/$(call known_board,$(BOARD))/result

bitstream: board-result ## bitstream of a board into build/boards/ (BOARD=fomu)
	$(Q)$(BOARD_STATUS) $(BOARD_OUT)/$(BOARD)/result

bitstreams: $(BOARD_RESULTS) ## bitstreams of all boards, or of BOARDS="fomu ulx3s"
	$(Q)$(BOARD_STATUS) $^

bitstream-twice: bitstream ## once more in another folder: the same to the last bit (BOARD=fomu)
	$(Q)$(BITSTREAM) $(BOARD) $(BOARD_OUT)/$(BOARD)-again
	$(Q)cmp $(BOARD_OUT)/$(BOARD)/result $(BOARD_OUT)/$(BOARD)-again/result
	$(Q)cmp $(BOARD_OUT)/$(BOARD)/$(BOARD).bi[nt] $(BOARD_OUT)/$(BOARD)-again/$(BOARD).bi[nt]
	@echo "$(BOARD): the same bits again"

report: $(BOARD_RESULTS) ## docs/boards-report.md and docs/estimate.md from the results of all boards, or of BOARDS="fomu ulx3s"
	@mkdir -p docs/boards-results
	$(Q)for b in $(BOARDS); do cp $(BOARD_OUT)/$$b/result docs/boards-results/$$b || exit; done
	$(Q)$(AWK) -v boards="$(ALL_BOARDS)" -v fresh="$(BOARDS)" -f scripts/boards_report.awk docs/boards-results/* \
		> $(BOARD_OUT)/report.md
	$(Q)cp $(BOARD_OUT)/report.md docs/boards-report.md
	@echo "docs/boards-report.md: $(BOARDS)"
	@$(MAKE) --no-print-directory estimate-report

estimate-report: $(BUILD)/tests/usb/bnnctl ## docs/estimate.md: what bnnctl info estimates against the boards' results as they are
	$(Q)for b in $(ALL_BOARDS); do $< info models/fashion-mnist.bnn --json -b $$b; done > $(BUILD)/estimates
	$(Q)$(AWK) -v boards="$(ALL_BOARDS)" -f scripts/estimate_report.awk $(BUILD)/estimates $(wildcard docs/boards-results/*) \
		> $(BUILD)/estimate.md
	$(Q)cp $(BUILD)/estimate.md docs/estimate.md
	@echo "docs/estimate.md"

# What the estimate is fitted to, and docs/jets.md measures: not of a board.
PARTS = BUILD=$(BUILD) FPGA_ENV=$(FPGA_ENV) scripts/parts.sh
estimate: $(GEN_VH) $(GEN_USB_VH) $(BUILD)/setup-fpga ## fit what `bnnctl info --board` estimates to synthesised sizes
	$(Q)$(PARTS)
	$(Q)$(AWK) -f scripts/estimate.awk $(BUILD)/parts/*.part > $(BUILD)/parts/table.h
	$(Q)cp $(BUILD)/parts/table.h sw/bnnctl/estimate_table.h
	@echo "sw/bnnctl/estimate_table.h; make estimate-report compares with what was routed"

flash: bitstream $(BUILD)/bnnctl ## put the bitstream of a board on it (BOARD=fomu)
	$(Q)$(BUILD)/bnnctl flash $(BOARD)

# A change of tools or seeds is one of every result.
$(BOARD_OUT)/tools: FORCE $(if $(filter wheels,$(TOOLS)),$(BUILD)/setup-fpga)
	@mkdir -p $(@D)
	$(Q){ echo "$(TOOLS) $(SEEDS)"; $(BITSTREAM) --tools; } > $@.new
	$(Q)cmp -s $@.new $@ || cp $@.new $@

define board_result
$(BOARD_OUT)/$(1)/result: $(filter-out hw/boards/%,$(HW)) hw/boards/$(1).v $(wildcard constraints/$(1).*) \
		$(GEN_VH) $(GEN_USB_VH) scripts/bitstream.sh scripts/synth.sh scripts/ecp5_carry.v scripts/route_result.awk $(BOARD_OUT)/tools
	$$(call say,BOARD,$(1))
	$$(Q)$$(BITSTREAM) $(1) $$(@D)
endef
$(foreach b,$(ALL_BOARDS),$(eval $(call board_result,$(b))))
