// SPDX-License-Identifier: MIT
// board_usb_echo: the USB device alone on Fomu's pins; every byte of the bulk pair goes back to the host.
//
//   clk48 (oscillator) - usb_device - SB_IO pads of D+ and D-
//                          rx stream -> tx stream
//
// No board of ours: a top that place and route finishes in seconds, for tests/system/test_bitstream.sh.
// BUILD is there because scripts/bitstream.sh sets it for every top. Reset: power_on.
`default_nettype none

module board_usb_echo #(
	parameter [31:0] BUILD = 0
) (
	input  wire clk48,
	inout  wire usb_dp,
	inout  wire usb_dn,
	output wire usb_dp_pu
);
	wire       rst, dp_in, dm_in, dp_out, dm_out, oe, valid, ready;
	wire [7:0] data;

	power_on u_power_on (.clk(clk48), .ready(1'b1), .rst(rst));

	usb_device u_usb (
		.clk(clk48), .rst(rst), .attach(1'b1), .dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out),
		.dm_out(dm_out), .oe(oe), .pull(usb_dp_pu), .rx_data(data), .rx_valid(valid),
		.rx_ready(ready), .tx_data(data), .tx_valid(valid), .tx_ready(ready),
		.configured(), .suspended()
	);

	SB_IO #(.PIN_TYPE(6'b1010_01)) u_pads [1:0] (
		.PACKAGE_PIN({usb_dp, usb_dn}), .OUTPUT_ENABLE(oe), .D_OUT_0({dp_out, dm_out}),
		.D_IN_0({dp_in, dm_in})
	);
endmodule

`default_nettype wire
