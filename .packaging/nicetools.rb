# Homebrew: `brew install --build-from-source ./nicetools.rb`, beside the tarball of `make dist`, whose
# sha256 is to be filled in.
class Nicetools < Formula
  desc "Streaming filters that find anomalies by likelihood"
  homepage "https://nicetools.org/"
  url "file://#{__dir__}/nicetools-1.0.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "ISC"

  depends_on "bats-core" => :build
  depends_on "gmp"
  depends_on "jansson"
  depends_on "libpng"
  depends_on :linux
  depends_on "nettle"
  depends_on "onednn"

  uses_from_macos "zlib"

  def install
    system "make", "install", "PREFIX=#{prefix}", "MANDIR=#{man}", "ZSHDIR=#{zsh_completion}"
  end

  test do
    assert_match "n\t3\n", pipe_output("#{bin}/nicestat", "1\n2\n3\n", 0)
  end
end
