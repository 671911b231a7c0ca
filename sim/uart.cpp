// SPDX-License-Identifier: MIT
#include "uart.h"

#include <new>

#include "Vuart.h"
#include "verilated.h"

struct uart_sim {
	VerilatedContext context;
	Vuart top{ &context };
};

void uart_sim_clock(struct uart_sim *s, struct uart_pins *p)
{
	Vuart &t = s->top;

	t.rst = p->rst;
	t.rx_line = p->rx_line;
	t.rx_ready = p->rx_ready;
	t.tx_valid = p->tx_byte >= 0;
	t.tx_data = t.tx_valid ? p->tx_byte : 0;
	t.eval();
	p->rx_byte = t.rx_valid ? t.rx_data : -1;
	p->tx_taken = t.tx_valid && t.tx_ready;
	p->tx_line = t.tx_line;
	t.clk = 1;
	t.eval();
	t.clk = 0;
	t.eval();
}

struct uart_sim *uart_sim_open(void)
{
	struct uart_sim *s = new (std::nothrow) uart_sim;
	struct uart_pins p = { true, true, false, -1, 0, false, false };

	if (!s)
		return nullptr;
	for (int i = 0; i < 8; i++)
		uart_sim_clock(s, &p);
	p.rst = false;
	uart_sim_clock(s, &p);
	return s;
}

void uart_sim_close(struct uart_sim *s)
{
	delete s;
}
