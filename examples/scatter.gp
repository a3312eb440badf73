# Two columns of tables as points, the last table on top.
#   gnuplot -e "tables='a.csv b.csv'; names='a b'; out='x.png'" scatter.gp
if (!exists("terminal")) terminal = "png"
if (terminal eq "svg") set terminal svg size 900,600 dynamic background "white"; else set terminal png truecolor size 900,600
set output out
set datafile separator ","
stats word(tables, words(tables)) every ::1 using 1 nooutput name "N"
spread = N_up_quartile - N_lo_quartile
set xrange [N_lo_quartile - 12 * spread : *]
set xlabel "log-likelihood (nats)"
set ylabel "size after compression (nats)"
set key outside center top horizontal
array colors[3] = ["#a0e08000", "#a000a050", "#a00060c0"]
plot for [i = 1 : words(tables)] word(tables, i) every ::1 using 1:2 with points pointtype 7 pointsize 0.3 \
     linecolor rgb colors[3 - words(tables) + i] notitle, \
     for [i = 1 : words(tables)] NaN with points pointtype 7 linecolor rgb colors[3 - words(tables) + i] title word(names, i)
