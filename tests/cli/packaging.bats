load helper

# What `make install`, `make dist` and `make html` give.

setup() { [ -z "$SANITIZER" ] || skip "packages are the same without a sanitizer"; }

quiet_make() { make -s -C "$ROOT" B="$B" "$@"; }

@test "packaging: what install puts, uninstall removes" {
	local root="$PWD/a root"
	quiet_make install DESTDIR="$root" PREFIX=/usr
	find "$root" -type f | sed "s|^$root/usr/||" | sort > installed
	for p in $(cd "$B/bin" && ls); do
		[ "$p" != nicetrain-mpi ] || continue
		grep -qx "bin/$p" installed
		grep -qx "share/man/man1/$p.1" installed
		grep -qx "share/bash-completion/completions/$p" installed
		grep -qx "share/zsh/site-functions/_$p" installed
		grep -qx "share/fish/vendor_completions.d/$p.fish" installed
	done
	grep -qx share/doc/nicetools/examples/demo.mk installed
	printf '1\n2\n3\n' | "$root/usr/bin/nicestat" | grep '^n	3$'
	touch "$root/usr/bin/another"
	quiet_make uninstall DESTDIR="$root" PREFIX=/usr
	[ "$(find "$root" -type f)" = "$root/usr/bin/another" ]
}

# A build with MPI=1 leaves nicetrain-mpi behind.
@test "packaging: install puts the programs of its own build, uninstall builds nothing" {
	mkdir build
	cp -a "$B/bin" "$B/completions" "$B/examples" build
	: > build/bin/nicetrain-mpi
	rm -f build/completions/nicetrain-mpi.*
	make -s -C "$ROOT" B="$PWD/build" install MPI= DESTDIR="$PWD/root" PREFIX=/usr
	[ -x root/usr/bin/niceflow ]
	[ ! -e root/usr/bin/nicetrain-mpi ]
	: > root/usr/bin/nicetrain-mpi
	make -s -C "$ROOT" B="$PWD/empty" uninstall DESTDIR="$PWD/root" PREFIX=/usr
	[ ! -e empty ]
	[ -z "$(find root -type f)" ]
}

@test "packaging: the installed examples find what is installed" {
	quiet_make install DESTDIR="$PWD/root" PREFIX=/usr
	make -n -f "$PWD/root/usr/share/doc/nicetools/examples/demo.mk" OUT=out BIN="$PWD/root/usr/bin" > recipe
	grep -q glyphs recipe
	make -f "$PWD/root/usr/share/doc/nicetools/examples/demo.mk" OUT=out BIN="$PWD/root/usr/bin" out/kana.idx
	[ -s out/kana.idx ]
}

@test "packaging: a tarball is the same each time" {
	git -C "$ROOT" rev-parse HEAD > /dev/null 2>&1 || skip "needs a git repository"
	sh -c 'cd "$1" && sh .packaging/dist 9.9 "$2"' sh "$ROOT" "$PWD/a.tar.gz"
	sh -c 'cd "$1" && sh .packaging/dist 9.9 "$2"' sh "$ROOT" "$PWD/b.tar.gz"
	cmp a.tar.gz b.tar.gz
	tar -tzf a.tar.gz > list
	grep -qx nicetools-9.9/Makefile list
	[ ! -e a.tar.gz.tar ]
}

@test "packaging: the manual as HTML has each page, and links that lead somewhere" {
	command -v mandoc > /dev/null || skip "needs mandoc"
	(cd "$ROOT" && sh .packaging/html "$BATS_TEST_TMPDIR/html")
	for page in $(cd "$ROOT/man" && ls); do
		[ -s "html/$page.html" ]
		grep -q "href=\"$page.html\"" html/index.html
	done
}

@test "packaging: all recipes are of one version" {
	version=$(sed -n 's/^VERSION = //p' "$ROOT/Makefile")
	cd "$ROOT/.packaging"
	grep -qx "Version: *$version" nicetools.spec
	grep -q "> - $version-1$" nicetools.spec
	grep -qx "pkgver=$version" PKGBUILD
	grep -q "nicetools-$version.tar.gz" nicetools.rb
	grep -qx "$version" CHANGELOG
	head -n 1 debian/changelog | grep "^nicetools ($version-"
}

@test "Makefile: targets that install packages wait for each other, with -j, too" {
	make -rpn -C "$ROOT" deps-cluster deps-lint deps > rules
	grep -qx 'deps-lint: | deps' rules
	grep -qx 'deps-cluster: | deps-lint deps' rules
}
