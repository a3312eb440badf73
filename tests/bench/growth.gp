# gnuplot -e "table='growth.tsv'; picture='growth.svg'" growth.gp
set terminal svg size 900,600 background "white"
set output picture
set datafile separator "\t"
set multiplot layout 2,2 title "niceflow: how the rate depends on batch, D, width and depth"
set logscale xy
set ylabel "GFLOP/s"
set nokey
set xlabel "batch"
plot table using (strcol(1) eq "batch" ? $2 : NaN):9 with linespoints pt 7 ps 0.5
set xlabel "D"
plot table using (strcol(1) eq "D" ? $2 : NaN):9 with linespoints pt 7 ps 0.5
set xlabel "width"
plot table using (strcol(1) eq "width" ? $2 : NaN):9 with linespoints pt 7 ps 0.5
set xlabel "layers"
plot table using (strcol(1) eq "layers" ? $2 : NaN):9 with linespoints pt 7 ps 0.5
