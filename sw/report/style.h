/* SPDX-License-Identifier: MIT
 * What the page looks like. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

extern const char style_sheet[];

#endif
