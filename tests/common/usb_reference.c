/* SPDX-License-Identifier: MIT */
#include "common/usb_reference.h"

#include <string.h>

enum {
	SAMPLE = 2,         /* clock of a bit in which it is read, counted from its edge */
	RESET_CLOCKS = 150, /* of SE0; 2.5 us is 120 */
	ANSWER_BITS = 3,
	NO_TOKEN = 0,
	GET_DESCRIPTOR = 6,
	SET_ADDRESS = 5,
	SET_CONFIGURATION = 9
};

const uint8_t reference_descriptor[18] = { 18,   1,    0,    2, 0xFF, 0, 0, 64, 0x34,
					   0x12, 0x78, 0x56, 0, 1,    0, 0, 0,  1 };

void reference_begin(struct usb_reference *d, enum reference_fault fault)
{
	memset(d, 0, sizeof(*d));
	d->fault = fault;
	d->old_dp = true;
	d->pins.pull = true;
}

/* ---- sending -------------------------------------------------------------------------------- */

static void answer(struct usb_reference *d, int count)
{
	static const int bits[] = {
		[REF_LATE] = 10, [REF_AFTER_TIMEOUT] = 40, [REF_EARLY] = 1, [REF_SILENT] = 0
	};
	uint8_t *end = d->sending + count - USB_END_BITS;

	if (d->fault == REF_SILENT)
		return;
	d->send_count = count;
	if (d->fault == REF_SHORT_END)
		end[1] = USB_J;
	if (d->fault == REF_HOLDS) {
		memset(end + 2, USB_J, 20);
		d->send_count += 20;
	}
	d->at = 0;
	d->clock = 0;
	d->wait = (bits[d->fault] ? bits[d->fault] : ANSWER_BITS) * USB_CLOCKS_A_BIT;
}

static void send_handshake(struct usb_reference *d, enum usb_pid pid)
{
	int count = usb_encode_handshake(d->sending, pid);

	if (d->fault == REF_WRONG_PID) /* the last bit of the complement, as NRZI has it */
		d->sending[15] ^= USB_J ^ USB_K;
	answer(d, count);
}

/* `bytes` of one bit value each 8 levels long behind the packet's own, before its end. */
static int babble(uint8_t *levels, int count, int bytes)
{
	uint8_t end[USB_END_BITS];

	count -= USB_END_BITS;
	memcpy(end, levels + count, sizeof(end));
	for (int i = 0; i < 8 * bytes; i++, count++)
		levels[count] = (uint8_t)(levels[count - 1] ^ USB_J ^ USB_K);
	memcpy(levels + count, end, sizeof(end));
	return count + USB_END_BITS;
}

static void send_data(struct usb_reference *d, bool toggle, const uint8_t *data, int count)
{
	uint8_t *l = d->sending;
	int n = usb_encode_data(l, toggle ? PID_DATA1 : PID_DATA0, data, count);

	if (d->fault ==
	    REF_WRONG_CRC) { /* the bit before the end, where no stuffing depends on it */
		l[n - USB_END_BITS - 1] ^= USB_J ^ USB_K;
	} else if (d->fault == REF_NO_STUFFING) {
		memset(l + 16, l[15], 8);
	} else if (d->fault == REF_BABBLE) {
		n = babble(l, n, 80);
	}
	d->acknowledge = true;
	answer(d, n);
}

/* ---- protocol ------------------------------------------------------------------------------- */

static void send_in(struct usb_reference *d)
{
	uint8_t data[USB_MAX_DATA];
	int length = d->setup[6] | d->setup[7] << 8;

	if (d->endpoint == 0) {
		bool data_stage = d->setup[0] == 0x80;

		length = length < (int)sizeof(reference_descriptor)
				 ? length
				 : (int)sizeof(reference_descriptor);
		d->in_count = data_stage ? length - d->stage_at : 0;
		send_data(d, d->control_toggle, reference_descriptor + d->stage_at, d->in_count);
		return;
	}
	/* What is offered once stays that long until it is acknowledged. */
	if (!d->in_count)
		d->in_count = d->received - d->sent < USB_MAX_DATA ? (int)(d->received - d->sent)
								   : USB_MAX_DATA;
	if (!d->in_count) {
		send_handshake(d, PID_NAK);
		return;
	}
	for (int i = 0; i < d->in_count; i++)
		data[i] = d->ring[(d->sent + (unsigned)i) % REF_RING];
	send_data(d, d->in_toggle, data, d->in_count);
}

static void take_ack(struct usb_reference *d)
{
	if (d->endpoint == 0) {
		d->stage_at += d->in_count;
		d->control_toggle = !d->control_toggle;
		if (d->new_address >= 0)
			d->address = d->new_address;
		d->new_address = -1;
		d->in_count = 0;
		return;
	}
	d->sent += (unsigned)d->in_count;
	d->in_count = 0;
	if (d->fault != REF_STUCK_TOGGLE)
		d->in_toggle = !d->in_toggle;
}

static void take_setup(struct usb_reference *d, const uint8_t *data)
{
	memcpy(d->setup, data, 8);
	d->control_toggle = true;
	d->stage_at = 0;
	d->in_count = 0;
	d->new_address = d->setup[0] == 0 && d->setup[1] == SET_ADDRESS ? d->setup[2] : -1;
	if (d->setup[0] == 0 && d->setup[1] == SET_CONFIGURATION)
		d->out_toggle = d->in_toggle = false;
}

static void take_data(struct usb_reference *d, bool toggle, const uint8_t *data, int count)
{
	if (d->token == PID_SETUP) {
		take_setup(d, data);
	} else if (d->endpoint == 1 && toggle == d->out_toggle) {
		if (d->deaf || REF_RING - (d->received - d->sent) < (unsigned)count) {
			send_handshake(d, PID_NAK);
			return;
		}
		for (int i = 0; i < count; i++)
			d->ring[d->received++ % REF_RING] = data[i];
		d->out_toggle = !d->out_toggle;
	}
	if (d->fault == REF_ALWAYS_DATA && d->token == PID_OUT)
		send_data(d, false, data, count);
	else
		send_handshake(d, PID_ACK);
}

static void take_token(struct usb_reference *d, enum usb_pid pid, const uint8_t *bytes)
{
	unsigned bits = bytes[1] | (unsigned)bytes[2] << 8;
	int endpoint = (int)(bits >> 7 & 0xF);
	bool mine = (int)(bits & 0x7F) == d->address && endpoint <= 1;

	if (usb_crc5(bits & 0x7FF) != bits >> 11)
		return;
	if (!mine && d->fault != REF_FOREIGN)
		return;
	if (endpoint != d->endpoint)
		d->in_count = 0;
	d->token = pid;
	d->endpoint = endpoint;
	if (pid == PID_IN)
		send_in(d);
}

static void take_packet(struct usb_reference *d, const uint8_t *bytes, int count)
{
	enum usb_pid pid = (enum usb_pid)(bytes[0] & 0xF);
	bool acknowledge = d->acknowledge;
	int token = d->token;

	d->acknowledge = false;
	d->token = NO_TOKEN;
	if ((bytes[0] >> 4 ^ 0xF) != (bytes[0] & 0xF))
		return;
	if (pid == PID_SOF) {
		d->frames++;
	} else if (pid == PID_SETUP || pid == PID_OUT || pid == PID_IN) {
		if (count == 3)
			take_token(d, pid, bytes);
	} else if (pid == PID_ACK && count == 1 && acknowledge) {
		take_ack(d);
	} else if ((pid == PID_DATA0 || pid == PID_DATA1) && token && token != PID_IN &&
		   count >= 3 && count <= USB_MAX_DATA + 3 &&
		   usb_crc16(bytes + 1, count - 3) == (bytes[count - 2] | bytes[count - 1] << 8)) {
		d->token = token;
		take_data(d, pid == PID_DATA1, bytes + 1, count - 3);
		d->token = NO_TOKEN;
	}
}

/* ---- wires ---------------------------------------------------------------------------------- */

/* The levels of a packet behind SYNC to bytes; nothing when a rule is broken. */
static void end_of_packet(struct usb_reference *d)
{
	uint8_t bytes[REF_LEVELS / 8] = { 0 };
	int i = 1, bits = 0, ones = 1;

	while (i < d->count && (d->levels[i] != USB_K || d->levels[i - 1] != USB_K))
		i++;
	for (i++; i < d->count; i++) {
		bool one = d->levels[i] == d->levels[i - 1];

		if (ones == 6) {
			if (one)
				return;
			ones = 0;
			continue;
		}
		ones = one ? ones + 1 : 0;
		bytes[bits / 8] |= (uint8_t)(one << (bits % 8));
		bits++;
	}
	if (bits >= 8 && bits % 8 == 0)
		take_packet(d, bytes, bits / 8);
}

static void listen_to(struct usb_reference *d, bool dp, bool dm)
{
	d->se0 = dp || dm ? 0 : d->se0 + 1;
	if (d->se0 == RESET_CLOCKS)
		reference_begin(d, d->fault);
	d->phase = dp != d->old_dp ? 0 : (d->phase + 1) % USB_CLOCKS_A_BIT;
	d->old_dp = dp;
	if (d->phase == SAMPLE && dp != dm && d->count < REF_LEVELS) {
		d->receiving = d->receiving || dm;
		if (d->receiving)
			d->levels[d->count++] = dp ? USB_J : USB_K;
	}
	if (d->receiving && d->se0 == USB_CLOCKS_A_BIT) {
		d->receiving = false;
		if (d->count < REF_LEVELS)
			end_of_packet(d);
		d->wait += USB_CLOCKS_A_BIT; /* the rest of SE0 */
		d->count = 0;
	}
}

static void talk(struct usb_reference *d)
{
	enum usb_level l = (enum usb_level)d->sending[d->at];

	d->pins.drive = d->at < d->send_count;
	if (!d->pins.drive) {
		d->send_count = 0;
		return;
	}
	d->pins.dp = l == USB_J;
	d->pins.dm = l == USB_K;
	if (++d->clock == USB_CLOCKS_A_BIT) {
		d->clock = 0;
		d->at++;
	}
}

static void reference_clock(void *state, bool dp, bool dm, struct usb_pins *out)
{
	struct usb_reference *d = state;

	if (!d->send_count)
		listen_to(d, dp, dm);
	else if (d->wait > 0)
		d->wait--;
	else
		talk(d);
	d->pins.pull = !d->unplugged;
	*out = d->pins;
}

struct usb_device_model reference_model(struct usb_reference *d)
{
	return (struct usb_device_model){ d, reference_clock };
}
