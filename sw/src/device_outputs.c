/* SPDX-License-Identifier: MIT
 * An accelerator behind a transport: its ejector outputs. */
#include <inttypes.h>

#include "bytes.h"
#include "device_link.h"
#include "fields.h"

_Static_assert(BNN_OUTPUTS == JB_OUT_OUTPUTS && (int)BNN_FAULT_WATCHDOG == JB_OST_CAUSE_WATCHDOG &&
		       (int)BNN_FAULT_PARTS == JB_OST_CAUSE_PARTS &&
		       (int)BNN_FAULT_PULSES == JB_OST_CAUSE_PULSES &&
		       (int)BNN_FAULT_MODEL == JB_OST_CAUSE_MODEL,
	       "bnn.h has the protocol's numbers");

#define MOST(name) field_mask(JB_##name##_MSB, JB_##name##_LSB) /* largest value of a field */

static struct link_device *with_outputs(bnn_device *dev, struct bnn_err *err)
{
	struct link_device *d = device_link_of(dev);

	if (d && d->limits.ejector)
		return d;
	err_set(err, BNN_E_LIMIT, "device %s has no ejector outputs", dev->name);
	return NULL;
}

static int in_range(const char *what, uint32_t value, uint32_t least, uint32_t most,
		    struct bnn_err *err)
{
	if (value >= least && value <= most)
		return BNN_OK;
	return err_set(err, BNN_E_ARG, "%s of %" PRIu32 " is not in %" PRIu32 " to %" PRIu32, what,
		       value, least, most);
}

/* An output that may be given to parts: there is time for it, and it has a pulse. */
static int check_output(const struct bnn_outputs *o, const char *what, int output,
			struct bnn_err *err)
{
	int rc;

	if (output == BNN_NO_OUTPUT)
		return BNN_OK;
	if (output < 0 || output >= BNN_OUTPUTS)
		return err_set(err, BNN_E_ARG, "output %d of %s is not in 0 to %d", output, what,
			       BNN_OUTPUTS - 1);
	rc = in_range("a delay", o->delay[output], o->deadline, JB_OUT_MAX_STEPS, err);
	return rc ? rc : in_range("a pulse (us)", o->pulse_us[output], 1, MOST(OUT_PULSE), err);
}

static int check(const struct bnn_outputs *o, struct bnn_err *err)
{
	int rc = in_range("a deadline", o->deadline, 1, JB_OUT_MAX_STEPS, err);

	if (!rc)
		rc = in_range("a spacing", o->spacing, 0, JB_OUT_MAX_STEPS, err);
	if (!rc)
		rc = in_range("a watchdog (us)", o->watchdog_us, 0, MOST(OUT_WATCHDOG), err);
	if (!rc)
		rc = in_range("a filter (us)", (uint32_t)o->filter_us, 0, MOST(OUT_FILTER), err);
	if (!rc && o->by_eye)
		rc = in_range("the end of the image's time", o->image_to, o->image_from + 1,
			      o->deadline, err);
	if (!rc)
		rc = check_output(o, "late parts", o->late, err);
	if (!rc)
		rc = check_output(o, "uncertain parts", o->uncertain, err);
	if (!rc)
		rc = check_output(o, "crowded parts", o->crowded, err);
	for (int c = 0; c < 64 && !rc; c++)
		rc = check_output(o, "a class", o->class_output[c], err);
	return rc;
}

static uint32_t output_field(int output)
{
	return output == BNN_NO_OUTPUT ? JB_OUT_NONE : (uint32_t)output;
}

static void pack(const struct bnn_outputs *o, uint32_t w[JB_OUT_WORDS])
{
	FIELD_SET(w, OUT_ARM, 1);
	FIELD_SET(w, OUT_EYE, o->by_eye != 0);
	FIELD_SET(w, OUT_ENCODER, o->by_encoder != 0);
	FIELD_SET(w, OUT_EYE_LOW, o->eye_low != 0);
	FIELD_SET(w, OUT_LATE, output_field(o->late));
	FIELD_SET(w, OUT_UNCERTAIN, output_field(o->uncertain));
	FIELD_SET(w, OUT_CROWDED, output_field(o->crowded));
	FIELD_SET(w, OUT_FILTER, o->filter_us);
	FIELD_SET(w, OUT_FROM, o->image_from);
	FIELD_SET(w, OUT_TO, o->image_to);
	FIELD_SET(w, OUT_DEADLINE, o->deadline);
	FIELD_SET(w, OUT_SPACING, o->spacing);
	FIELD_SET(w, OUT_WATCHDOG, o->watchdog_us);
	FIELD_SET(w, OUT_INVERT, o->invert);
	FIELD_SET(w, OUT_SAFE, o->safe);
	for (int i = 0; i < BNN_OUTPUTS; i++) {
		w[JB_OUT_DELAY_WORD + i] = o->delay[i];
		w[JB_OUT_PULSE_WORD + i] = o->pulse_us[i];
	}
	for (int c = 0; c < 64; c++)
		w[JB_OUT_CLASS_WORD + c] = output_field(o->class_output[c]) << JB_OUT_CLASS_LSB |
					   (o->class_margin[c] < JB_OUT_MAX_MARGIN
						    ? o->class_margin[c]
						    : JB_OUT_MAX_MARGIN);
}

int bnn_device_outputs(bnn_device *dev, const struct bnn_outputs *o, struct bnn_err *err)
{
	struct link_device *d = with_outputs(dev, err);
	uint32_t words[JB_OUT_WORDS] = { 0 };
	uint8_t payload[4 * JB_OUT_WORDS];
	struct link_answer a;
	int rc = d ? BNN_OK : BNN_E_LIMIT;

	if (!rc && o)
		rc = check(o, err);
	if (rc)
		return rc;
	if (o)
		pack(o, words);
	else
		FIELD_SET(words, OUT_SAFE, d->safe);
	for (int i = 0; i < JB_OUT_WORDS; i++)
		bytes_set_u32(payload + 4 * i, words[i]);
	rc = link_ask(&d->link, "outputs", JB_T_OUTPUTS, payload, sizeof(payload), &a, err);
	if (!rc && o)
		d->safe = o->safe;
	return rc;
}

int bnn_device_outputs_state(bnn_device *dev, struct bnn_outputs_state *out, struct bnn_err *err)
{
	struct link_device *d = with_outputs(dev, err);
	uint32_t w[JB_OST_WORDS];
	int rc = BNN_E_LIMIT;

	if (d)
		rc = link_ask_block(&d->link, "outputs state", JB_T_OUTPUTS_STATE, w, JB_OST_WORDS,
				    err);
	if (rc)
		return rc;
	*out = (struct bnn_outputs_state){
		.armed = (int)FIELD(w, OST_ARMED),
		.eye = (int)FIELD(w, OST_EYE),
		.encoder = (int)FIELD(w, OST_ENCODER),
		.fault = (int)FIELD(w, OST_CAUSE),
		.pins = (uint8_t)FIELD(w, OST_PINS),
		.waiting = (int)FIELD(w, OST_WAITING),
		.now = FIELD(w, OST_NOW),
		.parts = (uint16_t)w[JB_OST_PARTS],
		.decided = (uint16_t)w[JB_OST_DECIDED],
		.late = (uint16_t)w[JB_OST_LATE],
		.unmatched = (uint16_t)w[JB_OST_UNMATCHED],
		.missed = (uint16_t)w[JB_OST_MISSED],
		.pulses = (uint16_t)w[JB_OST_PULSED],
	};
	return BNN_OK;
}
