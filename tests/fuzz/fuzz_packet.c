/* SPDX-License-Identifier: MIT
 * Any bytes, in pieces of any size, through the packet parser: what it accepts packs to the same bytes,
 * and a good packet behind the garbage is found. */
#include <stdlib.h>
#include <string.h>

#include "packet.h"

static const uint8_t payload[] = { 1, 2, 3, JB_PKT_MARKER, JB_PKT_VERSION };

static void check(const struct packet *p)
{
	static uint8_t again[PACKET_SIZE(PACKET_MAX_ANSWER)];
	const uint8_t *start = p->payload - JB_PKT_HEADER_BYTES;
	size_t size = packet_pack(p, again);

	if (memcmp(start, again, size) != 0)
		abort();
}

static int is_last(const struct packet *p)
{
	return p->type == 0x55 && p->sequence == 0xABCD && p->length == sizeof(payload) &&
	       !memcmp(p->payload, payload, sizeof(payload));
}

/* Returns how many packets were the one that is looked for. */
static int feed(struct packet_parser *s, const uint8_t *data, size_t size, size_t piece)
{
	struct packet p;
	int found = 0;

	while (size > 0) {
		size_t n = packet_feed(s, data, piece < size ? piece : size);

		if (n == 0)
			abort();
		data += n;
		size -= n;
		while (packet_next(s, &p)) {
			check(&p);
			found += is_last(&p);
		}
	}
	return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct packet_parser s;
	const struct packet last = { 0x55, 0, 0xABCD, sizeof(payload), payload };
	uint8_t bytes[PACKET_SIZE(sizeof(payload))];
	struct packet p;
	int found;

	if (size < 1)
		return 0;
	memset(&s, 0, sizeof(s));
	feed(&s, data + 1, size - 1, 1 + data[0]);
	found = feed(&s, bytes, packet_pack(&last, bytes), sizeof(bytes));
	/* a packet that never ends may hold it: the driver gives such a one up after a time-out */
	while (!found && s.start < s.end) {
		packet_give_up(&s);
		while (packet_next(&s, &p))
			found += is_last(&p);
	}
	if (!found)
		abort();
	return 0;
}
