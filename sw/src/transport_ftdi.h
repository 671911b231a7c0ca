/* SPDX-License-Identifier: MIT
 * Transport "ftdi": boards whose serial link goes through an FTDI bridge, by libftdi. */
#ifndef JB_TRANSPORT_FTDI_H
#define JB_TRANSPORT_FTDI_H

#include "transport.h"

extern const struct transport transport_ftdi;

#endif
