/* SPDX-License-Identifier: MIT
 * What bnnctl train chooses where nothing is said. */
#ifndef BNNCTL_TRAIN_CHOOSE_H
#define BNNCTL_TRAIN_CHOOSE_H

#include "boards.h"
#include "train.h"

/* A network for images of such a set on a board: jets, then two convolutions, then a dense head,
 * pooled until no side is over 7; wider with more images and classes, as wide as fits the board.
 * Errors: BNN_E_LIMIT (even the smallest does not fit: the resource, the need and the limit). */
int choose_net(const struct train_set *s, const struct board *board, struct net *out,
	       struct bnn_err *err);
/* BNN_OK when a network fits the board. Errors: BNN_E_LIMIT (the resource, the need and the limit),
 * BNN_E_MEMORY. */
int choose_check(const struct net *n, const struct board *board, struct bnn_err *err);
/* 32, or 64 from 5,000 images on. */
int choose_batch(int images);
/* Learning rate of adam: networks for few images are small, and learn best by large steps. */
double choose_rate(int batch);
/* Epochs that make some thousand steps. */
int choose_epochs(int images, int batch);
/* 1 where the largest class has at least twice the images of the smallest, else 0. */
double choose_balance(const struct train_set *s);
/* True for jets behind the first layer: bits that harden are worse there than signs from the first
 * step on (docs/trials.md). */
bool choose_signs(const struct net *n);

#endif
