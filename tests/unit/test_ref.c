/* SPDX-License-Identifier: MIT
 * The reference against cases worked out by hand. */
#include <string.h>

#include "../check_main.h"
#include "model.h"
#include "ref.h"

static struct net_layer layer(enum net_kind kind, int k, int out, int rows, int cols, int ch)
{
	struct net_layer l = { .kind = kind,
			       .k = k,
			       .out = out,
			       .stride = 1,
			       .in_rows = rows,
			       .in_cols = cols,
			       .in_ch = ch,
			       .conv_rows = rows,
			       .conv_cols = cols,
			       .out_rows = rows,
			       .out_cols = cols };

	return l;
}

static uint64_t random_state = 1;

static int random_below(int n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (int)((random_state >> 33) % (uint64_t)n);
}

START_TEST(kernels)
{
	static const int line3[3][3] = { { 1, 2, 1 }, { 1, 0, -1 }, { 1, -2, 1 } };
	static const int line5[5][5] = { { 1, 4, 6, 4, 1 },
					 { 1, 2, 0, -2, -1 },
					 { 1, 0, -2, 0, 1 },
					 { 1, -2, 0, 2, -1 },
					 { 1, -4, 6, -4, 1 } };
	int32_t kernel[25];

	for (int n = 0; n < 9; n++) {
		ref_jet_kernel(3, n, kernel);
		for (int i = 0; i < 9; i++)
			ck_assert_int_eq(kernel[i], line3[n / 3][i / 3] * line3[n % 3][i % 3]);
	}
	for (int n = 0; n < 25; n++) {
		ref_jet_kernel(5, n, kernel);
		for (int i = 0; i < 25; i++)
			ck_assert_int_eq(kernel[i], line5[n / 5][i / 5] * line5[n % 5][i % 5]);
	}
}
END_TEST

/* Number 1 is dx = 1, dy = 0: smooth along rows, left minus right. No flip. */
START_TEST(jet_direction)
{
	const uint8_t image[9] = { 0, 1, 2, 0, 1, 2, 0, 1, 2 }; /* brighter to the right */
	uint8_t kernel[2] = { 1, 3 };
	int8_t sign[2] = { 1, -1 };
	struct model_layer p = { .kernel = kernel, .sign = sign };
	struct net_layer l = layer(NET_JET, 3, 2, 3, 3, 1);
	int32_t z[2];

	l.valid = true;
	l.conv_rows = l.conv_cols = 1;
	ref_jet(&l, &p, 1, image, z);
	ck_assert_int_eq(z[0], -8); /* (1+2+1) * (0 - 2) */
	ck_assert_int_eq(z[1], 0);  /* rows are equal */
	kernel[1] = 1;
	ref_jet(&l, &p, 1, image, z);
	ck_assert_int_eq(z[1], 8);
}
END_TEST

START_TEST(jet_repeats_edge_pixels)
{
	const uint8_t image[4] = { 1, 2, 4, 9 };
	uint8_t kernel[3] = { 4, 0, 1 };
	int8_t sign[3] = { 1, 1, 1 };
	struct model_layer p = { .kernel = kernel, .sign = sign };
	struct net_layer l = layer(NET_JET, 3, 3, 2, 2, 1);
	int32_t z[12];

	ref_jet(&l, &p, 1, image, z);
	/* rows 1-4 = -3 and 2-9 = -7, then left minus right: -3 - -7 everywhere */
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(z[3 * i], 4);
	/* smooth at (0,0): columns (1+2*1+4, same, 2+2*2+9) = 7, 7, 15, then 7+14+15 */
	ck_assert_int_eq(z[1], 36);
	/* at (1,1): columns (1+8+4, 2+18+9, same) = 13, 29, 29 */
	ck_assert_int_eq(z[3 * 3 + 1], 13 + 58 + 29);
	ck_assert_int_eq(z[2], 7 - 15);
	ck_assert_int_eq(z[3 * 3 + 2], 13 - 29);
}
END_TEST

START_TEST(jet_k5_far_edge)
{
	const uint8_t image[1] = { 200 };
	uint8_t kernel[2] = { 0, 24 };
	int8_t sign[2] = { 1, 1 };
	struct model_layer p = { .kernel = kernel, .sign = sign };
	struct net_layer l = layer(NET_JET, 5, 2, 1, 1, 1);
	int32_t z[2];

	ref_jet(&l, &p, 1, image, z);
	ck_assert_int_eq(z[0], 256 * 200);
	ck_assert_int_eq(z[1], 0);
}
END_TEST

START_TEST(missing_bits_are_minus_one)
{
	const uint8_t bit[1] = { 1 };
	uint8_t kernel[1] = { 0 };
	int8_t one[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct model_layer jet = { .kernel = kernel, .sign = one }, conv = { .weight = one };
	struct net_layer l = layer(NET_JET, 3, 1, 1, 1, 1);
	int32_t z;

	ref_jet(&l, &jet, 0, bit, &z);
	ck_assert_int_eq(z, 4 - 12);
	ref_sjet(&l, &jet, 0, bit, &z);
	ck_assert_int_eq(z, 4 - 12);
	l.kind = NET_BCONV;
	ref_bconv(&l, &conv, 0, bit, &z);
	ck_assert_int_eq(z, 1 - 8);
	l.k = 1;
	ref_bconv(&l, &conv, 0, bit, &z);
	ck_assert_int_eq(z, 1);
}
END_TEST

START_TEST(stride_and_padding)
{
	uint8_t image[25];
	int8_t one[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct model_layer p = { .weight = one };
	struct net_layer l = layer(NET_BCONV, 3, 1, 5, 5, 1);
	int32_t z[9];

	for (int i = 0; i < 25; i++)
		image[i] = (uint8_t)(10 * (i / 5) + i % 5); /* value rc */
	l.stride = 2;
	l.valid = true;
	l.conv_rows = l.conv_cols = 2;
	ref_bconv(&l, &p, 1, image, z);
	ck_assert_int_eq(z[0], 9 * 11);
	ck_assert_int_eq(z[1], 9 * 13);
	ck_assert_int_eq(z[2], 9 * 31);
	ck_assert_int_eq(z[3], 9 * 33);
	l.valid = false;
	l.conv_rows = l.conv_cols = 3; /* centred on rows and columns 0, 2, 4 */
	ref_bconv(&l, &p, 1, image, z);
	ck_assert_int_eq(z[0], 3 * (0 + 0 + 10) + 3 * (0 + 0 + 1));
	ck_assert_int_eq(z[4], 9 * 22);
	ck_assert_int_eq(z[8], 3 * (30 + 40 + 40) + 3 * (3 + 4 + 4));
	l.k = 1;
	ref_bconv(&l, &p, 1, image, z);
	ck_assert_int_eq(z[5], 24);
	ck_assert_int_eq(z[7], 42);
}
END_TEST

/* Weights lie [out][in][row][column]. */
START_TEST(bconv_weight_order)
{
	uint8_t map[18];
	int8_t weight[18];
	struct model_layer p = { .weight = weight };
	struct net_layer l = layer(NET_BCONV, 3, 1, 3, 3, 2);
	int32_t z;

	l.valid = true;
	l.conv_rows = l.conv_cols = 1;
	for (int i = 0; i < 2; i++)
		for (int tap = 0; tap < 9; tap++) {
			memset(map, 0, sizeof(map));
			memset(weight, -1, sizeof(weight));
			map[tap * 2 + i] = 1;
			weight[i * 9 + tap] = 1;
			ref_bconv(&l, &p, 0, map, &z);
			ck_assert_int_eq(z, 18);
		}
}
END_TEST

/* Channel fastest, then column, then row. */
START_TEST(dense_order)
{
	int8_t weight[2 * 12];
	struct model_layer p = { .weight = weight };
	struct net_layer l = layer(NET_DENSE, 0, 2, 2, 3, 2);
	uint8_t map[12];
	int32_t z[2];

	for (int row = 0; row < 2; row++)
		for (int col = 0; col < 3; col++)
			for (int ch = 0; ch < 2; ch++) {
				memset(map, 0, sizeof(map));
				memset(weight, -1, sizeof(weight));
				map[(row * 3 + col) * 2 + ch] = 1;
				weight[12 + row * 6 + col * 2 + ch] = 1;
				ref_dense(&l, &p, map, z);
				ck_assert_int_eq(z[0], 12 - 2);
				ck_assert_int_eq(z[1], 12);
			}
}
END_TEST

START_TEST(cam_scores)
{
	const uint8_t map[4] = { 1, 0, 1, 1 }; /* 1 x 2 positions, 2 channels */
	int8_t weight[4] = { 1, 1, 1, -1 };
	struct model_layer p = { .weight = weight };
	struct net_layer l = layer(NET_CAM, 1, 2, 1, 2, 2);
	int32_t z[4];

	ref_cam(&l, &p, map, z);
	ck_assert_int_eq(z[0], 0);
	ck_assert_int_eq(z[1], 2);
	ck_assert_int_eq(z[2], 2);
	ck_assert_int_eq(z[3], 0);
}
END_TEST

START_TEST(zero_is_plus_one)
{
	const int32_t z[6] = { 0, -1, 7, INT32_MIN, INT32_MAX, 0 };
	const int32_t t[3] = { 0, -1, 8 };
	const int32_t ends[3] = { INT32_MIN, INT32_MAX, 1 };
	uint8_t bits[6];

	ref_threshold(z, t, 2, 3, bits);
	ck_assert_int_eq(bits[0], 1);
	ck_assert_int_eq(bits[1], 1);
	ck_assert_int_eq(bits[2], 0);
	ref_threshold(z, ends, 2, 3, bits);
	ck_assert_int_eq(bits[3], 1);
	ck_assert_int_eq(bits[4], 1);
	ck_assert_int_eq(bits[5], 0);
}
END_TEST

START_TEST(odd_pool)
{
	uint8_t map[5 * 3 * 2] = { 0 };
	uint8_t out[2 * 1 * 2];

	map[(1 * 3 + 0) * 2 + 1] = 1; /* row 1, column 0, channel 1 */
	map[(2 * 3 + 2) * 2 + 0] = 1; /* the odd column is dropped */
	map[(4 * 3 + 0) * 2 + 0] = 1; /* the odd row is dropped */
	map[(3 * 3 + 1) * 2 + 0] = 1;
	ref_pool(map, 5, 3, 2, out);
	ck_assert_int_eq(out[0], 0);
	ck_assert_int_eq(out[1], 1);
	ck_assert_int_eq(out[2], 1);
	ck_assert_int_eq(out[3], 0);
}
END_TEST

START_TEST(ties_and_margin)
{
	const int32_t tie[4] = { -5, 3, 3, 1 }, falling[3] = { 9, 4, -2 };
	const int32_t wide[2] = { -(1 << 29) - (1 << 24), (1 << 29) + (1 << 24) };

	ck_assert_int_eq(ref_argmax(tie, 4), 1);
	ck_assert_int_eq(ref_margin(tie, 4), 0);
	ck_assert_int_eq(ref_argmax(falling, 3), 0);
	ck_assert_int_eq(ref_margin(falling, 3), 5);
	ck_assert_int_eq(ref_argmax(wide, 2), 1);
	ck_assert_int_eq(ref_margin(wide, 2), 1107296256);
}
END_TEST

/* A shared jet layer is a jet layer whose kernels of an output are equal. */
START_TEST(sjet_is_jet_with_equal_kernels)
{
	int k = _i % 2 ? 5 : 3, stride = 1 + _i / 2 % 2, pixels = _i / 4 % 2;
	struct net_layer l = layer(NET_SJET, k, 6, 7, 9, pixels ? 3 : 11);
	uint8_t shared[6], each[66], map[7 * 9 * 11];
	int8_t sign[66];
	struct model_layer p = { .kernel = shared, .sign = sign };
	int32_t z[7 * 9 * 6], y[7 * 9 * 6];
	size_t values;

	l.stride = stride;
	l.valid = _i >= 8;
	l.conv_rows = l.valid ? (7 - k) / stride + 1 : (7 + stride - 1) / stride;
	l.conv_cols = l.valid ? (9 - k) / stride + 1 : (9 + stride - 1) / stride;
	for (size_t i = 0; i < sizeof(map); i++)
		map[i] = (uint8_t)random_below(pixels ? 256 : 2);
	for (int o = 0; o < 6; o++) {
		shared[o] = (uint8_t)random_below(k * k);
		for (int i = 0; i < l.in_ch; i++) {
			each[o * l.in_ch + i] = shared[o];
			sign[o * l.in_ch + i] = random_below(2) ? 1 : -1;
		}
	}
	ref_sjet(&l, &p, pixels, map, z);
	p.kernel = each;
	ref_jet(&l, &p, pixels, map, y);
	values = (size_t)(l.conv_rows * l.conv_cols * l.out);
	ck_assert_mem_eq(z, y, values * sizeof(*z));
}
END_TEST

START_TEST(whole_network)
{
	struct bnn_model *m;
	struct bnn_layers layers;
	struct bnn_result r, alone;
	struct net n;
	uint8_t pixels[11 * 9 * 3];
	int64_t sums[4] = { 0 };

	ck_assert_int_eq(net_parse("11x9x3: jet3x8 pool pool bconv3x5 cam4", &n, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&n, &m, NULL), BNN_OK);
	model_random(m, 7);
	ck_assert_int_eq(model_check(m, NULL), BNN_OK);
	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)random_below(256);
	ck_assert_int_eq(ref_run(m, pixels, &r, &layers), BNN_OK);
	ck_assert_int_eq(ref_run(m, pixels, &alone, NULL), BNN_OK);
	ck_assert_int_eq(layers.count, 2);
	ck_assert_int_eq(layers.rows[0], 2);
	ck_assert_int_eq(layers.cols[0], 2);
	ck_assert_int_eq(layers.channels[0], 8);
	ck_assert_int_eq(layers.cam_rows, 2);
	for (int i = 0; i < 4; i++)
		for (int c = 0; c < 4; c++)
			sums[c] += layers.cam[i * 4 + c];
	for (int c = 0; c < 4; c++) {
		ck_assert_int_eq(r.scores[c], sums[c] + m->layer[2].bias[c]);
		ck_assert_int_eq(r.scores[c], alone.scores[c]);
	}
	ck_assert_int_eq(r.index, ref_argmax(r.scores, 4));
	ck_assert_int_eq(r.cycles, -1);
	ck_assert_int_eq(layers.result.index, r.index);
	bnn_layers_free(&layers);
	ck_assert_ptr_null(layers.cam);
	bnn_layers_free(&layers);
	bnn_layers_free(NULL);
	bnn_model_free(m);
	bnn_model_free(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ref");
	TCase *t = tcase_create("ref");

	suite_add_tcase(s, t);
	tcase_add_test(t, kernels);
	tcase_add_test(t, jet_direction);
	tcase_add_test(t, jet_repeats_edge_pixels);
	tcase_add_test(t, jet_k5_far_edge);
	tcase_add_test(t, missing_bits_are_minus_one);
	tcase_add_test(t, stride_and_padding);
	tcase_add_test(t, bconv_weight_order);
	tcase_add_test(t, dense_order);
	tcase_add_test(t, cam_scores);
	tcase_add_test(t, zero_is_plus_one);
	tcase_add_test(t, odd_pool);
	tcase_add_test(t, ties_and_margin);
	tcase_add_loop_test(t, sjet_is_jet_with_equal_kernels, 0, 16);
	tcase_add_test(t, whole_network);
	return check_main(s);
}
