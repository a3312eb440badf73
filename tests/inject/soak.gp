# gnuplot -e "table='memory.tsv'; picture='memory.png'" soak.gp: what soak.py has seen.
set terminal png size 900, 500
set output picture
set xlabel 'seconds'
set ylabel 'resident memory, MB'
set yrange [0:]
set key outside top
set grid
plot for [i = 2:5] table using 1:(column(i) / 1024) with lines linewidth 2 title columnheader(i)
