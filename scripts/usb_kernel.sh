#!/bin/bash
# SPDX-License-Identifier: MIT
# A Linux kernel under QEMU enumerates the simulated USB device and runs bnnctl on it:
# scripts/usb_kernel.sh, called by `make test-usb-kernel`, which builds the programs first.
# Environment: BUILD (build directory), SERVER (the server's program), BACKENDS (what stands behind its
# port), LIMIT (seconds a guest may take), IMAGES (IDX file) and COUNT (how many of its images are
# classified). Kernel and udev are fetched once into $BUILD/usb_kernel and unpacked there, never
# installed. Consoles, server's messages and recorded set-up packets stay there, too. The last line is
# "N passed, N failed"; exit status 1 when anything failed or nothing ran.
set -u
cd "$(dirname "$0")/.."

build=${BUILD:-build}
work=$build/usb_kernel
server=${SERVER:-$work/usbip_server}
limit=${LIMIT:-900}
backends=${BACKENDS:-bus}
images=${IMAGES:-/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz}
images_count=${COUNT:-4}
python=/usr/bin/python3
passed=0
failed=0
modules="usb-common usbcore usbip-core vhci-hcd virtio_ring virtio virtio_pci_legacy_dev
	virtio_pci_modern_dev virtio_pci failover net_failover virtio_net"
server_pid=

stop() {
	echo "usb_kernel: $1" >&2
	exit 1
}

for tool in qemu-system-x86_64 cpio apt-get dpkg-deb ldd "$python"; do
	command -v "$tool" > /dev/null || stop "no $tool here; run: scripts/setup.sh kernel"
done

# fetch PACKAGE FILE FOLDER: unpacks the package into $work/FOLDER unless FILE is there.
fetch() {
	local package=$1 file=$2 folder=$work/$3
	compgen -G "$folder/$file" > /dev/null && return
	mkdir -p "$folder"
	(cd "$folder" && apt-get download -q "$package") > "$work/fetch.log" 2>&1 || {
		sed 's/^/  | /' "$work/fetch.log" >&2
		stop "package $package could not be fetched; is the network up, are the lists fresh (apt-get update)?"
	}
	dpkg-deb -x "$folder/$package"_*.deb "$folder" && rm "$folder/$package"_*.deb ||
		stop "package $package could not be unpacked"
}

kernel_package() {
	apt-cache depends linux-image-amd64 2> /dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p'
}

# The ELF in the compressed kernel: QEMU enters it directly, with nothing to unpack in the guest.
unpack_kernel() {
	"$python" - "$1" "$2" << 'END'
import lzma, sys
data = open(sys.argv[1], "rb").read()
at = data.index(b"\xfd7zXZ\0")
open(sys.argv[2], "wb").write(lzma.LZMADecompressor().decompress(data[at:]))
END
}

# Fetches, and keeps of the kernel what is used: $work/vmlinux and $work/modules.
get_kernel() {
	local package file m
	if [ ! -e "$work/modules/ORDER" ]; then
		package=$(kernel_package)
		[ -n "$package" ] || stop "package linux-image-amd64 is not known here; run: apt-get update"
		rm -rf "$work/kernel" "$work/modules"
		echo "usb_kernel: fetching $package (70 MB, once)"
		fetch "$package" "boot/vmlinuz-*" kernel
		unpack_kernel "$work"/kernel/boot/vmlinuz-* "$work/vmlinux" || stop "$package: no XZ payload"
		mkdir -p "$work/modules"
		for m in $modules; do
			file=$(find "$work/kernel" -name "$m.ko")
			[ -n "$file" ] || stop "$package has no module $m"
			cp "$file" "$work/modules/"
			echo "$m.ko"
		done > "$work/modules.order"
		mv "$work/modules.order" "$work/modules/ORDER"
		rm -rf "$work/kernel"
	fi
	fetch udev bin/udevadm udev
}

# add FILE [NAME]: a program and the libraries it wants, into the root of the guest
add() {
	local lib
	cp -L "$1" "$root/bin/${2:-$(basename "$1")}" || stop "no $1"
	! ldd "$1" | grep 'not found' >&2 || stop "$1 wants more libraries; run: scripts/setup.sh kernel"
	for lib in $(ldd "$1" | grep -o '/[^ ]*'); do
		[ -e "$root$lib" ] || install -D "$(readlink -f "$lib")" "$root$lib"
	done
}

make_initramfs() {
	local p root=$work/root
	rm -rf "$root"
	mkdir -p "$root"/{bin,etc,tmp,data,models}
	cp "$work/init" "$root/init"
	ln -s /init "$root/bin/init"
	cp -r "$work/modules" "$root/modules"
	cp tests/usb_kernel/steps.sh "$root/steps.sh"
	add "$work/udev/bin/udevadm" udevd
	add "$(command -v dash)" sh
	for p in cmp cut grep sed; do add "$(command -v $p)"; done
	add "$work/usb_probe"
	add "$build/bnnctl"
	cp models/fashion-mnist.bnn "$root/models/"
	"$python" tests/usb_kernel/images.py "$images" "$images_count" "$root/data/images.idx" || stop "no images"
	(cd "$root" && find . | cpio -o -H newc --quiet) > "$work/initramfs" || stop "no initramfs"
}

# start_server BACKEND
start_server() {
	"$server" --backend "$1" --setups "$work/setups-$1" > "$work/server.out" 2> "$work/server-$1.log" &
	server_pid=$!
	for _ in $(seq 100); do
		port=$(sed -n 's/^port //p' "$work/server.out")
		[ -n "$port" ] && return
		kill -0 "$server_pid" 2> /dev/null || break
		sleep 0.1
	done
	sed 's/^/  | /' "$work/server-$1.log" >&2
	stop "$server --backend $1 did not start"
}

# Its exit status: a sanitizer's report is a failure, too.
stop_server() {
	local rc=0
	[ -n "$server_pid" ] || return 0
	kill "$server_pid" 2> /dev/null
	wait "$server_pid" || rc=$?
	server_pid=
	return $rc
}
trap stop_server EXIT

# boot CONSOLE: Linux makes variables of init out of words it does not know.
boot() {
	timeout "$limit" qemu-system-x86_64 -accel tcg -M q35 -cpu max -m 512 -nodefaults -nographic \
		-no-reboot -serial stdio -kernel "$work/vmlinux" -initrd "$work/initramfs" \
		-netdev user,id=net -device virtio-net-pci,netdev=net,romfile= \
		-append "console=ttyS0 quiet panic=-1 usbcore.initial_descriptor_timeout=60000
jetbnn_port=$port jetbnn_count=$images_count" \
		< /dev/null > "$1" 2>&1
}

# count pass|fail NAME
count() {
	if [ "$1" = pass ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL  $2"
	fi
}

run_guest() {
	local backend=$1 console=$work/console-$1 before=$failed begun=$SECONDS rc=0 verdict name
	start_server "$backend"
	boot "$console" || rc=$?
	[ $rc -ne 124 ] || echo "$backend: the guest was stopped after $limit s"
	while read -r _ verdict name; do
		count "$verdict" "$backend: $name"
	done < <(tr -d '\r' < "$console" | grep '^RESULT ')
	tr -d '\r' < "$console" | grep -q '^RESULT pass end$' || count fail "$backend: the guest did not reach its end"
	if stop_server; then count pass "$backend: server"; else count fail "$backend: server, exit status $?"; fi
	sed -n "s/^TIME \(.*\) \(.*\)\r*$/$backend: \2 s \1/p" "$console"
	echo "$backend: $((SECONDS - begun)) s in all, $(wc -l < "$work/setups-$backend") set-up packets"
	if [ "$failed" -gt "$before" ]; then
		sed 's/^/  | /' "$console" "$work/server-$backend.log"
	fi
}

get_kernel
make_initramfs
for backend in $backends; do
	run_guest "$backend"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
