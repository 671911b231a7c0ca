/* SPDX-License-Identifier: MIT
 * The simulated USB device as a USB/IP server on a loopback port: usbip_server --help. One client at a
 * time; prints "port N" when it listens. SIGTERM and SIGINT end it, exit status 0. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend.h"
#include "usbip_session.h"

enum { EXIT_USAGE = 2 };

struct options {
	const char *backend, *setups;
	int port;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static int fail(const char *what)
{
	fprintf(stderr, "usbip_server: %s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

static int usage(FILE *to, int status)
{
	fputs("usage: usbip_server [--backend NAME] [--port N] [--setups FILE]\n"
	      "  --backend NAME  what stands behind the port [the first]:\n",
	      to);
	for (const struct backend *b = backends; b->name; b++)
		fprintf(to, "                    %-6s %s\n", b->name, b->help);
	fputs("  --port N        TCP port on the loopback interface, 0: any free one [0]\n"
	      "  --setups FILE   write every set-up packet, 8 bytes in hex a line\n"
	      "The device is 1-1: usbip --tcp-port N attach -r 127.0.0.1 -b 1-1\n"
	      "As 1-1@BYTES it is unplugged after so many bytes of bulk transfers.\n",
	      to);
	return status;
}

/* 0, or an exit status after a message. */
static int parse(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i += 2) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;
		char *end = NULL;

		if (!value)
			return usage(stderr, EXIT_USAGE);
		if (!strcmp(argv[i], "--backend"))
			o->backend = value;
		else if (!strcmp(argv[i], "--setups"))
			o->setups = value;
		else if (!strcmp(argv[i], "--port"))
			o->port = (int)strtol(value, &end, 10);
		else
			return usage(stderr, EXIT_USAGE);
		if (end && (end == value || *end || o->port < 0 || o->port > 65535)) {
			fprintf(stderr, "usbip_server: --port %s: a number from 0 to 65535\n",
				value);
			return EXIT_USAGE;
		}
	}
	return 0;
}

static const struct backend *find_backend(const char *name)
{
	for (const struct backend *b = backends; b->name; b++)
		if (!name || !strcmp(b->name, name))
			return b;
	fprintf(stderr, "usbip_server: no back end '%s'\n", name);
	return NULL;
}

static int listen_on(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 4) ||
	    getsockname(fd, (struct sockaddr *)&a, &size)) {
		close(fd);
		return -1;
	}
	printf("port %d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static void serve(int listener, struct usb_port *port, FILE *setups)
{
	struct usbip_options opt = { .busid = "1-1", .setups = setups, .stop = &stop };
	int yes = 1;

	while (!stop) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		usbip_serve(fd, port, &opt);
		close(fd);
	}
}

static int run(const struct options *o, struct usb_port *port)
{
	struct sigaction act = { .sa_handler = on_signal };
	FILE *setups = NULL;
	int listener, status = EXIT_SUCCESS;

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	listener = listen_on(o->port);
	if (listener < 0)
		return fail("loopback port");
	if (o->setups && !(setups = fopen(o->setups, "w")))
		status = fail(o->setups);
	else
		serve(listener, port, setups);
	if (setups && fclose(setups))
		status = fail(o->setups);
	close(listener);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct backend *b;
	struct usb_port *port;
	void *device;
	int status;

	if (argc > 1 && !strcmp(argv[1], "--help"))
		return usage(stdout, EXIT_SUCCESS);
	status = parse(argc, argv, &o);
	if (status)
		return status;
	b = find_backend(o.backend);
	if (!b)
		return EXIT_USAGE;
	port = b->open(&device);
	if (!port) {
		fprintf(stderr, "usbip_server: back end %s does not start\n", b->name);
		return EXIT_FAILURE;
	}
	status = run(&o, port);
	return b->close(port, device) ? status : EXIT_FAILURE;
}
