/* SPDX-License-Identifier: MIT
 * A sorting line over many images: exact counts, flat memory, a board that is pulled out and comes back.
 *   umock_server -- sort_long BNNCTL IMAGES [PICTURE.svg]
 * Fashion-MNIST test images come into a folder again and again, one in a thousand broken. Every decision is
 * compared with the reference's. Report on stdout; exit status 0, 1 when anything was wrong. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "common/temp_dir.h"
#include "pictures.h"
#include "terminal.h"

#define USB "usb:0000000000000001"
#define DEVICES USB ",sim,cpu"

enum { AHEAD = 3000, SAMPLES = 10, DEVICE_NAMES = 4, LIMIT_S = 3600 };

static struct run {
	char dir[64];
	long images;
	const char *bnnctl;
	struct pictures pictures;
	pid_t child;
	int events, tty, control;
	struct terminal terminal;
	char text[1 << 16]; /* of events, not yet a line */
	size_t text_n;
	long fed, seen, wrong;
	long lanes[RULES_MAX_LANES], unreadable;
	char device[DEVICE_NAMES][64];
	long by_device[DEVICE_NAMES];
	int plugged; /* 0 not pulled out yet, 1 out, 2 in again */
	long rss[SAMPLES + 1];
	double begun, ended;
} run;

static void __attribute__((format(printf, 1, 2))) wrong(const char *fmt, ...)
{
	va_list args;

	if (run.wrong++ > 20)
		return;
	va_start(args, fmt);
	fputs("sort_long: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}

static void die(const char *what)
{
	fprintf(stderr, "sort_long: %s: %s\n", what, strerror(errno));
	if (run.child > 0)
		kill(run.child, SIGKILL);
	exit(1);
}

/* The line, its standard error on a terminal of its own. */
static void start(void)
{
	struct winsize size = { .ws_row = 24, .ws_col = TERMINAL_COLS };
	int ends[2], slave;

	if (pipe(ends) || openpty(&run.tty, &slave, NULL, NULL, &size))
		die("pipe");
	run.child = fork();
	if (run.child < 0)
		die("fork");
	if (run.child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(slave, STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		close(run.tty);
		if (chdir(run.dir) == 0)
			execl(run.bnnctl, "bnnctl", "sort", "--json", "--devices", DEVICES, "-r",
			      "rules", "--move", "sorted", "--layout", "lane", "--log", "line.log",
			      "--rotate", "1", "--keep", "3", "--status-file", "status", "inbox",
			      (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	close(slave);
	run.events = ends[0];
	fcntl(run.events, F_SETFL, O_NONBLOCK);
	fcntl(run.tty, F_SETFL, O_NONBLOCK);
}

/* The text behind "KEY": in a line, without its quotes. */
static void value(const char *line, const char *key, char *out, size_t size)
{
	char name[32];
	const char *at;
	size_t n;

	snprintf(name, sizeof(name), "\"%s\": ", key);
	at = strstr(line, name);
	at = at ? at + strlen(name) : "";
	at += *at == '"';
	n = strcspn(at, "\",}");
	snprintf(out, size, "%.*s", (int)n, at);
}

static void count_device(const char *name)
{
	for (int i = 0; i < DEVICE_NAMES; i++)
		if (!*run.device[i] || strcmp(run.device[i], name) == 0) {
			snprintf(run.device[i], sizeof(run.device[i]), "%s", name);
			run.by_device[i]++;
			return;
		}
	wrong("an image came from %s", name);
}

/* An event: the next image, in its lane. */
static void check(const char *line)
{
	char number[32], file[256], expected[256], lane[64], reason[32], device[64], want[32];
	long i = run.seen++;
	int right = pictures_lane(&run.pictures, i);

	value(line, "number", number, sizeof(number));
	value(line, "file", file, sizeof(file));
	value(line, "lane", lane, sizeof(lane));
	value(line, "reason", reason, sizeof(reason));
	value(line, "device", device, sizeof(device));
	snprintf(want, sizeof(want), "%ld", i);
	snprintf(expected, sizeof(expected), "inbox/%07ld.pgm", i);
	if (strcmp(number, want) != 0 || strcmp(file, expected) != 0)
		wrong("image %ld: number %s, file %s", i, number, file);
	if (strcmp(lane, run.pictures.rules.lane[right].name) != 0 ||
	    (strcmp(reason, "unreadable") == 0) != pictures_broken(i))
		wrong("image %ld: lane %s, %s; not %s", i, lane, reason,
		      run.pictures.rules.lane[right].name);
	run.lanes[right]++;
	run.unreadable += pictures_broken(i);
	if (!pictures_broken(i))
		count_device(device);
}

/* True until the line has closed its output. */
static bool read_events(void)
{
	ssize_t n = read(run.events, run.text + run.text_n, sizeof(run.text) - 1 - run.text_n);
	char *from = run.text, *end;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	run.text_n += (size_t)n;
	run.text[run.text_n] = 0;
	while ((end = strchr(from, '\n'))) {
		*end = 0;
		check(from);
		from = end + 1;
	}
	run.text_n -= (size_t)(from - run.text);
	memmove(run.text, from, run.text_n + 1);
	return true;
}

static void read_tty(void)
{
	char text[4096];
	ssize_t n;

	while ((n = read(run.tty, text, sizeof(text))) > 0)
		terminal_bytes(&run.terminal, text, (size_t)n);
}

static void control(const char *command)
{
	char answer[128] = "";

	if (write(run.control, command, strlen(command)) < 0 ||
	    read(run.control, answer, sizeof(answer) - 1) < 0 || strncmp(answer, "ok", 2) != 0)
		die(answer);
}

/* Pulls the USB board out in the middle, and plugs it in again. */
static void plug(void)
{
	if (run.plugged == 0 && run.seen >= run.images * 2 / 5) {
		terminal_keep(&run.terminal);
		control("unplug 0\n");
		run.plugged = 1;
	} else if (run.plugged == 1 && run.seen >= run.images * 3 / 5 &&
		   terminal_said(&run.terminal, "is lost")) {
		terminal_keep(&run.terminal);
		control("plug 0\n");
		run.plugged = 2;
	}
}

static long memory(void)
{
	char path[64], line[256];
	long kb = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)run.child);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* How far the feeder may go: the last images wait until the board is back. */
static bool may_feed(void)
{
	return run.fed < run.images && run.fed < run.seen + AHEAD &&
	       (run.fed < run.images * 4 / 5 || terminal_said(&run.terminal, "is back"));
}

static void work(void)
{
	bool open = true, ending = false;
	int sample = 0;

	run.begun = clock_seconds();
	while (open) {
		struct pollfd p[] = { { run.events, POLLIN, 0 }, { run.tty, POLLIN, 0 } };

		for (int i = 0; i < 100 && may_feed(); i++)
			if (pictures_feed(&run.pictures, run.fed++))
				die("feed");
		poll(p, 2, may_feed() ? 0 : 50);
		open = read_events();
		read_tty();
		plug();
		while (sample <= SAMPLES && run.seen >= run.images * sample / SAMPLES)
			run.rss[sample++] = memory();
		if (run.seen >= run.images && !ending) {
			ending = true;
			run.ended = clock_seconds();
			terminal_keep(&run.terminal);
			kill(run.child, SIGINT);
		}
		if (clock_seconds() - run.begun > LIMIT_S)
			die("it takes too long");
	}
}

static void finish(void)
{
	int status = -1;

	waitpid(run.child, &status, 0);
	run.child = 0;
	read_tty();
	if (status != 0)
		wrong("exit status %d", status);
	if (run.seen != run.images || run.fed != run.images)
		wrong("%ld images in, %ld out of %ld", run.fed, run.seen, run.images);
	if (run.plugged != 2 || !terminal_said(&run.terminal, USB " is back"))
		wrong("the board was not pulled out and did not come back");
	if (run.rss[SAMPLES] > run.rss[2] + 1024)
		wrong("memory grew from %ld to %ld kB", run.rss[2], run.rss[SAMPLES]);
}

static long files_in(const char *folder)
{
	char path[128];
	struct dirent *e;
	long n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", run.dir, folder);
	d = opendir(path);
	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void report_lanes(void)
{
	printf("\n| lane | images by the reference | files there |\n|---|---|---|\n");
	for (int i = 0; i < run.pictures.rules.lanes; i++) {
		char folder[64];
		long files;

		snprintf(folder, sizeof(folder), "sorted/%s", run.pictures.rules.lane[i].name);
		files = files_in(folder);
		printf("| %s | %ld | %ld |\n", run.pictures.rules.lane[i].name, run.lanes[i],
		       files);
		if (files != run.lanes[i])
			wrong("lane %s has %ld files, not %ld", run.pictures.rules.lane[i].name,
			      files, run.lanes[i]);
	}
	if (files_in("inbox") != 0)
		wrong("%ld files are left in the folder", files_in("inbox"));
}

static void report(void)
{
	char path[128], line[4096] = "";
	const char *latency;
	FILE *f;

	snprintf(path, sizeof(path), "%s/status", run.dir);
	f = fopen(path, "r");
	if (!f || !fgets(line, sizeof(line), f))
		wrong("no statistics");
	if (f)
		fclose(f);
	latency = strstr(line, "\"latency_ms\": {");
	latency = latency ? strchr(latency, '{') + 1 : "";
	printf("# A sorting line over %ld images\n\nMade by `make sort-long`, not by hand: Fashion-MNIST test "
	       "images again and again, from a folder,\nthrough `bnnctl sort --devices %s` (a simulated USB "
	       "board,\nthe simulated accelerator, the processor).\n\n",
	       run.images, DEVICES);
	printf("%ld images in, %ld out, %ld wrong; %ld of them broken, to lane %s. %.0f s, %.0f a second.\n",
	       run.fed, run.seen, run.wrong, run.unreadable,
	       run.pictures.rules.lane[run.pictures.rules.fault_lane[REASON_UNREADABLE]].name,
	       run.ended - run.begun, (double)run.images / (run.ended - run.begun));
	printf("The board " USB
	       " was pulled out behind image %ld and plugged in again behind %ld.\n"
	       "Latency, from the last byte of an image to its decision, ms: %.*s.\n",
	       run.images * 2 / 5, run.images * 3 / 5, (int)strcspn(latency, "}"), latency);
	report_lanes();
	printf("\n| device | images |\n|---|---|\n");
	for (int i = 0; i < DEVICE_NAMES && *run.device[i]; i++)
		printf("| %s | %ld |\n", run.device[i], run.by_device[i]);
	printf("\n| images | memory (resident), kB |\n|---|---|\n");
	for (int i = 0; i <= SAMPLES; i++)
		printf("| %ld | %ld |\n", run.images * i / SAMPLES, run.rss[i]);
}

int main(int argc, char **argv)
{
	const char *control_fd = getenv("UMOCK_CONTROL");
	char bnnctl[4096], model[4096];

	run.images = argc > 2 ? atol(argv[2]) : 0;
	if (argc < 3 || run.images < 100 || !control_fd || !realpath(argv[1], bnnctl)) {
		fprintf(stderr, "usage: umock_server -- sort_long BNNCTL IMAGES [PICTURE.svg]\n");
		return 2;
	}
	run.bnnctl = bnnctl;
	run.control = atoi(control_fd);
	fcntl(run.control, F_SETFD, FD_CLOEXEC);
	snprintf(run.dir, sizeof(run.dir), "%s", "/tmp/sort_long.XXXXXX");
	if (!mkdtemp(run.dir))
		die("/tmp");
	if (!realpath("models/fashion-mnist.bnn", model) || setenv("BNN_MODEL", model, 1))
		die("models/fashion-mnist.bnn");
	if (pictures_make(&run.pictures, run.dir))
		die("pictures");
	start();
	work();
	finish();
	report();
	if (argc > 3 &&
	    terminal_picture(&run.terminal,
			     "$ bnnctl sort --devices " DEVICES " -r rules --move sorted inbox/",
			     argv[3]))
		run.wrong++;
	temp_dir_remove(run.dir);
	if (access(run.dir, F_OK) == 0)
		wrong("%s is left", run.dir);
	pictures_free(&run.pictures);
	return run.wrong != 0;
}
