/* SPDX-License-Identifier: MIT */
#include "usb_bits.h"

#include <math.h>

static const bool level_dp[] = { false, true, false, true };
static const bool level_dm[] = { false, false, true, true };

uint32_t usb_random(uint64_t *seed, uint32_t n)
{
	*seed += 0x9E3779B97F4A7C15u; /* splitmix64 */
	uint64_t z = *seed;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (uint32_t)(((z >> 32) * n) >> 32);
}

double usb_chance(uint64_t *seed)
{
	return usb_random(seed, UINT32_MAX) / (double)UINT32_MAX;
}

void usb_wires_begin(struct usb_wires *w, const struct usb_device_model *device, double ppm,
		     double jitter, uint64_t seed)
{
	*w = (struct usb_wires){ .device = *device, .jitter = jitter, .seed = seed };
	w->bit = USB_CLOCKS_A_BIT * (1 + ppm * 1e-6);
	w->skew = jitter > 0 ? 0.1 : 0;
	w->level = USB_J;
}

/* Idle wires: J by the device's pull-up, SE0 without. */
static enum usb_level resolve(const struct usb_wires *w)
{
	if (w->pins.drive)
		return w->pins.dp == w->pins.dm ? (w->pins.dp ? USB_SE1 : USB_SE0)
						: (w->pins.dp ? USB_J : USB_K);
	if (w->level != USB_J)
		return w->level;
	return w->pins.pull ? USB_J : USB_SE0;
}

static void clock_at(struct usb_wires *w, bool dp, bool dm)
{
	w->device.clock(w->device.state, dp, dm, &w->pins);
	w->clocks++;
}

static void clock_once(struct usb_wires *w)
{
	enum usb_level l = resolve(w);

	clock_at(w, level_dp[l], level_dm[l]);
}

void usb_wires_hold(struct usb_wires *w, enum usb_level level, double bits)
{
	double end;

	/* One wire switches before the other does. */
	if (w->skew > 0 && level != w->level && usb_chance(&w->seed) < w->skew)
		clock_at(w, level_dp[level], level_dm[w->level]);
	w->level = level;
	w->edge += bits * w->bit;
	end = w->edge + (w->jitter > 0 ? w->jitter * (2 * usb_chance(&w->seed) - 1) : 0);
	while ((double)w->clocks < end) {
		clock_once(w);
		w->talked = w->talked || w->pins.drive;
	}
}

void usb_wires_send(struct usb_wires *w, const uint8_t *levels, int count)
{
	for (int i = 0; i < count;) {
		int run = 1;

		while (i + run < count && levels[i + run] == levels[i])
			run++;
		usb_wires_hold(w, (enum usb_level)levels[i], run);
		i += run;
	}
	w->level = USB_J;
}

void usb_wires_receive(struct usb_wires *w, struct usb_answer *a)
{
	uint64_t start = w->clocks, since;
	enum usb_level level;

	a->count = 0;
	a->end = 0;
	a->held = false;
	while (!w->pins.drive || resolve(w) == USB_J) {
		if ((double)(w->clocks - start) > USB_ANSWER_BITS * w->bit) {
			w->edge = (double)w->clocks;
			return;
		}
		clock_once(w);
	}
	a->turnaround = (double)(w->clocks - start) / w->bit + 1; /* the end's bit of J counts */
	while (w->pins.drive && resolve(w) != USB_SE0 && a->count < USB_MAX_LEVELS) {
		level = resolve(w);
		since = w->clocks;
		while (resolve(w) == level && w->pins.drive &&
		       w->clocks - since < 64 * USB_CLOCKS_A_BIT)
			clock_once(w);
		for (long n = lround((double)(w->clocks - since) / w->bit);
		     n > 0 && a->count < USB_MAX_LEVELS; n--)
			a->level[a->count++] = (uint8_t)level;
	}
	since = w->clocks;
	while (w->pins.drive && resolve(w) == USB_SE0)
		clock_once(w);
	a->end = (double)(w->clocks - since) / w->bit;
	/* The host's next packet counts from here; a device that never lets go is left to itself. */
	for (int i = 0; w->pins.drive && i < USB_RELEASE_BITS * USB_CLOCKS_A_BIT; i++)
		clock_once(w);
	a->held = w->pins.drive;
	w->edge = (double)w->clocks;
}

double usb_wires_time(const struct usb_wires *w)
{
	return (double)w->clocks / w->bit;
}
