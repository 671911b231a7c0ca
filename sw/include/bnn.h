/* SPDX-License-Identifier: MIT
 * libbnn: host library of the jetbnn accelerator.
 *
 * Ownership: every bnn_*_open/load/parse gives a handle the caller frees with the matching
 * bnn_*_free/close; freeing NULL does nothing. Threads: a handle belongs to one thread at a time;
 * different handles are independent (there is no global state). No function prints or exits.
 * Every function returning int gives 0 (BNN_OK) or a negative enum bnn_error; text about the last
 * failure goes to the caller's struct bnn_err (may be NULL).
 */
#ifndef BNN_H
#define BNN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BNN_VERSION_MAJOR 0
#define BNN_VERSION_MINOR 1

enum bnn_error {
	BNN_OK = 0,
	BNN_E_INTERNAL = -1,  /* a bug of ours */
	BNN_E_ARG = -2,       /* bad argument, option or net text */
	BNN_E_FILE = -3,      /* file missing, unreadable or malformed */
	BNN_E_LIMIT = -4,     /* well-formed but beyond a limit of the format or the device */
	BNN_E_NO_DEVICE = -5, /* no such device */
	BNN_E_LINK = -6,      /* transport or packet error */
	BNN_E_DEVICE = -7,    /* the device refused */
	BNN_E_TIMEOUT = -8,   /* no answer in time */
	BNN_E_MISMATCH = -9,  /* results differ from the reference */
	BNN_E_MEMORY = -10,   /* out of memory */
	BNN_E_COUNT = 11
};

/* Message of a failure: names the thing, the value and the limit. Always terminated. */
struct bnn_err {
	int code;
	char text[256];
};

/* One line about an error code; never NULL. */
const char *bnn_strerror(int code);
/* "0.1.0" */
const char *bnn_version(void);

/* ---- models ---------------------------------------------------------------------------- */

typedef struct bnn_model bnn_model;

/* Reads a .bnn file. Errors: BNN_E_FILE (missing, truncated, CRC), BNN_E_LIMIT, BNN_E_MEMORY. */
int bnn_model_load(const char *path, bnn_model **out, struct bnn_err *err);
/* Writes a .bnn file, atomically (temporary file, then rename). Errors: BNN_E_FILE. */
int bnn_model_save(const bnn_model *m, const char *path, struct bnn_err *err);
/* Exchange folder (net.txt, classes.txt, Ln.*.npy). Same errors as load and save. */
int bnn_model_import(const char *folder, bnn_model **out, struct bnn_err *err);
int bnn_model_export(const bnn_model *m, const char *folder, struct bnn_err *err);
void bnn_model_free(bnn_model *m);

int bnn_model_rows(const bnn_model *m);
int bnn_model_cols(const bnn_model *m);
int bnn_model_channels(const bnn_model *m);
int bnn_model_classes(const bnn_model *m);
/* Name of class c (0..classes-1); owned by the model. */
const char *bnn_model_class(const bnn_model *m, int c);

/* ---- images ---------------------------------------------------------------------------- */

/* 8-bit image, interleaved channels (1 gray or 3 RGB), rows top to bottom. */
struct bnn_image {
	int rows, cols, channels;
	uint8_t *pixels; /* rows*cols*channels bytes, owned; bnn_image_free releases it */
};

/* PGM, PPM, PNG or JPEG, recognised by content. 16-bit samples keep their high byte (scaled by
 * maxval); alpha is composed over black. Errors: BNN_E_FILE, BNN_E_LIMIT (side above 16384). */
int bnn_image_read(const char *path, struct bnn_image *out, struct bnn_err *err);
void bnn_image_free(struct bnn_image *im);
/* Resizes by area averaging, converts gray/RGB and applies the model's preprocessing.
 * out->pixels holds what the device is sent. */
int bnn_image_fit(const bnn_model *m, const struct bnn_image *in, struct bnn_image *out,
		  struct bnn_err *err);

/* ---- devices --------------------------------------------------------------------------- */

typedef struct bnn_device bnn_device;

struct bnn_result {
	uint32_t tag; /* the caller's number of this image */
	int index;    /* winning class, lowest on a tie */
	int classes;
	int32_t scores[64];
	int32_t margin;       /* best score less second best */
	int64_t cycles;       /* engine cycles, -1 where the device has none (cpu) */
	int64_t front_cycles; /* front-end cycles, -1 likewise */
};

struct bnn_open_options {
	const char *trace; /* sim: write this FST file, or NULL */
	int timeout_ms;    /* per answer; 0: default (10000) */
	int send_once; /* an image that is damaged or lost on the way fails, it is not sent again */
};

/* ---- boards ------------------------------------------------------------------------------ */

enum bnn_board_state {
	BNN_BOARD_READY = 0,
	BNN_BOARD_NO_PERMISSION,  /* BNN_UDEV_RULE in BNN_UDEV_FILE helps */
	BNN_BOARD_BUSY,           /* in use by another program */
	BNN_BOARD_OTHER_PROTOCOL, /* its bitstream is older or newer than this library */
	BNN_BOARD_UNREADABLE
};

#define BNN_UDEV_FILE "/etc/udev/rules.d/70-jetbnn.rules"
#define BNN_UDEV_RULE \
	"SUBSYSTEM==\"usb\", ATTR{idVendor}==\"1209\", ATTR{idProduct}==\"0001\", TAG+=\"uaccess\""

/* One board on the USB bus. Texts are empty where they cannot be read. */
struct bnn_board_info {
	char device[72]; /* for bnn_device_open: "usb:SERIAL" */
	char serial[64], product[64];
	char place[16]; /* "001/004": bus and device number */
	int state;      /* enum bnn_board_state */
	int protocol;   /* packet version its descriptors tell, -1 unknown */
};

/* Boards plugged in now, at most size of them. A board in use by this process is BNN_BOARD_BUSY too.
 * Errors: BNN_E_NO_DEVICE (USB is not available). */
int bnn_list(struct bnn_board_info *out, int size, int *count, struct bnn_err *err);
/* A few words on a state; never NULL. */
const char *bnn_board_state_text(int state);

/* spec: "auto", "cpu", "sim", "sim:NAME" (NAME a built lane configuration such as 1x2, 2x4),
 * "usb[:SERIAL]", "ftdi[:SERIAL]". Errors: BNN_E_ARG (unknown spec), BNN_E_NO_DEVICE, BNN_E_LINK. */
int bnn_device_open(const char *spec, const struct bnn_open_options *opt, bnn_device **out,
		    struct bnn_err *err);
/* Closing NULL does nothing. */
void bnn_device_close(bnn_device *d);
/* What `auto` became, e.g. "sim:1x2"; owned by the device. */
const char *bnn_device_name(const bnn_device *d);
/* Loads a model; the device keeps no reference to m. Errors: BNN_E_LIMIT (names resource, need and
 * limit; the previous model runs on), BNN_E_LINK, BNN_E_DEVICE, BNN_E_TIMEOUT. */
int bnn_device_load(bnn_device *d, const bnn_model *m, struct bnn_err *err);
/* Queues an image of exactly the model's size; at most two are in flight, a third call waits.
 * pixels may be reused on return. */
int bnn_device_submit(bnn_device *d, const uint8_t *pixels, uint32_t tag, struct bnn_err *err);
/* Waits for the oldest queued image. BNN_E_ARG when none is in flight. */
int bnn_device_poll(bnn_device *d, struct bnn_result *out, struct bnn_err *err);
/* submit and poll. */
int bnn_device_classify(bnn_device *d, const uint8_t *pixels, struct bnn_result *out,
			struct bnn_err *err);

/* ---- ejector ------------------------------------------------------------------------------ */

#define BNN_OUTPUTS 8
#define BNN_NO_OUTPUT (-1)

/* Pulses on the device's output pins for parts on a belt, timed by the device itself: docs/eject.md.
 * A step is a microsecond, or with by_encoder a rising edge of the encoder input. Outputs are 0 to
 * BNN_OUTPUTS - 1 or BNN_NO_OUTPUT. */
struct bnn_outputs {
	int by_eye;  /* a part is a rising edge of the photo-eye input, else an image */
	int eye_low; /* the eye is low while a part is there */
	int by_encoder;
	int filter_us;                 /* 0 to 255: the eye counts when it is steady for as long */
	uint32_t image_from, image_to; /* by_eye: age of a part when its image has arrived, steps */
	uint32_t deadline;             /* age at which a part without a class is late, steps */
	uint32_t spacing;              /* least steps between parts, 0: any */
	uint32_t watchdog_us;          /* without a packet for as long: safe levels; 0: never */
	uint8_t invert;                /* outputs, a bit each, that are low while a pulse lasts */
	uint8_t safe;                  /* levels after a fault */
	int late, uncertain, crowded;  /* outputs of parts without a class, a margin, a spacing */
	uint32_t delay[BNN_OUTPUTS];   /* from part to pulse, steps */
	uint32_t pulse_us[BNN_OUTPUTS]; /* length */
	int class_output[64];
	uint32_t class_margin[64]; /* least margin */
};

/* Why the outputs are at their safe levels, one bit each. */
enum bnn_outputs_fault {
	BNN_FAULT_WATCHDOG = 1, /* no packet in time */
	BNN_FAULT_PARTS = 2,    /* too many parts without a class */
	BNN_FAULT_PULSES = 4,   /* too many pulses ahead at one output */
	BNN_FAULT_MODEL = 8     /* a model was loaded since */
};

struct bnn_outputs_state {
	int armed, eye, encoder; /* working; levels of the inputs */
	int fault;               /* enum bnn_outputs_fault */
	uint8_t pins;
	int waiting; /* parts without a decision */
	uint32_t now;
	/* Since bnn_device_outputs, modulo 65536: */
	uint16_t parts, decided, late;
	uint16_t unmatched; /* images without a part */
	uint16_t missed;    /* decided after the time of their pulse */
	uint16_t pulses;
};

/* Arms the outputs of the device, or with NULL holds them at the safe levels given
 * last through this handle, low before any. Parts and pulses
 * under way are forgotten. Loading a model disarms. Errors: BNN_E_LIMIT (no outputs built in),
 * BNN_E_ARG (names value and limit), BNN_E_LINK, BNN_E_TIMEOUT, BNN_E_DEVICE. */
int bnn_device_outputs(bnn_device *d, const struct bnn_outputs *o, struct bnn_err *err);
/* Errors: BNN_E_LIMIT, BNN_E_LINK, BNN_E_TIMEOUT, BNN_E_DEVICE. */
int bnn_device_outputs_state(bnn_device *d, struct bnn_outputs_state *out, struct bnn_err *err);

/* Every layer's map of one image, as the device computed it. */
struct bnn_layers {
	int count;        /* layers before the head */
	uint8_t *map[16]; /* u8 0/1 [rows][cols][channels] after the layer's pools, owned */
	int rows[16], cols[16], channels[16];
	int32_t *cam; /* i32 [cam_rows][cam_cols][classes] or NULL, owned */
	int cam_rows, cam_cols;
	struct bnn_result result;
};
int bnn_device_layers(bnn_device *d, const uint8_t *pixels, struct bnn_layers *out,
		      struct bnn_err *err);
void bnn_layers_free(struct bnn_layers *l);

#ifdef __cplusplus
}
#endif
#endif
