/* SPDX-License-Identifier: MIT
 * Init of the guest of `make test-usb-kernel`, and the guest's only tool of its own. As process 1 it
 * mounts, loads the modules of /modules, starts udevd, brings the network up, runs the steps and powers
 * off. As a command:
 *   init attach BUSID   takes the device from the server outside, waits until the kernel configured it
 *   init gone           waits until no device is left
 *   init detach         lets go of the device
 * The server's port comes as jetbnn_port=N on the kernel command line, which makes it a variable here. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "usbip_wire.h"

/* QEMU's user network: the guest, and the machine outside. */
#define GUEST_ADDRESS "10.0.2.15"
#define HOST_ADDRESS "10.0.2.2"
#define VHCI "/sys/devices/platform/vhci_hcd.0/"
#define DEVICE "/sys/bus/usb/devices/1-1/"

enum {
	WAIT_MS = 60000, /* for the kernel to enumerate on a simulated bus */
	STEP_MS = 20,
	HUB_PORT = 0,
	DEVICE_ID = 0x10002 /* bus 1, device 2: only a name between the kernel and the server */
};

static bool fail(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	return false;
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)strlen(text) || fail(path);
}

/* ---- device ---------------------------------------------------------------------------- */

static bool all(int fd, void *data, size_t length, bool out)
{
	uint8_t *at = data;

	while (length > 0) {
		ssize_t n = out ? write(fd, at, length) : read(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n ? errno : ECONNRESET;
			return false;
		}
		at += n;
		length -= (size_t)n;
	}
	return true;
}

/* A connection with the device imported, or -1. */
static int import(const char *busid)
{
	const char *port = getenv("jetbnn_port");
	struct sockaddr_in to = { .sin_family = AF_INET };
	uint8_t request[USBIP_IMPORT_SIZE], reply[USBIP_IMPORTED_SIZE];
	int fd;

	to.sin_port = htons((uint16_t)atoi(port ? port : "0"));
	inet_pton(AF_INET, HOST_ADDRESS, &to.sin_addr);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		fail("connect to the server outside");
		return -1;
	}
	usbip_pack_import(request, busid);
	if (!all(fd, request, sizeof(request), true) || !all(fd, reply, USBIP_REPLY_SIZE, false) ||
	    !usbip_reply_ok(reply) || !all(fd, reply, sizeof(reply) - USBIP_REPLY_SIZE, false)) {
		fail("import of the device");
		close(fd);
		return -1;
	}
	return fd;
}

static bool wait_device(bool there)
{
	for (int ms = 0; ms < WAIT_MS; ms += STEP_MS) {
		if (!access(DEVICE "1-1:1.0", F_OK) == there && !access(DEVICE, F_OK) == there)
			return true;
		usleep(STEP_MS * 1000);
	}
	errno = ETIMEDOUT;
	return fail(there ? "no configured device at " DEVICE : "device still at " DEVICE);
}

static bool attach(const char *busid)
{
	char line[64];
	int fd = import(busid);
	bool ok;

	if (fd < 0)
		return false;
	snprintf(line, sizeof(line), "%d %d %d %d", HUB_PORT, fd, DEVICE_ID, USBIP_SPEED_FULL);
	ok = write_text(VHCI "attach", line);
	close(fd);
	return ok && wait_device(true);
}

static int command(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "attach"))
		return !attach(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "gone"))
		return !wait_device(false);
	if (argc == 2 && !strcmp(argv[1], "detach"))
		return !(write_text(VHCI "detach", "0") && wait_device(false));
	fprintf(stderr, "usage: init attach BUSID | gone | detach\n");
	return 2;
}

/* ---- boot ------------------------------------------------------------------------------ */

static bool mounts(void)
{
	static const struct {
		const char *type, *on;
	} m[] = { { "proc", "/proc" },
		  { "sysfs", "/sys" },
		  { "devtmpfs", "/dev" },
		  { "tmpfs", "/run" } };

	for (size_t i = 0; i < sizeof(m) / sizeof(*m); i++) {
		mkdir(m[i].on, 0755);
		if (mount(m[i].type, m[i].on, m[i].type, 0, NULL) && errno != EBUSY)
			return fail(m[i].on);
	}
	return true;
}

/* /modules/ORDER names the files, one a line, in the order of their dependencies. */
static bool modules(void)
{
	char name[128], path[160];
	FILE *f = fopen("/modules/ORDER", "r");
	bool ok = f != NULL;

	while (ok && fscanf(f, "%127s", name) == 1) {
		int fd;

		snprintf(path, sizeof(path), "/modules/%s", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ok = fd >= 0 && !syscall(SYS_finit_module, fd, "", 0);
		if (!ok)
			fail(path);
		if (fd >= 0)
			close(fd);
	}
	if (f)
		fclose(f);
	return ok;
}

/* Exit status of a program, -1 when it did not run to its end. */
static int run(const char *program, const char *argument)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl(program, program, argument, (char *)NULL);
		_exit(127);
	}
	while (pid > 0) {
		pid_t ended = wait(&status); /* orphans come to process 1, too */

		if (ended == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		if (ended < 0 && errno != EINTR)
			break;
	}
	return -1;
}

static bool set_address(int fd, const char *name, unsigned long request, const char *text)
{
	struct ifreq r = { 0 };
	struct sockaddr_in a = { .sin_family = AF_INET };

	inet_pton(AF_INET, text, &a.sin_addr);
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	memcpy(&r.ifr_addr, &a, sizeof(a));
	return !ioctl(fd, request, &r);
}

static bool network(void)
{
	struct ifreq r = { .ifr_name = "eth0", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool ok = fd >= 0 && set_address(fd, "eth0", SIOCSIFADDR, GUEST_ADDRESS) &&
		  set_address(fd, "eth0", SIOCSIFNETMASK, "255.255.255.0") &&
		  !ioctl(fd, SIOCSIFFLAGS, &r);

	if (!ok)
		fail("network interface eth0");
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool boot(void)
{
	setenv("PATH", "/bin", 1);
	if (!mounts() || !modules() || !network())
		return false;
	if (run("/bin/udevd", "--daemon")) {
		fprintf(stderr, "init: udevd did not start\n");
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	int status;

	if (getpid() != 1)
		return command(argc, argv);
	status = boot() ? run("/bin/sh", "/steps.sh") : -1;
	/* Judged by the script outside: without this line the guest did not get here. */
	printf("RESULT %s end\n", status ? "fail" : "pass");
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
