# SPDX-License-Identifier: MIT
# Sourced by scripts that train: image sets from their archives.
# SETS: folder to unpack to. DATA: folder with the archives, as models/README.md names them, each in a
# folder of its set's name or not. FASHION: folder with the four Fashion-MNIST files.
DATA=${DATA:-}
FASHION=${FASHION:-/usr/share/datasets/fashion-mnist}

note()
{
	printf '%s\n' "$*" >&2
}

# A file of DATA, in a folder of the set's name or not. Nothing when it is not there.
find_data()
{
	for f in "$DATA/$1/$2" "$DATA/$2"; do
		[ -z "$DATA" ] || [ ! -f "$f" ] || { printf '%s\n' "$f"; return; }
	done
}

# Puts a set under $SETS, as a whole or not at all: prints its folder.
unpack()
{
	to=$SETS/$1
	part=$SETS/part
	if [ "$1" = fashion-mnist ]; then
		[ ! -d "$FASHION" ] || printf '%s\n' "$FASHION"
		return
	elif [ -d "$to" ]; then
		printf '%s\n' "$to"
		return
	fi
	rm -rf "$part"
	mkdir -p "$part"
	if [ "$1" = mnist ]; then
		for f in images-idx3 labels-idx1; do
			train=$(find_data mnist "train10k-$f-ubyte.gz")
			test=$(find_data mnist "t10k-$f-ubyte.gz")
			[ "$train" ] && [ "$test" ] || return 0
			cp "$train" "$part/train-$f-ubyte.gz"
			cp "$test" "$part/t10k-$f-ubyte.gz"
		done
	else
		archive=$(find_data "$1" "$1.tar.xz")
		[ "$archive" ] || return 0
		tar -C "$part" --strip-components=1 -xf "$archive"
	fi
	mv "$part" "$to"
	printf '%s\n' "$to"
}

# A number as the four bytes of an IDX file's head.
be32()
{
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$(printf '\\%03o' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"
}

# Images from number $2 on, $3 of them, of the training images of the IDX folder $1, 28x28: to $4, as its
# part $5.
idx_range()
{
	mkdir -p "$4"
	for kind in images-idx3:784:16 labels-idx1:1:8; do
		name=${kind%%:*} bytes=${kind#*:}
		head=${bytes#*:} bytes=${bytes%:*}
		gzip -dc "$1/train-$name-ubyte.gz" > "$SETS/all"
		{
			head -c 4 "$SETS/all"
			be32 "$3"
			tail -c +9 "$SETS/all" | head -c $((head - 8))
			tail -c "+$((head + 1 + bytes * $2))" "$SETS/all" | head -c $((bytes * $3))
		} | gzip -1 > "$4/$5-$name-ubyte.gz"
		rm "$SETS/all"
	done
}

# The training images of an IDX set alone: the last fifth is to be tested on. Prints its folder.
idx_train()
{
	to=$SETS/$1-train
	part=$SETS/part
	if [ ! -d "$to" ]; then
		rm -rf "$part"
		count=$(gzip -dc "$2/train-labels-idx1-ubyte.gz" | tail -c +9 | wc -c)
		idx_range "$2" 0 $((count - count / 5)) "$part" train
		idx_range "$2" $((count - count / 5)) $((count / 5)) "$part" t10k
		mv "$part" "$to"
	fi
	printf '%s\n' "$to"
}

# The set with the classes "good" and "bad". Files of one name in two classes stay apart, and keep
# what their names begin with.
good_bad()
{
	to=$SETS/$1-good-bad
	part=$SETS/part
	if [ ! -d "$to" ]; then
		rm -rf "$part"
		for old in "$SETS/$1"/*/*/; do
			class=$(basename "$old")
			new=$part/$(basename "$(dirname "$old")")/bad
			[ "$class" != "$2" ] || new=${new%bad}good
			mkdir -p "$new"
			(cd "$old" && for f in *.pgm; do printf '%s\n' "$f"; done) |
				awk -v from="$old" -v to="$new/" -v class="$class" '{
					name = $0
					sub(/\.pgm$/, "_" class ".pgm", name)
					printf "%s%s\n%s%s\n", from, $0, to, name }' |
				tr '\n' '\0' | xargs -0 -n 2 ln
		done
		mv "$part" "$to"
	fi
	printf '%s\n' "$to"
}
