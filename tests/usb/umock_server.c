/* SPDX-License-Identifier: MIT
 * Runs a program in a testbed with simulated accelerators on USB; no root, no USB in the kernel.
 *   umock_server [options] -- PROGRAM [ARGUMENTS]
 *     --devices N           accelerators plugged in at the start, 0 to 4 (1)
 *     --bus                 the Verilated accelerator bit by bit, one of them, instead of the C model
 *     --bridge              the C model behind an FTDI bridge, one of them
 *     --fault NAME          what the C model does wrong, see `faults` below
 *     --same-serial         they have one serial number
 *     --no-permission       their nodes may not be opened
 *     --unplug-after BYTES  device 0 is pulled out when so much went over its bulk endpoints
 *     --replug MS           and plugged in again so long after
 * The program finds one end of a socket in UMOCK_CONTROL (a descriptor number): it writes one line, "unplug N",
 * "plug N" or "fault NAME" (of device 0), and reads "ok" or "failed: REASON" when that is done.
 * The exit status is the program's (128 + signal), 2: wrong options, 1: no testbed. */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boards.h"
#include "clock.h"
#include "common/fake_device.h"
#include "jetbnn_usb.h"
#include "umock_bed.h"
#include "usb_bridge_port.h"
#include "usb_bus_port.h"
#include "usb_soft_port.h"

#define PRELOAD "libumockdev-preload.so.0"

enum { LOOK_MS = 10, TIMER_SLACK_NS = 1 };

static const struct {
	const char *name;
	enum usb_soft_fault soft;
	int bad_identify; /* of struct fake_plan */
} faults[] = {
	{ "none", SOFT_NO_FAULT, 0 },
	{ "stall-in", SOFT_STALL_IN, 0 },
	{ "stall-out", SOFT_STALL_OUT, 0 },
	{ "stall-all", SOFT_STALL_ALL, 0 },
	{ "no-answer", SOFT_NO_ANSWER, 0 },
	{ "silent", SOFT_SILENT, 0 },
	{ "stuck", SOFT_STUCK, 0 },
	{ "short", SOFT_SHORT, 0 },
	{ "overrun", SOFT_OVERRUN, 0 },
	{ "garbage", SOFT_GARBAGE, 0 },
	{ "babble", SOFT_BABBLE, 0 },
	{ "cut", SOFT_CUT, 0 },
	{ "no-strings", SOFT_NO_STRINGS, 0 },
	{ "no-serial", SOFT_NO_SERIAL, 0 },
	{ "no-bulk", SOFT_NO_BULK, 0 },
	{ "bad-config", SOFT_BAD_CONFIG, 0 },
	{ "short-identify", SOFT_NO_FAULT, 1 },
	{ "wrong-magic", SOFT_NO_FAULT, 2 },
	{ "old-protocol", SOFT_NO_FAULT, 3 },
};

struct server {
	int devices, fault;
	bool bus, bridge, same_serial, no_permission;
	size_t unplug_after;
	long replug_ms;
	char **program;
	struct umock_bed *bed;
	struct jetbnn_usb *verilated; /* with --bus, else NULL */
	struct usb_device_model pins;
	struct usb_port *port[UMOCK_DEVICES];
	char serial[UMOCK_DEVICES][JB_USB_SERIAL_DIGITS + 1];
	int control;    /* our end of the socket */
	long replug_at; /* ms, 0: not pulled out */
};

static int usage(const char *what, const char *value)
{
	fprintf(stderr, "umock_server: %s%s%s\n", what, value ? ": " : "", value ? value : "");
	return 2;
}

static int fault_named(const char *name)
{
	for (int i = 0; i < (int)(sizeof(faults) / sizeof(faults[0])); i++)
		if (!strcmp(faults[i].name, name))
			return i;
	return -1;
}

/* A whole number from 0 to most, -1: it is none. */
static long number(const char *text, long most)
{
	char *end;
	long n = strtol(text, &end, 10);

	return end == text || *end || n < 0 || n > most ? -1 : n;
}

/* An option with a value. 0, or 2 with a message. */
static int option(struct server *s, const char *name, const char *value)
{
	long n = number(value, 100000000);

	if (!strcmp(name, "--fault")) {
		s->fault = fault_named(value);
		return s->fault < 0 ? usage("unknown fault", value) : 0;
	}
	if (n < 0)
		return usage("not a whole number in range", value);
	if (!strcmp(name, "--devices")) {
		s->devices = (int)n;
		return n > UMOCK_DEVICES ? usage("--devices: at most 4", NULL) : 0;
	}
	if (!strcmp(name, "--unplug-after"))
		s->unplug_after = (size_t)n;
	else if (!strcmp(name, "--replug"))
		s->replug_ms = n;
	else
		return usage("unknown option", name);
	return 0;
}

static int parse(struct server *s, int argc, char **argv)
{
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "--same-serial"))
			s->same_serial = true;
		else if (!strcmp(argv[i], "--bus"))
			s->bus = true;
		else if (!strcmp(argv[i], "--bridge"))
			s->bridge = true;
		else if (!strcmp(argv[i], "--no-permission"))
			s->no_permission = true;
		else if (i + 1 >= argc)
			return usage("unknown option or value missing", argv[i]);
		else if (option(s, argv[i], argv[i + 1]))
			return 2;
		else
			i++;
	}
	if (i + 1 >= argc)
		return usage("no program after --", NULL);
	if ((s->bus || s->bridge) && (s->devices > 1 || s->fault || s->bus == s->bridge))
		return usage("--bus and --bridge are one device without faults", NULL);
	s->program = argv + i + 1;
	return 0;
}

/* umockdev wants its preload library in this process too. Does not return when it was not there. */
static void preload(char **argv)
{
	const char *now = getenv("LD_PRELOAD");
	char all[1024];

	if (now && strstr(now, PRELOAD))
		return;
	snprintf(all, sizeof(all), PRELOAD "%s%s", now ? ":" : "", now ? now : "");
	setenv("LD_PRELOAD", all, 1);
	execv("/proc/self/exe", argv);
	perror("umock_server: exec");
	exit(1);
}

static int plug(struct server *s, int slot, char why[UMOCK_WHY])
{
	if (umock_bed_plug(s->bed, slot, s->port[slot], !s->no_permission, why))
		return -1;
	if (slot == 0 && s->unplug_after)
		usbfs_unplug_after(umock_bed_usbfs(s->bed, 0), s->unplug_after);
	return 0;
}

static struct usb_port *open_bus(struct server *s)
{
	s->verilated = jetbnn_usb_new(NULL);
	if (!s->verilated)
		return NULL;
	s->pins = jetbnn_usb_pins(s->verilated);
	return usb_bus_port_open(&s->pins, NULL);
}

static struct usb_port *open_soft(struct server *s, int slot)
{
	struct usb_soft_options opt = { .serial = s->serial[slot],
					.device = &fake_transport,
					.fault = faults[s->fault].soft };

	snprintf(s->serial[slot], sizeof(s->serial[slot]), "%016d", s->same_serial ? 1 : slot + 1);
	return usb_soft_port_open(&opt);
}

static struct usb_port *open_bridge(struct server *s)
{
	snprintf(s->serial[0], sizeof(s->serial[0]), "FT000001");
	return usb_bridge_port_open(s->serial[0], &fake_transport);
}

static int set_up(struct server *s)
{
	char why[UMOCK_WHY] = "out of memory";

	fake_plan = (struct fake_plan){ .limits = board_find("2x4")->limits,
					.bad_identify = faults[s->fault].bad_identify };
	s->bed = umock_bed_new(why);
	for (int i = 0; i < (s->bus || s->bridge ? 1 : UMOCK_DEVICES) && s->bed; i++) {
		s->port[i] = s->bus ? open_bus(s) : s->bridge ? open_bridge(s) : open_soft(s, i);
		if (!s->port[i] || (i < s->devices && plug(s, i, why)))
			return usage("the testbed could not be set up", why) - 1;
	}
	return s->bed ? 0 : usage("no testbed", why) - 1;
}

static void tear_down(struct server *s)
{
	if (s->bed)
		umock_bed_free(s->bed);
	for (int i = 0; i < UMOCK_DEVICES; i++)
		if (s->port[i])
			s->port[i]->ops->close(s->port[i]);
	jetbnn_usb_free(s->verilated);
}

static const char *set_fault(struct server *s, const char *name)
{
	struct usbfs *u = umock_bed_usbfs(s->bed, 0);
	int fault = fault_named(name);

	if (s->bus || s->bridge || fault < 0)
		return fault < 0 ? "unknown fault" : "no faults with --bus or --bridge";
	if (u)
		usbfs_lock(u);
	usb_soft_port_set_fault(s->port[0], faults[fault].soft);
	if (u)
		usbfs_unlock(u);
	return NULL;
}

/* "plug N", "unplug N", "fault NAME" */
static const char *command(struct server *s, char *line, char why[UMOCK_WHY])
{
	char *value = strchr(line, ' ');
	long slot;

	if (!value)
		return "no value";
	*value++ = 0;
	if (!strcmp(line, "fault"))
		return set_fault(s, value);
	slot = number(value, UMOCK_DEVICES - 1);
	if (slot < 0 || !s->port[slot])
		return "no such device";
	if (!strcmp(line, "plug"))
		return plug(s, (int)slot, why) ? why : NULL;
	if (strcmp(line, "unplug") != 0)
		return "unknown command";
	umock_bed_unplug(s->bed, (int)slot);
	return NULL;
}

static void serve_control(struct server *s)
{
	char line[64], answer[UMOCK_WHY + 16], why[UMOCK_WHY];
	ssize_t n = read(s->control, line, sizeof(line) - 1);
	const char *wrong;
	int size;

	if (n <= 0)
		return;
	line[n] = 0;
	line[strcspn(line, "\n")] = 0;
	wrong = command(s, line, why);
	size = snprintf(answer, sizeof(answer), wrong ? "failed: %s\n" : "ok\n", wrong);
	if (write(s->control, answer, (size_t)size) != size)
		fprintf(stderr, "umock_server: the program does not read its answer\n");
}

/* What --unplug-after and --replug ask for. */
static void serve_plug(struct server *s)
{
	struct usbfs *u = umock_bed_usbfs(s->bed, 0);
	char why[UMOCK_WHY];

	if (u && !usbfs_plugged(u)) {
		umock_bed_unplug(s->bed, 0);
		s->unplug_after = 0;
		s->replug_at = s->replug_ms ? clock_ms() + s->replug_ms : 0;
	}
	if (s->replug_at && clock_ms() >= s->replug_at) {
		s->replug_at = 0;
		if (plug(s, 0, why))
			fprintf(stderr, "umock_server: no re-plug: %s\n", why);
	}
}

static void start_program(const struct server *s, int control)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", control);
	setenv("UMOCK_CONTROL", text, 1);
	/* Root may open everything unless it gives these up. */
	if (s->no_permission && geteuid() == 0 &&
	    (prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) ||
	     prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH)))
		perror("umock_server: prctl");
	execvp(s->program[0], s->program);
	perror(s->program[0]);
	_exit(127);
}

static int run(struct server *s)
{
	int ends[2], status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return usage("no socket", NULL) - 1;
	s->control = ends[0];
	child = fork();
	if (child == 0) {
		close(ends[0]);
		start_program(s, ends[1]);
	}
	if (child < 0)
		return usage("no process", NULL) - 1;
	while (waitpid(child, &status, WNOHANG) == 0) {
		struct pollfd p = { .fd = s->control, .events = POLLIN };

		if (poll(&p, 1, LOOK_MS) > 0)
			serve_control(s);
		serve_plug(s);
	}
	close(ends[0]);
	close(ends[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	struct server s = { .devices = 1 };
	int status = parse(&s, argc, argv);

	if (status)
		return status;
	preload(argv);
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS); /* every ioctl sleeps for a moment */
	status = set_up(&s);
	if (!status)
		status = run(&s);
	tear_down(&s);
	return status;
}
