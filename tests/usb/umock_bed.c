/* SPDX-License-Identifier: MIT
 * Devices in a umockdev testbed. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "umock_bed.h"

#define CONTROLLER "/devices/pci0000:00/0000:00:14.0/usb1"

enum { FIRST_NUMBER = 2, NUMBERS = 100 };

struct place {
	struct usbfs *usbfs; /* NULL: nothing plugged in */
	char node[64];       /* "/dev/bus/usb/001/002" */
	char path[96];       /* below /sys */
};

struct umock_bed {
	UMockdevTestbed *testbed;
	char *root; /* of its /sys and /dev */
	struct place place[UMOCK_DEVICES];
	int number; /* of the device plugged in next */
	/* Pulled out, kept for programs that still have them open. */
	struct usbfs *old[NUMBERS];
	int olds;
};

static int add(struct umock_bed *b, const char *text, char why[UMOCK_WHY])
{
	GError *error = NULL;

	if (umockdev_testbed_add_from_string(b->testbed, text, &error))
		return 0;
	snprintf(why, UMOCK_WHY, "%s", error->message);
	g_error_free(error);
	return -1;
}

struct umock_bed *umock_bed_new(char why[UMOCK_WHY])
{
	static const char hub[] =
		"P: " CONTROLLER "\n"
		"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\n"
		"E: BUSNUM=001\nE: DEVNUM=001\nE: MAJOR=189\nE: MINOR=0\n"
		"E: DEVNAME=/dev/bus/usb/001/001\n"
		"A: busnum=1\\n\nA: devnum=1\\n\nA: speed=480\\n\n"
		"A: bConfigurationValue=1\\n\nA: dev=189:0\\n\n"
		"H: descriptors=12010002090001406B1D020006050302010109021900010100E000"
		"0904000001090000000705810304000C\n\n";
	struct umock_bed *b = calloc(1, sizeof(*b));

	if (!b) {
		snprintf(why, UMOCK_WHY, "out of memory");
		return NULL;
	}
	b->number = FIRST_NUMBER;
	b->testbed = umockdev_testbed_new();
	b->root = umockdev_testbed_get_root_dir(b->testbed);
	if (add(b, hub, why)) {
		umock_bed_free(b);
		return NULL;
	}
	return b;
}

void umock_bed_free(struct umock_bed *b)
{
	for (int i = 0; i < UMOCK_DEVICES; i++)
		umock_bed_unplug(b, i);
	g_object_unref(b->testbed); /* files still open close here */
	for (int i = 0; i < b->olds; i++)
		usbfs_free(b->old[i]);
	g_free(b->root);
	free(b);
}

/* The node: a link to the pseudo terminal. Before the device is announced. */
static int link_node(const struct umock_bed *b, const struct place *p, bool allowed)
{
	static const char *const folders[] = { "/dev", "/dev/bus", "/dev/bus/usb",
					       "/dev/bus/usb/001" };
	char path[512];

	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", b->root, folders[i]);
		mkdir(path, 0755);
	}
	snprintf(path, sizeof(path), "%s%s", b->root, p->node);
	if (chmod(usbfs_path(p->usbfs), allowed ? 0600 : 0))
		return -1;
	return symlink(usbfs_path(p->usbfs), path);
}

static int announce(struct umock_bed *b, const struct place *p, int number, char why[UMOCK_WHY])
{
	const struct usbfs_descriptors *d = usbfs_descriptors(p->usbfs);
	char text[2048];
	int n = snprintf(text, sizeof(text),
			 "P: %s\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\n"
			 "E: BUSNUM=001\nE: DEVNUM=%03d\nE: MAJOR=189\nE: MINOR=%d\nE: DEVNAME=%s\n"
			 "A: busnum=1\\n\nA: devnum=%d\\n\nA: dev=189:%d\\n\nA: speed=12\\n\n"
			 "A: bConfigurationValue=1\\n\nH: descriptors=",
			 p->path, number, number - 1, p->node, number, number - 1);

	for (size_t i = 0; i < d->size; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%02X", d->bytes[i]);
	snprintf(text + n, sizeof(text) - (size_t)n, "\n\n");
	return add(b, text, why);
}

static int attach_node(struct umock_bed *b, const struct place *p, char why[UMOCK_WHY])
{
	GError *error = NULL;

	if (umockdev_testbed_attach_ioctl(b->testbed, p->node, usbfs_handler(p->usbfs), &error))
		return 0;
	snprintf(why, UMOCK_WHY, "%s", error->message);
	g_error_free(error);
	return -1;
}

int umock_bed_plug(struct umock_bed *b, int slot, struct usb_port *port, bool allowed,
		   char why[UMOCK_WHY])
{
	struct place *p = &b->place[slot];
	int number = b->number;

	if (p->usbfs || number >= NUMBERS) {
		snprintf(why, UMOCK_WHY, p->usbfs ? "it is plugged in" : "plugged in too often");
		return -1;
	}
	p->usbfs = usbfs_new(port, why);
	if (!p->usbfs)
		return -1;
	b->number++;
	snprintf(p->node, sizeof(p->node), "/dev/bus/usb/001/%03d", number);
	snprintf(p->path, sizeof(p->path), CONTROLLER "/1-%d", slot + 1);
	if (link_node(b, p, allowed)) {
		snprintf(why, UMOCK_WHY, "the node could not be linked");
		return -1;
	}
	return attach_node(b, p, why) || announce(b, p, number, why) ? -1 : 0;
}

void umock_bed_unplug(struct umock_bed *b, int slot)
{
	struct place *p = &b->place[slot];
	char path[512];

	if (!p->usbfs)
		return;
	usbfs_unplug(p->usbfs);
	snprintf(path, sizeof(path), "/sys%s", p->path);
	umockdev_testbed_uevent(b->testbed, path, "remove");
	umockdev_testbed_remove_device(b->testbed, path);
	snprintf(path, sizeof(path), "%s%s", b->root, p->node);
	unlink(path);
	b->old[b->olds++] = p->usbfs;
	p->usbfs = NULL;
}

struct usbfs *umock_bed_usbfs(const struct umock_bed *b, int slot)
{
	return b->place[slot].usbfs;
}
