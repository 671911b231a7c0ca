/* SPDX-License-Identifier: MIT
 * The commands. */
#include "cmd.h"

const struct ctl_command ctl_commands[] = {
	{ "classify", cmd_classify, "classes of images", "IMAGE...",
	  "IMAGE is a PGM, PPM, PNG or JPEG file, an IDX file (all its images, named FILE#NUMBER),\n"
	  "or a folder (its files, not those of folders in it). Images are resized to the model's\n"
	  "input. A line has file, class, margin (best score less second best) and engine cycles,\n"
	  "with tabs between. A file that cannot be read is reported, the rest is classified, and\n"
	  "the exit status is 3.\n"
	  "JSON: an object a line with file, class, index, margin, scores, cycles, device; or file\n"
	  "and error.\n",
	  NEED_MODEL | NEED_DEVICE | NEED_LOADED, 1, -1, NULL },
	{ "info", cmd_info, "a model: layers, cycles, memory, what bounds the rate", "[MODEL.bnn]",
	  "Needs no device: the cycles are computed, and equal those a device counts.\n",
	  NEED_MODEL_OPERAND, 0, 0, info_options },
	{ "list", cmd_list, "boards that are plugged in", "",
	  "A line has device string, product, bus and device number, and state, with tabs between.\n"
	  "Exit status 4 when there is none. FTDI bridges are not listed: nothing tells which of them\n"
	  "belong to a board of ours.\n",
	  0, 0, 0, NULL },
	{ "load", cmd_load, "load a model on a device", "[MODEL.bnn]",
	  "Says the size of what was sent and the time it took.\n",
	  NEED_MODEL_OPERAND | NEED_DEVICE, 0, 0, NULL },
	{ "eval", cmd_eval, "accuracy on labelled images", "[MODEL.bnn] FOLDER | IMAGES LABELS",
	  "FOLDER holds a folder of images for each class, or test/ with such folders; their names\n"
	  "are the model's class names. IMAGES and LABELS are IDX files, plain or gzip. Prints\n"
	  "accuracy, balanced accuracy (mean of the classes') and the confusion matrix; with --good or\n"
	  "--escape also how many bad parts are passed and good ones rejected, and the least margin\n"
	  "(as in the rules of sort) for the escapes allowed.\n",
	  NEED_MODEL_OPERAND | NEED_DEVICE | NEED_LOADED, 1, 2, eval_options },
	{ "bench", cmd_bench, "images a second and latencies", "[MODEL.bnn] [IMAGE...]",
	  "Sends the images, which are read and resized before, over and over; without any, images\n"
	  "made by a seed. At most 1,000 different ones. The rate is with two images in flight, the\n"
	  "latency, from an image to its result, with one.\n",
	  NEED_MODEL_OPERAND | NEED_DEVICE | NEED_LOADED, 0, -1, bench_options },
	{ "layers", cmd_layers, "every layer's map and the scores as NumPy files", "IMAGE",
	  "Writes L1.npy ... (u8 0 or 1, [rows][cols][channels], after the layer's pools), cam.npy\n"
	  "(i32 [rows][cols][classes], cam heads only) and scores.npy (i32 [classes]): the same\n"
	  "bytes on every device.\n",
	  NEED_MODEL | NEED_DEVICE | NEED_LOADED, 1, 1, layers_options },
	{ "convert", cmd_convert, "exchange folder to .bnn file, or back", "FROM TO",
	  "FROM decides: a folder becomes a .bnn file, a .bnn file becomes a folder, which must not\n"
	  "exist or be empty. TO is complete or not there.\n",
	  0, 2, 2, NULL },
	{ "import", cmd_import, "a QONNX file to a .bnn file", "-o MODEL.bnn FILE.onnx",
	  "FILE.onnx is a network of one-bit weights and activations as Brevitas exports it. What is\n"
	  "computed stays the same to the last bit; a node that has no equal is refused by name.\n",
	  0, 1, 1, import_options },
	{ "train", cmd_train, "train a network", "-o MODEL.bnn (FOLDER | --idx DIR)",
	  "FOLDER holds a folder of images for each class, or train/ and test/ with such folders. What\n"
	  "is not said is chosen by what the images are. Files that cannot be read are named and left\n"
	  "out; images that look alike are never parted between learning and testing. The network is\n"
	  "folded to integers; what is reported is the folded model through the C reference.\n"
	  "Ctrl-C stops and keeps the best so far; a second one stops now.\n",
	  0, 0, 1, train_options },
	{ "sort", cmd_sort, "a sorting line: images to lanes by rules", "FOLDER | -",
	  "Classifies the files of FOLDER and those that come later, frames from standard input\n"
	  "(binary PGM or PPM, or --raw), or with --camera those of a camera, and sends each to a\n"
	  "lane. A line has image, lane, class, margin and, when it did not go where its class says,\n"
	  "why, with tabs between. Ctrl-C finishes what was begun; statistics follow on standard\n"
	  "error.\n"
	  "JSON: an object a line, as with --log.\n",
	  NEED_MODEL, 0, 1, sort_options },
	{ "selftest", cmd_selftest, "random networks on the device against the reference", "",
	  "Every layer's map, the class map, scores and the class of random images are compared.\n"
	  "Networks beyond the device's limits are counted and passed over. Exit status 6 on a\n"
	  "mismatch.\n",
	  NEED_DEVICE, 0, 0, selftest_options },
	{ "flash", cmd_flash, "put a bitstream on a board", "BOARD | FILE",
	  "BOARD is the bitstream that make bitstream BOARD=... has built, or that was installed with\n"
	  "this command; FILE is any other, of the board that its name begins with, or of --board.\n"
	  "Runs openFPGALoader, dfu-util, iceprog or tinyprog, whichever the board needs; exit status\n"
	  "5 when that is not installed or fails.\n",
	  0, 1, 1, flash_options },
	{ 0 },
};
