#!/bin/sh
# Writes a page of HTML that needs nothing beside it: report.sh < DESCRIPTION > report.html. A line of the
# description is a word, a tab, and what it is about; files are named, and those that are missing are left out:
#
#     title   TEXT             the first line
#     head    TEXT             a heading
#     text    TEXT             a paragraph
#     lines   FILE             a file of text as it is
#     pipe    TEXT             a command as it was run
#     table   FILE             lines of cells separated by tabs; the first has their names
#     picture FILE<tab>TEXT    a PNG or SVG picture, and what it shows
#     digest  FILE<tab>TEXT    the SHA-256 of a file, and what it is
#     taken   SECONDS          when the making began, in seconds since 1970
set -e
tab=$(printf '\t')
escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'; }
text() { printf '%s' "$1" | escape; }

table() {
	echo '<div class="wide"><table>'
	escape < "$1" | awk -F '\t' '{
		cell = NR == 1 ? "th" : "td"
		printf "<tr>"
		for (i = 1; i <= NF; i++) printf "<%s>%s</%s>", cell (NR == 1 ? " scope=\"col\"" : ""), $i, cell
		print "</tr>"
	}'
	echo '</table></div>'
}

# SVG stands in the page as it is, without what is for a file of its own; PNG as text.
picture() {
	printf '<figure><div class="wide" tabindex="0" role="group" aria-label="%s">' "$(text "$2")"
	case $1 in
	*.svg)
		# Names within the picture begin with the picture's: a page may have two.
		id=$(basename "$1" .svg | tr -c '[:alnum:]\n' -)
		sed -n '/<svg/,$p' "$1" | sed -e "s/ id=[\"']/&$id-/g; s/url(#/&$id-/g; s/href=[\"']#/&$id-/g" -e 's/ xmlns:xlink="[^"]*"//g; s/xlink:href/href/g'
		;;
	*) printf '<img alt="%s" src="data:image/png;base64,%s">' "$(text "$2")" "$(base64 < "$1" | tr -d '\n')" ;;
	esac
	printf '</div><figcaption>%s</figcaption></figure>\n' "$(text "$2")"
}

page() {
	while IFS=$tab read -r word what about; do
		case $word in
		lines | table | picture | digest) [ -e "$what" ] || continue ;;
		esac
		case $word in
		title) printf '<title>%s</title>\n</head>\n<body>\n<main>\n<h1>%s</h1>\n' "$(text "$what")" "$(text "$what")" ;;
		head) printf '<h2>%s</h2>\n' "$(text "$what")" ;;
		text) printf '<p>%s</p>\n' "$(text "$what")" ;;
		lines) printf '<pre>%s</pre>\n' "$(escape < "$what")" ;;
		pipe) printf '<pre class="pipe"><code>%s</code></pre>\n' "$(text "$what")" ;;
		table) table "$what" ;;
		picture) picture "$what" "$about" ;;
		digest) printf '<p>%s: SHA-256 of the file <code>%s</code></p>\n' "$(text "$about")" "$(sha256sum < "$what" | cut -d ' ' -f 1)" ;;
		taken) printf '<p>Made in %d s, on %s processors (%s). What was made before was not made again.</p>\n' $(($(date +%s) - what)) \
			"$(getconf _NPROCESSORS_ONLN)" "$(text "$(sed -n 's/^model name.*: //p' /proc/cpuinfo 2> /dev/null | head -n 1)")" ;;
		*)
			echo "report.sh: unknown word '$word'" >&2
			exit 1
			;;
		esac
	done
}

cat << 'END'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --faint: #f2f2f2; --line: #767676 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #161616; --faint: #262626; --line: #8c8c8c } }
body { margin: 0; font: 100%/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
main { max-width: 60rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.6rem; line-height: 1.2 }
h2 { font-size: 1.2rem; margin-top: 2rem }
pre { padding: .75rem; background: var(--faint); white-space: pre-wrap; overflow-wrap: anywhere }
.pipe { margin: 0 }
code { overflow-wrap: anywhere }
.wide { overflow-x: auto }
.wide:focus-visible { outline: 2px solid var(--line) }
table { border-collapse: collapse }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap }
figure { margin: 1rem 0 }
img, svg { display: block; background: #fff; max-width: 100%; height: auto }
svg { min-width: 36rem; width: 100% }
figcaption { padding-top: .25rem }
</style>
END
page
printf '</main>\n</body>\n</html>\n'
